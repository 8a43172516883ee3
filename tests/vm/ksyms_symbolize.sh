#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Logs of this kernel, completed: against what the kernel itself prints for its addresses.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh

for needed in /bin/symbols /modules/dummy.ko /modules/fat.ko; do
	[ -e $needed ] || {
		echo "Bail out! the guest has no $needed: scripts/vm-suite puts it there"
		exit 1
	}
done
insmod /modules/dummy.ko
insmod /modules/fat.ko
# BPF programs are symbols too, while somebody has them.
kvet trace --duration 600s vfs_read >/dev/null 2>&1 &
tracer=$!
until grep -qF '[bpf]' /proc/kallsyms || ! kill -0 $tracer; do sleep 0.1; done

# As many as take some seconds; all of them if someone has the time: 1.
every=${EVERY:-8}
oracle() {
	symbols print "$every" >/tmp/printed || return
	kvet ksyms lookup --symbolize --file /tmp/printed >/tmp/completed
	symbols check </tmp/completed
}
check "%pS and %pB of its symbols: no frame is bare, and no number has a name that is not the kernel's" oracle
printf '%s\n' "$output" | tail -n 1 | sed 's/^/# /'

# What the kernel and its tools write for people.
echo 1 >/proc/sys/kernel/sysrq
for trigger in l w m q t; do echo $trigger >/proc/sysrq-trigger; done
dmesg >/tmp/log
cat /proc/[0-9]*/stack >>/tmp/log

frames() {
	big_grep -c '+0x[0-9a-f]*/0x[0-9a-f]*'
}
bare() {
	sed 's/\(+0x[0-9a-f]*\/0x[0-9a-f]*\) <0x[0-9a-f, x]*>/done/g' | big_grep '+0x[0-9a-f]*/0x[0-9a-f]*'
}
log_completed() {
	kvet ksyms lookup --symbolize --file /tmp/log >/tmp/completed
	echo "$(frames </tmp/log) frames"
	[ "$(frames </tmp/log)" -gt 100 ] && ! bare </tmp/completed
}
check 'backtraces of all tasks and processors, and stacks in /proc: no frame is bare' log_completed

# The addresses of the file, as System.map and vmlinux have them: those of the log are elsewhere, and
# per-CPU variables stand at 0 and up.
text=$(big_grep ' _text$' /proc/kallsyms | cut -d ' ' -f 1)
moved=$((0x$text - 0xffffffff81000000))
offset=$(printf '%x' "$moved")
symbols file >/tmp/System.map
# Of modules and BPF it has nothing.
of_core() {
	sed 's/ \[[a-z].*//' | grep -v bpf_ | sort -u
}
with_offset() {
	big_grep -h '+0x[0-9a-f]*/0x[0-9a-f]*$' /tmp/log | of_core >/tmp/core.log
	kvet ksyms lookup --symbolize --file /tmp/core.log >/tmp/wanted
	kvet ksyms lookup --symbolize --kallsyms /tmp/System.map --offset "$offset" \
		--file /tmp/core.log >/tmp/found
	echo "$(wc -l </tmp/core.log) frames, moved by $moved"
	[ -s /tmp/core.log ] && cmp /tmp/wanted /tmp/found
}
check 'a table of file addresses and --offset: as the running kernel has it' with_offset
from_log() {
	{
		cat /tmp/core.log
		printf 'Kernel Offset: 0x%x from 0xffffffff81000000 (relocation range: 0x0-0x0)\n' "$moved"
	} >/tmp/panic.log
	kvet ksyms lookup --symbolize --kallsyms /tmp/System.map --file /tmp/panic.log | sed '$d' >/tmp/found
	cmp /tmp/wanted /tmp/found
}
check 'the log says itself how far its kernel was moved' from_log

# Numbers of registers, flags and counters have none of a name.
numbers() {
	kvet ksyms lookup --symbolize --kallsyms /tmp/System.map --offset "$offset" \
		--file /tmp/log | big_grep -o '[0-9a-f]* <[^<>]*+0x[0-9a-f]*/0x[0-9a-f]*>' >/tmp/named
	awk '{ print substr($1, length($1) - 15, 8) }' /tmp/named | sort | uniq -c
	! grep -v '^ffffffff' /tmp/named
}
check 'numbers that are no addresses stay numbers' numbers

kill $tracer
wait $tracer 2>/dev/null
rmmod dummy
rmmod fat
plan
