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

@test "an address with several names: all of them" {
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

@test "more than 16 digits are not an address" {
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
		and .summary == {queries: 4, matches: 2, unmatched: ["nosuch", "gone"], unmatched_count: 2, symbols: 24,
			reasons: ["", ""], source: "file", source_reason: null}'
	holds "$stderr" "'nosuch'"
	holds "$stderr" "'gone'"
}

@test "_text+OFF: the symbol at that place, as perf and column RELATIVE have it" {
	# Every symbol that has a distance is found by it, and by no other: with all of its names.
	lookup 0 -j --prefix-symbols '*'
	jq -r '.records[] | select(.relative != null and .relative >= 384)
		| "_text+\(.relative) \(.address)"' <<<"$output" | sort -u >"$BATS_TEST_TMPDIR/wanted"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/wanted")" -gt 8 ]
	expect 0 "$KVET" ksyms lookup -j --kallsyms "$TABLE" \
		--file <(cut -d' ' -f1 "$BATS_TEST_TMPDIR/wanted")
	jq -r '.records[] | select(.offset == 0) | "\(.query) \(.address)"' <<<"$output" |
		sort -u | diff - "$BATS_TEST_TMPDIR/wanted"
	# One query is answered from a table that is read for it alone.
	lookup 0 -j _text+0x184
	json '[.records[] | [.name, .offset]] == [["vfs_read", 4]]'
	lookup 0 -j vmlinux:_text+0x184 --module vmlinux
	json '[.records[] | [.name, .offset]] == [["vfs_read", 4]]'
	lookup 1 ext4:_text+0x184
	lookup 1 _text+0x7f000000 _text+0xffffffffffffffff
	lookup 1 _text+0x7e000000
	holds "$stderr" 'the nearest symbol below is'
	printf '%s\n' '0000000000000000 T _text' '0000000000000100 t f' '0000000000000140 t g' \
		>"$BATS_TEST_TMPDIR/s390"
	expect 0 "$KVET" ksyms lookup -j --kallsyms "$BATS_TEST_TMPDIR/s390" _text+0x104 g
	json '[.records[] | [.name, .offset, .relative]] == [["f", 4, 256], ["g", 0, 320]]'
	sed 's/_text/_stext/' "$BATS_TEST_TMPDIR/s390" >"$BATS_TEST_TMPDIR/arm64"
	expect 0 "$KVET" ksyms lookup -j --kallsyms "$BATS_TEST_TMPDIR/arm64" _stext+0x104
	json '[.records[] | [.name, .offset]] == [["f", 4]]'
}

@test "SYM+OFF: the rows that reach so far" {
	lookup 0 vfs_read+3
	[ "$(cells)" = "vfs_read+3 0xffffffff81000180 0x3 vfs_read T -" ]
	lookup 0 -j type_show+0x20
	json '[.records[].offset] == [32, 32, 32]'
	lookup 1 type_show+0x90
	holds "$stderr" "the next symbol is at +0x80"
	lookup 0 -j type_show+0x3f/0x40
	json '[.records[].module] == ["ext4"]'
	lookup 1 type_show+0x3f/0x41
	lookup 2 vfs_read+
	lookup 2 vfs_read nosuch+x
	[ -z "$output" ]
	lookup 2 ""
}

@test "MODULE:SYM and --module: of one module, or of the kernel proper" {
	lookup 0 -j ext4:type_show
	json '[.records[].address] == ["0xffffffffc0300000"]'
	lookup 0 -j vmlinux:type_show
	json '.records | length == 2'
	lookup 0 -j --module ext4 type_show
	json '.records | length == 1'
	lookup 1 xfs:type_show
	holds "$stderr" "no symbol belongs to module 'xfs': it is not loaded"
	lookup 1 --module ext4 vfs_read
	holds "$stderr" "vfs_read occurs once, in a module other than 'ext4' (vmlinux)"
	lookup 2 --module "" vfs_read
}

@test "globs and regular expressions, by address" {
	lookup 0 'vfs_*'
	[ "$(cells)" = "vfs_* 0xffffffff81000180 0x0 vfs_read T -" ]
	lookup 0 -j '*_show'
	json '[.records[].matches] == [3, 3, 3]'
	json '[.records[].address] | . == sort'
	lookup 0 -j 'ext4:*'
	json '[.records[].name] == ["type_show", "ext4_open"]'
	lookup 0 -j --regex '_open$'
	json '[.records[].name] == ["tun_open", "ext4_open"]'
	lookup 2 --regex '('
	holds "$stderr" "'('"
	lookup 1 'nosuch*'
}

@test "--type and --text: upper case and weak functions too" {
	lookup 0 -j --type B 'jiff*'
	json '.records | length == 2'
	lookup 1 --text 'jiff*'
	lookup 0 -j --text '*'
	json 'all(.records[]; .type | test("[tTwW]"))'
	lookup 2 --text --type T vfs_read
	lookup 2 --type "" vfs_read
}

@test "an address range: what reaches into it" {
	lookup 0 -j 0xffffffff81000110-0xffffffff81000481
	json '[.records[].name] == ["type_show", "vfs_read", "type_show", "add"]'
	lookup 2 0xffffffff81000110-0xffffffff81000110
	lookup 2 0xffffffff81000110-nonsense
	lookup 1 0x2000-0x3000
	holds "$stderr" "cpu_debug_store"
}

@test "queries from a file and from standard input, in their order" {
	printf '%s\n' vfs_read '' 0xffffffff81000480 >"$BATS_TEST_TMPDIR/queries"
	lookup 0 -j add --file "$BATS_TEST_TMPDIR/queries"
	json '[.records[].name] == ["add", "vfs_read", "add"]'
	expect 0 bash -c '"$0" ksyms lookup -j --kallsyms "$1" - <"$2"' \
		"$KVET" "$TABLE" "$BATS_TEST_TMPDIR/queries"
	json '[.records[].name] == ["vfs_read", "add"]'
	echo '0xnonsense' >>"$BATS_TEST_TMPDIR/queries"
	lookup 2 --file "$BATS_TEST_TMPDIR/queries"
	holds "$stderr" "queries:4: '0xnonsense'"
	lookup 3 --file "$BATS_TEST_TMPDIR/gone"
	expect 2 "$KVET" ksyms lookup --kallsyms - -
	expect 2 "$KVET" ksyms lookup --kallsyms "$TABLE"
}

@test "a stack trace: copied through and completed" {
	printf '%s\n' $'\tRIP: 0010:vfs_read+0x2a/0x280' ' ? type_show+0x10/0x40 [ext4]' \
		' [<ffffffff82000ab4>] nothing here 0x1234 deadbeef' >"$BATS_TEST_TMPDIR/trace"
	lookup 0 --symbolize --file "$BATS_TEST_TMPDIR/trace"
	[ "${lines[0]}" = $'\tRIP: 0010:vfs_read+0x2a/0x280 <0xffffffff810001aa>' ]
	[ "${lines[1]}" = ' ? type_show+0x10/0x40 <0xffffffffc0300010> [ext4]' ]
	[ "${lines[2]}" = ' [<ffffffff82000ab4 <jiffies+0x4/0x550, jiffies_64+0x4/0x550>>] nothing here 0x1234 deadbeef' ]
	lookup 0 -j --symbolize --file "$BATS_TEST_TMPDIR/trace"
	json '[.records[].annotated] == [1, 1, 1]'
	echo 'nothing' >"$BATS_TEST_TMPDIR/trace"
	lookup 1 --symbolize --file "$BATS_TEST_TMPDIR/trace"
	[ "$output" = nothing ]
}

@test "no match: what it may be instead" {
	lookup 1 vfs_raed
	[ "$stderr" = "kvet: no match for 'vfs_raed': did you mean vfs_read?" ]
	lookup 1 -j vfs_raed
	json '.summary.reasons == ["did you mean vfs_read?"]'
	TABLE=$BATS_TEST_TMPDIR/copies
	printf '%s\n' "ffffffff81000000 t foo.isra.0" "ffffffff81000010 t foo.cold" >"$TABLE"
	lookup 1 foo
	holds "$stderr" "2 compiler-generated variants: foo.isra.0, foo.cold"
	lookup 0 -j --suffixes foo
	json '.records | length == 2'
}

@test "Rust and C++ names as their source has them" {
	TABLE=$BATS_TEST_TMPDIR/mangled
	printf '%s\n' "ffffffff81000000 t _RNvNtCs1234_7mycrate3foo3bar" \
		"ffffffff81000010 t _ZN4core3fmt5Write9write_fmt17h0123456789abcdefE" \
		"ffffffff81000020 t _ZN3foo3barEi" "ffffffff81000030 t _Rubbish" >"$TABLE"
	lookup 0 -j --demangle '_*'
	json '[.records[].demangled] == ["mycrate::foo::bar", "core::fmt::Write::write_fmt",
		"foo::bar(int)", null]'
	lookup 0 --demangle _Rubbish
	lacks "${lines[0]}" DEMANGLED
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

@test "hidden addresses: an address or an unknown name is not a no either" {
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
		== ["query", "address", "relative", "offset", "name", "demangled", "type", "module",
			"extent", "size", "matches", "attachable", "obstacle"]'
	json '.records == [
		{query: "vfs_read", address: "0xffffffff81000180", relative: 384, offset: 0,
			name: "vfs_read", demangled: null, type: "T", module: null, extent: 640,
			size: null, matches: 1, attachable: null, obstacle: null},
		{query: "tun_open", address: "0xffffffffc0100080", relative: null, offset: 0,
			name: "tun_open", demangled: null, type: "t", module: "tun", extent: 3968,
			size: null, matches: 1, attachable: null, obstacle: null}]'
	json '.summary == {queries: 2, matches: 2, unmatched: [], unmatched_count: 0, symbols: 24, reasons: [],
		source: "file", source_reason: null}'
}

@test "JSON lines: an object a line, the summary last" {
	lookup 0 --format jsonl vfs_read type_show
	[ "${#lines[@]}" -eq 5 ]
	jsonl 'map(.record) == ["symbol", "symbol", "symbol", "symbol", "summary"]'
	jsonl '.[0] | keys_unsorted
		== ["record", "query", "address", "relative", "offset", "name", "demangled", "type",
			"module", "extent", "size", "matches", "attachable", "obstacle"]'
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
	mkdir "$BATS_TEST_TMPDIR/empty"
	expect 3 "$KVET" ksyms lookup --sysroot "$BATS_TEST_TMPDIR/empty" vfs_read
	holds "$stderr" "$BATS_TEST_TMPDIR/empty/proc/kallsyms"
}

@test "the same question twice gives the same bytes" {
	lookup 0 type_show 0xffffffff81000001
	first=$output
	lookup 0 type_show 0xffffffff81000001
	[ "$output" = "$first" ]
}
