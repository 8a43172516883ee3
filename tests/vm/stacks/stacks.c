/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Opens files from a known chain of functions: the oracle of kvet trace --user-stack.
 *
 *   stacks CALLS   outer() calls middle(), and that inner(), which opens a file, CALLS times; then
 *                  leaves() calls finish(), which opens a file and ends the process: the call is
 * the last instruction of leaves(), so its return address is that of another function
 *
 * Built with frame pointers, which the kernel follows. The library's functions have none, so the
 * system call is made here.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FUNCTION __attribute__((noinline, noclone))

static long open_null(void)
{
	long ret = SYS_openat;
#ifdef __x86_64__
	register long mode __asm__("r10") = 0;

	__asm__ volatile("syscall"
			 : "+a"(ret)
			 : "D"((long)AT_FDCWD), "S"("/dev/null"), "d"((long)O_RDONLY), "r"(mode)
			 : "rcx", "r11", "memory");
#else
	ret = syscall(ret, AT_FDCWD, "/dev/null", O_RDONLY);
#endif
	return ret;
}

/* What follows a call keeps it from becoming a jump. */
FUNCTION static long inner(void)
{
	long fd = open_null();

	close((int)fd);
	return fd + 1;
}

FUNCTION static long middle(void)
{
	return inner() + 1;
}

FUNCTION static long outer(void)
{
	return middle() + 1;
}

FUNCTION __attribute__((noreturn)) static void finish(void)
{
	long fd = open_null();

	_exit(fd < 0);
}

FUNCTION __attribute__((noreturn)) static void leaves(void)
{
	finish();
}

int main(int argc, char **argv)
{
	for (int calls = argc > 1 ? atoi(argv[1]) : 0; calls > 0; calls--)
		if (outer() < 0)
			return 1;
	leaves();
}
