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
name=$(awk '{ print $3 }' /tmp/kallsyms | sort | uniq -c | sort -rn | awk 'NR == 1 { print $2 }')
address=$(awk '{ print $1 }' /tmp/kallsyms | sort | uniq -c | sort -rn |
	awk '$2 !~ /^0+$/ { print $2; exit }')

by_name() {
	awk -v name="$name" '$3 == name { print "0x" $1 }' /tmp/kallsyms |
		sed 's/0x0*\([0-9a-f]\)/0x\1/' >/tmp/wanted
	kvet ksyms lookup --format jsonl "$name" | json_value address >/tmp/found
	echo "$name: $(wc -l </tmp/wanted) rows"
	[ -s /tmp/wanted ] && same /tmp/wanted /tmp/found
}
check 'a name: every address that /proc/kallsyms has' by_name
by_address() {
	awk -v address="$address" '$1 == address { print $3 }' /tmp/kallsyms >/tmp/wanted
	kvet ksyms lookup --format jsonl "0x$address" | json_value name >/tmp/found
	echo "$address: $(wc -l </tmp/wanted) names"
	[ "$(wc -l </tmp/wanted)" -gt 1 ] && same /tmp/wanted /tmp/found
}
check 'an address: every name that /proc/kallsyms has' by_address

inside() {
	start=$(awk '$3 == "vfs_read" { print $1 }' /tmp/kallsyms)
	kvet ksyms lookup --format jsonl "$(printf '%x' $((0x$start + 7)))" | grep '"name":"vfs_read"' |
		json_value offset
}
check_output '^7$' 'an address inside a function: the function and the offset' inside
check_status 1 'no match: no' kvet ksyms lookup no_such_symbol
check_status 3 'nobody: hidden, not absent' as_nobody kvet ksyms lookup vfs_read
check_output 'kernel.kptr_restrict=.*kernel.perf_event_paranoid=.*CAP_SYSLOG missing' \
	'nobody: the cause names all three' as_nobody kvet ksyms lookup vfs_read

restrict=$(cat /proc/sys/kernel/kptr_restrict)
echo 2 >/proc/sys/kernel/kptr_restrict
check_status 3 'kptr_restrict=2: hidden from root too' kvet ksyms lookup vfs_read
check_output 'kptr_restrict=2' 'kptr_restrict=2: says so' kvet ksyms lookup vfs_read
echo "$restrict" >/proc/sys/kernel/kptr_restrict

plan
