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
		after_source: "file", anchor: "_text"}'
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

@test "standard input for both tables: wrong use" {
	diff_tables 2 - -
	holds "$stderr" "standard input can be read only once"
}

@test "modules stand anywhere: their functions are compared among themselves, the rest by number" {
	sed 's/^ffffffffc03/ffffffffc04/' "$A" >"$B"
	diff_tables 0 "$A" "$B"
	sed '/ext4_open/d' "$A" >"$B"
	diff_tables 1 -j "$A" "$B"
	json '.records == [{change: "removed", name: "ext4_open", type: "T", module: "ext4",
		before_relative: 64, after_relative: null,
		before_address: "0xffffffffc0300040", after_address: null}]'
	# A function that has moved within its module, and data, which has a place of its own.
	sed -e 's/ffffffffc0300040 T/ffffffffc0300050 T/' "$A" >"$B"
	diff_tables 1 -j "$A" "$B"
	json '[.records[] | [.change, .name, .before_relative, .after_relative]]
		== [["moved", "ext4_open", 64, 80]]'
	printf '%s\n' 'ffffffffc0000000 t a	[m]' 'ffffffffc0001000 d data	[m]' \
		'ffffffffc0002000 t prog	[bpf]' 'ffffffffc0003000 t other	[bpf]' >"$BATS_TEST_TMPDIR/one"
	printf '%s\n' 'ffffffffc0000000 t a	[m]' 'ffffffffc0009000 d data	[m]' \
		'ffffffffc0003000 t prog	[bpf]' 'ffffffffc0002000 t other	[bpf]' >"$B"
	diff_tables 0 "$BATS_TEST_TMPDIR/one" "$B"
}

# anchored ANCHOR STATUS: what BEFORE and AFTER, the lines of standard input on either side of a
# line "--", give.
anchored() {
	sed '/^--$/,$d' >"$BATS_TEST_TMPDIR/one" <<<"$3"
	sed '1,/^--$/d' >"$B" <<<"$3"
	diff_tables "$2" -j "$BATS_TEST_TMPDIR/one" "$B"
	json '.summary.anchor == $anchor' --argjson anchor "$1"
}

@test "without _text there is another anchor, or no answer: never equal where functions moved" {
	# arm64 begins at _stext.
	anchored '"_stext"' 1 $'ffff800008010000 T _stext\nffff800008010040 T b\n--
ffff800009010000 T _stext\nffff800009010050 T b'
	json '[.records[] | [.change, .name, .before_relative, .after_relative]]
		== [["moved", "b", 64, 80]]'
	# The same kernel, moved by KASLR.
	anchored '"_stext"' 0 $'ffff800008010000 T _stext\nffff800008010040 T b\n--
ffff800009010000 T _stext\nffff800009010040 T b'
	# s390: _text is at 0, and an address like another.
	anchored '"_text"' 1 $'0000000000000000 T _text\n0000000000100000 T b\n--
0000000000000000 T _text\n0000000000100010 T b'
	# Only one of the two has _text, and neither has _stext twice.
	anchored '"_stext"' 1 $'1000 T _text\n1000 T _stext\n1100 t f\n--\n2000 T _stext\n2200 t f'
	# Neither: the first function that both have once.
	anchored '"once"' 1 $'1000 t twice\n1010 t twice\n1020 t once\n1040 t f\n--
2000 t twice\n2010 t twice\n2020 t once\n2050 t f'
	anchored '"f"' 0 $'1000 t f\n1040 t g\n--\n2000 t f\n2040 t g'
	# None: of two functions of one name nothing says which is which.
	anchored null 3 $'1000 t twice\n1010 t twice\n--\n2000 t twice\n2020 t twice'
	holds "$stderr" 'cannot tell whether 2 symbols have moved'
	# And nothing in common is a difference.
	anchored null 1 $'1000 t a\n--\n1000 t b'
}

@test "functions in another order, as with fgkaslr: moved, whatever the kernel was moved by" {
	anchored '"_text"' 1 $'ffffffff81000000 T _text\nffffffff81000040 t a\nffffffff81000080 t b\n--
ffffffff91000000 T _text\nffffffff91000080 t a\nffffffff91000040 t b'
	json '[.records[] | .change + .name] == ["moveda", "movedb"]'
}

@test "absolute symbols: a number may be moved with the kernel or not, and is moved else" {
	anchored '"_text"' 0 $'1000 A percpu\n20000 A inside\nffffffff81000000 T _text\n--
1000 D percpu\n10020000 A inside\nffffffff91000000 T _text'
	anchored '"_text"' 1 $'1000 A percpu\nffffffff81000000 T _text\n--
1040 A percpu\nffffffff91000000 T _text'
}

@test "a loaded module and its file: letters without their case" {
	command -v gcc >/dev/null || skip 'no compiler'
	gcc -x c -c -o "$BATS_TEST_TMPDIR/m.o" - <<-'EOF'
		__asm__(".section .modinfo,\"a\"\n .asciz \"name=m\"\n .previous");
		int data = 1;
		int exported(void) { return data; }
		int global(void) { return 2; }
		static int local(void) { return 3; }
		int (*use)(void) = local;
	EOF
	printf '%s\n' 'ffffffffc0300100 t global	[m]' 'ffffffffc0300000 T exported	[m]' \
		'ffffffffc0300200 t local	[m]' 'ffffffffc0400000 d data	[m]' \
		'ffffffffc0400008 d use	[m]' >"$B"
	diff_tables 0 --module m "$B" "$BATS_TEST_TMPDIR/m.o"
	# Between two tables of the kernel's a letter counts.
	sed 's/t global/T global/' "$B" >"$BATS_TEST_TMPDIR/one"
	diff_tables 1 -j "$B" "$BATS_TEST_TMPDIR/one"
	json '.summary | [.added, .removed, .moved] == [1, 1, 0]'
	# Another module is another, and so is another type.
	sed 's/\[m\]/[n]/' "$B" >"$BATS_TEST_TMPDIR/one"
	diff_tables 1 "$B" "$BATS_TEST_TMPDIR/one"
	sed 's/ d data/ b data/' "$B" >"$BATS_TEST_TMPDIR/one"
	diff_tables 1 -j "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/m.o"
	json '.summary | [.added, .removed, .moved] == [1, 1, 0]'
}

