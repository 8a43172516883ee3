# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Traces under a workload, and what their records say.

# traced FILE WORKLOAD KVET_ARGUMENT...: runs kvet trace -j into FILE, and the shell words of
# WORKLOAD again and again from the moment the probes are armed until kvet ends (":" is none, and takes
# no time of kvet's). Sets $trace_status.
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
	while [ "$workload" != : ] && kill -0 "$pid" 2>/dev/null; do
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

# by_fentry: "fentry", where trampolines see every call: the kernel has them, which trace_backends.sh
# tells, and does not preempt a program, since no other task's hit would run it meanwhile.
by_fentry() {
	grep -q '(none)\|(voluntary)' /sys/kernel/debug/sched/preempt 2>/dev/null &&
		kvet trace -q --plan --return --backend fentry do_sys_openat2 2>/dev/null && echo fentry
}

stop() {
	kill -TERM "$pid"
	trace_status=0
	wait "$pid" || trace_status=$?
}

# traced_once FILE WORKLOAD KVET_ARGUMENT...: traces from before WORKLOAD begins until it has ended,
# which is a signal for kvet. For what has to happen, and not to last.
traced_once() {
	once=$2
	file=$1
	shift 2
	start "$file" "$@"
	eval "$once" >/dev/null 2>&1
	stop
	cat "$file.err"
}

lines() {
	grep "^{\"record\":\"$2\"" "$1"
}

# Asked after nearly every check, and a process of the guest takes 10 ms and more: one awk each.

# values FILE RECORD KEY: as json_value has them, of the lines of that record alone.
values() {
	awk -v record="{\"record\":\"$2\"" -v key="\"$3\":" '
		index($0, record) != 1 { next }
		{ while (at = index($0, key)) {
			$0 = substr($0, at + length(key))
			if (match($0, /^"([^"\\]|\\.)*"/)) print substr($0, 2, RLENGTH - 2)
			else if (match($0, /^[^],} ]+/)) print substr($0, 1, RLENGTH) } }' "$1"
}

# columns KEY...: of each line of stdin the texts of these, on one line.
columns() {
	awk -v keys="$*" '
		BEGIN { n = split(keys, key) }
		{ for (i = 1; i <= n; i++) {
			at = index($0, "\"" key[i] "\":\"")
			text = substr($0, at + length(key[i]) + 4)
			printf "%s%s", at ? substr(text, 1, index(text, "\"") - 1) : "null", i < n ? " " : "\n" } }'
}

# sums FILE RECORD KEY...: of each key, on one line.
sums() {
	sums_of=$1 record=$2
	shift 2
	awk -v record="{\"record\":\"$record\"" -v keys="$*" '
		BEGIN { n = split(keys, key) }
		index($0, record) == 1 {
			for (i = 1; i <= n; i++)
				if (at = index($0, "\"" key[i] "\":"))
					sum[i] += substr($0, at + length(key[i]) + 3) }
		END { for (i = 1; i <= n; i++) printf "%.0f%s", sum[i], i < n ? " " : "\n" }' "$sums_of"
}

# sum FILE RECORD KEY
sum() {
	sums "$@"
}

# The table is the same while a guest is up, but for modules and BPF: one copy, which grep cuts to
# what awk has to look at.
kallsyms=/tmp/kallsyms.of.guest
[ -s $kallsyms ] || cat /proc/kallsyms >$kallsyms

addresses_of() {
	grep -F " $1" $kallsyms | awk -v name="$1" '$3 == name && $2 ~ /[tTwW]/ { print "0x" $1 }' | sort -u
}

events_are() {
	values "$1" event "$2" | sort -u >/tmp/seen
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
	hits=$(sum "$1" site hits)
	read -r events own lost discarded <<-END
	$(sums "$1" summary events own lost discarded)
	END
	echo "hits $hits, events $events, own $own, lost $lost, discarded $discarded"
	[ "$hits" -gt 0 ] && [ "$hits" -eq $((events + own + lost + discarded)) ]
}

# all_counted FILE: hits are what was counted, filtered, limited and lost.
all_counted() {
	read -r hits counted filtered limited lost <<-END
	$(sums "$1" site hits counted filtered limited lost)
	END
	parts=$((counted + filtered + limited + lost))
	echo "hits $hits, parts $parts"
	[ "$hits" -gt 0 ] && [ "$hits" -eq "$parts" ]
}
