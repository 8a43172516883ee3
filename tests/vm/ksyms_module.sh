#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The table changes while the kernel runs: modules are loaded and removed between two lookups.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh

if [ ! -e /modules/fat.ko ] || [ ! -e /modules/dummy.ko ]; then
	echo 'Bail out! the guest has no modules: scripts/vm fetch'
	exit 1
fi

# rows NAME MODULE: the addresses of /proc/kallsyms, as kvet writes them.
rows() {
	grep -F " $1" /proc/kallsyms | awk -v name="$1" -v module="[$2]" '
		$3 == name && (module == "[*]" || $4 == module) {
			sub(/^0*/, "", $1); print "0x" $1 }' | sort
}

addresses() {
	kvet ksyms lookup --format jsonl "$@" | json_value address | sort
}

check_status 1 'a symbol of a module that is not loaded: no' \
	kvet ksyms lookup dummy:dummy_xmit
check_also "no symbol belongs to module 'dummy': it is not loaded" 'and the reason'
check_status 1 'nor by its name alone' kvet ksyms lookup dummy_xmit

check 'dummy is loaded' insmod /modules/dummy.ko
found() {
	rows dummy_xmit dummy >/tmp/wanted
	addresses dummy:dummy_xmit >/tmp/found
	[ "$(wc -l </tmp/wanted)" = 1 ] && diff /tmp/wanted /tmp/found
}
check 'then its symbol is where /proc/kallsyms has it' found
module() {
	kvet ksyms lookup --format jsonl dummy_xmit | json_value module
}
check_output '^dummy$' 'with its module' module
# To the next address of the same module, and not beyond it.
extent() {
	grep -F '[dummy]' /proc/kallsyms | awk '$4 == "[dummy]" { print $1, $3 }' | sort >/tmp/rows
	address=$(awk '$2 == "dummy_xmit" { print $1 }' /tmp/rows)
	next=$(awk -v at="$address" '$1 > at { print $1; exit }' /tmp/rows)
	extent=$(kvet ksyms lookup --format jsonl dummy:dummy_xmit | json_value extent)
	echo "$address, next $next, extent $extent"
	[ "$extent" = $((0x$next - 0x$address)) ]
}
check 'its extent is the way to the next symbol of the module' extent
inside() {
	address=$(grep -F ' dummy_xmit' /proc/kallsyms | awk '$3 == "dummy_xmit" { print $1 }')
	kvet ksyms lookup --format jsonl "$(printf '%x' $((0x$address + 5)))" |
		grep '"name":"dummy_xmit"' | json_value offset
}
check_output '^5$' 'an address inside it' inside
traced() {
	extent=$(kvet ksyms lookup --format jsonl dummy:dummy_xmit | json_value extent)
	printf ' ? dummy_xmit+0x5/0x%x [dummy]\n' "$extent" | kvet ksyms lookup --symbolize
}
check_output '^ [?] dummy_xmit[+]0x5/0x[0-9a-f]* <0xf[0-9a-f]*> \[dummy\]' 'a line of a stack trace' traced
attachable() {
	kvet ksyms lookup --attachable --format jsonl dummy:dummy_xmit | json_value attachable
}
check_output '^yes$' 'a kprobe can go there' attachable

# Names that the kernel proper has, too.
check 'fat is loaded' insmod /modules/fat.ko
both() {
	rows init_once '*' >/tmp/wanted
	rows init_once fat >/tmp/in_fat
	addresses init_once >/tmp/found
	addresses fat:init_once >/tmp/found_in_fat
	echo "$(wc -l </tmp/wanted) in all, $(wc -l </tmp/in_fat) in fat"
	[ -s /tmp/in_fat ] && [ "$(wc -l </tmp/wanted)" -gt "$(wc -l </tmp/in_fat)" ] &&
		diff /tmp/wanted /tmp/found && diff /tmp/in_fat /tmp/found_in_fat
}
check 'a name of the kernel and of a module: all, and those of the module' both
vmlinux_only() {
	grep -F ' init_once' /proc/kallsyms |
		awk '$3 == "init_once" && NF == 3 { sub(/^0*/, "", $1); print "0x" $1 }' |
		sort >/tmp/wanted
	addresses vmlinux:init_once >/tmp/found
	[ -s /tmp/wanted ] && diff /tmp/wanted /tmp/found
}
check 'and those of the kernel proper' vmlinux_only

# Every row of both modules, found again.
every_row() {
	for module in dummy fat; do
		grep -F "[$module]" /proc/kallsyms | awk -v module="[$module]" '$4 == module { print $3 }' |
			sort >/tmp/wanted
		kvet ksyms lookup --module "$module" --prefix-symbols --format jsonl '*' |
			grep '"name"' | json_value name | sort >/tmp/found
		echo "$module: $(wc -l </tmp/wanted) rows"
		[ -s /tmp/wanted ] && diff /tmp/wanted /tmp/found || return
	done
}
check 'every symbol of a module' every_row

rows_from() {
	kvet ksyms lookup --source "$1" --prefix-symbols '*' | big_grep -v -e ' bpf$' -e '^QUERY'
}
both_sources() {
	rows_from text >/tmp/text
	rows_from iter >/tmp/iter 2>/tmp/why
	cat /tmp/why
	big_grep -q ' dummy$' /tmp/text && big_grep -q ' fat$' /tmp/text || return
	[ -s /tmp/iter ] || {
		grep -q 'no BPF iterator over ksyms' /tmp/why
		return
	}
	echo "$(wc -l </tmp/text) rows" && cmp /tmp/text /tmp/iter
}
check 'the iterator has the rows of the text, or this kernel has none' both_sources

counts() {
	grep -vF '[bpf]' /proc/kallsyms >/tmp/table
	# Marks of assemblers stand at no address.
	big_awk 'NF == 4 && $3 ~ /^([$]|[.]L)/ { next } { n[$3]++; a[$1]++ } END {
		for (s in n) if (n[s] > 1) { names++; rows += n[s] }
		for (s in a) if (a[s] > 1) { addresses++; at += a[s] }
		print names; print rows; print addresses; print at }' /tmp/table >/tmp/wanted
	kvet ksyms duplicates --prefix-symbols --format jsonl --kallsyms /tmp/table |
		grep '"record":"summary"' >/tmp/summary
	for key in names names_symbols addresses addresses_symbols; do
		json_value "$key" </tmp/summary
	done >/tmp/found
	tr '\n' ' ' </tmp/wanted
	diff /tmp/wanted /tmp/found
}
check 'duplicates: as many as awk counts' counts

# The module's own file has what the kernel loaded of it, with true sizes.
own_file() {
	kvet ksyms lookup --kallsyms /modules/dummy.ko --format jsonl dummy_xmit >/tmp/record
	cat /tmp/record
	[ "$(json_value size </tmp/record)" -gt 0 ]
}
check 'the file of the module: with its true size' own_file

for module in dummy fat; do
	check_status 0 "$module: the loaded one and its file are the same" \
		kvet ksyms diff --module "$module" "/modules/$module.ko"
done

cp /proc/kallsyms /tmp/before
check 'dummy is removed' rmmod dummy
check_status 1 'then its symbol is gone' kvet ksyms lookup dummy:dummy_xmit
check_also "no symbol belongs to module 'dummy': it is not loaded" 'and why'
gone() {
	kvet ksyms diff --module dummy /tmp/before >/tmp/difference
	[ $? -eq 1 ] && grep dummy_xmit /tmp/difference
}
check_output 'dummy_xmit' 'diff with the table of before names it' gone
check 'fat is removed' rmmod fat

plan
