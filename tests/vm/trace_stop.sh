#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# A signal while sites are armed one after another; and what a glob asks the kernel for.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh
# shellcheck source=tests/vm/lib/trace.sh
. tests/vm/lib/trace.sh

list=/sys/kernel/debug/kprobes/list
[ -e /sys/kernel/tracing/kprobe_events ] || mount -t tracefs none /sys/kernel/tracing

# stopped FILE ARGUMENT...: sends SIGTERM as soon as the first sites are armed.
stopped() {
	file=$1
	shift
	kvet trace -j -c "$@" >"$file" 2>"$file.err" &
	pid=$!
	until [ "$(wc -l <"$list")" -ge 3 ]; do
		kill -0 "$pid" 2>/dev/null || break
	done
	kill -TERM "$pid"
	trace_status=0
	wait "$pid" || trace_status=$?
}

for arguments in '--backend pmu' '--backend tracefs' '--backend pmu --return'; do
	# shellcheck disable=SC2086 # words
	stopped /tmp/stopped $arguments 'tcp_*'
	check "$arguments: ends by the signal" status_is 143
	check_output 'interrupted before every site was armed' "$arguments: gave up between two sites" \
		lines /tmp/stopped site
	check "$arguments: the summary is there" test "$(lines /tmp/stopped summary | wc -l)" -eq 1
	check "$arguments: nothing stays" test "$(wc -l <"$list")" -eq 0
done

# ---- what the kernel's lists rule out is not asked for, and the kernel has nothing to log

globs='ftrace_s* vfs_rea*'
dmesg -c >/dev/null
# shellcheck disable=SC2086 # words, which no file of the guest matches
kvet trace --plan --format jsonl $globs >/tmp/plan 2>/dev/null
check_output 'not traceable' 'globs of functions of which some are notrace' lines /tmp/plan site
check_also '"attachable":"yes"' 'and some are not'
# shellcheck disable=SC2086
kvet trace --backend pmu -c --duration 1ms $globs >/dev/null 2>&1
check_status 1 'the kernel has logged no refusal' eval 'dmesg | grep "Could not probe"'

# One judgement: what can be probed is the same to both.
answers() {
	columns address attachable | sort -u
}
lines /tmp/plan site | answers >/tmp/planned
# shellcheck disable=SC2086
kvet ksyms lookup --attachable --text --format jsonl $globs 2>/dev/null | grep -v '\.cold[."]' |
	grep '"record":"symbol"' | answers >/tmp/looked
check 'trace --plan and ksyms lookup --attachable agree' cmp /tmp/planned /tmp/looked
check 'of some functions' test -s /tmp/planned
check_status 1 'a no in the row is a no in the status' kvet ksyms lookup -q --attachable exc_int3
umount /sys/kernel/tracing 2>/dev/null
umount /sys/kernel/debug 2>/dev/null
check_status 0 'where the lists cannot be read, the kernel itself is asked' \
	kvet ksyms lookup -q --attachable vfs_read
check_status 1 'and says no' kvet ksyms lookup -q --attachable exc_int3

# The next file in this guest expects them.
mount -t debugfs none /sys/kernel/debug
mount -t tracefs none /sys/kernel/tracing 2>/dev/null

plan
