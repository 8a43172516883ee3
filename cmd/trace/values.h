/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The arguments, registers and stack of an event, as names and values. */
#ifndef CMD_TRACE_VALUES_H
#define CMD_TRACE_VALUES_H

#include <kvet/trace.h>

#include "output/schema.h"
#include "plan.h"

/* The prototypes of a plan's sites; some may have none. Start from all zeros. */
struct trace_prototypes {
	bool only_values; /* arguments are not shown: nobody misses them */
	bool renewed;     /* what the sites lack that do not wait was noted before */
	struct kvet_kprobe_prototypes *all;
	struct trace_prototype {
		bool known;
		struct kvet_kprobe_prototype prototype;
	} * sites;
	uint32_t *string_args; /* for each site, a bit for each argument that is a string */
};

/* Looks up the prototypes, and notes which sites have none and why. Only entries have arguments. */
enum status trace_prototypes_read(struct trace_prototypes *prototypes, struct context *context,
				  struct trace_plan *plan);

/* Looks them up again after a module was loaded: notes only what those that wait for one lack. */
void trace_prototypes_renew(struct trace_prototypes *prototypes, struct context *context,
			    struct trace_plan *plan);
void trace_prototypes_deinit(struct trace_prototypes *prototypes);

/* The values of one event. */
struct trace_values {
	struct named_value items[KVET_TRACE_REGISTERS];
	char texts[KVET_TRACE_ARGS][KVET_TRACE_STRING + 4];
	size_t count;
};

/* Fills in the arguments that the prototype has, or all registers. */
void trace_values_args(struct trace_values *values, const struct kvet_kprobe_prototype *prototype,
		       const struct kvet_trace_event *event);
void trace_values_registers(struct trace_values *values, const struct kvet_trace_event *event);

#endif
