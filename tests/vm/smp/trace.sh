#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Traces on several CPUs: exact counts, CPUs that come and go, the idle tasks.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh
# shellcheck source=tests/vm/lib/trace.sh
. tests/vm/lib/trace.sh

cpu=/sys/devices/system/cpu
cpus=$(nproc)
last=$((cpus - 1))
each=$(seq -s ' ' 0 $last)

# reads CPU...: on each of them, a thousand reads and those of the program's start.
reads() {
	readers=''
	for on; do
		taskset -c "$on" dd if=/dev/zero of=/dev/null bs=1 count=1000 2>/dev/null &
		readers="$readers $!"
	done
	# shellcheck disable=SC2086 # a list
	wait $readers
}

# counts_are FILE NUMBER: what was counted, and the calls that were entered and not seen to return: on
# 5.10 as many are followed at a time as there are CPUs, and whoever sleeps in one takes a place.
counts_are() {
	counted=$(sum "$1" site counted) unreturned=$(sum "$1" site unreturned)
	echo "counted $counted, unreturned $unreturned, wanted $2"
	[ $((counted + unreturned)) -eq "$2" ]
}

# counted_in RECORD KEY
counted_in() {
	echo "$(sum /tmp/all "$1" "$2") of $(sum /tmp/all site counted)"
	[ "$(sum /tmp/all "$1" "$2")" -eq "$(sum /tmp/all site counted)" ]
}

# ---- exact counts

start /tmp/one --count-only --comm dd vfs_read
reads 0
stop
one=$(sum /tmp/one site counted)
check 'one reader: a thousand reads at least' test "$one" -ge 1000
for mode in '' --return '--return --histogram' '--top comm'; do
	[ "${mode%histogram}${mode%comm}" != "$mode$mode" ] || mode="$mode --count-only"
	# shellcheck disable=SC2086 # several words
	start /tmp/all $mode --comm dd vfs_read
	# shellcheck disable=SC2086 # a list
	reads $each $each
	stop
	check "$mode: two readers on each CPU: so many times as many" counts_are /tmp/all $((2 * cpus * one))
	check "$mode: every hit is accounted for" all_counted /tmp/all
	case $mode in
	*--return*)
		unreturned=$(sum /tmp/all site unreturned)
		check "$mode: each call that was entered has returned, or is said to be unseen" \
			test "$(($(sum /tmp/all site returned) + unreturned))" -eq "$(sum /tmp/all site entered)"
		case $(uname -r) in
		5.10.*) printf '# %s: %s not seen to return\n' "$mode" "$unreturned" ;;
		*) check "$mode: none is unseen" test "$unreturned" -eq 0 ;;
		esac
		;;
	esac
	case $mode in
	*histogram) check "$mode: each is in a bucket" counted_in bucket calls ;;
	*comm*) check "$mode: each is in the table" counted_in rank hits ;;
	esac
done

# ---- a CPU that goes and comes back while it is traced

start /tmp/plug --count-only --comm dd vfs_read
reads 0 1
echo 0 >$cpu/cpu1/online
reads 0 0
echo 1 >$cpu/cpu1/online
reads 1 $last
stop
check 'CPU 1 goes and comes back: exact counts' counts_are /tmp/plug $((6 * one))
check 'CPU 1 goes and comes back: every hit is accounted for' all_counted /tmp/plug

# ---- without CPU 0, on which events are opened

if [ -e $cpu/cpu0/online ] && echo 0 >$cpu/cpu0/online; then
	for backend in pmu tracefs; do
		start /tmp/zero --backend $backend --count-only --comm dd vfs_read
		reads 1 $last
		stop
		check "$backend, CPU 0 is offline: exact counts" counts_are /tmp/zero $((2 * one))
	done
	check_status 0 'CPU 0 is offline: --plan is a yes' kvet trace --plan vfs_read
	echo 1 >$cpu/cpu0/online
	start /tmp/zero --count-only --comm dd vfs_read
	reads 0
	echo 0 >$cpu/cpu0/online
	reads 1
	echo 1 >$cpu/cpu0/online
	reads 0
	stop
	check 'CPU 0 goes and comes back while it is traced: exact counts' counts_are /tmp/zero $((3 * one))
