#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# Stack traces as kernels and tools print them, completed in one command.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	TABLE=$DATA/ksyms/kallsyms
}

# completed LINE RESULT: what --symbolize makes of the line.
completed() {
	expect 0 "$KVET" ksyms lookup --kallsyms "$TABLE" --symbolize - <<<"$1"
	[ "$output" = "$2" ] && return 0
	show
	return 1
}

# untouched LINE: it holds nothing that this table knows.
untouched() {
	expect 1 "$KVET" ksyms lookup --kallsyms "$TABLE" --symbolize - <<<"$1"
	[ "$output" = "$1" ] && return 0
	show
	return 1
}

AT='<0xffffffff810001aa>'

@test "an oops: time stamps, registers, reliable and unreliable frames" {
	completed '[   12.345678] RIP: 0010:vfs_read+0x2a/0x280' \
		"[   12.345678] RIP: 0010:vfs_read+0x2a/0x280 $AT"
	completed '[   12.345678][  T321]  ? vfs_read+0x2a/0x280' \
		"[   12.345678][  T321]  ? vfs_read+0x2a/0x280 $AT"
	completed '<4>[ 1.2] WARNING: CPU: 0 PID: 1 at fs/read_write.c:12 vfs_read+0x2a/0x280' \
		"<4>[ 1.2] WARNING: CPU: 0 PID: 1 at fs/read_write.c:12 vfs_read+0x2a/0x280 $AT"
	completed 'IP: [<ffffffff810001aa>] vfs_read+0x2a/0x280' \
		"IP: [<ffffffff810001aa <vfs_read+0x2a/0x280>>] vfs_read+0x2a/0x280 $AT"
	untouched '[   12.345678]  <TASK>'
	untouched 'Call Trace:'
	untouched 'Code: 48 89 e5 41 57 <48> 8b 00 74 08 0f 0b c3'
	untouched 'RSP: 0018:ffffc90000013e50 EFLAGS: 00010246'
	untouched 'CPU: 1 UID: 0 PID: 12 Comm: cat Not tainted 6.12.0-1-amd64 #1'
}

@test "frames of modules: only this module, with or without a build id" {
	completed ' type_show+0x10/0x40 [ext4]' ' type_show+0x10/0x40 <0xffffffffc0300010> [ext4]'
	completed ' type_show+0x10 [ext4 0123456789abcdef0123456789abcdef01234567]' \
		' type_show+0x10 <0xffffffffc0300010> [ext4 0123456789abcdef0123456789abcdef01234567]'
	completed ' type_show+0x10' ' type_show+0x10 <0xffffffff81000110, 0xffffffff81000410, 0xffffffffc0300010>'
	untouched ' type_show+0x10/0x40 [tun]'
}

@test "arm64, KASAN, lockdep" {
	completed 'pc : vfs_read+0x2a/0x280' "pc : vfs_read+0x2a/0x280 $AT"
	completed 'lr : vfs_read+0x2a/0x280' "lr : vfs_read+0x2a/0x280 $AT"
	completed 'pc : [<ffffffff810001aa>] lr : [<ffffffff81000480>] pstate: 60000145' \
		'pc : [<ffffffff810001aa <vfs_read+0x2a/0x280>>] lr : [<ffffffff81000480 <add+0x0/0x80>>] pstate: 60000145'
	completed 'BUG: KASAN: slab-out-of-bounds in vfs_read+0x2a/0x280' \
		"BUG: KASAN: slab-out-of-bounds in vfs_read+0x2a/0x280 $AT"
	completed ' (&mm->mmap_lock){++++}-{3:3}, at: vfs_read+0x2a/0x280' \
		" (&mm->mmap_lock){++++}-{3:3}, at: vfs_read+0x2a/0x280 $AT"
	untouched 'Read of size 8 at addr ffff888100123456 by task cat/123'
}

@test "/proc/PID/stack, perf script, bpftrace, ftrace, gdb, crash" {
	completed '[<0>] vfs_read+0x2a/0x280' "[<0>] vfs_read+0x2a/0x280 $AT"
	completed $'\tffffffff810001aa vfs_read+0x2a ([kernel.kallsyms])' \
		$'\tffffffff810001aa <vfs_read+0x2a/0x280> vfs_read+0x2a '"$AT ([kernel.kallsyms])"
	completed '        vfs_read+42' "        vfs_read+42 $AT"
	completed ' => vfs_read+0x2a/0x280' " => vfs_read+0x2a/0x280 $AT"
	completed '   0xffffffff810001aa <vfs_read+42>:' \
		"   0xffffffff810001aa <vfs_read+0x2a/0x280> <vfs_read+42 $AT>:"
	completed ' #3 [ffffc90000013e50] vfs_read at ffffffff810001aa' \
		' #3 [ffffc90000013e50] vfs_read at ffffffff810001aa <vfs_read+0x2a/0x280>'
	untouched '        nosuch+42'
	untouched 'add+1st'
}

@test "a frame of another kernel's function is not completed" {
	untouched ' vfs_read+0x2a/0x999'
	untouched ' vfs_read+0x2ff'
}

@test "a frame where addresses are hidden is copied, and nothing is made up" {
	TABLE=$DATA/ksyms/hidden
	expect 3 "$KVET" ksyms lookup --kallsyms "$TABLE" --symbolize - <<<' vfs_read+0x2a/0x280 ffffffff810001aa'
	[ "$output" = ' vfs_read+0x2a/0x280 ffffffff810001aa' ]
}

@test "a file's name as an operand is text: said" {
	cd "$BATS_TEST_TMPDIR"
	echo 'vfs_read+0x2a' >trace
	expect 1 "$KVET" ksyms lookup --kallsyms "$TABLE" --symbolize trace
	[ "$output" = trace ]
	holds "$stderr" "--file trace"
	expect 0 "$KVET" ksyms lookup --kallsyms "$TABLE" --symbolize --file trace
	[ "$output" = "vfs_read+0x2a $AT" ]
}
