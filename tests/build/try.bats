#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC2154
# scripts/vm try: the table of several kernels, with a script in the place of the guests.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	try="$BATS_TEST_DIRNAME/../../scripts/vm.d/try"
	printf '\177ELF' >object.bpf.o
	cat >vm <<-'END'
		# exec KERNEL ...: two programs; one of them is refused on 5.10.
		record() {
			printf '{"record":"program","object":"x","program":"%s","verdict":"%s","reason":"%s","cause":%s,"remedy":%s}\n' "$@"
		}
		record plain yes loaded null null
		case $2 in
		5.10)
			record member no relocation '"lacks member \"state\" of struct task_struct"' '"guard it"'
			record newer '?' '?' null null
			exit 1
			;;
		6.1) record member yes loaded null null ;;
		6.12) record member undetermined privilege '"CAP_BPF missing"' null; exit "${HOW:-0}" ;;
		*) exit 125 ;;
		esac
	END
}

@test "programs by kernels, and each cause once" {
	run --separate-stderr sh "$try" "$PWD/vm" object.bpf.o 5.10 6.1 6.12
	[ "${lines[0]}" = 'PROGRAM  5.10            6.1  6.12' ]
	[ "${lines[1]}" = 'plain    yes             yes  yes' ]
	[ "${lines[2]}" = 'member   no: relocation  yes  ?: privilege' ]
	[[ $output == *'member (5.10): lacks member "state" of struct task_struct'* ]]
	[[ $output == *'  try: guard it'* ]]
	[[ $output == *'member (6.12): CAP_BPF missing'* ]]
}

@test "a program that a kernel did not answer has no cell" {
	run --separate-stderr sh "$try" "$PWD/vm" object.bpf.o 6.1 5.10
	[ "${lines[3]}" = 'newer    -    ?: ?' ]
}

@test "the worst status of all kernels" {
	run sh "$try" "$PWD/vm" object.bpf.o 6.1
	[ "$status" -eq 0 ]
	run sh "$try" "$PWD/vm" object.bpf.o 5.10 6.1
	[ "$status" -eq 1 ]
	HOW=3 run sh "$try" "$PWD/vm" object.bpf.o 5.10 6.12
	[ "$status" -eq 3 ]
	run sh "$try" "$PWD/vm" object.bpf.o 4.19 6.1
	[ "$status" -eq 3 ]
}

@test "no such file: wrong use" {
	run sh "$try" "$PWD/vm" nothing.o 6.1
	[ "$status" -eq 2 ]
}

@test "a file of requirements: its lines by kernels" {
	echo 'clock compare' >requirements.kvet
	cat >vm <<-'END'
		# exec KERNEL --file SRC:DEST COMMAND
		case "$2 $5" in
		'5.10 kvet batch --format jsonl /tried')
			echo '{"record":"line","line":1,"command":"clock compare","status":"yes","cause":null,"remedy":null}'
			echo '{"record":"line","line":2,"command":"probe helpers \"x\"","status":"no","cause":"not there","remedy":"update"}'
			exit 1
			;;
		'6.1 kvet batch'*)
			echo '{"record":"line","line":1,"command":"clock compare","status":"undetermined","cause":"who knows","remedy":null}'
			exit 3
			;;
		*) echo 'kvet: /tried: line 1: no such command' >&2; exit 2 ;;
		esac
	END
	run --separate-stderr sh "$try" "$PWD/vm" requirements.kvet 5.10 6.1
	[ "$status" -eq 3 ]
	[ "${lines[0]}" = 'REQUIREMENT        5.10  6.1' ]
	[ "${lines[1]}" = 'clock compare      yes   ?' ]
	[ "${lines[2]}" = 'probe helpers "x"  no    -' ]
	[[ $output == *'probe helpers "x" (5.10): not there'*'  try: update'* ]]
	run --separate-stderr sh "$try" "$PWD/vm" requirements.kvet 6.1 6.12
	[ "$status" -eq 2 ]
	[[ $stderr == *'[6.12] kvet: /tried: line 1: no such command'* ]]
}
