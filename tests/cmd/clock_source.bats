#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# kvet clock source: the word, whatever the privilege, and wrong use.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
}

# Runs kvet; whether the kernel may be asked is not this tier's to know.
source_of() {
	run --separate-stderr "$KVET" clock source "$@"
	case $status in
	0 | 1 | 3) return 0 ;;
	esac
	show
	return 1
}

@test "one word, and nothing else" {
	source_of
	case $status in
	0 | 3) [ "$output" = boottime ] ;;
	1) [ "$output" = monotonic ] ;;
	esac
}

@test "-v: a table with what the word rests on" {
	source_of -v
	[[ ${lines[0]} =~ ^CLOCK\ +BOOTTIME\ +HELPER\ +TYPE\ +REASON ]]
	[[ ${lines[1]} =~ ^(boottime|monotonic)\  ]]
}

@test "-j: one record with both oracles" {
	source_of -j
	json '.records | length == 1'
	json '.records[0] | .helper == "bpf_ktime_get_boot_ns" and .type == "kprobe"
		and (.clock == "monotonic") == (.boottime == "no")
		and has("libbpf_return") and has("libbpf_errno") and has("errno_source")'
	json '.status == .records[0].boottime'
	json '.records[0].kernel_names_it == null'
	json '.records[0] | .cost_ns == null and .costs == null'
	source_of -j -v
	json '.records[0].kernel_names_it | test("^(yes|no|undetermined)$")'
	json '.records[0] | .cost_ns == null or (.cost_ns > 0 and .cost_ns == .costs[.clock]
		and (.costs | length >= 2 and all(. > 0)))'
}

@test "--type: another type of program" {
	source_of -j -t raw_tracepoint
	json '.records[0].type == "raw_tracepoint"'
}

@test "a type that is none: wrong use, with the nearest" {
	expect 2 "$KVET" clock source -t kprobes
	[ -z "$output" ]
	holds "$stderr" "did you mean 'kprobe'?"
	expect 2 "$KVET" clock source boottime
}

@test "-q prints nothing: the status is the answer" {
	source_of -q
	[ -z "$output$stderr" ]
}
