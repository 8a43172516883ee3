/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Frames of this very process, whose functions the compiler and dladdr(3) know. */
#include <check.h>
#include <inttypes.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <kvet/usyms.h>

static struct kvet_usyms *usyms;

static void setup(void)
{
	ck_assert_int_eq(kvet_usyms_new(&usyms, NULL, NULL), 0);
}

static void teardown(void)
{
	kvet_usyms_free(usyms);
}

/* A function that is not inlined, and that stands in no table but the full one. */
__attribute__((noinline)) static int here(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n;
}

/* Where the file of an address has it. */
struct place {
	uintptr_t address;
	uint64_t offset;
	uint8_t build_id[KVET_BUILD_ID_SIZE];
	bool found, has_build_id;
};

static void find_note(struct place *place, const ElfW(Phdr) * header, uintptr_t base)
{
	const char *at = (const char *)(base + header->p_vaddr), *end = at + header->p_memsz;

	while (at + sizeof(ElfW(Nhdr)) < end) {
		const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)(const void *)at;
		const char *name = at + sizeof(*note), *bytes = name + (note->n_namesz + 3) / 4 * 4;

		if (note->n_type == NT_GNU_BUILD_ID && !memcmp(name, "GNU", 4) &&
		    note->n_descsz <= KVET_BUILD_ID_SIZE) {
			memcpy(place->build_id, bytes, note->n_descsz);
			place->has_build_id = true;
		}
		at = bytes + (note->n_descsz + 3) / 4 * 4;
	}
}

static int look(struct dl_phdr_info *info, size_t size, void *context)
{
	struct place *place = context;
	bool mine = false;

	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &info->dlpi_phdr[i];
		uintptr_t start = info->dlpi_addr + header->p_vaddr;

		if (header->p_type == PT_LOAD && place->address >= start &&
		    place->address - start < header->p_filesz) {
			place->offset = place->address - start + header->p_offset;
			mine = true;
		}
	}
	for (int i = 0; i < info->dlpi_phnum && mine; i++)
		if (info->dlpi_phdr[i].p_type == PT_NOTE)
			find_note(place, &info->dlpi_phdr[i], info->dlpi_addr);
	place->found = place->found || mine;
	return mine;
}

/* The frame that the kernel would send for an address of this process. */
static struct kvet_user_frame frame_at(uintptr_t address)
{
	struct place place = { .address = address };
	struct kvet_user_frame frame = { .at = address };

	dl_iterate_phdr(look, &place);
	ck_assert(place.found);
	if (!place.has_build_id)
		return frame;
	frame.in_file = true;
	frame.at = place.offset;
	memcpy(frame.build_id, place.build_id, sizeof(frame.build_id));
	return frame;
}

static const char *describe(uint32_t pid, const char *comm, const struct kvet_user_frame *frame)
{
	static char buf[512];
	const struct kvet_usyms_task task = { pid, comm };

	kvet_usyms_describe(usyms, &task, frame, true, buf, sizeof(buf));
	return buf;
}

START_TEST(a_function_of_the_program_has_its_name)
{
	struct kvet_user_frame frame = frame_at((uintptr_t)here + 1);

	ck_assert_int_eq(here(1), 1);
	ck_assert_str_eq(describe((uint32_t)getpid(), "", &frame), "here+0x1 [usyms]");
}
END_TEST

START_TEST(a_file_is_known_after_its_process)
{
	struct kvet_user_frame frame = frame_at((uintptr_t)here);

	ck_assert_int_eq(kvet_usyms_learn(usyms, (uint32_t)getpid()), 0);
	ck_assert_str_eq(describe(0, "", &frame), "here+0x0 [usyms]");
}
END_TEST

START_TEST(a_build_id_of_no_file_is_shown)
{
	const struct kvet_user_frame frame = { .in_file = true,
					       .build_id = { 0xab, 0xcd, 0xef, 0x01 },
					       .at = 0x1234 };

	ck_assert_str_eq(describe(0, "", &frame), "[abcdef01...]+0x1234");
	ck_assert_str_eq(describe((uint32_t)getpid(), "sh", &frame), "[abcdef01...]+0x1234");
}
END_TEST

START_TEST(an_offset_that_the_file_does_not_have_is_unmapped)
{
	struct kvet_user_frame frame = frame_at((uintptr_t)here);

	if (!frame.in_file)
		return;
	frame.at = 0xffffa9c0af5bf773;
	ck_assert_str_eq(describe((uint32_t)getpid(), "", &frame), "[unmapped]");
}
END_TEST

START_TEST(an_address_without_a_file_remains_one)
{
	const struct kvet_user_frame low = { .at = 0x10 };
	struct kvet_user_frame stack = { .at = (uintptr_t)&low };
	char wanted[32];

	ck_assert_str_eq(describe((uint32_t)getpid(), "", &low), "0x10");
	ck_assert_str_eq(describe(0, "", &low), "0x10");
	snprintf(wanted, sizeof(wanted), "0x%" PRIxPTR, (uintptr_t)&low);
	ck_assert_str_eq(describe((uint32_t)getpid(), "", &stack), wanted);
}
END_TEST

/* The kernel would have found the build id: so this file came there later. */
START_TEST(an_address_in_a_file_with_a_build_id_remains_one)
{
	struct kvet_user_frame frame = { .at = (uintptr_t)here };
	char wanted[32];

	if (!frame_at((uintptr_t)here).in_file)
		return;
	snprintf(wanted, sizeof(wanted), "0x%" PRIxPTR, (uintptr_t)here);
	ck_assert_str_eq(describe((uint32_t)getpid(), "", &frame), wanted);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("usyms");
	TCase *tests = tcase_create("usyms");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, a_function_of_the_program_has_its_name);
	tcase_add_test(tests, a_file_is_known_after_its_process);
	tcase_add_test(tests, a_build_id_of_no_file_is_shown);
	tcase_add_test(tests, an_offset_that_the_file_does_not_have_is_unmapped);
	tcase_add_test(tests, an_address_without_a_file_remains_one);
	tcase_add_test(tests, an_address_in_a_file_with_a_build_id_remains_one);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
