#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# kvet object check of the objects in tests/objects, on this kernel: what does not depend on its
# build, and that nothing of the host changes.

setup_file() {
	. "$BATS_TEST_DIRNAME/../cmd/lib.bash"
	compile_objects
}

setup() {
	. "$BATS_TEST_DIRNAME/../cmd/lib.bash"
	[ "$EUID" -eq 0 ] || skip 'root alone may load these programs'
}

# check_object NAME: whatever the status is.
check_object() {
	run --separate-stderr "$KVET" object check -j "$OBJECTS/$1.bpf.o"
	case $status in
	0 | 1 | 3) return 0 ;;
	esac
	show
	return 1
}

# program NAME FILTER: holds for its record.
program() {
	json "[.records[] | select(.program == \"$1\")] | length == 1 and (.[0] | $2)"
}

@test "dead code behind a guard counts for nothing, live code has its cause" {
	check_object causes
	program member_guarded '.load == "yes"'
	program helper_guarded '.load == "yes"'
	program member_missing '.load == "no" and .reason == "relocation"'
	program member_missing '.cause | contains("member '\''member_of_tomorrow'\'' of struct task_struct")'
	program member_missing '.remedy | contains("bpf_core_field_exists")'
	program helper_unknown '.load == "no" and .reason == "helper-unknown" and .helper == "#9999"'
	program helper_type '.reason == "helper-not-for-type" and .helper == "bpf_skb_load_bytes"'
	program helper_type '.cause | contains("kvet probe helpers bpf_skb_load_bytes -t kprobe: unsupported")'
	program out_of_bounds '.reason == "access" and (.source | test("causes.bpf.c:[0-9]+"))'
	program out_of_bounds '.cause | contains("instruction (79)")'
	program complex '.reason == "too-complex"'
	program type_xdp '.verdict == "yes" and .target_verdict == null'
	program raw_absent '.load == "yes" and .verdict == "no" and .reason == "target-absent"'
	program optional '.autoload == false'
}

@test "what the loader says is no no" {
	check_object causes
	for name in fentry_dummy fentry_bare replaces section_own iterator_of_map; do
		program $name '.verdict == "undetermined" and .reason == "placeholder"'
	done
	# A kernel without uprobes or kprobes says no before.
	for name in uprobe_self uprobe_by_hand kprobe_dummy; do
		program $name '.load == "yes" and .reason != "target-file" and .reason != "target-absent"'
	done
	check_object untyped
	program nobody_knows '.verdict == "undetermined" and .reason == "placeholder"'
}

@test "a raw tracepoint has as many arguments as it has" {
	check_object causes
	program raw_two '.verdict == "yes"'
	program raw_past '.load == "yes" and .verdict == "no" and .reason == "access"'
	program raw_past '.cause | contains("reads 24 bytes of the context") and contains("2 arguments")'
}

@test "a read of a kernel struct without CO-RE is told of, and other reads are not" {
	check_object offsets
	program fixed '.verdict == "yes" and .fixed_offset == 1256'
	for name in relocated header registers; do
		program $name '.verdict == "yes" and .fixed_offset == null'
	done
	holds "$stderr" 'fixed reads a kernel struct at offset 1256'
	check_object causes
	json '[.records[] | select(.fixed_offset)] == []'
}

@test "maps and sections of before libbpf 1.0, with BTF and without" {
	clang -target bpf -O2 "-I/usr/include/$(uname -m)-linux-gnu" \
		-c "$BATS_TEST_DIRNAME/../objects/legacy.bpf.c" -o "$OBJECTS/plain.bpf.o"
	for object in legacy plain; do
		check_object $object
		program sees_map '.verdict == "yes" and .type == "xdp"'
		program sees_other_map '.verdict == "yes"'
		program sees_trie '.verdict == "yes"'
		program past_value '.reason == "access" and (.cause | contains("value_size=8 off=8"))'
		program uses_refused_map '.reason == "map" and (.cause | contains("tomorrow"))'
		program guessed '.verdict == "undetermined" and (.cause | contains("is taken for xdp"))'
		json '[.records[] | select(.map) | [.map, .type, .verdict]] | sort == [["numbers", "hash", "yes"], ["others", "array", "yes"], ["prefixes", "lpm_trie", "yes"], ["tomorrow", "map type 199", "no"]]'
	done
}

@test "a program that libbpf cannot open is undetermined, and the others are answered" {
	cat >"$BATS_TEST_TMPDIR/static.c" <<-'END'
		__attribute__((section("license"), used)) char word[] = "GPL";
		__attribute__((section("own"), used, noinline)) static int hidden(int *ctx) { return *ctx; }
		__attribute__((section("xdp"), used)) int calls(int *ctx) { return hidden(ctx); }
		__attribute__((section("socket"), used)) int good(void *ctx) { return 0; }
	END
	clang -target bpf -O2 -g -c "$BATS_TEST_TMPDIR/static.c" -o "$OBJECTS/static.bpf.o"
	check_object static
	program hidden '.verdict == "undetermined" and .reason == "libbpf" and (.cause | contains("is static and not supported"))'
	program calls '.verdict == "undetermined" and .reason == "libbpf" and (.cause | contains("bad call relo"))'
	program good '.verdict == "yes"'
}

