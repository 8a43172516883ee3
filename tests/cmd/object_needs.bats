#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# kvet object check --needs: what programs need of kernels that are fixtures. Such a kernel is a C
# file, compiled with its types: an ELF file that has BTF. What real kernels have is compared in
# tests/root and tests/vm.

setup_file() {
	export FIXTURES="$BATS_FILE_TMPDIR"
	cd "$FIXTURES" || return
	kernel old 'struct task_struct { long before; int pid; };' ''
	kernel new 'struct task_struct { long before; int pid; int later; };' \
		'int kfunc_of_tomorrow(void) { return 0; }'
	cat >tracer.c <<-'END'
		#define SEC(name) __attribute__((section(name), used))
		#define RELOCATED __attribute__((preserve_access_index))
		typedef unsigned long long u64;
		struct task_struct { int pid; int later; } RELOCATED;
		enum bpf_func_id { BPF_FUNC_ktime_get_ns = 5, BPF_FUNC_ktime_get_boot_ns = 125 };
		static u64 (*mono)(void) = (void *)5;
		static u64 (*boot)(void) = (void *)125;
		static u64 (*unknown)(void) = (void *)9999;
		char terms[] SEC("license") = "GPL";
		const volatile int use_boot = 0;
		struct { int (*type)[1]; int (*max_entries)[1]; int *key; int *value; } table SEC(".maps");
		static void *(*lookup)(void *, const void *) = (void *)1;
		extern int kfunc_of_tomorrow(void) __attribute__((section(".ksyms")));
		extern int kfunc_weak(void) __attribute__((section(".ksyms"), weak));

		static __attribute__((noinline)) int called(void) { return boot(); }

		SEC("raw_tp/sched_switch") int plain(void *ctx) { return mono(); }
		SEC("raw_tp/sched_switch") int calls(void *ctx) { return called(); }
		SEC("raw_tp/sched_switch") int unknowing(void *ctx) { return unknown(); }
		SEC("raw_tp/sched_switch") int unguarded(struct task_struct *task)
		{
			return __builtin_preserve_field_info(task->later, 0);
		}
		SEC("raw_tp/sched_switch") int guarded(struct task_struct *task)
		{
			if (__builtin_preserve_field_info(task->later, 2))
				return __builtin_preserve_field_info(task->later, 0) + unknown();
			return mono();
		}
		SEC("raw_tp/sched_switch") int chooses(void *ctx)
		{
			if (__builtin_preserve_enum_value(*(enum bpf_func_id *)BPF_FUNC_ktime_get_boot_ns, 0))
				return boot();
			return mono();
		}
		SEC("raw_tp/sched_switch") int switched(void *ctx) { return use_boot ? boot() : mono(); }
		SEC("raw_tp/sched_switch") int uses_map(void *ctx) { int key = 0; return !lookup(&table, &key); }
		SEC("raw_tp/no_such_tracepoint") int absent(void *ctx) { return 0; }
		SEC("raw_tp/sched_switch") int calls_kfunc(void *ctx) { return kfunc_of_tomorrow(); }
		SEC("raw_tp/sched_switch") int perhaps(void *ctx) { return kfunc_weak ? kfunc_weak() : 0; }
		SEC("?raw_tp/sched_switch") int optional(void *ctx) { return unknown(); }
		SEC("kprobe/vfs_read") int once(void *ctx) { return 0; }
		SEC("kprobe/c_start") int several(void *ctx) { return 0; }
		SEC("kprobe/no_such_function") int nowhere(void *ctx) { return 0; }
		SEC("fentry/vfs_read") int entry(void *ctx) { return 0; }
		SEC("fentry/no_such_function") int no_entry(void *ctx) { return 0; }
		SEC("fentry/dummy_function") int set_by_loader(void *ctx) { return 0; }
		SEC("fentry/c_start") int which_entry(void *ctx) { return 0; }
		SEC("lsm/file_open") int hook(void *ctx) { return 0; }
		SEC("uprobe//bin/sh:main") int user(void *ctx) { return 0; }
		SEC("xdp") int packets(void *ctx) { return 2; }
		SEC("an_own_name") int own(void *ctx) { return 0; }
	END
	clang -target bpfel -mcpu=v2 -O2 -g -w -c tracer.c -o tracer.o || return
	clang -target bpfeb -mcpu=v2 -O2 -g -w -c tracer.c -o other.o || return
	printf '%s T %s\n' ffffffff81000000 _text ffffffff81000100 register_kprobe \
		ffffffff81000180 kprobe_prog_func_proto \
		ffffffff81000200 vfs_read ffffffff81000300 c_start ffffffff81000400 c_start >kallsyms
}

