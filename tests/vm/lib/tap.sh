# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# TAP for the test files that run in the guest (busybox sh). A test file says
#	. tests/vm/lib/tap.sh
# then calls the functions below, and plan at its end. Commands run in a subshell. After each
# check, $status and $output (stdout and stderr) are those of its command.

tap_count=0
tap_failed=0
status=0
output=''

# capture COMMAND...: runs it, sets $status and $output.
capture() {
	status=0
	output=$("$@" 2>&1) || status=$?
}

# result PASSED NAME: prints one test point; PASSED is 0 for ok. A failed one shows $status
# and $output.
result() {
	tap_count=$((tap_count + 1))
	if [ "$1" -eq 0 ]; then
		printf 'ok %d - %s\n' "$tap_count" "$2"
		return
	fi
	tap_failed=$((tap_failed + 1))
	printf 'not ok %d - %s\n' "$tap_count" "$2"
	printf '# exit status %d, output:\n' "$status"
	printf '%s\n' "$output" | head -n 50 | sed 's/^/#   /'
}

# check NAME COMMAND...: the command's status is 0.
check() {
	check_status 0 "$@"
}

# check_status STATUS NAME COMMAND...
check_status() {
	tap_wanted=$1 tap_name=$2
	shift 2
	capture "$@"
	tap_passed=0
	[ "$status" -eq "$tap_wanted" ] || tap_passed=1
	result "$tap_passed" "$tap_name"
	[ "$tap_passed" -eq 0 ] || printf '# wanted: exit status %d\n' "$tap_wanted"
}

# check_output PATTERN NAME COMMAND...: a line of the output matches the extended regular
# expression; the status does not matter.
check_output() {
	tap_wanted=$1 tap_name=$2
	shift 2
	capture "$@"
	tap_passed=0
	printf '%s\n' "$output" | grep -Eq -e "$tap_wanted" || tap_passed=1
	result "$tap_passed" "$tap_name"
	[ "$tap_passed" -eq 0 ] || printf '# wanted: a line like %s\n' "$tap_wanted"
}

# check_also PATTERN NAME: a line of the last command's output matches: a run that answers two
# questions is not made twice, as starts of kvet are what a guest without KVM takes its time for.
check_also() {
	tap_passed=0
	printf '%s\n' "$output" | grep -Eq -e "$1" || tap_passed=1
	result "$tap_passed" "$2"
	[ "$tap_passed" -eq 0 ] || printf '# required: a line like %s\n' "$1"
}

# skip NAME REASON
skip() {
	tap_count=$((tap_count + 1))
	printf 'ok %d - %s # SKIP %s\n' "$tap_count" "$1" "$2"
}

# absent NAME REASON: what this kernel has not is no test that was left out, as skip() has it.
absent() {
	printf '# not on this kernel: %s: %s\n' "$1" "$2"
}

# skip_all REASON: ends a test file that has not checked anything yet.
skip_all() {
	printf '1..0 # SKIP %s\n' "$1"
	exit 0
}

# What a kvet that has ended must not leave in the guest: programs of BPF (the kernel lists their
# memory), probes of tracefs, itself (and with it, its descriptors).
leavings() {
	kvets=0
	for program in /proc/[0-9]*/exe; do
		case $(readlink "$program") in */kvet) kvets=$((kvets + 1)) ;; esac
	done
	printf 'programs of BPF: %s\nprobes: %s\nkvets: %s\n' \
		"$(grep -c bpf_prog_alloc /proc/vmallocinfo)" \
		"$(grep -c . /sys/kernel/tracing/kprobe_events 2>/dev/null)" "$kvets"
}

# nothing_is_left: what was there when the test file began is what is there now. The kernel lets go
# of programs a moment after the last descriptor.
nothing_is_left() {
	for _ in $(seq 60); do
		left=$(leavings)
		[ "$left" != "$tap_leavings" ] || return 0
		sleep 0.5
	done
	printf 'before:\n%s\nnow:\n%s\n' "$tap_leavings" "$left"
	return 1
}
tap_leavings=$(leavings)

# For a whole table of symbols or a matrix: the host's programs, where scripts/vm has put them. They
# start 60 ms later than busybox's, and then take a fifth to a thirtieth of the time.
big_awk() {
	if [ -x /usr/bin/awk ]; then /usr/bin/awk "$@"; else awk "$@"; fi
}
big_grep() {
	if [ -x /usr/bin/grep ]; then /usr/bin/grep "$@"; else grep "$@"; fi
}

# plan: the last call of a test file.
plan() {
	check 'it leaves nothing behind' nothing_is_left
	printf '1..%d\n' "$tap_count"
	exit $((tap_failed > 0))
}

# json_value KEY: reads JSON from stdin, prints each value of KEY on a line: strings without
# their quotes (escapes stay as they are), numbers, true, false and null as they are.
json_value() {
	grep -Eo "\"$1\" *: *(\"([^\"\\\\]|\\\\.)*\"|[^],} ]+)" |
		sed -E 's/^"[^"]*" *: *//; s/^"(.*)"$/\1/'
}
