#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Is the guest fit for the other tests?
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh

kallsyms_has_addresses() {
	awk '$1 !~ /^0+$/ { n++ } END { print n " symbols with an address"; exit n < 1000 }' \
		/proc/kallsyms
}

suspend_moves_boottime() {
	before=$(boottime_offset_ns)
	suspend_seconds 3
	after=$(boottime_offset_ns)
	echo "offset before: $before ns, after: $after ns"
	[ "$after" -gt $((before + 1000000000)) ]
}

check_output '^kvet ' 'kvet runs' kvet --version
check 'kallsyms shows addresses' kallsyms_has_addresses
check_output '^[0-9]+$' 'the kprobe PMU is there' cat /sys/bus/event_source/devices/kprobe/type
check 'tracefs is mounted' test -e /sys/kernel/tracing/kprobe_events
check 'BPF file system is mounted' grep -q ' /sys/fs/bpf bpf ' /proc/mounts
check 'the config is there' test -s "/boot/config-$(uname -r)"
check_output '^65534$' 'nobody runs a command' as_nobody id -u
check 'suspend moves CLOCK_BOOTTIME' suspend_moves_boottime
printf '%s\n' "$output" | sed 's/^/# /'

plan
