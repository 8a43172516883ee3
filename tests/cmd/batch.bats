#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# kvet batch: each line is answered, the worst answer is the status, and wrong lines are reported before
# anything runs.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	FILE=$BATS_TEST_TMPDIR/requirements.kvet
	BACKSLASH=$(printf "\134")
	TABLE=$DATA/ksyms/kallsyms
}

# file LINE...: the batch.
file() {
	printf '%s\n' "$@" >"$FILE"
}

# table NAME...: a lookup in the fixture's table, as a line.
table() {
	printf "ksyms lookup --kallsyms '%s' %s" "$TABLE" "$*"
}

@test "each command line has a record, in the order of the file; comments and blank lines have none" {
	file '# what it needs' '' "$(table vfs_read)" '   ' "  $(table vfs_read)   # with a comment"
	expect 0 "$KVET" batch -j "$FILE"
	json '[.records[] | [.line, .status, .cause]] == [[3, "yes", null], [5, "yes", null]]'
	json '.records[0].command | startswith("ksyms lookup")'
	json '.summary == {lines: 2, yes: 2, no: 0, undetermined: 0, errors: 0}'
	json '.status == "yes" and .errors == []'
}

@test "the exit status is that of the worst line, wherever it is" {
	local yes no

	yes=$(table vfs_read)
	no=$(table no_such_symbol)
	echo 'no symbol table' >"$BATS_TEST_TMPDIR/broken"
	file "$yes" "$no" "$yes"
	expect 1 "$KVET" batch -j "$FILE"
	json '[.records[].status] == ["yes", "no", "yes"]'
	json '.records[1].cause | contains("no match for '"'no_such_symbol'"'")'
	file "$no" "ksyms lookup --kallsyms '$BATS_TEST_TMPDIR/broken' vfs_read" "$yes"
	expect 3 "$KVET" batch -j "$FILE"
	json '[.records[].status] == ["no", "error", "yes"]'
	json '.records[1].cause | contains("broken:1: no address")'
	json '.summary | .no == 1 and .errors == 1 and .yes == 1'
}

@test "words are quoted as in a shell; nothing is expanded" {
	file "$(table '"vfs_read"')" "$(table "'vfs_re'ad")" "$(table 'vfs\_read')" \
		"$(table 'vfs_rea*')" "kvet $(table vfs_read)" "$(table vfs_read "$BACKSLASH")" ' _text'
	expect 0 "$KVET" batch -j "$FILE"
	json '[.records[].status] == ["yes", "yes", "yes", "yes", "yes", "yes"]'
	json '[.records[].line] == [1, 2, 3, 4, 5, 6]'
	file "$(table 'vfs_read#no_comment')"
	expect 1 "$KVET" batch "$FILE"
	file "$(table '""')"
	expect 2 "$KVET" batch "$FILE"
}

@test "every wrong line is reported with its number, and nothing runs" {
	file "$(table vfs_read)" 'nosuch' 'ksyms lookpu x' 'ksyms' 'ksyms lookup --nosuch x' \
		'ksyms lookup $HOME' "ksyms lookup 'x" 'ksyms lookup "x' 'ksyms lookup a | less' \
		'ksyms lookup "`id`"' "batch $FILE" 'ksyms lookup -j x' 'clock source x' "ksyms lookup x $BACKSLASH"
	expect 2 "$KVET" batch -j "$FILE"
	json '.records == [] and .status == "error" and (.errors | length) == 13'
	for line in 2 3 4 5 6 7 8 9 10 11 12 13 14; do
		holds "$stderr" "$FILE:$line: "
	done
	lacks "$stderr" "$FILE:1: "
	holds "$stderr" "$FILE:3: unknown command 'ksyms lookpu': did you mean 'ksyms lookup'?"
	holds "$stderr" "$FILE:6: '\$' does not do here what a shell does: quote it"
	holds "$stderr" "$FILE:7: a single quote is not closed"
	holds "$stderr" "$FILE:12: --json does not apply to a line of kvet batch"
	holds "$stderr" "$FILE:13: clock source does not take 'x'"
	holds "$stderr" "$FILE:14: the file ends after a backslash"
}

@test "one wrong line, wherever it is, keeps the others from running" {
	file 'nosuch' "$(table vfs_read)" "$(table vfs_read)"
	expect 2 "$KVET" batch -j "$FILE"
	json '.records == []'
	file 'doctor --only nosuch' "$(table vfs_read)"
	expect 2 "$KVET" batch -j "$FILE"
	json '.records == []'
}

