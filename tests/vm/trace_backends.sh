#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Each way into the kernel: what it arms, what it counts, that nothing stays.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh
# shellcheck source=tests/vm/lib/trace.sh
. tests/vm/lib/trace.sh

events=/sys/kernel/tracing/kprobe_events
[ -e "$events" ] || mount -t tracefs none /sys/kernel/tracing
sort /sys/kernel/debug/kprobes/list >/tmp/list.before
sort /sys/kernel/tracing/enabled_functions >/tmp/functions.before

nothing_left() {
	sort /sys/kernel/debug/kprobes/list | diff /tmp/list.before - &&
		sort /sys/kernel/tracing/enabled_functions | diff /tmp/functions.before - &&
		! grep kvet_ "$events"
}

# The kernel has no answer to this but to try.
multi=no
kvet trace -q --backend multi --count-only --duration 1ms vfs_read && multi=yes
printf '# kprobe_multi: %s\n' "$multi"
fentry=yes
case $(uname -r) in 5.10.*) fentry=no ;; esac

for backend in pmu tracefs multi fentry; do
	[ $backend != multi ] || [ $multi = yes ] || continue
	[ $backend != fentry ] || [ $fentry = yes ] || continue
	traced /tmp/hits 'cat /proc/version' --backend $backend --count 3 --duration 60s do_sys_openat2
	check "$backend: fires" status_is 0
	check "$backend: three events" test "$(lines /tmp/hits event | wc -l)" -eq 3
	check "$backend: every hit is accounted for" all_counted /tmp/hits
	check_output "^$backend\$" "$backend: is the one that was used" \
		eval 'lines /tmp/hits site | json_value backend'
	traced /tmp/hits 'cat /proc/version' --backend $backend --return --count 3 --duration 60s do_sys_openat2
	check "$backend: returns fire" status_is 0
	check "$backend: and but for the first have a duration" \
		test "$(lines /tmp/hits event | sed 1d | json_value duration_ns | grep -c '^[1-9]')" -eq 2
	traced_once /tmp/hits 'dd if=/dev/zero of=/dev/null bs=1 count=5000' --backend $backend vfs_read
	check "$backend: a hot function: every hit is accounted for" all_counted /tmp/hits
	check "$backend: nothing stays" nothing_left
	for returns in '' --return; do
		# shellcheck disable=SC2086 # one option or none
		check_output "^$backend\$" "$backend: --plan $returns names it" \
			eval "kvet trace --plan --format jsonl --backend $backend $returns do_sys_openat2 |
				json_value backend"
	done
	check "$backend: --plan leaves nothing" nothing_left
done
check_output '^tracefs$' '--maxactive: --plan knows that it takes tracefs' eval \
	'kvet trace --plan --format jsonl --return --maxactive 20 do_sys_openat2 | json_value backend'
check_output '^pmu$' '--plan: one site goes by the PMU' eval \
	'kvet trace --plan --format jsonl do_sys_openat2 | json_value backend'

if [ $multi = yes ]; then
	check_status 1 'multi: an offset is not for it' kvet trace --backend multi --duration 1ms \
		"vfs_read+$(kvet trace --offsets --range 8-0x18 --format jsonl vfs_read 2>/dev/null |
			grep '"record":"site"' | json_value offset | tail -n 1)"
	check_output 'is not where a function calls ftrace' 'multi: and says so' \
		kvet trace --backend multi --duration 1ms exc_int3
	check_status 1 'multi: and --plan is a no too' kvet trace --plan --backend multi exc_int3
	check_also 'is not where a function calls ftrace' 'multi: in the same words'
else
	check_status 3 'multi: not on this kernel' kvet trace --backend multi --duration 1ms vfs_read
	check_also 'this kernel does not support kprobe_multi links' 'multi: and says so'
	check_status 3 'multi: nor is --plan a yes' kvet trace --plan --backend multi vfs_read
	check_also 'this kernel does not support kprobe_multi links' 'multi: and says the same'
fi

# ---- trampolines: not where they would harm, or are another function's

