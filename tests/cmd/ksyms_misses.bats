#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# What kvet ksyms lookup says of a query that has no match, and of one that is none.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	TABLE=$DATA/ksyms/kallsyms
}

lookup() {
	local wanted=$1

	shift
	expect "$wanted" "$KVET" ksyms lookup --kallsyms "$TABLE" "$@"
}

@test "a match that a filter leaves out: which, and how often" {
	local table=$BATS_TEST_TMPDIR/table

	printf '%s\n' 'ffffffff81000000 T _text' 'ffffffff81000010 T vfs_read' 'ffffffff81000020 t dup' \
		'ffffffff81000030 d dup' 'ffffffffc0000000 t dup	[ext4]' 'ffffffffc0000010 t dup	[xfs]' \
		'ffffffffc0000020 t dup	[xfs]' >"$table"
	TABLE=$table
	lookup 1 --type dD vfs_read
	holds "$stderr" "vfs_read occurs once, of a type other than 'dD' (T)"
	lookup 1 --type Q dup
	holds "$stderr" "dup occurs 5 times, of types other than 'Q' (td)"
	lookup 1 --module ext4 --type D dup
	holds "$stderr" "dup occurs 5 times: 4 in modules other than 'ext4' (vmlinux, xfs), 1 of a type other than 'D' (t)"
	lookup 1 xfs:vfs_read+0x100
	holds "$stderr" "vfs_read occurs once, in a module other than 'xfs' (vmlinux); did you mean vmlinux:vfs_read?"
	lookup 1 --module ext4 xfs:dup
	holds "$stderr" "the query names module 'xfs', and the filter module 'ext4'"
	lookup 1 --type D vfs_read+0x1
	holds "$stderr" "vfs_read occurs once, of a type other than 'D' (T)"
	lookup 1 vfs_read+0x1000
	holds "$stderr" "vfs_read occurs once, but not with this offset or size"
}

@test "a number of 2^64 or more is too large, and not wrong in its form" {
	local large

	for large in 18446744073709551616 0x10000000000000000 99999999999999999999999999; do
		lookup 2 "_text+$large"
		holds "$stderr" "'_text+$large' has an OFF that is too large: 2^64 or more"
		lookup 2 "vfs_read+1/$large"
		holds "$stderr" "has a SIZE that is too large: 2^64 or more"
		expect 2 "$KVET" trace --plan "vfs_read+$large"
		holds "$stderr" "the offset is too large: it is 2^64 or more"
	done
	expect 2 "$KVET" trace --offsets --range "0-18446744073709551616" vfs_read
	holds "$stderr" "--range requires FIRST-LAST below 2^64"
	lookup 1 _text+18446744073709551615
	holds "$stderr" "but not with this offset"
	lookup 2 _text+1844674407370955161x
	holds "$stderr" "is not SYM+OFF"
}
