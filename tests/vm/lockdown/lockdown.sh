#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# A kernel booted with lockdown=confidentiality: what cannot be known is undetermined, what the
# lockdown takes away is a no, and the cause says lockdown.
#
# shellcheck disable=SC2317,SC2329 # check_output calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh
# shellcheck source=tests/vm/lib/trace.sh
. tests/vm/lib/trace.sh

check_output '\[confidentiality\]' 'the guest is locked down' cat /sys/kernel/security/lockdown

# ---- which ways in are left: a link of many functions asks no lockdown, all else does

multi=no
kvet trace -q --backend multi --duration 1ms do_sys_openat2 && multi=yes
printf '# kprobe_multi: %s\n' "$multi"

# refused OPTION...: the run and the plan both know that it is a no, and why.
refused() {
	check_status 1 "trace $*: a no" kvet trace --duration 1ms "$@"
	printf '%s\n' "$output" | grep -q 'the kernel is locked down (confidentiality)'
	result $? "trace $*: the lockdown is named"
	check_status 1 "trace --plan $*: the same" kvet trace --plan "$@"
	printf '%s\n' "$output" | grep -q 'the kernel is locked down (confidentiality)'
	result $? "trace --plan $*: in the same words"
}
for backend in pmu tracefs; do
	for returns in '' --return; do
		# shellcheck disable=SC2086 # one option or none
		refused --backend $backend $returns do_sys_openat2
	done
done
refused --return --maxactive 20 do_sys_openat2
refused --regs do_sys_openat2
refused do_sys_openat2+4
# What pointers point to is the kernel's memory: no program may read it.
refused --strings do_sys_openat2
refused --return --strings do_sys_openat2
refused --print filename do_sys_openat2
check_output 'bpf_probe_read_kernel is refused' '--strings: names the helper' \
	kvet trace --strings --duration 1ms do_sys_openat2

if [ $multi = yes ]; then
	for returns in '' --return; do
		# shellcheck disable=SC2086 # one option or none
		check "trace --plan $returns: a yes" kvet trace --plan --format jsonl $returns do_sys_openat2
		printf '%s\n' "$output" | grep -q '"backend":"multi"'
		result $? 'by multi'
		printf '%s\n' "$output" |
			grep -q 'using multi instead of the kprobe PMU: .*EPERM: the kernel is locked down'
		result $? 'with why it is not the PMU'
		# shellcheck disable=SC2086
		traced /tmp/hits 'cat /proc/version' $returns --count 3 --duration 60s do_sys_openat2
		check "trace $returns: fires by itself" status_is 0
		check_output '^multi$' "trace $returns: by multi" \
			eval 'lines /tmp/hits site | json_value backend'
		check_output 'using multi instead of the kprobe PMU: .*EPERM: the kernel is locked down' \
			"trace $returns: and says why" cat /tmp/hits.err
		check "trace $returns: every hit is accounted for" all_counted /tmp/hits
	done
	check 'returns: and but for the first have a duration' \
		test "$(lines /tmp/hits event | sed 1d | json_value duration_ns | grep -c '^[1-9]')" -eq 2
	check 'returns: all calls are accounted for' test "$(sum /tmp/hits site entered)" -eq \
		$(($(sum /tmp/hits site returned) + $(sum /tmp/hits site inside) + \
			$(sum /tmp/hits site unreturned) + $(sum /tmp/hits site unplaced)))
	traced /tmp/args 'cat /proc/version' --args --count 1 --duration 60s do_sys_openat2
	check_output '"filename":"0x[0-9a-f]*"' '--args: pointers are there, as they are' lines /tmp/args event
	# One that sleeps in the function when tracing ends.
	pipe_read=$(grep -F pipe_read "$kallsyms" | grep -o -E ' (anon_)?pipe_read$' | head -n 1 | tr -d ' ')
	mkfifo /tmp/pipe
	start /tmp/inside --return --count-only --comm dd "$pipe_read"
	sleep 1000 >/tmp/pipe &
	writer=$!
	dd if=/tmp/pipe of=/dev/null bs=1 count=1 2>/dev/null &
	reader=$!
	until grep -q pipe /proc/$reader/stack; do sleep 0.05; done
	stop
	kill $writer
	wait $writer $reader
	check 'returns: a call that sleeps is inside' test "$(sum /tmp/inside site inside)" -eq 1
	check_status 0 'ksyms lookup --attachable: the same' kvet ksyms lookup -q --attachable do_sys_openat2
else
	refused do_sys_openat2
	refused --return do_sys_openat2
	check_output 'multi: this kernel does not support kprobe_multi links' 'and what else was tried' \
		kvet trace --plan do_sys_openat2
	check_status 1 'ksyms lookup --attachable: the same' kvet ksyms lookup -q --attachable do_sys_openat2
fi
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
kvet probe helpers --all --full --format jsonl 2>/dev/null | grep -F '"undetermined"' >/tmp/undetermined
matrix() {
	json_value reason </tmp/undetermined | sort | uniq -c
}
check_status 1 'the matrix: nothing is undetermined by lockdown' eval 'matrix | grep lock'
check_status 1 'the matrix: nothing is undetermined for an unrecognised message' \
	eval 'matrix | grep -E "words|word$|odd|refused"'

plan
