#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What turns armed probes off, before and while they are traced: never a yes. And what does not.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh
# shellcheck source=tests/vm/lib/trace.sh
. tests/vm/lib/trace.sh

[ -e /sys/kernel/tracing/kprobe_events ] || mount -t tracefs none /sys/kernel/tracing
inside=do_sys_openat2+$(kvet trace --offsets --range 5-0x18 --format jsonl do_sys_openat2 2>/dev/null |
	grep '"record":"site"' | json_value offset | head -n 1)
multi=''
kvet trace -q --backend multi -c --duration 1ms vfs_read && multi=multi

# during COMMAND KVET_ARGUMENT...: traces; runs the file COMMAND in the middle, a workload before and
# after it. All three are the command whose end ends the trace: however long they take, it sees them.
# shellcheck disable=SC2016 # the shell that runs it expands it
printf 'cat /proc/version /proc/version >/dev/null\n. "$1"\ncat /proc/version >/dev/null\n' >/tmp/job
during() {
	command=$1
	shift
	trace_status=0
	kvet trace -j --count-only "$@" -- sh /tmp/job "$command" >/tmp/dead 2>/tmp/dead.err || trace_status=$?
}

# of SYMBOL_AND_OFFSET_PATTERN KEY
hits() {
	lines /tmp/dead site | grep "\"offset\":$1," | json_value hits
}

ftrace=/proc/sys/kernel/ftrace_enabled
kprobes=/sys/kernel/debug/kprobes/enabled

# Newer kernels keep ftrace on while it has a user that must not be cut off.
if echo 0 2>/dev/null >$ftrace && [ "$(cat $ftrace)" = 0 ]; then
	for backend in pmu tracefs $multi; do
		during /dev/null --backend "$backend" do_sys_openat2
		check "$backend, ftrace off: undetermined" status_is 3
		check_output 'kernel.ftrace_enabled=0' "$backend, ftrace off: says so" cat /tmp/dead.err
		check_also 'sysctl kernel.ftrace_enabled=1' "$backend, ftrace off: and what to do"
		check_output '"attached":false' "$backend, ftrace off: the site is not armed" lines /tmp/dead site
	done
	during /dev/null --return do_sys_openat2
	check '--return, ftrace off: undetermined' status_is 3
	during /dev/null do_sys_openat2 "$inside"
	check 'ftrace off: an entry and the middle of a function: undetermined' status_is 3
	check 'ftrace off: the middle fires' test "$(hits "${inside#*+}")" -gt 0
	check_status 3 '--plan, ftrace off: undetermined' kvet trace --plan do_sys_openat2
	check_also 'kernel.ftrace_enabled=0' '--plan, ftrace off: says so'
	check_status 0 '--plan, ftrace off: the middle of a function is a yes' kvet trace --plan "$inside"
	echo 1 >$ftrace
	echo "echo 0 >$ftrace" >/tmp/switch
	during /tmp/switch do_sys_openat2
	check 'ftrace goes off meanwhile: undetermined' status_is 3
	check_output 'kernel.ftrace_enabled=0' 'ftrace goes off meanwhile: says so' cat /tmp/dead.err
	check 'ftrace goes off meanwhile: the hits before that are there' test "$(hits 0)" -ge 2
	check_output '"how":"disabled"' 'ftrace goes off meanwhile: the site is disabled' lines /tmp/dead site
	echo 1 >$ftrace
else
	printf '# ftrace cannot be turned off here\n'
	check 'ftrace stays on' test "$(cat $ftrace)" = 1
fi

echo 0 >$kprobes
for backend in pmu tracefs; do
	during /dev/null --backend $backend "$inside"
	check "$backend, kprobes off: undetermined" status_is 3
	check_output 'kprobes are globally disabled' "$backend, kprobes off: says so" cat /tmp/dead.err
done
check_status 3 '--plan, kprobes off: undetermined' kvet trace --plan do_sys_openat2
if [ -n "$multi" ]; then
	during /dev/null --backend multi do_sys_openat2
	check 'multi, kprobes off: is no kprobe' status_is 0
	check 'multi, kprobes off: fires' test "$(hits 0)" -gt 0
fi
echo 1 >$kprobes
echo "echo 0 >$kprobes" >/tmp/switch
during /tmp/switch do_sys_openat2 "$inside"
check 'kprobes go off meanwhile: undetermined' status_is 3
check_output 'kprobes are globally disabled' 'kprobes go off meanwhile: says so' cat /tmp/dead.err
check_also '2 sites were armed and could no longer fire' 'kprobes go off meanwhile: which'
echo 1 >$kprobes

# ---- what does not turn them off

alive() {
	echo "status $trace_status, hits $(hits 0) $(hits "${inside#*+}")"
	[ "$trace_status" -eq 0 ] && [ "$(hits 0)" -ge 3 ] && [ "$(hits "${inside#*+}")" -ge 3 ]
}
# Also a file for during.
cat >/tmp/turn <<'END'
turn_off() {
	case $1 in
	tracing_on) echo "$2" >/sys/kernel/tracing/tracing_on ;;
	events) echo "$2" >/sys/kernel/tracing/events/enable ;;
	notrace) if [ "$2" = 1 ]; then echo; else echo '*'; fi >/sys/kernel/tracing/set_ftrace_notrace ;;
	optimization) echo "$2" >/proc/sys/debug/kprobes-optimization ;;
	sampling) echo $((100000 * $2 + 1)) >/proc/sys/kernel/perf_event_max_sample_rate ;;
	stats) echo $((1 - $2)) >/proc/sys/kernel/bpf_stats_enabled ;;
	filter) [ "$2" = 1 ] || for filter in /sys/kernel/tracing/events/kvet_*/*/filter; do
		[ ! -e "$filter" ] || echo '__probe_ip == 0' >"$filter"
	done ;;
	esac
}
END
harmless='tracing_on events notrace optimization sampling stats filter'
{
	cat /tmp/turn
	for what in $harmless; do echo "turn_off $what 0"; done
} >/tmp/switch
# shellcheck source=/dev/null
. /tmp/turn
for backend in tracefs pmu; do
	during /tmp/switch --backend $backend do_sys_openat2 "$inside"
	check "$backend: these turn nothing off: $harmless" alive
	for what in $harmless; do turn_off "$what" 1; done
done

plan
