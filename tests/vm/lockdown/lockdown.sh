#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# A kernel booted with lockdown=confidentiality: what cannot be known is undetermined, what the
# lockdown takes away is a no, and the cause says lockdown.
#
# shellcheck disable=SC2317,SC2329 # check_output calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh

check_output '\[confidentiality\]' 'the guest is locked down' cat /sys/kernel/security/lockdown
check_status 1 'trace by the PMU: a no, to everybody' \
	kvet trace --backend pmu --duration 1s do_sys_openat2
check_output 'EPERM: the kernel is locked down \(confidentiality\)' 'trace: the cause names lockdown' \
	kvet trace --backend pmu --duration 1s do_sys_openat2
check_status 1 'trace --plan: the same' kvet trace --plan do_sys_openat2
check_status 1 'ksyms lookup --attachable: the same' kvet ksyms lookup -q --attachable do_sys_openat2
# A link of many functions asks no lockdown; where the kernel has none, that is the cause.
check_output '^(0|3)$' 'trace by a link: fires, or is not on this kernel' \
	eval 'kvet trace -q --backend multi -c --duration 1ms do_sys_openat2; echo $?'
check_status 0 'ksyms lookup: addresses are not hidden from root' kvet ksyms lookup vfs_read
check_status 0 'clock compare: works all the same' kvet clock compare
check_status 0 'probe helpers: works all the same' \
	kvet probe helpers -t kprobe bpf_ktime_get_boot_ns

# The verifier refuses them in the words of "not for this program type", to everybody: until a
# reboot they do not work here.
field_of() {
	kvet probe helpers --format jsonl -t kprobe "$2" | json_value "$1"
}
reason_of() {
	kvet probe helpers --format jsonl -t kprobe "$1" | json_value reason
}
for helper in probe_read probe_read_str probe_read_kernel probe_read_kernel_str; do
	check_output '^not for this program type or locked down$' "$helper: the reason names both" \
		reason_of $helper
	check_output '^unsupported$' "$helper: a no" field_of verdict $helper
	check_output 'lockdown is confidentiality' "$helper: the evidence names lockdown" \
		field_of evidence $helper
	check_output '^true$' "$helper: the kernel has it all the same" field_of btf $helper
	check_status 1 "$helper: status 1" kvet probe helpers -q -t kprobe $helper
done
# securityfs is read where it is not mounted.
umount /sys/kernel/security
check_output 'lockdown is confidentiality' 'securityfs not mounted: the level is known' \
	field_of evidence probe_read_kernel
check_status 1 'and nothing was mounted' test -e /sys/kernel/security/lockdown
mount -t securityfs none /sys/kernel/security
check_output '^not for this program type: CONFIG_BPF_KPROBE_OVERRIDE is not set$' 'another helper: the words mean what they say' \
	reason_of override_return
check_output '^(loaded|accepted)' 'probe_read_user is not locked down' reason_of probe_read_user
matrix() {
	kvet probe helpers --all --full --format jsonl 2>/dev/null | grep '"undetermined"' |
		json_value reason | sort | uniq -c
}
check_status 1 'the matrix: nothing is undetermined by lockdown' eval 'matrix | grep lock'
check_status 1 'the matrix: nothing is undetermined for want of words' \
	eval 'matrix | grep -E "words|word$|odd|refused"'

plan
