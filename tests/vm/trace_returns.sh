#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Calls and what becomes of them: those that sleep, those that never return, those in each other.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh
# shellcheck source=tests/vm/lib/trace.sh
. tests/vm/lib/trace.sh

# What a reader of an empty pipe sleeps in.
pipe_read=$(grep -F pipe_read $kallsyms | grep -o -E ' (anon_)?pipe_read$' | head -n 1 | tr -d ' ')
sleepers=20
mkfifo /tmp/pipe

# Readers that sleep in the pipe, which has a writer.
sleep_in_pipe() {
	sleep 1000 >/tmp/pipe &
	writer=$!
	readers=''
	for _ in $(seq $sleepers); do
		dd if=/tmp/pipe of=/dev/null bs=1 count=1 2>/dev/null &
		readers="$readers $!"
	done
	for reader in $readers; do
		until grep -q pipe /proc/"$reader"/stack; do sleep 0.05; done
	done
}

wake() {
	kill "$writer"
	# shellcheck disable=SC2086 # a list
	wait $readers
	wait "$writer"
}

# account FILE: the parts are all.
account() {
	read -r hits entered returned inside unreturned unplaced <<-END
	$(sums "$1" site hits entered returned inside unreturned unplaced)
	END
	echo "hits $hits: entered $entered, returned $returned, inside $inside," \
		"unreturned $unreturned, unplaced $unplaced"
	[ "$entered" -eq $((returned + inside + unreturned + unplaced)) ]
}

# is FILE PART COMPARISON NUMBER
is() {
	account "$1"
	echo "$2 wanted $3 $4"
	test "$(sum "$1" site "$2")" "$3" "$4"
}

multi=''
kvet trace -q --backend multi -c --duration 1ms vfs_read && multi=multi

for backend in pmu tracefs $multi $(by_fentry); do
	# All have come back when tracing ends: whether they were seen to is up to the slots.
	start /tmp/over --backend "$backend" --return --count-only --comm dd "$pipe_read"
	sleep_in_pipe
	wake
	stop
	check "$backend, over: entered = returned + inside + unreturned + unplaced" account /tmp/over
	account /tmp/over | sed 's/^/# /'
	check "$backend, over: each reader has entered" is /tmp/over entered -eq $sleepers
	check "$backend, over: none is inside" is /tmp/over inside -eq 0
	check "$backend, over: nothing is left open" is /tmp/over unplaced -eq 0
	check "$backend, over: what returned are the hits that count" \
		is /tmp/over returned -eq "$(sum /tmp/over site counted)"
	unreturned=$(sum /tmp/over site unreturned)
	[ "$backend" != tracefs ] ||
		check 'tracefs, over: has slots enough for all' is /tmp/over unreturned -eq 0
	if [ "$unreturned" -gt 0 ]; then
		check_output "$unreturned of $sleepers calls ended without a return being seen" \
			"$backend, over: says how many were not seen" cat /tmp/over.err
	fi

	start /tmp/inside --backend "$backend" --return --count-only --comm dd "$pipe_read"
	sleep_in_pipe
	stop
	check "$backend, inside: entered = returned + inside + unreturned + unplaced" account /tmp/inside
	check "$backend, inside: each is, whether the kernel follows it or not" is /tmp/inside inside -eq $sleepers
	check "$backend, inside: nothing is left open" is /tmp/inside unplaced -eq 0
	wake
done

start /tmp/over --maxactive 5 --return --count-only --comm dd "$pipe_read"
sleep_in_pipe
wake
stop
check '--maxactive: so many are followed at a time' is /tmp/over unreturned -eq $((sleepers - 5))
check_output '"backend":"tracefs"' '--maxactive: by tracefs' lines /tmp/over site
check_status 2 '--maxactive: no other back end' kvet trace --maxactive 5 --return --backend pmu vfs_read
check_status 2 '--maxactive: of returns' kvet trace --maxactive 5 vfs_read

# A process that goes on to sleep elsewhere is not inside; one that is killed there has not returned.
start /tmp/killed --return --count-only --comm dd "$pipe_read"
sleep_in_pipe
# shellcheck disable=SC2086 # a list
kill -KILL $readers
# shellcheck disable=SC2086
wait $readers 2>/dev/null
stop
check 'killed: entered = returned + inside + unreturned + unplaced' account /tmp/killed
check 'killed: none is inside' is /tmp/killed inside -eq 0
check 'killed: nothing is left open' is /tmp/killed unplaced -eq 0
kill "$writer"
wait "$writer" 2>/dev/null

