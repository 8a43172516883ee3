#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# clock compare --watch over two real suspends and two steps of the wall clock: each is
# shown once, with its length.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh

kvet clock compare --watch --interval 200ms -j >/tmp/watch &
watch=$!

# lines EVENT: the lines of this event so far.
lines() {
	grep "\"event\":\"$1\"" /tmp/watch
}

# wait_for EVENT COUNT: until there are so many of them, for 10 seconds at most.
wait_for() {
	tries=0
	until [ "$(lines "$1" | grep -c .)" -ge "$2" ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 50 ] || return
		sleep 0.2
	done
}

# length NUMBER: of the suspend of that number, to the nanosecond: both ends are the same.
length_is() {
	line=$(lines suspend | sed -n "$1p")
	echo "$line, kernel: $2"
	[ "$(echo "$line" | json_value change_low_ns)" = "$2" ] &&
		[ "$(echo "$line" | json_value change_high_ns)" = "$2" ]
}

ticks() {
	[ "$(grep -c '"event":null' /tmp/watch)" -ge 2 ]
}

# step_of SECONDS: the last step holds that many, less what setting the clock took.
step_of() {
	line=$(lines step | tail -n 1)
	echo "$line"
	low=$(echo "$line" | json_value change_low_ns)
	[ "$((low / 1000000000))" -ge "$(($1 - 2))" ] && [ "$((low / 1000000000))" -le "$(($1 + 2))" ]
}

sleep 1
check 'nothing happens, and a line an interval says so' ticks
for number in 1 2; do
	before=$(boottime_offset_ns)
	suspend_seconds 3
	after=$(boottime_offset_ns)
	check "suspend $number is shown" wait_for suspend "$number"
	check "its length is the kernel's own, to the nanosecond" \
		length_is "$number" "$((after - before))"
done
check 'a suspend is no step of the wall clock' test "$(lines step | grep -c .)" -eq 0
date -s "@$(($(date +%s) + 3600))" >/dev/null
check 'a step of the wall clock is shown' wait_for step 1
check 'it is an hour' step_of 3600
date -s "@$(($(date +%s) - 7200))" >/dev/null
check 'a step back too' wait_for step 2
check 'it is two hours' step_of -7200
check 'a step is no suspend' test "$(lines suspend | grep -c .)" -eq 2
kill -TERM "$watch"
wait "$watch"
check 'a signal ends it by that signal' test $? -eq 143
check 'the summary counts the suspends' grep -q '"record":"summary".*"suspends":2' /tmp/watch

plan
