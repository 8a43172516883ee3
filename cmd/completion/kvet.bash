# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash
# Completes the command lines of kvet in bash: kvet itself says what fits. `kvet completion bash`
# prints this.

_kvet() {
	local typed=${COMP_LINE:0:COMP_POINT} words=() found=() word part i

	# Bash ends a word at "=" and ":" too. Where no blank precedes, it is one word.
	for ((i = 0; i <= COMP_CWORD; i++)); do
		part=${COMP_WORDS[i]}
		if ((i == 0)) || [[ $typed == [[:space:]]* ]]; then
			typed=${typed#"${typed%%[![:space:]]*}"}
			words+=("")
		fi
		[[ $typed == "$part"* ]] || part=$typed
		typed=${typed#"$part"}
		words[${#words[@]} - 1]+=$part
	done
	word=${words[${#words[@]} - 1]}

	COMPREPLY=()
	while IFS= read -r part; do
		found+=("${part%%$'\t'*}")
	done < <("${words[0]}" completion --words -- "${words[@]:1}" 2>/dev/null)
	case ${found[0]-} in
	:files | :directories)
		found=("${found[@]:1}")
		part=default
		;;
	:command)
		part=bashdefault
		;;
	*)
		part=
		;;
	esac
	[[ -z $part ]] || compopt -o "$part" 2>/dev/null
	[[ ${found[0]-} != :* ]] || return 0
	# Bash replaces only what it takes for the word, which is its second argument.
	for part in "${found[@]}"; do
		COMPREPLY+=("${part#"${word%"$2"}"}")
	done
}
complete -F _kvet kvet
