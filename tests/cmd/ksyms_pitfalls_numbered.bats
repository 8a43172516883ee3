#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# Twenty ways in which readers of /proc/kallsyms go wrong, each with a table that catches it.
# What only a real kernel shows has its test in tests/root/ksyms_lookup.bats and tests/vm/.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	TABLE=$BATS_TEST_TMPDIR/kallsyms
}

# table: the lines of standard input; "\t" is a TAB.
table() {
	sed 's/\\t/\t/g' >"$TABLE"
}

lookup() {
	local wanted=$1

	shift
	expect "$wanted" "$KVET" ksyms lookup -j --kallsyms "$TABLE" "$@"
}

@test "1: hidden is a table without any address, not one whose first row is zero" {
	table <<-'END'
	0000000000000000 A fixed_percpu_data
	ffffffff81000000 T f
	END
	# In one pass, and with the whole table loaded.
	lookup 0 f
	json '.records[0].address == "0xffffffff81000000"'
	lookup 0 --suffixes f
	json '.records[0].address == "0xffffffff81000000"'
	sed -i 's/^f*8*1*0*[0-9a-f]* /0000000000000000 /' "$TABLE"
	lookup 3 f
	json '.status == "undetermined" and .records[0].address == null'
	lookup 3 --suffixes f
	json '.status == "undetermined" and .records[0].address == null'
}

@test "1: both settings and the capability are named" {
	mkdir -p "$BATS_TEST_TMPDIR/proc/sys/kernel"
	echo "0000000000000000 T f" >"$BATS_TEST_TMPDIR/proc/kallsyms"
	echo 0 >"$BATS_TEST_TMPDIR/proc/sys/kernel/kptr_restrict"
	echo 2 >"$BATS_TEST_TMPDIR/proc/sys/kernel/perf_event_paranoid"
	expect 3 "$KVET" ksyms lookup -j --sysroot "$BATS_TEST_TMPDIR" f
	json '.errors[0].evidence | test("kptr_restrict=0") and test("perf_event_paranoid=2")'
}

@test "2: per-CPU offsets contain no address, and no address is one's neighbour" {
	table <<-'END'
	0000000000000000 A fixed_percpu_data
	0000000000005000 A cpu_tss_rw
	ffffffff81000000 T f
	END
	lookup 1 0x5008
	lookup 1 0x10
	lookup 0 cpu_tss_rw f
	json '[.records[] | .extent] == [null, 4096]'
}

@test "3: without CONFIG_KALLSYMS_ALL variables are absent, and that is said" {
	mkdir -p "$BATS_TEST_TMPDIR/proc"
	echo "ffffffff81000000 T f" >"$BATS_TEST_TMPDIR/proc/kallsyms"
	echo "# CONFIG_KALLSYMS_ALL is not set" | gzip >"$BATS_TEST_TMPDIR/proc/config.gz"
	expect 1 "$KVET" ksyms lookup -j --sysroot "$BATS_TEST_TMPDIR" socket_file_ops
	json '.summary.reasons[0] | test("the table lists no variables: # CONFIG_KALLSYMS_ALL is not set")'
	echo "CONFIG_KALLSYMS_ALL=y" | gzip >"$BATS_TEST_TMPDIR/proc/config.gz"
	expect 1 "$KVET" ksyms lookup -j --sysroot "$BATS_TEST_TMPDIR" socket_file_ops
	json '.summary.reasons[0] | test("variables") | not'
}

@test "4: rows in no order: every address is found, with its true neighbour" {
	table <<-'END'
	ffffffff81000000 T f
	ffffffff81000040 T g
	ffffffffc0200000 t m3\t[m]
	ffffffffc0100000 t m1\t[m]
	ffffffffc0100040 t m2\t[m]
	ffffffff82000000 t freed_init\t[__builtin__ftrace]
	ffffffffc0000000 t bpf_prog_0123456789abcdef_x\t[bpf]
	END
	lookup 0 ffffffffc0100010 ffffffffc0100050 ffffffffc0200001 ffffffffc0000001 ffffffff82000001
	json '[.records[].name] == ["m1", "m2", "m3", "bpf_prog_0123456789abcdef_x", "freed_init"]'
	lookup 0 m1
	json '.records[0].extent == 64'
}

@test "5: a TAB before the module; dots, dollars and bytes beyond ASCII in names" {
	table <<-'END'
	ffffffff81000000 t $x.1
	ffffffff81000010 t .L__const.main
	ffffffff81000020 t größe
	ffffffff81000030 t f.part.0\t[m]
	END
	lookup 0 '$x.1' .L__const.main größe m:f.part.0
	json '[.records[] | [.name, .module]] == [["$x.1", null], [".L__const.main", null],
		["größe", null], ["f.part.0", "m"]]'
}

@test "6: weak functions are functions; upper case of a module is exported" {
	table <<-'END'
	ffffffff81000000 W weak
	ffffffff81000000 T strong
	ffffffff81000010 w weaker
	ffffffff81000020 V object
	ffffffff81000030 d data
	ffffffffc0000000 t static_or_global\t[m]
	END
	lookup 0 --text '*'
	json '[.records[].name] == ["weak", "strong", "weaker", "static_or_global"]'
	lookup 0 --type tT '*'
	json '[.records[].name] == ["strong", "static_or_global"]'
}

