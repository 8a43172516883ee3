/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Runs a fuzz target over files, as TAP: what was once found stays mended. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "re");
		uint8_t *data = malloc(1 << 20);
		size_t size;

		if (!file || !data) {
			printf("not ok %d - %s cannot be read\n", i, argv[i]);
			return 1;
		}
		size = fread(data, 1, 1 << 20, file);
		LLVMFuzzerTestOneInput(data, size);
		printf("ok %d - %s\n", i, argv[i]);
		fclose(file);
		free(data);
	}
	printf("1..%d\n", argc - 1);
	return 0;
}
