#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2154
# <kvet/ksyms.h> in a program that runs long, while BPF programs come and go. Others may load some on
# this host at the same time, so that a run may have to be made again; in guests nobody does
# (tests/vm/ksyms_refresh.sh).

setup() {
	. "$BATS_TEST_DIRNAME/../cmd/lib.bash"
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	[ -n "${LASTING:-}" ] || skip "needs LASTING, the built tests/vm/symbols/lasting.c: make check-root"
}

# steps SOURCE: one run, in which only this test's program came and went.
steps() {
	local try wanted

	wanted='true: stale no (); added 0, removed 0; same as whole
load: stale yes (BPF programs: 1 came, 0 went); added 1, removed 0; same as whole
true: stale no (); added 0, removed 0; same as whole
unload: stale yes (BPF programs: 0 came, 1 went); added 0, removed 1; same as whole'
	for try in {1..20}; do
		run --separate-stderr "$LASTING" "$1" true load true unload
		[ "$output" != "$wanted" ] || return 0
		sleep "0.$try"
	done
	echo "status $status"
	echo "$output"
	echo "$stderr"
	return 1
}

@test "the text: a table is stale once a BPF program came or went, and is refreshed" {
	steps text
}

@test "the iterator: a table is stale once a BPF program came or went, and is refreshed" {
	"$KVET" ksyms lookup -q --source iter _text || skip "no iterator here"
	steps iter
}

@test "without CAP_SYS_ADMIN, whether BPF programs came is undetermined, and the table is refreshed" {
	run setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin "$LASTING" text true
	[[ $output == "true: stale undetermined ("*CAP_SYS_ADMIN*"; added "* ]]
}
