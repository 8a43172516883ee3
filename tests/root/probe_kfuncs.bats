#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2154
# kvet probe kfuncs on the host's own kernel, beside what bpftool reads from its BTF.

setup() {
	. "$BATS_TEST_DIRNAME/../cmd/lib.bash"
	[ "$(id -u)" -eq 0 ] || skip 'needs root'
	command -v bpftool >/dev/null || skip 'needs bpftool'
}

# tagged: the functions of the kernel's BTF with the tag, a line each.
tagged() {
	bpftool btf dump file /sys/kernel/btf/vmlinux | awk '
		/ FUNC / { gsub(/[^0-9]/, "", $1); split($3, quoted, "\047"); name[$1] = quoted[2] }
		/ DECL_TAG .bpf_kfunc. / { sub(/.*type_id=/, ""); sub(/ .*/, ""); print name[$0] }' | sort
}

@test "all that BTF tags and nothing else, each with the types that may call it" {
	tagged >"$BATS_TEST_TMPDIR/tagged"
	[ -s "$BATS_TEST_TMPDIR/tagged" ] || skip "this kernel's BTF has no tags"
	run --separate-stderr "$KVET" probe kfuncs -j
	json '.summary.complete'
	diff "$BATS_TEST_TMPDIR/tagged" <(jq -r '.records[] | select(.module == null).name' <<<"$output" | sort)
	json '.records | map(select(.listed == "tagged in BTF" and .type == null and (.types | type) == "array")) | length == $n' \
		--argjson n "$(wc -l <"$BATS_TEST_TMPDIR/tagged")"
	# What some type may call is supported, and the reverse.
	json '.records | all((.verdict == "supported") == ((.types + (.sleepable_types // [])) | length > 0))'
	# Common functions are for all types, those of xdp for xdp alone.
	json '.records[] | select(.name == "bpf_rcu_read_lock").types | contains(["kprobe", "xdp", "syscall"])'
	json '.records[] | select(.name == "bpf_dynptr_from_xdp").types == ["xdp"]'
}

@test "with types: one record for each, the same as in the lists" {
	run --separate-stderr "$KVET" probe kfuncs -j 'bpf_dynptr*' bpf_rcu_read_lock
	json '.records | length > 3'
	jq -c '[.records[] | {name, verdicts: [(.types | index("xdp", "syscall")) != null]}]' <<<"$output" >"$BATS_TEST_TMPDIR/lists"
	run --separate-stderr "$KVET" probe kfuncs -j 'bpf_dynptr*' bpf_rcu_read_lock -t xdp -t syscall
	diff "$BATS_TEST_TMPDIR/lists" <(jq -c '[.records | group_by(.name)[] | {name: .[0].name,
		verdicts: [(map(select(.type == "xdp")), map(select(.type == "syscall"))) | .[0].verdict == "supported"]}]' <<<"$output")
}

@test "a function that is no kfunc: no, in the verifier's words" {
	expect 1 "$KVET" probe kfuncs -j vfs_read -t xdp
	json '.records == [.records[0]] and .records[0].evidence == "calling kernel function vfs_read is not allowed"'
	json '.records[0].listed == "named" and .records[0].errno == "EACCES"'
}

@test "with --sleepable a sleepable program is asked for" {
	run --separate-stderr "$KVET" probe kfuncs -j --sleepable bpf_copy_from_user_str -t syscall
	[ "$status" -eq 0 ]
	json '.records[0].verdict == "supported"'
}