# kernel NAME STRUCT MORE: a kernel with these types.
kernel() {
	printf '%s\n' "$2" "$3" >"$1.c"
	cat >>"$1.c" <<-'END'
		enum bpf_func_id { BPF_FUNC_map_lookup_elem = 1, BPF_FUNC_ktime_get_ns = 5,
			BPF_FUNC_get_stackid = 27, __BPF_FUNC_MAX_ID = 9999 };
		enum bpf_prog_type { BPF_PROG_TYPE_KPROBE = 2, BPF_PROG_TYPE_RAW_TRACEPOINT = 17,
			BPF_PROG_TYPE_TRACING = 26, BPF_PROG_TYPE_LSM = 29 };
		enum bpf_attach_type { BPF_TRACE_FENTRY = 24, BPF_LSM_MAC = 27 };
		enum bpf_map_type { BPF_MAP_TYPE_HASH = 1, BPF_MAP_TYPE_ARRAY = 2 };
		typedef void (*btf_trace_sched_switch)(void *, int);
		struct task_struct task;
		enum bpf_func_id helper;
		enum bpf_prog_type type;
		enum bpf_attach_type attach;
		enum bpf_map_type map;
		btf_trace_sched_switch traced;
		#define FUNCTION(name) unsigned long name(void) { return 0; }
		FUNCTION(bpf_map_lookup_elem) FUNCTION(bpf_ktime_get_ns) FUNCTION(bpf_probe_register)
		FUNCTION(bpf_trampoline_link_prog) FUNCTION(bpf_lsm_file_open)
		FUNCTION(vfs_read) FUNCTION(c_start)
	END
	clang -target bpfel -O2 -g -w -c "$1.c" -o "$1"
}

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	cd "$FIXTURES" || return
}

# needs KERNEL [OPTION...]: its records are in $output, whatever the status.
needs() {
	run --separate-stderr "$KVET" object check --needs -j --btf "$@" tracer.o
	case $status in
	1 | 3) return 0 ;;
	esac
	show
	return 1
}

# need PROGRAM KIND NAME FILTER: its only record of that kind and name.
need() {
	json '[.records[] | select(.program == $program and .kind == $kind and .name == $name)] |
		length == 1 and (.[0] | '"$4"')' --arg program "$1" --arg kind "$2" --arg name "$3"
}

# no_need PROGRAM KIND
no_need() {
	json '[.records[] | select(.program == $program and .kind == $kind)] == []' \
		--arg program "$1" --arg kind "$2"
}

@test "a member that the kernel lacks is a no, with its source line and what to do" {
	needs old
	need unguarded relocation "member 'later' of struct task_struct" \
		'.verdict == "no" and .live and .reason == "relocation" and (.source | test("^tracer.c:[0-9]+$"))'
	need unguarded relocation "member 'later' of struct task_struct" \
		'(.cause | contains("old lacks")) and (.remedy | contains("bpf_core_field_exists"))'
	needs new
	need unguarded relocation "member 'later' of struct task_struct" '.verdict == "yes" and .cause == null'
}

@test "behind a guard, it and what goes with it are dead on one kernel and live on the other" {
	needs old
	need guarded relocation "member 'later' of struct task_struct" '.verdict == "no" and (.live | not)'
	need guarded helper '#9999' '.live | not'
	need guarded helper bpf_ktime_get_ns '.live and .verdict == "yes"'
	needs new
	need guarded relocation "member 'later' of struct task_struct" '.verdict == "yes" and .live'
	need guarded helper '#9999' '.live and .verdict == "no"'
	need guarded helper bpf_ktime_get_ns '.live | not'
}

@test "helpers: known, unknown, chosen by a guard or a variable, called by a subprogram" {
	needs old
	need plain helper bpf_ktime_get_ns '.verdict == "yes" and .live'
	need unknowing helper '#9999' '.verdict == "no" and .reason == "helper-unknown" and .live'
	need chooses helper bpf_ktime_get_boot_ns '.verdict == "no" and (.live | not)'
	need chooses helper bpf_ktime_get_ns '.live'
	need switched helper bpf_ktime_get_boot_ns '.live | not'
	need switched helper bpf_ktime_get_ns '.live'
	need calls helper bpf_ktime_get_boot_ns '.verdict == "no" and .live'
}

