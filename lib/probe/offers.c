/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "probe/offers.h"
#include "probe/program_load.h"

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

/* Generated at build time from libbpf's declarations of the helpers: how many of r1 to r5 a helper
 * does not read. 0: none, or not known. */
static const unsigned char unread[KVET_OFFERS_END] = {
#include "gen/helper_unread.inc"
};

bool kvet_offers_tell(int helper)
{
	return helper > 0 && helper < KVET_OFFERS_END && unread[helper] &&
	       !kvet_probe_helper_alarms(helper);
}

size_t kvet_offers_list(const struct kvet_offers *among, int *helpers)
{
	size_t count = 0;
	bool has_control = false;

	for (int helper = 1; helper < KVET_OFFERS_END; helper++) {
		bool is_absent = !among || among->absent[helper];

		if (!kvet_offers_tell(helper) || (!is_absent && has_control))
			continue;
		helpers[count++] = helper;
		has_control = has_control || !is_absent;
	}
	return count;
}

static struct bpf_insn call(int helper)
{
	return (struct bpf_insn){ .code = BPF_JMP | BPF_CALL, .imm = helper };
}

size_t kvet_offers_write(const int *helpers, size_t count, struct bpf_insn *insns)
{
	size_t n = 0;

	insns[n++] = call(KVET_PROBE_IMPOSSIBLE);
	for (size_t i = 0; i < count; i++)
		insns[n++] = call(helpers[i]);
	insns[n++] = (struct bpf_insn){ .code = BPF_JMP | BPF_EXIT };
	return n;
}

#define REGISTERS 10 /* r0 to r9, one character each */
#define CALL      " (85) call "

/* Of a line of live registers, "  5: .1........ (85) call bpf_set_retval#187", the helper; 0 for
 * any other line. *reads_all is whether all five count as read. */
static int helper_of(const char *line, bool *reads_all)
{
	const char *end = line + strcspn(line, "\n");
	const char *registers = line + strspn(line, " 0123456789"), *number;

	if (end - registers < REGISTERS + 2 || memcmp(registers, ": ", 2) != 0)
		return 0;
	registers += 2;
	if (strspn(registers, ".0123456789") != REGISTERS ||
	    strncmp(registers + REGISTERS, CALL, strlen(CALL)) != 0)
		return 0;
	number = memchr(registers, '#', (size_t)(end - registers));
	*reads_all = !memcmp(registers + 1, "12345", 5);
	return number ? atoi(number + 1) : 0;
}

void kvet_offers_read(const char *log, struct kvet_offers *offers)
{
	bool reads_all = false;

	memset(offers, 0, sizeof(*offers));
	for (const char *line = log; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		int helper = helper_of(line, &reads_all);

		if (helper == KVET_PROBE_IMPOSSIBLE)
			offers->is_said = reads_all;
		if (!kvet_offers_tell(helper))
			continue;
		offers->absent[helper] = reads_all;
		offers->is_trusted = offers->is_trusted || !reads_all;
	}
	offers->is_trusted = offers->is_trusted && offers->is_said;
	if (!offers->is_trusted)
		memset(offers->absent, 0, sizeof(offers->absent));
}
