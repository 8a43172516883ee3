/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A watch of the clocks: one map after the other. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <kvet/clock.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "core/time.h"

/* So that a watch once per second takes only a few ms of it with any clock. */
static const struct kvet_clock_effort effort = { .samples = 2000, .budget_ns = 1000000 };

struct kvet_clock_watch {
	struct kvet_host host;
	struct kvet_clock_map last;
	int fd;
};
static void kvet_clock_watch_free(struct kvet_clock_watch *watch)
{
	kvet_clock_watch_close(watch);
}
AUTO_DEFINE(kvet_clock_watch)

/* A timer at 2^62 ns of REALTIME never expires, but reading it fails with ECANCELED as soon as
 * REALTIME was set or the machine resumed (timerfd_create(2)). */
static int arm(const struct kvet_clock_watch *watch, struct kvet_cause *err)
{
	static const struct itimerspec never = { .it_value = { .tv_sec = ((time_t)1 << 62) /
									 NS_PER_S } };
	uint64_t rung;
	int errnum;

	if (read(watch->fd, &rung, sizeof(rung)) < 0)
		errno = 0; /* nothing to read, or cancelled: either is fine */
	if (!timerfd_settime(watch->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL))
		return 0;
	errnum = errno;
	return kvet_fail(err, errnum, "timerfd_settime", "%s", strerror(errnum));
}

int kvet_clock_watch_open(struct kvet_clock_watch **out, const struct kvet_host *host,
			  struct kvet_cause *err)
{
	AUTO(kvet_clock_watch) *watch = calloc(1, sizeof(*watch));
	int ret, errnum;

	if (!watch)
		return kvet_fail_memory(err);
	if (host)
		watch->host = *host;
	watch->fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	errnum = errno;
	if (watch->fd < 0)
		return kvet_fail(err, errnum, "timerfd_create", "%s", strerror(errnum));
	ret = arm(watch, err);
	if (!ret)
		ret = kvet_clock_map_read(&watch->host, &effort, &watch->last, err);
	if (ret)
		return ret;
	*out = TAKE(watch);
	return 0;
}

int kvet_clock_watch_fd(const struct kvet_clock_watch *watch)
{
	return watch->fd;
}

int kvet_clock_watch_next(struct kvet_clock_watch *watch, struct kvet_clock_map *map,
			  struct kvet_clock_change *change, struct kvet_cause *err)
{
	struct kvet_clock_map fresh;
	/* First, so that anything that happens from here on wakes the next one. */
	int ret = arm(watch, err);

	if (!ret)
		ret = kvet_clock_map_read(&watch->host, &effort, &fresh, err);
	if (ret)
		return ret;
	kvet_clock_map_compare(&watch->last, &fresh, change);
	watch->last = fresh;
	*map = fresh;
	return 0;
}

void kvet_clock_watch_close(struct kvet_clock_watch *watch)
{
	if (!watch)
		return;
	if (watch->fd >= 0)
		close(watch->fd);
	free(watch);
}
