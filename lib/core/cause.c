/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <kvet/cause.h>

/* Errnos that kernel functions return only to each other (include/linux/errno.h). A probed function
 * shows them, and bpf(2) lets ENOTSUPP escape to user space. */
#define KERNEL_FIRST    512
#define KERNEL_ENOTSUPP 524

static const char *const kernel_names[] = {
	"ERESTARTSYS",
	"ERESTARTNOINTR",
	"ERESTARTNOHAND",
	"ENOIOCTLCMD",
	"ERESTART_RESTARTBLOCK",
	"EPROBE_DEFER",
	"EOPENSTALE",
	"ENOPARAM",
	NULL,
	"EBADHANDLE",
	"ENOTSYNC",
	"EBADCOOKIE",
	"ENOTSUPP",
	"ETOOSMALL",
	"ESERVERFAULT",
	"EBADTYPE",
	"EJUKEBOX",
	"EIOCBQUEUED",
	"ERECALLCONFLICT",
	"ENOGRACE",
};

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

const char *kvet_errno_symbol(int errnum)
{
	const size_t count = sizeof(kernel_names) / sizeof(*kernel_names);

	if (errnum >= KERNEL_FIRST && (size_t)(errnum - KERNEL_FIRST) < count)
		return kernel_names[errnum - KERNEL_FIRST];
	return errnum > 0 ? strerrorname_np(errnum) : NULL;
}

const char *kvet_errno_name(int errnum, char *buf, unsigned long size)
{
	const char *name = kvet_errno_symbol(errnum);

	if (name)
		return name;
	snprintf(buf, size, "errno %d", errnum);
	return buf;
}

const char *kvet_errno_text(int errnum)
{
	if (errnum < KERNEL_FIRST || !kvet_errno_symbol(errnum))
		return strerror(errnum);
	return errnum == KERNEL_ENOTSUPP ? "not supported by this kernel"
					 : kvet_errno_symbol(errnum);
}

const char *kvet_cause_text(const struct kvet_cause *cause, char *buf, unsigned long size)
{
	const char *errnum = "";
	char name[32];

	if (cause->errnum)
		errnum = kvet_errno_name(cause->errnum, name, sizeof(name));
	snprintf(buf, size, "%s%s%s%s%s", cause->source,
		 *cause->source && (*errnum || *cause->evidence) ? ": " : "", errnum,
		 *errnum && *cause->evidence ? ": " : "", cause->evidence);
	return buf;
}
