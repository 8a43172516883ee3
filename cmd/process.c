/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "process.h"

/* Without /dev, an O_PATH descriptor serves as well: it can neither be read nor written. */
static int open_stand_in(int fd)
{
	int opened = open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);

	return opened < 0 ? open("/", O_PATH) : opened;
}

int process_fill_standard_descriptors(void)
{
	/* open() returns the lowest free number: this one, because those below are open. */
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open_stand_in(fd) < 0)
			return -errno;
	return 0;
}

_Bool process_is_setuid(void)
{
	return getuid() != geteuid() || getgid() != getegid();
}
