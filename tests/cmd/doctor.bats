#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# kvet doctor: each check once, fixtures of hosts, what decides the status, and wrong use.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	HOST=$BATS_TEST_TMPDIR/host
}

# put PATH TEXT: a file of the fixture's host.
put() {
	mkdir -p "$HOST${1%/*}"
	printf '%s\n' "$2" >"$HOST$1"
}

# doctor ARGUMENT...: on the fixture's host, as JSON; whatever the status.
doctor() {
	run --separate-stderr "$KVET" --sysroot "$HOST" doctor -j "$@"
	case $status in
	0 | 1 | 3) return 0 ;;
	esac
	show
	return 1
}

# says CHECK VERDICT PART [REMEDY]: the finding has PART, and the remedy REMEDY.
says() {
	json '.records[] | select(.check == $check) | .verdict == $verdict
		and (.finding | contains($part)) and (.remedy // "" | contains($remedy))' \
		--arg check "$1" --arg verdict "$2" --arg part "$3" --arg remedy "${4-}"
}

@test "every check, once, with why it matters" {
	mkdir -p "$HOST"
	doctor
	json '(.records | length) == 30'
	json '[.records[].check] | (unique | length) == length'
	json '.records | all((.verdict | test("^(yes|no|undetermined)$")) and (.finding | length > 0)
		and (.why | length > 20) and (.required | type == "boolean"))'
	json '.summary.checks == (.records | length)'
	json '.summary as $all | ["yes", "no", "undetermined"]
		| all(. as $word | $all[$word] >= 0) '
	json '.summary.yes == ([.records[] | select(.verdict == "yes")] | length)'
	json '.summary.no == ([.records[] | select(.verdict == "no")] | length)'
	json '.summary.undetermined == ([.records[] | select(.verdict == "undetermined")] | length)'
}

@test "a check made alone finds what it finds among all" {
	local all check

	put /sys/kernel/security/lockdown '[none] integrity confidentiality'
	put /sys/kernel/security/lsm 'lockdown,capability'
	put /proc/sys/kernel/kptr_restrict 2
	put /proc/sys/kernel/perf_event_paranoid 4
	put /proc/sys/net/core/bpf_jit_enable 0
	put /proc/sys/net/core/bpf_jit_harden 2
	put /proc/sys/kernel/ftrace_enabled 0
	put /sys/kernel/debug/kprobes/enabled 0
	put /proc/modules 'one 16384 0 - Live 0x0'
	put /sys/bus/event_source/devices/kprobe/type 8
	put /sys/devices/system/clocksource/clocksource0/current_clocksource hpet
	mkdir -p "$HOST/sys/kernel/tracing"
	put /sys/kernel/tracing/available_events sched:sched_switch
	doctor
	all=$output
	for check in $(jq -r '.records[].check' <<<"$all"); do
		# What is tried is not of the fixture, and its figures differ.
		case $check in
		bpf | btf | fentry | probe | kprobe_multi | symbols | boot_time | clocks | time_namespace) continue ;;
		esac
		doctor --only "$check"
		[ "$(jq -S '.records | map(del(.required))' <<<"$output")" = \
			"$(jq -S --arg check "$check" '[.records[] | select(.check == $check) | del(.required)]' <<<"$all")" ] || {
			echo "$check: $(jq -c .records <<<"$output")"
			return 1
		}
	done
}

# bats test_tags=plain
@test "a check made alone reads nothing of the others" {
	command -v strace >/dev/null || skip "needs strace"
	strace -f -o "$BATS_TEST_TMPDIR/calls" -e trace=openat "$KVET" doctor --only jit_harden >/dev/null || :
	grep -q bpf_jit_harden "$BATS_TEST_TMPDIR/calls"
	run grep -E '/proc/modules|clocksource|config|ftrace_enabled|kptr_restrict' "$BATS_TEST_TMPDIR/calls"
	[ "$status" -eq 1 ] || { echo "$output"; return 1; }
}

@test "the status is that of the worst required check" {
	mkdir -p "$HOST"
	doctor
	json '([.records[] | select(.required) | .verdict] | if any(. == "undetermined") then "undetermined"
		elif any(. == "no") then "no" else "yes" end) == .status'
	json '[.records[] | select(.required) | .check] == ["capabilities", "seccomp", "lockdown", "bpf",
		"btf", "kprobes", "probe", "symbols", "clocks", "time_namespace"]'
}

@test "settings of a fit host" {
	put /sys/kernel/security/lockdown '[none] integrity confidentiality'
	put /sys/kernel/security/lsm 'lockdown,capability,bpf'
	put /proc/sys/kernel/ftrace_enabled 1
	put /sys/kernel/debug/kprobes/enabled 1
	put /proc/sys/net/core/bpf_jit_enable 1
	put /proc/sys/net/core/bpf_jit_harden 0
	put /proc/sys/kernel/kptr_restrict 0
	put /sys/bus/event_source/devices/kprobe/type 8
	put /proc/modules 'ext4 1 0 - Live 0x0'
	put /sys/kernel/btf/ext4 x
	put /sys/kernel/tracing/available_events 'sched:sched_switch'
	put /sys/devices/system/clocksource/clocksource0/current_clocksource tsc
	doctor --only 'lockdown,lsm,ftrace*,kprobes*,jit*,kptr*,module*,tracefs,clocksource'
	[ "$status" -eq 0 ]
	json '(.records | length) == 11 and all(.records[]; .verdict == "yes" and .remedy == null)'
	says module_btf yes 'all 1 loaded'
}

