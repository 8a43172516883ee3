#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# kvet probe kfuncs against programs that libbpf loads for real, and against the sets of BTF ids in the
# kernel's symbol table. Needs attach in the guest's PATH, and the objects of tests/objects in /objects.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh

attach /objects/kfuncs.bpf.o >/tmp/attached
check 'libbpf tries each program of the object' test "$(wc -l </tmp/attached)" -eq 48

# ask: "KFUNC TYPE VERDICT" of each cell.
kfuncs=$(sed 's/__.*//' /tmp/attached | sort -u)
types=$(sed 's/ .*//; s/.*__/-t /' /tmp/attached | sort -u)
# shellcheck disable=SC2086 # words
kvet probe kfuncs $kfuncs $types --format jsonl 2>/tmp/errors |
	sed -n 's/.*"name":"\([^"]*\)".*"type":"\([^"]*\)".*"verdict":"\([^"]*\)".*/\1 \2 \3/p' |
	sed 's, tracing/, ,' >/tmp/cells
differences() {
	awk 'NR == FNR { kvet[$1 "__" $2] = $3; next }
		(kvet[$1] == "supported") != ($2 == "yes") || kvet[$1] !~ /supported/ {
			print $1, "libbpf:", $2, "kvet:", kvet[$1]
		}' /tmp/cells /tmp/attached
	cat /tmp/errors >&2
}
capture differences
awk '$2 == "yes"' /tmp/attached | wc -l | sed 's/^/# programs that libbpf loads: /'
check 'what libbpf loads is supported, what it does not load is unsupported' \
	test -z "$(differences 2>/dev/null)"

# --- which there are -----------------------------------------------------------------------------

kvet probe kfuncs --format jsonl >/tmp/rows 2>/tmp/errors
status=$?
sed -n 's/.*"name":"\([^"]*\)".*"verdict":"\([^"]*\)".*"listed":"\([^"]*\)".*/\1 \2 \3/p' /tmp/rows >/tmp/listed
# A set8, up to the next set: an upper bound of the kfuncs that the kernel may have registered.
sort /proc/kallsyms | awk '$3 ~ /^__BTF_ID__set/ { inside = $3 ~ /set8__/ }
	inside && $3 ~ /^__BTF_ID__func__/ { sub(/^__BTF_ID__func__/, "", $3); sub(/__[0-9]+$/, "", $3); print $3 }' |
	sort -u >/tmp/sets
unknown() {
	cut -d ' ' -f 1 /tmp/listed | sort -u | awk 'NR == FNR { set[$1] = 1; next } !($1 in set)' /tmp/sets -
}
least=0
case $(uname -r) in
5.10.*)
	check 'a kernel without kfuncs: no' test "$status" -eq 1
	check_output 'programs cannot call functions of this kernel' 'a kernel without kfuncs: says so' cat /tmp/errors
	;;
6.1.*) least=20 ;;
6.12.*) least=120 ;;
*) least=200 ;;
esac
check 'as many kfuncs as this kernel has, at least' test "$(wc -l </tmp/listed)" -ge $least
check 'every kfunc is in a set of the kernel' test -z "$(unknown)"
few() {
	awk '$2 != "supported"' /tmp/listed >/tmp/others
	cat /tmp/others
	[ $(($(wc -l </tmp/others) * 10)) -le "$(wc -l </tmp/listed)" ]
}
check 'nearly all can be called by programs of some type' few

# --- what a name and a pattern that match nothing are ------------------------------------------------

check_status 1 'a function that this kernel does not have: no' kvet probe kfuncs kfunc_of_tomorrow
check_also 'unknown to this kernel' 'a function that this kernel does not have: says so'
check_status 1 'a function that is no kfunc: no' kvet probe kfuncs -t kprobe vfs_read
check_status 3 'nobody: undetermined' as_nobody kvet probe kfuncs -t kprobe vfs_read

plan
