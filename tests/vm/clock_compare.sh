#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The offset after a real suspend: the same on both sides, and the kernel's own.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh

# Each side's interval holds the kernel's own number, and is no wider than a millisecond.
both_hold_the_truth() {
	truth=$(boottime_offset_ns)
	kvet clock compare --format jsonl >/tmp/clock || return
	cat /tmp/clock
	echo "kernel: $truth"
	for side in user bpf; do
		line=$(grep "\"side\":\"$side\"" /tmp/clock)
		low=$(echo "$line" | json_value low_ns) high=$(echo "$line" | json_value high_ns)
		[ "$low" -le "$truth" ] && [ "$truth" -le "$high" ] || return
		[ $((high - low)) -lt 1000000 ] || return
	done
}

# The gate of the founding bug, before the first suspend: all that CI ever sees.
check_status 1 'the founding pairing is no before the first suspend too' \
	kvet clock compare -q --pair bpf:boottime,user:monotonic --max-skew 1ms
check_status 0 'though it is within the limit now' \
	kvet clock compare -q --pair bpf:boottime,user:monotonic --max-skew 1ms --now
check_status 0 'the right pairing is yes' \
	kvet clock compare -q --pair bpf:boottime,user:boottime --max-skew 1ms
check 'before a suspend both sides hold the kernel'"'"'s offset' both_hold_the_truth
before=$(boottime_offset_ns)
suspend_seconds 3
after=$(boottime_offset_ns)
printf '# offset before %s ns, after %s ns\n' "$before" "$after"
check 'the suspend moved BOOTTIME by a second at least' test $((after - before)) -gt 1000000000
check 'after it both sides hold the kernel'"'"'s offset' both_hold_the_truth
check_status 1 'the founding pairing is over the limit now' \
	kvet clock compare -q --pair bpf:boottime,user:monotonic --max-skew 1ms --now
check_status 0 'and the right one is still yes' \
	kvet clock compare -q --pair bpf:boottime,user:boottime --max-skew 1ms
check_output '^effect: a tracer .* [0-9.]+ s too late$' 'what that does to a tracer' kvet clock compare
check_status 1 'the skew is over 100ms' kvet clock compare --max-skew 100ms --now
check_status 0 'the skew is within 1h now' kvet clock compare --max-skew 1h --now
check_status 1 'and not for good' kvet clock compare --max-skew 1h

# The conclusion, as the process that runs COMMAND sees it: off by no more than it says.
conclusion_holds() {
	truth=$(boottime_offset_ns)
	"$@" kvet clock compare --format jsonl >/tmp/clock 2>&1
	line=$(grep '"record":"conclusion"' /tmp/clock)
	echo "$line, kernel: $truth"
	offset=$(echo "$line" | json_value offset_ns)
	uncertainty=$(echo "$line" | json_value uncertainty_ns)
	[ $((offset - uncertainty)) -le "$truth" ] && [ "$truth" -le $((offset + uncertainty)) ]
}

conclusion_is_exact() {
	conclusion_holds "$@" && [ "$offset" = "$truth" ] && [ "$uncertainty" = 0 ] &&
		echo "$line" | grep -q '"agree":"yes"'
}

# pairing WANTED COMMAND...: the founding bug is flagged with so many ns, as COMMAND sees it.
pairing() {
	wanted=$1
	shift
	status=0
	"$@" kvet clock compare --format jsonl --pair bpf:boottime,user:monotonic \
		--max-skew 1ms >/tmp/pair 2>&1 || status=$?
	cat /tmp/pair
	echo "wanted: $wanted"
	low=$(grep '"stamp"' /tmp/pair | json_value low_ns)
	high=$(grep '"stamp"' /tmp/pair | json_value high_ns)
	[ "$status" = 1 ] && [ "$low" -le "$wanted" ] && [ "$wanted" -le "$high" ]
}

pairing_is_exact() {
	pairing "$@" && [ "$low" = "$high" ]
}

# What each helper is shown to read: yes for all that this kernel has.
helpers_read_what_they_say() {
	kvet clock compare --format jsonl >/tmp/clock || return
	grep '"helper"' /tmp/clock
	grep '"helper"' /tmp/clock | grep '"low_ns":-\?[0-9]' >/tmp/present
	[ "$(grep -c . /tmp/present)" -ge 2 ] && ! grep -v '"reads_it":"yes"' /tmp/present
}

