# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# object check beside the oracle that loads and attaches the same programs for real. After tap.sh.

# ask OBJECT: /tmp/OBJECT.json is what kvet writes, .status its status, and .programs has
# "PROGRAM LOAD TARGET VERDICT REASON CLOCKS" for each program, "-" for what is absent.
ask() {
	kvet object check --format jsonl "/objects/$1.bpf.o" >"/tmp/$1.json" 2>/dev/null
	echo $? >"/tmp/$1.status"
	table <"/tmp/$1.json" >"/tmp/$1.programs"
}
table() {
	awk '
	function get(key) {
		if (!match($0, "\"" key "\":(\"[^\"]*\"|\\[[^]]*\\]|null)"))
			return "-"
		value = substr($0, RSTART + length(key) + 3, RLENGTH - length(key) - 3)
		gsub(/"/, "", value)
		sub(/^\[/, "", value)
		sub(/\]$/, "", value)
		return value == "null" ? "-" : value
	}
	/"record":"program"/ {
		print get("program"), get("load"), get("target_verdict"), get("verdict"), get("reason"), get("clocks")
	}'
}

# differences OBJECT: what attach has said, in /tmp/OBJECT.attached, and kvet has not. What the loader
# has to say is neither a yes nor a no. On a kernel where BPF is no active security module, an LSM
# program attaches, and is never called.
differences() {
	awk 'NR == FNR { load[$1] = $2; attach[$1] = $3; next }
		{ wanted = load[$1] == "yes" && attach[$1] != "-" ? attach[$1] : load[$1] }
		$5 == "placeholder" || $5 == "target-inactive" { next }
		load[$1] != $2 || wanted != $4 { print "libbpf:", $1, load[$1], attach[$1], "kvet:", $0 }' \
		"/tmp/$1.attached" "/tmp/$1.programs"
}

# compare OBJECT
compare() {
	check "$1: every program is answered" \
		test "$(wc -l <"/tmp/$1.programs")" -eq "$(wc -l <"/tmp/$1.attached")"
	capture differences "$1"
	result "${#output}" "$1: libbpf loads and attaches what is a yes, and nothing that is a no"
}

# reason_is PROGRAM REASON [MAJOR.MINOR=REASON]...: on this kernel, or on all others; in what was
# asked of any object.
reason_is() {
	program=$1 wanted=$2
	shift 2
	for other; do
		case $(uname -r) in "${other%%=*}".*) wanted=${other#*=} ;; esac
	done
	output=$(grep -h "^$program " /tmp/*.programs)
	[ "$(echo "$output" | awk '{ print $5 }')" = "$wanted" ]
	result $? "$program: $wanted"
}
