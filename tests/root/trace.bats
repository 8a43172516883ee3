#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# kvet trace on this kernel's own symbols: what is refused before a probe is armed, and what a
# kernel without kprobes says. Tracing itself is tested in tests/vm.

setup() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	. "$BATS_TEST_DIRNAME/../cmd/lib.bash"
	TRACE=("$KVET" trace -j --duration 1ms)
}

needs_addresses() {
	awk '$1 !~ /^0*$/ { found = 1; exit } END { exit !found }' /proc/kallsyms ||
		skip "this kernel hides addresses from root too"
}

# The text symbol of several addresses that has the fewest of them.
ambiguous() {
	awk '$2 ~ /^[tT]$/ && NF == 3 && $3 !~ /^__(pfx|cfi)_/ && !seen[$1, $3]++ { n[$3]++ }
		END {
			for (s in n)
				if (n[s] > 1 && (!least || n[s] < least || n[s] == least && s < name)) {
					least = n[s]
					name = s
				}
			if (!name)
				exit 1
			print name
		}' /proc/kallsyms
}

# without_kprobes: sets $no to the status of a kernel that has none: a no, if its own
# configuration says so.
without_kprobes() {
	[ ! -e /sys/bus/event_source/devices/kprobe ] || skip "this kernel has kprobes"
	no=3
	{ zcat /proc/config.gz || cat "/boot/config-$(uname -r)"; } 2>/dev/null >"$BATS_TEST_TMPDIR/config" || return 0
	grep -q '^CONFIG_KPROBES=y' "$BATS_TEST_TMPDIR/config" || no=1
}

@test "a kernel without kprobes: a no, and the cause names CONFIG_KPROBES" {
	without_kprobes
	needs_addresses
	expect "$no" "${TRACE[@]}" vfs_read
	jsonl '.[-1] | .record == "summary" and .status == {"1": "no", "3": "undetermined"}[$no]' --arg no "$no"
	jsonl 'any(.[]; .record == "error" and ((.evidence | test("without kprobes"))
		or (.remedy // "" | test("CONFIG_KPROBES"))))'
	jsonl 'any(.[]; .record == "site" and .attached == false and .hits == null
		and .symbol == "vfs_read" and (.cause | length > 0))'
	holds "$stderr" CONFIG_KPROBES
}

@test "an unknown symbol: no, status 1" {
	needs_addresses
	expect 1 "${TRACE[@]}" kvet_no_such_symbol
	jsonl '.[-1].status == "no"'
	jsonl 'map(select(.record == "site")) | length == 1 and (.[0] | .attached == false
		and .address == null and .symbol == null)'
	holds "$stderr" "'kvet_no_such_symbol'"
}

@test "one unknown symbol among known ones: nothing is armed, status 1" {
	needs_addresses
	expect 1 "${TRACE[@]}" vfs_read kvet_no_such_symbol
	jsonl 'all(.[] | select(.record == "site"); .attached == false)'
	jsonl '.[-1] | .status == "no" and .events == 0 and .lost == 0'
}

@test "an offset past the end: no, status 1, and the cause says so" {
	needs_addresses
	expect 1 "${TRACE[@]}" vfs_read+0x100000
	jsonl '.[-1].status == "no"'
	jsonl 'map(select(.record == "site"))[0] | .attached == false
		and (.cause | test("past the end of vfs_read"))'
}

@test "an ambiguous name: no, status 1, a row for each address" {
	local name

	needs_addresses
	name=$(ambiguous) || skip "every name of this kernel is unique"
	expect 1 "${TRACE[@]}" "$name"
	[ "$(jq -r 'select(.record == "site").address' <<<"$output" | sort)" = \
		"$(awk -v name="$name" '$2 ~ /^[tT]$/ && $3 == name { print "0x" $1 }' \
			/proc/kallsyms | sort -u)" ]
	jsonl 'all(.[] | select(.record == "site"); .attached == false and .symbol == $name)' \
		--arg name "$name"
	jsonl 'any(.[]; .record == "error" and (.evidence | test("ambiguous"))
		and (.remedy | test("--all")))'
	holds "$stderr" ambiguous
}