@test "7: what is made at run time belongs to modules that do not exist" {
	table <<-'END'
	ffffffff81000000 T f
	ffffffffc0000000 t bpf_prog_0123456789abcdef_f\t[bpf]
	ffffffffc0001000 t ftrace_trampoline\t[__builtin__ftrace]
	ffffffffc0002000 t kprobe_insn_page\t[__builtin__kprobes]
	END
	lookup 0 --module bpf '*'
	json '[.records[].name] == ["bpf_prog_0123456789abcdef_f"]'
	lookup 0 --module vmlinux '*'
	json '[.records[].name] == ["f"]'
	lookup 0 ffffffffc0001004 ffffffffc0002004
	json '[.records[].module] == ["__builtin__ftrace", "__builtin__kprobes"]'
}

@test "8: all names of an address, whatever a linker or a person likes better" {
	table <<-'END'
	ffffffff81000000 T __start_f
	ffffffff81000000 T _f
	ffffffff81000000 W f
	ffffffff81000000 t __pi_f
	ffffffff81000040 T g
	END
	lookup 0 ffffffff81000004
	json '[.records[].name] == ["__start_f", "_f", "f", "__pi_f"] and all(.records[]; .extent == 64)'
}

@test "9: all addresses of a name, copies by the compiler apart" {
	table <<-'END'
	ffffffff81000000 t init_once
	ffffffff81000040 t init_once
	ffffffff81000080 t init_once.isra.0
	ffffffffc0000000 t init_once\t[m]
	END
	lookup 0 init_once
	json '[.records[].address] == ["0xffffffff81000000", "0xffffffff81000040", "0xffffffffc0000000"]
		and all(.records[]; .matches == 3)'
	lookup 0 --suffixes init_once
	json '.records | length == 4'
}

@test "10: the symbol in a function's padding is proved by name and distance" {
	table <<-'END'
	ffffffff81000000 t __pfx_f
	ffffffff81000010 T f
	ffffffff81000040 t __pfx_g
	ffffffff81000200 T g
	ffffffff81000240 t __pfx_h
	ffffffff81000250 T other
	END
	lookup 0 '*'
	json '[.records[].name] == ["f", "__pfx_g", "g", "__pfx_h", "other"]'
	lookup 0 ffffffff81000008
	json '[.records[].name] == ["__pfx_f"]'
	expect 1 "$KVET" ksyms duplicates -j --kallsyms "$TABLE"
}

# attach_root: a host whose tracefs and debugfs can be read.
attach_root() {
	ROOT=$BATS_TEST_TMPDIR/root
	mkdir -p "$ROOT/proc" "$ROOT/sys/kernel/debug/kprobes" "$ROOT/sys/kernel/tracing"
	cat >"$ROOT/proc/kallsyms"
	printf '0xffffffff84000000-0xffffffff84000040\tlisted\n' \
		>"$ROOT/sys/kernel/debug/kprobes/blacklist"
}

# attachable STATUS QUERY...
attachable() {
	local wanted=$1

	shift
	expect "$wanted" "$KVET" ksyms lookup -j --attachable --sysroot "$ROOT" "$@"
}

@test "11: a name that two functions have is attached by address; data of that name does not count" {
	attach_root <<-'END'
	ffffffff81000000 t twice
	ffffffff81000040 t twice
	ffffffff81000080 t once
	ffffffff810000c0 T listed
	ffffffff810000c0 W listed
	ffffffff82000000 d once
	END
	printf '%s\n' twice twice once listed >"$ROOT/sys/kernel/tracing/available_filter_functions"
	attachable 0 --text twice once
	json '[.records[] | [.name, .attachable, ((.obstacle // "") | test("only by address"))]] ==
		[["twice", "yes", true], ["twice", "yes", true], ["once", "yes", false]]'
	# Nor does a function that the table has twice.
	attachable 0 listed
	json '[.records[] | [.attachable, .obstacle]] == [["yes", null], ["yes", null]]'
}

@test "traceable is not attachable where the blacklist cannot be read" {
	attach_root <<-'END'
	ffffffff81000000 T f
	END
	echo f >"$ROOT/sys/kernel/tracing/available_filter_functions"
	attachable 0 f
	rm "$ROOT/sys/kernel/debug/kprobes/blacklist"
	# The kernel itself is asked then: it has no function there, or may not be asked.
	run --separate-stderr "$KVET" ksyms lookup -j --attachable --sysroot "$ROOT" f
	json '.records[0].attachable != "yes" and .records[0].obstacle != null'
}

@test "12: ftrace's call may come after the function's first bytes" {
	attach_root <<-'END'
	ffffffff81000000 T f
	ffffffff81000040 T g
	ffffffff81000080 T h
	END
	printf '%s\n' 'ffffffff81000004 f' 'ffffffff81000080 h' \
		>"$ROOT/sys/kernel/tracing/available_filter_functions_addrs"
	attachable 1 f g h
	json '[.records[].attachable] == ["yes", "no", "yes"]'
}

