/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Verifier logs as kernels wrote them; the name of each says which kernel. */
#ifndef TESTS_LIB_PROBE_RECORDED_LOGS_H
#define TESTS_LIB_PROBE_RECORDED_LOGS_H

#define PROCESSED(n)                                                    \
	"processed " #n " insns (limit 1000000) max_states_per_insn 0 " \
	"total_states 0 peak_states 0 mark_read 0\n"

/* The control that calls helper 2147483647. */
static const char bogus_5_10[] = "0: (85) call unknown#2147483647\n"
				 "invalid func unknown#2147483647\n" PROCESSED(1);

static const char loaded[] = PROCESSED(3);

static const char unknown_5_10[] = "0: (85) call unknown#173\n"
				   "invalid func unknown#173\n" PROCESSED(1);

static const char not_for_type_5_10[] = "0: (85) call bpf_override_return#58\n"
					"unknown func bpf_override_return#58\n" PROCESSED(1);

static const char not_for_type_6_1[] = "0: R1=ctx(off=0,imm=0) R10=fp0\n"
				       "0: (85) call bpf_override_return#58\n"
				       "unknown func bpf_override_return#58\n" PROCESSED(1);

static const char not_for_type_6_12[] =
	"0: R1=ctx() R10=fp0\n"
	"0: (85) call bpf_override_return#58\n"
	"program of this type cannot use helper bpf_override_return#58\n" PROCESSED(1);

static const char not_for_type_7_3[] =
	"0: R1=ctx() R10=fp0\n"
	"0: (85) call bpf_override_return#58\n"
	"program of this type cannot use helper bpf_override_return#58\n"
	"\n"
	"Verification failed: Policy: Operation is not allowed\n"
	"\n"
	"Reason:\n"
	"  The helper bpf_override_return#58 is not allowed: this program type does not allow "
	"the helper.\n"
	"\n"
	"At:\n"
	"  insn 0\n"
	"       | ^-- error: policy check failed for helper bpf_override_return#58\n"
	"  Instruction context:\n"
	"  >>> 0 | (85) call bpf_override_return#58\n"
	"      1 | (b7) r0 = 0\n"
	"      2 | (95) exit\n"
	"\n"
	"Suggestion:\n"
	"  Use a helper allowed for this program type, or move the logic to a compatible "
	"program type.\n"
	"\n" PROCESSED(1);

static const char arguments_5_10[] = "0: (85) call bpf_map_lookup_elem#1\n"
				     "R1 type=ctx expected=map_ptr\n" PROCESSED(1);

static const char arguments_6_1[] = "0: R1=ctx(off=0,imm=0) R10=fp0\n"
				    "0: (85) call bpf_map_lookup_elem#1\n"
				    "R1 type=ctx expected=map_ptr\n" PROCESSED(1);

static const char arguments_6_12[] = "0: R1=ctx() R10=fp0\n"
				     "0: (85) call bpf_map_lookup_elem#1\n"
				     "R1 type=ctx expected=map_ptr\n" PROCESSED(1);

static const char arguments_7_3[] =
	"0: R1=ctx() R10=fp0\n"
	"0: (85) call bpf_map_lookup_elem#1\n"
	"R1 type=ctx expected=map_ptr\n"
	"\n"
	"Verification failed: Call Type Safety: Invalid call argument\n"
	"\n"
	"Reason:\n"
	"  The first argument (R1) to bpf_map_lookup_elem does not satisfy the verifier "
	"contract: it has type\n"
	"  ctx, but this argument accepts map_ptr.\n"
	"\n"
	"At:\n"
	"  insn 0\n"
	"       | ^-- error: invalid first argument (R1) for bpf_map_lookup_elem\n"
	"  Instruction context:\n"
	"  >>> 0 | (85) call bpf_map_lookup_elem#1\n"
	"      1 | (b7) r0 = 0\n"
	"      2 | (95) exit\n"
	"\n"
	"Causal path:\n"
	"  no retained diagnostic events on this path\n"
	"\n"
	"Suggestion:\n"
	"  Pass a value with one of the accepted pointer or scalar types for this call.\n"
	"\n" PROCESSED(1);

