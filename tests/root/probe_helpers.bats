#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# kvet probe helpers on this kernel: the two founding failures, and every missing privilege.

setup() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	. "$BATS_TEST_DIRNAME/../cmd/lib.bash"
	KPROBE=("$KVET" probe helpers -j -t kprobe ktime_get_boot_ns)
}

# Skips where root itself may not load such a program, or has an older kernel than 5.7.
needs_supported() {
	run --separate-stderr "${KPROBE[@]}" -q
	[ "$status" -eq 0 ] || skip "bpf_ktime_get_boot_ns is not supported here, status $status"
}

# Runs it; the status is an answer.
expect_any() {
	run --separate-stderr "$@"
	case $status in
	0 | 1 | 3) return 0 ;;
	esac
	show
	return 1
}

# Its child, which asks libbpf, is not traced: only kvet's own calls fail.
inject() {
	command -v strace >/dev/null || skip "needs strace"
	strace -qq -o /dev/null -e inject=bpf:error=EPERM true 2>/dev/null ||
		skip "strace may not trace here"
	run --separate-stderr strace -qq -o /dev/null -e "inject=bpf:error=$1" "${KPROBE[@]}"
}

@test "bpf_ktime_get_boot_ns in a kprobe is supported, status 0" {
	needs_supported
	expect 0 "${KPROBE[@]}"
	json '.status == "yes" and .errors == []'
	json '.records[0] | .verdict == "supported" and .reason == "loaded" and .errno == null'
	json '.summary | [.supported, .unsupported, .undetermined] == [1, 0, 0]'
}

@test "-q prints nothing" {
	needs_supported
	expect 0 "${KPROBE[@]}" -q
	[ -z "$output$stderr" ]
}

@test "without privilege: undetermined, status 3, even if libbpf says yes" {
	[ "$(cat /proc/sys/kernel/unprivileged_bpf_disabled)" -ne 0 ] || skip "bpf(2) is for all"
	expect 3 as_nobody "${KPROBE[@]}"
	json '.status == "undetermined"'
	json '.records[0] | .verdict == "undetermined" and .errno == "EPERM"
		and .libbpf_return == 1'
	json 'any(.errors[]; .errno == "EPERM" and (.evidence | test("CAP_BPF"))
		and (.remedy | test("CAP_BPF")))'
	holds "$stderr" CAP_BPF
}

@test "without privilege, -q: status 3" {
	[ "$(cat /proc/sys/kernel/unprivileged_bpf_disabled)" -ne 0 ] || skip "bpf(2) is for all"
	expect 3 as_nobody "${KPROBE[@]}" -q
	[ -z "$output$stderr" ]
}

@test "root without CAP_BPF and the like: undetermined, the missing ones are named" {
	expect 3 setpriv --bounding-set=-all --inh-caps=-all "${KPROBE[@]}"
	json '.records[0].verdict == "undetermined"'
	json 'any(.errors[]; .evidence | test("CAP_BPF") and test("CAP_PERFMON"))'
}

@test "bpf(2) that fails with EPERM, ENOMEM, E2BIG or EAGAIN is never a yes or a no" {
	local errno

	for errno in EPERM ENOMEM E2BIG EAGAIN; do
		inject "$errno"
		[ "$status" -eq 3 ] || { show; return 1; }
		json '.records[0].verdict == "undetermined" and .summary.undetermined == 1'
		json '.records[0].errno == $errno' --arg errno "$errno"
		json '.errors | length >= 1'
	done
}

@test "bpf(2) that is not there (ENOSYS), or refuses everything with EINVAL, is never a verdict" {
	local errno

	for errno in ENOSYS EINVAL EACCES EFAULT; do
		inject "$errno"
		[ "$status" -eq 3 ] || { show; return 1; }
		json '.records[0].verdict == "undetermined"'
	done
}

@test "bpf(2) that is interrupted: status 3, no verdict, and the cause says so" {
	inject EINTR
	[ "$status" -eq 3 ] || { show; return 1; }
	json 'all(.records[]; .verdict == "undetermined")'
	json 'any(.errors[]; .errno == "EINTR")'
}

