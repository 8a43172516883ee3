/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What boot loaders load: code that unpacks a kernel, and the compressed kernel after it. On x86
 * the setup header says where it is (kernel: Documentation/arch/x86/boot.rst, "Details of Header
 * Fields"), on other architectures the header of an EFI image
 * (drivers/firmware/efi/libstub/zboot-header.S).
 */
#include <string.h>

#include "ksyms/image.h"
#include "ksyms/little.h"

#define SECTOR 512

static bool has(const struct ksyms_head *head, size_t at, const char *magic, size_t len)
{
	return head->len >= at + len && !memcmp(head->text + at, magic, len);
}

static bool is_x86(const struct ksyms_head *head, struct ksyms_image *image)
{
	enum {
		SETUP_SECTORS = 0x1f1,
		MAGIC = 0x202,
		VERSION = 0x206,
		OFFSET = 0x248,
		LENGTH = 0x24c
	};
	uint64_t sectors;

	if (head->len < LENGTH + 4 || !has(head, MAGIC, "HdrS", 4))
		return false;
	image->name = "a boot image (bzImage)";
	/* Headers before version 2.08 do not say where the kernel is. */
	if (ksyms_little16(head->text + VERSION) < 0x0208)
		return true;
	sectors = (unsigned char)head->text[SETUP_SECTORS];
	image->offset =
		((sectors ? sectors : 4) + 1) * SECTOR + ksyms_little32(head->text + OFFSET);
	image->length = ksyms_little32(head->text + LENGTH);
	return true;
}

static bool is_zboot(const struct ksyms_head *head, struct ksyms_image *image)
{
	if (!has(head, 0, "MZ", 2) || !has(head, 4, "zimg", 4) || head->len < 16)
		return false;
	image->name = "a boot image (EFI zboot)";
	image->offset = ksyms_little32(head->text + 8);
	image->length = ksyms_little32(head->text + 12);
	return true;
}

bool kvet_ksyms_image(const struct ksyms_head *head, struct ksyms_image *image)
{
	static const struct {
		const char *name;
		size_t at;
		const char *magic;
		size_t len;
	} others[] = {
		{ "a boot image of arm64 (Image)", 56, "ARM\x64", 4 },
		{ "a boot image of RISC-V (Image)", 56, "RSC\x05", 4 },
		{ "a boot image of arm (zImage)", 36, "\x18\x28\x6f\x01", 4 },
		{ "a boot image for U-Boot (uImage)", 0, "\x27\x05\x19\x56", 4 },
		{ "an EFI program", 0, "MZ", 2 },
	};

	*image = (struct ksyms_image){ 0 };
	if (is_x86(head, image) || is_zboot(head, image))
		return true;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		if (!has(head, others[i].at, others[i].magic, others[i].len))
			continue;
		image->name = others[i].name;
		return true;
	}
	return false;
}
