#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091
# bats file_tags=plain
# No memory: JSON is whole or absent, a verdict is the right one or none.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	. "$BATS_TEST_DIRNAME/memory.bash"
	TABLE=$DATA/ksyms/kallsyms
	cd "$BATS_TEST_TMPDIR" || return
}

@test "ksyms lookup: names, addresses, a name that is not there" {
	survives '.records' "$KVET" ksyms lookup -j --kallsyms "$TABLE" vfs_read nosuch
	survives '.records' "$KVET" ksyms lookup -j --kallsyms "$TABLE" vfs_read+4
}

@test "ksyms lookup: JSON lines" {
	survives 'select(.record == "symbol")' \
		"$KVET" ksyms lookup --format jsonl --kallsyms "$TABLE" vfs_read
}

@test "ksyms lookup: globs and expressions" {
	survives '.records' "$KVET" ksyms lookup -j --kallsyms "$TABLE" 'vfs_*'
	survives '.records' "$KVET" ksyms lookup -j --regex --kallsyms "$TABLE" '^vfs_(read|write)$'
	survives '.records' "$KVET" ksyms lookup -j --regex --kallsyms "$TABLE" \
		'(_|s|t)+(r|e)*.*(d|a)(x|_)?'
}

@test "ksyms duplicates" {
	survives '.records, .summary' "$KVET" ksyms duplicates -j --kallsyms "$TABLE"
}

@test "ksyms diff" {
	sed 's/vfs_read$/vfs_raed/' "$TABLE" >other
	survives '.records, .summary' "$KVET" ksyms diff -j "$TABLE" other
}

@test "clock convert" {
	survives '.records | length' "$KVET" clock convert -j 5 6
}

@test "wrong use" {
	survives '.records' "$KVET" ksyms lookup -j --regex --kallsyms "$TABLE" '['
}