@test "objects as Rust's compiler writes them: functions in sections of their own, names with brackets" {
	cat >"$BATS_TEST_TMPDIR/rust.cc" <<-'END'
		#define SEC(name) __attribute__((section(name), used))
		template <typename K, typename V> struct HashMap { unsigned type, key_size, value_size, entries, flags, id, pinning; };
		namespace probe { template <typename T> struct Pair { T a, b; }; }
		extern "C" {
		extern const char LICENSE[] SEC("license") = "GPL";
		HashMap<unsigned, probe::Pair<unsigned long>> EVENTS SEC("maps") = { 1, 4, 16, 1024, 0, 0, 0 };
		}
		static void *(*const lookup)(void *, const void *) = (void *(*)(void *, const void *))1;
		namespace probe {
		template <typename T> SEC(".text._RINv5probe9slow_path") static __attribute__((noinline)) long slow_path(T *key)
		{
			return (long)lookup(&EVENTS, key);
		}
		}
		extern "C" {
		SEC("tracepoint/sched/sched_switch") int calls(void *) { unsigned key = 7; return probe::slow_path(&key) & 1; }
		SEC("xdp.frags") int reads(void *) { unsigned key = 7; return lookup(&EVENTS, &key) ? 1 : 2; }
		SEC("classifier") int plain(void *) { return 0; }
		}
	END
	clang -x c++ -target bpf -mcpu=v2 -O2 -g -c "$BATS_TEST_TMPDIR/rust.cc" -o "$OBJECTS/rust.bpf.o"
	grep -q 'HashMap<unsigned' "$OBJECTS/rust.bpf.o"
	check_object rust
	json '[.records[] | select(.program) | .program] | sort == ["calls", "plain", "reads"]'
	program calls '.verdict == "undetermined" and .reason == "libbpf" and (.cause | contains("bad call relo"))'
	program reads '.verdict == "yes" and .type == "xdp"'
	program plain '.verdict == "yes" and .type == "sched_cls"'
	json '[.records[] | select(.map) | [.map, .type, .verdict]] == [["EVENTS", "hash", "yes"]]'
}

@test "types that the kernel refuses: structs of operations require them, other programs do not" {
	cat >"$BATS_TEST_TMPDIR/names.cc" <<-'END'
		#define SEC(name) __attribute__((section(name), used))
		template <typename K> struct Key { K k; };
		struct sock;
		struct tcp_congestion_ops { unsigned (*undo_cwnd)(struct sock *); char name[16]; };
		extern "C" {
		extern const char LICENSE[] SEC("license") = "GPL";
		SEC("struct_ops/undo") unsigned undo(Key<int> *ctx) { return 2; }
		SEC("xdp") int plain(void *ctx) { return 2; }
		SEC(".struct_ops") struct tcp_congestion_ops operations = { (unsigned (*)(struct sock *))undo, "kvet" };
		}
	END
	clang -x c++ -target bpf -mcpu=v2 -O2 -g -w -c "$BATS_TEST_TMPDIR/names.cc" -o "$OBJECTS/names.bpf.o"
	check_object names
	program undo '.verdict == "undetermined" and .reason == "libbpf"'
	program undo '.cause | test("Key<int> struct Invalid name; .*BTF is mandatory")'
	program plain '.verdict == "yes"'
}

@test "functions without a type, as compilers before clang 8 wrote them" {
	cat >"$BATS_TEST_TMPDIR/old.s" <<-'END'
		.section license, "aw"
		.globl word
		word: .asciz "GPL"
		.section socket, "ax"
		.globl first
		first: r0 = 0
		exit
		.globl second
		second: r0 = *(u64 *)(r1 + 800)
		exit
	END
	clang -target bpf -c "$BATS_TEST_TMPDIR/old.s" -o "$OBJECTS/old.bpf.o"
	check_object old
	program first '.verdict == "yes"'
	program second '.verdict == "no" and .reason == "access"'
}

@test "sizes that the loader sets are set, and large maps are created small" {
	check_object causes
	program plain '.load == "yes"'
	program sleeps '.load == "yes"'
	json '[.records[] | select(.map == "stacks" and .verdict == "yes")] | length == 1'
}

@test "programs of two types that share a program array: each is loaded as if it were alone" {
	check_object causes
	program jump_raw '.verdict == "yes"'
	program jump_xdp '.verdict == "yes"'
}

@test "what stops libbpf is a no only for those who use it" {
	check_object externs
	program good '.verdict == "yes"'
	program kfunc_missing '.reason == "kfunc" and .helper == "kfunc_of_tomorrow"'
	program kfunc_guarded '.verdict == "yes"'
	program ksym_missing '.reason == "ksym"'
	program kconfig_missing '.reason == "kconfig" and (.cause | contains("CONFIG_OF_TOMORROW"))'
	program kconfig_weak '.verdict == "yes"'
	program map_huge '.verdict == "yes"'
	program operation '.reason == "struct-ops" and (.cause | contains("operations_of_tomorrow"))'
	program map_refused '.reason == "map" and (.cause | contains("map_of_tomorrow"))'
	json '[.records[] | select(.map == "map_of_tomorrow" and .verdict == "no")] | length == 1'
	json '.summary | .programs == 9 and .yes == 4 and .no == 5'
}

