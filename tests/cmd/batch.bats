#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# kvet batch: each line an answer, the worst one the status, wrong lines before anything runs.

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

@test "each line has a record, in order, and comments and blanks have none" {
	file '# what it needs' '' "$(table vfs_read)" '   ' "  $(table vfs_read)   # with a comment"
	expect 0 "$KVET" batch -j "$FILE"
	json '[.records[] | [.line, .status, .cause]] == [[3, "yes", null], [5, "yes", null]]'
	json '.records[0].command | startswith("ksyms lookup")'
	json '.summary == {lines: 2, yes: 2, no: 0, undetermined: 0, errors: 0}'
	json '.status == "yes" and .errors == []'
}

@test "the worst line is the status, whatever its place" {
	local yes no undetermined

	yes=$(table vfs_read)
	no=$(table no_such_symbol)
	undetermined="ksyms lookup --kallsyms $DATA/ksyms/hidden vfs_read --attachable"
	file "$yes" "$no" "$yes"
	expect 1 "$KVET" batch -j "$FILE"
	json '[.records[].status] == ["yes", "no", "yes"]'
	json '.records[1].cause | contains("no match for '"'no_such_symbol'"'")'
	file "$no" 'ksyms lookup --kallsyms /nonexistent vfs_read' "$yes"
	expect 3 "$KVET" batch -j "$FILE"
	json '[.records[].status] == ["no", "error", "yes"]'
	json '.records[1].cause | test("/nonexistent: ENOENT")'
	json '.summary | .no == 1 and .errors == 1 and .yes == 1'
	[ -n "$undetermined" ]
}

@test "words are quoted as in a shell, and nothing is expanded" {
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

@test "wrong lines are all reported with their numbers, and nothing runs" {
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

@test "wrong use that shows only when it runs is an error of its line" {
	file 'doctor --only nosuch' "$(table vfs_read)"
	expect 2 "$KVET" batch -j "$FILE"
	json '[.records[].status] == ["error", "yes"]'
	json '.records[0].cause | contains("no check is called")'
}

@test "standard input, and who may read it" {
	run --separate-stderr "$KVET" batch -j - <<<"$(table vfs_read)"
	[ "$status" -eq 0 ]
	json '.records | length == 1'
	run --separate-stderr "$KVET" batch - <<<'ksyms lookup -'
	[ "$status" -eq 2 ]
	holds "$stderr" '-:1: standard input is the batch itself'
}

@test "--full: the records of each command come before its line" {
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

@test "a no of a verdict says why: what its record says is the reason" {
	mkdir -p "$BATS_TEST_TMPDIR/host/proc/sys/kernel"
	echo 2 >"$BATS_TEST_TMPDIR/host/proc/sys/kernel/kptr_restrict"
	echo 0 >"$BATS_TEST_TMPDIR/host/proc/sys/kernel/ftrace_enabled"
	file 'doctor --only ftrace_enabled,kptr_restrict --require kptr_restrict'
	expect 1 "$KVET" --sysroot "$BATS_TEST_TMPDIR/host" batch -j "$FILE"
	json '.records[0].cause | startswith("kptr_restrict: 2: addresses are hidden")'
}

@test "-q: the status alone" {
	file "$(table vfs_read)" "$(table no_such_symbol)"
	expect 1 "$KVET" batch -q "$FILE"
	[ -z "$output$stderr" ]
}

@test "no line: nothing was asked; no file: said with its name" {
	file '# nothing'
	expect 1 "$KVET" batch "$FILE"
	holds "$stderr" 'nothing was asked'
	expect 3 "$KVET" batch "$BATS_TEST_TMPDIR/none"
	holds "$stderr" "$BATS_TEST_TMPDIR/none"
	expect 2 "$KVET" batch
	expect 2 "$KVET" batch a b
}

@test "the example's lines are all right" {
	run --separate-stderr "$KVET" batch -j "$BATS_TEST_DIRNAME/../examples/requirements.kvet"
	[ "$status" -ne 2 ]
	json '(.records | length) == 7 and all(.records[]; .status != "error")'
}