@test "settings of a host that is in a tracer's way" {
	put /sys/kernel/security/lockdown 'none integrity [confidentiality]'
	put /sys/kernel/security/lsm 'lockdown,capability'
	put /proc/sys/kernel/ftrace_enabled 0
	put /sys/kernel/debug/kprobes/enabled 0
	put /proc/sys/net/core/bpf_jit_enable 0
	put /proc/sys/net/core/bpf_jit_harden 2
	put /proc/sys/kernel/kptr_restrict 2
	put /proc/modules $'ext4 1 0 - Live 0x0\nnvidia 2 0 - Live 0x0'
	put /sys/kernel/btf/ext4 x
	put /sys/devices/system/clocksource/clocksource0/current_clocksource acpi_pm
	doctor --only 'lockdown,lsm,ftrace*,kprobes_enabled,jit*,kptr*,module*,tracefs,clocksource'
	[ "$status" -eq 1 ]
	json '(.records | length) == 10 and all(.records[]; .verdict == "no" and .remedy != null)'
	says lsm no 'lockdown,capability' 'lsm=lockdown,capability,bpf'
	says module_btf no '1 of 2 loaded modules have no BTF, as nvidia'
	says kptr_restrict no '2: ' 'kernel.kptr_restrict=1'
	says kprobes_enabled no 'disarmed' 'kprobes/enabled'
	says tracefs no 'not mounted' 'tracing'
}

@test "a host of which nothing can be read: undetermined, each with its file" {
	mkdir -p "$HOST"
	doctor --only 'lockdown,lsm,ftrace*,kprobes_enabled,jit_harden,kptr*,clocksource'
	[ "$status" -eq 3 ]
	json '(.records | length) == 7 and all(.records[]; .verdict == "undetermined")'
	says clocksource undetermined current_clocksource
	says kptr_restrict undetermined ENOENT
}

@test "what kernels without a facility say in their configuration is a no" {
	printf '# CONFIG_KPROBES is not set\n# CONFIG_BPF_LSM is not set\n# CONFIG_BPF_JIT is not set\n' >"$BATS_TEST_TMPDIR/config"
	mkdir -p "$HOST/proc"
	gzip -c "$BATS_TEST_TMPDIR/config" >"$HOST/proc/config.gz"
	doctor --only 'kprobes,kprobes_enabled,probe,lsm,jit,ftrace_enabled'
	[ "$status" -eq 1 ]
	json '(.records | length) == 6 and all(.records[]; .verdict == "no")'
	says kprobes no '# CONFIG_KPROBES is not set' 'CONFIG_KPROBES=y'
	says lsm no '# CONFIG_BPF_LSM is not set'
	says jit no '# CONFIG_BPF_JIT is not set'
	says ftrace_enabled no 'CONFIG_DYNAMIC_FTRACE is not in'
}

@test "--skip and --only choose the checks, --require those that decide" {
	put /proc/sys/kernel/kptr_restrict 2
	put /proc/sys/kernel/ftrace_enabled 1
	doctor --only 'k*' --only ftrace_enabled --skip kprobe*
	json '[.records[].check] == ["kptr_restrict", "ftrace_enabled"]'
	[ "$status" -eq 1 ]
	doctor --only kptr_restrict,ftrace_enabled --require ftrace_enabled
	[ "$status" -eq 0 ]
	json '[.records[] | [.check, .required]] == [["kptr_restrict", false], ["ftrace_enabled", true]]'
	doctor --skip 'kp*' --require ftrace_enabled
	json '[.records[] | select(.required) | .check] == ["ftrace_enabled"]'
	json '[.records[] | select(.check | startswith("kp"))] == []'
}

@test "wrong use names the check and what may be meant" {
	expect 2 "$KVET" doctor --only kprobe_enabled
	holds "$stderr" "--only: no check is called 'kprobe_enabled'; did you mean kprobes_enabled?"
	expect 2 "$KVET" doctor --skip 'x*'
	holds "$stderr" "no check is called 'x*'"
	expect 2 "$KVET" doctor --require ''
	expect 2 "$KVET" doctor --require 'bpf,'
	expect 2 "$KVET" doctor --only bpf,btf --require lsm
	holds "$stderr" '--require lsm: --only leaves this check out'
	expect 2 "$KVET" doctor --skip bpf --require bpf
	holds "$stderr" '--require bpf: --skip leaves this check out'
	expect 2 "$KVET" doctor bpf
	[ -z "$output" ]
}

@test "text: a line for each check; -v says why" {
	put /proc/sys/kernel/kptr_restrict 2
	run --separate-stderr "$KVET" --sysroot "$HOST" doctor --only kptr_restrict
	[ "$status" -eq 1 ]
	[[ ${lines[0]} =~ ^CHECK\ +VERDICT\ +FINDING\ +REMEDY$ ]]
	[[ ${lines[1]} =~ ^kptr_restrict\ +no\ +2:\ .*kptr_restrict=1$ ]]
	run --separate-stderr "$KVET" --sysroot "$HOST" doctor -v --only kptr_restrict
	holds "$output" 'stacks have no names'
}

@test "nobody: an answer for each check, with a remedy where privilege is missing" {
	[ "$(id -u)" -eq 0 ] || skip "needs root, to become nobody"
	[ "$(cat /proc/sys/kernel/unprivileged_bpf_disabled)" -ne 0 ] || skip "bpf(2) is for all"
	run --separate-stderr as_nobody "$KVET" doctor -j
	[ "$status" -eq 3 ]
	json '(.records | length) == 30'
	says capabilities no 'CAP_BPF, CAP_PERFMON, CAP_SYSLOG missing'
	json '.records[] | select(.check == "bpf") | .verdict == "undetermined" and .remedy != null'
}