@test "a single call that fails is never a no" {
	local nth errno

	# Which of the programs it hits does not matter.
	for nth in 1 2 3 4 5 6; do
		for errno in EPERM ENOMEM EINVAL EAGAIN E2BIG; do
			inject "$errno:when=$nth"
			json 'all(.records[]; .verdict != "unsupported")'
		done
	done
}

@test "a signal that interrupts the verifier now and then changes no answer" {
	needs_supported
	inject EAGAIN:when=1..4
	[ "$status" -eq 0 ] || { show; return 1; }
	json '.records[0].reason == "loaded"'
	run --separate-stderr strace -qq -o /dev/null -e inject=bpf:error=EAGAIN:when=1..4 \
		"$KVET" clock compare -j
	json 'any(.records[]; .side == "bpf" and .low_ns != null)'
}

# strace cannot follow the threads of kvet and leave the loads in order: one type, one helper.
@test "a call that fails now and then changes no answer into another" {
	local type nth errno honest

	needs_supported
	for type in tracing struct_ops cgroup_sock_addr cgroup_sockopt; do
		expect_any "$KVET" probe helpers -j -t "$type" setsockopt
		honest=$(jq -r '.records[0].verdict' <<<"$output")
		for errno in EPERM EINVAL; do
			for nth in 1 2 3 5 8; do
				run --separate-stderr strace -qq -o /dev/null \
					-e "inject=bpf:error=$errno:when=$nth" \
					"$KVET" probe helpers -j -t "$type" setsockopt
				json 'all(.records[]; .verdict as $v | $v == $honest
					or $v == "undetermined")' --arg honest "$honest"
			done
		done
	done
}

# The same question with bpf(2) refused by the kernel itself, in its own way.
@test "seccomp: a filter's EPERM and ENOSYS are undetermined, and seccomp is named" {
	[ -x "$FAULTS/deny" ] || skip "needs build/tests/faults/deny: make check-root"
	expect 3 "$FAULTS/deny" 1 "$KVET" probe helpers -j -t kprobe -t xdp -t tracing \
		ktime_get_boot_ns
	json 'all(.records[]; .verdict == "undetermined" and .errno == "EPERM")'
	json '(.errors | length) > 0 and all(.errors[]; .evidence
		| test("^a seccomp filter answers bpf with EPERM: the kernel is not asked"))'
	expect 3 "$FAULTS/deny" 38 "$KVET" probe helpers -j -t kprobe -t xdp -t tracing \
		ktime_get_boot_ns
	json 'all(.records[]; .verdict == "undetermined" and .errno == "ENOSYS")'
	json '(.errors | length) > 0 and all(.errors[]; (.remedy | test("seccomp"))
		and (.evidence | test("a seccomp filter answers bpf with ENOSYS")))'
}

# As systemd's SystemCallFilter= does: whoever asks dies, and kvet asks by proxy.
@test "seccomp: a filter that kills or traps is undetermined, and kvet lives to say so" {
	[ -x "$FAULTS/deny" ] || skip "needs build/tests/faults/deny: make check-root"
	for answer in kill trap; do
		expect 3 "$FAULTS/deny" $answer "$KVET" probe helpers -j -t kprobe -t xdp \
			ktime_get_boot_ns
		json '(.records | length) == 2 and all(.records[]; .verdict == "undetermined"
			and .errno == null)'
		json '(.errors | length) > 0 and all(.errors[]; .errno == null and .source
			== "bpf(BPF_MAP_CREATE)" and (.evidence | test("a seccomp filter kills any process .*SYS")))'
		expect 3 "$FAULTS/deny" $answer "$KVET" clock compare -j
		json '.status == "undetermined" and any(.errors[]; .evidence | test("a seccomp filter kills"))'
		expect 0 "$FAULTS/deny" $answer "$KVET" ksyms lookup -j vfs_read
		json '.summary.source == "text" and (.summary.source_reason
			| test("^bpf\\(BPF_MAP_CREATE\\): a seccomp filter kills"))'
	done
}

@test "seccomp: EINVAL for everything does not make a program type missing" {
	[ -x "$FAULTS/deny" ] || skip "needs build/tests/faults/deny: make check-root"
	expect 3 "$FAULTS/deny" 22 "$KVET" probe helpers -j --all -t kprobe
	json 'all(.records[]; .verdict == "undetermined")'
}

