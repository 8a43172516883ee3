#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# clock convert over two real suspends: a stamp from before them is off by no more than it
# says, for root, who has the kernel's history of them, and for nobody, who has not.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh

# MONOTONIC, from the head of the kernel's own list.
monotonic_ns() {
	awk '$1 == "now" && $2 == "at" { print $3; exit }' /proc/timer_list
}

# Tasks that begin now, and stay: what the history is made of.
begin_tasks() {
	for _ in 1 2 3; do
		sleep 1000 &
	done
}

stamps='' offsets=''
take_stamp() {
	begin_tasks
	stamps="$stamps $(monotonic_ns)"
	offsets="$offsets $(boottime_offset_ns)"
	begin_tasks
}

take_stamp
suspend_seconds 3
take_stamp
suspend_seconds 3
take_stamp
total=$(boottime_offset_ns)
echo "# stamps$stamps, offsets$offsets"

# nth NUMBER WORD...
nth() {
	shift "$1"
	echo "$1"
}

# holds NUMBER COMMAND...: what COMMAND makes of that stamp holds the truth. Sets $uncertainty.
holds() {
	# shellcheck disable=SC2086 # words
	stamp=$(nth "$1" $stamps) offset=$(nth "$1" $offsets)
	shift
	"$@" -c monotonic --format jsonl "$stamp" >/tmp/stamp 2>/tmp/stamp.err || return
	cat /tmp/stamp /tmp/stamp.err
	boot=$(json_value boottime_ns </tmp/stamp)
	uncertainty=$(json_value boottime_uncertainty_ns </tmp/stamp)
	error=$((boot - stamp - offset))
	echo "error $error, uncertainty $uncertainty"
	[ "$error" -le "$uncertainty" ] && [ "$error" -ge "-$uncertainty" ] || return
	# The wall-clock time is as uncertain, but for the brackets of both, which are not the same.
	[ "$(json_value uncertainty_ns </tmp/stamp)" -ge "$((uncertainty - 10000))" ]
}

# To 10 ms: no suspend is as short.
holds_and_knows() {
	holds "$@" && [ "$uncertainty" -lt 10000000 ]
}

# Nothing but the whole time asleep is certain.
holds_and_knows_nothing() {
	holds "$@" && [ "$uncertainty" -ge $((total - 1000000)) ]
}

# back NUMBER COMMAND...: the way back, from the stamp's BOOTTIME.
back() {
	# shellcheck disable=SC2086 # words
	stamp=$(nth "$1" $stamps) offset=$(nth "$1" $offsets)
	shift
	"$@" --format jsonl $((stamp + offset)) >/tmp/stamp 2>/tmp/stamp.err || return
	cat /tmp/stamp
	mono=$(json_value monotonic_ns </tmp/stamp)
	uncertainty=$(json_value monotonic_uncertainty_ns </tmp/stamp)
	error=$((mono - stamp))
	echo "error $error, uncertainty $uncertainty"
	[ "$error" -le "$uncertainty" ] && [ "$error" -ge "-$uncertainty" ] || return
	# What goes on while the machine sleeps needs no history.
	[ "$(json_value uncertainty_ns </tmp/stamp)" -lt 1000000 ] &&
		[ "$(json_value slept_ns </tmp/stamp)" = 0 ]
}

back_and_knows() {
	back "$@" && [ "$uncertainty" -lt 10000000 ]
}

nobody_is_told() {
	as_nobody kvet clock convert -c monotonic 1000000000 2>&1 | tee /tmp/told
	grep -q 'was suspended for .* s, at an unknown time .*: a stamp of monotonic' /tmp/told
}

for number in 1 2 3; do
	check "root: stamp $number is off by no more than it says, which is little" \
		holds_and_knows "$number" kvet clock convert
	check "nobody: stamp $number is off by no more than it says, the whole time asleep" \
		holds_and_knows_nothing "$number" as_nobody kvet clock convert
	check "root: and back" back_and_knows "$number" kvet clock convert
	check "nobody: and back" back "$number" as_nobody kvet clock convert
done
check 'nobody is told why' nobody_is_told

plan
