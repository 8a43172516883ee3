#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# kvet probe helpers: what holds on every kernel and for every user, whatever the verdict.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
}

# Runs kvet; the status is any but wrong use.
probe() {
	run --separate-stderr "$KVET" probe helpers "$@"
	case $status in
	0 | 1 | 3) return 0 ;;
	esac
	show
	return 1
}

@test "an unknown helper: wrong use, with a suggestion" {
	expect 2 "$KVET" probe helpers bpf_ktime_get_bot_ns
	[ -z "$output" ]
	holds "$stderr" "bpf_ktime_get_bot_ns"
	holds "$stderr" "did you mean 'bpf_ktime_get_boot_ns'?"
}

@test "an unknown type: wrong use, with a suggestion" {
	expect 2 "$KVET" probe helpers -t kprob ktime_get_ns
	[ -z "$output" ]
	holds "$stderr" "did you mean 'kprobe'?"
}

@test "one wrong name among right ones: wrong use, nothing is asked" {
	expect 2 "$KVET" probe helpers -j ktime_get_ns nosuch_helper
	json '.status == "error" and .records == []'
	expect 2 "$KVET" probe helpers -j -t kprobe -t nosuch ktime_get_ns
	json '.status == "error" and .records == []'
	expect 2 "$KVET" probe helpers -t "" ktime_get_ns
	expect 2 "$KVET" probe helpers ""
}

@test "the prefix bpf_ may be left out" {
	probe -j -t kprobe ktime_get_ns bpf_ktime_get_ns
	json '[.records[].helper] == ["bpf_ktime_get_ns", "bpf_ktime_get_ns"]'
	json '.records[0].verdict == .records[1].verdict'
}

@test "a record has exactly these keys" {
	probe -j -t kprobe ktime_get_boot_ns
	json '.records | length == 1'
	json '.records[0] | keys_unsorted == ["helper", "id", "type", "verdict", "reason", "errno",
		"log", "libbpf_return", "libbpf_errno", "errno_source"]'
	json '.records[0] | .helper == "bpf_ktime_get_boot_ns" and .id == 125 and .type == "kprobe"'
}

@test "the default: four helpers for four types" {
	probe -j
	json '[.records[] | [.helper, .type]] | unique | length == 16'
	json '.records | length == 16'
	json '[.records[].helper] | unique == ["bpf_ktime_get_boot_ns", "bpf_ktime_get_coarse_ns",
		"bpf_ktime_get_ns", "bpf_ktime_get_tai_ns"]'
	json '[.records[].type] | unique == ["kprobe", "perf_event", "raw_tracepoint",
		"tracepoint"]'
	json '.summary | .supported + .unsupported + .undetermined == 16'
}

@test "the status agrees with the verdicts, and both with the summary" {
	local types

	for types in "" "-t kprobe" "-t xdp" "-t kprobe -t socket_filter" "-t tracing"; do
		# shellcheck disable=SC2086
		probe -j $types
		json '[.records[].verdict] - ["supported", "unsupported", "undetermined"] == []'
		json '[.records[].verdict] as $v
			| (if any($v[]; . == "undetermined") then 3
			elif any($v[]; . == "unsupported") then 1 else 0 end) == $status' \
			--argjson status "$status"
		json '.status == {"0": "yes", "1": "no", "3": "undetermined"}[$status]' \
			--arg status "$status"
		json '(.summary | to_entries | map(select(.value > 0))) as $s
			| ([.records[].verdict] | group_by(.) | map({key: .[0], value: length})) as $v
			| ($s | sort_by(.key)) == ($v | sort_by(.key))'
	done
}

@test "an answer other than supported has its evidence" {
	probe -j
	json 'all(.records[]; .reason | type == "string" and length > 0)'
	json 'all(.records[]; .verdict != "supported" or .reason == "loaded" or .errno != null)'
	json '.status != "undetermined" or (.errors | length >= 1)'
}

@test "a type that needs a BTF target is undetermined" {
	expect 3 "$KVET" probe helpers -j -t tracing ktime_get_ns
	json '.records[0].verdict == "undetermined"'
}

@test "a want of privilege is never a verdict" {
	[ "$(id -u)" -ne 0 ] || skip "tests/root asks this for root"
	probe -j -t kprobe ktime_get_boot_ns
	json '.records[0].errno != "EPERM" or .records[0].verdict == "undetermined"'
}

@test "-q: the status alone, and the same one" {
	local loud

	probe -t kprobe ktime_get_ns
	loud=$status
	probe -q -t kprobe ktime_get_ns
	[ "$status" -eq "$loud" ]
	[ -z "$output$stderr" ]
}

@test "text: a row for each pair under one heading" {
	probe -t kprobe -t xdp ktime_get_ns ktime_get_boot_ns
	[[ ${lines[0]} =~ ^HELPER\ +TYPE\ +VERDICT\ +REASON ]]
	[ "$(cells | wc -l)" -eq 4 ]
	[ "$(cells | cut -d' ' -f1,2)" = "bpf_ktime_get_ns kprobe
bpf_ktime_get_ns xdp
bpf_ktime_get_boot_ns kprobe
bpf_ktime_get_boot_ns xdp" ]
}