@test "maps, types, tracepoints and kfuncs, by the kernel's types" {
	needs old
	need uses_map map-type hash '.verdict == "yes"'
	need plain program-type raw_tracepoint '.verdict == "yes"'
	need packets program-type xdp '.verdict == "no" and .reason == "type-absent"'
	need plain target sched_switch '.verdict == "yes"'
	need absent target no_such_tracepoint '.verdict == "no" and .reason == "target-absent"'
	need hook target file_open '.verdict == "yes"'
	need calls_kfunc kfunc kfunc_of_tomorrow '.verdict == "no" and .required'
	need perhaps kfunc kfunc_weak '.verdict == "no" and (.required | not)'
	needs new
	need calls_kfunc kfunc kfunc_of_tomorrow '.verdict == "yes"'
}

@test "functions of another kernel: undetermined without its symbols, each instance with them" {
	needs old
	need once target vfs_read '.verdict == "undetermined" and (.cause | contains("--kallsyms"))'
	needs old --kallsyms kallsyms
	need once target vfs_read '.verdict == "yes"'
	need several target c_start '.verdict == "no" and .reason == "target-ambiguous"'
	need several target c_start '.cause | contains("0xffffffff81000300") and contains("0xffffffff81000400")'
	need nowhere target no_such_function '.verdict == "no" and .reason == "target-absent"'
	need entry target vfs_read '.verdict == "yes"'
	need no_entry target no_such_function '.verdict == "no" and .reason == "btf-target"'
	need which_entry target c_start '.verdict == "undetermined" and .reason == "target-ambiguous"'
	need once program-type kprobe '.verdict == "yes"'
	sed -i /register_kprobe/d kallsyms
	needs old --kallsyms kallsyms
	need once target vfs_read '.verdict == "no" and .reason == "target-unsupported"'
}

@test "what no file says is undetermined" {
	needs old
	need set_by_loader target dummy_function '.verdict == "undetermined" and .reason == "placeholder"'
	need user target /bin/sh:main '.verdict == "undetermined"'
	json '[.records[] | select(.program == "own")] | length == 1 and
		(.[0] | .kind == "program-type" and .verdict == "undetermined" and .reason == "placeholder")'
}

@test "a capability is the loader's: it has no verdict, and does not count" {
	needs old
	need plain capability CAP_PERFMON '.verdict == null'
	need packets capability CAP_NET_ADMIN '.verdict == null'
	json '[.records[] | select(.program == "packets" and .kind == "capability") | .name] ==
		["CAP_NET_ADMIN", "CAP_BPF"]'
}

@test "a kfunc: its signature counts, and whether the kernel marks it" {
	kernel marked 'struct task_struct { int pid; };' \
		'__attribute__((btf_decl_tag("bpf_kfunc"))) int kfunc_weak(void) { return 0; }
		int kfunc_of_tomorrow(void) { return 0; }'
	needs marked
	need perhaps kfunc kfunc_weak '.verdict == "yes"'
	need calls_kfunc kfunc kfunc_of_tomorrow '.verdict == "undetermined" and (.cause | contains("does not mark"))'
	kernel other 'struct task_struct { int pid; };' 'int kfunc_of_tomorrow(void *p) { return 0; }'
	needs other
	need calls_kfunc kfunc kfunc_of_tomorrow '.verdict == "no" and (.cause | contains("signature"))'
}