@test "without privilege: addresses are hidden, status 3" {
	[ "$(cat /proc/sys/kernel/kptr_restrict)" -gt 0 ] ||
		[ "$(cat /proc/sys/kernel/perf_event_paranoid)" -gt 1 ] ||
		skip "this host shows addresses to everyone"
	if [ ! -e /sys/bus/event_source/devices/kprobe ]; then
		# What is refused to everybody is no question of privilege.
		without_kprobes
		expect "$no" as_nobody "${TRACE[@]}" vfs_read
		jsonl 'map(select(.record == "site")) | length == 1 and .[0].attached == false
			and (.[0].cause | test("kprobe"))'
		return
	fi
	expect 3 as_nobody "${TRACE[@]}" vfs_read
	jsonl '.[-1].status == "undetermined"'
	jsonl 'map(select(.record == "site")) | length == 1 and .[0].address == null
		and .[0].attached == false'
	jsonl 'any(.[]; .record == "error" and (.evidence | test("hidden")))'
	holds "$stderr" CAP_SYSLOG
	# A name that is not there cannot be told from one that is hidden.
	expect 3 as_nobody "${TRACE[@]}" vfs_read+0x100000
}

@test "a kernel without kprobes: --plan, --offsets and ksyms lookup --attachable say the same" {
	local answer

	without_kprobes
	needs_addresses
	answer=$([ "$no" = 1 ] && echo no || echo undetermined)
	expect "$no" "$KVET" trace -j --plan vfs_read
	jsonl 'map(select(.record == "site")) | length == 1 and .[0].attachable == $answer
		and .[0].attached == false' --arg answer "$answer"
	jsonl 'any(.[]; .record == "error" and (.evidence | test("kprobes")))'
	expect "$no" "$KVET" trace -j --plan 'vfs_rea*'
	jsonl 'any(.[]; .record == "error" and (.evidence | test("kprobes")))'
	expect "$no" "$KVET" trace -j --offsets vfs_read
	jsonl 'map(select(.record == "site")) == []'
	expect "$no" "$KVET" ksyms lookup -j --attachable vfs_read
	json '.records | length == 1 and .[0].attachable == $answer' --arg answer "$answer"
	expect "$no" "$KVET" ksyms lookup -q --attachable vfs_read
	expect "$no" "$KVET" trace -q --plan vfs_read
}

@test "--plan: a row for each SPEC, in their order, also for those that are refused" {
	local name

	needs_addresses
	name=$(ambiguous) || skip "every name of this kernel is unique"
	run --separate-stderr "$KVET" trace -j --plan vfs_read kvet_no_such_symbol vfs_write "$name" \
		vfs_read+0x100000 'kvet_no_such_*'
	[ "$status" -eq 1 ]
	jsonl 'map(select(.record == "site")) | ([.[].spec] | unique | length) == 6
		and (reduce .[].spec as $s ([]; if .[-1] == $s then . else . + [$s] end))
			== ["vfs_read", "kvet_no_such_symbol", "vfs_write", $name, "vfs_read+0x100000", "kvet_no_such_*"]
		and [.[].number] == [range(1; length + 1)]' --arg name "$name"
	jsonl 'map(select(.record == "site" and (.spec | test("no_such|0x100000"))))
		| length == 3 and all(.[]; .attachable == "no" and (.cause | length > 0))'
}

@test "what is refused beside others: their rows say that nothing is armed" {
	needs_addresses
	expect 1 "${TRACE[@]}" vfs_read kvet_no_such_symbol
	jsonl 'map(select(.record == "site") | [.spec, .attached]) ==
		[["vfs_read", false], ["kvet_no_such_symbol", false]]'
	jsonl 'map(select(.record == "site"))[0].cause | test("another SPEC was refused")'
}

@test "--nth: each instance keeps its number and its neighbours, and the refusal tells how others attach" {
	local name count n

	needs_addresses
	name=$(ambiguous) || skip "every name of this kernel is unique"
	expect 1 "${TRACE[@]}" "$name"
	jsonl 'map(select(.record == "error"))[0].remedy | test("--all") and test("--nth") and test("in your own tracer, its address")'
	jq -c 'select(.record == "site") | [.number, .address, .before, .after]' <<<"$output" >"$BATS_TEST_TMPDIR/table"
	count=$(wc -l <"$BATS_TEST_TMPDIR/table")
	[ "$count" -ge 2 ]
	# _text+OFFSET, of the first of them.
	[ "$(sed -n 's/.*_text+\(0x[0-9a-f]*\).*/\1/p' <<<"$stderr")" = "$(printf '0x%x' $(($(
		jq -r '.[1]' "$BATS_TEST_TMPDIR/table" | head -n 1) - 0x$(awk '$3 == "_text" { print $1; exit }' /proc/kallsyms))))" ]
	for n in $(seq "$count"); do
		run --separate-stderr "$KVET" trace -j --plan --nth "$n" "$name"
		[ "$(jq -c 'select(.record == "site") | [.number, .address, .before, .after]' <<<"$output")" = \
			"$(sed -n "${n}p" "$BATS_TEST_TMPDIR/table")" ]
	done
	run --separate-stderr "$KVET" trace -j --plan --all "$name"
	[ "$(jq -c 'select(.record == "site") | [.number, .address, .before, .after]' <<<"$output")" = \
		"$(cat "$BATS_TEST_TMPDIR/table")" ]
	expect 1 "$KVET" trace -j --plan --nth "$((count + 1))" "$name"
	jsonl 'map(select(.record == "site")) | length == 1 and .[0].address == null and .[0].attachable == "no"'
}

