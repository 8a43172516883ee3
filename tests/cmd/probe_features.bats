#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# kvet probe features: the list, globs, and wrong use.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
}

features() {
	run --separate-stderr "$KVET" probe features -j "$@"
	case $status in
	0 | 1 | 3) return 0 ;;
	esac
	show
	return 1
}

@test "every feature once; the page describes each" {
	local name

	features
	json '[.records[].name] | (unique | length) == length and length == 30'
	json '.records | all(.id == null and .type == null and (.reason | length > 0))'
	while read -r name; do
		grep -qw "$name" "$BATS_TEST_DIRNAME/../../man/kvet-probe-features.8" || {
			echo "the page does not have $name"
			return 1
		}
	done < <(jq -r '.records[].name' <<<"$output")
}

@test "names and globs choose" {
	features 'isa_*'
	json '[.records[].name] == ["isa_v2", "isa_v3", "isa_v4"]'
	features isa_v2 bounded_loops
	json '[.records[].name] == ["bounded_loops", "isa_v2"]'
}

@test "settings: by name or with --all; what the configuration says, and what a sysctl is set to" {
	local root=$BATS_TEST_TMPDIR/root

	mkdir -p "$root/proc/sys/net/core" "$root/boot"
	features --sysroot "$root" 'CONFIG_BPF*' CONFIG_HZ bpf_jit_limit
	[ "$status" -eq 3 ]
	json '.records | length > 5 and all(.value == null)'
	json '[.records[] | select(.name | startswith("CONFIG")) | .verdict] | unique == ["undetermined"]'
	json '.records[] | select(.name == "bpf_jit_limit") | .verdict == "unsupported" and .errno == "ENOENT"'
	printf '%s\n' '# CONFIG_BPF_LSM is not set' CONFIG_BPF=y CONFIG_HZ=250 CONFIG_TEST_BPF=m | gzip >"$root/proc/config.gz"
	echo 1 >"$root/proc/sys/net/core/bpf_jit_enable"
	echo 'CONFIG_HZ=1000' >"$root/boot/config-$(uname -r)"
	features --sysroot "$root" CONFIG_BPF CONFIG_BPF_LSM CONFIG_BPF_JIT CONFIG_HZ CONFIG_TEST_BPF bpf_jit_enable
	[ "$status" -eq 1 ]
	json '[.records[] | [.name, .verdict, .value, .reason]] == [["bpf_jit_enable", "supported", "1", "read"],
		["CONFIG_BPF", "supported", "y", "set"], ["CONFIG_BPF_JIT", "unsupported", "n", "not set"],
		["CONFIG_BPF_LSM", "unsupported", "n", "not set"], ["CONFIG_TEST_BPF", "supported", "m", "a module"],
		["CONFIG_HZ", "supported", "250", "set"]]'
	json '[.records[] | select(.verdict == "unsupported").evidence | contains("config.gz")] == [true, true]'
	features --all
	json '.records | any(.name == "CONFIG_HZ") and any(.name == "isa_v2")'
}

@test "wrong use names what may be meant" {
	expect 2 "$KVET" probe features bounded_loop
	holds "$stderr" "unknown name 'bounded_loop': did you mean 'bounded_loops'?"
	expect 2 "$KVET" probe features -a isa_v2
}

@test "nobody: undetermined, and what the kernel's own configuration says stays a no" {
	[ "$(id -u)" -eq 0 ] || skip "needs root, to become nobody"
	[ "$(cat /proc/sys/kernel/unprivileged_bpf_disabled)" -ne 0 ] || skip "bpf(2) is for all"
	run --separate-stderr as_nobody "$KVET" probe features -j bounded_loops link_cgroup btf_func
	[ "$status" -eq 3 ]
	json '.records | length == 3 and all(.verdict == "undetermined" and .errno == "EPERM")'
}
