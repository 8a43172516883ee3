#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# kvet trace: what it refuses before it asks the kernel for a probe.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
}

@test "a malformed SPEC: wrong use, and what is wanted is named" {
	local spec

	for spec in "" + +3 vfs_read+ vfs_read+zz vfs_read+-1 vfs_read+0x "a b" 0x \
		0xffffffffffffffff1 vfs_read+99999999999999999999 :vfs_read ext4: ext4:+1; do
		expect 2 "$KVET" trace --duration 1ms "$spec"
		[ -z "$output" ]
		holds "$stderr" "'$spec'"
		holds "$stderr" "0xADDR"
	done
}

@test "one malformed SPEC among good ones: wrong use, nothing is traced" {
	expect 2 "$KVET" trace --duration 1ms vfs_read vfs_write+
	[ -z "$output" ]
	holds "$stderr" "'vfs_write+'"
}

@test "control bytes of a SPEC are not echoed raw" {
	expect 2 "$KVET" trace --duration 1ms $'a\e[2J b'
	lacks "$stderr" $'\e'
	holds "$stderr" '\x1b[2J'
}

@test "--count 0, and what is not a count: wrong use" {
	local n

	for n in 0 -1 many 1.5 "" 99999999999999999999; do
		expect 2 "$KVET" trace --count "$n" vfs_read
		[ -z "$output" ]
		holds "$stderr" "--count"
	done
}

@test "--duration that is none: wrong use" {
	local d

	for d in 1 s -1s "" forever; do
		expect 2 "$KVET" trace "--duration=$d" vfs_read
		[ -z "$output" ]
		holds "$stderr" "--duration"
	done
}

@test "--sysroot: wrong use, for no probe can be armed in a directory" {
	expect 2 "$KVET" trace --sysroot "$DATA/ksyms/sysroot" --duration 1ms vfs_read
	[ -z "$output" ]
	holds "$stderr" "--sysroot"
}

@test "-j is JSON lines: wrong use ends in the summary" {
	expect 2 "$KVET" trace -j --count 1 vfs_read+
	jsonl 'map(.record) == ["error", "summary"]'
	jsonl '.[1] | .command == "trace" and .status == "error" and .schema_version == 1'
}

@test "-j is JSON lines: a trace that fails has a site with its cause, and the summary last" {
	# No kernel has it: where names are readable it is a no, elsewhere undetermined.
	run --separate-stderr "$KVET" trace -j --duration 1ms kvet_no_such_symbol
	[ "$status" -eq 1 ] || [ "$status" -eq 3 ]
	jsonl 'all(.[]; .record | IN("site", "error", "summary"))'
	jsonl 'map(select(.record == "site")) | length == 1
		and (.[0] | .spec == "kvet_no_such_symbol" and .attached == false
			and .hits == null and (.cause | length > 0))'
	jsonl 'map(select(.record == "site"))[0] | keys_unsorted
		== ["record", "interval", "number", "spec", "symbol", "offset", "address", "relative", "module",
			"aliases", "before", "after", "attachable",
			"attached", "armed", "how", "hits", "entered", "returned", "inside",
			"unreturned", "unplaced", "counted", "filtered", "unread", "limited", "lost", "missed", "backend", "cause"]'
	jsonl '.[-1] | .record == "summary" and .command == "trace"
		and .status == {"1": "no", "3": "undetermined"}[$status]' --arg status "$status"
	holds "$stderr" "kvet: "
}

@test "-q prints nothing: the status is the answer" {
	run --separate-stderr "$KVET" trace -q --duration 1ms kvet_no_such_symbol
	[ "$status" -eq 1 ] || [ "$status" -eq 3 ]
	[ -z "$output$stderr" ]
}

@test "options that contradict each other: wrong use, and it says which" {
	local wrong

	for wrong in '--nth 0' '--nth 1 --all' '--count 0' '--timeout 0s' '--histogram' \
		'--min-duration 1ms' '--stack --count-only' '--count 3 --count-only' \
		'--sample 0' '--sample 2/3' '--sample 1/' '--sample 1/x' '--sample 4294967296' '--regs --backend multi' '--pid 4294967296' '--pid x' '--pid 2147483648' '--tid 2147483648' '--uid no_such_user' '--uid 4294967296' '--cpu 99999' '--pidns 0' '--pidns 2147483647' \
		'--cgroup /nonexistent' '--cgroup /proc' '--cgroup /proc/version' \
		'--comm a-name-that-is-too-long' '--range 0-4' '--range 4 --offsets' '--range 8-4 --offsets' \
		'--range 0x-4 --offsets' '--range 0-4x --offsets' '--backend kprobe' '--cleanup' \
		'--top task' '--top comm --count-only' '--args --histogram --return' '--regs --top pid' \
		'--rate 0' '--rate x' '--rate 5/m' '--rate 5/' '--count 3 --top comm' \
		'--print count --count-only' '--print count --top pid' '--failed' \
		'--fields --plan' '--fields --cleanup'; do
		# shellcheck disable=SC2086
		expect 2 "$KVET" trace $wrong vfs_read
		[ -z "$output" ]
		holds "$stderr" "${wrong%% *}"
	done
}

