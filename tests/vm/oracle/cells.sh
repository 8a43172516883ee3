#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# kvet's answers against programs that were written in C and are loaded by libbpf: cells.bpf.c.
# Needs load in the guest's PATH, and /cells.bpf.o.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh

load /cells.bpf.o >/tmp/loaded
check 'libbpf tried every program' test "$(wc -l </tmp/loaded)" -ge 80

# A helper works for a type if one of its programs loads.
sed 's/__/ /g' /tmp/loaded | awk '
	{ cell = $1 " " $2; if (!(cell in best) || $4 == 0) best[cell] = $4 }
	END { for (cell in best) print cell, best[cell] == 0 ? "supported" : "unsupported" }' |
	sort >/tmp/expected

awk '{ print $1 }' /tmp/expected | sort -u >/tmp/types
while read -r type; do
	helpers=$(awk -v type="$type" '$1 == type { print $2 }' /tmp/expected)
	sleepable=''
	[ "$type" = "${type%_s}" ] || sleepable=--sleepable
	# shellcheck disable=SC2086 # words
	kvet probe helpers --format jsonl $sleepable -t "${type%_s}" $helpers 2>/dev/null |
		grep '"record":"helper"' |
		sed "s/.*\"helper\":\"bpf_\([^\"]*\)\".*\"verdict\":\"\([a-z]*\)\".*/$type \1 \2/"
done </tmp/types | sort >/tmp/answered

check 'each cell has its answer' test "$(wc -l </tmp/answered)" -eq "$(wc -l </tmp/expected)"
while read -r type helper verdict; do
	check_output "^$type $helper $verdict\$" "$type, $helper: $verdict, as libbpf loads it" \
		grep "^$type $helper " /tmp/answered
done </tmp/expected

plan