# After a suspend, boottime and monotonic can be told from each other.
helpers_are_told_apart() {
	grep '"helper":"bpf_ktime_get_boot_ns"' /tmp/clock | grep -q '"matches":\["boottime"\]' &&
		grep '"helper":"bpf_ktime_get_ns"' /tmp/clock | grep -q '"matches":\["monotonic'
}

# 5.10 has neither; a kernel that has one must not be told that it is absent.
absent_helpers_are_no() {
	kvet clock compare --format jsonl >/tmp/clock
	for helper in coarse tai; do
		line=$(grep "\"helper\":\"bpf_ktime_get_${helper}_ns\"" /tmp/clock)
		echo "$line"
		case $(uname -r):$line in
		5.10.*'"reads_it":"no"'*'invalid func'*) ;;
		5.10.*) return 1 ;;
		*'"reads_it":"yes"'*) ;;
		*) return 1 ;;
		esac
	done
}

# A clock that is told to run by 1,000 ppm slower than its hardware.
rate_is() {
	kvet clock compare --format jsonl --duration 2s "$@" >/tmp/rate || return
	grep "$wanted" /tmp/rate
}

# By 1/0.999. The kernel multiplies by a number of 24 bits (tsc), which it rounds, and has one more for
# as long as it catches up: 2 in 2^23 either way (kernel: timekeeping_adjust()).
raw_runs_faster() {
	wanted='"stamp":"user:monotonic_raw"' rate_is --pair user:raw,user:mono >/tmp/line || return
	cat /tmp/line
	low=$(json_value rate_low_ppb </tmp/line) high=$(json_value rate_high_ppb </tmp/line)
	[ "$low" -le 1001300 ] && [ "$high" -ge 1000700 ]
}

matrix_says_slower() {
	wanted='"record":"row","stamp":"bpf:monotonic"' rate_is --all >/tmp/line || return
	cat /tmp/line
	rate=$(json_value monotonic_raw_ppb </tmp/line)
	[ "$rate" -lt -500000 ] && [ "$rate" -gt -1500000 ]
}

as_root() {
	"$@"
}

# In a time namespace of 5 s more for MONOTONIC and 100 s more for BOOTTIME.
in_namespace() {
	/usr/bin/unshare --time --monotonic 5 --boottime 100 --fork "$@"
}

nobody_in_namespace() {
	/usr/bin/unshare --time --monotonic 5 --boottime 100 --fork su -s /bin/sh \
		-c 'exec "$@"' -- nobody sh "$@"
}

# A suspend in the middle of the measurement: it is noticed, and all is measured again.
survives_a_suspend() {
	kvet clock compare --samples 4000000 --format jsonl >/tmp/slept 2>&1 &
	compare=$!
	suspend_seconds 3
	wait "$compare" || return
	truth=$(boottime_offset_ns)
	grep -e conclusion -e summary /tmp/slept
	echo "kernel: $truth"
	[ "$(grep '"record":"conclusion"' /tmp/slept | json_value offset_ns)" = "$truth" ] &&
		grep '"record":"conclusion"' /tmp/slept | grep -q '"agree":"yes"'
}

# BOOTTIME in /proc/uptime and the wall clock of date(1) are the same moment.
convert_agrees_with_date() {
	before=$(date +%s)
	read -r uptime _ </proc/uptime
	after=$(date +%s)
	wall=$(kvet clock convert --format jsonl "${uptime%.*}${uptime#*.}0000000" | json_value wall)
	converted=$(date -u -D %Y-%m-%dT%H:%M:%S -d "${wall%.*}" +%s)
	echo "$wall: $converted, date: from $before to $after"
	[ $((converted - before)) -ge -1 ] && [ $((converted - after)) -le 1 ]
}

# A clock source that user space cannot read: slower, and no less right.
clocksource=/sys/devices/system/clocksource/clocksource0
use_clocksource() {
	echo "$1" >"$clocksource/current_clocksource" &&
		[ "$(cat "$clocksource/current_clocksource")" = "$1" ]
}