# refuses_fentry WORDS SPEC...
refuses_fentry() {
	words=$1
	shift
	check_status 1 "fentry: not for $*" kvet trace --return --backend fentry --duration 1ms "$@"
	check_also "$words" 'fentry: and says so'
}
refuses_fentry 'what a BPF trampoline calls itself' "$(grep -q ' __rcu_read_lock$' /proc/kallsyms &&
	echo __rcu_read_lock || echo bpf_get_current_pid_tgid)"
refuses_fentry 'no other symbol' --nth 1 c_start
refuses_fentry 'does not return' do_group_exit
refuses_fentry 'requires BTF of the function|is not traceable' exc_int3
if [ $fentry = yes ]; then
	# Each program of another kvet looks into a hash: that runs the probe. So does the probe's own
	# program, which the kernel does not run in itself.
	start /tmp/other --return -c vfs_read
	other=$pid
	traced_once /tmp/missed 'dd if=/dev/zero of=/dev/null bs=1 count=500' -c --backend fentry --return \
		__htab_map_lookup_elem
	check 'fentry: what its own program calls is missed, and counted so' \
		test "$(lines /tmp/missed summary | json_value missed)" -gt 0
	check 'fentry: what others call is not' test "$(sum /tmp/missed site hits)" -ge 500
	check 'fentry: every hit is accounted for' all_counted /tmp/missed
	pid=$other
	stop
else
	refuses_fentry 'before 5.12' vfs_read
fi

# ---- many: whatever is the best here

# A kprobe on a function's entry has the kernel look through all its functions, at the start and at
# the end: a hundred of them are a minute of a guest. What kvet needs for more is the same for each,
# and trace_descriptors.sh counts it.
traced_once /tmp/many 'cat /proc/version' --count-only 'vfs_*' 'ksys_*'
many=$(lines /tmp/many site | grep -c '"attached":true')
printf '# %s sites\n' "$many"
check 'many sites: armed' test "$many" -ge 50
check 'many sites: every hit is accounted for' all_counted /tmp/many
check 'many sites: nothing stays' nothing_left
used=$(lines /tmp/many site | grep '"attached":true' | json_value backend | sort -u | tr '\n' ' ')
printf '# by %s\n' "$used"
[ $multi = no ] || check_output multi 'many sites: one link where there is one' echo "$used"
ways() {
	grep -F "$1" | columns address backend
}
# Fewer, but many: each of them is asked about where there is no link.
kvet trace --plan --format jsonl 'vfs_*' >/tmp/planned 2>/tmp/planned.err
lines /tmp/many site | grep -F '"spec":"vfs_*"' | ways '"attached":true' >/tmp/taken
lines /tmp/planned site | ways '"attachable":"yes"' >/tmp/told
check 'many sites: --plan says of each which way it would go' cmp /tmp/taken /tmp/told
check 'many sites: and they are many' test "$(wc -l </tmp/told)" -ge 32
check 'many sites: --plan leaves nothing' nothing_left
# Where each has to be asked about, the kernel's lists answer for most of them, and as the kernel would.
if [ $multi = no ]; then
	kvet trace --plan --format jsonl '[i-l]*' >/tmp/planned 2>/tmp/planned.err
	big_grep '"attachable":"yes"' /tmp/planned >/tmp/all
	big_grep 'the kernel was not asked' /tmp/all >/tmp/unasked
	unasked=$(wc -l </tmp/unasked)
	check 'thousands of sites: the lists answer for nearly all' test "$unasked" -gt 2000
	check 'thousands of sites: the kernel is asked until it has accepted 64' \
		test $(($(wc -l </tmp/all) - unasked)) -ge 64
	check_output "$unasked of $(big_grep -c '"record":"site"' /tmp/planned) sites are attachable by" \
		'thousands of sites: --plan says how many were not asked about' cat /tmp/planned.err
	# shellcheck disable=SC2046 # words
	check 'thousands of sites: asked after all, the kernel says the same' kvet trace --plan -q \
		$(awk 'NR % 201 == 0' /tmp/unasked | json_value symbol | sort -u)
fi

# ---- what the kernel passes over: a function that BPF programs call, while one of them runs

