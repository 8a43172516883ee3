#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# kvet ksyms diff on fixtures.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	A=$DATA/ksyms/kallsyms
	B=$BATS_TEST_TMPDIR/after
}

diff_tables() {
	local wanted=$1

	shift
	expect "$wanted" "$KVET" ksyms diff "$@"
}

@test "a table differs in nothing from itself" {
	diff_tables 0 -j "$A" "$A"
	json '.status == "yes" and .records == [] and .summary == {before_symbols: 24,
		after_symbols: 24, added: 0, removed: 0, moved: 0, before_source: "file",
		after_source: "file"}'
}

@test "a kernel that was moved as a whole is the same" {
	sed 's/^ffffffff8/ffffffff9/' "$A" >"$B"
	diff_tables 0 "$A" "$B"
}

@test "added, removed and moved; of several symbols of one name, those that differ" {
	sed -e '/ add$/d' -e 's/81000400 t type_show/81000440 t type_show/' "$A" >"$B"
	echo 'ffffffff81000800 T new' >>"$B"
	diff_tables 1 -j "$A" "$B"
	json '[.records[] | [.change, .name, .before_relative, .after_relative]]
		== [["moved", "type_show", 1024, 1088], ["removed", "add", 1152, null],
			["added", "new", null, 2048]]'
	json '.summary | [.added, .removed, .moved] == [1, 1, 1]'
	diff_tables 0 --module ext4 "$A" "$B"
	diff_tables 1 -j --type T "$A" "$B"
	json '.records | length == 2'
}

@test "modules are compared by number, for they stand anywhere" {
	sed 's/^ffffffffc03/ffffffffc04/' "$A" >"$B"
	diff_tables 0 "$A" "$B"
	sed '/ext4_open/d' "$A" >"$B"
	diff_tables 1 -j "$A" "$B"
	json '.records == [{change: "removed", name: "ext4_open", type: "T", module: "ext4",
		before_relative: null, after_relative: null,
		before_address: "0xffffffffc0300040", after_address: null}]'
}

@test "hidden addresses, and what cannot be read: undetermined" {
	diff_tables 3 "$A" "$DATA/ksyms/hidden"
	holds "$stderr" kptr_restrict
	diff_tables 3 "$A" "$DATA/ksyms/missing"
	holds "$stderr" missing
	diff_tables 2
	diff_tables 2 "$A" "$A" "$A"
}

@test "the same table with its addresses hidden: nothing is new in it" {
	printf '%s\n' 'ffffffff81000000 T _text' 'ffffffff81000010 t __pfx_f' 'ffffffff81000020 t f' \
		'ffffffff81000040 t g' >"$BATS_TEST_TMPDIR/shown"
	sed 's/^[0-9a-f]*/0000000000000000/' "$BATS_TEST_TMPDIR/shown" >"$BATS_TEST_TMPDIR/hidden"
	diff_tables 3 -j "$BATS_TEST_TMPDIR/shown" "$BATS_TEST_TMPDIR/hidden"
	json '.summary | .added == 0 and .removed == 0'
}
