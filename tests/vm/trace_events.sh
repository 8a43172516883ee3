#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What an event holds: wall-clock time, arguments, registers; who hits most; and kvet's own hits.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh
# shellcheck source=tests/vm/lib/trace.sh
. tests/vm/lib/trace.sh

opens='dd if=/etc/passwd of=/dev/null'

# ---- wall-clock time

hours=$(date -u +%Y-%m-%dT%H)
before=$(date +%s)
traced /tmp/wall "$opens" --count 3 --duration 60s do_sys_openat2
after=$(date +%s)
wall_time() {
	for wall in $(lines /tmp/wall event | json_value wall_ns); do
		echo "wall $wall, between $before and $after"
		[ $((wall / 1000000000)) -ge "$before" ] && [ $((wall / 1000000000)) -le "$after" ] || return
	done
}
check 'wall time: that of the clock on the wall' wall_time
# It may have become the next hour meanwhile.
check_output "^($hours|$(date -u +%Y-%m-%dT%H)):[0-9:.]*Z\$" 'wall time: and as a date' \
	eval 'lines /tmp/wall event | json_value wall | tail -n 1'

# The clock is set while the trace runs: what happens once kvet has noticed goes by the new time.
start /tmp/step --comm dd do_sys_openat2
eval "$opens" 2>/dev/null
until grep -q '^{"record":"event"' /tmp/step || ! kill -0 "$pid"; do sleep 0.1; done
date -s "@$(($(date +%s) + 86400))" >/dev/null
stepped() {
	values /tmp/step event wall_ns | awk '
		NR == 1 { first = $1 }
		{ last = $1 }
		END { print "from " first " to " last; exit last - first < 86400e9 }'
}
for _ in $(seq 100); do
	eval "$opens" 2>/dev/null
	stepped >/dev/null && break
	sleep 0.1
done
stop
date -s "@$(($(date +%s) - 86400))" >/dev/null
check 'wall time: follows a clock that is set meanwhile' stepped

# ---- arguments

if [ -e /sys/kernel/btf/vmlinux ]; then
	traced /tmp/args "$opens" --args --count 4 --duration 60s --comm dd do_sys_openat2
	check_output '"args":{"dfd":-100,"filename":"0x[0-9a-f]*","how":"0x[0-9a-f]*"}' \
		'--args: by name; numbers have their sign, pointers are addresses' lines /tmp/args event
	traced /tmp/args "$opens" --strings --count 4 --duration 60s --comm dd do_sys_openat2
	check_output '"filename":"/etc/passwd"' '--strings: what a pointer of the process points to' \
		lines /tmp/args event
	traced /tmp/args "$opens" --args --return --count 4 --duration 60s --comm dd do_sys_openat2
	check_output '"value":[0-9],"error":null' '--args --return: the value of its type' \
		lines /tmp/args event
	traced /tmp/args 'dd if=/no/such/file' --args --return --count 10 --duration 60s --comm dd do_sys_openat2
	check_output '"value":-2,"error":"ENOENT"' '--args --return: an errno has its name' \
		lines /tmp/args event
	traced /tmp/args "$opens" --args --regs --count 4 --duration 60s --comm dd vfs_read
	registers() {
		lines /tmp/args event | sed 's/.*"args":{"file":"\([0-9a-fx]*\)".*"count":\([0-9]*\),.*"dx":"\([0-9a-fx]*\)".*"di":"\([0-9a-fx]*\)".*/\1 \4 \2 \3/' >/tmp/pairs
		cat /tmp/pairs
		while read -r file di count dx; do
			[ "$file" = "$di" ] && [ "$count" -eq $((dx)) ] || return
		done </tmp/pairs
	}
	check '--regs: the registers of the arguments hold them' registers
	traced /tmp/args "$opens" --args --count 1 --duration 60s --comm dd "vfs_read+$(
		kvet trace --offsets --range 8-0x18 --format jsonl vfs_read 2>/dev/null | grep '"record":"site"' |
			json_value offset | tail -n 1)"
	check_output "only at the function's entry" '--args: in the middle it says why there are none' \
		cat /tmp/args.err
else
	check_output 'no BTF of this kernel|BTF cannot be used' '--args: without BTF it says so' \
		kvet trace --args --duration 1ms do_sys_openat2
fi

