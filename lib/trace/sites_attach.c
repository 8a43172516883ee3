/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Attaches the probes of a session, by any back end. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "kprobe/trampoline.h"
#include "trace/decode.h"
#include "trace/session.h"

static bool is_return(const struct kvet_trace *trace)
{
	return trace->config.flags & TRACE_RETURN;
}

/* Reports progress; false if the caller gives up. */
static bool goes_on(const struct kvet_trace *trace, bool arming, size_t done)
{
	return !trace->progress ||
	       trace->progress(trace->progress_context, arming, done, trace->count);
}

/* --- one site -------------------------------------------------------------------------------- */

static int arm_probe(struct kvet_trace *trace, size_t index, bool entry,
		     struct kvet_kprobe_attached *probe, struct kvet_cause *err)
{
	bool by_cookie = trace->programs[TRACE_MODE_COOKIE].hit != NULL;
	const struct trace_pair *pair =
		&trace->programs[by_cookie ? TRACE_MODE_COOKIE : TRACE_MODE_MARK];
	const struct bpf_program *program = entry ? pair->entry : pair->hit;
	struct kvet_trace_site *state = &trace->armed[index].state;
	struct kvet_kprobe_request request = { .site = trace->sites[index],
					       .returns = is_return(trace) && !entry,
					       .by_cookie = by_cookie,
					       .cookie = index,
					       .ways = trace->ways };
	static const struct kvet_bpf_program kprobe = { .type = BPF_PROG_TYPE_KPROBE };
	AUTO_CLOSE int copy = -1; /* the attachment keeps the program loaded */
	int ret;

	if (!by_cookie) {
		ret = kvet_trace_load_copy(&trace->host, program, &kprobe, (uint32_t)index, &copy,
					   err);
		if (ret)
			return ret;
	}
	request.prog_fd = by_cookie ? bpf_program__fd(program) : copy;
	state->verdict = kvet_kprobe_attach(&request, probe, &state->cause);
	return 0;
}

/* The back end for sites with a probe of their own; auto: no site has one. */
static enum kvet_kprobe_backend single_backend(const struct kvet_trace *trace)
{
	struct kvet_kprobe_route route = kvet_kprobe_ways_route(trace->ways);

	return route.fentry && route.single == KVET_KPROBE_AUTO ? KVET_KPROBE_FENTRY : route.single;
}

/* Loads and attaches one of a site's two programs. */
static enum kvet_verdict arm_trampoline(const struct kvet_trace *trace, size_t index, bool entry,
					const struct kvet_trampoline *trampoline,
					struct kvet_cause *cause)
{
	const struct trace_pair *pair = &trace->programs[TRACE_MODE_FENTRY];
	const struct kvet_bpf_program as = { .type = BPF_PROG_TYPE_TRACING,
					     .attach = is_return(trace) && !entry
							       ? BPF_TRACE_FEXIT
							       : BPF_TRACE_FENTRY,
					     .btf_id = trampoline->btf_id };
	struct armed *armed = &trace->armed[index];
	int *link = entry ? &armed->entry.link_fd : &armed->hit.link_fd;
	AUTO_CLOSE int copy = -1;

	if (!pair->hit) {
		kvet_cause_fill(cause, 0, "bpf(BPF_PROG_LOAD)",
				"this kernel refuses the programs that fentry requires");
		return KVET_UNDETERMINED;
	}
	if (kvet_trace_load_copy(&trace->host, entry ? pair->entry : pair->hit, &as,
				 (uint32_t)index | trampoline->arguments << TRACE_SITE_BITS, &copy,
				 cause))
		return KVET_UNDETERMINED;
	if (kvet_trampoline_guards(copy, cause) != KVET_YES)
		return KVET_NO;
	*link = kvet_trampoline_attach(copy, cause);
	return *link < 0 ? KVET_UNDETERMINED : KVET_YES;
}

/* Arms the return first: a call that is under way when its trampoline changes does not run the
 * program at its return (kernel: bpf_tramp_image_put()), and one whose entry is seen must do so. */
static enum kvet_verdict arm_fentry(struct kvet_trace *trace, size_t index,
				    struct kvet_cause *cause)
{
	struct kvet_trampoline trampoline;
	enum kvet_verdict verdict =
		kvet_trampoline_find(trace->ways, trace->sites[index], &trampoline, cause);