@test "13: present is not traceable: notrace, the blacklist, init code, data" {
	attach_root <<-'END'
	ffffffff81000000 T fine
	ffffffff81000040 T notrace
	ffffffff81000080 T listed
	ffffffff82000000 T _sinittext
	ffffffff82000010 t setup
	ffffffff82000020 T _einittext
	ffffffff83000000 D data
	END
	printf '%s\n' fine listed >"$ROOT/sys/kernel/tracing/available_filter_functions"
	printf '0xffffffff81000080-0xffffffff810000c0\tlisted\n' \
		>"$ROOT/sys/kernel/debug/kprobes/blacklist"
	attachable 1 fine notrace listed setup data
	json '[.records[].attachable] == ["yes", "no", "no", "no", "no"]
		and ([.records[1:][].obstacle] | unique | length) == 4'
}

@test "14: the exact name first; the suffix of LTO on request" {
	table <<-'END'
	ffffffff81000000 t f.llvm.1234567890
	ffffffff81000040 t f
	ffffffff81000080 t g.llvm.42
	END
	lookup 0 f
	json '[.records[].address] == ["0xffffffff81000040"]'
	lookup 1 g
	json '.summary.reasons[0] | test("g.llvm.42")'
	lookup 0 --suffixes f g
	json '[.records[].name] == ["f.llvm.1234567890", "f", "g.llvm.42"]'
}

@test "15: names of 511 bytes, whole and told apart by their last one; Rust's are demangled" {
	local long

	long=$(printf 'n%.0s' {1..510})
	table <<-END
	ffffffff81000000 t ${long}a
	ffffffff81000010 t ${long}b
	ffffffff81000020 t _RNvC6_123foo3bar
	END
	lookup 0 "${long}b"
	json '[.records[] | [.address, (.name | length)]] == [["0xffffffff81000010", 511]]'
	lookup 0 --demangle _RNvC6_123foo3bar
	json '.records[0].demangled == "123foo::bar"'
}

@test "16: without sizes, a symbol ends at the next address of any type in its region" {
	table <<-'END'
	ffffffff81000000 T f
	ffffffff81000000 T f_alias
	ffffffff81000020 d data
	ffffffff81000040 T last
	ffffffffc0000000 t m\t[m]
	END
	lookup 0 --text f f_alias last
	json '[.records[] | [.extent, .size]] == [[32, null], [32, null], [4032, null]]'
	lookup 1 ffffffffb0000000
}

@test "17: without the iterator the answer is the same, and says where it came from" {
	mkdir -p "$BATS_TEST_TMPDIR/proc"
	echo "ffffffff81000000 T f" >"$BATS_TEST_TMPDIR/proc/kallsyms"
	expect 0 "$KVET" ksyms lookup -j --sysroot "$BATS_TEST_TMPDIR" f
	json '.summary.source == "text"'
	expect 3 "$KVET" ksyms lookup -j --source iter --sysroot "$BATS_TEST_TMPDIR" f
	json '.status == "undetermined" and .errors[0].errno == null'
}

@test "18: SYM+OFF of a name with two addresses: both, or the one that SIZE selects" {
	table <<-'END'
	ffffffff81000000 t kthread
	ffffffff81000040 t g
	ffffffff81000100 t kthread
	ffffffff81000180 t h
	END
	lookup 0 kthread+0x10
	json '[.records[].address] == ["0xffffffff81000000", "0xffffffff81000100"]'
	lookup 0 kthread+0x10/0x80
	json '[.records[].address] == ["0xffffffff81000100"]'
	lookup 0 kthread+0x50
	json '[.records[].address] == ["0xffffffff81000100"]'
}

@test "19: the table is read once, however many queries find nothing" {
	table <<-'END'
	ffffffff81000000 T f
	ffffffff81000040 T vfs_read
	END
	expect 1 bash -c '"$0" ksyms lookup -j --kallsyms <(cat "$1") f vfs_raed 0x10' "$KVET" "$TABLE"
	json '[.records[].name] == ["f"] and .summary.unmatched == ["vfs_raed", "0x10"]
		and (.summary.reasons[0] | test("vfs_read"))'
}

@test "20: addresses as people have them: 0x or not, either case, out of an oops, hashed" {
	table <<-'END'
	ffffffff8100abc0 T f
	ffffffff8100abff T g
	END
	lookup 0 ffffffff8100abc4 0xffffffff8100abc4 FFFFFFFF8100ABC4 0xFFFFFFFF8100abc4 f+0x4/0x3f f+4
	json '[.records[] | [.name, .offset]] | length == 6 and unique == [["f", 4]]'
	lookup 1 00000000a1b2c3d4
	json '.summary.reasons[0] | test("hashed pointer")'
	lookup 1 'f+0x4/0x3f [m]'
	json '.summary.reasons[0] | test("--symbolize")'
}