# What BTF does not tell is not guessed: c_start is the name of several functions.
if [ -e /sys/kernel/btf/vmlinux ]; then
	traced /tmp/args 'cat /proc/cpuinfo /proc/consoles /proc/crypto' --args --all --count 3 --duration 60s c_start
	check 'a name of several functions: traced all the same' status_is 0
	check_output 'no arguments of c_start: .*several' 'a name of several functions: says why it has none' \
		cat /tmp/args.err
	check 'a name of several functions: and has none' \
		test "$(lines /tmp/args event | grep -c '"args":null')" -eq 3
	# Four bytes behind the entry is the entry too, but only behind an ENDBR.
	traced /tmp/entry "$opens" --args --count 1 --duration 60s --comm dd do_sys_openat2
	traced /tmp/four "$opens" --args --count 1 --duration 60s --comm dd do_sys_openat2+4
	armed=$(lines /tmp/entry site | json_value armed) at=$(lines /tmp/entry site | json_value address)
	if [ $((armed - at)) -eq 4 ]; then
		check_output '"dfd":-100' '+4 behind an ENDBR: has its arguments' lines /tmp/four event
	else
		check '+4 without an ENDBR: has none' \
			test "$(lines /tmp/four event | grep -vc '"args":null')" -eq 0
	fi
fi

# ---- on a terminal

# on_terminal WIDTH FILE WORKLOAD KVET_ARGUMENT...: what a terminal of that width shows of a trace,
# in FILE, under the shell words of WORKLOAD.
on_terminal() {
	file=$2 workload=$3
	words="stty cols $1 rows 40; kvet trace --color never"
	shift 3
	script -qec "$words $*" /dev/null </dev/null >"$file.raw" 2>&1 &
	pid=$!
	while kill -0 "$pid" 2>/dev/null; do
		eval "$workload" >/dev/null 2>&1
	done
	wait "$pid"
	tr -d '\r' <"$file.raw" >"$file"
}
both='dd if=/etc/passwd of=/dev/null; dd if=/no/such of=/dev/null'

on_terminal 100 /tmp/narrow "$opens" --count 3 --comm dd do_sys_openat2
check_output '^ *BOOT_NS  CPU *PID  COMM *SYMBOL *OFFSET$' 'a terminal: the row of an event' cat /tmp/narrow
narrow() {
	sed -n '/BOOT_NS/,/^$/p' /tmp/narrow | awk '
		{ print length($0) ": " $0; lines++ }
		length($0) > 100 { bad = 1 }
		END { exit bad || lines < 4 }'
}
check 'a terminal: it fits 100 columns' narrow
on_terminal 100 /tmp/wordy "$opens" -v --count 1 --comm dd do_sys_openat2
check_output 'MONO_NS .* TID .* ADDRESS  *IP' 'a terminal, -v: the row whole' cat /tmp/wordy
on_terminal 100 /tmp/named "$opens" --columns wall,ip,comm --count 1 --comm dd do_sys_openat2
check_output '^WALL  *IP  *COMM$' 'a terminal, --columns: those' cat /tmp/named
# With its type: an int in a register of 64 bits is no negative number.
on_terminal 140 /tmp/errors "$both" --return --args --count 12 --comm dd do_sys_openat2
check_output ENOENT '--return: a call that failed' cat /tmp/errors
check '--return: one heading, with ERROR from the start' \
	test "$(grep -c 'BOOT_NS.*VALUE.*ERROR.*DURATION_NS' /tmp/errors)" -eq 1
check '--return: and no other heading of events' test "$(grep -c BOOT_NS /tmp/errors)" -eq 1
on_terminal 80 /tmp/plan : --plan "'vfs_*'"
check_output 'SYMBOL .*ATTACHABLE' 'a terminal, --plan: a table' cat /tmp/plan
check 'a terminal, --plan: says nothing of what was armed' \
	eval '! grep -E "ATTACHED|^events:" /tmp/plan'
# What is written over is not there.
sed "s/.*$(printf '\033')\[K//" /tmp/plan >/tmp/plan.seen
check 'a terminal, --plan: how far it is stands in no row' eval '! grep "sites checked" /tmp/plan.seen'

# ---- registers of many sites

traced /tmp/regs "$opens" --regs --count 20 --duration 60s 'vfs_*'
check '--regs of many sites: there are many' test "$(lines /tmp/regs site | wc -l)" -ge 32
check '--regs of many sites: never by multi, which does not keep them' \
	eval '! lines /tmp/regs site | grep -q "\"backend\":\"multi\""'