	if (verdict == KVET_YES)
		verdict = arm_trampoline(trace, index, false, &trampoline, cause);
	if (verdict == KVET_YES && is_return(trace))
		verdict = arm_trampoline(trace, index, true, &trampoline, cause);
	if (verdict != KVET_YES)
		kvet_kprobe_detach(&trace->armed[index].hit);
	return verdict;
}

/* Arms the entry first: a return that fires before it would have no duration. */
static int arm_site(struct kvet_trace *trace, size_t index, struct kvet_cause *err)
{
	struct armed *armed = &trace->armed[index];
	struct kvet_cause refusal;
	int ret = 0;

	if (kvet_kprobe_ways_route(trace->ways).fentry) {
		armed->state.backend = KVET_KPROBE_FENTRY;
		armed->state.verdict = arm_fentry(trace, index, &refusal);
		if (armed->state.verdict == KVET_YES)
			return 0;
		if (single_backend(trace) == KVET_KPROBE_FENTRY) {
			armed->state.cause = refusal;
			return 0;
		}
		armed->state.verdict = KVET_YES;
	}
	armed->state.backend = single_backend(trace);
	if (is_return(trace))
		ret = arm_probe(trace, index, true, &armed->entry, err);
	if (!ret && armed->state.verdict == KVET_YES)
		ret = arm_probe(trace, index, false, &armed->hit, err);
	return ret;
}

/* --- many sites with one link ---------------------------------------------------------------- */

static int give_up(struct kvet_cause *err)
{
	return kvet_reject(err, EINTR, "signal", "interrupted before every site was armed");
}

static bool links_go_on(void *context, size_t done)
{
	return goes_on(context, true, done);
}

static int arm_many(struct kvet_trace *trace, bool *possible, struct kvet_cause *err)
{
	const struct trace_pair *pair = &trace->programs[TRACE_MODE_MULTI];
	struct kvet_kprobe_many *many = &trace->many;
	int ret;

	*many = (struct kvet_kprobe_many){
		.sites = trace->sites,
		.count = trace->count,
		.returns = is_return(trace),
		.hit = bpf_program__fd(pair->hit),
		.entry = is_return(trace) ? bpf_program__fd(pair->entry) : -1,
		.goes_on = links_go_on,
		.context = trace,
	};
	ret = kvet_kprobe_many_attach(&trace->host, &trace->facts, many);
	if (ret == -EINTR)
		return give_up(err);
	if (ret == -ENOMEM)
		return kvet_fail_memory(err);
	*possible = !ret;
	for (size_t i = 0; i < trace->count; i++)
		if (many->taken[i])
			trace->armed[i].state.backend = KVET_KPROBE_MULTI;
	return 0;
}

/* --- all of them ----------------------------------------------------------------------------- */

/* Drops the probes that are armed but cannot fire. Sites that share a link stay armed: the link
 * belongs to all of them. */
static int drop_dead(struct kvet_trace *trace, struct kvet_cause *err)
{
	AUTO_FREE struct kvet_kprobe_armed *armed = calloc(trace->count + 1, sizeof(*armed));
	struct kvet_kprobe_switches switches;

	kvet_kprobe_switches_read(&trace->host, &switches);
	if (switches.kprobes != 0 && switches.ftrace != 0)
		return 0;
	if (!armed)
		return kvet_fail_memory(err);
	(void)kvet_kprobe_armed_read(&trace->host, trace->sites, trace->count, is_return(trace),
				     armed, NULL);
	for (size_t i = 0; i < trace->count; i++) {
		struct kvet_trace_site *state = &trace->armed[i].state;

		if (state->verdict != KVET_YES)
			continue;
		state->verdict = kvet_kprobe_alive(&switches, state->backend, trace->sites[i],
						   &armed[i], &state->cause);
		if (state->verdict == KVET_YES)
			continue;
		kvet_kprobe_detach(&trace->armed[i].hit);
		kvet_kprobe_detach(&trace->armed[i].entry);
	}
	return 0;
}

/* Counts the sites that are left for a probe of their own. */
static size_t count_left(const struct kvet_trace *trace)
{
	size_t count = 0;

	for (size_t i = 0; i < trace->count && single_backend(trace) != KVET_KPROBE_AUTO; i++)
		count += trace->sites[i]->verdict == KVET_YES &&
			 trace->armed[i].state.backend != KVET_KPROBE_MULTI;
	return count;
}

