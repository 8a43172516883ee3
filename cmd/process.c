/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "process.h"

/* Where there is no /dev, a descriptor of a path serves as well: it knows neither read nor write.
 */
static int open_stand_in(int fd)
{
	int opened = open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);

	return opened < 0 ? open("/", O_PATH) : opened;
}

int process_fill_standard_descriptors(void)
{
	/* open() takes the lowest number that is free: this one, as those below are taken. */
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open_stand_in(fd) < 0)
			return -errno;
	return 0;
}

_Bool process_is_setuid(void)
{
	return getuid() != geteuid() || getgid() != getegid();
}