# The filters are those of hits: others' calls are none.
start /tmp/others --return --count-only --comm nobody_has_this "$pipe_read"
sleep_in_pipe
wake
stop
check 'a filter: the calls of others are not counted' account /tmp/others
check 'a filter: none has entered' is /tmp/others entered -eq 0

# ---- more threads than those whose entry stays in the kernel's map: TRACE_LASTING_MOST

cat >/tmp/threads <<'END'
for _ in $(seq 1100); do
	(: </dev/null)
done
END
trace_status=0
kvet trace -j --return --count-only security_file_open vfs_open do_dentry_open filp_close -- sh /tmp/threads \
	>/tmp/many 2>/tmp/many.err || trace_status=$?
check 'many threads: the trace is complete' status_is 0
check 'many threads: each has entered each function' is /tmp/many entered -ge 4400
check 'many threads: each call was seen to return' is /tmp/many entered -eq "$(sum /tmp/many site returned)"
check 'many threads: and is a hit that counts' is /tmp/many hits -eq "$(sum /tmp/many site counted)"

# ---- whether something was lost is a question of its own

# The readers are processes of the command, whose end ends the trace with a status of its own.
cat >/tmp/readers <<END
sleep 1000 >/tmp/pipe &
writer=\$!
readers=
for _ in $(seq -s ' ' $sleepers); do
	dd if=/tmp/pipe of=/dev/null bs=1 count=1 2>/dev/null &
	readers="\$readers \$!"
done
for reader in \$readers; do
	until grep -q pipe /proc/\$reader/stack; do sleep 0.05; done
done
kill \$writer
wait
END
trace_status=0
kvet trace -j --return --count-only --comm dd --fail-on-loss "$pipe_read" -- sh /tmp/readers \
	>/tmp/loss 2>/tmp/loss.err || trace_status=$?
check '--fail-on-loss: each reader has entered' is /tmp/loss entered -eq $sleepers
unreturned=$(sum /tmp/loss site unreturned)
missed=$(lines /tmp/loss summary | json_value missed)
printf '# unreturned %s, missed %s\n' "$unreturned" "$missed"
if [ "$unreturned" -gt 0 ] || [ "$missed" = null ]; then
	check '--fail-on-loss: what was not seen to return, or is not told, is status 3' status_is 3
else
	check '--fail-on-loss: nothing was lost' status_is 0
fi
[ "$missed" != null ] ||
	check_output 'does not tell how often' '--fail-on-loss: says what is not known' cat /tmp/loss.err

# ---- calls in each other: each has its own duration, an outer one the longest

# Over the loopback interface an answer is sent while the question is: on some kernels in the same
# thread, on another stack. Where ksoftirqd has been woken it is that thread which answers: so no
# filter by name, and the interface's own counter says how many there were.
ifconfig lo up
sent() {
	awk '$1 == "lo:" { print $11 }' /proc/net/dev
}
durations() {
	lines /tmp/nested event | sed 's/.*"boot_ns":"\([0-9]*\)".*"tid":\([0-9]*\).*"duration_ns":\([0-9a-z]*\).*/\1 \2 \3/' |
		awk '$3 == "null" { print "no duration: " $0; bad = 1; next }
			{ began = $1 - $3
			  for (i = 1; i <= n; i++)
				if (tid[i] == $2 && start[i] > began && end[i] > began) around++
			  tid[++n] = $2; start[n] = began; end[n] = $1 }
			END { print n " calls, " around + 0 " times one around another"; exit bad || !n }'
}
for backend in pmu $multi $(by_fentry); do
	start /tmp/nested --backend "$backend" --return __dev_queue_xmit
	before=$(sent)
	for _ in 1 2 3 4 5; do ping -c 1 -w 60 127.0.0.1 >/dev/null; done
	packets=$(($(sent) - before))
	stop
	account /tmp/nested | sed 's/^/# /'
	durations | sed 's/^/# /'
	check "$backend, in each other: ten calls, five questions and answers" is /tmp/nested entered -eq $packets
	check "$backend, in each other: the interface sent them" test "$packets" -ge 10
	check "$backend, in each other: all are accounted for" account /tmp/nested
	check "$backend, in each other: nothing is left open" is /tmp/nested unplaced -eq 0
	check "$backend, in each other: each that is seen has its own duration" durations
done

plan
