#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# A kernel booted with lockdown=confidentiality: what cannot be known is undetermined, and
# the cause says lockdown.

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh

check_output '\[confidentiality\]' 'the guest is locked down' cat /sys/kernel/security/lockdown
check_status 3 'trace: undetermined' kvet trace --duration 1s do_sys_openat2
check_output 'EPERM: the kernel is locked down \(confidentiality\)' 'trace: the cause names lockdown' \
	kvet trace --duration 1s do_sys_openat2
check_status 0 'ksyms lookup: addresses are not hidden from root' kvet ksyms lookup vfs_read
check_status 0 'clock compare: works all the same' kvet clock compare
check_status 0 'probe helpers: works all the same' \
	kvet probe helpers -t kprobe bpf_ktime_get_boot_ns

plan
