#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Stacks of the kernel and of the process, beside a program whose functions are known
# (tests/vm/stacks).
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh
# shellcheck source=tests/vm/lib/trace.sh
. tests/vm/lib/trace.sh

# Frames without what the kernel and the library have around them: "inner middle outer".
chains() {
	lines "$1" event | sed 's/.*"user_stack":\[\(.*\)\],"cause".*/\1/' |
		sed 's/+0x[0-9a-f]* \[stacks\]//g; s/"//g; s/,/ /g' | cut -d ' ' -f 1-3 | sort | uniq -c |
		sed 's/^ *//'
}
chains_are() {
	chains "$1" >/tmp/chains
	cat /tmp/chains
	[ "$(wc -l </tmp/chains)" -eq 2 ] && grep -q "^$2 inner middle outer\$" /tmp/chains &&
		grep -q '^1 finish leaves main$' /tmp/chains
}

# The program has ended long before its events are read: each is found by the build id.
start /tmp/user --user-stack --stack --comm stacks do_sys_openat2
kill -STOP "$pid"
stacks 5
kill -CONT "$pid"
stop
check '--user-stack: every frame by its name, after the process has ended' chains_are /tmp/user 5
check_output '"stack":\["do_sys_openat2' '--stack beside it' lines /tmp/user event
check '--user-stack: all is accounted for' all_counted /tmp/user

start /tmp/user --user-stack --args --comm stacks do_sys_openat2
stacks 3
stop
check '--user-stack --args: every frame by its name' chains_are /tmp/user 3
check_output '"args":\{"dfd":-100,' '--user-stack --args: with the arguments' lines /tmp/user event

# A call of a function is one stack, whatever process it was in.
kvet trace --top stack --user-stack --folded --comm stacks do_sys_openat2 >/tmp/folded 2>/tmp/folded.err &
pid=$!
until grep -q '^kvet: tracing' /tmp/folded.err; do sleep 0.1; done
stacks 4
stacks 2
stop
check_output ';outer \[stacks\];middle \[stacks\];inner \[stacks\];.*;do_sys_openat2 6$' \
	'--folded: one line for a stack, outermost first' cat /tmp/folded
check_also '^stacks;.*;leaves \[stacks\];finish \[stacks\];.*;do_sys_openat2 2$' \
	'--folded: after the name of the task'
check_status 1 '--folded: nothing but stacks' grep -vE '^stacks;.* [0-9]+$' /tmp/folded

start /tmp/ranks --top stack --user-stack --comm stacks do_sys_openat2
stacks 3
stop
check_output '"hits":3,.*"comm":"stacks","stack":\["do_sys_openat2.*"user_stack":\["inner\+0x' \
	'--top stack --user-stack: both stacks' lines /tmp/ranks rank
check '--top stack --user-stack: all is accounted for' all_counted /tmp/ranks

# A call that does not return may be a function's last instruction: no frame but the first is at the
# beginning of a function.
start /tmp/kernel --stack --comm stacks do_exit
stacks 1
stop
check_output '"stack":\["do_exit\+' '--stack: of a function that does not return' lines /tmp/kernel event
check_status 1 '--stack: a return address belongs to the caller' \
	eval 'lines /tmp/kernel event | sed "s/.*\"stack\":\[\"[^\"]*\"//" | grep "+0x0[\"| ]"'

plan