kvet trace -c vfs_read >/dev/null 2>/tmp/other.err &
other=$!
until grep -q '^kvet: tracing' /tmp/other.err; do sleep 0.1; done
inside=bpf_get_current_pid_tgid
if kvet trace -q -c --duration 1ms "$inside"; then
	traced_once /tmp/missed 'dd if=/dev/zero of=/dev/null bs=1 count=2000' -c "$inside"
	missed=$(lines /tmp/missed summary | json_value missed)
	printf '# %s: %s hits, missed %s\n' "$inside" "$(sum /tmp/missed site hits)" "$missed"
	[ "$missed" = null ] || check 'missed: what another BPF program calls is not run, and counted so' \
		test "$missed" -gt 0
fi
kill -TERM "$other"
wait "$other" 2>/dev/null

# ---- what kvet leaves when it is killed, and what it does not

check_status 0 '--cleanup: nothing to do is no failure' kvet trace --cleanup
kvet trace -j --backend tracefs do_sys_openat2 vfs_read >/tmp/killed 2>/tmp/killed.err &
killed=$!
kvet trace -j --backend tracefs vfs_write >/tmp/living 2>/tmp/living.err &
living=$!
echo 'p:others/event vfs_open' >>"$events"
until grep -q '^kvet: tracing' /tmp/killed.err && grep -q '^kvet: tracing' /tmp/living.err; do sleep 0.1; done
kill -KILL "$killed"
wait "$killed" 2>/dev/null
check 'kill -9: the events stay' test "$(grep -c "kvet_${killed}_" "$events")" -eq 2
kvet trace --cleanup --format jsonl >/tmp/cleanup 2>/tmp/cleanup.err
check_output "\"pid\":$killed,\"alive\":false,\"events\":2,\"removed\":true" '--cleanup: removes them' \
	grep "\"pid\":$killed," /tmp/cleanup
check_output "\"alive\":true,\"events\":1,\"removed\":false" '--cleanup: leaves those of a kvet that runs' \
	grep "\"pid\":$living," /tmp/cleanup
check_output '2 events removed' '--cleanup: says how many' cat /tmp/cleanup.err
check '--cleanup: they are gone' test "$(grep -c "kvet_${killed}_" "$events")" -eq 0
check '--cleanup: the others are not' test "$(grep -c "kvet_${living}_\|others/" "$events")" -eq 2
kill -TERM "$living"
wait "$living" 2>/dev/null
echo '-:others/event' >>"$events"
check 'SIGTERM: nothing stays' nothing_left

# ---- and of another PID namespace, where its number is another process's, or nobody's

of_group() {
	sed -n 's,^[pr][0-9]*:\(kvet_[^/]*\)/.*,\1,p' "$events" | sort -u
}
armed_inside() {
	until grep -q '^kvet: tracing' /tmp/inside.err; do sleep 0.1; done
}
: >/tmp/inside.err
unshare -p -f -m --mount-proc kvet trace -j --backend tracefs vfs_read >/tmp/inside 2>/tmp/inside.err &
armed_inside
group=$(of_group)
kvet trace --cleanup --format jsonl >/tmp/cleanup 2>&1
check_output "\"group\":\"$group\".*\"alive\":true" '--cleanup: a kvet of a PID namespace below lives' \
	cat /tmp/cleanup
unshare -p -f -m --mount-proc kvet trace --cleanup --format jsonl >/tmp/cleanup 2>&1
check_output "\"group\":\"$group\".*\"alive\":true" '--cleanup: nor does one beside it take it for dead' \
	cat /tmp/cleanup
check 'its events are there' test "$(of_group)" = "$group"
inside_pid() {
	for status in /proc/[0-9]*/status; do
		awk '/^Name:\tkvet$/ { name = 1 } /^NSpid:/ && NF == 3 && name { print $2 }' "$status" 2>/dev/null
	done
}
kill -KILL "$(inside_pid)"
wait
check 'kill -9: the events stay' test "$(of_group)" = "$group"

# ---- the next kvet that traces removes what it finds

kvet trace -q -c --duration 1ms vfs_write 2>/dev/null
kvet trace -c --duration 1ms vfs_write >/dev/null 2>/tmp/next.err
check 'the next kvet has removed them' nothing_left
check_status 1 'and there was nothing left for the one after it' grep 'events removed' /tmp/next.err

plan
