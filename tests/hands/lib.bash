# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# For the tests of what users get. Their tools are those of scripts/setup --hands; what is missing is a
# skipped test, and a failure where KVET_REQUIRE names this tier.

# requires PROGRAM...: skips the test if one of them is not installed.
requires() {
	local program

	for program; do
		command -v "$program" >/dev/null || skip "$program is not installed: scripts/setup --hands"
	done
}

# Debian's Python, which has Debian's modules, and not one that a user put before it.
requires_yaml() {
	/usr/bin/python3 -c 'import yaml' 2>/dev/null || skip "python3-yaml is not installed: scripts/setup --hands"
}

# The tree's own make: what the caller's make has to say is not meant for these.
alone() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	unset MAKEFLAGS MAKEOVERRIDES MFLAGS MAKELEVEL WERROR SAN STATIC CC CFLAGS DESTDIR prefix SOURCE_DATE_EPOCH
}
