#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC2154
# What make check makes of its tiers: skips, failures, and the time that all took.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	unset KVET_REQUIRE
}

# printed LINE...: a tier that prints these.
printed() {
	printf '%s\n' "$@" >"$BATS_TEST_TMPDIR/printed"
}

# tier NAME
tier() {
	run sh scripts/tap "$1" "$BATS_TEST_TMPDIR/$1.tap" -- cat "$BATS_TEST_TMPDIR/printed"
}

@test "a skipped test is a failure where KVET_REQUIRE names its tier, and there alone" {
	printed 1..1 'ok 1 - whole # SKIP no network'
	tier cross
	[ "$status" -eq 0 ]
	[[ "${lines[-1]}" = '0 passed, 0 failed, 1 skipped in '* ]]
	KVET_REQUIRE=root,vm tier cross
	[ "$status" -eq 0 ]
	KVET_REQUIRE=root,cross tier cross
	[ "$status" -ne 0 ]
	[[ "${lines[-1]}" = '0 passed, 1 failed, 1 skipped in '* ]]
}

@test "a tier fails by a test, by one that is missing, by its status, and by none at all" {
	printed 1..2 'ok 1 - first' 'not ok 2 - second'
	tier unit
	[ "$status" -ne 0 ]
	printed 1..2 'ok 1 - first'
	tier unit
	[ "$status" -ne 0 ]
	printed ''
	tier unit
	[ "$status" -ne 0 ]
	run sh scripts/tap unit "$BATS_TEST_TMPDIR/unit.tap" -- sh -c 'echo 1..1; echo ok 1; exit 3'
	[ "$status" -ne 0 ]
}

@test "the total: tiers that ran side by side count once, and failures are named with their tier" {
	printf '%s\n' '# began 1000' 'ok 1 - a' 1..1 '# seconds 100' >"$BATS_TEST_TMPDIR/unit.tap"
	printf '%s\n' '# began 1010' 'not ok 1 - b' 1..1 '# seconds 120' >"$BATS_TEST_TMPDIR/vm.tap"
	run sh scripts/tap --total "$BATS_TEST_TMPDIR/unit.tap" "$BATS_TEST_TMPDIR/vm.tap"
	[ "$status" -ne 0 ]
	[ "${lines[1]}" = '  vm: b' ]
	[ "${lines[-1]}" = '1 passed, 1 failed, 0 skipped in 2 min 10 s' ]
}

@test "cross builds that cannot be fetched are skipped with the reason" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\nexit 100\n' >"$BATS_TEST_TMPDIR/bin/apt-get"
	chmod +x "$BATS_TEST_TMPDIR/bin/apt-get"
	export XDG_CACHE_HOME="$BATS_TEST_TMPDIR/cache" PATH="$BATS_TEST_TMPDIR/bin:$PATH"
	run --separate-stderr sh scripts/cross --test arm64
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 2 ]
	[ "${lines[1]}" = 'ok 1 - [arm64] kvet builds without a warning # SKIP cross: arm64: its packages could not be fetched' ]
	# And no stage is left in the cache.
	run ! ls -d "$XDG_CACHE_HOME"/kvet/cross/stage.*
}