else
	absent 'CPU 0 is offline' 'it keeps CPU 0 online'
fi

# ---- idle tasks: each CPU has its own, and all are thread 0

idle_ms() {
	# Idle and waiting for I/O, of all CPUs, in ticks of 10 ms.
	awk '$1 == "cpu" { print ($5 + $6) * 10 }' /proc/stat
}
# wake: something for each CPU to do, which ends the call of its idle task.
wake() {
	for on in $each; do taskset -c "$on" true; done
}
# Idle from before the one reading until after the other: each CPU has a call that began and ended.
start /tmp/idle --return default_idle_call
wake
before=$(idle_ms)
sleep 1
after=$(idle_ms)
wake
stop
lines /tmp/idle event | sed 's/.*"boot_ns":"\([0-9]*\)".*"cpu":\([0-9]*\).*"tid":\([0-9]*\).*"duration_ns":\([0-9a-z]*\).*/\2 \1 \4 \3/' |
	sort -n -k 1,1 -k 2,2 >/tmp/idle.calls
awk '$3 == "null" { open++; next }
	$4 != 0 { other++ }
	# A CPU is idle once at a time: no call of it begins in front of the end of the last one. What is
	# measured is read after the stamp of the event.
	{ began = $2 - $3; if ($1 == cpu && began < end - 1000000) overlaps++
	  cpu = $1; end = $2; calls++; sum += $3; cpus[$1] = 1 }
	END { for (i in cpus) n++
	      printf "calls %d, open %d, overlaps %d, cpus %d, ms %d\n", calls, open, overlaps, n, sum / 1000000 }' \
	/tmp/idle.calls >/tmp/idle.sum
sed 's/^/# /' /tmp/idle.sum
printf '# /proc/stat: %d ms\n' $((after - before))
read -r _ calls _ open _ overlaps _ seen _ ms <<END
$(tr -d , </tmp/idle.sum)
END
check 'idle tasks: there are calls' test "$calls" -gt 0
check 'idle tasks: on each CPU' test "$seen" -eq "$cpus"
check 'idle tasks: all but those under way at the start have a duration' test "$open" -le "$cpus"
check 'idle tasks: of one CPU no two overlap' test "$overlaps" -eq 0
# The trace began before the one reading and ended after the other: it has at least nearly as much.
check 'idle tasks: their time is that of /proc/stat' \
	test $((ms * 10)) -ge $(((after - before) * 8))

# Each CPU's idle task asks for its own CPU.
start /tmp/iowait --return --args nr_iowait_cpu
wake
sleep 1
wake
stop
awk '/"tid":0,/ { match($0, /"args":."cpu":[0-9]+/); asked = substr($0, RSTART + 14, RLENGTH - 14)
		match($0, /"cpu":[0-9]+/); on = substr($0, RSTART + 6, RLENGTH - 6)
		calls++; seen[on] = 1; if (asked == "" || asked != on) wrong++ }
	END { for (i in seen) n++; printf "calls %d, wrong %d, cpus %d\n", calls, wrong, n }' \
	/tmp/iowait >/tmp/iowait.sum
sed 's/^/# /' /tmp/iowait.sum
check 'idle tasks, --return --args: each call has the arguments of its own CPU' \
	test "$(cat /tmp/iowait.sum)" = "$(sed 's/wrong .*/wrong 0, cpus/' /tmp/iowait.sum) $cpus"

# ---- the limit of events in a second, of all CPUs together

start /tmp/rate --rate 10 --comm dd vfs_read
for _ in 1 2 3; do
	# shellcheck disable=SC2086 # a list
	reads $each
	sleep 0.5
done
stop
most=$(lines /tmp/rate event | json_value mono_ns | awk '{ n[int($1 / 1e9)]++ } END { for (s in n) if (n[s] > m) m = n[s]; print m }')
printf '# %s events in a second\n' "$most"
check '--rate: so many, and one more of each other CPU' test "$most" -le $((10 + last))
check '--rate: not fewer' test "$most" -ge 10

plan
