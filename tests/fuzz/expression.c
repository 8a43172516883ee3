/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Expressions on arguments and conditions, fed with anything: what is taken stays within its
 * bounds, and what is wrong has a place in the text. */
#include "kprobe/condition.h"
#include "tests/fuzz/require.h"
#include "tests/lib/kprobe/expression.h"

static void resolve(const struct kvet_btf *btf, const char *text)
{
	struct kvet_kprobe_expression expression;
	struct kvet_kprobe_prototype places;
	struct kvet_kprobe_wrong wrong;
	uint32_t id = kvet_btf_find(btf, BTF_KIND_FUNC, "f");
	const uint64_t memory = 0x0123456789abcdef;

	if (!id || !kvet_btf_prototype(btf, id) || kvet_prototype_find(btf, "f", &places) != 1)
		return;
	if (!kvet_expression_resolve(btf, kvet_btf_prototype(btf, id), &places, text, &expression,
				     &wrong)) {
		require(wrong.at <= strlen(text));
		require(*wrong.why && strlen(wrong.nearest) < sizeof(wrong.nearest));
		return;
	}
	require(expression.form != KVET_KPROBE_FORM_NONE);
	require(expression.place >= 0 && expression.pointers <= KVET_KPROBE_STEPS);
	require(expression.size <= 8 && expression.shift < 64 && expression.bits <= 64);
	kvet_kprobe_expression_bits(&expression, &memory);
	if (expression.form == KVET_KPROBE_FORM_ENUM)
		kvet_kprobe_enumerator(&expression, memory);
}

static void count(void *context, const struct kvet_kprobe_field *field)
{
	size_t *listed = context;

	require(strlen(field->text) < sizeof(field->text));
	require((field->form == KVET_KPROBE_FORM_NONE) == (*field->why != '\0'));
	(*listed)++;
}

/* The same text as what is listed. */
static void list_fields(const struct kvet_btf *btf, const char *text)
{
	struct kvet_kprobe_prototype places;
	struct kvet_kprobe_wrong wrong;
	uint32_t id = kvet_btf_find(btf, BTF_KIND_FUNC, "f");
	size_t listed = 0;

	if (!id || !kvet_btf_prototype(btf, id) || kvet_prototype_find(btf, "f", &places) != 1)
		return;
	if (!kvet_fields_list(btf, kvet_btf_prototype(btf, id), &places, text, count, &listed,
			      &wrong))
		require(!listed && wrong.at <= strlen(text) && *wrong.why);
}

/* The same text as a condition. */
static void ask(const struct kvet_btf *btf, const char *text)
{
	struct kvet_kprobe_prototype places;
	struct kvet_kprobe_wrong wrong;
	struct kvet_condition condition;
	struct kvet_condition_term term;
	uint32_t id = kvet_btf_find(btf, BTF_KIND_FUNC, "f");

	if (!id || !kvet_btf_prototype(btf, id) || kvet_prototype_find(btf, "f", &places) != 1)
		return;
	if (!kvet_condition_parse(text, &condition, &wrong) ||
	    (kvet_condition_typed(&condition) &&
	     !kvet_condition_resolve(btf, kvet_btf_prototype(btf, id), &places, &condition, &term,
				     &wrong))) {
		require(wrong.at <= strlen(text) && *wrong.why);
		return;
	}
	require(condition.value >= text);
	require(condition.value + condition.value_size <= text + strlen(text));
	require(!kvet_condition_typed(&condition) || term.expression.form != KVET_KPROBE_FORM_NONE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t fixture_size;
	char *text = as_text(data, size), *fixture = expression_fixture(&fixture_size);
	struct kvet_btf *btf = NULL;

	/* The text, in the types of the tests; and the bytes as types, after the text's end. */
	if (fixture && !kvet_btf_new(&btf, NULL, fixture, fixture_size, "fixture", NULL)) {
		resolve(btf, text);
		ask(btf, text);
		list_fields(btf, text);
	}
	kvet_btf_free(btf);
	btf = NULL;
	if (size > 64 &&
	    !kvet_btf_new(&btf, NULL, (const char *)data + 64, size - 64, "fuzz", NULL)) {
		text[64] = '\0';
		resolve(btf, text);
		ask(btf, text);
		list_fields(btf, text);
		kvet_btf_free(btf);
	}
	free(fixture);
	free(text);
	return 0;
}
