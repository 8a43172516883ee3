/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <string.h>

#include "probe/facts_read.h"
#include "probe/option.h"

void kvet_facts_read(struct kvet_probe *probe, const struct kvet_probe_answer *answer,
		     struct kvet_host_facts *facts)
{
	static const struct kvet_program_spec other = { .type = BPF_PROG_TYPE_SOCKET_FILTER };
	struct kvet_probe_attempt attempt;

	memset(facts, 0, sizeof(*facts));
	facts->token = &probe->loader.token;
	facts->no_btf = &probe->kernel_error;
	if (!kvet_judge_needs_refusal(answer))
		return;
	facts->outside = kvet_denials_refusal(&probe->denials);
	facts->refusal = *facts->outside;
	/* With a token, the capabilities in this namespace count. */
	facts->refusal.user_namespace = facts->refusal.user_namespace && !facts->token->fd;
	if (!kvet_judge_needs_others(answer))
		return;
	kvet_shared_load(&probe->shared, &other, 0, &attempt);
	facts->refusal.others = !attempt.errnum;
}

const char *kvet_facts_option(struct kvet_probe *probe, const struct kvet_probe_question *question,
			      const char **evidence)
{
	const char *option;

	for (size_t i = 0; (option = kvet_option_of(question->helper, question->type, i)); i++) {
		*evidence = kvet_denials_not_built(&probe->denials, option);
		if (*evidence)
			break;
	}
	return option;
}
