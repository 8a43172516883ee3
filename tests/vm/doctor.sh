#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# kvet doctor with each thing really off, and on again.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh

# says CHECK VERDICT: the record of the last run.
says() {
	printf '%s\n' "$found" | grep -q "\"check\":\"$1\",\"verdict\":\"$2\"" || {
		printf '%s\n' "$found" | grep "\"check\":\"$1\""
		return 1
	}
}

# examine CHECK...: sets found.
examine() {
	found=$(kvet doctor --format jsonl "$@" 2>&1)
}

# verdict CHECK VERDICT NAME: examined anew.
verdict() {
	examine --only "$1"
	check "$3" says "$1" "$2"
}

# --- as it is -------------------------------------------------------------------------

examine
for name in capabilities user_namespace pid_namespace container seccomp lockdown unprivileged_bpf \
	perf_event_paranoid kptr_restrict bpf btf bpffs jit fentry kprobes kprobes_enabled ftrace_enabled \
	probe tracefs symbols boot_time clocks time_namespace cgroup; do
	check "a guest of its own: $name" says "$name" yes
done
check 'what is required is a yes' kvet doctor -q

# A kernel that has fprobe has the links.
if grep -q '^CONFIG_FPROBE=y' "/boot/config-$(uname -r)"; then
	check 'kprobe_multi: with CONFIG_FPROBE' says kprobe_multi yes
else
	check 'kprobe_multi: not without CONFIG_FPROBE' says kprobe_multi no
fi
case ,$(cat /sys/kernel/security/lsm), in
*,bpf,*) check 'lsm: bpf is active' says lsm yes ;;
*) check 'lsm: bpf is not active' says lsm no ;;
esac

# --- a setting, off and on again ------------------------------------------------------

# off FILE VALUE CHECK VERDICT: the check says VERDICT while the file has VALUE, and yes afterwards.
off() {
	before=$(cat "$1")
	if ! echo "$2" >"$1" 2>/dev/null || [ "$(cat "$1")" != "$2" ]; then
		# shellcheck disable=SC2034 # result shows it
		output="$1 stays $(cat "$1")"
		result 1 "$3: $1 is set to $2"
		return
	fi
	verdict "$3" "$4" "$3: $4 with $2 in $1"
	echo "$before" >"$1"
	verdict "$3" yes "$3: yes with $before in $1"
}

echo 2 >/proc/sys/kernel/kptr_restrict
check_status 1 'a no that is required is the status' kvet doctor -q --require bpf,symbols
check 'a no that is not required is not the status' kvet doctor -q --require bpf,kprobes
echo 0 >/proc/sys/kernel/kptr_restrict
off /sys/kernel/debug/kprobes/enabled 0 kprobes_enabled no
# Newer kernels keep ftrace on while it has a user that must not be cut off.
if echo 0 2>/dev/null >/proc/sys/kernel/ftrace_enabled && [ "$(cat /proc/sys/kernel/ftrace_enabled)" = 0 ]; then
	echo 1 >/proc/sys/kernel/ftrace_enabled
	off /proc/sys/kernel/ftrace_enabled 0 ftrace_enabled no
fi
off /proc/sys/kernel/kptr_restrict 2 kptr_restrict no
off /proc/sys/kernel/kptr_restrict 2 symbols no
off /proc/sys/net/core/bpf_jit_harden 2 jit_harden no

echo 0 >/sys/kernel/debug/kprobes/enabled
examine --only probe
check 'probe: not a yes while kprobes are disarmed' says probe undetermined
check_output 'kprobes/enabled' 'probe: says what disarms it' printf '%s' "$found"
echo 1 >/sys/kernel/debug/kprobes/enabled

# Root has CAP_SYS_ADMIN; without it, this distribution's kernel refuses above 2.
paranoid=$(cat /proc/sys/kernel/perf_event_paranoid)
echo 3 >/proc/sys/kernel/perf_event_paranoid
verdict perf_event_paranoid yes 'perf_event_paranoid 3: does not restrict root'
found=$(without_capabilities sys_admin kvet doctor --format jsonl --only perf_event_paranoid)
check 'perf_event_paranoid 3: restricts a process without CAP_SYS_ADMIN' says perf_event_paranoid no
echo "$paranoid" >/proc/sys/kernel/perf_event_paranoid

# The JIT can be off where the kernel is not built to have it always on.
if echo 0 2>/dev/null >/proc/sys/net/core/bpf_jit_enable; then
	verdict jit no 'jit: no with bpf_jit_enable=0'
	echo 1 >/proc/sys/net/core/bpf_jit_enable
else
	verdict jit yes 'jit: always on'
fi

# --- file systems that are not mounted -------------------------------------------------

umount /sys/kernel/tracing
# An access to the folder mounts it again below debugfs.
umount /sys/kernel/debug/tracing 2>/dev/null
umount /sys/kernel/debug
verdict tracefs no 'tracefs: not mounted'
verdict kprobes_enabled undetermined 'kprobes_enabled: no debugfs'
mount -t debugfs debug /sys/kernel/debug
mount -t tracefs trace /sys/kernel/tracing
verdict tracefs yes 'tracefs: mounted again'
umount /sys/fs/bpf
verdict bpffs no 'bpffs: not mounted'
mount -t bpf bpf /sys/fs/bpf
umount /sys/kernel/security
verdict lockdown yes 'lockdown: read without securityfs, as root'
examine --only lsm
check_status 1 'lsm: an answer without securityfs, as root' says lsm undetermined
found=$(as_nobody kvet doctor --format jsonl --only lockdown,lsm)
check 'lockdown: undetermined without securityfs, as nobody' says lockdown undetermined
mount -t securityfs security /sys/kernel/security

# --- nobody -----------------------------------------------------------------------------

found=$(as_nobody kvet doctor --format jsonl)
check 'nobody: capabilities' says capabilities no
check 'nobody: bpf' says bpf undetermined
check 'nobody: symbols' says symbols no
# socket_filter programs, which require no capability where bpf(2) is for all, can read the clocks.
if [ "$(cat /proc/sys/kernel/unprivileged_bpf_disabled)" = 0 ]; then
	check 'nobody, bpf(2) is for all: clocks' says clocks yes
else
	check 'nobody: clocks' says clocks undetermined
fi
answers() {
	printf '%s\n' "$found" | grep -c '"record":"check"'
}
check_output '^30$' 'nobody: each check has an answer' answers

plan