static const char sleepable_6_1[] =
	"0: R1=ctx(off=0,imm=0) R10=fp0\n"
	"0: (85) call bpf_copy_from_user#148\n"
	"helper call might sleep in a non-sleepable prog\n" PROCESSED(1);

static const char sleepable_6_12[] =
	"0: R1=ctx() R10=fp0\n"
	"0: (85) call bpf_copy_from_user#148\n"
	"helper call might sleep in a non-sleepable prog\n" PROCESSED(1);

static const char sleepable_7_3[] =
	"0: R1=ctx() R10=fp0\n"
	"0: (85) call bpf_copy_from_user#148\n"
	"sleepable helper bpf_copy_from_user#148 in non-sleepable prog\n"
	"\n"
	"Verification failed: Execution Context Safety: Operation is not allowed in this "
	"context\n"
	"\n"
	"Reason:\n"
	"  The operation sleepable helper bpf_copy_from_user#148 cannot be used in "
	"non-sleepable program.\n"
	"\n"
	"At:\n"
	"  insn 0\n"
	"       | ^-- error: sleepable helper bpf_copy_from_user#148 is not allowed in "
	"non-sleepable program\n"
	"  Instruction context:\n"
	"  >>> 0 | (85) call bpf_copy_from_user#148\n"
	"      1 | (b7) r0 = 0\n"
	"      2 | (95) exit\n"
	"\n"
	"Suggestion:\n"
	"  Move the helper call outside the critical section, or use a non-sleepable helper.\n"
	"\n" PROCESSED(1);

static const char not_supported_6_1[] =
	"0: R1=ctx(off=0,imm=0) R10=fp0\n"
	"0: (85) call bpf_get_func_ip#173\n"
	"func bpf_get_func_ip#173 not supported for program type 5\n" PROCESSED(1);

static const char not_supported_6_18[] =
	"0: R1=ctx() R10=fp0\n"
	"0: (85) call bpf_get_func_ip#173\n"
	"func bpf_get_func_ip#173 not supported for program type 5\n" PROCESSED(1);

/* bpf_d_path for the type syscall. */
static const char not_allowed_6_1[] = "0: R1=ctx(off=0,imm=0) R10=fp0\n"
				      "0: (85) call bpf_d_path#147\n"
				      "helper call is not allowed in probe\n" PROCESSED(1);

static const char not_allowed_6_18[] = "0: R1=ctx() R10=fp0\n"
				       "0: (85) call bpf_d_path#147\n"
				       "helper call is not allowed in probe\n" PROCESSED(1);

static const char arguments_list_6_1[] = "0: R1=ctx(off=0,imm=0) R10=fp0\n"
					 "0: (85) call bpf_copy_from_user#148\n"
					 "R1 type=ctx expected=fp, pkt, pkt_meta, map_key, "
					 "map_value, mem, alloc_mem, buf\n" PROCESSED(1);

/* Controls that call nothing. */
static const char no_target_6_1[] = "Tracing programs must provide btf_id\n" PROCESSED(0);

static const char cannot_sleep_5_10[] =
	"Only fentry/fexit/fmod_ret and lsm programs can be sleepable\n" PROCESSED(0);

static const char cannot_sleep_6_1[] = "Only fentry/fexit/fmod_ret, lsm, and kprobe/uprobe "
				       "programs can be sleepable\n" PROCESSED(0);

static const char cannot_sleep_6_12[] = "Only fentry/fexit/fmod_ret, lsm, iter, uprobe, and "
					"struct_ops programs can be sleepable\n" PROCESSED(0);

static const char cannot_sleep_7_3[] = "Program of this type cannot be sleepable\n" PROCESSED(0);

static const char cgroup_cannot_sleep_6_1[] =
	"BPF_LSM_CGROUP programs cannot be sleepable\n" PROCESSED(0);

static const char target_awake_6_1[] = "vfs_read is not sleepable\n" PROCESSED(0);

static const char target_awake_7_3[] =
	"Sleepable program cannot attach to non-faultable tracepoint sched_switch\n" PROCESSED(0);

#endif
