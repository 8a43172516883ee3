#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# --format prometheus and nagios: what a monitoring system reads.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	TABLE=$DATA/ksyms/pitfalls
	HOST=$BATS_TEST_TMPDIR/host
	mkdir -p "$HOST/proc/sys/kernel" "$HOST/proc/sys/net/core"
	echo 2 >"$HOST/proc/sys/kernel/kptr_restrict"
	echo 1 >"$HOST/proc/sys/kernel/ftrace_enabled"
	echo 0 >"$HOST/proc/sys/net/core/bpf_jit_enable"
	cd "$BATS_TEST_TMPDIR" || return
}

# The commands that have figures, with what makes them answer anywhere.
FIGURES="doctor
probe helpers ktime_get_ns -t kprobe
probe helpers -t xdp -t kprobe --all
probe programs
probe maps
probe features
probe kfuncs bpf_rcu_read_lock
clock compare
clock compare --all
clock source
ksyms duplicates --kallsyms $BATS_TEST_DIRNAME/../data/ksyms/pitfalls
batch lines.kvet"

# exposition: what is wrong with the metrics in $output; nothing if all is well.
exposition() {
	awk '
		/^# HELP / { if (helped[$3]++ || !$4) print "twice, or without words: " $0; next }
		/^# TYPE / { if (!helped[$3] || typed[$3]++ || $4 != "gauge") print "type: " $0; now = $3; next }
		{
			name = $0
			sub(/[{ ].*/, "", name)
			series = $0
			sub(/ [^ ]*$/, "", series)
			if (name != now || seen[series]++)
				print "apart, or twice: " $0
			rest = substr($0, length(series) + 2)
			if (rest !~ /^-?[0-9]+([.][0-9]+)?$/ || series !~ /^[a-z_]+([{].*[}])?$/)
				print "not NAME{LABELS} NUMBER: " $0
			if (name ~ /_(ns|ms|us|total|count|sum|bucket)$/)
				print "not a base unit, or a counter: " $0
		}' <<<"$output"
}

@test "metrics of every command that has figures: one series each, with help and type, no time" {
	local words

	echo 'doctor --only jit' >lines.kvet
	while read -r words; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr "$KVET" $words --format prometheus
		[[ $status =~ ^[013]$ ]] || { show; return 1; }
		[ -z "$(exposition)" ] || { echo "$words"; exposition; return 1; }
		[ "$(grep -c '^kvet_exit_status{' <<<"$output")" -eq 1 ]
		[ "${output##* }" -eq "$status" ]
		[ "$(wc -l <<<"$output")" -gt 3 ]
		# The real judge, where there is one.
		! command -v promtool >/dev/null || promtool check metrics <<<"$output"
	done <<<"$FIGURES"
}

@test "metrics have what JSON has" {
	expect 0 "$KVET" ksyms duplicates --kallsyms "$TABLE" --format prometheus
	holds "$output" $'\nkvet_ksyms_duplicates_names 3\n'
	holds "$output" $'\nkvet_exit_status{command="ksyms duplicates"} 0'
	expect 2 "$KVET" ksyms duplicates --kallsyms "$TABLE" --format prometheus wrong
	holds "$output" $'\nkvet_exit_status{command="ksyms duplicates"} 2'
	run --separate-stderr "$KVET" --sysroot "$HOST" doctor --format prometheus
	holds "$output" $'\nkvet_doctor_check_verdict{check="jit",required="no"} 1\n'
	holds "$output" $'\nkvet_doctor_check_verdict{check="ftrace_enabled",required="no"} 0\n'
	holds "$output" $'\nkvet_doctor_checks 30\n'
}

@test "equal hosts give equal metrics and plugin lines" {
	local format

	for format in prometheus nagios; do
		run --separate-stderr "$KVET" --sysroot "$HOST" doctor --skip 'clock*' --format $format
		printf '%s\n' "$output" >first
		run --separate-stderr "$KVET" --sysroot "$HOST" doctor --skip 'clock*' --format $format
		diff first <(printf '%s\n' "$output")
	done
}

# plugin STATUS PATTERN WORD...: the plugin's status, and its only line.
plugin() {
	local wanted=$1 pattern=$2

	shift 2
	expect "$wanted" "$KVET" --sysroot "$HOST" "$@" --format nagios
	[ "${#lines[@]}" -eq 1 ]
	[[ $output =~ $pattern ]] || { show; return 1; }
}

@test "a plugin's line and status: ok, warning, critical, unknown" {
	plugin 0 '^KVET OK - doctor: yes \| checks=1 yes=1 no=0 undetermined=0$' doctor --only ftrace_enabled
	plugin 1 '^KVET WARNING - doctor: jit: .* \| checks=2 yes=1 no=1 undetermined=0$' \
		doctor --only ftrace_enabled,jit --require ftrace_enabled
	plugin 2 '^KVET CRITICAL - doctor: jit: .* \| checks=1 yes=0 no=1 undetermined=0$' doctor --only jit
	plugin 3 '^KVET UNKNOWN - doctor: kprobes_enabled: [^|]* \| checks=1 yes=0 no=0 undetermined=1$' \
		doctor --only kprobes_enabled
	# Wrong use is no answer, and 2 would be critical.
	plugin 3 '^KVET UNKNOWN - doctor: command line: --only: no check' doctor --only nosuch
	plugin 3 '^KVET UNKNOWN - doctor: command line: unknown option' doctor --nosuch
	plugin 0 '^KVET OK - ksyms duplicates: yes \| symbols=30 names=3 ' ksyms duplicates --kallsyms "$TABLE"
}

@test "a command without figures, and one that goes on, refuse both" {
	local format

	for format in prometheus nagios; do
		run --separate-stderr "$KVET" trace --format $format vfs_read
		[ "${stderr_lines[0]}" = "kvet: --format $format does not apply to trace" ]
		run --separate-stderr "$KVET" clock compare --watch --format $format
		[ "${stderr_lines[0]}" = "kvet: --watch and --format $format are mutually exclusive" ]
		run --separate-stderr "$KVET" doctor -q --format $format
		[ "${stderr_lines[0]}" = "kvet: --quiet and --format $format are mutually exclusive" ]
	done
	expect 2 "$KVET" ksyms lookup --format prometheus x
	expect 3 "$KVET" ksyms lookup --format nagios x
}

@test "a full device is an error, whatever the format" {
	local format

	for format in prometheus nagios; do
		expect 3 sh -c '"$0" ksyms duplicates --format "$2" --kallsyms "$1" >/dev/full' "$KVET" "$TABLE" "$format"
		holds "$stderr" "cannot write the output"
	done
}
