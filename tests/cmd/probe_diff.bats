#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2154
# kvet probe diff: documents made here, and documents that are none.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	cd "$BATS_TEST_TMPDIR" || return
}

# features FILE [NAME=VERDICT[/ATTACH]]...: a document of probe features.
features() {
	local file=$1 each

	shift
	for each; do
		jq -n --arg name "${each%%=*}" --arg verdict "${each#*=}" '($verdict | split("/")) as $v |
			{name: $name, id: null, type: null, verdict: $v[0], attach_verdict: $v[1], reason: "tried",
			errno: null, evidence: null, attach_cause: null, log: null}'
	done | jq -s '{schema_version: 1, command: "probe features", records: ., status: "yes",
		summary: {supported: length}, errors: []}' >"$file"
}

# diff STATUS ARGUMENT...
diff_is() {
	local wanted=$1

	shift
	expect "$wanted" "$KVET" probe diff -j "$@"
}

@test "lost, gained, undetermined and changed; a loss decides" {
	features a kept=supported lost=supported gained=unsupported unclear=supported no=unsupported
	features b kept=supported lost=unsupported gained=supported unclear=undetermined no=unsupported
	jq '(.records[] | select(.name == "no")).evidence = "words"' b >c
	diff_is 1 a c
	json '[.records[] | [.change, .name, .before, .after]] == [["gained", "gained", "unsupported", "supported"],
		["lost", "lost", "supported", "unsupported"], ["changed", "no", "unsupported", "unsupported"],
		["undetermined", "unclear", "supported", "undetermined"]]'
	json '.summary == {lost: 1, gained: 1, undetermined: 1, changed: 1, of: "probe features", compared: 5, only_after: 0}'
	json '.records[2].after_evidence == "words" and .records[2].before_evidence == null'
	diff_is 1 --only lost a c
	json '[.records[].name] == ["lost"] and .summary.gained == 1'
}

@test "undetermined on one side or both: 3, unless something is lost" {
	features a x=undetermined y=supported
	features b x=supported y=supported
	features c x=supported y=undetermined
	diff_is 3 a b
	diff_is 3 b a
	diff_is 3 a a
	diff_is 3 b c
	diff_is 0 b b
	json '.records == []'
}

@test "what loads and can no longer be attached is lost" {
	features a x=supported/supported y=supported/supported z=supported/unsupported
	features b x=supported/unsupported y=supported/undetermined z=supported/supported
	diff_is 1 a b
	json '[.records[] | [.change, .name, .about]] == [["lost", "x", "attach"], ["undetermined", "y", "attach"],
		["gained", "z", "attach"]]'
}

@test "what one side was not asked: undetermined in AFTER, counted in BEFORE" {
	features a x=supported y=supported z=unsupported
	features b x=supported
	diff_is 3 a b
	json '[.records[] | [.change, .name, .after, .after_reason]] == [["undetermined", "y", null, "not asked"],
		["undetermined", "z", null, "not asked"]]'
	diff_is 0 b a
	json '.summary.only_after == 2'
}

@test "JSON lines, standard input, and the order of the answers make no difference" {
	features a x=supported y=supported
	jq -c '.records | reverse[] | {record: "feature"} + .' a >b
	jq -c '{record: "summary", schema_version: 1, command: "probe features", status: "yes"}' a >>b
	diff_is 0 a b
	json '.summary.compared == 2'
	expect 0 bash -c '"$1" probe diff -q a - <b' - "$KVET"
}

@test "helpers are told apart by number, type and sleepable" {
	jq -n '{schema_version: 1, command: "probe helpers", status: "yes", summary: {}, errors: [], records: [
		{helper: "bpf_old_name", id: 5, type: "kprobe", sleepable: false, verdict: "supported", reason: "loaded"},
		{helper: "bpf_old_name", id: 5, type: "xdp", sleepable: false, verdict: "supported", reason: "loaded"},
		{helper: "bpf_old_name", id: 5, type: "lsm", sleepable: true, verdict: "supported", reason: "loaded"}]}' >a
	sed 's/old_name/new_name/' a >b
	diff_is 0 a b
	jq '.records[1].verdict = "unsupported" | .records[2].sleepable = false' b >c
	diff_is 1 a c
	json '[.records[] | [.change, .type]] == [["undetermined", "lsm"], ["lost", "xdp"]]'
}

# kfuncs FILE COMPLETE RECORD...: "NAME TYPES [UNDETERMINED-TYPES]" each.
kfuncs() {
	local file=$1 complete=$2

	shift 2
	printf '%s\n' "$@" | jq -R 'split(" ") | {name: .[0], module: null, id: 1, type: null,
		verdict: (if .[1] == "-" then "unsupported" else "supported" end), reason: "loaded",
		types: (.[1] | if . == "-" then [] else split(",") end),
		undetermined_types: (.[2] | if . then split(",") else null end)}' |
		jq -s --argjson complete "$complete" '{schema_version: 1, command: "probe kfuncs", records: .,
			status: "yes", summary: {complete: $complete}, errors: []}' >"$file"
}

