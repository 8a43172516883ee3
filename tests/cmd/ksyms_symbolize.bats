#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# Logs, completed: every frame that the kernel printed, and no number that is none.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	LOGS=$DATA/ksyms/logs
	TABLE=$DATA/ksyms/kallsyms
}

# becomes LINE RESULT [OPTION...]: what --symbolize makes of a line.
becomes() {
	local line=$1 result=$2 status=0

	shift 2
	[ "$line" != "$result" ] || status=1
	expect $status "$KVET" ksyms lookup --kallsyms "$TABLE" --symbolize "$@" - <<<"$line"
	[ "$output" = "$result" ] && return 0
	show
	return 1
}

# stays LINE [OPTION...]: it holds nothing that this table knows.
stays() {
	local line=$1

	shift
	becomes "$line" "$line" "$@"
}

# table LINE...: the table for what follows.
table() {
	TABLE=$BATS_TEST_TMPDIR/table
	printf '%s\n' "$@" >"$TABLE"
}

# bytes: standard input through kvet and without what it has added, as it was.
bytes() {
	local status=0

	cat >"$BATS_TEST_TMPDIR/bytes"
	"$KVET" ksyms lookup --kallsyms "$TABLE" --symbolize --file "$BATS_TEST_TMPDIR/bytes" \
		>"$BATS_TEST_TMPDIR/completed" 2>"$BATS_TEST_TMPDIR/err" || status=$?
	[ "$status" -le 1 ] && ! grep -v "is of another boot\|try: --offset" "$BATS_TEST_TMPDIR/err" &&
		LC_ALL=C sed -E 's/ <(0x[0-9a-f]+(, )?)+>//g; s/ <[a-z_]+\+0x[0-9a-f]+\/0x[0-9a-f]+>//g' \
			"$BATS_TEST_TMPDIR/completed" | cmp - "$BATS_TEST_TMPDIR/bytes"
}

AT='<0xffffffff810001aa>'

