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

@test "one wrong name among right ones: wrong use, and nothing is loaded" {
	expect 2 "$KVET" probe helpers -j ktime_get_ns nosuch_helper
	json '.status == "error" and .records == []'
	expect 2 "$KVET" probe helpers -j -t kprobe -t nosuch ktime_get_ns
	json '.status == "error" and .records == []'
	expect 2 "$KVET" probe helpers -t "" ktime_get_ns
	expect 2 "$KVET" probe helpers ""
}

@test "a helper may be given by its number: 1 is the first, and 0 is none" {
	local none

	probe -j -t kprobe 1 125
	json '[.records[].helper] == ["bpf_map_lookup_elem", "bpf_ktime_get_boot_ns"]'
	for none in 0 -0 -1 1x 99999999999; do
		expect 2 "$KVET" probe helpers -t kprobe -- "$none"
		holds "$stderr" "$none"
	done
}

@test "the prefix bpf_ may be left out; what is named twice is asked about once" {
	probe -j -t kprobe ktime_get_ns bpf_ktime_get_ns
	json '[.records[].helper] == ["bpf_ktime_get_ns"]'
	probe -j -t kprobe BPF_FUNC_ktime_get_ns
	json '[.records[].helper] == ["bpf_ktime_get_ns"]'
}

@test "a record has exactly these keys" {
	probe -j -t kprobe ktime_get_boot_ns
	json '.records | length == 1'
	json '.records[0] | keys_unsorted == ["helper", "id", "type", "sleepable", "variant",
		"target", "argument", "verdict", "reason", "errno", "log", "evidence", "attachable",
		"attach_cause", "btf", "disagree", "libbpf_return", "libbpf_errno", "errno_source",
		"libbpf_calls"]'
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
		json '(.summary | {supported, unsupported, undetermined} | to_entries
				| map(select(.value > 0))) as $s
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

@test "a single question is put to libbpf too, several only with --provenance" {
	probe -j -t kprobe ktime_get_ns
	json '.records[0].libbpf_calls | type == "array"'
	json '.summary | [.libbpf_wrong, .libbpf_unfounded, .libbpf_misleading]
		| all(type == "number")'
	probe -j
	json 'all(.records[]; .libbpf_return == null and .libbpf_calls == null)'
	json '.summary.libbpf_wrong == null'
	probe -j --provenance
	json 'all(.records[]; .libbpf_calls | type == "array")'
	json '.summary.libbpf_wrong | type == "number"'
}

@test "libbpf has no answer on variants and sleepable programs" {
	probe -j --provenance -t cgroup_skb/egress -t cgroup_skb ktime_get_ns
	json '[.records[] | .libbpf_calls == null] == [true, false]'
	probe -j --provenance --sleepable -t kprobe ktime_get_ns
	json '.records[0].libbpf_calls == null'
}

@test "a glob names helpers, with and without their prefix" {
	probe -j -t kprobe 'ktime_get_*'
	json '[.records[].helper] | sort == ["bpf_ktime_get_boot_ns", "bpf_ktime_get_coarse_ns",
		"bpf_ktime_get_ns", "bpf_ktime_get_tai_ns"]'
	probe -j -t kprobe 'bpf_ktime_get_?oo*'
	json '[.records[].helper] == ["bpf_ktime_get_boot_ns"]'
	expect 2 "$KVET" probe helpers 'nosuch_*'
	holds "$stderr" "no helper matches 'nosuch_*'; kvet probe helpers -t kprobe '*' lists them all"
}

@test "a helper may be asked for by its number, known or not" {
	probe -j -t kprobe 125 1000000
	json '[.records[] | [.helper, .id]] == [["bpf_ktime_get_boot_ns", 125],
		["1000000", 1000000]]'
	json '.records[1].verdict != "supported"'
	json '.records[1].btf != true'
	expect 2 "$KVET" probe helpers 0
	holds "$stderr" "number is 1 to 2147483646"
	expect 2 "$KVET" probe helpers -- -5
	expect 2 "$KVET" probe helpers 99999999999
}

@test "a glob names types; a variant is named by its type, or alone" {
	probe -j -t 'raw_tracepoint*' ktime_get_ns
	json '[.records[].type] == ["raw_tracepoint", "raw_tracepoint_writable"]'
	probe -j -t cgroup_sockopt/setsockopt -t setsockopt -t 'cgroup_sockopt/*' setsockopt
	json '[.records[].type] == ["cgroup_sockopt/setsockopt", "cgroup_sockopt/getsockopt"]'
	probe -j -t BPF_PROG_TYPE_XDP -t xdp -t 'xd?' -t 'fe*' ktime_get_ns
	json '[.records[].type] == ["xdp", "tracing/fentry", "tracing/fexit"]'
	expect 2 "$KVET" probe helpers -t 'nosuch*' ktime_get_ns
	holds "$stderr" "no program type matches 'nosuch*'; kvet probe helpers -t '*' ktime_get_ns lists them all"
	expect 2 "$KVET" probe helpers -t nosuch ktime_get_ns
	holds "$stderr" "unknown program type 'nosuch'; kvet probe helpers -t '*' ktime_get_ns lists them all"
	expect 2 "$KVET" clock source -t nosuch
	holds "$stderr" "unknown program type 'nosuch'; kvet probe helpers -t '*' ktime_get_ns lists them all"
	probe -j -t '*' ktime_get_ns
	json '[.records[].type] | index("kprobe") and index("xdp") and index("sched_cls")'
	expect 2 "$KVET" probe helpers -t tracing/nosuch ktime_get_ns
	expect 2 "$KVET" probe helpers -t 'kprobe/*' ktime_get_ns
}

