#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# What misleads a reader of the table, and where a kprobe cannot go though a symbol is there.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	TABLE=$DATA/ksyms/kallsyms
}

lookup() {
	local wanted=$1

	shift
	expect "$wanted" "$KVET" ksyms lookup --kallsyms "$TABLE" "$@"
}

@test "prefix symbols: left out of patterns, where name and distance prove them" {
	TABLE=$DATA/ksyms/pitfalls
	lookup 0 -j '*vfs_write'
	json '[.records[].name] == ["vfs_write"]'
	lookup 0 -j --prefix-symbols '*vfs_write'
	json '.records | length == 3'
	lookup 0 -j __pfx_vfs_write 0xffffffff81200014
	json '[.records[].name] == ["__pfx_vfs_write", "__pfx_vfs_write"]'
	lookup 0 -j '__pfx_lonely'
	json '.records | length == 1'
	lookup 0 -j '__pfx_lonel*'
	json '.records | length == 1'
}

@test "pitfalls: extents of any type, none of per-CPU offsets, gaps, modules out of order" {
	TABLE=$DATA/ksyms/pitfalls
	lookup 0 -j fixed_percpu_data cpu_tss_rw
	json 'all(.records[]; .extent == null and .relative == null)'
	lookup 1 0x5fff
	# A data symbol ends a function's extent; an alias does not.
	lookup 0 -j before_data alias_one alias_two
	json '[.records[].extent] == [32, 64, 64]'
	# The last of the kernel proper does not reach the modules, nor one module another.
	lookup 1 0xffffffff90000000
	lookup 0 -j late_b
	json '.records[0].extent == 64'
	lookup 0 -j 0xffffffffa0000050
	json '.records[0] | .name == "late_b" and .module == "late" and .offset == 16'
	# Weak functions are functions, and mapping symbols are names like others.
	lookup 0 -j --text blake2s_compress
	json '.records[0].type == "W"'
	lookup 0 -j '$x'
	json '.records | length == 1'
	# Pseudo-modules are told apart.
	lookup 0 -j 'bpf_prog_*' optinsn_page ftrace_trampoline
	json '[.records[].module] | unique == ["__builtin__ftrace", "__builtin__kprobes", "bpf"]'
}

@test "--attachable: what debugfs and tracefs say, or unknown" {
	local root=$BATS_TEST_TMPDIR/root

	mkdir -p "$root/proc" "$root/sys/kernel/debug/kprobes" "$root/sys/kernel/tracing"
	printf '%s\n' "ffffffff81000000 T fine" "ffffffff81000040 t twice" "ffffffff81000080 t twice" \
		"ffffffff810000c0 t listed" "ffffffff81000100 t notrace" "ffffffff81000140 D data" \
		"ffffffff82000000 T _sinittext" "ffffffff82000010 t setup" \
		"ffffffff82000020 T _einittext" >"$root/proc/kallsyms"
	expect 3 "$KVET" ksyms lookup --sysroot "$root" --attachable -j fine
	json '.records[0] | .attachable == "undetermined" and (.obstacle | test("cannot be read"))'
	echo $'0xffffffff810000c0-0xffffffff81000100\tlisted' >"$root/sys/kernel/debug/kprobes/blacklist"
	printf '%s\n' fine twice listed >"$root/sys/kernel/tracing/available_filter_functions"
	expect 0 "$KVET" ksyms lookup --sysroot "$root" --attachable -j fine twice
	expect 1 "$KVET" ksyms lookup --sysroot "$root" --attachable -j fine twice listed notrace \
		data setup
	json '[.records[].attachable] == ["yes", "yes", "yes", "no", "no", "no", "no"]'
	json '[.records[].obstacle] | .[0] == null and (.[1:] | map(sub(":.*"; "")) == ["only by address",
		"only by address", "listed is not traceable; on the kernel\u0027s kprobe blacklist",
		"notrace is not traceable; notrace or __init", "not text",
		"setup is not traceable"])'
	printf '%s\n' "ffffffff81000004 fine" "ffffffff81000084 twice" \
		>"$root/sys/kernel/tracing/available_filter_functions_addrs"
	expect 1 "$KVET" ksyms lookup --sysroot "$root" --attachable -j fine twice
	json '[.records[].attachable] == ["yes", "no", "yes"]'
}

