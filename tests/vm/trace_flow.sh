#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# How results come out: counts by the interval, room for events, and who has stopped reading.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh
# shellcheck source=tests/vm/lib/trace.sh
. tests/vm/lib/trace.sh

opens='dd if=/etc/passwd of=/dev/null'

# ---- intervals

# of_intervals FILE RECORD KEY: the sum over all intervals, then the total.
of_intervals() {
	lines "$1" "$2" | awk -v key="\"$3\":" '
		{ value = substr($0, index($0, key) + length(key)) + 0 }
		/"interval":null/ { total += value; next }
		{ parts += value }
		END { print parts + 0, total + 0 }'
}
# laps FILE RECORD KVET_ARGUMENT...: a trace under a workload until a row of the third interval is there,
# or of a later one: how many intervals go by meanwhile is a matter of the machine.
laps() {
	file=$1 record=$2
	shift 2
	start "$file" --interval 300ms --duration 2m "$@"
	while kill -0 "$pid" 2>/dev/null; do
		eval "$opens" 2>/dev/null
		values "$file" "$record" interval | awk '$0 >= 3 { found = 1 } END { exit !found }' && break
	done
	stop
}
# numbered FILE RECORD: the intervals count from 1, by one.
numbered() {
	values "$1" "$2" interval | awk '
		$0 == "null" { next }
		$0 != last && $0 != last + 1 { bad = 1 }
		{ last = $0 }
		END { print last " intervals"; exit bad || last < 3 }'
}
# in_order FILE RECORD: they do not go back. One without a hit has no row.
in_order() {
	values "$1" "$2" interval | awk '
		$0 == "null" { next }
		$0 < last { bad = 1 }
		{ last = $0 }
		END { print "the last is " last; exit bad || last < 3 }'
}
add_up() {
	of_intervals "$@" >/tmp/sums
	read -r parts total </tmp/sums
	echo "intervals $parts, total $total"
	[ "$total" -gt 0 ] && [ "$parts" -eq "$total" ]
}
laps /tmp/laps site -c --comm dd do_sys_openat2
check '--interval -c: numbered from 1' numbered /tmp/laps site
check '--interval -c: the hits add up to the total' add_up /tmp/laps site counted
check '--interval -c: one total' test "$(lines /tmp/laps site | grep -c '"interval":null')" -eq 1
check '--interval -c: all is accounted for' eval 'grep -v "\"interval\":[1-9]" /tmp/laps >/tmp/total; all_counted /tmp/total'
laps /tmp/laps rank --top comm do_sys_openat2
check '--interval --top: in order' in_order /tmp/laps rank
check '--interval --top: the hits add up' add_up /tmp/laps rank hits
laps /tmp/laps rank --top stack do_sys_openat2
check '--interval --top stack: the hits add up' add_up /tmp/laps rank hits
laps /tmp/laps bucket --return --histogram do_sys_openat2
check '--interval --histogram: in order' in_order /tmp/laps bucket
check '--interval --histogram: the calls add up' add_up /tmp/laps bucket calls
laps /tmp/laps site --return -c do_sys_openat2
check '--interval --return: numbered from 1' numbered /tmp/laps site
check '--interval --return: the calls add up' add_up /tmp/laps site returned
# One that is never called: a row each time for a name, none for a glob.
traced /tmp/laps : -c --interval 200ms --duration 1s do_reboot kernel_restar*
check_output '"spec":"kernel_restar\*".*"hits":0' '--interval: a glob has its total' lines /tmp/laps site
check_status 1 '--interval: but no row for an interval without a hit' \
	eval 'lines /tmp/laps site | grep -v "\"interval\":null" | grep kernel_restar'
kvet trace -c --comm dd --interval 300ms --duration 2m do_sys_openat2 >/tmp/text 2>/dev/null &
pid=$!
while kill -0 "$pid" 2>/dev/null && ! grep -q '^ *3 ' /tmp/text; do eval "$opens" 2>/dev/null; done
stop
check_output '^INTERVAL +NUMBER' '--interval: text in a pipe has the column' cat /tmp/text
check_also '^ +2 +1 ' 'and an interval has its row'

# ---- the buffer

# Bursts, of which the reader sees nothing until it is let: the small buffer overflows.
burst() { # FILE KVET_ARGUMENT...
	file=$1
	shift
	: >"$file.err"
	kvet trace -j --comm dd "$@" vfs_read >"$file" 2>"$file.err" &
	pid=$!
	until grep -q '^kvet: tracing' "$file.err"; do sleep 0.1; done
	kill -STOP "$pid"
	dd if=/dev/zero of=/dev/null bs=1 count=4000 2>/dev/null
	kill -CONT "$pid"
	stop
}
burst /tmp/small --buffer 64K
check 'a small buffer: events are lost' test "$(values /tmp/small summary lost)" -gt 0
check_output 'lost: the ring buffer of 64K was full; try: --buffer 256K' 'a small buffer: says what to type' \
	cat /tmp/small.err
check 'a small buffer: all is accounted for' all_counted /tmp/small
burst /tmp/large --buffer 3M
check 'a large buffer: nothing is lost' test "$(values /tmp/large summary lost)" -eq 0
check 'a large buffer: every read is there' test "$(lines /tmp/large event | wc -l)" -ge 4000

# ---- whoever reads

mkfifo /tmp/reader
kvet trace -j do_reboot >/tmp/reader 2>/tmp/reader.err &
pid=$!
exec 7</tmp/reader
until grep -q '^kvet: tracing' /tmp/reader.err; do sleep 0.1; done
exec 7<&-
trace_status=0
wait "$pid" || trace_status=$?
check 'a reader that has gone ends the trace, without one event' status_is 141
check 'and nothing stays armed' test "$(wc -l </sys/kernel/debug/kprobes/list)" -eq 0
rm /tmp/reader

# ---- a background job of a script, which a shell lets ignore SIGINT

: >/tmp/int.err
sh -c 'kvet trace -j do_reboot >/tmp/int 2>/tmp/int.err & echo $! >/tmp/int.pid'
until grep -q '^kvet: tracing' /tmp/int.err; do sleep 0.1; done
kill -INT "$(cat /tmp/int.pid)"
ended() {
	for _ in $(seq 1200); do
		kill -0 "$(cat /tmp/int.pid)" 2>/dev/null || return 0
		sleep 0.1
	done
	return 1
}
check 'kill -INT ends a background job' ended
check_output '"status":"interrupted"' 'and its document is closed' tail -n 1 /tmp/int

plan