# with CAPABILITIES COMMAND...: nobody, with these alone.
with() {
	local caps=$1

	shift
	setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps="-all,$caps" \
		--ambient-caps="-all,$caps" --bounding-set="-all,$caps" "$@"
}

@test "only CAP_BPF: what it may load is answered, the rest names the missing capability" {
	needs_supported
	expect 0 with +bpf "$KVET" probe helpers -j -t socket_filter ktime_get_boot_ns
	# The words of "not for this program type", from a kernel that means the caller.
	expect 3 with +bpf "$KVET" probe helpers -j -t socket_filter get_current_task
	json '.records[0].reason == "not for this program type or privilege missing"'
	json 'any(.errors[]; .evidence | test("CAP_PERFMON missing"))'
	expect 3 with +bpf "$KVET" probe helpers -j -t kprobe ktime_get_boot_ns
	json 'any(.errors[]; .evidence | test("^CAP_PERFMON missing"))'
	expect 3 with +bpf "$KVET" probe helpers -j -t sched_cls ktime_get_boot_ns
	json 'any(.errors[]; .evidence | test("^CAP_NET_ADMIN missing"))'
}

@test "CAP_BPF and CAP_PERFMON: tracing is answered, the network asks for CAP_NET_ADMIN" {
	needs_supported
	expect 0 with +bpf,+perfmon "${KPROBE[@]}"
	expect 0 with +bpf,+perfmon "$KVET" probe helpers -j -t socket_filter get_current_task
	expect 3 with +bpf,+perfmon "$KVET" probe helpers -j -t kprobe probe_write_user
	json 'any(.errors[]; .evidence | test("CAP_SYS_ADMIN missing"))'
	expect 3 with +bpf,+perfmon "$KVET" probe helpers -j -t xdp ktime_get_boot_ns
	json 'any(.errors[]; .evidence | test("^CAP_NET_ADMIN missing"))'
}

@test "a user namespace: its root has no privilege for bpf(2), and the cause says so" {
	unshare -Ur true 2>/dev/null || skip "no user namespaces here"
	expect 3 unshare -Ur "${KPROBE[@]}"
	json 'any(.errors[]; .evidence | test("user namespace"))'
}

@test "without privilege the kernel's BTF still says that it knows the helper" {
	[ -r /sys/kernel/btf/vmlinux ] || skip "this kernel has no BTF"
	[ "$(cat /proc/sys/kernel/unprivileged_bpf_disabled)" -ne 0 ] || skip "bpf(2) is for all"
	expect 3 as_nobody "${KPROBE[@]}"
	json '.records[0] | .verdict == "undetermined" and .btf == true and .disagree == false'
	json '.summary.libbpf_unfounded == 1'
}

@test "the whole matrix: every undetermined answer names its cause" {
	needs_supported
	expect_any "$KVET" probe helpers --all -j
	json 'all(.records[] | select(.verdict == "undetermined");
		.reason == "not permitted" or .reason == "not for the targets tried")'
	json '.summary.disagreements == 0'
	json 'all(.errors[]; .evidence != null and .remedy != null)'
	# A refusal is in words that are known, or of a type that is not there.
	json 'all(.records[] | select(.verdict == "unsupported");
		.log != null or (.reason | test("absent$|: CONFIG_[A-Z0-9_]+ is not set$")))'
	json 'all(.records[] | select(.verdict == "supported"); .reason == "loaded" or .log != null)'
}

@test "the matrix is the same with a question at a time" {
	local matrix one

	needs_supported
	expect_any "$KVET" probe helpers --all -t kprobe -t cgroup_sock_addr -j
	matrix=$(jq -c '.records[] | [.helper, .type, .verdict, .reason, .variant]' <<<"$output")
	one=$(for helper in ktime_get_ns setsockopt bind copy_from_user get_func_ip sk_storage_get; do
		for type in kprobe cgroup_sock_addr; do
			"$KVET" probe helpers -j -t $type $helper |
				jq -c '.records[] | [.helper, .type, .verdict, .reason, .variant]'
		done
	done)
	while read -r line; do
		holds "$matrix" "$line"
	done <<<"$one"
}