@test "functions: the types that are lost, gained and undetermined" {
	kfuncs a true 'f xdp,kprobe,lsm' 'g xdp' 'h xdp'
	kfuncs b true 'f xdp,tracing lsm' 'g xdp' 'i xdp'
	diff_is 1 a b
	json '[.records[] | [.change, .name, .types]] == [["lost", "f", ["kprobe"]], ["gained", "f", ["tracing"]],
		["undetermined", "f", ["lsm"]], ["lost", "h", ["xdp"]], ["gained", "i", ["xdp"]]]'
	json '.records[3].after == "unsupported"'
	# What was asked for one type says nothing of another.
	jq '(.records[] | select(.name == "g")) |= (.type = "kprobe" | .types = null)' b >c
	diff_is 1 a c
	json '.records | any(.name == "g" and .change == "undetermined" and .after == null)'
	# A list that is not complete says nothing of what it lacks.
	kfuncs b false 'f xdp,kprobe,lsm' 'g xdp'
	diff_is 3 a b
	json '[.records[] | [.change, .name, .after]] == [["undetermined", "h", null]]'
}

@test "documents of two commands: wrong use" {
	features a x=supported
	jq '.command = "probe maps"' a >b
	expect 2 "$KVET" probe diff a b
	holds "$stderr" 'a is of kvet probe features, b of kvet probe maps'
	expect 2 "$KVET" probe diff - -
	expect 2 "$KVET" probe diff a
}

@test "what is no document, or not whole: an error with its place, and no answer" {
	local words

	features a x=supported y=supported
	refused() {
		words=$1
		run --separate-stderr "$KVET" probe diff -j a b
		[ "$status" -eq 3 ]
		holds "$stderr" "b: $words"
		json '.status == "error" and .records == []'
	}
	head -c 100 a >b
	refused 'not whole: the JSON is cut off'
	: >b
	refused 'empty'
	echo '{"schema_version":1} x' >b
	refused 'no JSON at byte 2'
	echo '[]' >b
	refused 'no document of kvet: no JSON object'
	echo '{}' >b
	refused 'not whole: the last line is no summary'
	jq -c '.records[0]' a >b
	refused 'not whole: the last line is no summary'
	jq '.schema_version = 2' a >b
	refused 'no document of kvet, or of another version'
	jq '.command = "ksyms lookup"' a >b
	refused "of 'kvet ksyms lookup', not of"
	jq '.records[1].verdict = "perhaps"' a >b
	refused 'record 2 has no verdict'
	jq '.records[0].name = 5' a >b
	refused 'record 1 has no name'
	jq '.records[0] = 5' a >b
	refused 'record 1 '
	jq '.records = {}' a >b
	refused 'no records'
	jq '.command = "probe helpers"' a >b
	refused 'record 1 has no helper'
	head -c 100 /dev/zero >b
	refused 'no JSON at byte'
	printf '%0.s[' {1..100} >b
	refused 'no JSON at byte'
	rm b
	run --separate-stderr "$KVET" probe diff a b
	[ "$status" -eq 3 ]
	holds "$stderr" 'b: ENOENT'
}

@test "live: this kernel is asked what the document has" {
	run --separate-stderr "$KVET" probe features -j isa_v2 btf_func
	cp <(printf '%s' "$output") a
	run --separate-stderr "$KVET" probe diff -j a live
	json '.summary.compared == 2 and .summary.lost == 0 and .summary.gained == 0 and .summary.changed == 0'
	# Unknown numbers are asked too, and unknown types are not.
	jq -n '{schema_version: 1, command: "probe helpers", status: "yes", summary: {}, errors: [], records: [
		{helper: "bpf_of_tomorrow", id: 9999, type: "kprobe", sleepable: false, verdict: "supported", reason: "loaded"},
		{helper: "bpf_ktime_get_ns", id: 5, type: "type_of_tomorrow", sleepable: false, verdict: "supported", reason: "loaded"}]}' >b
	run --separate-stderr "$KVET" probe diff -j b live
	[ "$status" -ne 0 ]
	json '.records | any(.type == "type_of_tomorrow" and .change == "undetermined" and .after_reason == "not asked")'
	json '.records | any(.name == "bpf_of_tomorrow" and .after != null)'
}

# As kvet probe features -j wrote them on these kernels.
@test "what do I lose on 5.10?" {
	local lost='["atomics", "btf_decl_tag", "btf_enum64", "btf_float", "btf_type_tag", "cookies", "isa_v4",
		"link_kprobe_multi", "link_kprobe_session", "link_perf_event", "link_tcx", "link_uprobe_multi", "token"]'

	diff_is 1 "$DATA/probe/6.12.features.json" "$DATA/probe/5.10.features.json"
	json "[.records[] | select(.change == \"lost\") | .name] == $lost and .summary.compared == 30"
	json '.records[] | select(.name == "isa_v4") | .after_reason == "refused by the verifier" and
		(.after_evidence | contains("BPF_MOV uses reserved fields"))'
	expect 1 "$KVET" probe diff --only lost "$DATA/probe/6.12.features.json" "$DATA/probe/5.10.features.json"
	holds "$output" 'link_kprobe_multi'
	holds "$output" 'lost: 13'
	diff_is 0 "$DATA/probe/5.10.features.json" "$DATA/probe/6.12.features.json"
	json '.summary.gained == 13'
}

# A loss answers the question, and what is undetermined cannot undo it.
@test "something lost beside an undetermined: the answer is no" {
	features a lost=supported unclear=supported
	features b lost=unsupported unclear=undetermined
	diff_is 1 a b
	json '.status == "no"'
}
