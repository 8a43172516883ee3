#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Kprobes that really fire, by name, by offset, on every instance of a name; and refusals
# with their causes.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh
# shellcheck source=tests/vm/lib/trace.sh
. tests/vm/lib/trace.sh

# ---- a symbol's entry

probe_list=/sys/kernel/debug/kprobes/list
sort "$probe_list" >/tmp/list.before

openat=$(addresses_of do_sys_openat2)
traced /tmp/entry 'cat /proc/version' --count 3 --duration 60s do_sys_openat2
check 'SYM: ends with status 0 after --count events' status_is 0
check 'SYM: shows 3 events' test "$(lines /tmp/entry event | wc -l)" -eq 3
check 'SYM: at the address in kallsyms' events_are /tmp/entry address "$openat"
check 'SYM: every event has offset 0' events_are /tmp/entry offset 0
check 'SYM: every event names the symbol' events_are /tmp/entry symbol do_sys_openat2
check_output '^[1-9][0-9]*$' 'SYM: the site counts its hits' sum /tmp/entry site hits
check 'SYM: hits = events + own + lost + discarded' accounted_for /tmp/entry

both_clocks() {
	boot=$(lines /tmp/entry event | head -n 1 | json_value boot_ns)
	mono=$(lines /tmp/entry event | head -n 1 | json_value mono_ns)
	truth=$(boottime_offset_ns)
	echo "boot $boot, mono $mono, kernel's offset $truth"
	# Read one after the other: apart by the offset and a few microseconds.
	apart=$((boot - mono - truth))
	[ "$apart" -gt -1000000 ] && [ "$apart" -lt 1000000 ]
}
check 'SYM: both clocks in the event, apart by the kernel'"'"'s offset' both_clocks

traced /tmp/address 'cat /proc/version' --count 1 --duration 60s "$openat"
check '0xADDR: fires and names the symbol' events_are /tmp/address symbol do_sys_openat2

traced /tmp/module 'cat /proc/version' --count 1 --duration 60s vmlinux:do_sys_openat2
check 'vmlinux:SYM: fires' status_is 0

# ---- offsets: the kernel says which are boundaries

boundary=$(kvet trace --offsets --range 5-12 --format jsonl do_sys_openat2 2>/dev/null |
	grep '"record":"site"' | json_value offset | head -n 1)
check 'SYM+OFF: a boundary past the entry was found' test -n "$boundary"
traced /tmp/offset 'cat /proc/version' --count 1 --duration 60s "do_sys_openat2+$boundary"
check 'SYM+OFF: fires there, under its own offset' events_are /tmp/offset offset "$boundary"
check_status 1 'SYM+1, inside an instruction, is a no' kvet trace --duration 1s do_sys_openat2+1
check_also 'perf_event_open.kprobe.: EILSEQ: do_sys_openat2\+0x1 is not an instruction boundary' 'SYM+1 says why'

check_status 1 'an offset past the end is a no' kvet trace --duration 1s do_sys_openat2+0x10000
check_also 'offset 0x10000 is past the end of do_sys_openat2' 'an offset past the end says so, before the kernel is asked'

# ---- a name with several addresses: c_start of /proc/cpuinfo, /proc/consoles, /proc/crypto

instances=$(addresses_of c_start | wc -l)
printf '# c_start has %s addresses\n' "$instances"
check 'c_start has several addresses here' test "$instances" -ge 2
check_status 1 'an ambiguous name is refused' kvet trace c_start
check_also "^kvet: try: --all" 'the refusal says what to do'
ambiguous_table() {
	printf '%s\n' "$output" | grep -c "^ *[0-9]* .*c_start .*0x.* no "
}
check_output "^$instances\$" 'the refusal numbers every address' ambiguous_table

traced /tmp/all 'cat /proc/cpuinfo /proc/consoles /proc/crypto' --all --count $((4 * instances)) \
	--duration 60s c_start
check '--all: status 0' status_is 0
check '--all: every address fires, each under its own label' \
	events_are /tmp/all address "$(addresses_of c_start)"
check '--all: hits = events + own + lost + discarded' accounted_for /tmp/all
traced_once /tmp/one 'cat /proc/consoles' --all c_start
check '--all: only the instance that runs counts hits' \
	test "$(lines /tmp/one site | json_value hits | grep -vc '^0$')" -eq 1

