#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# What all commands share: finding them, help, wrong use, where output goes.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	TABLE=$DATA/ksyms/kallsyms
}

@test "--version: kvet, the commit, the libraries and features, a line each, and no path" {
	expect 0 "$KVET" --version
	[[ ${lines[0]} =~ ^kvet\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
	[[ ${lines[1]} =~ ^commit\ ([0-9a-f]{12}(-dirty)?|unknown)$ ]]
	[[ ${lines[2]} =~ ^libbpf\ [0-9]+\.[0-9]+ ]]
	[[ ${lines[3]} =~ ^libelf\ 0\.[0-9]+$ ]]
	[[ ${lines[4]} =~ ^json-c\ [0-9]+\.[0-9]+ ]]
	[[ ${lines[5]} =~ ^features:\ (static|dynamic), ]]
	[ "${#lines[@]}" -eq 6 ]
	lacks "$output" /
	[ -z "$stderr" ]
}

@test "--version: the libraries are those that the build found" {
	local line

	expect 0 "$KVET" --version
	for line in "${lines[@]:2:3}"; do
		[[ $(pkg-config --modversion "${line% *}") == "${line#* }"* ]] || { echo "$line"; return 1; }
	done
}

@test "--list-commands: all of them, a line each" {
	expect 0 "$KVET" --list-commands
	[ "$output" = $'probe helpers\nprobe programs\nprobe maps\nprobe features\nprobe kfuncs\nprobe diff\nksyms lookup\nksyms duplicates\nksyms diff\nclock compare\nclock source\nclock convert\nobject check\ntrace\ndoctor\nbatch\ncompletion' ]
}

@test "help of the program goes to stdout, status 0" {
	local all

	for all in help --help -h --help-all; do
		expect 0 "$KVET" $all
		holds "$output" "Usage: kvet COMMAND"
		holds "$output" "ksyms lookup"
		holds "$output" "--help-all"
		[ -z "$stderr" ]
	done
}

@test "help of an object goes to stdout, status 0" {
	local object all

	for object in probe ksyms clock object; do
		for all in help --help -h --help-all; do
			expect 0 "$KVET" $object $all
			holds "$output" "Usage: kvet $object COMMAND"
			[ -z "$stderr" ]
		done
		expect 0 "$KVET" help $object
		holds "$output" "Usage: kvet $object COMMAND"
	done
}

@test "help of every command goes to stdout, status 0" {
	local command all

	while read -r command; do
		for all in help --help -h --help-all; do
			# shellcheck disable=SC2086 # two words
			expect 0 "$KVET" $command $all
			holds "$output" "Usage: kvet $command"
			holds "$output" "Exit status:"
			[ -z "$stderr" ]
		done
		# shellcheck disable=SC2086
		expect 0 "$KVET" help $command
		holds "$output" "Usage: kvet $command"
	done < <("$KVET" --list-commands)
}

@test "help of a command and a word more: wrong use, and the command is not called unknown" {
	local command

	while read -r command; do
		# shellcheck disable=SC2086
		expect 2 "$KVET" help $command foo
		[ -z "$output" ]
		lacks "$stderr" unknown
		holds "$stderr" "'foo' after '$command' is too much"
		holds "$stderr" "Try 'kvet help $command'"
	done < <("$KVET" --list-commands)
	expect 2 "$KVET" help ksyms foo
	holds "$stderr" "unknown command 'ksyms foo'"
}

@test "options may follow operands, with POSIXLY_CORRECT too; after -- there are none" {
	local table=$BATS_TEST_TMPDIR/table

	printf 'ffffffff81000000 T one\nffffffff81000040 T -j\n' >"$table"
	for posixly in '' 1; do
		expect 0 env ${posixly:+POSIXLY_CORRECT=$posixly} "$KVET" ksyms lookup one --kallsyms "$table" -j
		json '.summary.queries == 1 and [.records[].name] == ["one"]'
		expect 0 env ${posixly:+POSIXLY_CORRECT=$posixly} "$KVET" ksyms lookup --kallsyms "$table" one -- -j
		[ "$(cells | cut -d ' ' -f 4)" = $'one\n-j' ]
	done
}

@test "no arguments: wrong use, help on stderr; but on a terminal an answer" {
	expect 2 "$KVET"
	[ -z "$output" ]
	holds "$stderr" "Usage: kvet COMMAND"
	script -qec true /dev/null >/dev/null 2>&1 || skip "script(1) gets no pseudo-terminal here"
	# To the terminal, whatever becomes of standard error.
	run script -qec "'$KVET' 2>/dev/null" /dev/null </dev/null
	[ "$status" -eq 0 ]
	holds "$output" "Usage: kvet COMMAND"
	[ "$(wc -l <<<"$output")" -le 23 ]
}

@test "only an object: wrong use, with its verbs on stderr" {
	expect 2 "$KVET" ksyms
	[ -z "$output" ]
	holds "$stderr" "ksyms lookup"
}

@test "a command without its operand: wrong use" {
	expect 2 "$KVET" ksyms lookup
	[ -z "$output" ]
	holds "$stderr" "QUERY"
	expect 2 "$KVET" trace
	holds "$stderr" "SPEC"
}

@test "an operand too many: wrong use, and it is named" {
	expect 2 "$KVET" clock compare surplus
	holds "$stderr" "'surplus'"
}

@test "a typo in the object gets a suggestion" {
	expect 2 "$KVET" ksym lookup x
	[ -z "$output" ]
	holds "$stderr" "did you mean 'ksyms'?"
	expect 2 "$KVET" help porbe
	holds "$stderr" "did you mean 'probe'?"
}

@test "help on help is help" {
	run -0 "$KVET" help help
	[ "$output" = "$("$KVET" help)" ]
	expect 2 "$KVET" help help porbe
	holds "$stderr" "did you mean 'probe'?"
}

@test "a typo in the verb gets a suggestion" {
	expect 2 "$KVET" ksyms lookpu x
	[ -z "$output" ]
	holds "$stderr" "did you mean 'ksyms lookup'?"
}

@test "a verb without its object gets the whole command" {
	expect 2 "$KVET" lookup x
	holds "$stderr" "unknown command 'lookup': did you mean 'ksyms lookup'?"
	expect 2 "$KVET" help helpers
	holds "$stderr" "did you mean 'probe helpers'?"
}

@test "a typo in an option gets a suggestion" {
	expect 2 "$KVET" ksyms lookup --fromat json x
	[ -z "$output" ]
	holds "$stderr" "did you mean '--format'?"
	expect 2 "$KVET" ksyms lookup --kalsyms x x
	holds "$stderr" "did you mean '--kallsyms'?"
	expect 2 "$KVET" --vresion
	[ -z "$output" ]
}

@test "what is like nothing gets no suggestion" {
	expect 2 "$KVET" xyzzyplugh
	holds "$stderr" "unknown command 'xyzzyplugh'"
	lacks "$stderr" "did you mean"
}

@test "control bytes of a wrong word are not echoed raw" {
	expect 2 "$KVET" $'\e[31mred'
	lacks "$stderr" $'\e'
	holds "$stderr" '\x1b[31mred'
	expect 2 "$KVET" ksyms lookup $'--\e[31mred' x
	lacks "$stderr" $'\e'
}

@test "an option without its argument: wrong use" {
	expect 2 "$KVET" ksyms lookup vfs_read --kallsyms
	holds "$stderr" "--kallsyms"
}

@test "an unknown --format: wrong use, and what it takes is named" {
	expect 2 "$KVET" ksyms lookup --format yaml --kallsyms "$TABLE" vfs_read
	holds "$stderr" "--format requires text, json, jsonl, prometheus or nagios, not 'yaml'"
}

@test "an unknown --color: wrong use" {
	expect 2 "$KVET" ksyms lookup --color=perhaps --kallsyms "$TABLE" vfs_read
	holds "$stderr" "--color requires auto, always or never, not 'perhaps'"
}

@test "options of every command may stand before the command" {
	expect 0 "$KVET" -j ksyms lookup --kallsyms "$TABLE" vfs_read
	json '.records | length == 1'
	expect 0 "$KVET" ksyms lookup vfs_read --kallsyms "$TABLE" -j
	json '.records | length == 1'
}

@test "-- ends the options" {
	expect 1 "$KVET" ksyms lookup --kallsyms "$TABLE" -- -j
	holds "$stderr" "no match for '-j'"
}

@test "the JSON document is closed after wrong use" {
	expect 2 "$KVET" ksyms lookup -j --bogus
	json '.status == "error" and .command == "ksyms lookup"
		and .records == [] and .summary == {}
		and (.errors | length == 1) and .schema_version == 1'
	json '.errors[0] | (keys | sort) == ["errno", "evidence", "remedy", "source"]
		and .errno == null and .source == "command line"'
	expect 2 "$KVET" ksyms lookup -j
	json '.status == "error"'
	expect 2 "$KVET" clock compare -p --samples nonsense
	json '.status == "error"'
}

@test "JSON lines end in a summary after wrong use" {
	expect 2 "$KVET" ksyms lookup --format jsonl --bogus
	jsonl 'map(.record) == ["error", "summary"] and .[1].status == "error"'
}

@test "-q prints nothing; the status is the answer" {
	expect 0 "$KVET" ksyms lookup -q --kallsyms "$TABLE" vfs_read
	[ -z "$output$stderr" ]
	expect 1 "$KVET" ksyms lookup -q --kallsyms "$TABLE" nosuch
	[ -z "$output$stderr" ]
	expect 3 "$KVET" ksyms lookup -q --kallsyms /nonexistent vfs_read
	[ -z "$output$stderr" ]
}

@test "-q does not hide wrong use" {
	expect 2 "$KVET" ksyms lookup -q --bogus x
	[ -z "$output" ]
	holds "$stderr" "--bogus"
}

@test "a full device: status 3, in every format, with a message" {
	local format

	for format in text json jsonl; do
		expect 3 sh -c '"$0" ksyms lookup --format "$2" --kallsyms "$1" vfs_read >/dev/full' \
			"$KVET" "$TABLE" "$format"
		holds "$stderr" "cannot write the output"
		holds "$stderr" "No space left on device"
	done
}

@test "a full device: help, --version and --list-commands fail too" {
	local all

	for all in help --version --list-commands "ksyms help" "ksyms lookup --help"; do
		expect 3 sh -c '"$0" $1 >/dev/full' "$KVET" "$all"
		holds "$stderr" "cannot write the output"
	done
}

@test "a closed stdout: status 3" {
	expect 3 sh -c '"$0" ksyms lookup --kallsyms "$1" vfs_read >&-' "$KVET" "$TABLE"
	holds "$stderr" "cannot write the output"
}

@test "a reader that goes away ends kvet quietly, by SIGPIPE" {
	local i

	for ((i = 0; i < 20000; i++)); do
		printf '%016x t same\n' $((0x1000 + i))
	done >"$BATS_TEST_TMPDIR/many"
	expect 0 bash -c '"$0" ksyms lookup --kallsyms "$1" same | head -1
		[ "${PIPESTATUS[0]}" -eq 141 ]' "$KVET" "$BATS_TEST_TMPDIR/many"
	[ "${#lines[@]}" -eq 1 ]
	[ -z "$stderr" ]
}

# Only verdicts are coloured; this asks for one that is the same everywhere.
coloured() {
	run --separate-stderr "$@" clock compare --max-skew 100000h
	holds "$output" yes
}

@test "--color=always colours verdicts, even if the output is not a terminal" {
	coloured "$KVET" --color=always
	holds "$output" $'\e['
	NO_COLOR=1 TERM=dumb coloured "$KVET" --color=always
	holds "$output" $'\e['
}

@test "no colour with never, nor in a pipe" {
	coloured "$KVET" --color=never
	lacks "$output" $'\e'
	coloured "$KVET"
	lacks "$output" $'\e'
}

@test "a terminal gets colour, unless the environment speaks against it" {
	script -qec true /dev/null >/dev/null 2>&1 || skip "script(1) gets no pseudo-terminal here"
	local command="'$KVET' clock compare --max-skew 100000h"

	run env TERM=xterm script -qec "$command" /dev/null </dev/null
	holds "$output" $'\e['
	run env TERM=xterm NO_COLOR=1 script -qec "$command" /dev/null </dev/null
	holds "$output" yes
	lacks "$output" $'\e'
	run env TERM=xterm NO_COLOR= script -qec "$command" /dev/null </dev/null
	holds "$output" $'\e['
	run env TERM=dumb script -qec "$command" /dev/null </dev/null
	lacks "$output" $'\e'
	run env TERM=xterm script -qec "$command --color=never" /dev/null </dev/null
	lacks "$output" $'\e'
}

@test "JSON is never coloured" {
	coloured "$KVET" -j --color=always
	lacks "$output" $'\e'
}

@test "--version is the answer, whatever follows" {
	run "$KVET" --version -j
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == kvet* ]]
}

