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

check 'before a suspend both sides hold the kernel'"'"'s offset' both_hold_the_truth
before=$(boottime_offset_ns)
suspend_seconds 3
after=$(boottime_offset_ns)
printf '# offset before %s ns, after %s ns\n' "$before" "$after"
check 'the suspend moved BOOTTIME by a second at least' test $((after - before)) -gt 1000000000
check 'after it both sides hold the kernel'"'"'s offset' both_hold_the_truth
check_status 1 'the skew is over 100ms' kvet clock compare --max-skew 100ms
check_status 0 'the skew is within 1h' kvet clock compare --max-skew 1h
check_status 3 'nobody: undetermined' as_nobody kvet clock compare
check_output 'CAP_BPF' 'nobody: the missing capability is named' as_nobody kvet clock compare

plan
