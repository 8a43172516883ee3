#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What a trace holds of descriptors, programs and links while it runs, and what is left when it has
# ended: its own, by their ids. Needs bpftool and setpriv.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh
# shellcheck source=tests/vm/lib/trace.sh
. tests/vm/lib/trace.sh

[ -e /sys/kernel/tracing/kprobe_events ] || mount -t tracefs none /sys/kernel/tracing
multi=''
kvet trace -q --backend multi -c --duration 1ms vfs_read && multi=multi

# descriptors: of the trace that runs: those of its probes, and others.
descriptors() {
	# shellcheck disable=SC2012 # the names are numbers, and readlink would be a process for each
	ls -l /proc/"$pid"/fd | sed -n 's/.* -> //p' >/tmp/fds
	probes=$(grep -cE 'perf_event|bpf.link' /tmp/fds)
	others=$(grep -cvE 'perf_event|bpf.link' /tmp/fds)
}

armed() {
	sed -n 's/^kvet: tracing \([0-9]*\) of .*/\1/p' "$file.err"
}

# ids: "prog 7" of each object of BPF that belongs to the trace that runs. Before there were links,
# a program that only its event holds is in no list of the process: it has its name.
ids() {
	{
		sed -n 's/^\(prog\|link\|map\)_id:[[:space:]]*\([0-9]*\)$/\1 \2/p' /proc/"$pid"/fdinfo/*
		/usr/sbin/bpftool prog show | sed -n 's/^\([0-9]*\): kprobe  *name kvet_.*/prog \1/p'
	} | sort -u
}

# gone FILE: nobody has any of them any more. The kernel may let go of the last a moment later.
gone() {
	[ -s "$1" ] || return
	tries=0
	while all_ids | grep -xF -f "$1"; do
		tries=$((tries + 1))
		[ "$tries" -lt 100 ] || return
		sleep 0.1
	done
}

all_ids() {
	for kind in prog link map; do
		/usr/sbin/bpftool $kind show | sed -n "s/^\([0-9]*\): .*/$kind \1/p"
	done
}

# By name: for a glob, kvet reads the kernel's lists of functions, which takes longer than all the rest.
many='vfs_read vfs_write vfs_open vfs_fsync vfs_mkdir vfs_rmdir vfs_mknod vfs_symlink vfs_unlink vfs_rename
	vfs_link vfs_llseek'

# held NAME PROBES_A_SITE LINKS KVET_ARGUMENT...: traces few sites and many; of each the descriptors
# are those that its probes take (LINKS, if they share them), the others the same.
held() {
	name=$1 each=$2 shared=$3
	shift 3
	before=''
	for sites in 'vfs_read vfs_write' "$many"; do
		# shellcheck disable=SC2086 # a list
		start /tmp/held -c "$@" $sites
		descriptors
		ids >/tmp/ids
		all_ids | grep -xF -f /tmp/ids >/tmp/listed
		wanted=${shared:-$(($(armed) * each))}
		check "$name, $(armed) sites: $wanted descriptors of probes" test "$probes" -eq "$wanted"
		[ -z "$before" ] || check "$name: as many others as of few" test "$others" -eq "$before"
		before=$others
		check "$name: its programs are known" grep -q prog /tmp/ids
		stop
		check "$name: and bpftool lists them" test "$(wc -l </tmp/listed)" -eq "$(wc -l </tmp/ids)"
		check "$name: nothing that was its own is left" gone /tmp/ids
	done
}
for backend in pmu tracefs; do
	held $backend 1 '' --backend $backend
	held "$backend --return" 2 '' --backend $backend --return
done
if [ -n "$multi" ]; then
	held multi 0 1 --backend multi
	held 'multi --return' 0 2 --backend multi --return
fi

# ---- at its end: while it waits to say what it has counted

mkfifo /tmp/full
# shellcheck disable=SC2217 # it holds it open
sleep 1000 </tmp/full &
holder=$!
dd if=/dev/zero bs=4096 count=15 of=/tmp/full 2>/dev/null
# shellcheck disable=SC2086 # a list
kvet trace -j -c --backend pmu $many >/tmp/full 2>/tmp/full.err &
pid=$!
until grep -q '^kvet: tracing' /tmp/full.err; do sleep 0.1; done
descriptors
before=$others
check 'at work: there are probes' test "$probes" -gt 10
kill -TERM "$pid"
until grep -q pipe_write /proc/"$pid"/stack; do sleep 0.1; done
descriptors
check 'at its end: no probe has a descriptor' test "$probes" -eq 0
check 'at its end: and nothing else has one more' test "$others" -le "$before"
cat /tmp/full >/dev/null &
reader=$!
wait "$pid"
kill "$holder"
wait "$holder" "$reader" 2>/dev/null

# ---- the limit: 100 returns fit into 300; what does not fit is said before a probe is armed

big_grep -E ' [tT] (tcp|udp|inet|sock|ip|ipv4|ipv6|raw|arp|icmp|fib|rt)_[a-z_]+$' $kallsyms | cut -d ' ' -f 3 |
	sort | uniq -u | head -n 200 >/tmp/names
kvet trace --plan --partial-ok --format jsonl --return --file /tmp/names 2>/dev/null |
	grep '"attachable":"yes"' | json_value symbol | head -n 100 >/tmp/100
check 'there are 100 functions' test "$(wc -l </tmp/100)" -eq 100

limited() {
	limit=$1
	shift
	# shellcheck disable=SC3045 # busybox has them
	# 5.10 would charge the memory to another limit.
	( ulimit -l unlimited; ulimit -n "$limit"; without_capabilities sys_resource kvet trace "$@" )
}
check_output '100 sites through pmu require [0-9]+ file descriptors, and only [0-9]+ are left; RLIMIT_NOFILE is 128, at most 128' \
	'100 returns, 128 descriptors: the limit is named' \
	limited 128 -c --return --backend pmu --duration 1ms --file /tmp/100
check '100 returns, 128 descriptors: status 3' test "$status" -eq 3
check_output 'try: ulimit -n' '100 returns, 128 descriptors: and what to do' \
	limited 128 -c --return --backend tracefs --duration 1ms --file /tmp/100
check_status 0 '100 returns, 300 descriptors' limited 300 -c --return --duration 1ms --file /tmp/100
check_status 0 'a lower limit, which kvet may raise: it does' \
	eval 'ulimit -Sn 32; kvet trace -c --backend pmu --duration 1ms vfs_[s-w]*'
check_status 3 'no descriptors at all' limited 12 -c --duration 1ms vfs_read
check_also 'EMFILE.*RLIMIT_NOFILE is 12' 'no descriptors at all: the limit is named'

plan
