#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Probes that wait for their module, and for it to come back.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh
# shellcheck source=tests/vm/lib/trace.sh
. tests/vm/lib/trace.sh
# Modules come and go here: no copy of the table.
kallsyms=/proc/kallsyms

function=dummy_get_stats64
tracefs=/sys/kernel/debug/tracing

# The kernel's own count of the same hits, by events that wait as well.
cat >>$tracefs/kprobe_events <<END
p:peer/function dummy:$function
p:peer/init dummy:dummy_init_module
END
echo 1 >$tracefs/events/peer/enable
peer() {
	awk -v event="$1" '$1 == event { print $2 }' "$tracefs/kprobe_profile"
}

# Until kvet has seen it: what is unloaded before that has no address.
loaded_times() {
	until [ "$(grep -c 'was loaded' "$1.err")" -ge "$2" ] || ! kill -0 "$pid" 2>/dev/null; do
		sleep 0.1
	done
}

start /tmp/waits --wait "dummy:$function" dummy:dummy_init_module
for life in 1 2 3; do
	insmod /modules/dummy.ko
	cat /proc/net/dev >/dev/null
	loaded_times /tmp/waits "$life"
	[ "$life" = 3 ] || rmmod dummy
done
stop
counts() {
	values /tmp/waits site hits
	echo "peer: $(peer function) $(peer init)"
	[ "$(peer function)" -gt 3 ] && [ "$(peer init)" = 3 ] &&
		[ "$(values /tmp/waits site hits | tr '\n' ' ')" = "$(peer function) $(peer init) " ]
}
check 'as many hits as the kernel counts, also of the function that runs first' counts
check 'each is accounted for' all_counted /tmp/waits
check 'and is an event' test "$(sum /tmp/waits summary events)" = "$(sum /tmp/waits site hits)"
changes() {
	lines /tmp/waits module
	[ "$(values /tmp/waits module change | uniq | tr '\n' ' ')" = 'loaded unloaded loaded unloaded loaded ' ] &&
		[ "$(values /tmp/waits module comm | sort -u | tr '\n' ' ')" = 'insmod rmmod ' ]
}
check 'when it came and went' changes
sequence() {
	lines /tmp/waits '\(module\|event\)' | sed -n 's/.*"change":"\([a-z]*\)".*/\1/p
		s/^{"record":"event".*"symbol":"dummy_init_module".*/init/p' | uniq | tr '\n' ' '
}
check_output '^loaded init unloaded loaded init unloaded loaded init $' \
	'the first function of each life comes after the record that the module is loaded' sequence
now() {
	lines /tmp/waits event | grep "\"symbol\":\"$function\"" | tail -n 1 >/tmp/last
	echo "now at $(addresses_of "$function")"
	cat /tmp/last
	[ "$(json_value address </tmp/last)" = "$(addresses_of "$function")" ]
}
check 'the last events are where the function is now' now
check_output "module dummy was loaded by insmod at .*: $function is armed at $(addresses_of "$function")" \
	'a note says so' cat /tmp/waits.err
check_output "module dummy was unloaded by rmmod at .*: $function waits for it to come back" \
	'and that it went' cat /tmp/waits.err
check_status 1 'it is not said to be gone' grep -q 'is gone' /tmp/waits.err
echo 0 >$tracefs/events/peer/enable
echo '-:peer/function' >>$tracefs/kprobe_events
echo '-:peer/init' >>$tracefs/kprobe_events
check_status 1 'nothing stays' grep -q . $tracefs/kprobe_events

# Loaded at the start, with what is known by its types, then gone.
start /tmp/there --wait --return --args "dummy:$function"
cat /proc/net/dev >/dev/null
rmmod dummy
insmod /modules/dummy.ko
loaded_times /tmp/there 1
cat /proc/net/dev >/dev/null
stop
rmmod dummy
calls() {
	sums /tmp/there site entered returned inside unreturned unplaced >/tmp/calls
	cat /tmp/calls
	read -r entered returned inside unreturned unplaced </tmp/calls
	[ "$entered" -gt 1 ] && [ "$entered" = "$returned" ] &&
		[ "$inside $unreturned $unplaced" = '0 0 0' ]
}
check 'loaded at the start: its calls return' calls
typed() {
	if [ -d /sys/kernel/btf ] && grep -q 'no arguments of' /tmp/there.err; then
		cat /tmp/there.err
		! lines /tmp/there event | grep '"args":{'
	else
		lines /tmp/there event | grep -v '"args":{"dev":"0x' | head -n 3
		! lines /tmp/there event | grep -qv '"args":{"dev":"0x'
	fi
}
check 'with arguments in both lives, or a note that the module has no types' typed

# Not in time, and without the function.
check_status 1 'a module that does not come: no' kvet trace --wait --duration 10ms "dummy:$function"
check_also 'module dummy was not loaded during the trace' 'and says so'
start /tmp/nope --wait dummy:nope
insmod /modules/dummy.ko
loaded_times /tmp/nope 1
stop
check_output 'dummy:nope is not, or no longer, among its symbols' 'a module without the function: says so' \
	cat /tmp/nope.err
check_output '"attached":false' 'it is not attached' lines /tmp/nope site
rmmod dummy

plan
