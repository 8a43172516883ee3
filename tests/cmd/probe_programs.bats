#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# kvet probe programs: the list, globs, and wrong use.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
}

programs() {
	run --separate-stderr "$KVET" probe programs -j "$@"
	case $status in
	0 | 1 | 3) return 0 ;;
	esac
	show
	return 1
}

@test "every type once, in the order of its number, and its variants after it" {
	programs
	json '[.records[] | select(.name == .type) | .id] | . == (. | sort) and (unique | length) == length
		and .[0] == 1 and length >= 32'
	json '[.records[] | [.type, .name]] | (unique | length) == length'
	json '[.records[] | select(.type == "tracing") | .name] | .[0] == "tracing" and index("fentry") > 0'
	json '.records | all((.verdict | test("^(supported|unsupported|undetermined)$"))
		and (.verdict == "supported" or .attach_verdict == null))'
}

@test "names and globs choose" {
	programs kprobe
	json '[.records[] | select(.type == "kprobe") | .name] == ["kprobe"]'
	programs sk_lookup
	json '[.records[] | [.type, .name]] == [["sk_lookup", "sk_lookup"]]'
	programs ext:sk_lookup
	json '[.records[] | [.type, .name]] == [["ext", "sk_lookup"]]'
	programs 'tracing:*'
	json '.records | length > 4 and all(.type == "tracing")'
	programs 'connect?'
	json '[.records[].name] == ["connect4", "connect6"] and all(.records[]; .type == "cgroup_sock_addr")'
}

@test "wrong use names what may be meant" {
	expect 2 "$KVET" probe programs kprobee
	holds "$stderr" "unknown name 'kprobee': did you mean 'kprobe'?"
}
