#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# object check against libbpf's own load and attach of the same programs, and the reason of each no.
# Needs attach in the guest's PATH, and the objects of tests/objects in /objects.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/object.sh
. tests/vm/lib/object.sh

maps_before=$(grep -c bpf_map /proc/vmallocinfo)

for object in causes externs mixed later; do
	ask $object
done
attach /objects/causes.bpf.o >/tmp/causes.attached

# --- against libbpf ------------------------------------------------------------------------------
compare causes

# --- the reasons ---------------------------------------------------------------------------------

for program in plain member member_guarded helper_guarded btf_plain type_xdp kretprobe_plain syscall_plain \
	fentry_plain fexit_plain tracepoint_plain raw_plain jump_raw jump_xdp iterator uprobe_plain good map_huge kfunc_guarded kconfig_weak; do
	reason_is $program loaded
done
reason_is member_missing relocation
reason_is helper_unknown helper-unknown
reason_is helper_new loaded 5.10=helper-unknown
reason_is helper_type helper-not-for-type
reason_is helper_sleeps helper-sleepable-only 5.10=helper-not-for-type
reason_is out_of_bounds access
reason_is not_checked access
reason_is complex too-complex
reason_is target_awake sleepable
reason_is sleeps loaded 5.10=sleepable
reason_is not_modifiable target-refused
reason_is argument_missing access
reason_is optional helper-unknown
reason_is type_syscall loaded 5.10=type-absent
reason_is type_frags loaded 5.10=type-absent
reason_is type_lirc type-absent
reason_is kprobe_absent target-absent
reason_is kprobe_ambiguous target-ambiguous
reason_is kprobe_past target-offset
reason_is kretprobe_offset target-offset
reason_is kprobe_freed target-untraceable
reason_is multi loaded 5.10=target-unsupported 6.1=target-unsupported
reason_is multi_absent target-absent 5.10=target-unsupported 6.1=target-unsupported
reason_is session loaded 5.10=target-unsupported 6.1=target-unsupported
reason_is session_absent target-absent 5.10=target-unsupported 6.1=target-unsupported
reason_is uprobe_many loaded 5.10=target-unsupported 6.1=target-unsupported
reason_is uprobe_glob loaded 5.10=target-unsupported 6.1=target-unsupported
reason_is uprobe_many_absent target-file 5.10=target-unsupported 6.1=target-unsupported
reason_is uprobe_session loaded 5.10=target-unsupported 6.1=target-unsupported 6.12=target-unsupported
reason_is syscall_absent target-absent
reason_is fentry_absent btf-target
reason_is fentry_ambiguous target-ambiguous
reason_is fentry_freed target-untraceable
reason_is fentry_dummy placeholder
reason_is fentry_bare placeholder
reason_is replaces placeholder
reason_is tracepoint_absent target-absent
reason_is tracepoint_past access
reason_is raw_absent target-absent
reason_is raw_two loaded
reason_is raw_past access
reason_is kprobe_dummy placeholder
reason_is btf_absent btf-target
reason_is lsm_absent btf-target
reason_is iterator_of_map placeholder
reason_is uprobe_absent target-file
reason_is uprobe_no_file target-file
reason_is uprobe_self placeholder
reason_is uprobe_by_hand placeholder
reason_is section_own placeholder
reason_is kfunc_missing kfunc
reason_is ksym_missing ksym
reason_is kconfig_missing kconfig
reason_is map_refused map
reason_is operation struct-ops
reason_is gpl_only license

if grep -q bpf /sys/kernel/security/lsm; then
	reason_is lsm_plain loaded
else
	reason_is lsm_plain target-inactive
fi

# --- words and clocks ----------------------------------------------------------------------------

check_output "lacks member 'member_of_tomorrow' of struct task_struct; at causes.bpf.c:[0-9]" \
	'a relocation is named by member, type and source line' grep '"program":"member_missing"' /tmp/causes.json
check_output '"source":"causes.bpf.c:[0-9]+".*instruction \(79\) r[0-9] = \*\(u64 \*\)\(r0 \+24\)' \
	'a refused access has its instruction and its source line' grep '"program":"out_of_bounds"' /tmp/causes.json

clocks_are() {
	check_output " $2\$" "$1 reads: $2" grep -h "^$1 " /tmp/causes.programs /tmp/mixed.programs
}
clocks_are clock_called boottime
clocks_are clock_guarded boottime
clocks_are clock_switched boottime
clocks_are clock_jiffies jiffies
clocks_are starts monotonic
clocks_are plain -
check_output '"mixed_clocks":true' 'two programs with two clocks: the founding bug' grep summary /tmp/mixed.json
check_output '"mixed_clocks":false' 'no clock is mixed with none' grep summary /tmp/externs.json
check 'an object with a no: status 1' grep -qx 1 /tmp/externs.status
check 'one with an undetermined: status 3' grep -qx 3 /tmp/causes.status

# --- nothing stays -------------------------------------------------------------------------------

check 'no map stays' test "$(grep -c bpf_map /proc/vmallocinfo)" -le "$maps_before"
check 'no security hook or tracepoint is armed' sh -c '! grep -q . /sys/kernel/tracing/enabled_functions'

plan