@test "the configuration decides for this host, and for no other kernel" {
	cat >options.c <<-'END'
		#define SEC(name) __attribute__((section(name), used))
		#define OPTION __attribute__((section(".kconfig")))
		static unsigned long (*mono)(void) = (void *)5;
		static unsigned long (*unknown)(void) = (void *)9999;
		extern int CONFIG_HZ OPTION;
		extern _Bool CONFIG_SWITCH OPTION;
		extern _Bool CONFIG_PERHAPS OPTION __attribute__((weak));
		extern int CONFIG_MISSING OPTION;
		extern int LINUX_KERNEL_VERSION OPTION;
		SEC("raw_tp/sched_switch") int number(void *ctx) { return CONFIG_HZ == 250 ? mono() : unknown(); }
		SEC("raw_tp/sched_switch") int is_set(void *ctx) { return CONFIG_SWITCH ? mono() : unknown(); }
		SEC("raw_tp/sched_switch") int weak(void *ctx) { return CONFIG_PERHAPS ? unknown() : mono(); }
		SEC("raw_tp/sched_switch") int missing(void *ctx) { return CONFIG_MISSING; }
		SEC("raw_tp/sched_switch") int version(void *ctx)
		{
			return LINUX_KERNEL_VERSION > 0x10000 ? mono() : unknown();
		}
	END
	clang -target bpf -mcpu=v2 -O2 -g -w -c options.c -o options.o
	mkdir -p root/boot root/proc root/sys/kernel/btf
	llvm-objcopy --dump-section .BTF=root/sys/kernel/btf/vmlinux old 2>/dev/null ||
		objcopy --dump-section .BTF=root/sys/kernel/btf/vmlinux old || skip 'no objcopy takes the file'
	printf '%s\n' CONFIG_HZ=250 CONFIG_SWITCH=y '# CONFIG_PERHAPS is not set' >"root/boot/config-$(uname -r)"
	cp kallsyms root/proc/kallsyms
	expect 1 "$KVET" object check --needs -j --sysroot root options.o
	for program in number is_set weak; do
		need $program helper '#9999' '.live | not'
		need $program helper bpf_ktime_get_ns '.live'
	done
	need number kconfig CONFIG_HZ '.verdict == "yes"'
	need weak kconfig CONFIG_PERHAPS '.verdict == "no" and (.required | not)'
	need missing kconfig CONFIG_MISSING '.verdict == "no" and .reason == "kconfig" and .required'
	run --separate-stderr "$KVET" object check --needs -j --btf old options.o
	for program in number is_set weak version; do
		need $program helper '#9999' '.live'
		need $program helper bpf_ktime_get_ns '.live'
	done
	need number kconfig CONFIG_HZ '.verdict == "undetermined" and .reason == "no-config"'
	need version kconfig LINUX_KERNEL_VERSION '.verdict == "yes"'
}

@test "a host without types: undetermined, and both ways of a guard are live" {
	mkdir -p none/proc
	cp kallsyms none/proc/kallsyms
	run --separate-stderr "$KVET" object check --needs -j --sysroot none tracer.o
	[ "$status" -eq 3 ]
	need guarded helper '#9999' '.live and .verdict == "undetermined"'
	need guarded helper bpf_ktime_get_ns '.live'
	need unguarded relocation "member 'later' of struct task_struct" '.verdict == "undetermined"'
	need plain target sched_switch '.verdict == "undetermined"'
}

@test "the other byte order: the same needs" {
	needs new --kallsyms kallsyms
	jq '[.records[] | del(.object)]' <<<"$output" >mine
	run --separate-stderr "$KVET" object check --needs -j --btf new --kallsyms kallsyms other.o
	jq '[.records[] | del(.object)]' <<<"$output" >its
	[ "$(jq length mine)" -gt 50 ]
	cmp mine its
}

@test "a kernel of the other byte order" {
	clang -target bpfeb -O2 -g -w -c old.c -o big
	needs big
	need unguarded relocation "member 'later' of struct task_struct" '.verdict == "no"'
	need plain helper bpf_ktime_get_ns '.verdict == "yes"'
}

@test "BTF alone, without ELF, is the same" {
	llvm-objcopy --dump-section .BTF=raw.btf old 2>/dev/null || objcopy --dump-section .BTF=raw.btf old ||
		skip 'no objcopy takes the file'
	needs old
	jq '[.records[] | del(.cause)]' <<<"$output" >mine
	needs raw.btf
	jq '[.records[] | del(.cause)]' <<<"$output" >its
	cmp mine its
}

@test "the status: yes if all is there, and what is dead or weak does not count" {
	cat >good.c <<-'END'
		#define SEC(name) __attribute__((section(name), used))
		struct task_struct { int later; } __attribute__((preserve_access_index));
		static unsigned long (*mono)(void) = (void *)5;
		static unsigned long (*unknown)(void) = (void *)9999;
		SEC("raw_tp/sched_switch") int good(struct task_struct *task)
		{
			return __builtin_preserve_field_info(task->later, 2) ? unknown() : mono();
		}
		SEC("?raw_tp/sched_switch") int optional(void *ctx) { return unknown(); }
	END
	clang -target bpfel -mcpu=v2 -O2 -g -w -c good.c -o good.o
	expect 0 "$KVET" object check --needs -j --btf old good.o
	json '.status == "yes" and .summary.programs == 2 and .summary.yes == 2 and .summary.needs == 10'
	expect 1 "$KVET" object check --needs -q --btf new good.o
	[ -z "$output$stderr" ]
}

