/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Probes for the sites of a session, by whichever back end can. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "trace/decode.h"
#include "trace/session.h"

/* For fewer, a link for many is not worth what it does not tell: where each probe is. */
#define MULTI_LEAST 32

/* Calls that returns by tracefs can follow at a time: of one function, as many as the kernel takes;
 * of all; and fewer than its default are none. */
#define SLOTS_MOST  4096
#define SLOTS_ALL   65536
#define SLOTS_LEAST 64

static bool is_return(const struct kvet_trace *trace)
{
	return trace->config.flags & TRACE_RETURN;
}

/* Whether the caller is content to wait for more. */
static bool goes_on(const struct kvet_trace *trace, bool arming, size_t done)
{
	return !trace->progress ||
	       trace->progress(trace->progress_context, arming, done, trace->count);
}

/* --- one site ------------------------------------------------------------------------------ */

static int arm_probe(struct kvet_trace *trace, size_t index, bool entry,
		     struct kvet_kprobe_attached *probe, struct kvet_error *err)
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
					       .group = trace->group };
	AUTO_CLOSE int copy = -1; /* what it is attached to holds it */
	int ret;

	if (!by_cookie) {
		ret = kvet_trace_load_copy(&trace->host, program, (uint32_t)index, &copy, err);
		if (ret)
			return ret;
	}
	request.prog_fd = by_cookie ? bpf_program__fd(program) : copy;
	state->verdict =
		kvet_kprobe_attach(&trace->host, &trace->facts, &request, probe, &state->cause);
	return 0;
}

/* By which a site is armed that has a probe of its own. */
static enum kvet_kprobe_backend single_backend(const struct kvet_trace *trace)
{
	return trace->group ? KVET_KPROBE_TRACEFS : KVET_KPROBE_PMU;
}

/* The entry first: a return that fires before it would have no duration. */
static int arm_site(struct kvet_trace *trace, size_t index, struct kvet_error *err)
{
	struct armed *armed = &trace->armed[index];
	int ret = 0;

	armed->state.backend = single_backend(trace);
	if (is_return(trace))
		ret = arm_probe(trace, index, true, &armed->entry, err);
	if (!ret && armed->state.verdict == KVET_YES)
		ret = arm_probe(trace, index, false, &armed->hit, err);
	return ret;
}

/* --- many sites with one link --------------------------------------------------------------- */

bool kvet_trace_wants_multi(const struct kvet_trace *trace)
{
	/* Newer kernels save for it the registers of arguments alone: the rest is what was there.
	 */
	return trace->wanted == KVET_KPROBE_MULTI ||
	       (trace->wanted == KVET_KPROBE_AUTO &&
		(trace->count >= MULTI_LEAST || trace->fallback) &&
		!(trace->config.flags & TRACE_REGS));
}

/* The sites that one link may hold, by number. */
struct many {
	uint64_t *addresses;
	uint64_t *cookies;
	size_t count;
};

static int keep_link(struct kvet_trace *trace, int fd)
{
	if (!ARRAY_MORE(trace->links, trace->link_count)) {
		close(fd);
		return -ENOMEM;
	}
	trace->links[trace->link_count++] = fd;
	return 0;
}

/* Links some of them; returns 0 or a negative errno. */
static int link_some(struct kvet_trace *trace, const struct many *many, size_t first, size_t count)
{
	const struct trace_pair *pair = &trace->programs[TRACE_MODE_MULTI];
	int entry = -1, hit;

	if (is_return(trace)) {
		entry = kvet_kprobe_multi_attach(many->addresses + first, many->cookies + first,
						 count, false, bpf_program__fd(pair->entry));
		if (entry < 0)
			return entry;
	}
	hit = kvet_kprobe_multi_attach(many->addresses + first, many->cookies + first, count,
				       is_return(trace), bpf_program__fd(pair->hit));
	if (hit < 0) {
		kvet_cleanup_close(&entry);
		return hit;
	}
	for (size_t i = first; i < first + count; i++)
		trace->armed[many->cookies[i]].state.backend = KVET_KPROBE_MULTI;
	if (entry >= 0 && keep_link(trace, entry)) {
		close(hit);
		return -ENOMEM;
	}
	return keep_link(trace, hit);
}

/* Whether links for many were refused, and not one of the sites. */
static bool is_for_nobody(int ret)
{
	return ret == -EOPNOTSUPP || ret == -EPERM || ret == -EACCES;
}

/* Of one that it cannot take, the kernel refuses all and does not say which: halves are asked until
 * it stands alone, and is left for the other back end. */
