#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091
# No memory, for the commands that ask the kernel: see tests/cmd/memory.bats. Their figures differ
# from run to run; what must not differ are the verdicts. Of many allocations some are tried.

setup() {
	. "$BATS_TEST_DIRNAME/../cmd/lib.bash"
	. "$BATS_TEST_DIRNAME/../cmd/memory.bash"
	cd "$BATS_TEST_TMPDIR" || return
}

@test "ksyms lookup of the kernel's own symbols" {
	survives '.records' "$KVET" ksyms lookup -j vfs_read
}

@test "probe helpers" {
	MEMORY_STEP=7 survives '.records[] | .verdict' "$KVET" probe helpers -j -t kprobe -t xdp bpf_ktime_get_boot_ns
}

@test "probe helpers --provenance" {
	MEMORY_STEP=41 survives '.records[] | .verdict' "$KVET" probe helpers -j --provenance -t kprobe \
		bpf_ktime_get_coarse_ns bpf_ktime_get_boot_ns
}

@test "clock source, clock compare" {
	survives '.records[] | .boottime, .source' "$KVET" clock source -j
	MEMORY_STEP=7 survives '.records[] | select(.side) | .side' "$KVET" clock compare -j
}

@test "trace: its plan" {
	MEMORY_STEP=5 survives '.records | length' "$KVET" trace -j --plan vfs_read
}
