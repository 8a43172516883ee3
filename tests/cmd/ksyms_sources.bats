#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# Where kvet ksyms takes a table from: files of all kinds.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	TABLE=$DATA/ksyms/kallsyms
}

@test "a compressed copy, a cut one, and one that is no table" {
	local gz=$BATS_TEST_TMPDIR/kallsyms.gz

	gzip -c "$TABLE" >"$gz"
	expect 0 "$KVET" ksyms lookup -j --kallsyms "$gz" vfs_read
	json '.records[0].address == "0xffffffff81000180" and .summary.source == "file"'
	head -c 300 "$gz" >"$gz.cut"
	expect 3 "$KVET" ksyms lookup --kallsyms "$gz.cut" vfs_read
	holds "$stderr" "$gz.cut"
	expect 3 "$KVET" ksyms lookup --kallsyms "$gz" --source elf vfs_read
	holds "$stderr" "no ELF file"
	expect 2 "$KVET" ksyms lookup --kallsyms "$gz" --source text vfs_read
	expect 2 "$KVET" ksyms lookup --source file vfs_read
	expect 2 "$KVET" ksyms lookup --source nowhere vfs_read
}

@test "an ELF file: true sizes, and a module's own name" {
	local c=$BATS_TEST_TMPDIR/x.c o=$BATS_TEST_TMPDIR/x.o

	printf '%s\n' 'static const char i[] __attribute__((section(".modinfo"), used)) = "name=mine";' \
		'int data = 5; int bss;' 'int one(void) { return data; }' \
		'__attribute__((weak)) int two(void) { return bss; }' >"$c"
	${CC:-cc} -O1 -fcf-protection=none -c "$c" -o "$o" || skip "no compiler"
	expect 0 "$KVET" ksyms lookup -j --kallsyms "$o" one two data bss
	json '[.records[].type] == ["T", "W", "D", "B"] and all(.records[]; .module == "mine")'
	json '.summary.source == "elf" and all(.records[]; .size > 0 and .extent == null)'
	json '[.records[] | select(.name == "data" or .name == "bss") | .size] == [4, 4]'
	gzip -k "$o"
	expect 0 "$KVET" ksyms lookup --kallsyms "$o.gz" one
	holds "${lines[0]}" SIZE
	head -c 200 "$o" >"$o.cut"
	expect 3 "$KVET" ksyms lookup --kallsyms "$o.cut" one
	strip "$o" -o "$o.bare" && expect 3 "$KVET" ksyms lookup --kallsyms "$o.bare" one
}