@test "--sysroot that is not a directory is wrong use, for every command" {
	local words

	while read -ra words; do
		for place in /nonexistent "$BATS_TEST_DIRNAME/main.bats"; do
			run --separate-stderr "$KVET" "${words[@]}" --sysroot "$place"
			[ "$status" -eq 2 ]
			holds "$stderr" "--sysroot $place: "
		done
		expect 2 "$KVET" "${words[@]}" --sysroot ''
		holds "$stderr" "--sysroot requires DIR, not ''"
	done < <("$KVET" --list-commands)
}

@test "messages of a --sysroot name the file below it" {
	local root=$BATS_TEST_TMPDIR

	mkdir -p "$root/proc/sys/kernel"
	echo 2 >"$root/proc/sys/kernel/kptr_restrict"
	printf '%s\n' '0000000000000000 T one' '0000000000000000 T two' >"$root/proc/kallsyms"
	run --separate-stderr "$KVET" ksyms lookup -j --sysroot "$root" one
	[ "$status" -eq 3 ]
	json '.errors[0] | .source == $path and .errno == null' --arg path "$root/proc/kallsyms"
	: >"$root/proc/kallsyms"
	run --separate-stderr "$KVET" ksyms lookup -j --sysroot "$root" one
	[ "$status" -eq 3 ]
	json '.errors[0] | .source == $path and .errno == null and (.evidence | test("empty"))' \
		--arg path "$root/proc/kallsyms"
	printf '%s\n' 'ffffffff81000000 T one' >"$root/proc/kallsyms"
	echo '# CONFIG_KALLSYMS_ALL is not set' | gzip >"$root/proc/config.gz"
	run --separate-stderr "$KVET" ksyms lookup -j --sysroot "$root" three
	[ "$status" -eq 1 ]
	json '.summary.reasons[0] | contains($path)' --arg path "($root/proc/config.gz)"
	: >"$root/proc/timer_list"
	run --separate-stderr "$KVET" clock compare -j --sysroot "$root"
	json 'any(.records[]; (.cause // "") | test("it is empty"))'
}

@test "what an engine masks is said to be masked, and how to have it" {
	local root=$BATS_TEST_TMPDIR

	mkdir -p "$root/proc"
	ln -s /dev/null "$root/proc/kallsyms"
	run --separate-stderr "$KVET" ksyms lookup -j --sysroot "$root" one
	[ "$status" -eq 3 ]
	json '.errors[0] | .errno == null and (.evidence | test("/dev/null is mounted over it"))
		and (.remedy | length) > 0'
}
