#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Whose hits count: each filter against hits that pass it and hits that do not; and processes and
# threads that end, or have another number in a PID namespace.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh
# shellcheck source=tests/vm/lib/trace.sh
. tests/vm/lib/trace.sh

# While /tmp/go is there, this reads byte by byte, and says that it did.
cat >/tmp/reads <<'END'
while :; do
	until [ -e /tmp/go ]; do sleep 0.2; done
	read -r _ </etc/passwd
	: >/tmp/did.$$
done
END
end() {
	kill -KILL "$@"
	wait "$@" 2>/dev/null
}
others='head -n 1 /proc/version >/dev/null'

# filtered KVET_ARGUMENT...: a trace in which others read first, and then the readers.
filtered() {
	rm -f /tmp/go
	start /tmp/filter --count 50 --duration 60s "$@" vfs_read
	eval "$others"
	: >/tmp/go
	trace_status=0
	wait "$pid" || trace_status=$?
}

# passed NAME COUNT KEY VALUE: so many events, all of them with this value; others were filtered;
# all is accounted for.
passed() {
	check "$1: ends with the last event" status_is 0
	check "$1: so many events" test "$(lines /tmp/filter event | wc -l)" -eq "$2"
	check "$1: all of them pass" events_are /tmp/filter "$3" "$4"
	check "$1: others do not" test "$(sum /tmp/filter site filtered)" -gt "$(sum /tmp/filter summary own)"
	check "$1: every hit is accounted for" all_counted /tmp/filter
}

sh /tmp/reads &
one=$!
sh /tmp/reads &
other=$!
su -s /bin/sh -c 'exec sh /tmp/reads' nobody &
nobodys=$!
until grep -q '^Uid:.65534' /proc/$nobodys/status; do sleep 0.1; done
filtered --pid "$one"
passed --pid 50 pid "$one"
filtered --tid "$other"
passed --tid 50 tid "$other"
rm -f /tmp/did.*
start /tmp/filter --pid "$one" --tid "$other" vfs_read
until [ -e /tmp/did.$one ] && [ -e /tmp/did.$other ]; do sleep 0.1; done
stop
check '--pid and --tid: of two processes, nothing passes' test "$(lines /tmp/filter event | wc -l)" -eq 0
check '--pid and --tid: it was there' test "$(sum /tmp/filter site filtered)" -gt 0
for user in 65534 nobody; do
	filtered --uid $user
	passed "--uid $user" 50 uid 65534
done
# To be nobody takes root a few reads, not fifty.
others='as_nobody head -n 1 /proc/version >/dev/null'
filtered --uid 0
passed '--uid 0' 50 uid 0
end "$one" "$other" "$nobodys"
# busybox's cat has the kernel copy by sendfile(2): head reads.
traced /tmp/filter 'dd if=/etc/passwd of=/dev/null; head -n 1 /proc/version' --comm head --count 5 --duration 60s vfs_read
passed --comm 5 comm head
traced /tmp/filter 'head -n 1 /proc/version' --cpu 0 --count 5 --duration 60s vfs_read
check '--cpu: the only one there is' events_are /tmp/filter cpu 0
check_status 2 '--cpu: one that is not there' kvet trace --cpu 77 vfs_read

# As many reads as a machine can make. Niced: kvet would have half of the CPU.
dd if=/dev/zero of=/dev/null bs=1 2>/dev/null &
one=$!
renice -n 19 -p $one
# A rate: as many events as it allows, in several seconds of the kernel's clock, and in none more. A
# busy host can take most of a second from the guest, so that some have fewer.
seconds() {
	values /tmp/filter event mono_ns | awk '
		{ if (++n[substr($1, 1, length($1) - 9)] == 5) full++ }
		END { for (second in n) if (n[second] > 5) exit 1
			exit full < 3 }'
}
start /tmp/filter --rate 5 vfs_read
until seconds || ! kill -0 "$pid"; do sleep 0.2; done
stop
check '--rate: every hit is accounted for' all_counted /tmp/filter
check '--rate: the rest is limited' test "$(sum /tmp/filter site limited)" -gt 100
check '--rate: five in a second, and never more' seconds
end "$one"

traced /tmp/filter 'sleep 0.5; sleep 0.001' --return --min-duration 300ms --comm sleep --count 3 --duration 60s \
	hrtimer_nanosleep
check '--min-duration: ends with the last event' status_is 0
long_enough() {
	lines /tmp/filter event | json_value duration_ns >/tmp/durations
	cat /tmp/durations
	[ "$(wc -l </tmp/durations)" -eq 3 ] && awk '$1 < 300000000 { bad = 1 } END { exit bad }' /tmp/durations
}
check '--min-duration: all of them took so long' long_enough
check '--min-duration: those that did not are filtered' test "$(sum /tmp/filter site filtered)" -gt 0
check '--min-duration: every hit is accounted for' all_counted /tmp/filter

# ---- who ends, ends the trace

