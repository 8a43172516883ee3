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

@test "a kernel without kprobes: status 3, and the cause names CONFIG_KPROBES" {
	[ ! -e /sys/bus/event_source/devices/kprobe ] || skip "this kernel has kprobes"
	needs_addresses
	expect 3 "${TRACE[@]}" vfs_read
	jsonl '.[-1] | .record == "summary" and .status == "undetermined"'
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

@test "nobody: addresses are hidden, status 3" {
	[ "$(cat /proc/sys/kernel/kptr_restrict)" -gt 0 ] ||
		[ "$(cat /proc/sys/kernel/perf_event_paranoid)" -gt 1 ] ||
		skip "this host shows addresses to everyone"
	expect 3 as_nobody "${TRACE[@]}" vfs_read
	jsonl '.[-1].status == "undetermined"'
	jsonl 'all(.[] | select(.record == "site"); .address == null and .attached == false)'
	jsonl 'any(.[]; .record == "error" and (.evidence | test("hidden")))'
	holds "$stderr" CAP_SYSLOG
	# A name that is not there cannot be told from one that is hidden.
	expect 3 as_nobody "${TRACE[@]}" vfs_read+0x100000
}

@test "--plan on a kernel without kprobes: undetermined, never a yes; nor does --offsets say one" {
	[ ! -e /sys/bus/event_source/devices/kprobe ] || skip "this kernel has kprobes"
	needs_addresses
	expect 3 "$KVET" trace -j --plan vfs_read
	jsonl 'map(select(.record == "site")) | length == 1 and .[0].attachable == "undetermined"
		and .[0].attached == false'
	jsonl 'any(.[]; .record == "error" and (.evidence | test("without kprobes")))'
	expect 3 "$KVET" trace -j --offsets vfs_read
	jsonl 'map(select(.record == "site")) == []'
}

@test "an address with several names is one site, and names them all" {
	local names

	needs_addresses
	# Two text symbols of the kernel proper at one address, each name there once.
	names=$(awk '$2 ~ /^[tT]$/ && NF == 3 && $1 !~ /^0*$/ { at[$1] = at[$1] " " $3; c[$1]++; n[$3]++ }
		END { for (a in c) if (c[a] == 2) { split(at[a], s, " ")
			if (n[s[1]] == 1 && n[s[2]] == 1) { print s[1], s[2]; exit } } }' /proc/kallsyms)
	[ -n "$names" ] || skip "every address has one name here"
	run --separate-stderr "$KVET" trace -j --plan "${names% *}"
	jsonl 'map(select(.record == "site")) | length == 1 and .[0].aliases == [$other]' \
		--arg other "${names#* }"
}
