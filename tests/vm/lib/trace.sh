# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Traces under a workload, and what their records say.

# traced FILE WORKLOAD KVET_ARGUMENT...: runs kvet trace -j into FILE, and the shell words of
# WORKLOAD again and again from the moment the probes are armed until kvet ends. Sets
# $trace_status.
traced() {
	file=$1 workload=$2
	shift 2
	: >"$file.err"
	kvet trace -j "$@" >"$file" 2>"$file.err" &
	pid=$!
	until grep -q '^kvet: tracing' "$file.err"; do
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.1
	done
	while kill -0 "$pid" 2>/dev/null; do
		eval "$workload" >/dev/null 2>&1
	done
	trace_status=0
	wait "$pid" || trace_status=$?
	cat "$file.err"
}

# start FILE KVET_ARGUMENT...: a trace in the background, which is under way when this returns.
start() {
	file=$1
	shift
	: >"$file.err"
	kvet trace -j "$@" >"$file" 2>"$file.err" &
	pid=$!
	until grep -q '^kvet: tracing' "$file.err"; do
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.1
	done
}

stop() {
	kill -TERM "$pid"
	trace_status=0
	wait "$pid" || trace_status=$?
}

lines() {
	grep "^{\"record\":\"$2\"" "$1"
}

# sum FILE RECORD KEY
sum() {
	lines "$1" "$2" | json_value "$3" | awk '{ n += $1 } END { print n + 0 }'
}

addresses_of() {
	awk -v name="$1" '$3 == name && $2 ~ /[tTwW]/ { print "0x" $1 }' /proc/kallsyms | sort -u
}

events_are() {
	lines "$1" event | json_value "$2" | sort -u >/tmp/seen
	printf '%s\n' "$3" >/tmp/wanted
	echo "seen:" && cat /tmp/seen && echo "wanted:" && cat /tmp/wanted
	cmp -s /tmp/seen /tmp/wanted
}

status_is() {
	echo "status $trace_status, wanted $1"
	[ "$trace_status" -eq "$1" ]
}

# accounted_for FILE: what a filter has taken is kvet's own.
accounted_for() {
	hits=$(sum "$1" site hits) events=$(sum "$1" summary events) own=$(sum "$1" summary own)
	lost=$(sum "$1" summary lost) discarded=$(sum "$1" summary discarded)
	echo "hits $hits, events $events, own $own, lost $lost, discarded $discarded"
	[ "$hits" -gt 0 ] && [ "$hits" -eq $((events + own + lost + discarded)) ]
}

# all_counted FILE: hits are what was counted, filtered, limited and lost.
all_counted() {
	hits=$(sum "$1" site hits)
	parts=$(($(sum "$1" site counted) + $(sum "$1" site filtered) + $(sum "$1" site limited) + \
		$(sum "$1" site lost)))
	echo "hits $hits, parts $parts"
	[ "$hits" -gt 0 ] && [ "$hits" -eq "$parts" ]
}
