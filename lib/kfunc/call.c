/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "kfunc/call.h"

#include <string.h>

#define ARGUMENTS_MOST 5
#define STACK          64

struct program {
	struct bpf_insn *insns;
	size_t count;
};

static void add(struct program *program, struct bpf_insn insn)
{
	program->insns[program->count++] = insn;
}

static void set(struct program *program, uint8_t reg, int value)
{
	add(program,
	    (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = reg, .imm = value });
}

static void copy(struct program *program, uint8_t to, uint8_t from)
{
	add(program, (struct bpf_insn){
			     .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = to, .src_reg = from });
}

/* Whether a pointer is to what programs get as context (kernel: include/linux/bpf_types.h). */
static bool is_context(const struct kvet_btf *btf, uint32_t id)
{
	static const char *const names[] = {
		"__sk_buff",         "xdp_md",     "bpf_sock_addr_kern",
		"bpf_sock_ops_kern", "bpf_nf_ctx", "bpf_user_pt_regs_t",
		"bpf_sock",          "sk_msg_md",
	};
	const struct btf_type *type = kvet_btf_type(btf, id);
	const char *name = type ? kvet_btf_string(btf, type->name_off) : NULL;

	for (size_t i = 0; name && i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

static void pass(struct program *program, const struct kvet_btf *btf, uint8_t reg, uint32_t type)
{
	uint32_t id = kvet_btf_resolve(btf, type);
	const struct btf_type *resolved = kvet_btf_type(btf, id);

	if (!resolved || !btf_is_ptr(resolved)) {
		set(program, reg, 0);
	} else if (is_context(btf, kvet_btf_resolve(btf, resolved->type))) {
		copy(program, reg, BPF_REG_6);
	} else {
		copy(program, reg, BPF_REG_10);
		add(program, (struct bpf_insn){ .code = BPF_ALU64 | BPF_ADD | BPF_K,
						.dst_reg = reg,
						.imm = -STACK });
	}
}

size_t kvet_kfunc_call(const struct kvet_btf *btf, uint32_t id, int16_t module, int exit_value,
		       struct bpf_insn *insns)
{
	struct program program = { .insns = insns };
	const struct btf_type *proto = kvet_btf_prototype(btf, id);
	const struct btf_param *params = proto ? btf_params(proto) : NULL;

	copy(&program, BPF_REG_6, BPF_REG_1);
	for (int16_t at = -STACK; at < 0; at += 8)
		add(&program, (struct bpf_insn){ .code = BPF_ST | BPF_MEM | BPF_DW,
						 .dst_reg = BPF_REG_10,
						 .off = at });
	for (uint8_t i = 0; proto && i < ARGUMENTS_MOST && i < btf_vlen(proto); i++)
		pass(&program, btf, (uint8_t)(BPF_REG_1 + i), params[i].type);
	add(&program, (struct bpf_insn){ .code = BPF_JMP | BPF_CALL,
					 .src_reg = BPF_PSEUDO_KFUNC_CALL,
					 .off = module,
					 .imm = (int)id });
	set(&program, BPF_REG_0, exit_value);
	add(&program, (struct bpf_insn){ .code = BPF_JMP | BPF_EXIT });
	return program.count;
}
