#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2154
# What the commands make in this kernel is gone when they have ended, by its ids: what others own on
# this host does not matter. And of what they open, nothing but their stop pipe is open at their end.

setup() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	command -v bpftool >/dev/null || skip "needs bpftool"
	. "$BATS_TEST_DIRNAME/../cmd/lib.bash"
	nm -D "$KVET" 2>/dev/null | grep -q ' U syscall' || skip "a static kvet takes no preloaded library"
	LOG=$BATS_TEST_TMPDIR/objects
}

# is_gone KIND ID: the kernel may let go of it a moment after its last descriptor is closed.
is_gone() {
	for _ in {1..100}; do
		bpftool "$1" show id "$2" >/dev/null 2>&1 || return 0
		sleep 0.1
	done
	echo "still there: $1 $2: $(bpftool "$1" show id "$2")"
	return 1
}

# leaves_nothing WORDS...: WORDS are those of kvet; it must have made a program.
leaves_nothing() {
	local kind id what

	rm -f "$LOG"
	run --separate-stderr env OBJECTS_LOG="$LOG" LD_PRELOAD="$FAULTS/objects.so" "$KVET" "$@"
	case $status in
	0 | 1 | 3) ;;
	*) show && return 1 ;;
	esac
	grep -q '^prog ' "$LOG" || { echo "$*: no program"; return 1; }
	while read -r kind id what; do
		if [ "$kind" != open ]; then
			is_gone "$kind" "$id" || return 1
		elif [[ $what != pipe:* ]]; then
			echo "$*: descriptor $id is still open at the end: $what"
			return 1
		fi
	done <"$LOG"
	[ "$(grep -c '^open ' "$LOG")" -eq 2 ] || { echo "$*: not its stop pipe alone"; cat "$LOG"; return 1; }
}

@test "probe helpers" {
	leaves_nothing probe helpers -t kprobe ktime_get_boot_ns
	leaves_nothing probe helpers --all -q
	leaves_nothing probe helpers --sleepable -q -t tracing -t lsm
	leaves_nothing probe helpers --provenance -q -t kprobe ktime_get_coarse_ns
}

@test "clock" {
	leaves_nothing clock compare
	leaves_nothing clock source -v
	leaves_nothing clock compare -q --pair bpf:boottime,user:boottime --max-skew 1ms
}

@test "ksyms" {
	leaves_nothing ksyms lookup vfs_read
	leaves_nothing ksyms lookup -j 'vfs_*'
	leaves_nothing ksyms duplicates -q
}