@test "a mistake that only the command knows is reported before anything runs" {
	local batch number

	batch=("$(table vfs_read)"
		'probe helpers -t kprobe bpf_ktime_get_boot_nss' 'probe helpers -t kprob bpf_ktime_get_ns'
		'probe maps hassh' "probe programs 'nosuch*'" 'probe features nosuch'
		'clock compare --pair bpf:boottime,user:bootime' 'clock source --type kprob'
		'probe kfuncs -t kprob bpf_obj_drop_impl'
		'clock convert yesterday' 'clock convert --boot-id 1234 1'
		"ksyms lookup --regex 'a['" "ksyms lookup --symbolize --offset far" "$(table "'' vfs_read")"
		'ksyms lookup --kallsyms /nonexistent x' 'ksyms lookup --file /nonexistent'
		'ksyms diff /nonexistent' 'ksyms duplicates --kallsyms /nonexistent'
		'object check /nonexistent.bpf.o' 'doctor --only nosuch' 'doctor --only btf --require jit'
		"trace --plan 'vfs read'" 'trace --offsets --range 5-3 vfs_read'
		'probe diff /nonexistent live' 'nosuch command')
	file "${batch[@]}"
	expect 2 "$KVET" batch -j "$FILE"
	json '.records == [] and .status == "error"'
	json '.errors | length == $wrong' --argjson wrong $((${#batch[@]} - 1))
	lacks "$stderr" "$FILE:1: "
	for ((number = 2; number <= ${#batch[@]}; number++)); do
		holds "$stderr" "$FILE:$number: "
	done
	holds "$stderr" "$FILE:2: unknown helper 'bpf_ktime_get_boot_nss': did you mean 'bpf_ktime_get_boot_ns'?"
	holds "$stderr" "$FILE:7: --pair: unknown clock 'bootime'"
	holds "$stderr" "$FILE:15: --kallsyms '/nonexistent': No such file or directory"
	holds "$stderr" "$FILE:19: '/nonexistent.bpf.o': No such file or directory"
	holds "$stderr" "$FILE:20: --only: no check is called 'nosuch'"
}

@test "what a command reports before a batch runs, it reports alone, with the same status" {
	local command

	for command in 'probe helpers -t kprob bpf_ktime_get_ns' 'probe maps hassh' 'clock source --type kprob' \
		'clock compare --pair a:b' 'clock convert yesterday' 'ksyms lookup --regex a[' \
		'doctor --only nosuch' 'trace --plan vfs_read+x'; do
		file "${command/a\[/\'a[\'}"
		expect 2 "$KVET" batch "$FILE"
		holds "$stderr" "kvet: $FILE:1: "
		# shellcheck disable=SC2086 # the words of a command line
		run --separate-stderr "$KVET" $command
		[ "$status" -eq 2 ] || { echo "$command: $status" && return 1; }
	done
}

@test "the batch can be standard input, which no line may then read" {
	run --separate-stderr "$KVET" batch -j - <<<"$(table vfs_read)"
	[ "$status" -eq 0 ]
	json '.records | length == 1'
	run --separate-stderr "$KVET" batch - <<<'ksyms lookup -'
	[ "$status" -eq 2 ]
	holds "$stderr" '-:1: standard input is the batch itself'
}

@test "--full prints the records of each command before the record of its line" {
	file "$(table vfs_read)" "$(table no_such_symbol)"
	expect 1 "$KVET" batch --format jsonl --full "$FILE"
	jsonl 'map(.record) | map(select(. == "symbol" or . == "line")) == ["symbol", "line", "line"]'
	jsonl 'map(select(.record == "line") | .status) == ["yes", "no"]'
	jsonl 'map(select(has("queries"))) | length == 2'
	holds "$stderr" "no match for 'no_such_symbol'"
	expect 1 "$KVET" batch --full -j "$FILE"
	json '.records | length >= 3'
	expect 1 "$KVET" batch --full "$FILE"
	holds "$output" vfs_read
}

@test "the cause of a no is the finding of the record that decided" {
	mkdir -p "$BATS_TEST_TMPDIR/host/proc/sys/kernel"
	echo 2 >"$BATS_TEST_TMPDIR/host/proc/sys/kernel/kptr_restrict"
	echo 0 >"$BATS_TEST_TMPDIR/host/proc/sys/kernel/ftrace_enabled"
	file 'doctor --only ftrace_enabled,kptr_restrict --require kptr_restrict'
	expect 1 "$KVET" --sysroot "$BATS_TEST_TMPDIR/host" batch -j "$FILE"
	json '.records[0].cause | startswith("kptr_restrict: 2: addresses are hidden")'
	# The first no of the table is one that does not count.
	file 'doctor --only ftrace_enabled,kptr_restrict --require ftrace_enabled'
	expect 1 "$KVET" --sysroot "$BATS_TEST_TMPDIR/host" batch -j "$FILE"
	json '.records[0].cause | startswith("ftrace_enabled: ")'
}

@test "-q prints nothing: the status is the answer" {
	file "$(table vfs_read)" "$(table no_such_symbol)"
	expect 1 "$KVET" batch -q "$FILE"
	[ -z "$output$stderr" ]
}

@test "a file without a command line is a no, and a missing file is named" {
	file '# nothing'
	expect 1 "$KVET" batch "$FILE"
	holds "$stderr" 'nothing was asked'
	expect 3 "$KVET" batch "$BATS_TEST_TMPDIR/none"
	holds "$stderr" "$BATS_TEST_TMPDIR/none"
	expect 2 "$KVET" batch
	expect 2 "$KVET" batch a b
}

@test "no line of the example in tests/examples is an error" {
	run --separate-stderr "$KVET" batch -j "$BATS_TEST_DIRNAME/../examples/requirements.kvet"
	[ "$status" -ne 2 ]
	json '(.records | length) == 7 and all(.records[]; .status != "error")'
}
