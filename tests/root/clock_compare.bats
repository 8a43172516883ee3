#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# kvet clock compare with both sides, in and out of a time namespace.

setup() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	. "$BATS_TEST_DIRNAME/../cmd/lib.bash"
}

needs_bpf() {
	run --separate-stderr "$KVET" clock compare -q
	[ "$status" -eq 0 ] || skip "BPF cannot be measured here, status $status"
}

needs_timens() {
	unshare --time --boottime 1 --fork true 2>/dev/null || skip "no time namespaces here"
}

# BOOTTIME - MONOTONIC as the kernel has it: the offsets of the bases 2 and 0. Clock 2 of the
# hrtimer bases is BOOTTIME; its offset to MONOTONIC, which has 0, is what BPF sees.
kernel_offset() {
	awk '$1 == ".index:" { n = $2 } $1 == ".offset:" && n == 2 { print $2; exit }' \
		/proc/timer_list
}

timens() {
	unshare --time --boottime 100000 --monotonic 5000 --fork "$@"
}

@test "outside a namespace: both sides hold the same offset" {
	[ -r /proc/timer_list ] || skip "no /proc/timer_list"
	needs_bpf
	expect 0 "$KVET" clock compare -j
	json '[.records[].side | values] | length == 4'
	json '.records[1] | .low_ns <= $o and $o <= .high_ns' --argjson o "$(kernel_offset)"
	json '.summary | .time_namespace_monotonic_ns == null and .time_namespace_boottime_ns == null' ||
		skip "the tests run in a time namespace"
	json '.summary | .difference_low_ns <= 0 and .difference_high_ns >= 0'
}

@test "in a time namespace: the user side is shifted, the bpf side is not" {
	[ -r /proc/timer_list ] || skip "no /proc/timer_list"
	needs_bpf
	needs_timens
	expect 1 timens "$KVET" clock compare -j --max-skew 1s --now
	# Into a new namespace the old one's offsets are not added; the kernel's own offset is.
	json '.records[0] | .low_ns <= $o + 95000000000000 and $o + 95000000000000 <= .high_ns
		and .within == "no"' --argjson o "$(kernel_offset)"
	json '.records[1] | .low_ns <= $o and $o <= .high_ns' --argjson o "$(kernel_offset)"
	json '.summary | .time_namespace_monotonic_ns == 5000000000000
		and .time_namespace_boottime_ns == 100000000000000'
	json '.summary | .difference_high_ns < -94000000000000
		and .difference_low_ns <= -95000000000000 and .difference_high_ns >= -95000000000000'
	holds "$stderr" "time namespace"
	holds "$stderr" "5000000000000"
	holds "$stderr" "100000000000000"
}

@test "in a time namespace: -q prints nothing" {
	needs_bpf
	needs_timens
	expect 1 timens "$KVET" clock compare -q --max-skew 1s --now
	[ -z "$output$stderr" ]
	expect 0 timens "$KVET" clock compare -q --max-skew 100000h --now
}

@test "--max-skew 1h on a host that has hardly slept: within now, and not for good" {
	[ -r /proc/timer_list ] || skip "no /proc/timer_list"
	needs_bpf
	[ "$(kernel_offset)" -lt 3600000000000 ] || skip "this host has slept for an hour"
	expect 0 "$KVET" clock compare -j --max-skew 1h --now
	json '[.records[0:3][].within] == ["yes", "yes", "yes"]'
	expect 1 "$KVET" clock compare -j --max-skew 1h
	json '[.records[0:3][].within] == ["no", "no", "no"]'
}

@test "a limit inside the interval is undetermined" {
	[ "$(kernel_offset)" = 0 ] || skip "needs a host that has not slept"
	needs_bpf
	# The clock cannot tell 0 ns apart, so that the interval holds more than 0.
	run --separate-stderr "$KVET" clock compare -j -n 1 --max-skew 0ns --now
	json 'all(.records[0:2][]; .within == (if .low_ns == 0 and .high_ns == 0 then "yes"
		else "undetermined" end))'
}

@test "without privilege: status 3, and the user side is still measured" {
	[ "$(cat /proc/sys/kernel/unprivileged_bpf_disabled)" -ne 0 ] || skip "bpf(2) is for all"
	expect 3 as_nobody "$KVET" clock compare -j --max-skew 100000h --now
	json '.records[0] | .side == "user" and .low_ns <= .high_ns and .within == "yes"'
	json '.records[1] | .side == "bpf" and .low_ns == null and .within == "undetermined"'
	json '.status == "undetermined" and any(.errors[]; .evidence | test("CAP_BPF"))'
	holds "$stderr" CAP_BPF
}

# without_proc COMMAND...: in a time namespace, where nothing but an empty folder is at /proc.
without_proc() {
	# shellcheck disable=SC2016 # the inner shell expands it
	timens unshare --mount sh -c 'mount -t tmpfs none /proc && exec "$@"' sh "$@"
}

@test "in a time namespace without /proc: undetermined, and nothing is converted" {
	needs_bpf
	needs_timens
	without_proc true || skip "no mounts here"
	expect 3 without_proc "$KVET" clock compare -j
	# A no is the verifier's, of a helper that this kernel does not have.
	json '[.records[] | select(.helper)] | length == 4 and all(.reads_it == "undetermined"
		or (.reads_it == "no" and (.cause | test("func"))))'
	json '.records[] | select(.certainty) | .agree == "undetermined"
		and (.offset_ns - $o | fabs) <= .uncertainty_ns + 1' --argjson o "$(kernel_offset)"
	expect 3 without_proc "$KVET" clock convert -j 1000000000
	json '.records == []'
	# What BPF itself has measured holds all the same: the namespace shifts by 5,000 s.
	expect 0 without_proc "$KVET" clock compare -j --pair bpf:mono,user:mono
	json '.records[0] | .low_ns <= -5000000000000 and -5000000000000 <= .high_ns'
}