@test "a frame after a call that does not return: its offset is its size" {
	run -0 "$KVET" ksyms lookup --kallsyms "$LOGS/frames.kallsyms" --symbolize --file "$LOGS/frames.log"
	[ "$output" = '[    1.000000] Call Trace:
[    1.000001]  vfs_read+0x10/0x10 <0xffffffff81000110>
[    1.000002]  ? vfs_read+0x10/0x10 <0xffffffff81000110>
[    1.000003]  ksys_read+0x4/0xf0 <0xffffffff81000114> [kernel]
[    1.000004]  ksys_read+0x4/0xf0 <0xffffffff81000114>' ]
	TABLE=$LOGS/frames.kallsyms
	stays ' vfs_read+0x11/0x10'
	# Only the kernel prints sizes, and looks the byte before up.
	stays ' vfs_read+0x10'
	run -0 "$KVET" ksyms lookup --kallsyms "$TABLE" vfs_read+0x10/0x10
}

@test "BPF programs: the size is the program's own length" {
	run -0 "$KVET" ksyms lookup --kallsyms "$LOGS/bpf.kallsyms" --symbolize --file "$LOGS/bpf.log"
	[ "$output" = 'bpf_prog_5be4628861899f66_dump+0x4/0xcd <0xffffffffc0022058>' ]
	TABLE=$LOGS/bpf.kallsyms
	becomes ' bpf_prog_5be4628861899f66_dump+0xcd/0xcd' \
		' bpf_prog_5be4628861899f66_dump+0xcd/0xcd <0xffffffffc0022121>'
	becomes ' bpf_prog_5be4628861899f66_dump+0x2000/0x3fac [bpf]' \
		' bpf_prog_5be4628861899f66_dump+0x2000/0x3fac <0xffffffffc0024054> [bpf]'
	stays ' bpf_prog_5be4628861899f66_dump+0xce/0xcd'
	stays ' bpf_prog_5be4628861899f66_dump+0x4/0x3fad'
	# Where it ends, the table does not say; the kernel knows, and found none for "0x".
	becomes 'RIP: ffffffffc0022058' \
		'RIP: ffffffffc0022058 <bpf_prog_5be4628861899f66_dump+0x4/0x3fac [bpf]>'
	stays 'RIP: ffffffffc0023058'
	stays ' ? 0xffffffffc0022058'
}

@test "modules: a function extends to the end of their text, whatever comes after it" {
	table 'ffffffff81000000 T _text' 'ffffffffc0100f00 t last	[m]' \
		'ffffffffc0102010 d data	[m]' 'ffffffffc0101800 t other	[n]'
	becomes ' last+0x10/0x100 [m]' ' last+0x10/0x100 <0xffffffffc0100f10> [m]'
	becomes ' last+0x10/0x1100 [m]' ' last+0x10/0x1100 <0xffffffffc0100f10> [m]'
	stays ' last+0x10/0x110 [m]'
	# The text ends before the data: the kernel prints a negative size.
	becomes ' data+0x4/0xffffffffffffeff0 [m]' ' data+0x4/0xffffffffffffeff0 <0xffffffffc0102014> [m]'
	stays ' data+0x4/0xffffffffffffeff1 [m]'
	becomes 'RAX: ffffffffc0100f10' 'RAX: ffffffffc0100f10 <last+0x10/0x100 [m]>'
	stays 'RAX: ffffffffc0103010'
}

@test "marks of assemblers contain nothing" {
	table 'ffff800081000000 T _text' 'ffff800081000000 t $x' 'ffff800081000080 t $d.3' \
		'ffff800081000100 t after' 'ffff80007a000000 t f	[m]' 'ffff80007a000008 r .LC0	[m]' \
		'ffff80007a000040 t g	[m]'
	becomes ' f+0x10/0x40 [m]' ' f+0x10/0x40 <0xffff80007a000010> [m]'
	becomes 'x1 : ffff800081000090' 'x1 : ffff800081000090 <_text+0x90/0x100>'
	becomes 'x1 : ffff80007a000009' 'x1 : ffff80007a000009 <f+0x9/0x40 [m]>'
}

@test "registers, flags and counters are not per-CPU variables" {
	expect 1 "$KVET" ksyms lookup --kallsyms "$LOGS/percpu.system-map" --symbolize --file "$LOGS/percpu.log"
	[ "$output" = "$(<"$LOGS/percpu.log")" ]
	TABLE=$LOGS/percpu.system-map
	stays 'R10: 0000000000010000 R11: 0000000000033fff'
	stays 'R10: 0000000000e10000'
	becomes 'R10: ffffffff81000104' 'R10: ffffffff81000104 <vfs_read+0x4/0xf00>'
}

@test "32 bits: neither the vectors nor instructions are in the log" {
	run -0 "$KVET" ksyms lookup --kallsyms "$LOGS/arm32.system-map" --symbolize --file "$LOGS/arm32.log"
	[ "$output" = '[<c0100010 <vfs_read+0x10/0x300>>] (vfs_read+0x10/0x300 <0xc0100010>) from [<c0100310 <ksys_read+0x10/0x100>>] (ksys_read+0x10/0x100 <0xc0100310>)
r3 : 00000000  r2 : 00000010' ]
	TABLE=$LOGS/arm32.system-map
	stays 'r1 : 00001004  r0 : 00001020'
	becomes 'pc : [<c0100010>]    lr : [<bf000004>]    psr: 60000013' \
		'pc : [<c0100010 <vfs_read+0x10/0x300>>]    lr : [<bf000004 <foo_init+0x4/0x1000 [foo]>>]    psr: 60000013'
	# The lowest address that is the kernel's, and the highest that is a process's.
	becomes 'lr : [<bf000000>]' 'lr : [<bf000000 <foo_init+0x0/0x1000 [foo]>>]'
	stays 'lr : [<beffffff>]'
	stays 'Code: e5933000 c0100010 (e7f001f2)'
	expect 1 "$KVET" ksyms lookup --kallsyms "$TABLE" --symbolize - <<-'END'
		Instruction dump:
		c0100010 7c0802a6 90010014
		XXXXXXXX c0100014 <c0100018> 4e800020
	END
	# A word of the stack may be a return address.
	becomes '3de0: c0100010 00000000 60000013' '3de0: c0100010 <vfs_read+0x10/0x300> 00000000 60000013'
	# A UUID, and physical addresses.
	stays 'UUID=c0100010-0000-4000-8000-000000000000'
	stays 'BIOS-e820: [mem 0xc0100000-0xc01fffff] reserved'
}

@test "s390: the text begins at 0, and small numbers are numbers" {
	TABLE=$LOGS/s390.kallsyms
	becomes 'Krnl PSW : 0704c00180000000 00000000001234a8 (vfs_read+0x8/0x360)' \
		'Krnl PSW : 0704c00180000000 00000000001234a8 <vfs_read+0x8/0x360> (vfs_read+0x8/0x360 <0x1234a8>)'
	becomes '([<00000000001234a8>] vfs_read+0x8/0x360)' \
		'([<00000000001234a8 <vfs_read+0x8/0x360>>] vfs_read+0x8/0x360 <0x1234a8>)'
	stays 'Krnl GPRS: 0000000000000001 0000000000000abc 0000000000012345'
	stays 'flags:0x00123808 counter 00123808'
}

@test "64-bit PowerPC: with and without the dot, and not the descriptor" {
	TABLE=$LOGS/ppc64.kallsyms
	becomes 'NIP [c000000000100010] .vfs_read+0x10/0x300' \
		'NIP [c000000000100010 <.vfs_read+0x10/0x300>] .vfs_read+0x10/0x300 <0xc000000000100010>'
	becomes '[c0000000fe8bbd10] [c000000000100010] vfs_read+0x10/0x300 (unreliable)' \
		'[c0000000fe8bbd10] [c000000000100010 <.vfs_read+0x10/0x300>] vfs_read+0x10/0x300 <0xc000000000100010> (unreliable)'
	becomes 'vfs_read+0x10' 'vfs_read+0x10 <0xc000000000100010>'
	TABLE=$DATA/ksyms/kallsyms
	becomes 'LR [0] .vfs_read+0x2a/0x280' "LR [0] .vfs_read+0x2a/0x280 $AT"
	becomes ' ...vfs_read+0x2a/0x280' " ...vfs_read+0x2a/0x280 $AT"
}

@test "link time optimisation: the name without its hash, if the size agrees" {
	run -0 "$KVET" ksyms lookup --kallsyms "$LOGS/lto.kallsyms" --symbolize --file "$LOGS/lto.log"
	[ "$output" = ' do_foo+0x10/0x80 <0xffffffff81000110>' ]
	TABLE=$LOGS/lto.kallsyms
	stays ' do_foo+0x10/0x90'
	stays ' do_foo+0x10'
	becomes ' do_foo+0x10' ' do_foo+0x10 <0xffffffff81000110>' --suffixes
}

@test "suffixes and languages" {
	table 'ffffffff81000000 T _text' 'ffffffff81000100 t f.isra.0' \
		'ffffffff81000180 t _RNvCs1234_7mycrate3foo' 'ffffffff81000200 t end'
	stays ' f+0x10/0x80'
	becomes ' f+0x10/0x80' ' f+0x10/0x80 <0xffffffff81000110>' --suffixes
	becomes ' _RNvCs1234_7mycrate3foo+0x10/0x80' \
		' _RNvCs1234_7mycrate3foo+0x10/0x80 <0xffffffff81000190 mycrate::foo>' --demangle
	becomes 'RAX: ffffffff81000190' 'RAX: ffffffff81000190 <mycrate::foo+0x10/0x80>' --demangle
	stays ' mycrate::foo+0x10'
}

@test "the module: before the name, after it, as a file, and the kernel by its names" {
	becomes 'tun:sock_put+0x4' 'tun:sock_put+0x4 <0xffffffffc0100004>'
	becomes 'vmlinux:sock_put+0x4' 'vmlinux:sock_put+0x4 <0xffffffff81000604>'
	becomes 'kernel:sock_put+0x4' 'kernel:sock_put+0x4 <0xffffffff81000604>'
	stays 'ext4:sock_put+0x4'
	stays 'gone:sock_put+0x4'
	becomes ' sock_put+0x4/0x80 [tun(OE)]' ' sock_put+0x4/0x80 <0xffffffffc0100004> [tun(OE)]'
	becomes ' sock_put+0x4/0x80 [tun(OE) 0123456789abcdef0123456789abcdef01234567]' \
		' sock_put+0x4/0x80 <0xffffffffc0100004> [tun(OE) 0123456789abcdef0123456789abcdef01234567]'
	becomes ' sock_put+0x4 ([tun])' ' sock_put+0x4 <0xffffffffc0100004> ([tun])'
	becomes ' sock_put+0x4 ([kernel.kallsyms])' ' sock_put+0x4 <0xffffffff81000604> ([kernel.kallsyms])'
	becomes ' sock_put+0x4 (/lib/modules/6.1.0/kernel/drivers/net/tun.ko.xz)' \
		' sock_put+0x4 <0xffffffffc0100004> (/lib/modules/6.1.0/kernel/drivers/net/tun.ko.xz)'
	becomes ' sock_put+0x4 (/usr/lib/debug/boot/vmlinux-6.1.0)' \
		' sock_put+0x4 <0xffffffff81000604> (/usr/lib/debug/boot/vmlinux-6.1.0)'
	stays ' sock_put+0x4 [gone]'
	stays ' sock_put+0x4 (/usr/lib/x86_64-linux-gnu/libc.so.6)'
	stays ' sock_put+0x4 ([vdso])'
	becomes ' sock_put+0x4 [kernel]' ' sock_put+0x4 <0xffffffff81000604> [kernel]'
	run -0 "$KVET" ksyms lookup --kallsyms "$TABLE" --format jsonl kernel:sock_put
	[ "$(grep -c '"module":null' <<<"$output")" -eq 1 ]
	run -0 "$KVET" ksyms lookup --kallsyms "$TABLE" --format jsonl --module kernel sock_put
	[ "$(grep -c '"name":"sock_put"' <<<"$output")" -eq 1 ]
}

@test "what is part of something else is not a frame" {
	stays 'read@@GLIBC_2.2.5+0x10 x@add+0x1'
	stays '/usr/bin/add+0x10'
	stays 'core::add+0x1'
	stays 'add+0x1z add+1.5 add+ add+0x'
	becomes 'It was in add+1.' 'It was in add+1 <0xffffffff81000481>.'
	becomes 'at ffffffff810001aa.' 'at ffffffff810001aa <vfs_read+0x2a/0x280>.'
}

@test "frames of processes: backtrace(3), debuggers, profilers" {
	local at

	stays '/lib/x86_64-linux-gnu/libc.so.6(vfs_read+0x2a) [0x7f1234567890]'
	stays './a.out(vfs_read+0x2a)[0x5581000110]'
	stays 'a.out(add+0x1) [0x400512]'
	stays '(EE) 0: /usr/lib/xorg/Xorg (vfs_read+0x2a) [0x5581000110]'
	stays '#00 pc 000000000004f0e4  /apex/lib64/bionic/libc.so (vfs_read+42) (BuildId: 0123)'
	stays 'C  [libc.so.6+0x94ac3]  vfs_read+0x2a'
	stays ' 0x7f1234567890 : vfs_read+0x2a/0x280 [/usr/lib64/libc-2.17.so]'
	stays ' 0x5581000110 : vfs_read+0x2a/0x280 [/usr/bin/cat]'
	stays "b'vfs_read+0x2a [libc.so.6]'"
	stays ' vfs_read+0x2a [libc-2.31.so]'
	becomes ' vfs_read+0x2a/0x280 (fs/read_write.c:450)' " vfs_read+0x2a/0x280 $AT (fs/read_write.c:450)"
	becomes ' vfs_read+0x2a/0x280 [fs/read_write.c:450]' " vfs_read+0x2a/0x280 $AT [fs/read_write.c:450]"
	becomes ' vfs_read+0x2a [kernel.kallsyms]' " vfs_read+0x2a $AT [kernel.kallsyms]"
	becomes ' vfs_read+0x2a ([guest.kernel.kallsyms])' " vfs_read+0x2a $AT ([guest.kernel.kallsyms])"
	becomes '/var/log/x:  vfs_read+42' "/var/log/x:  vfs_read+42 $AT"
	becomes 'sh-1 [000] vfs_read+42' "sh-1 [000] vfs_read+42 $AT"
	for at in 7f1234567890 5581000110 0x00007ffff7e9d980 0x7ffff7e9d980; do
		stays "   $at <vfs_read+42>:	mov    %rax,%rbx"
		stays "    $at vfs_read+0x2a (inlined)"
		stays "    $at vfs_read+0x2a (perf-1234.map)"
		stays "    $at vfs_read+42"
		# With SIZE it is the kernel's, behind whatever number.
		becomes " $at vfs_read+0x2a/0x280" " $at vfs_read+0x2a/0x280 $AT"
		# In a list it is another place.
		becomes "$at;vfs_read+0x2a" "$at;vfs_read+0x2a $AT"
	done
	becomes ' (vfs_read+0x2a) from' " (vfs_read+0x2a $AT) from"
	becomes ' #1 [ffffc90000123d00] vfs_read+42' " #1 [ffffc90000123d00] vfs_read+42 $AT"
	becomes ' ffff888100000000 vfs_read+42' " ffff888100000000 vfs_read+42 $AT"
	# A process has the lower half, or what lies below the text of 32 bits.
	table '80008000 T _text' '80100000 T vfs_read' '80100300 T ksys_read' '80a01000 B _end'
	stays '    76f01234 vfs_read+0x10'
	becomes ' 80e01234 vfs_read+0x10' ' 80e01234 vfs_read+0x10 <0x80100010>'
}

@test "bpftrace in its three modes, folded stacks, perf, crash, gdb, SystemTap, lockdep" {
	becomes '        vfs_read+42' "        vfs_read+42 $AT"
	becomes $'\tffffffff810001aa vfs_read+42' $'\tffffffff810001aa <vfs_read+0x2a/0x280> vfs_read+42 '"$AT"
	becomes '    ffffffff810001aa' '    ffffffff810001aa <vfs_read+0x2a/0x280>'
	becomes 'cat;vfs_read+0x2a;add+0x1 12' "cat;vfs_read+0x2a $AT;add+0x1 <0xffffffff81000481> 12"
	becomes '@[' '@['
	becomes ' #3 [ffffc90000013e50] vfs_read+42 at ffffffff810001aa' \
		" #3 [ffffc90000013e50] vfs_read+42 $AT at ffffffff810001aa <vfs_read+0x2a/0x280>"
	becomes '    [exception RIP: vfs_read+42]' "    [exception RIP: vfs_read+42 $AT]"
	becomes '=> 0xffffffff810001aa <vfs_read+42>:	mov    %rax,%rbx' \
		"=> 0xffffffff810001aa <vfs_read+0x2a/0x280> <vfs_read+42 $AT>:	mov    %rax,%rbx"
	becomes ' 0xffffffff810001aa : vfs_read+0x2a/0x280 [kernel]' \
		" 0xffffffff810001aa <vfs_read+0x2a/0x280> : vfs_read+0x2a/0x280 $AT [kernel]"
	becomes 'hardirqs last  enabled at (1234): [<ffffffff810001aa>] vfs_read+0x2a/0x280' \
		"hardirqs last  enabled at (1234): [<ffffffff810001aa <vfs_read+0x2a/0x280>>] vfs_read+0x2a/0x280 $AT"
	becomes ' ... key      at: [<ffffffff82000ab0>] jiffies+0x0/0x10' \
		' ... key      at: [<ffffffff82000ab0 <jiffies+0x0/0x550, jiffies_64+0x0/0x550>>] jiffies+0x0/0x10'
	becomes 'pc : vfs_read+0x2a/0x280' "pc : vfs_read+0x2a/0x280 $AT"
	becomes 'lr : [<ffffffff810001aa>]' 'lr : [<ffffffff810001aa <vfs_read+0x2a/0x280>>]'
	becomes 'kprobe:vfs_read+42' "kprobe:vfs_read+42 $AT"
	becomes ' _text+0x1aa' ' _text+0x1aa <vfs_read+0x2a/0x280>'
	becomes ' _stext+0x1aa' ' _stext+0x1aa <vfs_read+0x2a/0x280>'
	becomes ' _text+0x1aa' ' _text+0x1aa <vfs_read+0x2a/0x280>' --offset 1d000000
	stays ' _text+0x1aa/0x280'
	stays ' _text+0x90000000'
}

@test "what stands for control characters right before a name does not hide it" {
	local before

	for before in '#011' '#033[31m' $'\e[31m' $'\e[1;31m' $'\e(B' '\t' '\n' '\x1b[31m' '\u0009' \
		'\u001b[0m' '\033[0m' '^I' '^[[31m' $'\r' $'\a' '#012' $'\e]8;;http://x\e\\'; do
		becomes "${before}vfs_read+0x2a/0x280" "${before}vfs_read+0x2a/0x280 $AT"
		becomes "${before}ffffffff810001aa" "${before}ffffffff810001aa <vfs_read+0x2a/0x280>"
	done
	becomes '"vfs_read+0x2a\/0x280"' "\"vfs_read+0x2a\/0x280 $AT\""
	stays '"vfs_read+0x2a\/0x281"'
	becomes 'vfs_read+0x2a/0x280#012 x' "vfs_read+0x2a/0x280 $AT#012 x"
	stays '31mvfs_read+0x2a'
}

@test "text is copied through, byte for byte" {
	printf 'a\nb\0c\nvfs_read+0x4/0x280' | bytes
	[ "$(tail -n 1 "$BATS_TEST_TMPDIR/completed")" = 'vfs_read+0x4/0x280 <0xffffffff81000184>' ]
	printf 'dos vfs_read+0x2a\r\n\r\n' | bytes
	grep -q "vfs_read+0x2a $AT"$'\r' "$BATS_TEST_TMPDIR/completed"
	printf '\\x \xff\xfe\x80 \x1b[2J vfs_read+0x2a\n' | bytes
	printf '\n\n\n' | bytes
	printf '' | bytes
}

@test "random bytes are copied through, byte for byte" {
	local seed

	for seed in 1 2 3 4 5 6 7 8; do
		LC_ALL=C awk -v seed=$seed 'BEGIN {
			srand(seed)
			n = split("vfs_read+0x2a/0x280|vfs_read+0x2a|ffffffff810001aa|add+1|[<|>]|[ext4]| [ext4]| (|)|:|.|#011|\\|\n|\n|+|/|0x", words, "|")
			for (i = 0; i < 3000; i++)
				if (rand() < 0.6) printf "%s", words[int(rand() * n) + 1]
				else printf "%c", int(rand() * 256)
		}' | bytes
		[ -s "$BATS_TEST_TMPDIR/bytes" ]
	done
}

# bats test_tags=plain
@test "a line of any length, in bounded memory, with its frames" {
	{
		head -c 3000000 /dev/zero | tr '\0' x
		printf ' vfs_read+0x2a/0x280 [kernel] '
		head -c 40000000 /dev/zero | tr '\0' ' '
		printf 'add+1\nvfs_read+0x2a\n'
	} >"$BATS_TEST_TMPDIR/long"
	run bash -c 'ulimit -v 100000; "$0" ksyms lookup --kallsyms "$1" --symbolize - <"$2" | tr -d "x "' \
		"$KVET" "$TABLE" "$BATS_TEST_TMPDIR/long"
	[ "$status" -eq 0 ]
	[ "$output" = 'vfs_read+02a/0280<0ffffffff810001aa>[kernel]add+1<0ffffffff81000481>
vfs_read+02a<0ffffffff810001aa>' ]
	# Frame behind frame: none is cut in two.
	yes ' vfs_read+0x2a/0x280 [kernel] sock_put+0x4 [tun]' | head -n 60000 | tr -d '\n' >"$BATS_TEST_TMPDIR/long"
	run bash -c '"$0" ksyms lookup --kallsyms "$1" --symbolize --file "$2" | grep -o "<0x[^>]*>" | sort | uniq -c' \
		"$KVET" "$TABLE" "$BATS_TEST_TMPDIR/long"
	[ "$(xargs <<<"$output")" = '60000 <0xffffffff810001aa> 60000 <0xffffffffc0100004>' ]
	expect 0 "$KVET" ksyms lookup --kallsyms "$TABLE" --symbolize --format jsonl --file "$BATS_TEST_TMPDIR/long"
	[ "$(grep -c '"continues":true' <<<"$output")" -ge 2 ]
	[ "$(grep -c '"continues":false' <<<"$output")" -eq 1 ]
}

@test "another boot: --offset, forward and back" {
	becomes ' vfs_read+0x2a/0x280 ffffffff9e0001aa' \
		' vfs_read+0x2a/0x280 <0xffffffff9e0001aa> ffffffff9e0001aa <vfs_read+0x2a/0x280>' --offset 0x1d000000
	becomes ' vfs_read+0x2a/0x280' ' vfs_read+0x2a/0x280 <0xffffffff9e0001aa>' --offset 1d000000
	becomes ' vfs_read+0x2a/0x280' ' vfs_read+0x2a/0x280 <0xffffffff80f001aa>' --offset -0x100000
	# Where modules were, nobody knows; and the table's own addresses are not the log's.
	stays ' ext4_open+0x4 [ext4]' --offset 1d000000
	stays 'RAX: ffffffffc0300010 RBX: ffffffff810001aa' --offset 1d000000
	expect 2 "$KVET" ksyms lookup --symbolize --offset nonsense -
	expect 2 "$KVET" ksyms lookup --offset 1000 vfs_read
}

@test "another boot: the log says how far its kernel was moved" {
	cat >"$BATS_TEST_TMPDIR/log" <<-'END'
		RIP: 0010:vfs_read+0x2a/0x280
		RAX: ffffffff9e0001aa RBX: ffffffff810001aa
		Kernel Offset: 0x1d000000 from 0xffffffff81000000 (relocation range: 0xffffffff80000000-0xffffffffbfffffff)
		[    0.000000] Linux version 6.12.0
		RIP: 0010:vfs_read+0x2a/0x280
		RAX: ffffffff830001aa
		Kernel Offset: 0x2000000 from 0xffffffff81000000 (relocation range: 0xffffffff80000000-0xffffffffbfffffff)
		[    0.000000] Linux version 6.12.0
		RIP: 0010:vfs_read+0x2a/0x280
	END
	expect 0 "$KVET" ksyms lookup --kallsyms "$TABLE" --symbolize --file "$BATS_TEST_TMPDIR/log"
	[ -z "$stderr" ]
	[ "$(grep -v Kernel <<<"$output")" = 'RIP: 0010:vfs_read+0x2a/0x280 <0xffffffff9e0001aa>
RAX: ffffffff9e0001aa <vfs_read+0x2a/0x280> RBX: ffffffff810001aa
[    0.000000] Linux version 6.12.0
RIP: 0010:vfs_read+0x2a/0x280 <0xffffffff830001aa>
RAX: ffffffff830001aa <vfs_read+0x2a/0x280>
[    0.000000] Linux version 6.12.0
RIP: 0010:vfs_read+0x2a/0x280 <0xffffffff810001aa>' ]
	# A table of that boot is moved no more; in a pipe, the line counts from there on.
	sed 's/^ffffffff8/ffffffff9/; s/^ffffffff91/ffffffff9e/' "$TABLE" >"$BATS_TEST_TMPDIR/live"
	expect 0 "$KVET" ksyms lookup --kallsyms "$BATS_TEST_TMPDIR/live" --symbolize --file <(head -n 3 "$BATS_TEST_TMPDIR/log")
	[ "${lines[0]}" = 'RIP: 0010:vfs_read+0x2a/0x280 <0xffffffff9e0001aa>' ]
	expect 0 "$KVET" ksyms lookup --kallsyms "$TABLE" --symbolize --file <(sed -n '3p;1p' "$BATS_TEST_TMPDIR/log"; echo vfs_read+0x2a)
	[ "${lines[0]}" = 'RIP: 0010:vfs_read+0x2a/0x280 <0xffffffff810001aa>' ]
	[ "${lines[2]}" = 'vfs_read+0x2a <0xffffffff9e0001aa>' ]
}

@test "an address and a frame that contradict each other: one answer, and said once" {
	printf '%s\n' 'R8: ffffffff810001aa' '[<ffffffff9e0001aa>] vfs_read+0x2a/0x280' \
		'[<ffffffff9e0001aa>] vfs_read+0x2a/0x280' 'R9: ffffffff81000481' >"$BATS_TEST_TMPDIR/log"
	expect 0 "$KVET" ksyms lookup --kallsyms "$TABLE" --symbolize --file "$BATS_TEST_TMPDIR/log"
	[ "${lines[1]}" = "[<ffffffff9e0001aa>] vfs_read+0x2a/0x280 $AT" ]
	# The kernel was moved: what its numbers mean is not known from there on.
	[ "${lines[3]}" = 'R9: ffffffff81000481' ]
	[ "$(grep -c 'is of another boot' <<<"$stderr")" -eq 1 ]
	holds "$stderr" 'try: --offset 0x1d000000'
	expect 0 "$KVET" ksyms lookup --kallsyms "$TABLE" --symbolize - <<<'[<ffffffff81000485>] vfs_read+0x2a/0x280'
	[ "$output" = "[<ffffffff81000485>] vfs_read+0x2a/0x280 $AT" ]
	holds "$stderr" 'or another kernel'
	expect 1 "$KVET" ksyms lookup --kallsyms "$TABLE" --symbolize - <<<'[<ffffffff810001aa>] other_name+0x2a/0x99'
	[ "$output" = '[<ffffffff810001aa>] other_name+0x2a/0x99' ]
	holds "$stderr" 'or another kernel'
	# A hashed pointer, or none.
	becomes '[<00000000deadbeef>] vfs_read+0x2a/0x280' "[<00000000deadbeef>] vfs_read+0x2a/0x280 $AT"
	becomes '[<0000000000000000>] vfs_read+0x2a/0x280' "[<0000000000000000>] vfs_read+0x2a/0x280 $AT"
	[ -z "$stderr" ]
}

# completes LOG FRAMES: all frames of a real log but so many of programs, and nothing else of it.
completes() {
	local log=$LOGS/$1.log table

	table=$(echo "$LOGS/$1".[ks]*)
	expect 0 "$KVET" ksyms lookup --kallsyms "$table" --symbolize --file "$log"
	[ -z "$stderr" ]
	[ "$(grep -cE '[+]0x[0-9a-f/x]+ <(0x[0-9a-f]+(, )?)+>' <<<"$output")" -eq "$2" ]
	[ "$(grep -cE '[+]0x[0-9a-f]+' "$log")" -eq $(($2 + $3)) ]
	# Registers, flags, code and stack pointers are as they were.
	[ "$(grep -cE '^.*(RAX|RBP|R10|RSP|Code|flags).*<' <<<"$output")" -eq "$(grep -cE '^.*(RAX|RBP|R10|RSP|Code|flags).*<' "$log")" ]
}

@test "real logs: panics with a table of file addresses, backtraces, /proc/PID/stack, perf script" {
	completes 6.12-panic 15 0
	holds "$output" ' vfs_write+0xf8/0x450 <0xffffffffaa245e48>'
	completes 5.10-panic 11 0
	completes newest-backtrace 11 0
	completes 5.10-stacks 52 0
	completes perf-script 18 2
	holds "$output" ' ioctl+0x3b (/lib/x86_64-linux-gnu/libc.so.6)'
	holds "$output" 'ffffffffb6bce610 <generic_exec_single+0x80/0x130> generic_exec_single+0x80 <0xffffffffb6bce610> ([kernel.kallsyms])'
}

# bpftrace 0.17 on 6.12: kstack has frames alone, kstack(perf) their addresses too, which are the oracle.
@test "real logs: kstack of bpftrace, in two modes" {
	expect 0 "$KVET" ksyms lookup --kallsyms "$LOGS/6.12-bpftrace.kallsyms" --symbolize \
		--file "$LOGS/6.12-bpftrace.log"
	[ -z "$stderr" ]
	frames=$(grep -cE '[a-z0-9_.]+[+](0x)?[0-9a-f]+' "$LOGS/6.12-bpftrace.log")
	[ "$frames" -ge 60 ]
	[ "$(grep -cE '[+][0-9a-fx/]+ <(0x[0-9a-f]+(, )?)+>$' <<<"$output")" -eq "$frames" ]
	with_address=$(grep -cE '^\sffffffff[0-9a-f]{8} ' "$LOGS/6.12-bpftrace.log")
	[ "$with_address" -ge 20 ]
	[ "$(awk '/^\tffffffff/ && index(substr($0, 20), "0x" $1)' <<<"$output" | grep -c .)" -eq "$with_address" ]
}

@test "a frame and an address after it; frames of a list are separate" {
	expect 0 "$KVET" ksyms lookup --kallsyms "$TABLE" --symbolize - <<<'vfs_read+42 at ffffffff81000485'
	[ "$output" = "vfs_read+42 $AT at ffffffff81000485" ]
	holds "$stderr" 'or another kernel'
	becomes 'vfs_read+42;ffffffff81000485;add+1 3' \
		"vfs_read+42 $AT;ffffffff81000485 <add+0x5/0x80>;add+1 <0xffffffff81000481> 3"
	[ -z "$stderr" ]
}

@test "filters count for text too" {
	becomes 'sock_put+0x4' 'sock_put+0x4 <0xffffffffc0100004>' --module tun
	stays 'ffffffff810001aa' --module tun
	stays 'ffffffff82000ab0' --text
}

@test "a module's own file has no addresses yet: no number is one" {
	command -v gcc >/dev/null || skip 'gcc is not installed'
	printf 'char pad[300000] = { 1 }; int f(int x) { return x + 1; }\n__attribute__((section(".modinfo"), used)) static const char name[] = "name=own";\n' >"$BATS_TEST_TMPDIR/own.c"
	gcc -c -o "$BATS_TEST_TMPDIR/own.ko" "$BATS_TEST_TMPDIR/own.c"
	TABLE=$BATS_TEST_TMPDIR/own.ko
	stays 'RAX: 0000000000012345 RBX: 0000000000020000'
}

@test "only a wrong command line is wrong use" {
	expect 1 "$KVET" ksyms lookup --kallsyms "$TABLE" --symbolize - < <(printf '0x\0 0xnonsense \n*[\n')
	expect 2 "$KVET" ksyms lookup --kallsyms "$TABLE" --symbolize --regex -
	expect 2 "$KVET" ksyms lookup --kallsyms "$TABLE" --symbolize --attachable -
}
