#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# The examples of all manual pages, run on this host: with the status that the page implies, and with
# the headings, keys and messages that it shows. What is not run so is in examples/exceptions.

setup() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	. "$BATS_TEST_DIRNAME/../cmd/lib.bash"
	. "$BATS_TEST_DIRNAME/documented.bash"
	MAN=$BATS_TEST_DIRNAME/../../man
	EXCEPTIONS=$BATS_TEST_DIRNAME/examples/exceptions
	# The folder is for user nobody, too, as those of bats are not.
	ROOM=$(mktemp -d)
	chmod 1777 "$ROOM"
}

teardown() {
	[ -z "${ROOM-}" ] || rm -rf "$ROOM"
}

# examples PAGE...: one line for each example; page.awk says of what.
examples() {
	local page

	for page; do
		awk -f "$BATS_TEST_DIRNAME/examples/page.awk" "$page"
	done
}

# lines FIELD: a field of page.awk with its own lines.
lines() {
	tr '\036' '\n' <<<"$1"
}

# furnish: what the examples' commands find: a home, files, objects, another host, and a kvet that
# keeps its statuses.
furnish() {
	local data=$BATS_TEST_DIRNAME/.. source

	cd "$ROOM" || return
	export HOME=$ROOM STATUSES=$ROOM/.statuses PATH=$ROOM/.bin:$PATH
	mkdir -p .bin .zfunc .local/share/bash-completion/completions .config/fish/completions
	printf '%s\n' '#!/bin/sh' "'$KVET'"' "$@"' 'status=$?' 'echo "$status" >>"$STATUSES"' 'exit $status' >.bin/kvet
	printf '%s\n' '#!/bin/sh' 'shift' 'exec "$@"' >.bin/ssh
	chmod 755 .bin/*
	chmod 1777 .zfunc .local/share/bash-completion/completions .config/fish/completions
	cp "$data/data/ksyms/kallsyms" before
	sed '/ T add$/d; s/^\(ffffffff81000\)180 T vfs_read$/\1190 T vfs_read/' before >after
	printf '%s\n' 'RIP: 0010:vfs_read+0x2a/0x360' ' c_stop+0x5/0x10' >trace
	cp /sys/kernel/btf/vmlinux vmlinux-5.10
	"$KVET" probe features -j >before-the-upgrade.json 2>/dev/null || [ $? -ne 2 ]
	for source in "$data"/objects/{externs,causes,mixed}.bpf.c "$data/examples/tracer.bpf.c"; do
		compile_object "$source" . || return
	done
	chmod 644 ./*
}

# exception PAGE FIRST-LINE: how it is run instead, if the table has it.
exception() {
	awk -F'\t' -v page="$1" -v first="$2" '$1 == page && $3 == first { print $2 }' "$EXCEPTIONS"
}

# implied PROMPT COMMAND OUTPUT: the status that the page gives the last kvet of an example.
implied() {
	case $2 in *'echo $?'*) tail -n 1 <<<"$3"; return ;; esac
	# A script goes by its host's answer; without an output, or with that of another program, the page
	# says nothing of it.
	case $1:$2:$3 in script:* | *'|'* | *:) echo '[013]'; return ;; esac
	case $3 in
	*'"status":"undetermined"'*) echo 3 ;;
	*'"status":"no"'*) echo 1 ;;
	*'"status":"yes"'*) echo 0 ;;
	*)
		if grep -qw undetermined <<<"$3"; then
			echo 3
		elif grep -qwE 'unsupported|no' <<<"$3"; then
			echo 1
		else
			echo 0
		fi
		;;
	esac
}

# without_kprobes OUTPUT: whether it says so; on another kernel, the answer is another one.
without_kprobes() {
	[[ $1 == *'built without kprobes'* ]]
}

# start PROMPT COMMAND: as root or, after a dollar, as nobody; $output and the file of statuses.
start() {
	: >"$STATUSES"
	chmod 666 "$STATUSES"
	case $1 in
	'$') run as_nobody bash -c "$2" ;;
	*) run bash -c "$2" ;;
	esac
}

# said DOCUMENTED: each key of JSON, and where each message comes from, is in $output.
said() {
	local part

	while read -r part; do
		grep -qF -- "$part" <<<"$output" || { echo "'$part' is not in:"; echo "$output"; return 1; }
	done < <(grep -oE '^ *"[a-z_]+":|^kvet: [^ ]+:' <<<"$1" | tr -d ' ' | sed 's/^kvet:/kvet: /')
	[ -z "$1" ] || [ -n "$output" ] || { echo 'there is no output'; return 1; }
}

# try_example PAGE PROMPT COMMAND OUTPUT [uncompared]: as the page has it; or with any answer.
try_example() {
	local page=$1 prompt=$2 command=$3 documented=$4 wanted last

	case $command in 'cat '*)
		printf '%s' "$documented" >"${command#cat }"
		return
		;;
	esac
	wanted=$(implied "$prompt" "$command" "$(grep . <<<"$documented")")
	start "$prompt" "$command"
	[ -z "${5-}" ] || wanted='[013]' documented=''
	if without_kprobes "$documented" && [ -e /sys/bus/event_source/devices/kprobe ]; then
		wanted='[013]' documented=''
	fi
	last=$(tail -n 1 "$STATUSES")
	# What calls no kvet shows what another command made.
	[ -n "$last" ] || last=$status
	# No call is wrong use, and the last one is what the page says: a pattern.
	# shellcheck disable=SC2053
	if grep -qvx '[013]' "$STATUSES" || [[ $last != $wanted ]]; then
		echo "the page has status $wanted, and not $last:"
		echo "$output"
		return 1
	fi
	agrees "$page" "$documented" "$output" && said "$documented"
}

# plan_example PAGE PROMPT COMMAND: the same with --plan, which reads all options and attaches nothing.
plan_example() {
	local planned=${3/kvet trace/kvet trace --plan}

	[ "$planned" != "$3" ] || { echo 'not a command line of kvet trace'; return 1; }
	start "$2" "$planned"
	case $(tail -n 1 "$STATUSES") in
	0) return ;;
	1) without_kprobes "$output" && return ;;
	esac
	echo "with --plan, the status is neither 0, nor 1 on a kernel without kprobes:"
	echo "$output"
	return 1
}

# try_all PAGE...: all examples; on stderr, those that failed, with the reasons.
try_all() {
	local page prompt line command documented first way failed=0

	while IFS=$'\037' read -r page prompt line command documented; do
		first=${command%%$'\036'*}
		command=$(lines "$command") documented=$(lines "$documented")
		way=$(exception "$page" "$first")
		case $way in
		'') try_example "$page" "$prompt" "$command" "$documented" ;;
		plan) plan_example "$page" "$prompt" "$command" ;;
		output) try_example "$page" "$prompt" "$command" "$documented" uncompared ;;
		not) ;;
		*) echo "$EXCEPTIONS: $page: '$way' is no way to run an example"; false ;;
		esac >"$BATS_TEST_TMPDIR/reasons" && continue
		echo "man/$page:$line: $first"
		cat "$BATS_TEST_TMPDIR/reasons"
		failed=1
	done < <(examples "$@")
	return $failed
}

@test "each example of a manual page runs as the page says" {
	case $(uname -m) in x86_64) ;; *) skip "the examples are from x86-64" ;; esac
	[ "$(cat /proc/sys/kernel/unprivileged_bpf_disabled)" -ne 0 ] || skip "bpf(2) is for all"
	furnish
	try_all "$MAN"/kvet*.[78]
}

@test "each exception is an example of a page, and has its reason" {
	local page way first reason

	while IFS=$'\t' read -r page way first reason; do
		[ -n "$reason" ] || { echo "no reason: $page: $first"; return 1; }
		examples "$MAN/$page" | cut -d $'\037' -f 4 | tr '\036' '\n' | grep -qxF -- "$first" ||
			{ echo "$page has no such example: $first"; return 1; }
	done < <(grep -v '^#' "$EXCEPTIONS")
}

@test "each page has an example, and each literal block of its examples a command" {
	local page blocks

	for page in "$MAN"/kvet*.[78]; do
		[ -n "$(examples "$page")" ] || { echo "$page: no example"; return 1; }
		blocks=$(examples "$page" | awk -F'\037' '$2 == "script" && $4 !~ /kvet /')
		[ -z "$blocks" ] || { echo "a block without a command: $blocks"; return 1; }
	done
}

# told PAGE-LINE...: a page with these lines as its only block is tried; exceptions: none.
told() {
	EXCEPTIONS=/dev/null
	printf '%s\n' '.Sh EXAMPLES' '.Bd -literal' "$@" '.Ed' >"$ROOM/kvet-told.8"
	run try_all "$ROOM/kvet-told.8"
}

@test "an example that differs from its page is found" {
	furnish
	told '$ kvet --list-commands' 'trace'
	[ "$status" -eq 0 ]
	# A status, an option that is no more, a heading, a key, a message, an output that there is not.
	told '$ kvet ksyms diff before before; echo $?' 1
	[ "$status" -eq 1 ]
	told '$ kvet ksyms diff --no-such-option before before'
	[ "$status" -eq 1 ]
	holds "$output" 'kvet-told.8:3: kvet ksyms diff --no-such-option before before'
	told '$ kvet ksyms diff before after; echo $?' 'CHANGE  COLOUR' 1
	[ "$status" -eq 1 ]
	told '$ kvet ksyms diff before before' 'no_such_key: 1'
	[ "$status" -eq 1 ]
	told '$ kvet ksyms diff -p before before' '  "no_such_key": 1'
	[ "$status" -eq 1 ]
	told '$ kvet ksyms diff before before' 'kvet: before: changed'
	[ "$status" -eq 1 ]
	told 'kvet ksyms diff before no-such-file || exit' 'kvet ksyms diff -9'
	[ "$status" -eq 1 ] || show
}