# Of s_show's instances one lives in kernel/trace, which cannot be probed.
traced /tmp/partly 'head -n 3 /proc/kallsyms' --all --count 3 --duration 60s s_show
partly() {
	lines /tmp/partly site
	lines /tmp/partly site | json_value attached | sort | uniq -c
	[ "$(lines /tmp/partly site | json_value attached | grep -c true)" -ge 1 ] &&
		[ "$(sum /tmp/partly site hits)" -gt 0 ]
}
check 's_show: the instances that can be probed fire' partly
if lines /tmp/partly site | grep -q '"attached":false'; then
	check 's_show: an instance that cannot be probed makes it a no' status_is 1
	check_output 'not traceable' 's_show: and has its cause' lines /tmp/partly site
else
	check 's_show: all instances attached: status 0' status_is 0
fi

# ---- refusals, each with its cause

check_status 1 'an unknown symbol is a no' kvet trace --duration 1s no_such_symbol
check_also "no symbol 'no_such_symbol'" 'an unknown symbol says so'
data=$(grep -F ' D ' $kallsyms | awk '$1 !~ /^0+$/ { seen[$3]++ }
	END { for (s in seen) if (seen[s] == 1) { print s; exit } }')
check_status 1 'a data symbol is a no' kvet trace --duration 1s "$data"
check_also "is not text: its type is" 'a data symbol says so'
check_status 1 'a blacklisted function is a no' kvet trace --duration 1s exc_int3
check_also 'EINVAL: exc_int3 is not traceable; on the kernel.s kprobe blacklist' 'a blacklisted function says so'

echo 0 >/sys/kernel/debug/kprobes/enabled
check_status 3 'kprobes switched off: undetermined' kvet trace --duration 1s do_sys_openat2
check_also 'kprobes are globally disabled' 'kprobes switched off: says so'
echo 1 >/sys/kernel/debug/kprobes/enabled

check_status 3 'nobody: undetermined' as_nobody kvet trace --duration 1s do_sys_openat2
check_also 'every address is hidden.*CAP_SYSLOG missing' 'nobody: says why'

# ---- the end

: >/tmp/signal.err
kvet trace -j do_sys_openat2 >/tmp/signal 2>/tmp/signal.err &
pid=$!
until grep -q '^kvet: tracing' /tmp/signal.err; do sleep 0.1; done
cat /proc/version >/dev/null
kill -TERM "$pid"
signal_status=0
wait "$pid" || signal_status=$?
check 'SIGTERM: ends by that signal' test "$signal_status" -eq 143
check 'SIGTERM: with the summary, and all accounted for' accounted_for /tmp/signal

nothing_left() {
	sort "$probe_list" | diff /tmp/list.before -
}
check 'no kprobe is left behind' nothing_left

# ---- what is asked of the kernel, without tracing

plan_of() {
	kvet trace --plan --format jsonl "$@" 2>/dev/null
}
check_status 1 '--plan: a refusal is status 1' plan_of do_sys_openat2 do_sys_openat2+1
check_also '"attachable":"yes","attached":false' '--plan: the kernel would'
check_also '"attachable":"no".*not an instruction boundary' '--plan: and would not, with the cause'
check_status 0 '--plan --partial-ok: one that can be probed is enough' \
	kvet trace --plan --partial-ok do_sys_openat2 do_sys_openat2+1
check_status 1 'a name of several addresses is refused' kvet trace --format jsonl c_start
check_also '"attachable":"yes"' 'and the table says where a probe can go'
second=$(addresses_of c_start | sed -n 2p)
check_output "\"address\":\"$second\"" '--nth: the second of them' plan_of --nth 2 c_start
check_status 1 '--nth: more than there are' kvet trace --plan --nth 1000 c_start

# Instructions of a function are contiguous: the offsets begin at 0 and no two are the same;
# each can be probed, and the one after the first is not the middle of an instruction.
offsets() {
	kvet trace --offsets --format jsonl do_sys_openat2 2>/dev/null |
		grep '"record":"site"' | json_value offset
}
offsets >/tmp/offsets
check '--offsets: the first is the entry' test "$(head -n 1 /tmp/offsets)" = 0
check '--offsets: there are some' test "$(wc -l </tmp/offsets)" -ge 20
check '--offsets: in order, each once' eval 'sort -nu /tmp/offsets | cmp -s - /tmp/offsets'
check_status 0 '--offsets: the last can be probed' \
	kvet trace --plan "do_sys_openat2+$(tail -n 1 /tmp/offsets)"

# ---- where the probe really is

traced /tmp/armed 'cat /proc/version' --count 1 --duration 60s do_sys_openat2
# The entry, or 4 bytes on behind an ENDBR instruction: what the kernel's own list says.
check_output '^(0|4)$' 'armed: at the site, or behind its ENDBR' \
	echo $(($(lines /tmp/armed site | json_value armed) - openat))
check_output '^(ftrace|jump|breakpoint)$' 'armed: and how' \
	eval 'lines /tmp/armed site | json_value how'

# ---- returns, stacks, filters, counters

openat_dup='cat /proc/version; ls /'
traced /tmp/return "$openat_dup" --return --count 5 --duration 60s do_sys_openat2
check '--return: 5 events' test "$(lines /tmp/return event | wc -l)" -eq 5
check '--return: all but the first are sure to have a duration' \
	test "$(lines /tmp/return event | sed 1d | json_value duration_ns | grep -c '^[1-9]')" -eq 4
check '--return: the value is a file descriptor or an error' \
	test "$(lines /tmp/return event | json_value value | grep -cE '^-?[0-9]+$')" -eq 5
check '--return: every hit is accounted for' all_counted /tmp/return

traced /tmp/stack "$openat_dup" --stack --count 1 --duration 60s do_sys_openat2
check_output 'do_sys_openat2\+0x[0-9a-f]+.*"__x64_sys_open(at)?\+0x[0-9a-f]+"' \
	'--stack: frames are symbols and offsets' lines /tmp/stack event

traced /tmp/comm "$openat_dup" --comm cat --count 3 --duration 60s do_sys_openat2
check '--comm: no other task' events_are /tmp/comm comm cat
check '--comm: others are filtered' test "$(sum /tmp/comm site filtered)" -gt 0
check '--comm: every hit is accounted for' all_counted /tmp/comm

several="$openat_dup; $openat_dup; $openat_dup; $openat_dup"
traced_once /tmp/sample "$several" --sample 4 --count-only do_sys_openat2
check '--sample: one in four' test "$(($(sum /tmp/sample site hits) / 4))" -le \
	"$(($(sum /tmp/sample site counted)))"
check '--sample: and no more' test "$(($(sum /tmp/sample site counted) - 1))" -le \
	"$(($(sum /tmp/sample site hits) / 4))"
check '--count-only: no events' test "$(lines /tmp/sample event | wc -l)" -eq 0
check '--count-only: every hit is accounted for' all_counted /tmp/sample

traced_once /tmp/histogram "$several" --return --histogram do_sys_openat2
check '--histogram: the buckets hold what was counted, but for calls under way at the start' \
	test "$(($(sum /tmp/histogram site counted) - $(sum /tmp/histogram bucket calls)))" -le 4

mkdir -p /tmp/cgroup && mount -t cgroup2 none /tmp/cgroup && mkdir -p /tmp/cgroup/empty
traced_once /tmp/cgroups "$openat_dup" --cgroup /tmp/cgroup/empty --count-only do_sys_openat2
check '--cgroup: nobody is in this one' test "$(sum /tmp/cgroups site counted)" -eq 0
check '--cgroup: all others are filtered' all_counted /tmp/cgroups
traced_once /tmp/cgroups "$openat_dup" --cgroup /tmp/cgroup --count-only do_sys_openat2
check '--cgroup: all are below the root' test "$(sum /tmp/cgroups site filtered)" -eq 0
check_status 2 '--cgroup: what is none is wrong use' \
	kvet trace --cgroup /proc --duration 1s do_sys_openat2
check_status 2 '--cgroup: a file of one is none' \
	kvet trace --cgroup /tmp/cgroup/empty/cgroup.procs --duration 1s do_sys_openat2

check_status 1 '--timeout: what does not fire is a no' \
	kvet trace --timeout 500ms kernel_halt
check_also 'nothing has fired' '--timeout: and it says so'

plan