same_ip() {
	lines /tmp/regs event | sed 's/.*"ip":"\([0-9a-fx]*\)".*"ip":"\([0-9a-fx]*\)".*/\1 \2/' >/tmp/pairs
	cat /tmp/pairs
	[ -s /tmp/pairs ] && awk '$1 != $2 { exit 1 }' /tmp/pairs
}
check '--regs of many sites: ip is the ip of the event' same_ip

# ---- stacks

traced /tmp/frames "$opens" --stack --count 3 --duration 60s do_sys_openat2
frames() {
	lines /tmp/frames event | sed 's/.*"stack":\[\([^]]*\)\].*/\1/' | tr ',' '\n' | tr -d '"' >/tmp/frame.list
	cat /tmp/frame.list
	sed 's/+.*//' /tmp/frame.list | sort -u >/tmp/frame.names
	sed 's/^/ /' /tmp/frame.names | grep -F -f - "$kallsyms" | awk '{ print $3 }' | sort -u >/tmp/table.names
	[ -z "$(sort /tmp/table.names /tmp/table.names /tmp/frame.names | uniq -u)" ] &&
		[ "$(wc -l </tmp/frame.list)" -ge 6 ]
}
check '--stack: every frame is in a symbol of /proc/kallsyms' frames

# ---- who hits most

for what in comm pid stack; do
	traced_once /tmp/top "$opens; $opens; $opens" --top $what do_sys_openat2
	in_all=$(($(sum /tmp/top rank hits) + $(sum /tmp/top summary others)))
	check "--top $what: the table and what it leaves out are all that was counted" \
		test "$in_all" -eq "$(sum /tmp/top site counted)"
	check "--top $what: every hit is accounted for" all_counted /tmp/top
	check "--top $what: no events" test "$(lines /tmp/top event | wc -l)" -eq 0
	lines /tmp/top rank >/tmp/ranks
	check "--top $what: the most first" \
		eval 'json_value hits </tmp/ranks >/tmp/hits && sort -rn /tmp/hits | cmp -s - /tmp/hits'
	case $what in
	comm) check_output '"comm":"dd"' '--top comm: the task' cat /tmp/ranks ;;
	pid) check_output '"pid":[1-9][0-9]*,"comm":"[a-z]' '--top pid: with its name' cat /tmp/ranks ;;
	stack) check_output '__x64_sys_open(at)?\+0x' '--top stack: with its frames' cat /tmp/ranks ;;
	esac
done

traced_once /tmp/rows "$opens; ls /; $opens" --top comm --rows 1 do_sys_openat2
check '--rows: so many' test "$(lines /tmp/rows rank | wc -l)" -eq 1
check '--rows: what it leaves out is counted too' test \
	$(($(sum /tmp/rows rank hits) + $(sum /tmp/rows summary others))) -eq "$(sum /tmp/rows site counted)"

traced_once /tmp/bars "$opens; $opens; $opens" --return --histogram do_sys_openat2
check_output '"bar":"########################################"' '--histogram: the largest bucket has the longest bar' \
	lines /tmp/bars bucket

# ---- kvet's own hits: what it writes makes no events

# Until kvet has written an event, which is a hit too: probes are still armed then.
# shellcheck disable=SC2016 # eval expands it
written='until grep -q "^{\"record\":\"event\"" /tmp/own || ! kill -0 "$pid"; do echo >/tmp/written; sleep 0.1; done'
traced_once /tmp/own "$written" vfs_write
check 'own hits: filtered' test "$(sum /tmp/own summary own)" -gt 0
check 'own hits: every hit is accounted for' all_counted /tmp/own
check 'own hits: no event is of kvet' eval '! lines /tmp/own event | grep -q "\"comm\":\"kvet\""'
# In a PID namespace kvet has another number: the kernel's is what counts.
unshare --pid --fork kvet trace -j vfs_write >/tmp/own 2>/dev/null &
pid=$!
eval "$written"
killall -TERM kvet
wait "$pid"
check 'own hits, in a PID namespace: no event is of kvet' \
	eval '! lines /tmp/own event | grep -q "\"comm\":\"kvet\""'
check 'own hits, in a PID namespace: filtered' test "$(sum /tmp/own summary own)" -gt 0
traced /tmp/own 'sleep 0.1' --self --count 3 --comm kvet --duration 60s vfs_write
check '--self: they count' test "$(lines /tmp/own event | wc -l)" -eq 3

plan
