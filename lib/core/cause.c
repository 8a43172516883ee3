/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <kvet/cause.h>

/* The kernel's internal "operation is not supported", which bpf(2) lets escape to user
 * space (include/linux/errno.h). */
#define KERNEL_ENOTSUPP 524

static const char *const verdict_names[] = {
	[KVET_YES] = "yes",
	[KVET_NO] = "no",
	[KVET_UNDETERMINED] = "undetermined",
};
static_assert(sizeof(verdict_names) / sizeof(*verdict_names) == KVET_VERDICT_COUNT,
	      "every verdict has a name");

const char *kvet_verdict_name(enum kvet_verdict verdict)
{
	return verdict_names[verdict];
}

enum kvet_verdict kvet_verdict_worst(enum kvet_verdict a, enum kvet_verdict b)
{
	return a > b ? a : b;
}

const char *kvet_errno_name(int errnum, char *buf, unsigned long size)
{
	const char *name = strerrorname_np(errnum);

	if (name)
		return name;
	if (errnum == KERNEL_ENOTSUPP)
		return "ENOTSUPP";
	snprintf(buf, size, "errno %d", errnum);
	return buf;
}