@test "without privilege" {
	[ "$EUID" -eq 0 ] || skip 'only root can give its privileges up'
	chmod 755 . && chmod 644 ./*
	run --separate-stderr as_nobody "$KVET" object check --needs -j --btf old --kallsyms kallsyms tracer.o
	need plain helper bpf_ktime_get_ns '.verdict == "yes"'
}

@test "files that are no types, no symbols, or no object" {
	printf 'text\n' >text && : >empty
	expect 3 "$KVET" object check --needs -j --btf text tracer.o
	json '.errors[0].evidence | contains("not BTF")'
	expect 3 "$KVET" object check --needs -j --btf empty tracer.o
	expect 3 "$KVET" object check --needs -j --btf /bin/sh tracer.o
	json '.errors[0].evidence | contains("without a section .BTF")'
	expect 3 "$KVET" object check --needs -j --btf nothing tracer.o
	json '.errors[0].errno == "ENOENT"'
	expect 3 "$KVET" object check --needs -j --btf old --kallsyms text tracer.o
	expect 3 "$KVET" object check --needs -j --btf old text
	json '.records[0] | .program == null and .verdict == "undetermined" and .reason == "not-bpf"'
}

@test "an object, or types, that are cut off anywhere never crash" {
	for file in tracer.o old; do
		size=$(stat -c %s $file)
		for ((at = 1; at < size; at += 211)); do
			head -c "$at" $file >part
			if [ $file = old ]; then
				run "$KVET" object check --needs -q --btf part tracer.o
			else
				run "$KVET" object check --needs -q --btf old part
			fi
			case $status in
			0 | 1 | 3) ;;
			*) show && return 1 ;;
			esac
		done
	done
}

@test "wrong use" {
	expect 2 "$KVET" object check --btf old tracer.o
	expect 2 "$KVET" object check --kallsyms kallsyms tracer.o
	expect 2 "$KVET" object check --needs --user-clock boottime tracer.o
}

@test "a map of maps needs the type of those that it holds" {
	cat >nested.c <<-'END'
		#define SEC(name) __attribute__((section(name), used))
		static void *(*lookup)(void *, const void *) = (void *)1;
		struct inner { int (*type)[1]; int (*max_entries)[1]; int *key; int *value; };
		struct later { int (*type)[99]; int (*max_entries)[1]; int *key; int *value; };
		struct { int (*type)[2]; int (*max_entries)[1]; int *key; struct inner *values[]; } known SEC(".maps");
		struct { int (*type)[2]; int (*max_entries)[1]; int *key; struct later *values[]; } unknown SEC(".maps");
		SEC("raw_tp/sched_switch") int uses_known(void *ctx) { int key = 0; return !lookup(&known, &key); }
		SEC("raw_tp/sched_switch") int uses_unknown(void *ctx) { int key = 0; return !lookup(&unknown, &key); }
	END
	clang -target bpf -mcpu=v2 -O2 -g -w -c nested.c -o nested.o
	expect 1 "$KVET" object check --needs -j --btf old nested.o
	json '[.records[] | select(.program == "uses_known" and .kind == "map-type") | [.name, .verdict]] ==
		[["hash", "yes"], ["array", "yes"]]'
	need uses_unknown map-type '#99' '.verdict == "no"'
}

@test "of two programs for one target, the one that the kernel lacks things for does not count" {
	local head='static unsigned long long (*unknown)(void) = (void *)9999;
		#define PROGRAM(where, name, what) __attribute__((section(where), used)) int name(void *c) { return what; }'

	printf '%s\n' "$head" 'PROGRAM("tp_btf/sched_switch", typed, unknown())' \
		'PROGRAM("raw_tp/sched_switch", raw, 0)' >twins.c
	clang -target bpf -mcpu=v2 -O2 -g -w -c twins.c -o twins.o
	expect 0 "$KVET" object check --needs -j --btf old --kallsyms kallsyms twins.o
	json '.summary | .not_taken == ["typed"] and .yes == 1 and .no == 1'
	echo 'PROGRAM("raw_tp/other", lacking, unknown())' >>twins.c
	clang -target bpf -mcpu=v2 -O2 -g -w -c twins.c -o twins.o
	expect 1 "$KVET" object check --needs -j --btf old --kallsyms kallsyms twins.o
	json '.summary.not_taken == ["typed"]'
}