path_is() {
	kvet clock compare --format jsonl >/tmp/clock
	grep '"clocksource"' /tmp/clock
	grep '"clocksource"' /tmp/clock | grep -q "\"path\":\"$1\""
}

check 'a suspend while it measures is survived' survives_a_suspend
own=$(cat "$clocksource/current_clocksource")
if grep -q acpi_pm "$clocksource/available_clocksource" && use_clocksource acpi_pm; then
	check 'acpi_pm: the path is the system call' path_is syscall
	check 'acpi_pm: a reading of monotonic is a call' \
		grep '"record":"clock","clock":"monotonic","path":"syscall","cost_ns":[1-9]' /tmp/clock
	check 'acpi_pm: and one of monotonic_coarse is none' \
		grep '"clock":"monotonic_coarse","path":"vdso","cost_ns":[1-9]' /tmp/clock
	check 'acpi_pm: both sides hold the kernel'"'"'s offset' both_hold_the_truth
	use_clocksource "$own"
else
	skip 'acpi_pm: the path is the system call' 'no such clock source here'
fi
check 'a stamp of BOOTTIME, after suspends, is the wall clock'"'"'s time' convert_agrees_with_date
offset=$(boottime_offset_ns)
shifted=$((offset - 5000000000))
check 'root: the conclusion is the kernel'"'"'s own number' conclusion_is_exact as_root
check 'nobody: the conclusion holds it' conclusion_holds as_nobody
check 'root: the founding pairing is flagged, to the nanosecond' pairing_is_exact "$offset" as_root
check 'nobody: it is flagged too' pairing "$offset" as_nobody
if [ -x /usr/bin/unshare ] && in_namespace true 2>/dev/null; then
	check 'in a time namespace: the conclusion is the kernel'"'"'s own number' \
		conclusion_is_exact in_namespace
	check 'nobody there: the conclusion holds it' conclusion_holds nobody_in_namespace
	check 'in a time namespace: the pairing, to the nanosecond' \
		pairing_is_exact "$shifted" in_namespace
	check 'nobody there: it is flagged too' pairing "$shifted" nobody_in_namespace
else
	skip 'in a time namespace' 'no unshare --time here'
fi
check 'each helper reads the clock that it is said to read' helpers_read_what_they_say
check 'and can be told from the others after a suspend' helpers_are_told_apart
check 'a helper that is not there is a no, with the verifier'"'"'s words' absent_helpers_are_no
case $(uname -r) in
5.10.*)
	check_status 1 'and makes a pairing that cannot be' kvet clock compare -q --pair bpf:tai,user:tai
	check_status 1 'for nobody too, who cannot run it' \
		as_nobody kvet clock compare -q --pair bpf:tai,user:tai --max-skew 1s
	check_status 1 'whatever it is asked with' \
		kvet clock compare -q --pair bpf:tai,user:tai --pair bpf:boot,user:boot --max-skew 1s
	;;
*)
	check_status 0 'one that is there makes a pairing' kvet clock compare -q --pair bpf:tai,user:tai
	;;
esac
if busybox adjtimex -q -t 9990 2>/dev/null; then
	check 'a clock that is slowed down: monotonic_raw runs faster' raw_runs_faster
	check 'and the matrix has the sign of its direction' matrix_says_slower
	busybox adjtimex -q -t 10000
else
	skip 'a clock that is slowed down' 'busybox has no adjtimex here'
fi
check_status 0 'clock source: boottime' kvet clock source
check_also '^boottime$' 'clock source: one word'
check_status 3 'nobody: clock source is undetermined' as_nobody kvet clock source
check_also '^boottime$' 'nobody: with boottime as the recommendation'
check_status 0 'a stamp of BPF is converted' kvet clock convert 1000000000
check_status 3 'nobody: undetermined' as_nobody kvet clock compare
check_also 'CAP_BPF' 'nobody: the missing capability is named'
echo 0 >/proc/sys/kernel/unprivileged_bpf_disabled 2>/dev/null
if [ "$(cat /proc/sys/kernel/unprivileged_bpf_disabled)" = 0 ]; then
	check_status 0 'nobody, where unprivileged BPF is allowed: both sides' \
		as_nobody kvet clock compare
	check_also 'socket_filter' 'by a socket filter'
else
	skip 'unprivileged BPF' 'the sysctl cannot be lowered here'
fi

plan
