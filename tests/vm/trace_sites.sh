#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Which sites are meant: globs, files of SPECs, ranges of offsets, what tells instances apart.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh
# shellcheck source=tests/vm/lib/trace.sh
. tests/vm/lib/trace.sh

plan_of() {
	kvet trace --plan --format jsonl "$@" 2>/tmp/plan.err
}

# ---- globs

# The functions of a glob, each address once, as awk finds them.
functions() {
	grep -F "$(echo "$1" | tr -d '^$')" $kallsyms | awk -v pattern="$1" \
		'$2 ~ /[tTwW]/ && $3 ~ pattern && $3 !~ /\.cold/ && $4 == "" { print "0x" $1 }' | sort -u
}

functions '^vfs_rea' >/tmp/wanted
plan_of 'vfs_rea*' | grep '"record":"site"' | json_value address | sort >/tmp/seen
check 'a glob: the functions that match, each once' cmp /tmp/wanted /tmp/seen
check 'a glob: there are some' test -s /tmp/seen
functions '^c_start$' >/tmp/wanted
plan_of '[c]_start' | grep '"record":"site"' | json_value address | sort >/tmp/seen
check 'a glob: every instance of a name' cmp /tmp/wanted /tmp/seen
check_status 1 'a glob that matches nothing is a no' kvet trace --plan 'no_such_function_*'

traced_once /tmp/glob 'cat /proc/version; head -n 1 /proc/version' --count-only 'vfs_rea*'
check 'a glob: sites that can be probed are' test "$(sum /tmp/glob site hits)" -gt 0
check 'a glob: vfs_read fires among them' \
	test "$(lines /tmp/glob site | grep '"symbol":"vfs_read"' | json_value hits)" -gt 0

# Of these some are on the blacklist: they are counted, and are no failure.
traced /tmp/mixed : --count-only --duration 1ms 'exc_int3*' 'vfs_read'
check 'a glob of which nothing can be probed is a no' status_is 1
check_output 'cannot be probed: see the CAUSE column' 'and says so' cat /tmp/mixed.err
check_output 'not traceable' 'with its cause in its row' lines /tmp/mixed site
traced /tmp/mixed : --count-only --duration 1ms '*_int3' 'vfs_read'
check_output '"attached":true' 'others are traced all the same' lines /tmp/mixed site

plan_of vfs_read 'vfs_rea[d]' >/tmp/twice
check 'the same address from two SPECs is one site' test "$(lines /tmp/twice site | wc -l)" -eq 1

# The first name of such an address has passed in the kernel's table when the one asked for comes.
awk '$2 ~ /[tT]/ && NF == 3 { at[$1] = at[$1] " " $3; names[$1]++; n[$3]++ }
	END { for (a in at) if (names[a] == 2) { split(at[a], s, " ")
		if (n[s[1]] == 1 && n[s[2]] == 1) { print s[1], s[2]; exit } } }' $kallsyms >/tmp/names
read -r first second </tmp/names
plan_of "$second" >/tmp/alias
check_output "\"aliases\":\\[\"$first\"\\]" 'a site has the other name of its address' \
	lines /tmp/alias site

# ---- files of SPECs

printf '# what is read\n\nvfs_read\n' >/tmp/specs
traced_once /tmp/file 'head -n 1 /proc/version' --count-only --file /tmp/specs vfs_write
check '--file: together with operands' test "$(lines /tmp/file site | wc -l)" -eq 2
check '--file: fires' test "$(lines /tmp/file site | grep vfs_read | json_value hits)" -gt 0

# ---- offsets in a range

offsets() {
	kvet trace --offsets --format jsonl "$@" 2>/dev/null | grep '"record":"site"' | json_value offset
}
offsets --range 0-0x30 vfs_read >/tmp/all
offsets --range 4-0x20 vfs_read >/tmp/part
awk '$1 >= 4 && $1 <= 32' /tmp/all >/tmp/wanted
check '--range: the offsets in it, both ends included' cmp /tmp/wanted /tmp/part
check '--range: there are some' test -s /tmp/part
check_status 1 '--range past the end is a no' kvet trace --offsets --range 0x10000-0x10001 vfs_read
check_also 'past the end of vfs_read' 'and says so'

# ---- what tells instances apart

text=0x$(big_grep ' _text$' $kallsyms | cut -d ' ' -f 1)
kvet trace --format jsonl c_start 2>/dev/null >/tmp/refused
apart() {
	lines /tmp/refused site >/tmp/refused.sites
	json_value relative </tmp/refused.sites | sort >/tmp/seen
	for address in $(json_value address </tmp/refused.sites); do
		echo $((address - text))
	done | sort >/tmp/wanted
	cmp /tmp/wanted /tmp/seen && ! json_value before </tmp/refused.sites | grep -q null
}
check 'the table of a refusal: distances from _text, and neighbours' apart

plan
