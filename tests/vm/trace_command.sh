#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# A command that kvet starts: it and its children are traced, nothing else, and it has what it would
# have without kvet.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh
# shellcheck source=tests/vm/lib/trace.sh
. tests/vm/lib/trace.sh

# run FILE KVET_ARGUMENT...: runs it to its end.
run() {
	file=$1
	shift
	trace_status=0
	# Both write to it at a time, and sendfile(2), which cat uses, does not lock the offset that they
	# share (kernel: do_sendfile()).
	: >"$file"
	kvet trace -j "$@" >>"$file" 2>"$file.err" || trace_status=$?
	grep '^{' "$file" >"$file.json"
	cat "$file.err"
}

# Somebody else opens files all the time.
while :; do dd if=/etc/passwd of=/dev/null count=1 2>/dev/null; done &
other=$!

# ---- the command alone, from its first system call to its last

run /tmp/own --strings do_sys_openat2 -- cat /etc/passwd
check 'a command: status 0' status_is 0
check 'a command: only its events' events_are /tmp/own.json comm cat
check_output '"filename":"/etc/passwd"' 'a command: what it opened' lines /tmp/own.json event
check_output "'cat' ended with status 0" 'a command: its status is noted' cat /tmp/own.err
check 'a command: its status is in the summary' test "$(values /tmp/own.json summary command_status)" = 0
check 'a command: the others are filtered' all_counted /tmp/own.json
check_output '^root:' 'a command: its output goes where kvet'"'"'s goes' cat /tmp/own

# Exactly as often as it happens: kvet's own steps up to execve(2) do not count.
for times in 1 7; do
	run /tmp/exact -c write_null -- dd if=/dev/zero of=/dev/null bs=1 count=$times
	check "exactly $times" test "$(values /tmp/exact.json site counted)" = $times
done

# ---- its children, and theirs

cat >/tmp/family <<'END'
#!/bin/sh
dd if=/etc/passwd of=/dev/null count=1 2>/dev/null
(sh -c 'dd if=/etc/passwd of=/dev/null count=1; exit 0' 2>/dev/null)
dd if=/etc/passwd of=/dev/null count=1 2>/dev/null &
wait
exit 7
END
chmod +x /tmp/family
run /tmp/family.out --strings do_sys_openat2 -- /tmp/family
opened() {
	grep -c '"filename":"/etc/passwd"' /tmp/family.out.json
}
check 'children: each of them, and no other' test "$(opened)" -eq 3
check 'children: status 0 all the same' status_is 0
check 'children: the status of the command' test "$(values /tmp/family.out.json summary command_status)" = 7
# Many, while another process forks, so that tasks are preempted wherever a kernel can preempt them.
cat >/tmp/many <<'END'
#!/bin/sh
i=0
while [ $i -lt 300 ]; do
	(echo >/dev/null)
	i=$((i + 1))
done
END
chmod +x /tmp/many
run /tmp/many.out -c write_null -- /tmp/many
check 'children: every one of 300' test "$(values /tmp/many.out.json site counted)" = 300
# A child that outlives the command is not waited for.
run /tmp/outlive -c do_sys_openat2 -- sh -c 'sleep 30 & exit 3'
check 'a child that outlives it: the trace ends with the command' \
	test "$(values /tmp/outlive.json summary command_status)" = 3

# ---- how it ends

run /tmp/killed -c do_sys_openat2 -- sh -c 'kill -KILL $$'
check 'killed: by which signal' test "$(values /tmp/killed.json summary command_signal)" = KILL
check_output "was ended by SIGKILL" 'killed: noted' cat /tmp/killed.err
run /tmp/cut -c --duration 500ms do_sys_openat2 -- sleep 100
check 'the trace ends first: the command gets SIGTERM' test "$(values /tmp/cut.json summary command_signal)" = TERM
check_output 'SIGTERM, sent because tracing ended' 'the trace ends first: noted' cat /tmp/cut.err
run /tmp/few --count 3 do_sys_openat2 -- /tmp/family
check '--count: as many events' test "$(lines /tmp/few.json event | wc -l)" -eq 3

# ---- what it has

cat >/tmp/has <<'END'
grep -E '^(Cap|Sig(Blk|Ign|Cgt)|NoNewPrivs)' /proc/self/status
ulimit -n
ls /proc/self/fd | wc -l
END
sh -c 'sh /tmp/has >/tmp/has.alone'
: >/tmp/has.traced
run /tmp/has.out -c do_sys_openat2 -- sh -c 'sh /tmp/has >/tmp/has.traced'
check 'rights, signals and limits: as without kvet' cmp /tmp/has.alone /tmp/has.traced
(
	trap '' INT PIPE
	sh -c 'sh /tmp/has >/tmp/has.alone'
	run /tmp/has.out -c do_sys_openat2 -- sh -c 'sh /tmp/has >/tmp/has.traced'
)
check 'ignored signals: stay ignored' cmp /tmp/has.alone /tmp/has.traced
# shellcheck disable=SC2016 # the script expands it
printf 'echo script $1\n' >/tmp/plain
chmod +x /tmp/plain
run /tmp/plain.out -c do_sys_openat2 -- /tmp/plain word
check_output '^script word' 'a script without #!: the shell runs it' cat /tmp/plain.out
printf '#!/no/such/interpreter\n' >/tmp/none
chmod +x /tmp/none
run /tmp/none.out -c do_sys_openat2 -- /tmp/none
check 'what the kernel does not run: status 3' status_is 3
check_output 'execve\(/tmp/none\): ENOENT: No such file or directory' 'what the kernel does not run: the cause' \
	cat /tmp/none.out.err

# ---- with returns, and a namespace

run /tmp/returns --return do_sys_openat2 -- /tmp/family
placed() {
	read -r entered returned inside unreturned <<-END
	$(sums /tmp/returns.json site entered returned inside unreturned)
	END
	echo "entered $entered, returned $returned, inside $inside, unreturned $unreturned"
	[ "$returned" -gt 3 ] && [ "$entered" -eq $((returned + inside + unreturned)) ]
}
check '--return: every call of the tree' placed

kill "$other"
wait "$other" 2>/dev/null

plan