static int link_all(struct kvet_trace *trace, const struct many *many, size_t first, size_t count)
{
	int ret = goes_on(trace, true, first) ? link_some(trace, many, first, count) : -EINTR;

	/* Without CONFIG_FPROBE none can be had, and there are programs for it all the same. */
	if (!ret || ret == -ENOMEM || ret == -EINTR || is_for_nobody(ret))
		return ret;
	if (count == 1)
		return 0;
	ret = link_all(trace, many, first, count / 2);
	return ret ? ret : link_all(trace, many, first + count / 2, count - count / 2);
}

/* Those that the kernel's own lists rule out: most often they are all that is wrong. */
static void leave_out(const struct kvet_trace *trace, struct many *many)
{
	size_t kept = 0;

	for (size_t i = 0; i < many->count; i++) {
		struct kvet_kprobe_lists lists;

		kvet_kprobe_lists_read(&trace->host, &trace->facts, trace->sites[many->cookies[i]],
				       &lists);
		if (lists.blacklisted == 1 || lists.traceable == 0)
			continue;
		many->addresses[kept] = many->addresses[i];
		many->cookies[kept++] = many->cookies[i];
	}
	many->count = kept;
}

static int give_up(struct kvet_error *err)
{
	return kvet_reject(err, EINTR, "signal", "interrupted before every site was armed");
}

static int arm_many(struct kvet_trace *trace, bool *possible, struct kvet_error *err)
{
	AUTO_FREE uint64_t *addresses = calloc(trace->count + 1, sizeof(*addresses));
	AUTO_FREE uint64_t *cookies = calloc(trace->count + 1, sizeof(*cookies));
	struct many many = { addresses, cookies, 0 };
	int ret;

	if (!addresses || !cookies)
		return kvet_fail_memory(err);
	for (size_t i = 0; i < trace->count; i++) {
		if (trace->sites[i]->verdict != KVET_YES || trace->sites[i]->offset)
			continue;
		addresses[many.count] = trace->sites[i]->address;
		cookies[many.count++] = i;
	}
	ret = many.count ? link_some(trace, &many, 0, many.count) : 0;
	if (ret && ret != -ENOMEM && !is_for_nobody(ret)) {
		leave_out(trace, &many);
		ret = many.count ? link_all(trace, &many, 0, many.count) : 0;
	}
	*possible = !is_for_nobody(ret);
	if (ret == -EINTR)
		return give_up(err);
	return ret == -ENOMEM ? kvet_fail_memory(err) : 0;
}

/* --- all of them ----------------------------------------------------------------------------- */

/* Says of a site why it is not armed as it was asked to be. */
static void refuse_multi(struct kvet_trace_site *state, const struct kvet_kprobe_site *site,
			 bool possible)
{
	state->verdict = possible ? KVET_NO : KVET_UNDETERMINED;
	kvet_cause_fill(&state->cause, 0, "bpf(BPF_LINK_CREATE, kprobe_multi)",
			possible ? "%s+0x%llx is not where a function calls ftrace"
				 : "this kernel has no such links (%s+0x%llx)",
			site->symbol, (unsigned long long)site->offset);
	kvet_cause_remedy(&state->cause, possible ? "--backend auto, or pmu"
						  : "boot a kernel with CONFIG_FPROBE=y (5.18), or "
						    "--backend auto");
}

/* The probes that are armed and cannot fire are none. Those of one link stay: it is of all. */
static int drop_dead(struct kvet_trace *trace, struct kvet_error *err)
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

/* More than the kernel's few: a slot takes less than 100 bytes. */
static unsigned int slots_of(const struct kvet_trace *trace)
{
	size_t each = SLOTS_ALL / (trace->count ? trace->count : 1);

	if (trace->slots)
		return trace->slots;
	return each > SLOTS_MOST ? SLOTS_MOST : each < SLOTS_LEAST ? 0 : (unsigned int)each;
}

/* Those that are left for a probe of their own. */
static size_t count_left(const struct kvet_trace *trace)
{
	size_t count = 0;

	for (size_t i = 0; i < trace->count && trace->wanted != KVET_KPROBE_MULTI; i++)
		count += trace->sites[i]->verdict == KVET_YES &&
			 trace->armed[i].state.backend != KVET_KPROBE_MULTI;
	return count;
}

