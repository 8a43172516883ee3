#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# A signal ends kvet whatever it is doing, and its document is closed. Without that, each of these
# would go on for hours: timeout(1) kills it after a while, with status 137.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	TABLE=$DATA/ksyms/kallsyms
}

# interrupted SIGNAL ARGUMENT...: sends SIGNAL to kvet half a second after it began to handle SIGTERM (bit 15
# of SigCgt): it has gone on to work by then, whenever a busy machine gets there.
interrupted() {
	local signal=$1

	shift
	expect "$((128 + $(kill -l "$signal")))" timeout -s KILL 100 bash -c '"${@:2}" <&0 &
		until [[ $(grep SigCgt /proc/$!/status) =~ [4567cdef][0-9a-f]{3}$ || ! -e /proc/$! ]]; do sleep 0.02; done
		sleep 0.5
		kill -"$1" $!; wait $!' - "$signal" "$KVET" "$@"
}

@test "an expression that takes hours for one name" {
	{
		echo "0000000000001000 t $(printf '%511s' '' | tr ' ' a)"
		echo '0000000000002000 t b'
	} >"$BATS_TEST_TMPDIR/table"
	for signal in INT TERM; do
		interrupted "$signal" ksyms lookup -j --kallsyms "$BATS_TEST_TMPDIR/table" \
			--regex '(.*)(.*)\1\2[b]$'
		json '.status == "interrupted" and .records == []'
	done
	interrupted HUP ksyms lookup --kallsyms "$BATS_TEST_TMPDIR/table" --regex 'b' '(.*)(.*)\1\2[b]'
}

@test "a table, or another, that never comes" {
	mkfifo "$BATS_TEST_TMPDIR/never"
	interrupted TERM ksyms lookup -j --kallsyms "$BATS_TEST_TMPDIR/never" vfs_read
	json '.status == "interrupted"'
	interrupted INT ksyms duplicates -j --kallsyms "$BATS_TEST_TMPDIR/never"
	json '.status == "interrupted"'
	interrupted INT ksyms diff -j "$TABLE" "$BATS_TEST_TMPDIR/never"
	json '.status == "interrupted"'
	interrupted INT ksyms lookup -j --kallsyms "$TABLE" --file "$BATS_TEST_TMPDIR/never"
	json '.status == "interrupted"'
	interrupted INT trace -j --file "$BATS_TEST_TMPDIR/never"
	jsonl '.[-1].status == "interrupted"'
}

@test "a table, or queries, of which standard input has half" {
	local fifo=$BATS_TEST_TMPDIR/half

	mkfifo "$fifo"
	exec 9<>"$fifo"
	echo 'ffffffff81000000 T _text' >&9
	interrupted INT ksyms lookup -j --kallsyms - vfs_read <"$fifo"
	json '.status == "interrupted"'
	printf 'vfs_read\nvfs_' >&9
	interrupted TERM ksyms lookup -j --kallsyms "$TABLE" - <"$fifo"
	json '.status == "interrupted" and [.records[].name] == ["vfs_read"]'
	exec 9>&-
}

@test "a reader that does not read" {
	local fifo=$BATS_TEST_TMPDIR/full

	mkfifo "$fifo"
	# Open, and never read.
	exec 9<>"$fifo"
	expect 130 bash -c 'exec timeout --preserve-status -s INT -k 60 1 "$@" >"$0"' "$fifo" \
		"$KVET" ksyms lookup -j --kallsyms "$TABLE" --file <(printf 'vfs_read\n%.0s' {1..5000})
	exec 9>&-
}

@test "a background job of a script: kill -INT ends it, the terminal's Ctrl-C does not" {
	# Once it handles the signal (bit 1 of SigCgt), whenever a busy machine gets there.
	expect 130 bash -c '"$@" & until [[ $(grep SigCgt /proc/$!/status) =~ [2367abef]$ || ! -e /proc/$! ]]; do sleep 0.1; done
		kill -INT $!; wait $!' - "$KVET" clock compare --watch --duration 60s
	# With its handler, kvet has a terminal for a minute, unless it ends first.
	script -qec true /dev/null >/dev/null 2>&1 || skip "script(1) gets no pseudo-terminal here"
	{
		sleep 2
		printf '\003'
		sleep 2
	} | script -qec "trap '' INT; $(printf '%q' "$KVET") clock compare --watch -j --duration 3s >$BATS_TEST_TMPDIR/out" /dev/null
	run tail -n 1 "$BATS_TEST_TMPDIR/out"
	jsonl '.[-1].status == "yes"'
}

@test "who waits notices at once that its reader has gone" {
	for arguments in 'clock compare --watch --interval 1h' "ksyms lookup --kallsyms $TABLE -"; do
		# shellcheck disable=SC2086 # words
		expect 141 bash -c '"$@" < <(sleep 50) | true; exit ${PIPESTATUS[0]}' - \
			timeout -k 60 40 "$KVET" $arguments
	done
}
