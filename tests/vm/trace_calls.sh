#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# One event per call: the arguments of its entry with the value of its return, beside what the calling
# program (tests/vm/calls) says that it passed and got.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh
# shellcheck source=tests/vm/lib/trace.sh
. tests/vm/lib/trace.sh

# calls_of FILE KEY...: of each event the values of these keys, sorted.
calls_of() {
	of=$1
	shift
	lines "$of" event | big_awk -v keys="$*" '
		BEGIN { n = split(keys, key) }
		{ for (i = 1; i <= n; i++) {
			text = "absent"
			if (match($0, "\"" key[i] "\":(\"[^\"]*\"|[^],}]+)"))
				text = substr($0, RSTART + length(key[i]) + 3, RLENGTH - length(key[i]) - 3)
			gsub(/"/, "", text)
			printf "%s%s", text, i < n ? " " : "\n" } }' | sort
}

# as_passed FILE KEY...: the events are the calls that /tmp/passed has, less those that were killed,
# and those whose return was not seen, because the kernel has few slots (with PMU on 5.10, one).
as_passed() {
	unreturned=$(sum "$1" site unreturned)
	calls_of "$@" | grep -v ' -512$' >/tmp/seen
	sort /tmp/passed >/tmp/wanted
	echo "$(wc -l </tmp/seen) seen, $unreturned not, $(wc -l </tmp/wanted) wanted; seen, but not wanted:"
	big_grep -vxF -f /tmp/wanted /tmp/seen | head -n 20
	[ -s /tmp/wanted ] && ! big_grep -qvxF -f /tmp/wanted /tmp/seen &&
		[ -z "$(uniq -d /tmp/wanted)" ] && [ -z "$(uniq -d /tmp/seen)" ] &&
		[ $(($(wc -l </tmp/seen) + unreturned)) -eq "$(wc -l </tmp/wanted)" ]
}

# as_killed: of three times eight threads, two times eight were interrupted in their reads.
as_killed() {
	calls_of /tmp/killed count value | grep ' -512$' | sort -u
	all=$(lines /tmp/killed event | wc -l) unreturned=$(sum /tmp/killed site unreturned)
	others=$(calls_of /tmp/killed count value | grep -cvx '10[0-7] -512')
	echo "$all events, $others of threads that were not killed, $unreturned unreturned"
	[ $((all + unreturned)) -eq 24 ] && [ "$others" -le 8 ] && [ "$all" -gt 0 ]
}

multi=''
kvet trace -q --backend multi -c --duration 1ms vfs_read && multi=multi

for backend in pmu tracefs $multi $(by_fentry); do
	start /tmp/opens --backend "$backend" --return --strings --comm calls do_sys_openat2
	calls open 4 50 >/tmp/passed
	stop
	# The program's own start opens no file: it is static.
	check "$backend, --strings: the arguments as they were passed, with what was returned" \
		as_passed /tmp/opens tid dfd filename value
	check "$backend, --strings: every hit is accounted for" all_counted /tmp/opens
	check "$backend, --strings: each has a duration" \
		eval '! lines /tmp/opens event | grep -q "\"duration_ns\":null"'
	check_output '"value":-2,"error":"ENOENT".*"filename":"/kvet.none/' \
		"$backend, --strings: what failed, and with what name" lines /tmp/opens event

	start /tmp/reads --backend "$backend" --return --args --comm calls vfs_read
	calls read 8 >/tmp/passed
	stop
	check "$backend, --args: those of calls that sleep at the same time" as_passed /tmp/reads tid count value

	# Trampolines are not for what does not return.
	by=$backend
	[ "$backend" != fentry ] || by=auto
	start /tmp/exits --backend "$by" --return --args --comm watcher do_group_exit
	exits=$pid
	start /tmp/killed --backend "$backend" --return --args --comm calls vfs_read
	calls killed 8
	calls killed 8
	calls read 8 >/tmp/passed
	stop
	pid=$exits
	stop
	check "$backend, killed inside: their arguments, and that they were interrupted" as_killed
	check "$backend, exit: calls that never return are no events" \
		test "$(lines /tmp/exits event | wc -l)" -eq 0
	check "$backend, exit: and are accounted for as such" \
		test "$(sum /tmp/exits site unreturned)" -eq "$(sum /tmp/exits site entered)"
	check "$backend, exit: there were some" test "$(sum /tmp/exits site entered)" -ge 3
done

# Filters that look at what a call may change are asked at its return: exec changes the task's name.
start /tmp/exec --return --strings --comm sleep do_execveat_common
sleep 0.1
stop
[ "$(lines /tmp/exec event | wc -l)" -eq 0 ] ||
	check_output '"args":{' 'a filter by name: the arguments from before the name was set' lines /tmp/exec event

# Beside each other, one trace of the entry and one of the return: calls in each other, on the same
# thread, have the arguments that the entries had.
ifconfig lo up
start /tmp/entries --args __dev_queue_xmit
entries=$pid
start /tmp/nested --return --args __dev_queue_xmit
returns=$pid
for _ in 1 2 3 4 5; do ping -c 1 -w 60 127.0.0.1 >/dev/null; done
pid=$returns
stop
pid=$entries
stop
calls_of /tmp/entries tid skb | uniq -c >/tmp/entered
calls_of /tmp/nested tid skb | uniq -c >/tmp/returned
check 'in each other: each call has its own arguments' diff /tmp/entered /tmp/returned
check 'in each other: there were calls' test "$(lines /tmp/nested event | wc -l)" -ge 10

# What was not seen has no arguments, and says so.
check 'a cause only where arguments are missing' \
	eval '! cat /tmp/opens /tmp/reads /tmp/nested | grep "\"args\":{" | grep -qv "\"cause\":null"'

# A person reads it on one row.
script -qec 'stty cols 160 rows 40; kvet trace --color never --return --strings --count 6 --comm calls do_sys_openat2' \
	/dev/null </dev/null >/tmp/row.raw 2>&1 &
pid=$!
while kill -0 "$pid" 2>/dev/null; do calls open 1 6 >/dev/null; done
tr -d '\r' </tmp/row.raw >/tmp/row
check_output 'VALUE .*ERROR .*DURATION_NS .*ARGS' 'a terminal: value, error, duration and arguments' cat /tmp/row
check_output 'ENOENT .*dfd=.*filename=.?/kvet.none/' 'a terminal: on one row' cat /tmp/row

plan
