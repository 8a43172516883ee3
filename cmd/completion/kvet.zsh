#compdef kvet
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Completes the command lines of kvet in zsh: kvet itself says what fits. `kvet completion zsh`
# prints this.

_kvet() {
	local -a lines found shown
	local line
	integer dashes

	lines=("${(@f)$("${words[1]}" completion --words -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
	for line in "${lines[@]}"; do
		case $line in
		:files)
			compset -P '--*='
			_files
			;;
		:directories)
			compset -P '--*='
			_files -/
			;;
		:command)
			dashes=${words[(i)--]}
			shift $dashes words
			((CURRENT -= dashes))
			_normal
			;;
		?*)
			found+=("${line%%$'\t'*}")
			shown+=("${line/$'\t'/  -- }")
			;;
		esac
	done
	((${#found})) && compadd -l -d shown -a found
}

# Sourced, it defines the function; autoloaded, it is the function.
if [[ ${funcstack[1]} == _kvet ]]; then
	_kvet "$@"
else
	compdef _kvet kvet
fi
