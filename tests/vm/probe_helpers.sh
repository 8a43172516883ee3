#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What is known of each kernel from its sources, against what kvet says there.
#
# shellcheck disable=SC2016,SC2317,SC2329 # awk expands them; check calls the functions

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
	leak='"libbpf_return":1,"libbpf_errno":"EINVAL","errno_source":"bpf.BPF_PROG_LOAD socket_filter.: libbpf.s own probe'
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
reason() {
	kvet probe helpers --format jsonl -t "$1" "$2" | json_value reason
}
check_output '^not for this program type: CONFIG_BPF_KPROBE_OVERRIDE is not set$' \
	'bpf_override_return, kprobe: the option is named' reason kprobe bpf_override_return
check_output '^not for this program type$' 'bpf_override_return, xdp: no option would help' \
	reason xdp bpf_override_return
check_output "^$syscall\$" 'program type syscall: since 5.14' verdict syscall bpf_ktime_get_ns
check_output '^supported$' 'a helper that requires arguments' verdict socket_filter bpf_map_lookup_elem

kprobe_boot() {
	kvet probe helpers --format jsonl -t kprobe bpf_ktime_get_boot_ns
}
check_output "$leak" 'the errno that libbpf leaves behind is traced to its call' kprobe_boot

check_status 0 'supported: yes' kvet probe helpers -q -t kprobe bpf_ktime_get_boot_ns
check_status 1 'unsupported: no' kvet probe helpers -q -t kprobe bpf_override_return
check_status 3 'nobody: undetermined' as_nobody kvet probe helpers -t kprobe bpf_ktime_get_ns
check_also 'EPERM: .*CAP_BPF' 'nobody: the missing capability is named'
nobody_verdict() {
	as_nobody kvet probe helpers --format jsonl -t kprobe bpf_ktime_get_ns
}
check_output '"verdict":"undetermined".*"libbpf_return":1' \
	'nobody: libbpf says supported, kvet does not' nobody_verdict

# --- the whole matrix ---

answers() {
	# shellcheck disable=SC2086
	kvet probe helpers $1 --format jsonl 2>/dev/null | grep -F '"record":"helper"'
}
set -f
answers '--all --full' >/tmp/matrix
answers '--all -t */*' >/tmp/variants
answers '--all --sleepable' >/tmp/sleepable
set +f
check 'the matrix has every helper and every type' test "$(wc -l </tmp/matrix)" -ge $((211 * 32))

# cells FILE: "HELPER TYPE VERDICT REASON" of each: a matrix has megabytes, and is asked often.
cells() {
	big_awk -F '"' '{
		for (i = 15; $i != "verdict" || $(i + 4) != "reason"; i++)
			if (i > NF) { print "no verdict: " $0; next }
		print $8, $14, $(i + 2), $(i + 5) == ":" ? $(i + 6) : "null" }' "$1" >"$1.cells"
}
for matrix in matrix variants sleepable; do cells /tmp/$matrix; done

# cell FILE HELPER TYPE: its verdict.
cell() {
	grep -F "$2 $3 " "$1.cells" | cut -d ' ' -f 3
}

# reasons FILE VERDICT: each once.
reasons() {
	awk -v verdict="$2" '$3 == verdict' "$1.cells" | cut -d ' ' -f 4- | sort -u
}
check 'the matrix: each has the four' eval \
	'! awk '"'"'NF < 4 || $3 !~ /^(supported|unsupported|undetermined)$/'"'"' /tmp/matrix.cells | grep .'

# Undetermined by nothing but a cause that is named: a helper may be for some targets only, and
# this kernel may have no function that a sleepable program can be tried for.
undetermined() {
	reasons "$1" undetermined
}
check_output '^(not for the targets tried)?$' 'the matrix: nothing else is undetermined' \
	undetermined /tmp/matrix
check 'the matrix: but for ext, one cell at most' \
	test "$(awk '$3 == "undetermined" && $2 != "ext"' /tmp/matrix.cells | wc -l)" -le 1
check 'variants: nothing else is undetermined' \
	test -z "$(grep -vF ' ext/sk_lookup ' /tmp/variants.cells >/tmp/rest.cells; undetermined /tmp/rest |
		grep -v 'not for the targets tried')"
check 'sleepable: nothing else is undetermined' \
	test -z "$(undetermined /tmp/sleepable | grep -v 'target')"
check_output '^unsupported$' 'kprobe: no map with a lock' cell /tmp/matrix bpf_spin_lock kprobe
# Where objects can be made that are in no map, a lock may be in one.
object=unsupported
! grep -qw bpf_obj_new_impl /proc/kallsyms || object=supported
for type in tracepoint perf_event; do
	check_output "^$object\$" "$type: bpf_spin_lock, in an object of bpf_obj_new" \
		cell /tmp/matrix bpf_spin_lock $type
done
check_output '^supported$' 'sched_cls: bpf_spin_lock' cell /tmp/matrix bpf_spin_lock sched_cls
check_output '^supported$' 'ext: bpf_bind, for a program that replaces one of cgroup_sock_addr' \
	cell /tmp/matrix bpf_bind ext
check 'the two oracles agree' eval '! grep -qF "\"disagree\":true" /tmp/matrix'
check 'each yes was loaded, or has the words of an accepted helper' \
	test -z "$(reasons /tmp/matrix supported |
		grep -v '^loaded$' | grep -v '^accepted; arguments refused later$')"

for type in tracing lsm ext struct_ops; do
	check_output '^supported$' "$type gets a target: bpf_ktime_get_ns" \
		cell /tmp/matrix bpf_ktime_get_ns $type
done
for variant in fentry fexit fmod_ret raw_tp iter; do
	check_output '^supported$' "tracing/$variant: bpf_ktime_get_boot_ns" \
		cell /tmp/variants bpf_ktime_get_boot_ns "tracing/$variant"