# Of the instances, those that are too short for the offset have their cause; the others are asked about.
@test "--plan --all NAME+OFF: every instance, the short ones too" {
	local name offset names

	needs_addresses
	mapfile -t names < <("$KVET" ksyms duplicates --text --format jsonl 2>/dev/null |
		jq -r 'select(.record == "name" and .kind == "ordinary").name' | head -n 60)
	[ "${#names[@]}" -gt 0 ] || skip "every name of this kernel is unique"
	read -r name offset < <("$KVET" ksyms lookup --text --format jsonl "${names[@]}" |
		jq -rs 'map(select(.record == "symbol")) | group_by(.name)
			| map({name: .[0].name, least: (map(.extent) | min), most: (map(.extent) | max)})
			| map(select(.least < .most))[0] | "\(.name) \(.least)"')
	[ -n "$offset" ] || skip "no two functions of one name have different lengths here"
	run --separate-stderr "$KVET" trace -j --plan --all "$name+$offset"
	[ "$(jq -r 'select(.record == "site").address' <<<"$output" | wc -l)" -eq \
		"$(awk -v name="$name" '$2 ~ /^[tTwW]$/ && $3 == name { print $1 }' /proc/kallsyms | sort -u | wc -l)" ]
	jsonl 'map(select(.record == "site")) | any(.[]; .cause | test("past the end"))
		and any(.[]; .cause == null or (.cause | test("past the end") | not))'
}

@test "an address with several names is one site, and names them all" {
	local names

	needs_addresses
	# Two text symbols of the kernel proper at one address, each name there once.
	names=$(awk '$2 ~ /^[tT]$/ && NF == 3 && $1 !~ /^0*$/ { at[$1] = at[$1] " " $3; c[$1]++; n[$3]++ }
		END { for (a in c) if (c[a] == 2) { split(at[a], s, " ")
			if (n[s[1]] == 1 && n[s[2]] == 1) { print s[1], s[2]; exit } } }' /proc/kallsyms)
	[ -n "$names" ] || skip "every address has one name here"
	# Either may come first in the kernel's table, and the other is read with it or in its place.
	run --separate-stderr "$KVET" trace -j --plan "${names% *}"
	jsonl 'map(select(.record == "site")) | length == 1 and .[0].aliases == [$other]' \
		--arg other "${names#* }"
	run --separate-stderr "$KVET" trace -j --plan "${names#* }"
	jsonl 'map(select(.record == "site")) | length == 1 and .[0].aliases == [$other]' \
		--arg other "${names% *}"
}

@test "a function that is freed after boot is refused, with that cause" {
	needs_addresses
	grep -q ' start_kernel$' /proc/kallsyms || skip "this kernel does not list start_kernel"
	expect 1 "$KVET" trace -j --plan start_kernel
	jsonl 'map(select(.record == "site")) | length == 1 and (.[0].cause | test("__init code"))'
}

# One function writes them for both; functions alone are what a probe can be of.
@test "a name that is not there has the reasons that ksyms lookup --text has" {
	local name reason

	needs_addresses
	for name in openat sys_read vfs_raed kvet_no_such_symbol kvet_no_such_module:vfs_read \
		kvet_no_such_module:kvet_no_such_symbol vmlinux:kvet_no_such_symbol; do
		run --separate-stderr "$KVET" ksyms lookup -j --text "$name"
		if [ "$status" -eq 0 ]; then
			continue
		fi
		reason=$(jq -r '.summary.reasons[0]' <<<"$output")
		[ -n "$reason" ]
		expect 1 "$KVET" trace -j --plan "$name"
		[[ "$(jq -r 'select(.record == "site").cause' <<<"$output")" == "no symbol "*"; $reason" ]]
	done
}

@test "--plan --partial-ok: without one good site the answer is no" {
	# No instruction of any kernel begins one byte behind the entry of vfs_read.
	needs_addresses
	expect 1 "$KVET" trace --plan --partial-ok vfs_read+1
	expect 1 "$KVET" trace --plan --partial-ok vfs_read+1 kvet_no_such_symbol
}