@test "the founding bug: two clocks in one object" {
	check_object mixed
	program starts '.clocks == ["monotonic"]'
	program ends '.clocks == ["boottime"]'
	program gpl_only '.reason == "license"'
	json '.summary | .mixed_clocks and .clocks == ["monotonic", "boottime"]'
	json '[.records[] | select(.stamp == "bpf:boottime" and .read == "bpf:monotonic" and .verdict == "no")] | length == 1'
	holds "$stderr" 'bpf:boottime and bpf:monotonic are'
	holds "$stderr" 'a suspend can change the difference'
	check_object externs
	json '.summary.mixed_clocks == false'
}

@test "two clocks in one object are a no, although all of it loads; --allow-mixed-clocks" {
	cat >"$BATS_TEST_TMPDIR/clocks.c" <<-'END'
		__attribute__((section("license"), used)) char word[] = "GPL";
		__attribute__((section("socket"), used)) int a(void *ctx) { return ((long (*)(void))5)(); }
		__attribute__((section("socket"), used)) int b(void *ctx) { return ((long (*)(void))125)(); }
	END
	clang -target bpf -O2 -w -c "$BATS_TEST_TMPDIR/clocks.c" -o "$BATS_TEST_TMPDIR/clocks.bpf.o"
	expect 1 "$KVET" object check -j "$BATS_TEST_TMPDIR/clocks.bpf.o"
	json '.summary.yes == 2 and .summary.mixed_clocks and .status == "no"'
	expect 0 "$KVET" object check -j --allow-mixed-clocks "$BATS_TEST_TMPDIR/clocks.bpf.o"
	json '.summary.mixed_clocks'
	json '[.records[] | select(.stamp) | .verdict] == ["no"]'
	expect 1 "$KVET" object check -q --allow-mixed-clocks --user-clock boottime "$BATS_TEST_TMPDIR/clocks.bpf.o"
}

@test "--user-clock: the pairing that user space uses decides" {
	check_object causes
	json '[.records[] | select(.stamp == "bpf:boottime" and (.read | startswith("user:")))] | length == 0'
	run --separate-stderr "$KVET" object check -j --user-clock monotonic "$OBJECTS/mixed.bpf.o"
	[ "$status" -eq 1 ]
	json '[.records[] | select(.read == "user:monotonic") | [.stamp, .verdict]] == [["bpf:monotonic", "yes"], ["bpf:boottime", "no"]]'
	run --separate-stderr "$KVET" object check -j --user-clock realtime "$OBJECTS/mixed.bpf.o"
	json '[.records[] | select(.read == "user:realtime") | .verdict] == ["no", "no"]'
	expect 2 "$KVET" object check --user-clock jiffies "$OBJECTS/mixed.bpf.o"
}

@test "an object of which all is a yes: status 0, unless user space reads another clock" {
	expect 0 "$KVET" object check -j "$OBJECTS/boottime.bpf.o"
	json '.status == "yes" and .summary.yes == 2 and .summary.mixed_clocks == false'
	json '[.records[] | select(.stamp)] == []'
	expect 0 "$KVET" object check -q --user-clock boottime "$OBJECTS/boottime.bpf.o"
	expect 1 "$KVET" object check -q --user-clock monotonic "$OBJECTS/boottime.bpf.o"
	expect 1 "$KVET" object check -q "$OBJECTS/boottime.bpf.o" "$OBJECTS/externs.bpf.o"
}

@test "clocks of live code alone" {
	check_object causes
	program clock_called '.clocks == ["boottime"]'
	program clock_guarded '.clocks == ["boottime"]'
	program clock_switched '.clocks == ["boottime"]'
	program clock_jiffies '.clocks == ["jiffies"]'
	program raw_plain '.clocks == null'
}

pinned() {
	find /sys/fs/bpf -mindepth 1 2>/dev/null | sort
}

@test "the limit on locked memory and what is pinned are as before" {
	before=$(ulimit -l && pinned)
	check_object causes
	check_object externs
	[ "$before" = "$(ulimit -l && pinned)" ]
}

@test "an object with damage in any place never ends kvet" {
	for ((at = 0; at < $(stat -c %s "$OBJECTS/mixed.bpf.o"); at += 97)); do
		cp "$OBJECTS/mixed.bpf.o" "$BATS_TEST_TMPDIR/damaged"
		printf '\377\377\377\377' |
			dd of="$BATS_TEST_TMPDIR/damaged" bs=1 seek="$at" conv=notrunc status=none
		run "$KVET" object check "$BATS_TEST_TMPDIR/damaged"
		case $status in
		0 | 1 | 3) ;;
		*) show && return 1 ;;
		esac
	done
}
