#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# kvet ksyms duplicates on fixtures.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	TABLE=$DATA/ksyms/pitfalls
}

duplicates() {
	local wanted=$1

	shift
	expect "$wanted" "$KVET" ksyms duplicates --kallsyms "$TABLE" "$@"
}

@test "names and addresses, with their kinds" {
	duplicates 0
	[ "$(cells | grep -v : | sed '/^$/q' | xargs -L1)" = "switch_mm ordinary 2
switch_mm.cold copy 2
__func__.0 generic 3" ]
	holds "$output" "0xffffffff81000140        2  alias_one;alias_two"
	holds "$output" "names: 3"
}

@test "the summary as the founding report had it" {
	duplicates 0 -j
	json '.summary == {symbols: 30, names: 3, names_symbols: 7, generic: 1, generic_symbols: 3,
		copies: 1, copies_symbols: 2, ordinary: 1, ordinary_symbols: 2, addresses: 4,
		addresses_symbols: 8, source: "file"}'
}

@test "--names and --addresses show one of the two, and count both" {
	duplicates 0 -j --names
	json 'all(.records[]; has("kind")) and (.records | length) == 3
		and .summary.addresses == 4'
	json '.records[0].addresses == ["0xffffffff81200240", "0xffffffff81200280"]'
	duplicates 0 -j --addresses
	json 'all(.records[]; has("names")) and (.records | length) == 4 and .summary.names == 3'
	json '.records[0] == {address: "0xffffffff81000000", symbols: 2,
		names: ["_text", "_stext"]}'
}

@test "--module, --text, --prefix-symbols: which rows count" {
	duplicates 0 -j --module early
	json '.summary | .symbols == 2 and .names == 0 and .addresses == 1'
	duplicates 1 -j --module late
	json '.status == "no" and .records == []'
	duplicates 0 -j --text
	json '.summary | .names == 2 and .generic == 0'
	duplicates 0 -j --prefix-symbols
	json '.summary.symbols == 32'
}

@test "one symbol that a filter leaves of several is not a duplicate" {
	printf '%s\n' 'ffffffffc0000000 t f	[m]' 'ffffffffc0001000 t f	[n]' \
		'ffffffffc0002000 t g	[m]' 'ffffffffc0002000 d h	[m]' >"$BATS_TEST_TMPDIR/table"
	TABLE=$BATS_TEST_TMPDIR/table
	duplicates 0 -j
	json '.summary | [.names, .addresses] == [1, 1]'
	duplicates 1 -j --module n
	json '.records == []'
	duplicates 1 -j --module m --text
	json '.records == []'
}

@test "a filter that leaves no symbol: nothing was judged, so there is no answer" {
	duplicates 3 -j --module nosuch
	json '.status == "undetermined" and .records == [] and .summary.symbols == 0
		and (.errors | length) == 1
		and .errors[0].evidence == "nothing to examine: there is no symbol of module \u0027nosuch\u0027"'
	duplicates 3 --type Q
	holds "$stderr" "no symbol of type Q"
	duplicates 3 --module late --type Q
	holds "$stderr" "no symbol of module 'late' of type Q"
}

@test "hidden addresses: names are counted, and the answer is undetermined" {
	TABLE=$DATA/ksyms/hidden
	duplicates 3 -j
	json '.status == "undetermined" and .summary.names > 0 and .summary.addresses == 0'
	json 'all(.records[]; .addresses == [])'
	holds "$stderr" kptr_restrict
	lacks "$output" '"0x0"'
}

@test "a table that cannot be read, an operand: no answer" {
	TABLE=$DATA/ksyms/malformed
	duplicates 3
	holds "$stderr" "malformed:3:"
	duplicates 2 operand
}

# Each kind by another number, so that none can stand in for another.
@test "the summary counts each kind of name by itself" {
	for n in 1 2 3; do
		printf 'ffffffff8100%d000 d __warned.%d\n' 1 $n 2 $n
	done | sort >"$BATS_TEST_TMPDIR/table"
	printf 'ffffffff8200%d000 t f.isra.%d\n' 1 0 2 0 3 1 4 1 >>"$BATS_TEST_TMPDIR/table"
	printf 'ffffffff8300%d000 t %s\n' 1 plain 2 plain 3 plain >>"$BATS_TEST_TMPDIR/table"
	expect 0 "$KVET" ksyms duplicates -j --kallsyms "$BATS_TEST_TMPDIR/table" --names
	json '.summary | [.generic, .generic_symbols, .copies, .copies_symbols, .ordinary,
		.ordinary_symbols, .names, .names_symbols] == [3, 6, 2, 4, 1, 3, 6, 13]'
}
