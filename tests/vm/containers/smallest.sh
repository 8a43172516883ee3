#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Each row of kvet(8)'s table of smallest sets, in a container with exactly these capabilities; and
# with each one taken away it is refused, with the cause that is right.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions
# shellcheck disable=SC2034 # contained() reads the variables

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/container.sh
. tests/vm/lib/container.sh

container_root
paranoid=/proc/sys/kernel/perf_event_paranoid
echo 1 >/proc/sys/kernel/kptr_restrict

# without LIST NAME: the list, but for the name.
without() {
	for each in $1; do [ "$each" = "$2" ] || printf '%s ' "$each"; done
}

# row NAME CAPABILITIES COMMAND: answers with all of them, and without each is told which.
row() {
	title=$1 all=$2
	shift 2
	check "$title: with exactly $all" contained "$all" "$@"
	for one in $all; do
		upper=CAP_$(echo "$one" | tr "[:lower:]" "[:upper:]")
		capture contained "$(without "$all" "$one")" "$@"
		passed=1
		[ "$status" -eq 3 ] && printf '%s\n' "$output" | grep -q "${upper}[A-Z_, ]* missing" && passed=0
		result $passed "$title: without $one it is undetermined, and $upper is named"
		printf '%s\n' "$output" | grep -q "try: .*--cap-add $(echo "$one" | tr "[:lower:]" "[:upper:]")"
		result $? "$title: and how to give it"
	done
}

# seen REGEX: in the last output, as the next check.
seen() {
	printf '%s\n' "$output" | grep -Eq -e "$1"
	result $? "$2"
}

echo 2 >$paranoid
# shellcheck disable=SC2016 # the container's shell expands it
convert='kvet clock convert -q "$(cut -d. -f1 /proc/uptime)000000000"'
ln -sf busybox $bundle/root/bin/cut
check 'clock convert: without any' contained '' "$convert"
check_status 0 'ksyms: names without any' contained '' 'kvet ksyms lookup -q vfs_read || [ $? = 3 ]'

if [ "$(uname -r | cut -d. -f1)" -gt 5 ]; then
	row 'clock compare' 'bpf' 'kvet clock compare'
	row 'clock source' 'bpf perfmon' 'kvet clock source'
	row 'probe' 'bpf perfmon' 'kvet probe helpers -t kprobe -t tracing ktime_get_ns'
	row 'probe, the network' 'bpf net_admin' 'kvet probe helpers -t xdp ktime_get_ns'
	row 'trace' 'bpf perfmon syslog' 'kvet trace --duration 1ms vfs_read'

	uid=65534
	check 'trace: a user other than root, with ambient ones' contained 'bpf perfmon syslog' \
		'kvet trace --duration 1ms vfs_read'
	seen 'ARMED and HOW are not known: .*/sys/kernel/debug/kprobes/list' \
		'trace: what debugfs would tell is said to be left out'
	bounding='bpf perfmon'
	check_status 3 'not effective, though in the bounding set' contained '' \
		'kvet probe helpers -t kprobe ktime_get_ns'
	seen 'CAP_BPF, CAP_PERFMON missing: not effective, though in the bounding set' 'that is said'
	seen 'try: run the container with --user 0' 'and what makes them effective'
	bounding='' uid=0
fi
row 'ksyms lookup' 'syslog' 'kvet ksyms lookup --source text vfs_read'
check 'trace on 5.10 and later' contained 'sys_admin syslog' 'kvet trace --duration 1ms vfs_read'

# ---- Debian's perf_event_paranoid of 3

