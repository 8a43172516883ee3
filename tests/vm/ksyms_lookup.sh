#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Every match in a real, large table.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh

same() {
	sort "$1" >/tmp/a && sort "$2" >/tmp/b && diff /tmp/a /tmp/b
}

# The kernel's most frequent name, and its most crowded address.
cat /proc/kallsyms >/tmp/kallsyms
big_awk '{ n[$3]++; a[$1]++ }
	END { for (s in n) if (n[s] > most) { most = n[s]; name = s }
		for (s in a) if (a[s] > crowd && s !~ /^0+$/) { crowd = a[s]; address = s }
		print name; print address }' /tmp/kallsyms >/tmp/most
name=$(sed -n 1p /tmp/most) address=$(sed -n 2p /tmp/most)

by_name() {
	grep -F " $name" /tmp/kallsyms | awk -v name="$name" '$3 == name { print "0x" $1 }' |
		sed 's/0x0*\([0-9a-f]\)/0x\1/' >/tmp/wanted
	kvet ksyms lookup --format jsonl "$name" | json_value address >/tmp/found
	echo "$name: $(wc -l </tmp/wanted) rows"
	[ -s /tmp/wanted ] && same /tmp/wanted /tmp/found
}
check 'a name: every address that /proc/kallsyms has' by_name
by_address() {
	grep -F "$address " /tmp/kallsyms | cut -d ' ' -f 3 >/tmp/wanted
	kvet ksyms lookup --format jsonl "0x$address" | json_value name >/tmp/found
	echo "$address: $(wc -l </tmp/wanted) names"
	[ "$(wc -l </tmp/wanted)" -gt 1 ] && same /tmp/wanted /tmp/found
}
check 'an address: every name that /proc/kallsyms has' by_address

inside() {
	start=$(big_grep ' vfs_read$' /tmp/kallsyms | cut -d ' ' -f 1)
	kvet ksyms lookup --format jsonl "$(printf '%x' $((0x$start + 7)))" | grep '"name":"vfs_read"' |
		json_value offset
}
check_output '^7$' 'an address inside a function: the function and the offset' inside
check_status 1 'no match: no' kvet ksyms lookup no_such_symbol
check_status 3 'nobody: hidden, not absent' as_nobody kvet ksyms lookup vfs_read
check_also 'kernel.kptr_restrict=.*kernel.perf_event_paranoid=.*CAP_SYSLOG missing' 'nobody: the cause names all three'

# ksyms_module.sh has the whole table: by both sources, and its duplicates.
grep -vF '[bpf]' /tmp/kallsyms >/tmp/table

# Programs are symbols of the pseudo-module bpf while they are loaded.
of_bpf() {
	kvet ksyms lookup --module bpf --format jsonl '*' 2>/dev/null | grep -c '"module":"bpf"'
}
comes_and_goes() {
	: >/tmp/tracer
	kvet trace vmlinux:vfs_read >/dev/null 2>/tmp/tracer &
	tracer=$!
	until grep -q '^kvet: tracing' /tmp/tracer || ! kill -0 "$tracer"; do sleep 0.1; done
	during=$(of_bpf)
	kill "$tracer"
	wait "$tracer"
	# The kernel lets go of programs a moment after the last descriptor.
	for _ in $(seq 60); do
		after=$(of_bpf)
		[ "$during" -le "$after" ] || break
		sleep 0.5
	done
	echo "during $during, after $after"
	[ "$during" -gt "$after" ]
}
check 'a module that comes and goes between two lookups' comes_and_goes

# A backtrace of every processor, as the kernel prints it.
trace_completed() {
	echo l >/proc/sysrq-trigger
	dmesg | kvet ksyms lookup --symbolize | grep '+0x[0-9a-f]*/0x[0-9a-f]* <0xf' | head -n 3
}
check_output '<0xffffffff' 'a stack trace out of dmesg is completed in one command' trace_completed

same_kernel() {
	kvet ksyms diff --module vmlinux /tmp/table
}
check_status 0 'a copy of the table is the running kernel' same_kernel

attachable() {
	kvet ksyms lookup --attachable --format jsonl "$1" | json_value attachable | head -n 1
}
check_output '^yes$' 'a kprobe can go to vfs_read' attachable vfs_read
check_output '^no$' 'none can go to data' attachable jiffies

restrict=$(cat /proc/sys/kernel/kptr_restrict)
echo 2 >/proc/sys/kernel/kptr_restrict
check_status 3 'kptr_restrict=2: hidden from root too' kvet ksyms lookup vfs_read
check_also 'kptr_restrict=2' 'kptr_restrict=2: says so'
echo "$restrict" >/proc/sys/kernel/kptr_restrict

plan
