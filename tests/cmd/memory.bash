# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash
# Each allocation of a command refused in turn (tests/faults/preload/memory.c).

MEMORY=$(realpath "${FAULTS:-$BATS_TEST_DIRNAME/../../build/tests/faults}/memory.so")

# one_run NUMBER LASTS COMMAND...: a line for judge(), and the status is that of the command.
one_run() {
	local number=$1 lasts=$2 status=0
	shift 2

	timeout 60 env MEMORY_FAILS="$number" MEMORY_LASTS="$lasts" MEMORY_COUNT=run.count \
		LD_PRELOAD="$MEMORY" "$@" >run.out 2>run.err || status=$?
	printf '%s\t%s\t%s\t%s\t%s\n' "$number" "$lasts" "$status" "$(paste -sd, run.out)" \
		"$(head -n 1 run.err)"
}

# judge KEPT < LINES: prints the runs that are wrong. The first line is a run that lacked nothing.
# - No signal, no hang, no other answer: the status is that of the first run, or 3.
# - With 3 there is no output, or whole JSON that does not claim an answer.
# - Else the output is whole JSON, and what the filter KEPT takes of it is what it was.
# shellcheck disable=SC2016 # jq expands it
judge() {
	jq -R -r -n '
		def status: [.[] | .status // empty] | last;
		def kept: [.[] | '"$1"'];
		[inputs | split("\t") | {n: .[0], lasts: .[1], status: (.[2] | tonumber), err: .[4],
			out: .[3], json: ("[" + .[3] + "]" | try fromjson catch null)}] as $runs |
		$runs[0] as $first | $runs[1:][] |
		select(
			(.status != $first.status and .status != 3) or .json == null or
			(if .status == 3
			then .out != "" and (.json | status | . != "error" and . != "undetermined")
			else (.json | status) != ($first.json | status) or
				(.json | kept) != ($first.json | kept)
			end)) |
		"allocation \(.n), lasting \(.lasts): status \(.status): \(.err): \(.out[-300:])"'
}

# survives KEPT COMMAND...: refuses the first allocation, the second ..., each alone and with all
# behind it, up to the last one that the command makes. MEMORY_STEP=N takes every N-th.
survives() {
	local kept=$1 number most wrong
	shift

	one_run 0 0 "$@" >runs
	most=$(<run.count)
	[ "$most" -gt 10 ]
	for ((number = 1; number <= most; number += ${MEMORY_STEP:-1})); do
		one_run "$number" 0 "$@"
		one_run "$number" 1 "$@"
	done >>runs
	wrong=$(judge "$kept" <runs)
	[ -z "$wrong" ] && return 0
	echo "$wrong" | cut -c 1-600
	return 1
}