@test "--where: what is wrong has a caret under its place, and what to write" {
	local wrong message

	while IFS=: read -r wrong message; do
		expect 2 "$KVET" trace --where "$wrong" vfs_read
		[ -z "$output" ]
		holds "$stderr" "--where"
		holds "$stderr" "$message"
	done <<-'END'
		comm == sh:write what it is compared with in quotes
		comm = "sh":an operator is expected here
		comm ~ "a[":']' is missing
		pid == x:'x' is not a number
		duration > 3:try: --return
		ret < 0:ret is known only at the return; try: --return
		errno == ENOENT:errno is known only at the return; try: --return
	END
	expect 2 "$KVET" trace --where 'comm == sh' vfs_read
	holds "$stderr" $'\nkvet:   comm == sh\nkvet:           ^\n'
	expect 2 "$KVET" trace --return --failed --where 'cpu >= 0' --where 'cpu >= 0' --where 'cpu >= 0' \
		--where 'cpu >= 0' --where 'cpu >= 0' --where 'cpu >= 0' --where 'cpu >= 0' --where 'cpu >= 0' vfs_read
	holds "$stderr" "8 times together"
}

@test "--file: SPECs one a line, with the place of one that is none" {
	printf '# what to look at\n\n  \nkvet_no_such_symbol\n' >"$BATS_TEST_TMPDIR/specs"
	run --separate-stderr "$KVET" trace -j --duration 1ms --file "$BATS_TEST_TMPDIR/specs"
	[ "$status" -eq 1 ] || [ "$status" -eq 3 ]
	jsonl 'map(select(.record == "site").spec) == ["kvet_no_such_symbol"]'
	printf '# a comment\nvfs_read\nvfs_read+x\n' >"$BATS_TEST_TMPDIR/specs"
	expect 2 "$KVET" trace --file "$BATS_TEST_TMPDIR/specs"
	[ -z "$output" ]
	holds "$stderr" "specs:3: probe point 'vfs_read+x': the offset"
	expect 3 "$KVET" trace --file "$BATS_TEST_TMPDIR/none"
	holds "$stderr" "$BATS_TEST_TMPDIR/none"
}

@test "no probe point at all: wrong use" {
	expect 2 "$KVET" trace
	holds "$stderr" "trace requires SPEC..., --file or --cleanup"
	printf '# nothing\n' >"$BATS_TEST_TMPDIR/specs"
	expect 2 "$KVET" trace --file "$BATS_TEST_TMPDIR/specs"
	holds "$stderr" "no SPEC in the input"
}

@test "a glob that takes no offset, a module that is a glob: wrong use" {
	expect 2 "$KVET" trace 'vfs_*+4'
	holds "$stderr" "a glob stands for function entries"
	expect 2 "$KVET" trace 'ext*:vfs_read'
	holds "$stderr" "a module's name must be complete, not a glob"
}

@test "a glob that matches nothing has its cause" {
	run --separate-stderr "$KVET" trace -j --duration 1ms 'kvet_no_such_*'
	[ "$status" -eq 1 ] || [ "$status" -eq 3 ]
	jsonl 'map(select(.record == "site")) | length == 1 and .[0].spec == "kvet_no_such_*"
		and (.[0].cause | test("no function|hidden"))'
}

@test "bpftrace's spelling: understood, or answered with what to type" {
	expect 2 "$KVET" trace kretprobe:vfs_read
	[ -z "$output" ]
	holds "$stderr" "write --return vfs_read"
	expect 2 "$KVET" trace --return kprobe:
	holds "$stderr" "no symbol"
	expect 2 "$KVET" trace fentry:vfs_read
	holds "$stderr" "kvet probes kprobes only"
	for spec in kprobe:kvet_no_such_symbol k:kvet_no_such_symbol '--return kretprobe:kvet_no_such_symbol'; do
		# shellcheck disable=SC2086
		run --separate-stderr "$KVET" trace -j --duration 1ms $spec
		[ "$status" -eq 1 ] || [ "$status" -eq 3 ]
		jsonl 'map(select(.record == "site")) | length == 1
			and (.[0].cause | test("no symbol \u0027kvet_no_such_symbol\u0027|hidden|without kprobes"))'
	done
}

