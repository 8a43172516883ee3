#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# kvet probe maps: the list, globs, and wrong use. Whether the kernel may be asked is not this tier's to know.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
}

maps() {
	run --separate-stderr "$KVET" probe maps -j "$@"
	case $status in
	0 | 1 | 3) return 0 ;;
	esac
	show
	return 1
}

@test "every type once, in the order of its number, then flags" {
	maps
	json '[.records[] | select(.name == .type) | .id] | . == (. | sort) and (unique | length) == length
		and .[0] == 1 and length >= 34'
	json '[.records[].name] | (unique | length) == length and (index("hash") < index("hash:no_prealloc"))'
	json '.records | all((.verdict | test("^(supported|unsupported|undetermined)$"))
		and (.reason | length > 0) and has("errno") and has("log") and has("attach_verdict"))'
	json '[.records[] | select(.name | contains(":")) | .name | split(":")[0]]
		== [.records[] | select(.name | contains(":")) | .type]'
	json '.summary | .supported + .unsupported + .undetermined > 40'
}

@test "names and globs choose" {
	maps ringbuf
	json '[.records[].name] == ["ringbuf"] and .records[0].id == 27'
	maps 'hash*'
	json '[.records[].name] == ["hash", "hash_of_maps", "hash:no_prealloc", "hash:zero_seed"]'
	maps ringbuf stack
	json '[.records[].name] == ["stack", "ringbuf"]'
}

@test "wrong use names what may be meant" {
	expect 2 "$KVET" probe maps ringbuff
	holds "$stderr" "unknown name 'ringbuff': did you mean 'ringbuf'?"
	expect 2 "$KVET" probe maps 'xx*'
	expect 2 "$KVET" probe maps --all ringbuf
}

@test "nobody: undetermined, with what is missing" {
	[ "$(id -u)" -eq 0 ] || skip "needs root, to become nobody"
	[ "$(cat /proc/sys/kernel/unprivileged_bpf_disabled)" -ne 0 ] || skip "bpf(2) is for all"
	run --separate-stderr as_nobody "$KVET" probe maps -j ringbuf
	[ "$status" -eq 3 ]
	json '.records[0] | .verdict == "undetermined" and .reason == "not permitted" and .errno == "EPERM"
		and (.evidence | contains("CAP_BPF missing"))'
	# What this call requires, and no more.
	run --separate-stderr as_nobody "$KVET" probe maps -j sockmap
	json '.records[0].evidence | contains("CAP_BPF, CAP_NET_ADMIN missing")'
}