@test "mapping symbols: names like others, and at no address" {
	printf '%s\n' 'ffffffff81000000 T _text' 'ffffffffc0000000 t $x	[m]' \
		'ffffffffc0000000 t f	[m]' 'ffffffffc0000010 t $d.12	[m]' 'ffffffffc0000018 t $x	[m]' \
		'ffffffffc0000020 t .L3	[m]' 'ffffffffc0000024 t $xrv64i2p1	[m]' \
		'ffffffffc0000040 t g	[m]' 'ffffffffc0000040 t $x	[m]' >"$BATS_TEST_TMPDIR/table"
	TABLE=$BATS_TEST_TMPDIR/table
	lookup 0 -j ffffffffc0000000 ffffffffc0000018 ffffffffc0000024 f+0x3f
	json '[.records[] | [.name, .offset, .extent]]
		== [["f", 0, 64], ["f", 24, 64], ["f", 36, 64], ["f", 63, 64]]'
	lookup 0 -j ffffffffc0000010-ffffffffc0000041
	json '[.records[].name] == ["f", "g"]'
	lookup 1 f+0x40
	lookup 0 -j '$x' '$d.12' .L3
	json '[.records[].name] == ["$x", "$x", "$x", "$d.12", ".L3"]'
	# Patterns leave them out, as they do what stands before a function.
	lookup 0 -j 'm:*'
	json '[.records[].name] == ["f", "g"]'
	lookup 0 -j --prefix-symbols 'm:*'
	json '.records | length == 8'
	lookup 0 -j --regex '^[fg$]'
	json '[.records[].name] == ["f", "g"]'
	expect 1 "$KVET" ksyms duplicates -j --kallsyms "$TABLE"
	json '.records == [] and .summary.symbols == 3'
	lookup 1 -j --attachable '$d.12'
	json '.records[0] | .attachable == "no" and .obstacle == "a mapping symbol, no function"'
}

# The worst of what was asked, alone and together, with and without output.
@test "--attachable: the exit status is the worst of the rows" {
	local root=$BATS_TEST_TMPDIR/root names

	mkdir -p "$root/proc" "$root/boot" "$root/sys/kernel/debug/kprobes" "$root/sys/kernel/tracing"
	printf '%s\n' "ffffffff81000000 T fine" "ffffffff81000040 T listed" "ffffffff81000080 t fine.cold" \
		"ffffffff810000c0 D data" >"$root/proc/kallsyms"
	echo $'0xffffffff81000040-0xffffffff81000080\tlisted' >"$root/sys/kernel/debug/kprobes/blacklist"
	echo fine >"$root/sys/kernel/tracing/available_filter_functions"
	while read -r wanted names; do
		# shellcheck disable=SC2086
		expect "$wanted" "$KVET" ksyms lookup -q --attachable --sysroot "$root" $names
		[ -z "$output$stderr" ]
		# shellcheck disable=SC2086
		expect "$wanted" "$KVET" ksyms lookup -j --attachable --sysroot "$root" $names
		json '.status == {"0": "yes", "1": "no", "3": "undetermined"}[$status]' --arg status "$wanted"
	done <<-'END'
		0 fine
		1 listed
		1 data
		1 fine listed
		1 fine nosuch
		3 fine.cold
		3 listed fine.cold
		3 fine.cold fine nosuch
	END
	# What is moved out of a function is in no list, and may be probed where the function may.
	json '[.records[].attachable] == ["undetermined", "yes"]'
	# Where notrace functions can be probed too, not to be in the list says nothing.
	printf 'CONFIG_KPROBES=y\nCONFIG_KPROBE_EVENTS_ON_NOTRACE=y\n' >"$root/boot/config-$(uname -r)"
	printf '%s\n' "ffffffff81000000 T fine" "ffffffff81000040 T notrace" >"$root/proc/kallsyms"
	: >"$root/sys/kernel/debug/kprobes/blacklist"
	expect 3 "$KVET" ksyms lookup -q --attachable --sysroot "$root" notrace
}

@test "--attachable: what is certain for everybody is a no, whatever the lists say" {
	local root=$BATS_TEST_TMPDIR/root

	mkdir -p "$root/proc" "$root/boot"
	printf '%s\n' "ffffffff81000000 T fine" >"$root/proc/kallsyms"
	expect 3 "$KVET" ksyms lookup -j --attachable --sysroot "$root" fine
	echo '# CONFIG_KPROBES is not set' >"$root/boot/config-$(uname -r)"
	expect 1 "$KVET" ksyms lookup -j --attachable --sysroot "$root" fine
	json '.records[0] | .attachable == "no" and (.obstacle | test("built without kprobes"))'
	echo 'CONFIG_KPROBES=y' >"$root/boot/config-$(uname -r)"
	expect 3 "$KVET" ksyms lookup -j --attachable --sysroot "$root" fine
}

@test "--attachable: a file may be of another boot: undetermined" {
	local table=$BATS_TEST_TMPDIR/table

	printf '%s\n' "ffffffff81000000 T fine" "ffffffff81000040 D data" >"$table"
	expect 3 "$KVET" ksyms lookup -j --attachable --kallsyms "$table" fine
	json '.records[0] | .attachable == "undetermined" and (.obstacle | test("another boot"))'
	holds "$stderr" "another boot"
	expect 1 "$KVET" ksyms lookup -q --attachable --kallsyms "$table" data
}
