#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# System calls by their names: arguments, which the wrapper finds behind a pointer, beside what the
# calling program (tests/vm/calls) says that it passed.
#
# shellcheck disable=SC2016,SC2317,SC2329 # awk has its own $; check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh
# shellcheck source=tests/vm/lib/trace.sh
. tests/vm/lib/trace.sh

ifconfig lo up

# as_passed: the events have the calls' DFD, NAME and VALUE.
as_passed() {
	lines /tmp/opens event | sed 's/.*"value":\(-*[0-9]*\),.*"dfd":\([-0-9]*\),"filename":"\([^"]*\)".*/\2 \3 \1/' |
		sort >/tmp/seen
	awk "$1"' { print $2, $3, $4 }' /tmp/passed | sort >/tmp/wanted
	echo "seen:" && head -n 20 /tmp/seen && echo "wanted:" && head -n 20 /tmp/wanted && head -n 5 /tmp/opens.err
	[ -s /tmp/wanted ] && cmp -s /tmp/seen /tmp/wanted
}

# With tracefs there are slots enough for every return.
for backend in tracefs $(by_fentry); do
	start /tmp/opens --backend "$backend" --comm calls --return --strings syscall:openat
	calls open 1 9 >/tmp/passed
	stop
	check "$backend, openat: arguments by name, the text of the process, and what it returned" as_passed '$1'
done
check_output '"symbol":"__[a-z0-9]*_sys_openat"' 'openat: the wrapper of this architecture' lines /tmp/opens site

start /tmp/opens --backend tracefs --comm calls --return --strings --failed --where 'filename ~ "/kvet.none/*"' \
	--where 'dfd > 100003' syscall:openat
calls open 1 9 >/tmp/passed
stop
check 'openat: conditions on arguments, and on the result' as_passed '$2 > 100003 && $4 < 0'
check 'openat: hits = counted + filtered + limited + lost' all_counted /tmp/opens

start /tmp/connects --print 'family=uservaddr->sa_family' --where 'uservaddr->sa_family == 2' --where 'addrlen == 16' \
	--comm calls syscall:connect
calls send 4 >/dev/null
stop
check 'connect: the memory of the process behind an argument' \
	eval '[ "$(lines /tmp/connects event | grep -c "\"prints\":{\"family\":2}")" -eq 4 ]'

start /tmp/globbed --comm calls --count-only --where 'filename == "/dev/null"' 'syscall:open*' vfs_open
calls open 1 9 >/tmp/passed
stop
check 'a glob, and a function: only the call that has such an argument passes' \
	eval '[ "$(sum /tmp/globbed site counted)" -eq "$(grep -c /dev/null /tmp/passed)" ]'
check_output 'no hit passes .filename == "/dev/null". where' 'a glob: where nothing can pass, it says so' \
	cat /tmp/globbed.err
check 'a glob: all accounted for' all_counted /tmp/globbed

check_output '"expr":"filename","type":"const char \*","value":"string"' '--fields of a call' \
	kvet trace -j --fields syscall:openat
check_output 'no symbol .*_sys_opennat.*did you mean .*_sys_openat' 'a call that does not exist: what may be meant' \
	kvet trace --plan syscall:opennat
if grep -q ' __ia32_sys_openat$' $kallsyms; then
	check_output 'calls of 32-bit processes are not traced: these are __ia32_sys_openat' 'another ABI is told of' \
		kvet trace --plan syscall:openat
else
	check 'no other ABI is told of' eval '! kvet trace --plan syscall:openat 2>&1 | grep "32-bit"'
fi

plan
