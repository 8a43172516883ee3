#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# Where kvet ksyms takes a table from: files of all kinds.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	TABLE=$DATA/ksyms/kallsyms
}

@test "a compressed copy, a truncated one, and one that is not a table" {
	local gz=$BATS_TEST_TMPDIR/kallsyms.gz

	gzip -c "$TABLE" >"$gz"
	expect 0 "$KVET" ksyms lookup -j --kallsyms "$gz" vfs_read
	json '.records[0].address == "0xffffffff81000180" and .summary.source == "file"'
	head -c 300 "$gz" >"$gz.cut"
	expect 3 "$KVET" ksyms lookup --kallsyms "$gz.cut" vfs_read
	holds "$stderr" "$gz.cut"
	expect 3 "$KVET" ksyms lookup --kallsyms "$gz" --source elf vfs_read
	holds "$stderr" "not an ELF file"
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

# module FILE: one of our own, an object file with a .modinfo.
module() {
	printf '%s\n' 'static const char i[] __attribute__((section(".modinfo"), used)) = "name=mine";' \
		'int one(void) { return 5; } int two(void) { return 6; }' >"$BATS_TEST_TMPDIR/m.c"
	${CC:-cc} -O1 -fcf-protection=none -c "$BATS_TEST_TMPDIR/m.c" -o "$1" || skip "no compiler"
}

@test "what a module or a table is packed with, its first bytes say, from a file and from a pipe" {
	local m=$BATS_TEST_TMPDIR/m.ko of=$BATS_TEST_TMPDIR/named.txt pack want table

	module "$m"
	want=$("$KVET" ksyms lookup --kallsyms "$m" one two)
	holds "$want" mine
	table=$("$KVET" ksyms lookup --kallsyms "$TABLE" vfs_read)
	for pack in 'gzip -c' 'xz -c' 'xz --check=crc32 --lzma2=dict=1MiB -c' 'xz --format=lzma -c' \
		'zstd -qc' 'zstd -q19 -c' 'lz4 -qc' 'lz4 -lqc' cat; do
		$pack "$m" >"$of"
		expect 0 "$KVET" ksyms lookup --kallsyms "$of" one two
		[ "$output" = "$want" ]
		expect 0 "$KVET" ksyms lookup --kallsyms <(cat "$of") one two
		[ "$output" = "$want" ]
		expect 0 timeout 60 sh -c 'cat "$1" | "$KVET" ksyms lookup --kallsyms - one two' - "$of"
		[ "$output" = "$want" ]
		expect 0 "$KVET" ksyms diff <($pack "$m") "$m"
		$pack "$TABLE" >"$of"
		expect 0 "$KVET" ksyms lookup --kallsyms "$of" vfs_read
		[ "$output" = "$table" ]
		# Whatever it is, half of it is never taken for all of it.
		$pack "$m" >"$of.whole"
		head -c $(($(stat -c %s "$of.whole") / 2)) "$of.whole" >"$of"
		expect 3 "$KVET" ksyms lookup --kallsyms "$of" one
		holds "$stderr" "truncated"
		expect 3 "$KVET" ksyms lookup --kallsyms - one <"$of"
		holds "$stderr" "standard input"
		holds "$stderr" "truncated"
	done
}

@test "a named pipe is read once" {
	local m=$BATS_TEST_TMPDIR/m.ko fifo=$BATS_TEST_TMPDIR/fifo

	module "$m"
	mkfifo "$fifo"
	cat "$m" >"$fifo" &
	expect 0 timeout 60 "$KVET" ksyms lookup --kallsyms "$fifo" one
	wait
}

@test "standard input is read from where it stands, whatever it is" {
	expect 0 sh -c '{ read -r first; "$KVET" ksyms lookup -j --kallsyms - _text vfs_read; }' <<-END
		ffffffff00000000 T _text
		ffffffff81000000 T _text
		ffffffff81000180 T vfs_read
	END
	json '[.records[].address] == ["0xffffffff81000000", "0xffffffff81000180"]'
}

# boot_image FILE: a bzImage around it, as boot.rst has it: one sector of setup, 16 bytes of code.
boot_image() {
	local size=$(($(stat -c %s "$1") + 4))

	head -c 497 /dev/zero
	printf '\1' # setup_sects
	head -c 12 /dev/zero
	printf '\x55\xaa\0\0HdrS\x0f\2'
	head -c 64 /dev/zero # up to 0x248: payload_offset, payload_length
	printf '\x10\0\0\0'
	printf '%b' "$(printf '\\0%03o\\0%03o\\0%03o\\0000' $((size & 255)) $((size >> 8 & 255)) $((size >> 16 & 255)))"
	head -c 432 /dev/zero # two sectors
	head -c 16 /dev/zero
	cat "$1"
	printf '\1\2\3\4'
	echo 'what follows the kernel'
}

@test "the kernel in a boot image; one without symbols; one that is packed with something else" {
	local m=$BATS_TEST_TMPDIR/m.ko image=$BATS_TEST_TMPDIR/vmlinuz packed=$BATS_TEST_TMPDIR/packed pack

	module "$m"
	strip "$m" -o "$m.bare"
	for pack in 'gzip -c' 'xz -c' 'xz --format=lzma -c' 'zstd -qc' 'lz4 -qc'; do
		$pack "$m" >"$packed"
		boot_image "$packed" >"$image"
		expect 0 "$KVET" ksyms lookup -j --kallsyms "$image" one
		json '.summary.source == "elf" and (.records | length) == 1 and .records[0].size > 0'
		expect 0 "$KVET" ksyms lookup --kallsyms - one <"$image"
		$pack "$m.bare" >"$packed"
		boot_image "$packed" >"$image"
		expect 3 "$KVET" ksyms lookup --kallsyms "$image" one
		holds "$stderr" "a boot image (bzImage), in which kvet finds no symbol table"
		holds "$stderr" "System.map"
		head -c 1500 "$image" >"$image.cut"
		expect 3 "$KVET" ksyms lookup --kallsyms "$image.cut" one
	done
	printf 'BZh91AY&SYpacked' >"$packed"
	boot_image "$packed" >"$image"
	expect 3 "$KVET" ksyms lookup --kallsyms "$image" one
	holds "$stderr" "compressed with bzip2"
	holds "$stderr" extract-vmlinux
	# A raw Image of arm64 has its symbols at no address: they come with the relocations.
	{ printf 'MZ@\372'; head -c 52 /dev/zero; printf 'ARM\144'; head -c 4000 /dev/zero; } >"$image"
	expect 3 "$KVET" ksyms lookup --kallsyms "$image" one
	holds "$stderr" "a boot image of arm64 (Image), in which kvet finds no symbol table"
	holds "$stderr" "System.map"
}

@test "a format that kvet does not read is named, with the command that does" {
	local file=$BATS_TEST_TMPDIR/file

	for what in 'BZh91AY&SY:bzip2 -dc' '\x89LZO\0\r\n\x1a\n:lzop -dc' 'PK\3\4....:unzip -p'; do
		printf '%b' "${what%%:*}" >"$file"
		expect 3 "$KVET" ksyms lookup --kallsyms "$file" one
		holds "$stderr" "${what#*:}"
	done
}

@test "what nm -n prints, a stub, addresses that are (null), and what is not a table at all" {
	local m=$BATS_TEST_TMPDIR/m.o table=$BATS_TEST_TMPDIR/table

	echo 'extern int printk(void); int zero(void) { return 0; } int one(void) { return printk(); }' >"$BATS_TEST_TMPDIR/n.c"
	${CC:-cc} -O1 -c "$BATS_TEST_TMPDIR/n.c" -o "$m" || skip "no compiler"
	nm -n "$m" >"$table"
	grep -q ' U printk' "$table"
	expect 0 "$KVET" ksyms lookup -j --kallsyms "$table" one
	json '(.records | length) == 1'
	expect 1 "$KVET" ksyms lookup --kallsyms "$table" printk
	printf '          (null) A irq_stack_union\n\n# copy\nffffffff81000000 T _text\n' >"$table"
	expect 0 "$KVET" ksyms lookup -j --kallsyms "$table" irq_stack_union _text
	json '[.records[].address] == ["0x0", "0xffffffff81000000"]'
	echo 'ffffffffffffffff B The real System.map is in the linux-image-<version>-dbg package' >"$table"
	expect 3 "$KVET" ksyms lookup --kallsyms "$table" vfs_read
	holds "$stderr" 'a placeholder without symbols: "The real System.map is in the linux-image-<version>-dbg package"'
	holds "$stderr" "install that package"
	for what in /dev/zero /dev/urandom; do
		expect 3 timeout 60 "$KVET" ksyms lookup --kallsyms "$what" vfs_read
	done
	expect 3 "$KVET" ksyms lookup --kallsyms /dev/zero vfs_read
	holds "$stderr" "neither text, nor ELF, nor a boot image"
}

@test "a table that went over a Windows machine is the same table" {
	local d=$BATS_TEST_TMPDIR

	sed 's/$/\r/' "$TABLE" >"$d/crlf"
	expect 0 "$KVET" ksyms diff "$TABLE" "$d/crlf"
	{ printf '\357\273\277'; cat "$d/crlf"; } >"$d/bom"
	expect 0 "$KVET" ksyms diff "$TABLE" "$d/bom"
	expect 0 "$KVET" ksyms diff "$TABLE" - <"$d/bom"
	expect 0 "$KVET" ksyms lookup -j --kallsyms "$d/bom" ext4:type_show
	json '.records[0] | [.name, .module] == ["type_show", "ext4"]'
	tr '\n' '\r' <"$TABLE" >"$d/cr"
	echo >>"$d/cr"
	expect 3 "$KVET" ksyms lookup --kallsyms "$d/cr" vfs_read
	holds "$stderr" "cr:1: the text after the name"
	iconv -t UTF-16 "$TABLE" >"$d/utf16" || skip "no iconv"
	expect 3 "$KVET" ksyms lookup --kallsyms "$d/utf16" vfs_read
	holds "$stderr" "the text is UTF-16, but must be UTF-8"
	holds "$stderr" "iconv -f UTF-16 -t UTF-8"
}

@test "what nm -S prints has true sizes" {
	local m=$BATS_TEST_TMPDIR/m.o c=$BATS_TEST_TMPDIR/n.c table=$BATS_TEST_TMPDIR/table

	echo 'int bss[9]; int one(void) { return bss[1]; }' >"$c"
	${CC:-cc} -O1 -nostdlib -static -Wl,-e,one "$c" -o "$m" || skip "no compiler"
	nm -S "$m" >"$table"
	expect 0 "$KVET" ksyms lookup -j --kallsyms "$m" one bss
	jq -c '[.records[] | [.name, .type, .size]]' <<<"$output" >"$BATS_TEST_TMPDIR/wanted"
	expect 0 "$KVET" ksyms lookup -j --kallsyms "$table" one bss
	json '.summary.source == "file" and .records[1].size == 36 and all(.records[]; .extent == null)'
	jq -c '[.records[] | [.name, .type, .size]]' <<<"$output" >"$BATS_TEST_TMPDIR/found"
	diff "$BATS_TEST_TMPDIR/wanted" "$BATS_TEST_TMPDIR/found"
	# Where some have a size, the others have an extent.
	printf '%s\n' '1000 T _text' '1010 0000000000000008 t f' '1020 t g' '1030 t h' >"$table"
	expect 0 "$KVET" ksyms lookup -j --kallsyms "$table" _text f g
	json '[.records[] | [.size, .extent]] == [[null, 16], [8, null], [null, 16]]'
}

@test "an errno is one that a call returned: what kvet itself refuses has none" {
	local d=$BATS_TEST_TMPDIR file

	: >"$d/empty"
	printf 'ffffffff81000000 T _text\nffffffff8100' >"$d/cut"
	printf 'ffffffff81000000 T _text\nno table\n' >"$d/words"
	head -c 100 /dev/zero >"$d/zeros"
	printf '\177ELF' >"$d/elf"
	gzip -c "$TABLE" | head -c 300 >"$d/cut.gz"
	printf 'BZh91AY&SY%060d' 0 >"$d/bzip2"
	for file in empty cut words zeros elf cut.gz bzip2; do
		expect 3 "$KVET" ksyms lookup -j --kallsyms "$d/$file" vfs_read
		json '(.errors | length) == 1 and .errors[0].errno == null and .errors[0].evidence != ""'
		expect 3 "$KVET" ksyms lookup --kallsyms "$d/$file" vfs_read
		if [[ $stderr =~ (^|[^[:alnum:]_])E[A-Z0-9]{3,}: ]]; then show; return 1; fi
	done
	# What a call has returned is said.
	expect 3 "$KVET" ksyms lookup -j --kallsyms "$d/nowhere" vfs_read
	json '.errors[0].errno == "ENOENT"'
	expect 3 "$KVET" ksyms lookup -j --kallsyms "$d" vfs_read
	json '.errors[0].errno == "EISDIR"'
}

# A line, a text, a bomb: each is bounded, in the time that it takes to find that out.
@test "what would fill the memory is refused" {
	expect 3 sh -c 'tr "\0" a </dev/zero | "$KVET" ksyms lookup --kallsyms - one'
	holds "$stderr" "the line is longer than 16 MiB"
	expect 3 sh -c 'yes "0 a x" | "$KVET" ksyms lookup --kallsyms - one'
	holds "$stderr" "larger than 256 MiB"
	yes '0 a x' | head -c 200000000 | gzip -1c >"$BATS_TEST_TMPDIR/bomb.gz"
	expect 3 "$KVET" ksyms lookup --kallsyms "$BATS_TEST_TMPDIR/bomb.gz" one
	holds "$stderr" "unpacks to more than 100 times its size"
}

@test "an ELF file that has no bytes where its module's name should be, and one of no symbol" {
	local o=$BATS_TEST_TMPDIR/x.o

	printf '%s\n' '.file "mine-too.mod.c"' '.section .modinfo,"a",@nobits' '.zero 16' '.text' \
		'.globl one' 'one: ret' >"$BATS_TEST_TMPDIR/x.s"
	${CC:-cc} -c "$BATS_TEST_TMPDIR/x.s" -o "$o" || skip "no compiler"
	expect 0 "$KVET" ksyms lookup -j --kallsyms "$o" one
	# The kernel hides addresses, a file does not: 0 is where it is.
	json '.records[0].module == "mine_too" and .records[0].address == "0x0"'
	printf '%s\n' '.file "empty.c"' >"$BATS_TEST_TMPDIR/x.s"
	${CC:-cc} -c "$BATS_TEST_TMPDIR/x.s" -o "$o"
	expect 3 "$KVET" ksyms lookup --kallsyms "$o" one
	holds "$stderr" "defines no symbol"
}
