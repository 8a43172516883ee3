#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# kvet object check --needs against libbpf and this kernel: CO-RE relocations come to what libbpf
# writes, live code is what the verifier leaves, and nothing is loaded.

setup_file() {
	. "$BATS_TEST_DIRNAME/../cmd/lib.bash"
	compile_objects
}

setup() {
	. "$BATS_TEST_DIRNAME/../cmd/lib.bash"
	[ "$EUID" -eq 0 ] || skip 'only root may load these programs'
	ORACLE=${KVET%/*}/tests/vm/oracle/relocations
}

@test "each CO-RE relocation comes to what libbpf writes" {
	for object in relocations causes; do
		run "$ORACLE" "$OBJECTS/$object.bpf.o"
		[ "$status" -eq 0 ] || { show && return 1; }
		[[ $output == *' 0 different, load 0' ]] || { show && return 1; }
		[[ $output != '0 compared'* ]] || { show && return 1; }
	done
}

# The clocks that live code reads: what the kernel's translated program has, what kvet's reading has.
@test "live code calls the clocks that the kernel leaves in the program" {
	run --separate-stderr "$KVET" object check -j "$OBJECTS/causes.bpf.o"
	jq -r '.records[] | select(.clocks) | "\(.program) \(.clocks | sort | join(","))"' <<<"$output" |
		sort >"$BATS_TEST_TMPDIR/translated"
	run --separate-stderr "$KVET" object check --needs -j "$OBJECTS/causes.bpf.o"
	jq -r '[.records[] | select(.kind == "helper" and .live)
			| {program, clock: {bpf_ktime_get_ns: "monotonic", bpf_ktime_get_boot_ns: "boottime",
				bpf_ktime_get_tai_ns: "tai", bpf_ktime_get_coarse_ns: "coarse",
				bpf_jiffies64: "jiffies"}[.name]} | select(.clock)]
		| group_by(.program)[] | "\(.[0].program) \([.[].clock] | sort | join(","))"' <<<"$output" |
		sort >"$BATS_TEST_TMPDIR/read"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/translated")" -ge 4 ]
	run comm -23 "$BATS_TEST_TMPDIR/translated" "$BATS_TEST_TMPDIR/read"
	[ -z "$output" ] || { show && return 1; }
}

@test "a program that loads needs nothing that is missing, but for its target" {
	run --separate-stderr "$KVET" object check -j "$OBJECTS/causes.bpf.o"
	jq -r '.records[] | select(.load == "yes") | .program' <<<"$output" | sort >"$BATS_TEST_TMPDIR/loaded"
	run --separate-stderr "$KVET" object check --needs -j "$OBJECTS/causes.bpf.o"
	jq -r '.records[] | select(.verdict == "no" and .live and .kind != "target") | .program' <<<"$output" |
		sort -u >"$BATS_TEST_TMPDIR/missing"
	[ -s "$BATS_TEST_TMPDIR/loaded" ] && [ -s "$BATS_TEST_TMPDIR/missing" ]
	run comm -12 "$BATS_TEST_TMPDIR/loaded" "$BATS_TEST_TMPDIR/missing"
	[ -z "$output" ] || { show && return 1; }
}

@test "nothing is loaded" {
	nm -D "$KVET" 2>/dev/null | grep -q ' U syscall' || skip 'a static kvet takes no preloaded library'
	run env OBJECTS_LOG="$BATS_TEST_TMPDIR/log" LD_PRELOAD="$FAULTS/objects.so" \
		"$KVET" object check --needs -q "$OBJECTS/causes.bpf.o"
	[ -s "$BATS_TEST_TMPDIR/log" ]
	run grep -E '^(prog|map|btf|link) ' "$BATS_TEST_TMPDIR/log"
	[ -z "$output" ] || { show && return 1; }
}