@test "-- COMMAND: what is no command, and what cannot be beside one, is wrong use before anything is done" {
	local wrong

	expect 2 "$KVET" trace vfs_read -- no_such_command
	holds "$stderr" "cannot run 'no_such_command': no command of that name in PATH"
	expect 2 "$KVET" trace vfs_read -- /nonexistent/command
	holds "$stderr" "cannot run '/nonexistent/command': No such file or directory"
	expect 2 "$KVET" trace vfs_read -- /
	holds "$stderr" "cannot run '/': Is a directory"
	echo true >"$BATS_TEST_TMPDIR/not_executable"
	PATH=$BATS_TEST_TMPDIR:$PATH expect 2 "$KVET" trace vfs_read -- not_executable
	holds "$stderr" "cannot run 'not_executable': Permission denied"
	for wrong in '--pid 1' '--tid 1' --plan --offsets; do
		# shellcheck disable=SC2086
		expect 2 "$KVET" trace $wrong vfs_read -- true
		holds "$stderr" "COMMAND and ${wrong%% *} are mutually exclusive"
	done
	expect 2 "$KVET" batch - <<<'trace vfs_read -- true'
	holds "$output$stderr" "a line of kvet batch cannot run a command"
}

@test "--print: what is returned is known only at the return" {
	local words

	for words in ret 'ret->f_flags' 'name=ret[1]'; do
		expect 2 "$KVET" trace --print "$words" vfs_read
		holds "$stderr" "--print '$words': ret is known only at the return; try: --return"
	done
	expect 2 "$KVET" batch - <<<'trace --print ret vfs_read'
}

@test "--wait: a function of a module, by its name, and what that cannot have" {
	local words

	expect 2 "$KVET" trace --wait vfs_read
	holds "$stderr" "--wait requires MODULE:SYM, and 'vfs_read' names no module"
	expect 2 "$KVET" trace --wait 'kvet_absent:*'
	holds "$stderr" "'kvet_absent:*' is a glob"
	expect 2 "$KVET" trace --wait kvet_absent:one+4
	holds "$stderr" "'kvet_absent:one+4' has an offset"
	for words in '--all' '--nth 1' '--plan' '--offsets' '--strings' '--print a' '--backend pmu' \
		'--backend multi' '--backend fentry'; do
		# shellcheck disable=SC2086
		expect 2 "$KVET" trace --wait $words kvet_absent:one
		holds "$stderr" "--wait and ${words%% [1a]*} are mutually exclusive"
	done
	for words in "ret == 0" "flags == 1" "errno != 0"; do
		expect 2 "$KVET" trace --wait --return --where "$words" kvet_absent:one
		holds "$stderr" "--where '$words': with --wait, the types of the function are not known"
	done
}

@test "--user-stack and --folded: where hits have no stack, wrong use" {
	local words

	for words in '-c --user-stack' '-r --histogram --user-stack' '--top comm --user-stack' \
		'--top pid --user-stack' '--top comm --folded'; do
		# shellcheck disable=SC2086
		expect 2 "$KVET" trace $words vfs_read
		holds "$stderr" "are mutually exclusive"
	done
	expect 2 "$KVET" trace --folded vfs_read
	holds "$stderr" "--folded requires --top"
}

@test "--folded: text has nothing but stacks, JSON every record" {
	run --separate-stderr "$KVET" trace --top stack --folded --duration 1ms kvet_no_such_symbol
	[ -z "$output" ]
	run --separate-stderr "$KVET" trace -j --top stack --folded --duration 1ms kvet_no_such_symbol
	jsonl 'map(.record) | length >= 2 and last == "summary"'
}

@test "-- with nothing before it, or as an argument: SPECs as ever" {
	run --separate-stderr "$KVET" trace -j --duration 1ms -- kvet_no_such_symbol
	jsonl 'map(select(.record == "site"))[0].spec == "kvet_no_such_symbol"'
	run --separate-stderr "$KVET" trace -j --duration 1ms --comm -- kvet_no_such_symbol
	jsonl 'map(select(.record == "site"))[0].spec == "kvet_no_such_symbol"'
	run --separate-stderr "$KVET" trace -j --duration 1ms kvet_no_such_symbol --
	jsonl 'map(select(.record == "site")) | length == 1'
	# Nothing is traced: the command is not run.
	run --separate-stderr "$KVET" trace -j kvet_no_such_symbol -- touch "$BATS_TEST_TMPDIR/touched"
	[ ! -e "$BATS_TEST_TMPDIR/touched" ]
	[ "$status" -eq 1 ] || [ "$status" -eq 3 ]
}
