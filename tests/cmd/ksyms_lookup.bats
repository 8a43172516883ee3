#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# kvet ksyms lookup on fixtures: no privilege, and nothing asked of this kernel.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	TABLE=$DATA/ksyms/kallsyms
}

lookup() {
	local wanted=$1

	shift
	expect "$wanted" "$KVET" ksyms lookup --kallsyms "$TABLE" "$@"
}

@test "a name: its row" {
	lookup 0 vfs_read
	[ "${lines[0]}" = "QUERY     ADDRESS             OFFSET  NAME      TYPE  MODULE" ]
	[ "$(cells)" = "vfs_read 0xffffffff81000180 0x0 vfs_read T -" ]
	[ -z "$stderr" ]
}

@test "a name: every address, in order, of the core and of modules" {
	lookup 0 type_show
	[ "$(cells)" = "type_show 0xffffffff81000100 0x0 type_show t -
type_show 0xffffffff81000400 0x0 type_show t -
type_show 0xffffffffc0300000 0x0 type_show t ext4" ]
	lookup 0 sock_put
	[ "$(cells)" = "sock_put 0xffffffff81000600 0x0 sock_put t -
sock_put 0xffffffffc0100000 0x0 sock_put t tun" ]
	lookup 0 -j __func__.0
	json '[.records[].address] == ["0xffffffff82000000", "0xffffffff82000010",
		"0xffffffff82000020"]'
}

@test "a name is compared in full, byte by byte" {
	lookup 1 vfs_rea
	lookup 1 VFS_READ
	lookup 1 __func__
	lookup 1 'vfs_*'
}

@test "a name of 511 bytes is found whole" {
	local name

	name=$(awk 'length($3) == 511 { print $3 }' "$TABLE")
	[ "${#name}" -eq 511 ]
	lookup 0 -j "$name"
	json '.records | length == 1 and (.[0].name | length) == 511'
	lookup 1 "${name%?}"
}

@test "an address: every name at it" {
	lookup 0 0xffffffff81000000
	[ "$(cells | cut -d' ' -f4 | sort | xargs)" = "_stext _text startup_64" ]
	lookup 0 0xffffffff82000ab0
	[ "$(cells | cut -d' ' -f4 | sort | xargs)" = "jiffies jiffies_64" ]
}

@test "an address inside a symbol: the symbol and the offset" {
	lookup 0 0xffffffff810001aa
	[ "$(cells)" = "0xffffffff810001aa 0xffffffff81000180 0x2a vfs_read T -" ]
	lookup 0 -j 0xffffffff810001aa
	json '.records[0].offset == 42'
	lookup 0 -j ffffffff8100017f
	json '.records[0] | .name == "type_show" and .offset == 127'
}

@test "an address behind several names: all of them" {
	lookup 0 -j ffffffff81000001
	json '[.records[] | [.name, .offset]] | sort
		== [["_stext", 1], ["_text", 1], ["startup_64", 1]]'
}

@test "an address below the table, and zero, are not guessed about" {
	lookup 0 -j 0
	json '[.records[].name] == ["fixed_percpu_data"]'
	TABLE=$BATS_TEST_TMPDIR/high
	echo 'ffffffff81000000 T _text' >"$TABLE"
	lookup 1 0xffffffff80ffffff
	lookup 1 0
}

@test "hexadecimal with and without 0x, in either case" {
	local query

	for query in 0xffffffff82000ab0 ffffffff82000ab0 FFFFFFFF82000AB0 \
		0xFFFFFFFF82000AB0 0XFFFFFFFF82000ab0; do
		lookup 0 -j $query
		json '[.records[] | .name, .query] | sort == (["jiffies", "jiffies_64", $q, $q] | sort)' \
			--arg q $query
	done
}

@test "hexadecimal digits that are a name are the name" {
	lookup 0 add
	[ "$(cells)" = "add 0xffffffff81000480 0x0 add T -" ]
}

@test "more than 16 digits are no address" {
	lookup 2 0x10000000000000000
	holds "$stderr" "0x10000000000000000"
	lookup 2 0xnonsense
	lookup 2 0x
	lookup 1 10000000000000000
}

@test "modules: any order in the file, a TAB before the name, [bpf] too" {
	lookup 0 -j tun_open ext4_open bpf_trampoline_6442 ftrace_trampoline
	json '[.records[].module] == ["tun", "ext4", "bpf", "__builtin__ftrace"]'
	lookup 0 -j 0xffffffffc0100044
	json '.records[0] | .name == "sock_put" and .module == "tun" and .offset == 68'
	lookup 0 -j 0xffffffffc0200010
	json '.records[0].module == "bpf"'
}

@test "no match: status 1, and stderr names the query" {
	lookup 1 nosuch
	[ -z "$(cells)" ]
	[ "$stderr" = "kvet: no match for 'nosuch'" ]
	lookup 1 -j nosuch
	json '.status == "no" and .records == [] and .errors == []
		and .summary.unmatched == ["nosuch"] and .summary.matches == 0'
}

@test "several queries: rows in their order, the worst wins" {
	lookup 0 -j vfs_read add vfs_read
	json '[.records[].query] == ["vfs_read", "add", "vfs_read"]'
	lookup 1 -j vfs_read nosuch add gone
	json '.status == "no" and [.records[].name] == ["vfs_read", "add"]
		and .summary == {queries: 4, matches: 2, unmatched: ["nosuch", "gone"], symbols: 24}'
	holds "$stderr" "'nosuch'"
	holds "$stderr" "'gone'"
}

@test "SYM+OFF is wrong use, not a no" {
	lookup 2 vfs_read+3
	[ -z "$output" ]
	holds "$stderr" "'vfs_read+3'"
	lookup 2 vfs_read nosuch+0x1
	[ -z "$output" ]
	lookup 2 ""
}

@test "a table on standard input" {
	run --separate-stderr "$KVET" ksyms lookup -j --kallsyms - only <<<"ffffffff81000000 T only"
	[ "$status" -eq 0 ]
	json '.records[0].address == "0xffffffff81000000"'
	run "$KVET" ksyms lookup --kallsyms "" only
	[ "$status" -eq 2 ]
}

@test "hidden addresses: status 3, absent instead of zero, the names still there" {
	TABLE=$DATA/ksyms/hidden
	lookup 3 vfs_read type_show
	[ "$(cells)" = "vfs_read - 0x0 vfs_read T -
type_show - 0x0 type_show t -
type_show - 0x0 type_show t -
type_show - 0x0 type_show t ext4" ]
	lookup 3 -j vfs_read
	json '.status == "undetermined" and .records[0].address == null
		and .records[0].name == "vfs_read"'
	lacks "$output" 0x0
}

@test "hidden addresses: the cause names the settings" {
	TABLE=$DATA/ksyms/hidden
	lookup 3 -j vfs_read
	json '.errors | length == 1'
	json '.errors[0].evidence | test("kptr_restrict") and test("perf_event_paranoid")
		and test("CAP_SYSLOG")'
	holds "$stderr" kptr_restrict
	holds "$stderr" perf_event_paranoid
	holds "$stderr" CAP_SYSLOG
}

@test "hidden addresses: an address or an unknown name is no 'no' either" {
	TABLE=$DATA/ksyms/hidden
	lookup 3 0xffffffff81000180
	lacks "$stderr" "no match"
	lookup 3 nosuch
	holds "$stderr" "no match for 'nosuch'"
	lookup 3 -j nosuch 0xffffffff81000180
	json '.summary.unmatched == ["nosuch"]'
	lookup 3 -j 0
	lacks "$output" 0x0
}

@test "a zero among addresses is an address" {
	lookup 0 fixed_percpu_data
	[ "$(cells)" = "fixed_percpu_data 0x0 0x0 fixed_percpu_data A -" ]
	[ -z "$stderr" ]
}

@test "a malformed line: status 3, FILE:LINE, no rows" {
	TABLE=$DATA/ksyms/malformed
	lookup 3 _text
	[ -z "$(cells)" ]
	holds "$stderr" "$TABLE:3: "
	lookup 3 -j _text
	json '.status == "error" and .records == [] and .summary == {}'
	json '.errors[0].evidence | contains("malformed:3:")'
	TABLE=$DATA/ksyms/bad_module
	lookup 3 _text
	holds "$stderr" "$TABLE:2: "
}

@test "a file that is cut off: status 3, FILE:LINE" {
	TABLE=$DATA/ksyms/cut
	lookup 3 _text
	holds "$stderr" "$TABLE:2: "
}

@test "an empty file, a missing one, a directory: status 3" {
	TABLE=$DATA/ksyms/empty
	lookup 3 _text
	holds "$stderr" "$TABLE"
	holds "$stderr" "empty"
	TABLE=$DATA/ksyms/missing
	lookup 3 -j _text
	holds "$stderr" "$TABLE"
	json '.status == "error" and .errors[0].errno == "ENOENT"'
	TABLE=$DATA/ksyms
	lookup 3 -j _text
	json '.status == "error" and .errors[0].errno == "EISDIR"'
}

@test "a file that may not be read: status 3, EACCES" {
	[ "$(id -u)" -ne 0 ] || skip "root may read everything"
	TABLE=$BATS_TEST_TMPDIR/secret
	install -m 000 /dev/null "$TABLE"
	lookup 3 -j _text
	json '.errors[0].errno == "EACCES"'
}

@test "a pipe as the file" {
	expect 0 bash -c '"$0" ksyms lookup --kallsyms <(cat "$1") vfs_read' "$KVET" "$TABLE"
	[ "$(cells)" = "vfs_read 0xffffffff81000180 0x0 vfs_read T -" ]
}

@test "control bytes in a name: escaped in text, valid in JSON" {
	local name=$'evil\e[2J\rname'

	TABLE=$BATS_TEST_TMPDIR/control
	printf '%s\n' "ffffffff81000000 t $name" "ffffffff81000010 t plain" >"$TABLE"
	lookup 0 "$name" 0xffffffff81000000
	lacks "$output" $'\e'
	lacks "$output" $'\r'
	holds "$output" '\x1b[2J'
	lookup 0 -j 0xffffffff81000000
	lacks "$output" $'\e'
	json '.records[0].name == $name' --arg name "$name"
	lookup 1 $'gone\e[2J'
	lacks "$stderr" $'\e'
	holds "$stderr" '\x1b[2J'
}

@test "a name that is not UTF-8 leaves the JSON valid" {
	TABLE=$BATS_TEST_TMPDIR/latin
	printf 'ffffffff81000000 t caf\xe9\n' >"$TABLE"
	lookup 0 -j 0xffffffff81000000
	json '.records[0].name | startswith("caf")'
	iconv -f UTF-8 -t UTF-8 <<<"$output" >/dev/null
}

@test "JSON: one document, the keys of a record and the types of their values" {
	lookup 0 -j vfs_read tun_open
	[ "${#lines[@]}" -eq 1 ]
	json 'keys - ["command", "errors", "records", "schema_version", "status", "summary"] == []
		and .schema_version == 1 and .command == "ksyms lookup" and .status == "yes"
		and .errors == []'
	json '.records[0] | keys_unsorted
		== ["query", "address", "offset", "name", "type", "module"]'
	json '.records == [
		{query: "vfs_read", address: "0xffffffff81000180", offset: 0,
			name: "vfs_read", type: "T", module: null},
		{query: "tun_open", address: "0xffffffffc0100080", offset: 0,
			name: "tun_open", type: "t", module: "tun"}]'
	json '.summary == {queries: 2, matches: 2, unmatched: [], symbols: 24}'
}

@test "JSON lines: an object a line, the summary last" {
	lookup 0 --format jsonl vfs_read type_show
	[ "${#lines[@]}" -eq 5 ]
	jsonl 'map(.record) == ["symbol", "symbol", "symbol", "symbol", "summary"]'
	jsonl '.[0] | keys_unsorted
		== ["record", "query", "address", "offset", "name", "type", "module"]'
	jsonl '.[4] | .schema_version == 1 and .command == "ksyms lookup"
		and .status == "yes" and .matches == 4'
}

@test "--pretty: the same document over several lines" {
	local flat

	lookup 1 -j vfs_read nosuch
	flat=$(jq -S . <<<"$output")
	lookup 1 -p vfs_read nosuch
	[ "${#lines[@]}" -gt 10 ]
	[ "$(jq -S . <<<"$output")" = "$flat" ]
}

@test "--verbose: the summary in text" {
	lookup 0 -v vfs_read
	holds "$output" "symbols: 24"
	holds "$output" "matches: 1"
}

@test "--sysroot: the table and the settings below the directory" {
	expect 3 "$KVET" ksyms lookup -j --sysroot "$DATA/ksyms/sysroot" vfs_read
	json '.records[0].address == null and (.errors[0].evidence
		| test("kptr_restrict=2") and test("perf_event_paranoid=4"))'
	mkdir -p "$BATS_TEST_TMPDIR/proc"
	cp "$TABLE" "$BATS_TEST_TMPDIR/proc/kallsyms"
	expect 0 "$KVET" ksyms lookup --sysroot "$BATS_TEST_TMPDIR" vfs_read
	[ "$(cells)" = "vfs_read 0xffffffff81000180 0x0 vfs_read T -" ]
	expect 3 "$KVET" ksyms lookup --sysroot /nonexistent vfs_read
	holds "$stderr" "/nonexistent/proc/kallsyms"
}

@test "the same question twice gives the same bytes" {
	lookup 0 type_show 0xffffffff81000001
	first=$output
	lookup 0 type_show 0xffffffff81000001
	[ "$output" = "$first" ]
}
