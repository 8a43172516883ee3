#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# clock compare --watch over two real suspends, two steps of the wall clock, two leap seconds
# and a change of the TAI offset: each is shown once, by its name, with its length.
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

# wait_until COMMAND...: until it is true; a minute and more is for what never is.
wait_until() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ "$tries" -lt 300 ] || return
		sleep 0.2
	done
}

# wait_for EVENT COUNT: until there are so many of them.
wait_for() {
	wait_until there_are "$1" "$2"
}

there_are() {
	[ "$(lines "$1" | grep -c .)" -ge "$2" ]
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

# step_of SECONDS: the last step holds that many, less what setting the clock took: a minute at most.
step_of() {
	line=$(lines step | tail -n 1)
	echo "$line"
	low=$(echo "$line" | json_value change_low_ns)
	[ "$((low / 1000000000))" -ge "$(($1 - 60))" ] && [ "$((low / 1000000000))" -le "$(($1 + 60))" ]
}

# adjust MODES STATUS CONSTANT: adjtimex(2), of which busybox sets none of these.
adjust() {
	# shellcheck disable=SC2016 # perl's variables
	/usr/bin/perl -e 'my $timex = pack("i x4 q4 i x4 q x144", $ARGV[0], 0, 0, 0, 0, @ARGV[1, 2]);
		exit(syscall(159, $timex) < 0)' "$@"
}

# leap STATUS DATE: the kernel makes a leap second at the end of that day, in four seconds: one process
# sets the clock and tells it, so that nothing can come between. It forgets the one before in the
# second after it is told to.
leap() {
	adjust 16 0 0
	sleep 2
	# shellcheck disable=SC2016 # perl's variables
	/usr/bin/perl -e 'my $timex = pack("i x4 q4 i x4 q x144", 16, 0, 0, 0, 0, $ARGV[0], 0);
		my $time = pack("q2", $ARGV[1], 0);
		exit(syscall(164, $time, 0) < 0 || syscall(159, $timex) < 0)' "$1" "$(date -u -d "$2 23:59:56" +%s)"
}

# was NS EVENT: the last of these events holds that length.
was() {
	line=$(lines "$2" | tail -n 1)
	echo "$line"
	[ "$(echo "$line" | json_value change_low_ns)" -le "$1" ] &&
		[ "$(echo "$line" | json_value change_high_ns)" -ge "$1" ]
}

check 'nothing happens, and a line an interval says so' wait_until ticks
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
if [ -x /usr/bin/perl ] && adjust 0 0 0; then
	# STA_INS, STA_DEL and ADJ_TAI of adjtimex(2).
	leap 16 2026-12-31
	check 'a leap second that is inserted is named as one' wait_for leap 1
	check 'it sets the wall clock back by a second' was -1000000000 leap
	leap 32 2027-06-30
	check 'one that is deleted too' wait_for leap 2
	check 'it sets the wall clock ahead by a second' was 1000000000 leap
	adjust 16 0 0
	check 'neither is a step: those are of date alone' test "$(lines step | grep -c .)" -eq 4
	# Inserted and deleted, the offset is 0 again.
	adjust 128 0 37
	check 'a TAI offset that is told anew is named' wait_for tai 1
	check 'it is 37 seconds' was 37000000000 tai
	check 'and it is no step' test "$(lines step | grep -c .)" -eq 4
else
	skip 'leap seconds' 'no perl here, or adjtimex(2) is not allowed'
fi
kill -TERM "$watch"
wait "$watch"
check 'a signal ends it by that signal' test $? -eq 143
check 'the summary counts the suspends' grep -q '"record":"summary".*"suspends":2' /tmp/watch

plan