int kvet_trace_arm(struct kvet_trace *trace, struct kvet_cause *err)
{
	bool possible = trace->programs[TRACE_MODE_MULTI].hit != NULL;
	int ret = 0;

	if (possible)
		ret = arm_many(trace, &possible, err);
	if (!ret)
		ret = kvet_trace_files_check(trace, single_backend(trace), count_left(trace), err);
	for (size_t i = 0; i < trace->count && !ret; i++) {
		struct kvet_trace_site *state = &trace->armed[i].state;

		state->verdict = trace->sites[i]->verdict;
		state->cause = trace->sites[i]->cause;
		if (state->verdict != KVET_YES || state->backend == KVET_KPROBE_MULTI)
			continue;
		if (single_backend(trace) == KVET_KPROBE_AUTO)
			state->verdict = kvet_kprobe_ways_unlinked(trace->ways, trace->sites[i],
								   possible, &state->cause);
		else
			ret = goes_on(trace, true, i) ? arm_site(trace, i, err) : give_up(err);
	}
	return ret ? ret : drop_dead(trace, err);
}

void kvet_trace_disarm(struct kvet_trace *trace)
{
	/* Closing waits for an RCU grace period: after it, no handler is under way. */
	for (size_t i = 0; i < trace->many.link_count; i++)
		close(trace->many.links[i]);
	trace->many.link_count = 0;
	for (size_t i = 0; i < trace->count; i++) {
		if (trace->armed[i].hit.event_fd >= 0 || trace->armed[i].hit.link_fd >= 0)
			(void)goes_on(trace, false, i);
		kvet_kprobe_detach(&trace->armed[i].hit);
		kvet_kprobe_detach(&trace->armed[i].entry);
	}
	kvet_kprobe_ways_close(trace->ways);
	trace->ways = NULL;
}

/* Reads what links with many sites have missed. At entries nothing is missed that counts as a
 * hit. */
static void look_at_links(struct kvet_trace *trace)
{
	bool counted = false;
	/* With returns, entries and hits alternate. */
	size_t step = is_return(trace) ? 2 : 1;

	for (size_t i = step - 1; i < trace->many.link_count; i += step) {
		uint64_t missed;

		if (!kvet_kprobe_missed_read(trace->many.links[i], &missed))
			continue;
		trace->missed += missed;
		if (!counted)
			trace->missed += kvet_kprobe_recursion_read(trace->many.links[i]);
		counted = trace->has_missed = true;
	}
}

/* Whether the kernel's list of kprobes has the probes of a back end. */
static bool is_listed(enum kvet_kprobe_backend backend)
{
	return backend != KVET_KPROBE_MULTI && backend != KVET_KPROBE_FENTRY;
}

void kvet_trace_look(struct kvet_trace *trace)
{
	AUTO_FREE struct kvet_kprobe_armed *armed = calloc(trace->count + 1, sizeof(*armed));
	bool shared = trace->programs[TRACE_MODE_COOKIE].hit != NULL, looked = false;
	struct kvet_kprobe_switches switches;

	trace->missed = 0;
	trace->has_missed = false;
	kvet_kprobe_switches_read(&trace->host, &switches);
	/* Read only now, because the kernel replaces breakpoints by jumps some time after
	 * arming. */
	if (armed)
		trace->unseen =
			kvet_kprobe_armed_read(&trace->host, trace->sites, trace->count,
					       is_return(trace), armed, &trace->armed_error) != 0;
	for (size_t i = 0; i < trace->count; i++) {
		struct kvet_trace_site *state = &trace->armed[i].state;
		int link = trace->armed[i].hit.link_fd;

		/* What waits for its module is armed again when that comes back. */
		if (armed && trace->sites[i]->waits && armed[i].gone)
			armed[i] = (struct kvet_kprobe_armed){ 0 };
		if (armed && state->verdict == KVET_YES && is_listed(state->backend)) {
			state->armed = armed[i];
			looked = true;
		}
		state->dead = state->verdict == KVET_YES &&
			      kvet_kprobe_alive(&switches, state->backend, trace->sites[i],
						&state->armed, &state->cause) != KVET_YES;
		state->has_missed = link >= 0 && kvet_kprobe_missed_read(link, &state->missed);
		if (state->has_missed && (!shared || state->backend == KVET_KPROBE_FENTRY))
			state->missed += kvet_kprobe_recursion_read(link);
		/* All sites share one program, which is counted once. */
		else if (state->has_missed && !trace->has_missed) {
			trace->missed += kvet_kprobe_recursion_read(link);
			trace->has_missed = true;
		}
	}
	/* If all sites have kprobe_multi links, none is in the list. */
	trace->unseen = trace->unseen && looked;
	look_at_links(trace);
}