# On one processor there are no threads: each call and its result are one line.
@test "equal attempts of different questions are loaded once" {
	local calls=$BATS_TEST_TMPDIR/calls

	command -v strace >/dev/null || skip "needs strace"
	needs_supported
	run --separate-stderr taskset -c "$(taskset -cp $$ | sed 's/.*[:,-] *//')" \
		strace -qq -v -e trace=bpf -o "$calls" "$KVET" probe helpers --all -q
	[ "$(grep -c '^bpf(BPF_PROG_LOAD, .* = -\?[0-9]' "$calls")" -gt 2000 ]
	# A refusal without a verifier message may be a passing one: it is asked for again.
	sed -n '/^bpf(BPF_PROG_LOAD/{ / = -1 .*/{ /log_buf=""/d; }; s/ = .*//; s/log_buf="[^"]*"//; p; }' \
		"$calls" | sort | uniq -d >"$BATS_TEST_TMPDIR/twice"
	[ ! -s "$BATS_TEST_TMPDIR/twice" ] || { head -n 5 "$BATS_TEST_TMPDIR/twice"; return 1; }
}

@test "each variant has controls of its own" {
	local calls=$BATS_TEST_TMPDIR/calls

	command -v strace >/dev/null || skip "needs strace"
	needs_supported
	run --separate-stderr strace -f -qq -e trace=bpf -o "$calls" \
		"$KVET" probe helpers -q -t 'cgroup_sock_addr/*' ktime_get_ns
	for length in 2 3; do
		[ "$(grep -E "prog_type=BPF_PROG_TYPE_CGROUP_SOCK_ADDR, insn_cnt=$length" "$calls" |
			grep -oE 'expected_attach_type=\w+' | sort -u | wc -l)" -ge 12 ]
	done
}

@test "the attach type matters: setsockopt is for one of a sockopt program's two" {
	needs_supported
	expect 1 "$KVET" probe helpers -j -t 'cgroup_sockopt/*' setsockopt
	json '[.records[] | [.variant, .verdict]] == [["getsockopt", "unsupported"],
		["setsockopt", "supported"]]'
	expect 0 "$KVET" probe helpers -j -t cgroup_sockopt setsockopt
	json '.records[0].variant == "setsockopt"'
}

@test "types that require a target get one from the kernel's BTF" {
	[ -r /sys/kernel/btf/vmlinux ] || skip "this kernel has no BTF"
	needs_supported
	expect 0 "$KVET" probe helpers -j -t tracing/iter -t tracing/raw_tp \
		-t struct_ops/tcp_congestion_ops ktime_get_ns
	json '[.records[].target] == ["bpf_iter_task", "btf_trace_sched_switch",
		"tcp_congestion_ops.ssthresh"]'
	expect_any "$KVET" probe helpers -j -t fentry -t lsm -t ext ktime_get_ns
	json 'all(.records[]; .verdict == "supported" or .reason == "not permitted")'
}

@test "without BTF such types are undetermined, and the missing file is named" {
	expect 3 "$KVET" probe helpers --sysroot "$BATS_TEST_TMPDIR" -j -t tracing/raw_tp ktime_get_ns
	json '.records[0].reason == "no suitable target found"'
	json 'any(.errors[]; .evidence | test("/sys/kernel/btf/vmlinux"))'
}

@test "a lock in an object of bpf_obj_new is in no map: tracepoint and perf_event may take it" {
	needs_supported
	grep -qw bpf_obj_new_impl /proc/kallsyms || skip "this kernel has no bpf_obj_new"
	expect 0 "$KVET" probe helpers -j -t tracepoint -t perf_event spin_lock spin_unlock
	json '[.records[] | [.verdict, .argument]] ==
		[range(4) | ["supported", "object of bpf_obj_new"]]'
	json 'all(.records[]; .reason == "loaded")'
}

@test "the kind of map that was taken is named" {
	needs_supported
	expect_any "$KVET" probe helpers -j -t sched_cls map_push_elem ringbuf_output sk_storage_get \
		spin_lock timer_init get_stackid ktime_get_ns
	json '[.records[].argument] == ["queue", "ringbuf", "sk_storage",
		"array with a bpf_spin_lock", "array with a bpf_timer", null, null]'
}