for option in pid tid; do
	sleep 1000 &
	sleeper=$!
	start /tmp/ended --$option $sleeper vfs_read
	end $sleeper
	trace_status=0
	wait "$pid" || trace_status=$?
	check "--$option: who ends, ends the trace" status_is 0
	what=process
	[ $option = pid ] || what=thread
	check_output "^kvet: $what $sleeper has ended\$" "--$option: and that is said" cat /tmp/ended.err
done

# kvet itself has a thread that waits for signals.
start /tmp/threads vfs_write
threads=$pid
for second in /proc/"$threads"/task/*; do
	second=${second##*/}
	[ "$second" = "$threads" ] || break
done
check 'there is a thread that is no process' test "$second" != "$threads"
check_status 2 '--pid: of a thread that is no process' kvet trace --pid "$second" vfs_read
check_also "$second is a thread, not a process; try: --tid $second" '--pid: says so'
start /tmp/ended --tid "$second" vfs_read
kill -TERM "$threads"
trace_status=0
wait "$pid" || trace_status=$?
check '--tid: of such a thread, too' status_is 0
check_output "^kvet: thread $second has ended\$" '--tid: and that is said' cat /tmp/ended.err
wait "$threads"
check_output "no such process: $threads" '--pid: nobody' kvet trace --pid "$threads" vfs_read
check_output "no such thread: $second" '--tid: nobody' kvet trace --tid "$second" vfs_read

# ---- a PID namespace: the kernel translates, and where it cannot, nothing is guessed

# namespaced OPTION UNSHARE_OPTION...: traces a reader by its number there. Sets $number to the
# kernel's, and $trace_status.
cat >/tmp/inside <<'END'
dd if=/dev/zero of=/dev/null bs=1 2>/dev/null &
reader=$!
echo $reader >/tmp/number
renice -n 19 -p $reader
kvet trace -j "$1" $reader --count 20 --duration 60s vfs_read >/tmp/filter 2>/tmp/filter.err
echo $? >/tmp/status
kill -KILL $reader
END
namespaced() {
	option=$1
	shift
	rm -f /tmp/status
	unshare "$@" sh /tmp/inside "$option" &
	namespace=$!
	number=''
	until [ -e /tmp/status ]; do
		found=$(grep -l '^Name:[[:space:]]dd$' /proc/[0-9]*/status 2>/dev/null | head -n 1)
		[ -z "$found" ] || number=${found#/proc/} number=${number%/status}
		sleep 0.1
	done
	wait "$namespace"
	trace_status=$(cat /tmp/status)
}
for option in --pid --tid; do
	for proc in '-m --mount-proc' ''; do
		# shellcheck disable=SC2086 # options
		namespaced $option -p -f $proc
		place="$option in a PID namespace${proc:+ with its own /proc}"
		case $(uname -r) in
		5.10.*)
			check "$place: refused" status_is 3
			check_output 'iterators over one task require Linux 6.1' "$place: says why" cat /tmp/filter.err
			;;
		*)
			check "$place: translated" status_is 0
			check "$place: the reader's hits" test "$(lines /tmp/filter event | wc -l)" -eq 20
			check "$place: and nobody else's, with the reader's own number" \
				events_are /tmp/filter "${option#--}" "$(cat /tmp/number)"
			check_output "$option [0-9]+ is $number in the initial PID namespace" "$place: says to what" \
				cat /tmp/filter.err
			;;
		esac
	done
done

# Of tasks that the reader has no number for, there is none.
dd if=/dev/zero of=/dev/null bs=1 2>/dev/null &
outside=$!
unshare -p -f --mount-proc kvet trace -j --comm dd --count 5 --duration 60s vfs_read >/tmp/filter 2>/tmp/filter.err
check 'in a PID namespace, a task outside has no number' events_are /tmp/filter pid null
kill "$outside"
wait "$outside" 2>/dev/null

# ---- a container, by its PID namespace

unshare -p -f --mount-proc sh -c 'dd if=/dev/zero of=/dev/null bs=1 2>/dev/null; sleep 100' &
namespace=$!
until inside=$(ps -o pid,ppid,comm | awk -v of="$namespace" '$2 == of { print $1 }') && [ -n "$inside" ]; do
	sleep 0.1
done
dd if=/dev/zero of=/dev/null bs=1 2>/dev/null &
outside=$!
kvet trace -j --pidns "$inside" --count 20 --duration 60s write_null >/tmp/filter 2>/tmp/filter.err
check '--pidns: hits of the namespace' test "$(lines /tmp/filter event | wc -l)" -eq 20
check_status 1 '--pidns: none of the others' eval "values /tmp/filter event pid | grep -x $outside"
check '--pidns: which are filtered' test "$(sum /tmp/filter site filtered)" -gt 0
kvet trace -j --pidns "$outside" --count 20 --duration 60s write_null >/tmp/filter 2>/tmp/filter.err
check '--pidns: the initial namespace, without the one below it' events_are /tmp/filter pid "$outside"
kill "$outside"
wait "$outside" 2>/dev/null
kill -KILL "$inside"
wait "$namespace" 2>/dev/null

plan
