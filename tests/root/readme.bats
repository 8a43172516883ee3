#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# The README's examples that are marked ```console host, run again on this host. Its numbers and
# addresses are another host's: what must agree is the headings, the summary's keys, and with
# ```console host same every line, with the numbers masked.

setup() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	. "$BATS_TEST_DIRNAME/../cmd/lib.bash"
	. "$BATS_TEST_DIRNAME/documented.bash"
	README=$BATS_TEST_DIRNAME/../../README.md
	export README
	ln -s "$KVET" "$BATS_TEST_TMPDIR/kvet"
	PATH=$BATS_TEST_TMPDIR:$PATH
}

# examples: one line for each command of a marked block: its mark, its prompt, the line that it
# stands on, and the command.
examples() {
	awk '/^```/ { mark = /^```console host/ ? ($3 == "same" ? "same" : "shape") : ""; next }
	     mark && /^[#$] / { print mark, substr($0, 1, 1), NR, substr($0, 3) }' "$README"
}

# documented LINE: the output that the README has for the command of that line.
documented() {
	sed -n "$(($1 + 1)),\$p" "$README" | sed -n '/^[#$] /q; /^```/q; p'
}

# is_same LINE OUTPUT: the output is the README's, but for numbers.
is_same() {
	diff <(documented "$1" | masked) <(masked <<<"$2") || {
		echo "README.md, example of line $1: the output differs"
		return 1
	}
}

@test "the README's examples of this host: headings, summaries and messages are those of a run" {
	local mark prompt line command checked=0

	case $(uname -m) in x86_64) ;; *) skip "the examples are from x86-64" ;; esac
	[ "$(cat /proc/sys/kernel/unprivileged_bpf_disabled)" -ne 0 ] || skip "bpf(2) is for all"
	cd "$BATS_TEST_TMPDIR"
	while read -r mark prompt line command; do
		[ "$prompt" != "#" ] || run bash -c "$command"
		# Who may not enter the folder of the test's files finds it as a function.
		[ "$prompt" != '$' ] || run as_nobody bash -c "kvet() { '$KVET' \"\$@\"; }; $command"
		case $mark in
		same) is_same "$line" "$output" ;;
		shape) agrees "README.md, example of line $line" "$(documented "$line")" "$output" ;;
		esac
		checked=$((checked + 1))
	done < <(examples)
	[ "$checked" -eq 7 ] || { echo "checked $checked examples"; return 1; }
}

@test "an example that differs is found" {
	README=$BATS_TEST_TMPDIR/README.md
	printf '%s\n' '```console host' '# kvet clock source -v' 'NAME  VALUE' 'one   two' '' 'key: 1' '```' >"$README"
	[ "$(examples)" = "shape # 2 kvet clock source -v" ]
	agrees one "$(documented 2)" $'NAME MORE VALUE\nkey: 7'
	run agrees one "$(documented 2)" $'NAME MORE VALUE'
	[ "$status" -eq 1 ]
	run agrees one "$(documented 2)" $'VALUE NAME\nkey: 7'
	[ "$status" -eq 1 ]
	is_same 2 $'NAME VALUE\none   two\n\nkey: 2'
	run is_same 2 $'NAME VALUE\none   three\n\nkey: 2'
	[ "$status" -eq 1 ]
}