@test "an option that the kernel is built without is named, and is a no for everyone" {
	local reason='not for this program type: CONFIG_BPF_KPROBE_OVERRIDE is not set'

	needs_supported
	zcat /proc/config.gz 2>/dev/null | cat - "/boot/config-$(uname -r)" 2>/dev/null |
		grep -q '^CONFIG_BPF_EVENTS=y' || skip "the configuration cannot be read"
	! zcat /proc/config.gz 2>/dev/null | cat - "/boot/config-$(uname -r)" 2>/dev/null |
		grep -q '^CONFIG_BPF_KPROBE_OVERRIDE=y' || skip "this kernel has the option"
	expect 1 "$KVET" probe helpers -j -t kprobe -t xdp -t ext override_return
	json '[.records[].verdict] == ["unsupported", "unsupported", "unsupported"]
		or .records[2].reason == "not permitted"'
	json '.records[0].reason == $reason' --arg reason "$reason"
	json '.records[0].evidence | test("CONFIG_BPF_KPROBE_OVERRIDE is not")'
	json '.records[1].reason == "not for this program type"'
	[ "$(cat /proc/sys/kernel/unprivileged_bpf_disabled)" -ne 0 ] || return 0
	expect 1 as_nobody "$KVET" probe helpers -j -t kprobe override_return
	json '.records[0].reason | test("^not built into this kernel: CONFIG_BPF_KPROBE_OVERRIDE")'
	expect 1 as_nobody "$KVET" probe helpers -q -t kprobe override_return
}

@test "a lockdown is read where securityfs is not mounted, and nothing is mounted by it" {
	local before after

	[ ! -e /sys/kernel/security/lsm ] || skip "securityfs is mounted"
	needs_supported
	before=$(cat /proc/self/mountinfo)
	expect 1 "$KVET" probe helpers -j --full -t xdp probe_write_user
	after=$(cat /proc/self/mountinfo)
	json '.records[0].evidence | test("lockdown is (integrity|confidentiality)")
		or test("cannot use helper bpf_probe_write_user#36$")'
	[ "$before" = "$after" ]
	# Who may not mount it does not know.
	expect 3 setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin \
		"$KVET" probe helpers -j --full -t xdp probe_read_kernel probe_write_user
}

@test "attachable: tried, with the call that was refused" {
	needs_supported
	expect_any "$KVET" probe helpers -j -t tracing/raw_tp -t tracing/iter -t xdp ktime_get_ns
	json '[.records[] | [.attachable, .attach_cause]] == [[true, null], [true, null], [null, null]]'
	# Loads, but its iterator holds a lock that nothing may sleep under.
	expect_any "$KVET" probe helpers -j --sleepable -t tracing/iter_tcp ktime_get_ns
	json '.records[0] | .verdict != "supported" or .attachable == true
		or (.attach_cause | test("^bpf.BPF_LINK_CREATE.: EINVAL"))'
}

