/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the child has seen of one program or map; what it means is judged apart. */
#ifndef KVET_OBJECT_EVIDENCE_H
#define KVET_OBJECT_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

#include <kvet/object.h>

enum kvet_object_outcome {
	KVET_OUTCOME_LOADED,
	KVET_OUTCOME_REFUSED, /* by the kernel: errnum and the program's log */
	KVET_OUTCOME_BLOCKED, /* by what libbpf requires before it: reason, symbol, errnum, words */
};

/* What the child alone can know of a program's target. */
struct kvet_target_hint {
	uint32_t context_end; /* where its reads of the context end, in bytes; 0: it has none */
	uint32_t buffer_end;  /* of its accesses to the buffer of a writable raw tracepoint */
	bool has_btf;         /* the kernel's BTF could be read: the next counts */
	bool in_btf;          /* it has the function or tracepoint that the section names */
	uint32_t arguments;   /* of that, in registers of 8 bytes */
};

struct kvet_object_evidence {
	/* name, section, autoload, source, log, clocks and instructions are filled; the rest by the
	 * judge. */
	struct kvet_object_program program;
	struct kvet_target_hint hint;
	enum kvet_object_outcome outcome;
	int errnum;
	/* Of a refusal without words: errno of an empty program with the same attributes, and of
	 * one with the type alone; 0 if it loads, -1 not tried. */
	int control, control_type;
	enum kvet_object_reason reason; /* of a blocked one */
	char symbol[160];               /* the map, extern or target */
	char words[512];                /* libbpf's own */
	char relocation[320];           /* the CO-RE relocation whose instruction was reached */
	char instruction[200];          /* the one that the verifier refused, as it writes it */
	char state[400];                /* the registers that it wrote last */
};

#endif
