#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Containers whose seccomp profile refuses bpf(2) and perf_event_open(2), each in its way: that is
# proven, not guessed, and no command dies of it. And a limit of memory that the kernel charges.
#
# shellcheck disable=SC2034 # contained() reads the variables

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/container.sh
. tests/vm/lib/container.sh

container_root
all='sys_admin syslog bpf perfmon'

for each in 'refuse EPERM' 'absent ENOSYS'; do
	profile=${each% *} errno=${each#* }
	for command in 'kvet probe helpers -t kprobe ktime_get_ns' 'kvet clock compare' \
		'kvet trace --duration 1ms vfs_read'; do
		check_status 3 "$errno: $command" contained "$all" "$command"
		printf '%s\n' "$output" |
			grep -q "$errno: .*a seccomp filter answers bpf with $errno: the kernel is not asked"
		result $? "$errno: the filter is named, and that the kernel is not asked"
		printf '%s\n' "$output" | grep -q 'try: run the container with --security-opt seccomp=unconfined'
		result $? "$errno: and the option"
	done
done

for profile in kill trap; do
	for command in 'kvet probe helpers -t kprobe ktime_get_ns' 'kvet clock compare' \
		'kvet trace --duration 1ms vfs_read' 'kvet ksyms lookup --source iter vfs_read'; do
		check_status 3 "$profile: $command ends by itself" contained "$all" "$command"
		printf '%s\n' "$output" | grep -q 'a seccomp filter kills any process that calls bpf(BPF_MAP_CREATE).*SYS'
		result $? "$profile: and says what would have ended it"
	done
	check "$profile: what asks neither call answers" contained "$all" \
		'kvet ksyms lookup vfs_read && kvet trace --plan -q vfs_read || [ $? = 3 ]'
done

# ---- perf_event_open(2) alone, as podman refuses it: kprobe_multi does without

for each in "perf-absent a seccomp filter answers perf_event_open with ENOSYS" \
	"perf-kill a seccomp filter kills any process that calls perf_event_open"; do
	profile=${each%% *} words=${each#* }
	capture contained "$all" 'kvet trace -q --backend multi --duration 1ms vfs_read'
	wanted=0
	[ "$status" -eq 0 ] || wanted=3
	check_status $wanted "$profile: trace" contained "$all" 'kvet trace --duration 1ms vfs_read'
	printf '%s\n' "$output" | grep -q "$words"
	result $? "$profile: the filter is named"
	if [ $wanted -eq 0 ]; then
		printf '%s\n' "$output" | grep -q "using multi instead of the kprobe PMU"
		result $? "$profile: and what was taken instead"
	fi
	check_status $wanted "$profile: --plan knows it" contained "$all" 'kvet trace --plan vfs_read'
	printf '%s\n' "$output" | grep -q "$words"
	result $? "$profile: and names the filter"
	check_status $wanted "$profile: so does ksyms lookup" contained "$all" \
		'kvet ksyms lookup --attachable vfs_read'
	check_status 3 "$profile: the PMU alone" contained "$all" \
		'kvet trace --backend pmu --duration 1ms vfs_read'
	check_status 3 "$profile: the PMU alone, and --plan" contained "$all" \
		'kvet trace --plan --backend pmu vfs_read'
	check "$profile: what needs bpf alone answers" contained "$all" \
		'kvet probe helpers -t kprobe ktime_get_ns'
done
profile=''

# ---- RLIMIT_MEMLOCK, which 5.10 charges, and later kernels do not

memlock=0
if [ "$(uname -r | cut -d. -f1)" -le 5 ]; then
	for command in 'kvet probe helpers -t kprobe ktime_get_ns' 'kvet clock compare' \
		'kvet trace --duration 1ms vfs_read'; do
		check_status 3 "no memory: $command" contained 'sys_admin syslog' "$command"
		printf '%s\n' "$output" | grep -q 'RLIMIT_MEMLOCK=0: this kernel charges maps and programs'
		result $? 'no memory: the limit is the cause'
		printf '%s\n' "$output" | grep -q 'try: run the container with --ulimit memlock=-1'
		result $? 'no memory: and the option'
	done
	memlock=65536
	check_status 3 '64 KiB are too few for trace' contained 'sys_admin syslog' \
		'kvet trace --duration 1ms vfs_read'
	printf '%s\n' "$output" | grep -q 'bpf(BPF_MAP_CREATE): EPERM: .*RLIMIT_MEMLOCK=65536'
	result $? 'the call that failed is the one that is named: it was a map'
	memlock=8388608
	check '8 MiB are enough' contained 'sys_admin syslog' 'kvet trace --duration 1ms vfs_read'
else
	check 'no memory: this kernel does not charge it' contained 'sys_admin syslog' \
		'kvet trace --duration 1ms vfs_read'
fi

plan
