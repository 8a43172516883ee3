#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# A table of a program that runs long, while modules and BPF programs come and go: it tells that it
# is stale, and the new one is the one that is loaded whole.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh

for needed in /bin/lasting /modules/dummy.ko /modules/fat.ko; do
	[ -e "$needed" ] && continue
	echo "Bail out! the guest has no $needed: scripts/vm fetch; make STATIC=1 guest"
	exit 1
done

sources=text
case $(kvet ksyms lookup --source iter _text 2>&1) in
*'no BPF iterator over ksyms'*) ;;
*) sources='text iter' ;;
esac

# step PATTERN NAME: a line of the run is like this.
step() {
	check_output "$1" "$source: $2" cat /tmp/steps
}

for source in $sources; do
	run_steps() {
		lasting "$source" true 'insmod /modules/dummy.ko' load 'insmod /modules/fat.ko' \
			'rmmod dummy' 'insmod /modules/dummy.ko' 'rmmod dummy; insmod /modules/dummy.ko' \
			unload 'rmmod fat; rmmod dummy' true >/tmp/steps
	}
	check "$source: each new table is the one that is loaded whole" run_steps
	step '^true: stale no [(][)]; added 0, removed 0;' 'nothing happened, nothing is stale'
	step '^insmod .modules/dummy.ko: stale yes [(]modules loaded: dummy[)]; added [1-9][0-9]*, removed 0;' \
		'a module came, with its symbols'
	step '^load: stale yes [(]BPF programs: 1 came, 0 went[)]; added 1, removed 0;' 'a BPF program came'
	step '^rmmod dummy: stale yes [(]modules removed: dummy[)]; added 0, removed [1-9]' 'a module went'
	step '^rmmod dummy; insmod .modules/dummy.ko: stale yes [(]modules loaded again, or in another state: dummy[)]' \
		'a module went and came'
	step '^unload: stale yes [(]BPF programs: 0 came, 1 went[)]; added 0, removed 1;' 'the BPF program went'
	step '^rmmod fat; rmmod dummy: stale yes [(]modules removed: dummy, fat[)]' 'both modules went'
done

# Without CAP_SYS_ADMIN the ids of BPF programs are not known. Modules are.
unprivileged() {
	without_capabilities sys_admin lasting text true
}
check_output '^true: stale undetermined [(].*CAP_SYS_ADMIN.*same as whole$' \
	'without CAP_SYS_ADMIN it is not known whether BPF programs came' unprivileged

# A module by name, from either source: its rows, and no others.
only_module() {
	insmod /modules/dummy.ko || return
	for source in $sources; do
		kvet ksyms lookup --source "$source" --module dummy --prefix-symbols --format jsonl '*' |
			grep '"name"' | json_value name | sort >/tmp/found
		grep -F '[dummy]' /proc/kallsyms | awk '$4 == "[dummy]" { print $3 }' | sort >/tmp/wanted
		echo "$source: $(wc -l </tmp/wanted) rows"
		[ -s /tmp/wanted ] && diff /tmp/wanted /tmp/found || return
	done
}
check 'every symbol of a module, without the kernel proper' only_module
check 'dummy is removed' rmmod dummy

plan