@test "attachable: a program that cannot be attached may still be loaded" {
	local errno expected nth

	command -v strace >/dev/null || skip "needs strace"
	needs_supported
	# Which of the calls it is: the last, before those of the second helper.
	nth=$(strace -e trace=bpf "$KVET" probe helpers -t tracing/raw_tp ktime_get_ns get_current_task \
		2>&1 | grep '^bpf(' | grep -n RAW_TRACEPOINT_OPEN | cut -d: -f1)
	for errno in EOPNOTSUPP=false EPERM=null EBUSY=null; do
		expected=${errno#*=} errno=${errno%=*}
		run --separate-stderr strace -qq -o /dev/null -e "inject=bpf:error=$errno:when=$nth" \
			"$KVET" probe helpers -j -t tracing/raw_tp ktime_get_ns get_current_task
		json '[.records[] | [.verdict, (.attachable | tostring)]] ==
			[["supported", $e], ["supported", $e]]' --arg e "$expected"
		json '.records[0].attach_cause | test($e)' --arg e "RAW_TRACEPOINT_OPEN.: $errno"
	done
}

@test "a helper whose map is refused is not supported: bpf_spin_lock in tracing programs" {
	needs_supported
	expect 1 "$KVET" probe helpers -j -t kprobe -t socket_filter -t sched_cls spin_lock
	json '[.records[].verdict] == ["unsupported", "unsupported", "supported"]'
	json '.records[1].log | test("cannot use bpf_spin_lock yet")'
	json '.records[1].reason == "refused with every map that it takes"'
}

@test "a lockdown that cannot be read is not taken for none, unless a program is offered more" {
	local root=$BATS_TEST_TMPDIR

	needs_supported
	# A kprobe gets the helper here: then its refusal to others means what it says.
	expect 1 "$KVET" probe helpers --sysroot "$root" -j -t kprobe -t xdp probe_read
	json '[.records[].verdict] == ["supported", "unsupported"]'
	mkdir -p "$root/sys/kernel/security"
	echo 'none [integrity] confidentiality' >"$root/sys/kernel/security/lockdown"
	expect 1 "$KVET" probe helpers --sysroot "$root" -j -t xdp probe_write_user
	json '.records[0] | .verdict == "unsupported"
		and .reason == "not for this program type or locked down"'
	json '.records[0].evidence | test("lockdown is integrity")'
}

@test "thousands of undetermined answers with one reason make one line" {
	expect 3 with +bpf "$KVET" probe helpers --all
	[ "$(grep -c '^kvet: ' <<<"$stderr")" -le 12 ]
	holds "$stderr" "more answers like this one"
}

@test "--sleepable: what may sleep is for sleepable programs" {
	needs_supported
	expect 1 "$KVET" probe helpers -j -t tracing/iter -t xdp copy_from_user
	json '[.records[].reason] == ["only in sleepable programs",
		"only in sleepable programs, which this type does not support"]'
	expect_any "$KVET" probe helpers -j --sleepable -t tracing/iter -t xdp copy_from_user
	json '.records[0].verdict == "supported"'
	json '.records[1].reason == "this program type cannot be sleepable"'
}

@test "no warning in the kernel's log, unless --full" {
	dmesg >/dev/null 2>&1 || skip "the kernel's log cannot be read"
	before=$(dmesg | grep -cE 'trace_printk|corrupt user memory') || :
	expect_any "$KVET" probe helpers --all -q
	after=$(dmesg | grep -cE 'trace_printk|corrupt user memory') || :
	[ "$before" = "$after" ]
}

@test "RLIMIT_MEMLOCK is as before" {
	run bash -c 'ulimit -l; "$1" probe helpers -q --all; ulimit -l' - "$KVET"
	[ "${lines[0]}" = "${lines[1]}" ]
}

@test "a stack of 128 KiB is enough: each command gives the same answer" {
	local -a words
	local ample

	while read -ra words; do
		ample=$("$KVET" "${words[@]}" >/dev/null 2>&1; echo $?)
		run bash -c 'ulimit -s 128; exec "$@"' - "$KVET" "${words[@]}"
		[ "$status" -eq "$ample" ] || { echo "${words[*]}: $status, and $ample with more"; return 1; }
	done <<-END
		probe helpers
		probe helpers --all -j
		probe helpers --all --provenance -t kprobe
		ksyms lookup --text vfs_*
		ksyms duplicates -q
		clock compare
		clock compare --all
		clock source
		clock convert 1000
		trace --plan vfs_read
		trace --plan --args vfs_read
	END
}

@test "no more threads than the processors that kvet may use" {
	local least one all

	command -v strace >/dev/null || skip "needs strace"
	strace -qq -o /dev/null true 2>/dev/null || skip "strace may not trace here"
	# threads COMMAND...: how many were made.
	threads() {
		strace -f -qq -e trace=clone,clone3 -o "$BATS_TEST_TMPDIR/calls" "$@" || :
		grep -cE 'clone3?\(' "$BATS_TEST_TMPDIR/calls" || :
	}
	# One of kvet's own, which waits for signals.
	least=$(threads "$KVET" probe helpers -q -t kprobe ktime_get_ns)
	one=$(threads taskset -c "$(taskset -cp $$ | sed 's/.*[:,-] *//')" "$KVET" probe helpers --all -q)
	all=$(threads "$KVET" probe helpers --all -q)
	[ "$one" -eq "$least" ]
	[ "$(nproc)" -eq 1 ] || [ "$all" -gt "$one" ]
}