@test "in a time namespace: a stamp is the same moment as outside, there and back" {
	needs_timens
	local clock outside inside

	for clock in boottime monotonic; do
		outside=$("$KVET" clock convert -j -c "$clock" 1000000000)
		inside=$(timens "$KVET" clock convert -j -c "$clock" 1000000000)
		outside=$(date -d "$(jq -r '.records[0].wall' <<<"$outside")" +%s%N)
		inside=$(date -d "$(jq -r '.records[0].wall' <<<"$inside")" +%s%N)
		echo "$clock: $outside, inside $inside"
		[ "$((outside - inside))" -lt 1000000000 ]
		[ "$((inside - outside))" -lt 1000000000 ]
	done
	expect 0 timens "$KVET" clock convert -j "$(date -u +%FT%TZ)"
	json '.records[0].boottime_ns | tonumber | . / 1e9 - $uptime | fabs < 60' \
		--argjson uptime "$(cut -d ' ' -f 1 /proc/uptime)"
}

@test "in a time namespace: the coarse clock too is off by what that adds" {
	needs_bpf
	needs_timens
	local clock

	for clock in coarse raw; do
		expect 1 timens "$KVET" clock compare -j --pair "bpf:mono,user:$clock" --max-skew 1m \
			--now -d 1ms
		json '.records[0] | .low_ns <= -4999e9 and .high_ns >= -5001e9 and .high_ns < -4900e9'
	done
}

@test "every helper reads the clock that it is documented to read" {
	needs_bpf
	expect 0 "$KVET" clock compare -j
	json 'all(.records[] | select(.helper and .low_ns != null); .reads_it == "yes")'
	json '[.records[] | select(.helper and .low_ns != null)] | length >= 2'
	needs_timens
	expect 0 timens "$KVET" clock compare -j
	json 'all(.records[] | select(.helper and .low_ns != null); .reads_it == "yes")'
}

@test "in a time namespace: the conclusion is still the kernel's own number" {
	[ -r /proc/timer_list ] || skip "no /proc/timer_list"
	needs_bpf
	needs_timens
	local shift

	for shift in "100000 5000" "-1000 50000000" "0 -1000" "3 3"; do
		# shellcheck disable=SC2086 # two numbers
		set -- $shift
		expect 0 unshare --time --boottime "$1" --monotonic "$2" --fork "$KVET" clock compare -j
		json '.records[] | select(.certainty) | .offset_ns == $o and .uncertainty_ns == 0
			and .certainty == "exact" and .agree == "yes"' --argjson o "$(kernel_offset)"
		json '.records[3] | .low_ns == $s and .high_ns == $s' \
			--argjson s "$((($1 - $2) * 1000000000))"
		json '.records[0] | .low_ns <= $e and $e <= .high_ns' \
			--argjson e "$((($1 - $2) * 1000000000 + $(kernel_offset)))"
		[ "$1" = "$2" ] || json '.records[] | select(.certainty)
			| any(.reasons[]; test("time namespace"))'
	done
}

@test "in a time namespace: the pairing of the founding bug, to the nanosecond" {
	[ -r /proc/timer_list ] || skip "no /proc/timer_list"
	needs_bpf
	needs_timens
	expect 1 timens "$KVET" clock compare -j --pair bpf:boot,user:mono --max-skew 1s --now
	json '.records[0] | .low_ns == $e and .high_ns == $e and .within == "no"
		and .basis == "measured"' --argjson e "$(($(kernel_offset) - 5000000000000))"
	expect 1 timens "$KVET" clock compare -j --pair bpf:boot,user:boot --max-skew 1s
	json '.records[0] | .low_ns == -100000000000000 and .high_ns == .low_ns'
}

@test "without privilege in a time namespace: the conclusion and the pairing contain the kernel's number" {
	needs_timens
	run --separate-stderr timens setpriv --reuid=65534 --regid=65534 --clear-groups \
		--inh-caps=-all "$KVET" clock compare -j
	json '.records[] | select(.certainty) | .offset_ns - .uncertainty_ns <= $o
		and $o <= .offset_ns + .uncertainty_ns' --argjson o "$(kernel_offset)"
	run --separate-stderr timens setpriv --reuid=65534 --regid=65534 --clear-groups \
		--inh-caps=-all "$KVET" clock compare -j --pair bpf:boot,user:mono --max-skew 1s
	[ "$status" -eq 1 ]
	json '.records[0] | .low_ns <= $e and $e <= .high_ns and .within == "no"' \
		--argjson e "$(($(kernel_offset) - 5000000000000))"
}

@test "no errno of bpf(2) makes a helper absent, or a side a no" {
	command -v strace >/dev/null || skip "no strace"
	strace -o /dev/null true 2>/dev/null || skip "strace cannot trace here"
	needs_bpf
	local errnum

	for errnum in EPERM EACCES ENOENT ENOSYS ENOMEM EINVAL EAGAIN ENOSPC E2BIG EBUSY; do
		run --separate-stderr strace -qq -o /dev/null -e trace=bpf \
			-e inject=bpf:error="$errnum" "$KVET" clock compare -j
		echo "$errnum: $status"
		[ "$status" -eq 3 ]
		json 'all(.records[] | select(.helper); .reads_it == "undetermined")'
		json '.records[] | select(.certainty) | .agree != "no" and (.offset_ns | type) == "number"'
		run --separate-stderr strace -qq -o /dev/null -e trace=bpf \
			-e inject=bpf:error="$errnum":when=2+ "$KVET" clock compare -j
		[ "$status" -eq 3 ]
		json 'all(.records[] | select(.helper); .reads_it == "undetermined")'
	done
}