@test "--all: every helper for every type, less what would alarm" {
	probe -j --all
	json '[.records[].helper] | unique | length >= 208'
	json '[.records[].type] | unique | length >= 32'
	json '(.records | length) == ([.records[].helper] | unique | length)
		* ([.records[].type] | unique | length)'
	json '.summary.skipped == ["bpf_trace_printk", "bpf_probe_write_user",
		"bpf_trace_vprintk"]'
	json 'any(.records[]; .helper == "bpf_trace_printk") | not'
}

@test "--all keeps to the helpers, or the types, that are named" {
	probe -j --all ktime_get_ns
	json '([.records[].helper] | unique) == ["bpf_ktime_get_ns"]
		and (.records | length >= 32)'
	probe -j --all -t xdp
	json '([.records[].type] | unique) == ["xdp"] and (.records | length >= 208)'
}

@test "--full leaves nothing out, and a name is asked about without it" {
	probe -j -t sk_lookup --full 'trace_*'
	json '[.records[].helper] == ["bpf_trace_printk", "bpf_trace_vprintk"]'
	json '.summary.skipped == null'
}

@test "a glob of which nothing is left is not answered with yes" {
	expect 2 "$KVET" probe helpers -j -t kprobe 'probe_write_*'
	json '.status == "error" and .records == []'
	holds "$stderr" --full
}

@test "an interrupted run says so, and is not a yes" {
	local after

	# Killed by the signal after it has closed its document; one that comes before kvet has
	# got going finds none.
	for after in 0.05 0.1 0.2 0.4; do
		run --separate-stderr timeout -s INT $after "$KVET" probe helpers -j --all --full \
			-t '*' -t '*/*'
		[ "$status" -eq 124 ] && [ -n "$output" ] && break
	done
	[ "$status" -eq 124 ] && [ -n "$output" ] || skip "all was answered, or nothing begun"
	json '.status == "interrupted"'
	json '[.errors[] | select(.source == "signal")] | length == 1'
	holds "$stderr" "interrupted after"
}

@test "text: many answers are a grid, with --verbose a row each" {
	local columns

	probe --all -t kprobe -t xdp
	# The steps of the heading, then a mark for each type.
	[[ ${lines[0]} =~ ^\ +kprobe$ ]]
	[[ ${lines[1]} =~ ^\ +\|\ xdp$ ]]
	[[ ${lines[2]} =~ ^\ +\|\ \|$ ]]
	[[ ${lines[3]} =~ ^bpf_map_lookup_elem\ +[-+?s]\ [-+?s]$ ]]
	columns=$(grep -cE '^bpf_[a-z0-9_]+ +[-+?s] [-+?s]$' <<<"$output")
	[ "$columns" -ge 208 ]
	# The legend has the marks that are there.
	grep -qE '^[-+?]  (supported|unsupported|undetermined)$' <<<"$output"
	grep -q '^skipped: bpf_trace_printk;' <<<"$output"
	probe --all -t kprobe -t xdp -v
	[[ ${lines[0]} =~ ^HELPER\ +ID\ +TYPE ]]
}

@test "text: columns without a value are left out" {
	probe -t kprobe -t xdp ktime_get_ns
	lacks "${lines[0]}" LIBBPF
	lacks "${lines[0]}" VARIANT
	probe --provenance -t kprobe -t xdp ktime_get_ns
	holds "${lines[0]}" LIBBPF_RETURN
	probe -t cgroup_skb ktime_get_ns -t kprobe
	holds "${lines[0]}" VARIANT
}

@test "the kernel's BTF can be read without privilege" {
	[ -r /sys/kernel/btf/vmlinux ] || skip "this kernel has no BTF"
	probe -j -t kprobe map_lookup_elem
	json '.records[0].btf == true'
	probe -j -t kprobe 1000000
	json '.records[0].btf == false'
	probe -j --sysroot "$BATS_TEST_TMPDIR" -t kprobe map_lookup_elem
	json '.records[0] | .btf == null and .disagree == null'
}

@test "a missing privilege is never a verdict" {
	[ "$(id -u)" -ne 0 ] || skip "tests/root asks this for root"
	probe -j -t kprobe ktime_get_boot_ns
	json '.records[0].errno != "EPERM" or .records[0].verdict == "undetermined"'
}

@test "-q prints nothing, and the status is the same" {
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
