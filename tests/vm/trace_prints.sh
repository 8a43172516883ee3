#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Expressions on arguments, beside what the calling program (tests/vm/calls) says that it passed.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh
# shellcheck source=tests/vm/lib/trace.sh
. tests/vm/lib/trace.sh

# printed FILE KEY...: of each event the thread and the values of these expressions.
printed() {
	of=$1
	shift
	lines "$of" event | sed 's/{"record.*"tid":\([0-9]*\),.*"prints":{\([^}]*\)}.*/"tid":\1,\2/' |
		big_awk -v keys="tid $*" '
		BEGIN { n = split(keys, key) }
		{ for (i = 1; i <= n; i++) {
			text = "absent"
			if (match($0, "\"" key[i] "\":(\"[^\"]*\"|[^],}]+)"))
				text = substr($0, RSTART + length(key[i]) + 3, RLENGTH - length(key[i]) - 3)
			gsub(/"/, "", text)
			printf "%s%s", text, i < n ? " " : "\n" } }' | sort
}

# as_passed FILE KEY...: the events are the calls that /tmp/passed has.
as_passed() {
	printed "$@" >/tmp/seen
	sort /tmp/passed >/tmp/wanted
	echo "seen:" && head -n 20 /tmp/seen && echo "wanted:" && head -n 20 /tmp/wanted
	[ -s /tmp/wanted ] && cmp -s /tmp/seen /tmp/wanted
}

multi=''
kvet trace -q --backend multi -c --duration 1ms vfs_read && multi=multi
ifconfig lo up
name='name=file->f_path.dentry->d_name.name'

for backend in pmu tracefs $multi; do
	for mode in '' --return; do
		# With PMU on 5.10 one return is followed at a time.
		[ "$backend$mode" != pmu--return ] || mode='--return --backend tracefs --maxactive 64'
		# shellcheck disable=SC2086 # several words
		start /tmp/files --backend "$backend" $mode --strings --print $name \
			--print 'size=file->f_inode->i_size' --comm calls vfs_read
		calls files 8 >/tmp/passed
		stop
		check "$backend $mode: a text and a number behind pointers" as_passed /tmp/files name size
		check "$backend $mode: with the arguments, as --strings says" \
			eval 'lines /tmp/files event | grep -q "\"args\":{\"file\""'
	done
done

start /tmp/send --print 'port=sk->__sk_common.skc_dport' --print 'len' --print 'unchecked=sk->sk_no_check_tx' \
	--print 'proto=sk->__sk_common.skc_prot->name' --print 'send=sk->__sk_common.skc_prot->sendmsg' \
	--print 'state=sk->sk_socket->state' --print 'third=sk->__sk_common.skc_prot->name[2]' --comm calls udp_sendmsg
calls send 8 >/tmp/passed
stop
check 'members of anonymous structs and unions, an argument itself, a bit field' \
	as_passed /tmp/send port len unchecked
check_output '"proto":"UDP"' 'an array of char is text' lines /tmp/send event
check_output '"send":"udp_sendmsg"' 'a pointer to a function has its name' lines /tmp/send event
check_output '"state":"SS_UNCONNECTED"' 'an enum has the name of its value' lines /tmp/send event
check_output '"third":80' 'an element of an array' lines /tmp/send event
check 'only what was asked for: no arguments' eval '! lines /tmp/send event | grep -q "\"args\":{"'

start /tmp/fault --return --print 'bad=sk->sk_filter->prog->len' --print len --print ret --comm calls \
	udp_sendmsg
calls send 4 >/tmp/passed
stop
sent() {
	values /tmp/fault event ret | sort >/tmp/seen
	awk '{ print $3 }' /tmp/passed | sort >/tmp/wanted
	head -n 20 /tmp/seen /tmp/wanted
	[ -s /tmp/seen ] && cmp -s /tmp/seen /tmp/wanted
}
check 'what is returned, beside the arguments: as much as was passed' sent
check_output '"prints":{"bad":null,"len":1[0-9],"ret":1[0-9]}' 'a pointer that leads nowhere: null, and the others are there' \
	lines /tmp/fault event
check_output '"cause":"bad: nothing can be read at 0x' 'a pointer that leads nowhere: with its cause' \
	lines /tmp/fault event

# A structure that a function returns, by the name that this kernel has for it; with PMU on 5.10 one
# return is followed at a time.
opening=$(grep -o -E ' do_fil(p|e)_open$' /proc/kallsyms | head -n 1 | tr -d ' ')
start /tmp/opened --return --backend tracefs --maxactive 64 --strings --comm calls \
	--print 'name=ret->f_path.dentry->d_name.name' "$opening"
calls files 4 >/tmp/passed
stop
opened() {
	values /tmp/opened event name | sort -u >/tmp/seen
	awk '{ print $2 }' /tmp/passed | sort -u >/tmp/wanted
	head -n 20 /tmp/seen /tmp/wanted
	[ -s /tmp/seen ] && cmp -s /tmp/seen /tmp/wanted
}
check 'members of what is returned' opened

# ---- what is wrong is said before anything is armed

# wrong EXPR PLACE MESSAGE: wrong use, with a caret in that column.
wrong() {
	capture kvet trace --duration 1ms --print "$1" vfs_read
	tap_passed=1
	if [ "$status" -eq 2 ] && printf '%s\n' "$output" | grep -Fq -e "$3" &&
		printf '%s\n' "$output" | grep -q "^kvet:   *^\$" &&
		[ "$(printf '%s\n' "$output" | grep '\^$' | wc -c)" -eq $((8 + $2 + 2)) ]; then
		tap_passed=0
	fi
	result $tap_passed "wrong: $1"
}
wrong 'fil->f_path' 0 "no argument 'fil'; did you mean 'file'?"
wrong 'file->f_pathh' 6 "struct file has no member 'f_pathh'; did you mean 'f_path'?"
wrong 'file.f_path' 4 "write '->'"
wrong 'file->f_path->dentry' 12 "write '.'"
wrong 'file->f_path' 12 'choose one of its members'
wrong 'count[1]' 5 'not an array or a pointer'
wrong 'count+1' 5 "is expected here"
wrong 'file->' 6 'is missing'
wrong '5' 0 'is missing'
check_status 2 'wrong: more than eight' kvet trace --duration 1ms --print count --print count --print count \
	--print count --print count --print count --print count --print count --print count vfs_read
check_status 2 'wrong: a name that is empty' kvet trace --duration 1ms --print =count vfs_read
check_status 2 'wrong: with --count-only' kvet trace --duration 1ms --count-only --print count vfs_read

# Of several functions, each has its own members, and those that have none say so.
start /tmp/both --print 'flags=file->f_flags' --print 'dfd' --comm calls vfs_read do_sys_openat2
calls files 2 >/dev/null
stop
check_output '"symbol":"vfs_read".*"prints":{"flags":[0-9]+,"dfd":null}' 'several functions: one has no dfd' \
	lines /tmp/both event
check_output '"symbol":"do_sys_openat2".*"prints":{"flags":null,"dfd":-100}' 'several functions: the other has no file' \
	lines /tmp/both event
check_output "no 'dfd' where" 'several functions: and it says so' cat /tmp/both.err

plan
