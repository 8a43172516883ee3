#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2154
# kvet probe features on the host's own kernel: what the verdicts rest on.

setup() {
	. "$BATS_TEST_DIRNAME/../cmd/lib.bash"
	[ "$(id -u)" -eq 0 ] || skip 'needs root'
	command -v strace >/dev/null || skip 'needs strace'
	command -v bpftool >/dev/null || skip 'needs bpftool'
}

# calls NAME: bpf(2) as strace shows it, a call a line.
calls() {
	strace -f -qq -e trace=bpf -e signal=none -o "$BATS_TEST_TMPDIR/calls" "$KVET" probe features -q "$1" || :
	cat "$BATS_TEST_TMPDIR/calls"
}

@test "global functions: a program with two functions is loaded, of which each is verified" {
	calls global_functions | grep 'BPF_PROG_LOAD' | grep -q 'func_info_cnt=2.*= [0-9]*$'
}

@test "global functions: a kernel that takes the BTF and refuses the program has none" {
	# The last load is the one that is asked about; a control follows only a refusal.
	local loads
	loads=$(calls global_functions | grep -n 'func_info_cnt=2' | cut -d : -f 1)
	[ -n "$loads" ]
	run strace -f -qq -e trace=bpf -e signal=none -o /dev/null -e "inject=bpf:error=EINVAL:when=$loads" \
		"$KVET" probe features --format jsonl global_functions
	[ "$status" -eq 1 ]
	holds "$output" '"verdict":"unsupported"'
}

# rows NOUN OPTION...: the names that kvet has a row for, a line each, with the value of a setting.
rows() {
	"$KVET" probe "$@" -j 2>/dev/null | jq -r '.records[] | if .value then "\(.name)=\(.value)" else .name end' | sort -u
}

@test "every row of bpftool feature probe has its row, and settings their value" {
	cd "$BATS_TEST_TMPDIR" || return
	bpftool feature probe full -j >theirs.json 2>/dev/null
	[ -s theirs.json ]
	rows features --all >ours.features
	# bpftool's null is an option that is not set.
	jq -r '.system_config | to_entries[] | "\(.key)=\(.value // "n")"' theirs.json | sort >wanted
	[ "$(wc -l <wanted)" -ge 35 ]
	[ -z "$(comm -23 wanted ours.features)" ] || { comm -23 wanted ours.features; false; }
	while read -r key ours; do
		jq -e --arg key "$key" '.misc | has($key)' theirs.json >/dev/null
		grep -qx "$ours" ours.features
	done <<-END
		have_large_insn_limit large_programs
		have_bounded_loops bounded_loops
		have_v2_isa_extension isa_v2
		have_v3_isa_extension isa_v3
	END
	jq -e '.misc | length == 4' theirs.json >/dev/null
	jq -e '.syscall_config | keys == ["have_bpf_syscall"]' theirs.json >/dev/null
	"$KVET" doctor -j --only bpf | jq -e '.records[0].check == "bpf"' >/dev/null
	rows programs >ours.programs
	jq -r '.program_types | keys[] | ltrimstr("have_") | rtrimstr("_prog_type")' theirs.json | sort >wanted
	[ -z "$(comm -23 wanted ours.programs)" ] || { comm -23 wanted ours.programs; false; }
	rows maps >ours.maps
	jq -r '.map_types | keys[] | ltrimstr("have_") | rtrimstr("_map_type")' theirs.json | sort >wanted
	[ -z "$(comm -23 wanted ours.maps)" ] || { comm -23 wanted ours.maps; false; }
	"$KVET" probe helpers --all --full -j 2>/dev/null | jq -r '.records[] | "\(.type) \(.helper)"' | sort -u >ours.helpers
	jq -r '.helpers | to_entries[] | (.key | rtrimstr("_available_helpers")) as $type | .value[]? |
		select(startswith("bpf_")) | "\($type) \(.)"' theirs.json | sort -u >wanted
	[ "$(wc -l <wanted)" -gt 500 ]
	[ -z "$(comm -23 wanted ours.helpers)" ] || { comm -23 wanted ours.helpers | head; false; }
	# And nothing else.
	jq -e 'keys == ["helpers", "map_types", "misc", "program_types", "syscall_config", "system_config"]' theirs.json >/dev/null
}

@test "what cilium/ebpf's package features asks has its row" {
	local theirs noun ours

	# HaveMapType, HaveProgramType and HaveProgramHelper are the rows above.
	while read -r theirs noun ours; do
		"$KVET" probe "$noun" -j "$ours" 2>/dev/null | jq -e --arg name "$ours" '.records | any(.name == $name)' >/dev/null || {
			echo "no row for $theirs"
			return 1
		}
	done <<-END
		HaveLargeInstructions features large_programs
		HaveBoundedLoops features bounded_loops
		HaveV2ISA features isa_v2
		HaveV3ISA features isa_v3
		HaveV4ISA features isa_v4
		HaveBPFLinkUprobeMulti features link_uprobe_multi
		HaveBPFLinkKprobeMulti features link_kprobe_multi
		HaveBPFLinkKprobeSession features link_kprobe_session
		HaveBPFLinkFSession programs fsession
		HaveMapFlag(BPF_F_NO_PREALLOC) maps hash:no_prealloc
		HaveMapFlag(BPF_F_RDONLY_PROG) maps array:rdonly_prog
		HaveMapFlag(BPF_F_WRONLY_PROG) maps array:wronly_prog
		HaveMapFlag(BPF_F_MMAPABLE) maps array:mmapable
		HaveMapFlag(BPF_F_INNER_MAP) maps array:inner_map
	END
}
