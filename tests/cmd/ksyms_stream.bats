#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# Queries and text that come bit by bit are answered bit by bit. A limit of time ends a test that
# has failed, and decides nothing else.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	TABLE=$DATA/ksyms/kallsyms
	IN=$BATS_TEST_TMPDIR/in
	OUT=$BATS_TEST_TMPDIR/out
	mkfifo "$IN" "$OUT"
}

# begin OPTION...: kvet in the background; what is written to 4 it reads, its answer is in 5.
begin() {
	timeout 120 "$KVET" ksyms lookup --kallsyms "$TABLE" "$@" <"$IN" >"$OUT" \
		2>"$BATS_TEST_TMPDIR/err" 3>&- &
	PID=$!
	exec 4>"$IN" 5<"$OUT"
}

# answer TEXT: the next line of the answer has it.
answer() {
	read -r -t 60 line <&5
	[[ $line == *"$1"* ]]
}

# finish STATUS: the writer closes.
finish() {
	local ended=0

	exec 4>&-
	rest=$(cat <&5)
	wait "$PID" || ended=$?
	[ "$ended" = "$1" ]
}

@test "a stream of text: each line is completed before the next one is there" {
	begin --symbolize -
	echo "RIP: 0010:vfs_read+0x2a" >&4
	answer "vfs_read+0x2a <0xffffffff810001aa>"
	echo "nothing here" >&4
	answer "nothing here"
	printf 'no line break: vfs_read+0x1' >&4
	finish 0
	[ "$rest" = "no line break: vfs_read+0x1 <0xffffffff81000181>" ]
}

@test "a stream of queries: each is answered before the next one is there" {
	begin --format jsonl -
	echo vfs_read >&4
	answer '"address":"0xffffffff81000180"'
	printf 'nosuch\nadd\n\n' >&4
	answer '"name":"add"'
	finish 1
	[[ $rest == *'"queries":3,"matches":2,"unmatched":["nosuch"],"unmatched_count":1,'* ]]
	[[ $(<"$BATS_TEST_TMPDIR/err") == "kvet: no match for 'nosuch'"* ]]
}

@test "a stream as text: one heading, and rows as they come" {
	begin --file -
	echo add >&4
	answer QUERY
	answer " add "
	echo vfs_read >&4
	answer "vfs_read "
	finish 0
	[ -z "$rest" ]
}

@test "a stream between operands: answers in the order of the queries" {
	begin -j add - vfs_read
	echo tun_open >&4
	finish 0
	jq -e '[.records[].query] == ["add", "tun_open", "vfs_read"] and .summary.queries == 3' \
		<<<"$rest"
}

@test "a stream: an invalid query is named, and those before it are answered" {
	begin -j -
	printf 'vfs_read\n0xnonsense\nadd\n' >&4
	finish 2
	jq -e '[.records[].name] == ["vfs_read"] and .status == "error" and
		(.errors[0].evidence | startswith("standard input:2: "))' <<<"$rest"
}

@test "a stream: an invalid operand is named before anything is answered" {
	begin - ''
	finish 2
	[ -z "$rest" ]
}

@test "a signal in a stream: the document is closed" {
	begin -j -
	echo vfs_read >&4
	read -r -t 60 -N 20 start <&5
	kill -INT "$(pgrep -P "$PID")"
	rest=$(cat <&5)
	ended=0
	wait "$PID" || ended=$?
	exec 4>&-
	[ "$ended" -ge 128 ]
	jq -e '[.records[].name] == ["vfs_read"] and .summary.queries == 1' <<<"$start$rest"
}

@test "a reader that ends stops a stream, even if nothing arrives" {
	begin --symbolize -
	echo one >&4
	answer one
	exec 5<&-
	ended=0
	wait "$PID" || ended=$?
	exec 4>&-
	[ "$ended" != 124 ]
}

# bats test_tags=plain
@test "a stream of any length, in bounded memory" {
	# 200 MB of text; the limit is of address space.
	run bash -c 'ulimit -v 200000; yes "RIP: 0010:vfs_read+0x2a and so on" | head -n 6000000 |
		"$0" ksyms lookup --symbolize --kallsyms "$1" | tail -n 1' "$KVET" "$TABLE"
	[ "$output" = "RIP: 0010:vfs_read+0x2a <0xffffffff810001aa> and so on" ]
}
