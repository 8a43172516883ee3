#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2154
# What each command keeps of root's capabilities, against the table of kvet(8); that it is enough;
# and that each of the smallest sets is: see tests/vm/containers for those of trace.

setup() {
	. "$BATS_TEST_DIRNAME/../cmd/lib.bash"
	TABLE=$DATA/ksyms/kallsyms
	PAGE=$BATS_TEST_DIRNAME/../../man/kvet.8
	cd "$BATS_TEST_TMPDIR" || return
}

# kept COMMAND: the capabilities that the page gives it and that this shell has, a line each.
kept() {
	local held

	held=$(capsh --decode="$(awk '$1 == "CapPrm:" { print $2 }' /proc/self/status)" |
		sed 's/.*=//' | tr ',' '\n' | sed 's/^cap_//' | tr '[:lower:]' '[:upper:]')
	sed -n '/^\.Sh CAPABILITIES/,/^\.Sh /p' "$PAGE" | sed -n "s/^\.It $1 Ta //p" |
		tr -d ' ' | tr ',' '\n' | grep -xF "$held" | sort
}

# sets COMMAND...: what the kernel was asked to leave, the last time: permitted, as a number.
sets() {
	strace -f -qq -e trace=capset,prctl -o calls "$@" >/dev/null 2>err || :
	grep -c 'PR_SET_NO_NEW_PRIVS, 1' calls >privileges
	# The other thread may come in between, which cuts strace's line in two, behind the sets.
	sed -n 's/.* capset(.*permitted=\([^,]*\), inheritable=\([^}]*\)}.*/\1 \2/p' calls
}

# names FLAGS: strace's words for a set, a line each.
names() {
	tr '|' '\n' <<<"$1" | sed 's/^1<<//; s/^CAP_//' | grep -vx 0 | sort
}

@test "each command leaves itself what kvet(8) says, and no way to gain more" {
	local command line like number=0

	# A batch keeps what its lines may use.
	echo 'clock source' >lines.kvet
	while IFS= read -r command; do
		like=${command/#batch/clock source}
		# shellcheck disable=SC2086 # words
		case $command in
		'ksyms lookup' | trace) set -- $command vfs_read ;;
		'ksyms diff') set -- $command "$TABLE" ;;
		'probe diff') set -- $command "$TABLE" live ;;
		'probe helpers') set -- $command -t kprobe ktime_get_ns ;;
		'clock convert') set -- $command 5 ;;
		'object check') set -- $command "$TABLE" ;;
		batch) set -- $command lines.kvet ;;
		completion) set -- $command bash ;;
		*) set -- $command ;;
		esac
		sets "$KVET" "$@" >asked
		[ "$(<privileges)" -ge 1 ]
		# The first is the command's own; later ones are less.
		line=$(grep -v '^0 ' asked | head -n 1)
		[ -n "$line" ] || line=$(head -n 1 asked)
		diff <(names "${line% *}") <(kept "$like")
		[ "${line#* }" = 0 ]
		number=$((number + 1))
	done < <("$KVET" --list-commands)
	[ "$number" -ge 8 ]
}

@test "a file that the user names is parsed without any, in every thread" {
	local command pid

	for command in 'ksyms lookup --kallsyms pipe vfs_read' 'ksyms duplicates --kallsyms pipe' \
		"ksyms diff $TABLE pipe" 'ksyms diff pipe'; do
		rm -f pipe && mkfifo pipe
		# shellcheck disable=SC2086 # words
		"$KVET" -q $command &
		pid=$!
		exec 7>pipe
		# Half a line: it waits for the other half, with all threads there are.
		printf 'ffffffff81000000 T _te' >&7
		until [ "$(awk '$1 == "CapPrm:" { print $2 }' /proc/$pid/status)" = 0000000000000000 ]; do
			kill -0 $pid
			sleep 0.05
		done
		# The others lose theirs before they do anything; a busy machine lets them get there.
		for _ in {1..600}; do
			cat /proc/$pid/task/*/status >status
			! grep -qE '^Cap(Inh|Prm|Eff|Amb):.*[1-9a-f]' status || { sleep 0.1 && continue; }
			break
		done
		exec 7>&-
		wait $pid || :
		[ "$(grep -c '^NoNewPrivs:.1$' status)" -ge 1 ]
		run -0 grep -cE '^Cap(Inh|Prm|Eff|Amb):.0000000000000000$' status
		[ "$output" -eq $((4 * $(grep -c '^NoNewPrivs' status))) ]
	done
}

@test "root may read a file that only its owner may read" {
	mkdir -m 700 theirs
	cp "$TABLE" theirs/table
	echo ffffffff81000180 >theirs/queries
	chmod 600 theirs/*
	chown -R 65534:65534 theirs
	expect 0 "$KVET" ksyms lookup --kallsyms theirs/table vfs_read
	expect 0 "$KVET" ksyms lookup --kallsyms theirs/table --file theirs/queries
	holds "$output" vfs_read
	expect 0 "$KVET" ksyms lookup --kallsyms theirs/table --symbolize --file theirs/queries
	expect 1 "$KVET" ksyms lookup --kallsyms theirs/table nosuch
	expect 0 "$KVET" ksyms diff theirs/table "$TABLE"
	expect 0 "$KVET" ksyms duplicates -q --kallsyms theirs/table
}

# as_user SETS COMMAND...: a user who holds these capabilities (ambient) and no other.
as_user() {
	local sets=-all,$1
	shift
	setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps="$sets" --ambient-caps="$sets" \
		-- "$@"
}

@test "each command's smallest set is enough, and each capability less is too few" {
	local rows=0 set command less

	cp "$KVET" kvet && chmod 755 . kvet
	while IFS='|' read -r set command; do
		# shellcheck disable=SC2086 # words
		expect 0 as_user "$set" "$PWD/kvet" -q $command
		rows=$((rows + 1))
		[ "$set" != -all ] || continue
		for less in ${set//,/ }; do
			# shellcheck disable=SC2086
			run --separate-stderr as_user "$(tr ',' '\n' <<<"-all,$set" | grep -vxF "$less" |
				paste -sd, | sed 's/^-all,*//; s/^$/-all/')" "$PWD/kvet" -q $command
			[ "$status" -ne 0 ] || { echo "without $less: $command" && false; }
		done
	done <<-END
		-all|clock convert 5
		-all|ksyms lookup --kallsyms $TABLE vfs_read
		+syslog|ksyms lookup --source text 0xffffffff81000000-0xffffffffffffffff
		+bpf,+perfmon|probe helpers -t kprobe ktime_get_ns
		+bpf,+net_admin|probe helpers -t xdp redirect
		+bpf,+perfmon|clock source
	END
	[ "$rows" -eq 6 ]
}
