#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# kvet clock convert: there and back, logs, and what is refused.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
}

# A second ago, in ns of date's clock.
a_second_ago() {
	echo "$(($(date +%s%N) - 1000000000))"
}

@test "a stamp and back: the same to within twice the uncertainty" {
	expect 0 "$KVET" clock convert -j 1000000000
	json '.records[0] | .input == "1000000000" and .boottime_ns == "1000000000"
		and (.wall | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{9}Z$"))
		and .uncertainty_ns >= 0 and .slept_ns == 0'
	local wall uncertainty

	wall=$(jq -r '.records[0].wall' <<<"$output")
	uncertainty=$(jq -r '.records[0].uncertainty_ns' <<<"$output")
	expect 0 "$KVET" clock convert -j "$wall"
	json '.records[0] | (.boottime_ns | tonumber) - 1000000000 | fabs <= $u + 1000000' \
		--argjson u "$uncertainty"
	json '.records[0].wall == $wall' --arg wall "$wall"
}

@test "a wall-clock time is what date says" {
	local ns

	ns=$(a_second_ago)
	expect 0 "$KVET" clock convert -j "$(date -u -d "@${ns:0:-9}.${ns: -9}" +%FT%T.%NZ)"
	json '.records[0].wall == $wall' --arg wall "$(date -u -d "@${ns:0:-9}.${ns: -9}" +%FT%T.%NZ)"
	json '.records[0].boottime_ns | test("^[0-9]+$")'
}

@test "a zone, a blank for the T, fewer digits" {
	local ns second

	ns=$(a_second_ago)
	second=${ns:0:-9}
	expect 0 "$KVET" clock convert -j "$(date -u -d "@$second" +%FT%TZ)" \
		"$(TZ=UTC-2 date -d "@$second" +%FT%T+02:00)" "$(date -u -d "@$second" '+%F %T.0Z')"
	json '.records | map(.wall) | unique | length == 1'
}

@test "a log on standard input: the first word of each line, the rest kept" {
	expect 0 "$KVET" clock convert -j <<<"1000000000 openat(\"x\")  = 3

2000000000"
	json '.records | map(.text) == ["openat(\"x\")  = 3", null]'
	json '.summary.converted == 2 and .summary.refused == 0'
	expect 0 "$KVET" clock convert -j 5 - <<<"6"
	json '.records | map(.input) == ["5", "6"]'
}

@test "a line that holds no stamp is named, and the others are converted" {
	expect 3 "$KVET" clock convert -j <<<$'1\nnonsense here\n2'
	json '.records | map(.input) == ["1", "2"]'
	json '.summary.refused == 1 and (.errors[0].source == "standard input, line 2")'
	holds "$stderr" "'nonsense'"
}

@test "an operand that is not a stamp: wrong use, before anything is converted" {
	local word

	for word in x 1x -1 "" 2026-13-01T00:00:00Z 2026-02-30T00:00:00Z 2026-01-01 \
		2026-01-01T00:00:00 1969-12-31T23:59:59Z 9999-12-31T23:59:59Z 99999999999999999999; do
		expect 2 "$KVET" clock convert -- 1 "$word"
		[ -z "$output" ]
		holds "$stderr" "neither ns since boot nor an RFC 3339 time with a zone, from 1970 to 2262"
	done
}

@test "a stamp that is in the future is of another boot: refused" {
	expect 3 "$KVET" clock convert -j 900000000000000000
	json '.records == []'
	holds "$stderr" "in the future"
}

@test "so is one that is to come in ten minutes, by any clock" {
	local clock uptime

	read -r uptime _ </proc/uptime
	for clock in boottime monotonic; do
		expect 3 "$KVET" clock convert -j -c "$clock" "$((${uptime%.*} + 600))000000000"
		json '.records == []'
		holds "$stderr" "in the future"
	done
	expect 3 "$KVET" clock convert -j -c tai "$(($(date +%s) + 3600))000000000"
	holds "$stderr" "in the future"
	expect 3 "$KVET" clock convert -j "$(date -u +%Y-%m-%dT%H:%M:%SZ -d '10 minutes')" 2262-01-01T00:00:00Z
	json '.records == [] and .summary.refused == 2'
	holds "$stderr" "in the future: a suspend or a step"
	expect 0 "$KVET" clock convert -j "${uptime%.*}000000000"
}

@test "a growing log: a stamp from after the start of kvet is not in the future" {
	local clock answer uptime

	for clock in boottime monotonic tai; do
		coproc KVET_CONVERT { exec "$KVET" clock convert --format jsonl -c "$clock"; }
		echo 0 >&"${KVET_CONVERT[1]}"
		# The clocks have been read once.
		read -r answer <&"${KVET_CONVERT[0]}"
		[ "$(jq .input <<<"$answer")" = '"0"' ]
		# Longer than a step of /proc/uptime.
		sleep 0.1
		read -r uptime _ </proc/uptime
		uptime=${uptime/./}0000000
		[ "$clock" != tai ] || uptime=$(date +%s%N)
		echo "$uptime" >&"${KVET_CONVERT[1]}"
		read -r answer <&"${KVET_CONVERT[0]}"
		[ "$(jq -r .input <<<"$answer")" = "$uptime" ]
		kill "$KVET_CONVERT_PID"
		wait "$KVET_CONVERT_PID" || :
	done
}

@test "each column has its own uncertainty" {
	expect 0 "$KVET" clock convert -j -c monotonic 1000000000
	json '.records[0] | .monotonic_uncertainty_ns == 0
		and .uncertainty_ns >= .boottime_uncertainty_ns and .uncertainty_ns >= .slept_ns'
	expect 0 "$KVET" clock convert -j 1000000000
	json '.records[0] | .boottime_uncertainty_ns == 0 and .slept_ns == 0
		and .monotonic_uncertainty_ns >= 0'
	expect 0 "$KVET" clock convert 1000000000
	[[ ${lines[0]} =~ MONOTONIC_UNCERTAINTY_NS$ ]]
}

@test "a time before this boot is refused" {
	expect 3 "$KVET" clock convert -j 1970-01-02T00:00:00Z
	holds "$stderr" "before this boot"
}

@test "--boot-id: this boot's, or refused" {
	[ -r /proc/sys/kernel/random/boot_id ] || skip "no boot_id here"
	expect 0 "$KVET" clock convert -j -b "$(cat /proc/sys/kernel/random/boot_id)" 1
	json '.records[0].boot_id == $id' --arg id "$(cat /proc/sys/kernel/random/boot_id)"
	expect 3 "$KVET" clock convert -j -b 00000000-0000-0000-0000-000000000000 1
	json '.records == [] and (.errors[0].evidence | test("00000000-0000"))'
}

@test "--boot-id as journalctl(1) writes it, without dashes; anything else: wrong use" {
	[ -r /proc/sys/kernel/random/boot_id ] || skip "no boot_id here"
	expect 0 "$KVET" clock convert -b "$(tr -d - </proc/sys/kernel/random/boot_id)" 1
	expect 0 "$KVET" clock convert -b "$(tr a-f A-F </proc/sys/kernel/random/boot_id)" 1
	expect 3 "$KVET" clock convert -b 00000000000000000000000000000000 1
	for wrong in '' now 0000000000000000000000000000000 000000000000000000000000000000000 \
		0000000000000000000000000000000g; do
		expect 2 "$KVET" clock convert -b "$wrong" 1
		holds "$stderr" "--boot-id requires 32 hexadecimal digits"
		holds "$stderr" "not '$wrong'"
	done
}

@test "--sysroot: a snapshot of another boot, or of an unnamed one, is refused" {
	local root=$BATS_TEST_TMPDIR

	mkdir -p "$root/proc/sys/kernel/random"
	expect 3 "$KVET" clock convert --sysroot "$root" 1
	holds "$stderr" boot_id
	echo 00000000-0000-0000-0000-000000000000 >"$root/proc/sys/kernel/random/boot_id"
	expect 3 "$KVET" clock convert --sysroot "$root" 1
	holds "$stderr" "names boot 00000000"
}

@test "without /proc the time namespace is unknown: nothing is converted, status 3" {
	local root=$BATS_TEST_TMPDIR

	[ -r /proc/sys/kernel/random/boot_id ] || skip "no boot_id here"
	mkdir -p "$root/proc/sys/kernel/random"
	cp /proc/sys/kernel/random/boot_id "$root/proc/sys/kernel/random/boot_id"
	expect 3 "$KVET" clock convert -j --sysroot "$root" 1
	json '.records == [] and .status == "error"'
	holds "$stderr" "proc/self/ns is missing"
	mkdir -p "$root/proc/self/ns"
	ln -s 'mnt:[4026531841]' "$root/proc/self/ns/mnt"
	expect 0 "$KVET" clock convert -j --sysroot "$root" 1
	# A namespace whose offsets are not the ones that /proc shows.
	ln -s 'time:[4026532500]' "$root/proc/self/ns/time"
	ln -s 'time:[4026532501]' "$root/proc/self/ns/time_for_children"
	printf 'monotonic 0 0\nboottime 0 0\n' >"$root/proc/self/timens_offsets"
	expect 3 "$KVET" clock convert -j --sysroot "$root" 1
	json '.records == []'
	holds "$stderr" "children, not its own"
}

@test "--clock: monotonic and tai too, nothing else" {
	expect 0 "$KVET" clock convert -j -c monotonic 1000000000
	json '.records[0].monotonic_ns == "1000000000"'
	expect 0 "$KVET" clock convert -j -c tai "$(a_second_ago)"
	expect 2 "$KVET" clock convert -c realtime 1
	expect 2 "$KVET" clock convert -c raw 1
	expect 2 "$KVET" clock convert -c sundial 1
	holds "$stderr" "'sundial'"
}

@test "standard input can be read only once: twice is wrong use" {
	expect 2 "$KVET" clock convert - - <<<1000
	holds "$stderr" "standard input can be read only once"
}

@test "thousands of wrong lines: errors are bounded, and none is left out in silence" {
	seq -f 'wrong%.0f' 3000 >"$BATS_TEST_TMPDIR/wrong"
	run --separate-stderr "$KVET" clock convert -j <"$BATS_TEST_TMPDIR/wrong"
	json '.errors | length == 257'
	json '.errors[0].evidence != .errors[255].evidence'
	json '.errors[256].evidence == "2744 more errors, only on standard error"'
	[ "$(grep -c wrong <<<"$stderr")" -eq 3000 ]
}
