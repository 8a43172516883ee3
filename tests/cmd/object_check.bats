#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# kvet object check: files that are no object, whatever the privilege, and wrong use. What a kernel
# says of real ones is in tests/root and tests/vm.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	cd "$BATS_TEST_TMPDIR" || return
}

# object ORDER: a small object of that byte order (bpfel, bpfeb).
object() {
	printf '%s\n' 'char terms[] __attribute__((section("license"), used)) = "GPL";' \
		'__attribute__((section("socket"), used)) int nothing(void *ctx) { return 0; }' >"$1.c"
	clang -target "$1" -O2 -g -c "$1.c" -o "$1.o"
}

other_order() {
	case $(printf '\1\0' | od -An -tu2 | tr -d ' ') in
	1) echo bpfeb ;;
	*) echo bpfel ;;
	esac
}

own_order() {
	case $(other_order) in
	bpfeb) echo bpfel ;;
	*) echo bpfeb ;;
	esac
}

# no_object FILE PART: undetermined, one record without a program, and the cause has PART.
no_object() {
	expect 3 "$KVET" object check -j "$1"
	json '.status == "undetermined" and (.records | length) == 1'
	json '.records[0] | .program == null and .verdict == "undetermined" and .reason == "not-bpf"'
	json '.records[0].cause | contains($part)' --arg part "$2"
}

@test "each program has a record, whether it may be loaded or not" {
	object "$(own_order)"
	run --separate-stderr "$KVET" object check -j "$(own_order).o"
	case $status in
	0) json '.records[0] | .program == "nothing" and .verdict == "yes" and .reason == "loaded"' ;;
	3) json '.records[0] | .program == "nothing" and .verdict == "undetermined"' ;;
	*) show && return 1 ;;
	esac
	json '.records[0] | .section == "socket" and .type == "socket_filter" and .autoload'
	json '.summary.programs == 1 and .summary.mixed_clocks == false'
}

@test "without privilege a program is undetermined, and the missing capabilities are named" {
	[ "$EUID" -eq 0 ] || skip 'only root can give its privileges up'
	[ "$(cat /proc/sys/kernel/unprivileged_bpf_disabled)" != 0 ] || skip 'unprivileged BPF is allowed'
	object "$(own_order)"
	chmod 755 . && chmod 644 ./*.o
	expect 3 as_nobody "$KVET" object check -j "$(own_order).o"
	json '.records[0] | .verdict == "undetermined" and .reason == "privilege" and (.cause | contains("CAP_BPF"))'
	json '.records[0].remedy | contains("CAP_BPF")'
}

@test "an object of the other byte order is a no" {
	object "$(other_order)"
	expect 1 "$KVET" object check -j "$(other_order).o"
	json '.status == "no" and .records[0].reason == "not-bpf" and (.records[0].cause | contains("endian"))'
}

@test "a file that is not a BPF object is a no, with its cause" {
	printf 'text\n' >text && : >empty
	no_object text 'not an ELF file'
	no_object empty 'not an ELF file'
	no_object /bin/sh 'another machine'
	object "$(own_order)"
	head -c 300 "$(own_order).o" >short
	no_object short truncated
	head -c 60 "$(own_order).o" >shorter
	no_object shorter truncated
}

@test "a file that cannot be read is undetermined, and the other files are checked" {
	printf 'text\n' >text
	expect 3 "$KVET" object check -j nothing.o text .
	json '[.records[].object] == ["text"]'
	json '[.errors[] | select(.errno == "ENOENT" or .evidence == "a directory, not a file")] | length == 2'
}

@test "an object that is truncated anywhere does not crash kvet" {
	object "$(own_order)"
	size=$(stat -c %s "$(own_order).o")
	for ((at = 1; at < size; at += 61)); do
		head -c "$at" "$(own_order).o" >part
		run "$KVET" object check part
		case $status in
		0 | 1 | 3) ;;
		*) show && return 1 ;;
		esac
	done
}

@test "-q prints nothing: the status is the answer" {
	printf 'text\n' >text
	expect 3 "$KVET" object check -q text
	[ -z "$output$stderr" ]
}

@test "wrong use" {
	expect 2 "$KVET" object check
	expect 2 "$KVET" object check --no-such-option x
	expect 2 "$KVET" object chekc x
}
