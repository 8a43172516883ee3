#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What is known of each kernel from its sources, against what kvet says there.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh

verdict() {
	kvet probe helpers --format jsonl -t "$1" "$2" | tee /dev/stderr | json_value verdict
}

release=$(uname -r)
case $release in
5.10.*)
	tai=unsupported syscall=unsupported # 6.1 and 5.14 brought them
	# Before 5.11 libbpf first asks for memory accounting, with a load that must fail: the
	# errno that stays is that one's.
	leak='"libbpf_return":1,"libbpf_errno":"EINVAL","errno_source":"bpf.BPF_PROG_LOAD.'
	;;
*)
	tai=supported syscall=supported
	leak='"libbpf_return":1,"libbpf_errno":"ENOENT","errno_source":"faccessat2?\(..?/proc/version_signature'
	;;
esac

for type in kprobe tracepoint raw_tracepoint perf_event; do
	check_output '^supported$' "bpf_ktime_get_boot_ns, $type: since 5.8" \
		verdict $type bpf_ktime_get_boot_ns
	check_output "^$tai\$" "bpf_ktime_get_tai_ns, $type: since 6.1" \
		verdict $type bpf_ktime_get_tai_ns
	check_output '^unsupported$' "bpf_ktime_get_coarse_ns, $type: not for tracing" \
		verdict $type bpf_ktime_get_coarse_ns
done
check_output '^unsupported$' 'bpf_override_return, kprobe: FUNCTION_ERROR_INJECTION is off' \
	verdict kprobe bpf_override_return
check_output "^$syscall\$" 'program type syscall: since 5.14' verdict syscall bpf_ktime_get_ns
check_output '^supported$' 'a helper that wants arguments' verdict socket_filter bpf_map_lookup_elem

kprobe_boot() {
	kvet probe helpers --format jsonl -t kprobe bpf_ktime_get_boot_ns
}
check_output "$leak" 'the errno that libbpf leaves behind is traced to its call' kprobe_boot

check_status 0 'supported: yes' kvet probe helpers -q -t kprobe bpf_ktime_get_boot_ns
check_status 1 'unsupported: no' kvet probe helpers -q -t kprobe bpf_override_return
check_status 3 'nobody: undetermined' as_nobody kvet probe helpers -t kprobe bpf_ktime_get_ns
check_output 'EPERM: .*CAP_BPF' 'nobody: the missing capability is named' \
	as_nobody kvet probe helpers -t kprobe bpf_ktime_get_ns
nobody_verdict() {
	as_nobody kvet probe helpers --format jsonl -t kprobe bpf_ktime_get_ns
}
check_output '"verdict":"undetermined".*"libbpf_return":1' \
	'nobody: libbpf says supported, kvet does not' nobody_verdict

plan
