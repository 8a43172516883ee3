#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Conditions, beside the calls that the calling program (tests/vm/calls) says that it made: those that
# meet them are shown, all others are filtered, and together they are the hits.
#
# shellcheck disable=SC2016,SC2317,SC2329 # awk has its own $; check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh
# shellcheck source=tests/vm/lib/trace.sh
. tests/vm/lib/trace.sh

# where NAME WORKLOAD AWK TRACE_ARGUMENT...: of the calls that WORKLOAD prints, those that meet AWK pass.
where() {
	name=$1 workload=$2 passing=$3
	shift 3
	start /tmp/where --comm calls "$@"
	# shellcheck disable=SC2086 # several words
	calls $workload >/tmp/passed
	stop
	awk "$passing { n++ } END { print n + 0 }" /tmp/passed >/tmp/wanted
	check "$name: as many as passed it" counted_are /tmp/where "$(cat /tmp/wanted)"
	check "$name: hits = counted + filtered + limited + lost" all_counted /tmp/where
}

# Of calls whose return was not seen, because the function had no free slot, any may be meant.
counted_are() {
	counted=$(sum "$1" site counted) unreturned=$(sum "$1" site unreturned)
	echo "counted $counted, wanted $2, unreturned $unreturned" && head -n 5 "$1.err"
	[ "$counted" -le "$2" ] && [ $((counted + unreturned)) -ge "$2" ]
}

# What open(2) returns a file from.
opener=$(grep -o -E ' do_fil(e|p)_open$' $kallsyms | head -n 1 | tr -d ' ')
multi=''
kvet trace -q --backend multi -c --duration 1ms vfs_read && multi=multi
ifconfig lo up

# Columns of `calls open`: TID DFD NAME VALUE, of `calls files`: TID NAME SIZE, of `calls send`: TID PORT
# LENGTH UNCHECKED.
for backend in pmu tracefs $multi $(by_fentry); do
	where "$backend: numbers" 'open 4 9' '$2 >= 102003 && $2 < 103000' --backend "$backend" \
		--where 'dfd >= 102003' --where 'dfd<0x19258' do_sys_openat2
	where "$backend: of the process" 'open 4 9' '$3 ~ "^/kvet.none/[13]/"' --backend "$backend" \
		--where 'filename ~ "/kvet.none/[13]/*"' do_sys_openat2
	slots='--maxactive 64'
	[ "$backend" = tracefs ] || slots=''
	# shellcheck disable=SC2086 # several words
	where "$backend: what fails" 'open 1 9' '$4 < 0' --backend "$backend" $slots --return --failed \
		do_sys_openat2
	# shellcheck disable=SC2086 # several words
	where "$backend: at the entry and at the return" 'open 1 9' '$4 == -2 && $2 < 100005' \
		--backend "$backend" $slots --return --args --where 'errno == ENOENT' --where 'dfd < 100005' \
		do_sys_openat2
	check "$backend: an argument that turns a call away costs no slot" \
		eval '[ "$(sum /tmp/where site entered)" -eq 5 ]'
	check "$backend: the arguments are those of the call" \
		eval '! values /tmp/where event error | grep -v ENOENT && ! lines /tmp/where event | grep -v "\"dfd\":10000[0-4],"'
done

where 'text behind pointers' 'files 8' '$2 == "kvet.calls.3"' \
	--where 'file->f_path.dentry->d_name.name == "kvet.calls.3"' vfs_read
where 'text that is not' 'files 8' '$2 != "kvet.calls.3"' --count-only \
	--where 'file->f_path.dentry->d_name.name != "kvet.calls.3"' vfs_read
where 'a number behind pointers' 'files 8' '$3 > 103' --where 'file->f_inode->i_size > 103' --top comm vfs_read
where 'a bit field' 'send 8' '$4 == 1' --where 'sk->sk_no_check_tx == 1' udp_sendmsg
where 'flags' 'send 8' '$3 % 4 > 1' --where 'len & 2' udp_sendmsg
where 'an array of char' 'send 4' '1' --where 'sk->__sk_common.skc_prot->name == "UDP"' udp_sendmsg
where 'an enumerator' 'send 4' '1' --where 'sk->sk_socket->state == SS_UNCONNECTED' udp_sendmsg
where 'another enumerator' 'send 4' '0' --where 'sk->sk_socket->state == SS_CONNECTED' udp_sendmsg
where 'the task' 'send 4' '1' --where 'comm ~ "c?l*"' --where 'uid == 0' --where 'pid > 1' --where 'cpu >= 0' \
	udp_sendmsg
where 'a pointer that is returned' 'open 1 9' '$4 < 0' --return --failed --histogram "$opener"
check 'a pointer that is returned: its durations' \
	eval '[ "$(sum /tmp/where bucket calls)" -eq "$(sum /tmp/where site counted)" ]'
where 'what is returned is followed' 'open 1 9' '$4 >= 0' --backend tracefs --return --where 'ret->f_path.dentry->d_name.name == "null"' \
	"$opener"
check 'an address that cannot be read is counted apart: all that failed' \
	eval '[ "$(sum /tmp/where site unread)" -eq 6 ]'
check_output '6 hits were filtered because' 'an address that cannot be read: it says so' cat /tmp/where.err
where 'a long duration' 'open 1 9' '0' --return --where 'duration > 1000s' do_sys_openat2
where 'a sample of those that pass' 'send 8' '$3 == 10' --sample 1/2 --where 'len & 2' \
	--where 'cpu == 0' --where 'sk->sk_no_check_tx == 0' udp_sendmsg

# ---- what can be asked

fields() {
	as_nobody kvet trace -j --fields "$@"
}
check_output '"expr":"filename","type":"const char \*","value":"string","cause":null' \
	'--fields, without privilege: arguments' fields do_sys_openat2
check_output '"expr":"ret","type":"(int|long int|long)","value":"signed","cause":null' \
	'--fields: what is returned' fields do_sys_openat2
check_output '"expr":"file->f_path.dentry","type":"struct dentry \*","value":"pointer"' \
	'--fields: members of members' fields 'vfs_read file->f_path.'
check_output "'fil'; did you mean 'file'" '--fields: what is wrong' fields 'vfs_read fil->'
check_output 'several|[0-9]+ instances in the kernel proper' '--fields: a name of several functions' fields c_start
check_status 2 '--fields: not a glob' kvet trace --fields 'vfs_*'
check_status 1 '--fields: no such function' kvet trace --fields vfs_raed

plan