echo 3 >$paranoid
if [ "$(cat $paranoid)" = 3 ] && kvet trace -q --backend multi --duration 1ms vfs_read; then
	check 'paranoid 3: kprobe_multi is taken' contained 'bpf perfmon syslog' \
		'kvet trace --duration 1ms vfs_read'
	seen 'using multi instead of the kprobe PMU: .*EACCES.*kernel.perf_event_paranoid=3' 'and why'
	check 'paranoid 3: --plan says so before' contained 'bpf perfmon syslog' 'kvet trace --plan vfs_read'
	seen 'using multi instead of the kprobe PMU: .*EACCES.*kernel.perf_event_paranoid=3' 'and why'
	check 'paranoid 3: and ksyms lookup --attachable' contained 'bpf perfmon syslog' \
		'kvet ksyms lookup --attachable vfs_read'
	check_status 3 'paranoid 3: what only a probe of its own can take is undetermined' \
		contained 'bpf perfmon syslog' 'kvet trace --plan vfs_read+4'
	seen 'kernel.perf_event_paranoid=3: above 2.*tracefs: ' 'with what was tried, all of it'
	check_status 3 'paranoid 3: as it is when it is armed' \
		contained 'bpf perfmon syslog' 'kvet trace --duration 1ms vfs_read+4'
	check_status 3 'paranoid 3: the PMU alone' contained 'bpf perfmon syslog' \
		'kvet trace --backend pmu --duration 1ms vfs_read'
	seen 'kernel.perf_event_paranoid=3: above 2' 'the sysctl is the cause'
	seen 'try: on the host: sysctl kernel.perf_event_paranoid=2; or run the container with --cap-add SYS_ADMIN' 'and the remedy'
	check 'paranoid 3: an admin needs no other way' contained 'sys_admin syslog' \
		'kvet trace --duration 1ms vfs_read'
	printf '%s\n' "$output" | grep -q 'using multi'
	result $((1 - $?)) 'and takes none'
fi
echo 2 >$paranoid

# ---- files

mounts=$(bind /sys/kernel/tracing rw)
check 'tracefs: read-write' contained 'sys_admin syslog' 'kvet trace --backend tracefs --duration 1ms vfs_read'
mounts=$(bind /sys/kernel/tracing ro)
check_status 3 'tracefs: read-only' contained 'sys_admin syslog' \
	'kvet trace --backend tracefs --duration 1ms vfs_read'
seen 'EROFS' 'the mount is named'
seen 'try: run the container with -v /sys/kernel/tracing:/sys/kernel/tracing:rw' 'and how to have it'
mounts=$(bind /sys/kernel/debug ro)
check 'what is armed: with debugfs' contained 'sys_admin syslog' 'kvet trace -j --duration 1ms vfs_read'
printf '%s\n' "$output" | grep -q 'are not known'
result $((1 - $?)) 'and nothing is left out'
mounts=$(bind /sys/kernel/debug ro)$(bind /sys/kernel/tracing ro)
check 'ksyms --attachable: with both' contained 'syslog dac_read_search' \
	'kvet ksyms lookup --attachable vfs_read'
mounts=''

capture contained 'sys_admin' 'kvet clock compare -v'
seen 'masked by the container.s runtime: /dev/null is mounted over it' 'timer_list: masked'
masked='"/proc/kallsyms",'
check_status 3 'kallsyms: masked' contained 'syslog' 'kvet ksyms lookup vfs_read'
seen '/proc/kallsyms: masked by the container.s runtime: /dev/null is mounted over it' 'is called so'
seen 'try: run the container with --security-opt systempaths=unconfined' 'and how to have it'
capture contained 'sys_admin syslog' 'kvet ksyms lookup -q --source iter vfs_read'
if [ "$status" -eq 0 ]; then
	check 'kallsyms masked: ksyms reads the iterator' contained 'sys_admin syslog' \
		'kvet ksyms lookup vfs_read'
	check 'kallsyms masked: and so does trace' contained 'sys_admin syslog' \
		'kvet trace --duration 1ms vfs_read'
else
	check_status 3 'kallsyms masked: no other source, for trace' contained 'sys_admin syslog' \
		'kvet trace --duration 1ms vfs_read'
	seen 'masked by the container.s runtime' 'and it says the same'
fi
masked=''
mounts=$(bind /proc ro /host/proc)
check '--sysroot: the table of the host' contained 'syslog' 'kvet ksyms lookup --sysroot /host vfs_read'
mounts=''

plan
