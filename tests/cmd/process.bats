#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2154
# The process itself: closed descriptors, set-user-ID, signals, inputs that ask nothing.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	TABLE=$DATA/ksyms/kallsyms
	cd "$BATS_TEST_TMPDIR" || return
}

# A command line for each command that answers without privilege, and its status.
commands=(
	'0 ksyms lookup --kallsyms $TABLE vfs_read'
	'0 ksyms duplicates --kallsyms $TABLE'
	'0 ksyms diff $TABLE $TABLE'
	'0 clock convert --clock tai 2026-11-27T03:00:00Z'
	'0 --version'
	'0 --list-commands'
	'0 help'
	'0 help ksyms lookup'
)

# with COMMAND-LINE REDIRECTIONS: runs one of them; the status is kvet's.
with() {
	local TABLE=$TABLE KVET=$KVET

	eval "\"\$KVET\" ${1#* } $2"
}

@test "a closed standard output is a write error, never a lost answer" {
	local command

	for command in "${commands[@]}"; do
		expect 3 with "$command" '>&-'
		holds "$stderr" "cannot write the output"
		expect 3 with "$command" '<&- >&-'
		holds "$stderr" "cannot write the output"
		expect 3 with "$command" '<&- >&- 2>&-'
		expect 3 with "$command" '>&- 2>&-'
	done
}

@test "with --quiet nothing is written, and a closed standard output is none of its business" {
	expect 0 with '0 ksyms lookup -q --kallsyms $TABLE vfs_read' '<&- >&- 2>&-'
	expect 1 with '1 ksyms lookup -q --kallsyms $TABLE nosuch' '<&- >&- 2>&-'
}

@test "a closed standard error loses no answer" {
	local command

	for command in "${commands[@]}"; do
		with "$command" >all
		expect 0 with "$command" '<&- 2>&-'
		[ "${command#* clock}" != "$command" ] || [ "$output" = "$(<all)" ]
		[ -s all ]
	done
}

@test "a closed standard input cannot be read: no hang, no other file in its place" {
	local command

	for command in 'ksyms lookup -' 'ksyms lookup --file -' 'ksyms lookup --symbolize' \
		'ksyms lookup --kallsyms - vfs_read' 'ksyms diff - $TABLE' 'clock convert -'; do
		expect 3 timeout 20 bash -c "TABLE=$TABLE; exec \"$KVET\" $command <&-"
		[ -n "$stderr" ]
	done
}

# bats test_tags=plain
@test "no file that kvet opens takes the number of a closed descriptor" {
	for closed in '<&-' '>&-' '2>&-' '<&- >&- 2>&-'; do
		eval "strace -f -o calls -e trace=openat,open \"\$KVET\" ksyms lookup -q --kallsyms \
			\"\$TABLE\" vfs_read $closed"
		# All that stands there is kvet's own stand-in.
		run ! grep -E ' = [012]$' <(grep -v '"/dev/null"' calls | sed '1,/kallsyms/!d' |
			grep -E 'kallsyms|/proc|/sys')
	done
	grep -q 'kallsyms' calls
}

@test "an input of queries that holds none: status 1, and it says so" {
	local command

	for command in 'ksyms lookup --kallsyms $TABLE -' \
		'ksyms lookup --kallsyms $TABLE --file empty' 'clock convert'; do
		: >empty
		expect 1 with "1 $command" '</dev/null'
		holds "$stderr" "nothing was asked"
	done
}

# bats test_tags=plain
@test "a set-user-ID kvet refuses to run" {
	[ "$(id -u)" = 0 ] || skip "giving a file to another user requires root"
	local folder

	folder=$(mktemp -d)
	chmod 755 "$folder"
	cp "$KVET" "$folder/kvet"
	for bit in 4755 2755; do
		chown 0:0 "$folder/kvet"
		chmod $bit "$folder/kvet"
		run --separate-stderr as_nobody "$folder/kvet" --version
		[ "$status" -eq 3 ] || { rm -r "$folder" && show && false; }
		[ -z "$output" ]
		holds "$stderr" "set-user-ID"
	done
	rm -r "$folder"
}

@test "a signal: the document is closed, and says that the answer is incomplete" {
	mkfifo never
	"$KVET" ksyms lookup -j --kallsyms "$TABLE" - vfs_read <never >out 2>err &
	local pid=$!
	exec 7>never
	echo vfs_read >&7
	# What it answers shows at once: then it reads on, and watches for signals.
	until [ -s out ]; do sleep 0.05; done
	kill -TERM "$pid"
	run wait "$pid"
	exec 7>&-
	[ "$(jq -r .status out)" = interrupted ]
}

@test "characters that hide or turn text are escaped in text, and stay what they are in JSON" {
	expect 1 "$KVET" ksyms lookup --kallsyms "$TABLE" $'vfs\u202e_read\u200b'
	holds "$stderr" 'vfs\xe2\x80\xae_read\xe2\x80\x8b'
	expect 1 "$KVET" ksyms lookup -j --kallsyms "$TABLE" $'vfs\u202e_read'
	json '.summary.unmatched == ["vfs\u202e_read"]'
	expect 2 "$KVET" $'--\e[31mred'
	lacks "$stderr" $'\e'
}
