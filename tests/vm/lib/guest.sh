# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What a test file can do to the guest.

# suspend_seconds N: suspends the guest to RAM; its clock wakes it N seconds later (2 at least:
# an alarm that goes off before the guest sleeps never wakes it).
suspend_seconds() {
	echo 0 >/sys/class/rtc/rtc0/wakealarm &&
		echo "+$1" >/sys/class/rtc/rtc0/wakealarm &&
		echo mem >/sys/power/state
}

# CLOCK_BOOTTIME minus CLOCK_MONOTONIC in nanoseconds, from the kernel's own list.
boottime_offset_ns() {
	awk '$1 == ".index:" { index_seen = $2 }
		index_seen == 2 && $1 == ".offset:" { print $2; exit }' /proc/timer_list
}

# as_nobody COMMAND...: as the user nobody, without any privilege.
as_nobody() {
	# shellcheck disable=SC2016 # the inner shell expands it
	su -s /bin/sh -c 'exec "$@"' -- nobody sh "$@"
}

# without_capabilities LIST COMMAND...: as root, but for good without these capabilities
# (sys_admin,bpf). Needs "scripts/vm run --program setpriv"; busybox has only a part of it.
without_capabilities() {
	capabilities=-$(echo "$1" | sed 's/,/,-/g')
	shift
	/usr/bin/setpriv --bounding-set "$capabilities" --inh-caps "$capabilities" -- "$@"
}