done
check_output '^supported$' 'tracing/iter: bpf_seq_write' \
	cell /tmp/variants bpf_seq_write tracing/iter
check_output '^unsupported$' 'tracing/fentry: bpf_seq_write' \
	cell /tmp/variants bpf_seq_write tracing/fentry
check_output '^supported$' 'tracing/fentry: bpf_d_path, for a function that it is allowed in' \
	cell /tmp/variants bpf_d_path tracing/fentry

# A sleepable program may hold few kinds of map: fewer on older kernels.
case $release in
5.10.*)
	for helper in ringbuf_output ringbuf_reserve ringbuf_query map_push_elem map_pop_elem \
		map_peek_elem sk_storage_get sk_storage_delete inode_storage_get inode_storage_delete; do
		check_output '^unsupported$' "sleepable lsm: not bpf_$helper" \
			cell /tmp/sleepable bpf_$helper lsm
	done
	for helper in ringbuf_output ringbuf_reserve ringbuf_query map_push_elem map_pop_elem \
		map_peek_elem; do
		check_output '^unsupported$' "sleepable tracing: not bpf_$helper" \
			cell /tmp/sleepable bpf_$helper tracing
	done
	;;
6.1.*)
	for helper in map_push_elem map_pop_elem map_peek_elem; do
		check_output '^unsupported$' "syscall: not bpf_$helper" \
			cell /tmp/matrix bpf_$helper syscall
		for type in lsm tracing kprobe syscall; do
			check_output '^unsupported$' "sleepable $type: not bpf_$helper" \
				cell /tmp/sleepable bpf_$helper $type
		done
	done
	;;
esac
check_output '^supported$' 'sleepable lsm: bpf_map_lookup_elem' \
	cell /tmp/sleepable bpf_map_lookup_elem lsm

# Nothing sleeps in a raw tracepoint of the scheduler, whatever a kernel loads.
sleepable_variant() {
	kvet probe helpers --sleepable --format jsonl -t "$1" ktime_get_ns
}
check_output '"variant":"(fentry|iter)","target".*"verdict":"supported"' \
	'sleepable tracing: rests on a variant that may sleep' sleepable_variant tracing
case $release in
5.10.* | 6.*)
	check_output '"verdict":"unsupported","reason":"this program type cannot be sleepable"' \
		'sleepable tracing/raw_tp: no, also where it loads' sleepable_variant tracing/raw_tp
	;;
esac

# --- what loads, and can be attached or not ---

attachable() {
	kvet probe helpers --format jsonl "$@" ktime_get_ns | json_value attachable
}
for variant in fentry fexit raw_tp iter; do
	check_output '^true$' "tracing/$variant can be attached" attachable -t "tracing/$variant"
done
[ -e /sys/kernel/security/lsm ] || mount -t securityfs none /sys/kernel/security
hooks=true
grep -qw bpf /sys/kernel/security/lsm || hooks=false
check_output "^$hooks\$" "lsm: attachable is $hooks, as the list of active modules has it" \
	attachable -t lsm
lsm_cause() {
	kvet probe helpers --format jsonl -t lsm ktime_get_ns | json_value attach_cause
}
if [ $hooks = false ]; then
	check_output 'bpf is not among the active security modules' 'lsm: the cause' lsm_cause
fi
check_output '^null$' 'xdp: not asked' attachable -t xdp

case $release in
5.10.*) ;;
*)
	check_output '^supported$' 'cgroup_sockopt/setsockopt: bpf_setsockopt' \
		cell /tmp/variants bpf_setsockopt cgroup_sockopt/setsockopt
	check_output '^unsupported$' 'cgroup_sockopt/getsockopt: not bpf_setsockopt' \
		cell /tmp/variants bpf_setsockopt cgroup_sockopt/getsockopt
	check_output '^supported$' 'sleepable kprobe (an uprobe may sleep): bpf_copy_from_user' \
		cell /tmp/sleepable bpf_copy_from_user kprobe
	check_output '^unsupported$' 'kprobe: not bpf_copy_from_user' \
		cell /tmp/matrix bpf_copy_from_user kprobe
	;;
esac

# The kernel's own warnings of trace_printk and probe_write_user come with --full alone.
dmesg -c >/dev/null
kvet probe helpers --all -q
check 'the kernel has written no warning' eval '! dmesg | grep -E "trace_printk|corrupt"'

# --- where bpf(2) is for everyone, some loads work for nobody and some do not ---

echo 0 >/proc/sys/kernel/unprivileged_bpf_disabled 2>/dev/null || :
if [ "$(cat /proc/sys/kernel/unprivileged_bpf_disabled)" = 0 ]; then
	nobodys() {
		as_nobody kvet probe helpers --all --format jsonl 2>/dev/null | grep -F '"record":"helper"'
	}
	nobodys >/tmp/nobody
	cells /tmp/nobody
	check 'nobody: every question has its answer' \
		test "$(wc -l </tmp/nobody)" -ge $((208 * 32))
	check_output '^supported$' 'nobody: a socket_filter may ask the time' \
		cell /tmp/nobody bpf_ktime_get_ns socket_filter
	check_output '^undetermined$' 'nobody: ext, whose BTF is refused' \
		cell /tmp/nobody bpf_ktime_get_ns ext
	check 'nobody: no is said of what is not there alone' test -z "$(
		reasons /tmp/nobody unsupported |
			grep -vE '^unknown to this kernel$|^not built into this kernel: CONFIG')"
	echo 2 >/proc/sys/kernel/unprivileged_bpf_disabled
else
	skip 'nobody, where bpf(2) is for everyone' 'the sysctl cannot be lowered here'
fi

plan