int kvet_trace_arm(struct kvet_trace *trace, struct kvet_error *err)
{
	bool possible = trace->programs[TRACE_MODE_MULTI].hit != NULL;
	int ret = 0;

	if (trace->wanted == KVET_KPROBE_TRACEFS ||
	    (trace->wanted != KVET_KPROBE_PMU && trace->facts.pmu_type < 0))
		ret = kvet_kprobe_group_open(&trace->group, &trace->host, err);
	/* Without it, the rest says why the PMU is not for it. */
	if (trace->fallback)
		(void)kvet_kprobe_group_open(&trace->group, &trace->host, NULL);
	if (trace->group)
		kvet_kprobe_group_slots(trace->group, slots_of(trace));
	if (!ret && possible)
		ret = arm_many(trace, &possible, err);
	if (!ret)
		ret = kvet_trace_files_check(trace, single_backend(trace), count_left(trace), err);
	for (size_t i = 0; i < trace->count && !ret; i++) {
		struct kvet_trace_site *state = &trace->armed[i].state;

		state->verdict = trace->sites[i]->verdict;
		state->cause = trace->sites[i]->cause;
		if (state->verdict != KVET_YES || state->backend == KVET_KPROBE_MULTI)
			continue;
		if (trace->wanted == KVET_KPROBE_MULTI)
			refuse_multi(state, trace->sites[i], possible);
		else
			ret = goes_on(trace, true, i) ? arm_site(trace, i, err) : give_up(err);
	}
	return ret ? ret : drop_dead(trace, err);
}

void kvet_trace_disarm(struct kvet_trace *trace)
{
	/* Closing waits for an RCU grace period: after it, no handler is under way. */
	for (size_t i = 0; i < trace->link_count; i++)
		close(trace->links[i]);
	trace->link_count = 0;
	for (size_t i = 0; i < trace->count; i++) {
		if (trace->armed[i].hit.event_fd >= 0 || trace->armed[i].hit.link_fd >= 0)
			(void)goes_on(trace, false, i);
		kvet_kprobe_detach(&trace->armed[i].hit);
		kvet_kprobe_detach(&trace->armed[i].entry);
	}
	kvet_kprobe_group_close(trace->group);
	trace->group = NULL;
}

/* What links of many sites have missed. Those of entries miss no hit. */
static void look_at_links(struct kvet_trace *trace)
{
	bool counted = false;
	/* With returns, each second one is of the entries. */
	size_t step = is_return(trace) ? 2 : 1;

	for (size_t i = step - 1; i < trace->link_count; i += step) {
		uint64_t missed;

		if (!kvet_kprobe_missed_read(trace->links[i], &missed))
			continue;
		trace->missed += missed;
		if (!counted)
			trace->missed += kvet_kprobe_recursion_read(trace->links[i]);
		counted = trace->has_missed = true;
	}
}

void kvet_trace_look(struct kvet_trace *trace)
{
	AUTO_FREE struct kvet_kprobe_armed *armed = calloc(trace->count + 1, sizeof(*armed));
	bool shared = trace->programs[TRACE_MODE_COOKIE].hit != NULL, looked = false;
	struct kvet_kprobe_switches switches;

	trace->missed = 0;
	trace->has_missed = false;
	kvet_kprobe_switches_read(&trace->host, &switches);
	/* Now: what was put in by a jump was so only some time after it was armed. */
	if (armed)
		trace->unseen =
			kvet_kprobe_armed_read(&trace->host, trace->sites, trace->count,
					       is_return(trace), armed, &trace->armed_error) != 0;
	for (size_t i = 0; i < trace->count; i++) {
		struct kvet_trace_site *state = &trace->armed[i].state;
		int link = trace->armed[i].hit.link_fd;

		if (armed && state->verdict == KVET_YES && state->backend != KVET_KPROBE_MULTI) {
			state->armed = armed[i];
			looked = true;
		}
		state->dead = state->verdict == KVET_YES &&
			      kvet_kprobe_alive(&switches, state->backend, trace->sites[i],
						&state->armed, &state->cause) != KVET_YES;
		state->has_missed = link >= 0 && kvet_kprobe_missed_read(link, &state->missed);
		if (state->has_missed && !shared)
			state->missed += kvet_kprobe_recursion_read(link);
		/* One program for all: it is counted once. */
		if (state->has_missed && shared && !trace->has_missed) {
			trace->missed += kvet_kprobe_recursion_read(link);
			trace->has_missed = true;
		}
	}
	/* Of those that ftrace calls, nobody asks where they are. */
	trace->unseen = trace->unseen && looked;
	look_at_links(trace);
}
