#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# Text for people: tables that fit a terminal, and the columns that were asked for.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	export TERM=xterm LC_ALL=C.UTF-8 NO_COLOR=1
	TABLE=$BATS_TEST_TMPDIR/table
	{
		echo "ffffffff81000000 T a_function_of_which_the_name_is_rather_long_for_a_line"
		echo "ffffffff81000040 t brief	[a_module_of_some_length]"
	} >"$TABLE"
}

# on_terminal WIDTH COMMAND...: $sent is what a terminal of that width was sent, and $output what is
# left of it: a busy machine takes the second after which kvet says how far it is, in a line that it
# clears. 0: the terminal does not tell its width.
on_terminal() {
	local width=$1

	shift
	script -qec true /dev/null >/dev/null 2>&1 || skip "script(1) gets no pseudo-terminal here"
	run script -qec "stty cols $width rows 40; $(printf '%q ' "$@")" /dev/null </dev/null
	sent=${output//$'\r'/}
	# shellcheck disable=SC2001 # a pattern that repeats
	output=$(sed 's/\o33\[Kkvet: [^\o33]*\o33\[K//g' <<<"$sent")
	mapfile -t lines <<<"$output"
}

# widest: how many columns the widest line of $output takes.
widest() {
	wc -L <<<"$output"
}

lookup() {
	"$@" ksyms lookup --kallsyms "$TABLE" '*_*' brief
}

@test "a terminal's lines are kept to; what has little value leaves, and an ellipsis shows a cut" {
	lookup on_terminal 130 "$KVET"
	[[ ${lines[0]} =~ ^QUERY\ +ADDRESS\ +OFFSET\ +NAME\ +TYPE\ +MODULE$ ]]
	holds "$output" a_function_of_which_the_name_is_rather_long_for_a_line
	lookup on_terminal 80 "$KVET"
	[ "$(widest)" -le 80 ]
	lacks "${lines[0]}" QUERY
	holds "${lines[0]}" MODULE
	holds "$output" '…'
	lacks "$output" rather_long_for_a_line
	holds "$output" a_module_of_some_length
	lookup on_terminal 40 "$KVET"
	holds "${lines[0]}" NAME
	holds "${lines[0]}" ADDRESS
}

# words: $output as one line, without what wrapping added.
words() {
	tr -s ' \n' ' ' <<<"$output"
}

@test "doctor: on a narrow terminal a finding is wrapped, and its remedy is below it, whole" {
	local host=$BATS_TEST_TMPDIR/host

	mkdir -p "$host/proc/sys/net/core" "$host/proc/sys/kernel"
	echo 1 >"$host/proc/sys/net/core/bpf_jit_harden"
	echo 2 >"$host/proc/sys/kernel/kptr_restrict"
	for width in 60 80; do
		on_terminal $width "$KVET" --sysroot "$host" doctor --only jit_harden,kptr_restrict
		lacks "${lines[0]}" REMEDY
		lacks "$output" '…'
		[ "$(grep -v '^    remedy: ' <<<"$output" | wc -L)" -le $width ]
		holds "$(words)" 'net.core.bpf_jit_harden=1: the symbols of BPF programs are hidden; programs of processes without CAP_BPF are blinded'
		grep -qx '    remedy: .*sysctl net.core.bpf_jit_harden=0' <<<"$output"
		grep -qx '    remedy: .*sysctl kernel.kptr_restrict=.*' <<<"$output"
	done
	# Each line of the finding begins below its heading.
	[[ ${lines[0]} =~ ^(CHECK\ +VERDICT\ +)FINDING$ ]]
	grep -q "^${BASH_REMATCH[1]//[A-Z]/ }[^ ]" <<<"$output"
	on_terminal 300 "$KVET" --sysroot "$host" doctor --only jit_harden,kptr_restrict
	[[ ${lines[0]} =~ ^CHECK\ +VERDICT\ +FINDING\ +REMEDY$ ]]
	[ "${#lines[@]}" -eq 3 ]
	on_terminal 60 "$KVET" --sysroot "$host" doctor --only kptr_restrict --columns check,remedy
	[[ ${lines[0]} =~ ^CHECK\ +REMEDY$ ]]
	lacks "$output" 'remedy:'
}

@test "doctor: a word that is longer than its column is broken, and nothing is lost" {
	local host=$BATS_TEST_TMPDIR/host list

	list=$(printf 'module%03d,' {1..15})
	mkdir -p "$host/sys/kernel/security"
	echo "${list}last" >"$host/sys/kernel/security/lsm"
	on_terminal 60 "$KVET" --sysroot "$host" doctor --only lsm
	holds "$(tr -d ' \n' <<<"$output")" "bpfisnotactive:${list}last"
	on_terminal 10 "$KVET" --sysroot "$host" doctor --only lsm
	holds "$output" lsm
}

# Preloaded: each look at the clock finds it a second later.
# bats test_tags=plain
@test "what takes more than a second says on the terminal how far it is, and leaves nothing of it" {
	local host=$BATS_TEST_TMPDIR/host command what

	mkdir "$host"
	cd "$BATS_TEST_TMPDIR" || return
	printf 'doctor --only jit\n%.0s' 1 2 3 >lines.kvet
	while IFS='|' read -r command what; do
		# shellcheck disable=SC2086 # words
		on_terminal 80 env LD_PRELOAD="$FAULTS/late.so" "$KVET" $command
		holds "$sent" "kvet: $what" || { echo "$command"; return 1; }
		# Each was cleared, by the next one or by what comes then.
		[[ ! $output =~ kvet:\ [0-9]+\ of ]] || { show; return 1; }
		# shellcheck disable=SC2086
		run --separate-stderr env LD_PRELOAD="$FAULTS/late.so" "$KVET" $command
		[[ ! $stderr =~ kvet:\ [0-9]+\ of ]]
	done <<-END
		doctor --sysroot $host|3 of 30 checks
		probe maps|5 of
		probe programs|5 of
		probe features|5 of
		probe helpers -t kprobe ktime_get_ns ktime_get_boot_ns|2 of 2 questions
		probe kfuncs bpf_rcu_read_lock|5 of
		object check $TABLE $TABLE $TABLE|2 of 3 objects
		batch lines.kvet|2 of 3 lines
	END
}

@test "a locale without UTF-8 has three dots for the ellipsis" {
	LC_ALL=C lookup on_terminal 80 "$KVET"
	holds "$output" '...'
	lacks "$output" '…'
}

@test "a pipe has all columns and whole values, whatever COLUMNS says" {
	COLUMNS=20 lookup run "$KVET"
	[ "$status" -eq 0 ]
	[[ ${lines[0]} =~ ^QUERY\ +ADDRESS\ +OFFSET\ +NAME\ +TYPE\ +MODULE$ ]]
	holds "$output" a_function_of_which_the_name_is_rather_long_for_a_line
	lacks "$output" '…'
}

@test "COLUMNS holds for a terminal that does not tell; without either no line is cut" {
	COLUMNS=70 lookup on_terminal 0 "$KVET"
	[ "$(widest)" -le 70 ]
	lacks "$output" rather_long_for_a_line
	COLUMNS=70 lookup on_terminal 130 "$KVET"
	holds "$output" rather_long_for_a_line
	for columns in '' 0 x 99999999999999999999; do
		COLUMNS=$columns lookup on_terminal 0 "$KVET"
		holds "$output" rather_long_for_a_line
	done
}

@test "--verbose: all columns, whole, on the narrowest terminal" {
	lookup on_terminal 30 "$KVET" -v
	holds "${lines[0]}" QUERY
	holds "${lines[0]}" EXTENT
	holds "$output" a_function_of_which_the_name_is_rather_long_for_a_line
}

@test "characters that are two columns wide keep columns straight" {
	printf 'ffffffff81000000 T 中文\nffffffff81000040 T abcd\n' >"$TABLE"
	expect 0 "$KVET" ksyms lookup --kallsyms "$TABLE" '*' --columns name,type
	[ "$output" = $'NAME  TYPE\n中文  T\nabcd  T' ]
}

@test "--columns: those, in that order; in capitals too" {
	expect 0 "$KVET" ksyms lookup --kallsyms "$TABLE" brief --columns NAME,extent,address
	[ "${lines[0]}" = 'NAME   EXTENT  ADDRESS' ]
	[[ ${lines[1]} =~ ^brief\ +[^\ ]+\ +0xffffffff81000040$ ]]
	[ "${#lines[@]}" -eq 2 ]
	lookup on_terminal 40 "$KVET" --columns query,name,address,type,module
	[[ ${lines[0]} =~ ^QUERY\ +NAME\ +ADDRESS\ +TYPE\ +MODULE$ ]]
}

@test "--columns: a value that is seldom there has its column all the same" {
	expect 0 "$KVET" ksyms lookup --kallsyms "$TABLE" brief --columns name,size
	[ "$output" = $'NAME   SIZE\nbrief     -' ]
}

@test "--columns of one kind of record, and of one that only --verbose shows" {
	expect 0 "$KVET" clock compare --columns side.side,helper.helper
	[ "${lines[0]}" = SIDE ]
	holds "$output" $'\nHELPER\nbpf_ktime_get_ns'
	# The others are as they were.
	[[ $output =~ OFFSET_NS\ +UNCERTAINTY_NS ]]
	lacks "$output" CLOCKSOURCE
	expect 0 "$KVET" clock compare --columns context.clocksource
	holds "$output" $'\nCLOCKSOURCE\n'
}

@test "--columns: a word for a shell, and a matrix, become a table" {
	run --separate-stderr "$KVET" clock source --columns clock,helper
	[[ ${lines[0]} =~ ^CLOCK\ +HELPER$ ]]
	run --separate-stderr "$KVET" probe helpers -t '*' 'ktime_get_*' --columns helper,verdict
	[[ ${lines[0]} =~ ^HELPER\ +VERDICT$ ]]
}

@test "--columns that a command does not have: wrong use, with a list of those that it has" {
	local command words

	while read -ra words; do
		command=${words[*]}
		expect 2 "$KVET" "${words[@]}" --columns no_such_column x x
		[ -z "$output" ]
		holds "$stderr" "kvet: $command has no column 'no_such_column'"
		holds "$stderr" "Columns of "
		[ -z "$(awk 'length > 80' <<<"$stderr")" ]
	done < <("$KVET" --list-commands)
	expect 2 "$KVET" trace --columns no_such_column x
	holds "$stderr" "Columns of event: boot_ns, mono_ns,"
	expect 2 "$KVET" ksyms lookup x --columns name,
	holds "$stderr" "has no column ''"
	expect 2 "$KVET" ksyms lookup x --columns line.name
	holds "$stderr" "has no column 'line.name'"
	for json in -j -p '--format=json' '--format=jsonl'; do
		expect 2 "$KVET" ksyms lookup x --columns name "$json"
		holds "$stderr" "--columns and "
		holds "$stderr" "are mutually exclusive"
	done
}

@test "what was not armed, and was not to be, is not said of a plan" {
	for mode in --plan --offsets; do
		run --separate-stderr "$KVET" trace "$mode" kvet_no_such_symbol
		holds "$output" ATTACHABLE
		lacks "$output" ATTACHED
		lacks "$output" events:
		# JSON keeps its keys.
		run --separate-stderr "$KVET" trace "$mode" -j kvet_no_such_symbol
		jsonl 'map(select(.record == "site")) | length == 1 and .[0].attached == false'
		jsonl '.[-1] | .record == "summary" and .events == 0'
	done
	run --separate-stderr "$KVET" trace --duration 1ms kvet_no_such_symbol
	holds "$output" ATTACHED
	holds "$output" "events: 0"
}
