#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Probes in a module that comes and goes.
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

check_status 1 'a module that is not loaded: no' kvet trace --duration 1ms "dummy:$function"
check_also "no symbol belongs to module 'dummy': it is not loaded" 'and says so'
insmod /modules/dummy.ko
check_status 1 'another module has no such function' kvet trace --duration 1ms "ext4:$function"
check_also "occurs once, in a module other than .ext4. .dummy." 'and says that another has'
for backend in pmu tracefs; do
	traced /tmp/fires 'cat /proc/net/dev' --backend $backend --count 2 --duration 60s "dummy:$function"
	check "$backend: fires" status_is 0
	check_output '^dummy$' "$backend: names its module" eval 'lines /tmp/fires site | json_value module'
	check "$backend: every hit is accounted for" all_counted /tmp/fires
done
first=$(addresses_of "$function")
check 'a probe holds no module' rmmod dummy

# Elsewhere, when it comes back: what was there before counts for nothing.
insmod /modules/dummy.ko
printf '# before at %s, now at %s\n' "$first" "$(addresses_of "$function")"
traced /tmp/again 'cat /proc/net/dev' --count 2 --duration 60s "dummy:$function"
check 'after it was loaded again: fires' status_is 0
check 'and where it is now' events_are /tmp/again address "$(addresses_of "$function")"
check_output '"attachable":"yes"' 'a glob of the module has it' \
	kvet trace --plan --format jsonl 'dummy:dummy_get*'

# Unloaded while it is traced.
kvet trace -j -c "dummy:$function" >/tmp/gone 2>/tmp/gone.err &
pid=$!
until grep -q '^kvet: tracing' /tmp/gone.err; do sleep 0.1; done
cat /proc/net/dev >/dev/null
rmmod dummy
kill -TERM "$pid"
wait "$pid"
check_output '"how":"gone"' 'unloaded while it is traced: the probe is gone' lines /tmp/gone site
check_output "$function is gone: its module was unloaded" 'and a note says so' cat /tmp/gone.err
check 'the hits before that are there' test "$(sum /tmp/gone site hits)" -gt 0
check_status 1 'nothing stays' grep -q dummy /sys/kernel/debug/kprobes/list

plan