@test "what a loaded module never has is not new in its file" {
	command -v gcc >/dev/null || skip 'no compiler'
	gcc -x c -c -o "$BATS_TEST_TMPDIR/m.o" - <<-'EOF'
		__asm__(".section .modinfo,\"a\"\n .asciz \"name=m\"\n .previous");
		#define IN(name) __attribute__((section(name), used))
		static const char __UNIQUE_ID_license1[] IN(".modinfo") = "license=GPL";
		static const char ____versions[] IN("__versions") = "v";
		static int IN(".init.text") start(void) { return 1; }
		static int IN(".init.data") at_start = 1;
		static int IN(".exit.text") stop(void) { return 2; }
		int run(void) { return 3; }
		__asm__(".globl number\n number = 5");
	EOF
	printf '%s\n' 'ffffffffc0300000 T run	[m]' 'ffffffffc0300100 t stop	[m]' >"$B"
	diff_tables 0 -j --module m "$B" "$BATS_TEST_TMPDIR/m.o"
	json '.summary | [.added, .removed, .moved] == [0, 0, 0]'
	diff_tables 0 -j --module m "$BATS_TEST_TMPDIR/m.o" "$B"
	# What it loses else is told; so is all of it between two files.
	sed -i '/stop/d' "$B"
	diff_tables 1 -j --module m "$BATS_TEST_TMPDIR/m.o" "$B"
	json '[.records[].name] == ["stop"]'
	objcopy --strip-symbol start "$BATS_TEST_TMPDIR/m.o" "$BATS_TEST_TMPDIR/n.o"
	diff_tables 1 -j "$BATS_TEST_TMPDIR/m.o" "$BATS_TEST_TMPDIR/n.o"
	json '[.records[].name] == ["start"]'
	expect 0 "$KVET" ksyms lookup --kallsyms "$BATS_TEST_TMPDIR/m.o" start __UNIQUE_ID_license1
}

@test "mapping symbols are not functions, however many there are" {
	printf '%s\n' 'ffffffff81000000 T _text' 'ffffffffc0000000 t f	[m]' >"$BATS_TEST_TMPDIR/one"
	{
		cat "$BATS_TEST_TMPDIR/one"
		printf '%s\n' 'ffffffffc0000000 t $x	[m]' 'ffffffffc0000010 t $d.12	[m]'
	} >"$B"
	diff_tables 0 "$BATS_TEST_TMPDIR/one" "$B"
	diff_tables 0 --prefix-symbols "$B" "$BATS_TEST_TMPDIR/one"
}

@test "hidden addresses, and what cannot be read: undetermined" {
	diff_tables 3 "$A" "$DATA/ksyms/hidden"
	holds "$stderr" kptr_restrict
	diff_tables 3 "$A" "$DATA/ksyms/missing"
	holds "$stderr" missing
	diff_tables 2
	diff_tables 2 "$A" "$A" "$A"
}

@test "hidden tables that differ: undetermined, which is worse than a no" {
	printf '%s\n' '0000000000000000 t f' '0000000000000000 t g' >"$BATS_TEST_TMPDIR/one"
	printf '%s\n' '0000000000000000 t f' '0000000000000000 t h' >"$B"
	diff_tables 3 -j "$BATS_TEST_TMPDIR/one" "$B"
	json '.summary | [.added, .removed, .moved] == [1, 1, 0]'
}

@test "the same table with its addresses hidden: nothing is new in it" {
	printf '%s\n' 'ffffffff81000000 T _text' 'ffffffff81000010 t __pfx_f' 'ffffffff81000020 t f' \
		'ffffffff81000040 t g' >"$BATS_TEST_TMPDIR/shown"
	sed 's/^[0-9a-f]*/0000000000000000/' "$BATS_TEST_TMPDIR/shown" >"$BATS_TEST_TMPDIR/hidden"
	diff_tables 3 -j "$BATS_TEST_TMPDIR/shown" "$BATS_TEST_TMPDIR/hidden"
	json '.summary | .added == 0 and .removed == 0'
}

@test "options that leave nothing to compare: not equal, but undetermined" {
	local options

	for options in '--module nosuch' '--type Q' '--module ext4 --type Q'; do
		# shellcheck disable=SC2086
		diff_tables 3 -j $options "$A" "$A"
		json '.status == "undetermined" and .records == []'
		holds "$stderr" "nothing to examine: there is no symbol of"
		# As duplicates has it.
		# shellcheck disable=SC2086
		expect 3 "$KVET" ksyms duplicates $options --kallsyms "$A"
		holds "$stderr" "nothing to examine: there is no symbol of"
	done
	# One table alone has the module: everything of it is removed, or added.
	sed '/ext4/d' "$A" >"$B"
	diff_tables 1 -j --module ext4 "$A" "$B"
	json '(.records | length > 0) and all(.records[]; .change == "removed")'
}
