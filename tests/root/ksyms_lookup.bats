#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# kvet ksyms lookup on this kernel's own table, against awk(1).

setup() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	. "$BATS_TEST_DIRNAME/../cmd/lib.bash"
}

needs_addresses() {
	awk '$1 !~ /^0*$/ { found = 1; exit } END { exit !found }' /proc/kallsyms ||
		skip "this kernel hides addresses from root too"
}

@test "the most frequent name: every address that awk finds, in order" {
	local name

	needs_addresses
	# Not of bpf: these come and go.
	name=$(awk '$4 != "[bpf]" { n[$3]++ }
		END { for (s in n) if (n[s] > most) { most = n[s]; name = s } print name }' /proc/kallsyms)
	expect 0 "$KVET" ksyms lookup -j "$name"
	[ "$(jq -r '.records[].address' <<<"$output" | sort)" = \
		"$(awk -v name="$name" '$3 == name { print "0x" $1 }' /proc/kallsyms | sort)" ]
	json '[.records[].address] | . == sort'
	json '.summary.matches == (.records | length) and .summary.matches >= 1'
}

@test "the address with the most names: every name that awk finds" {
	local address

	needs_addresses
	address=$(awk '$1 !~ /^0*$/ && $4 != "[bpf]" { n[$1]++ }
		END { for (a in n) if (n[a] > most) { most = n[a]; at = a } print at }' /proc/kallsyms)
	expect 0 "$KVET" ksyms lookup -j "0x$address"
	[ "$(jq -r '.records[].name' <<<"$output" | sort)" = \
		"$(awk -v at="$address" '$1 == at { print $3 }' /proc/kallsyms | sort)" ]
}

@test "the table is loaded whole" {
	local before after

	before=$(wc -l </proc/kallsyms)
	run --separate-stderr "$KVET" ksyms lookup -j vfs_read
	after=$(wc -l </proc/kallsyms)
	# A program that is loaded meanwhile adds its row.
	json '.summary.symbols >= ([$a, $b] | min) and .summary.symbols <= ([$a, $b] | max)' \
		--argjson a "$before" --argjson b "$after"
}

@test "nobody: status 3, the name without an address, where the settings hide them" {
	[ "$(cat /proc/sys/kernel/kptr_restrict)" -gt 0 ] ||
		[ "$(cat /proc/sys/kernel/perf_event_paranoid)" -gt 1 ] ||
		skip "this host shows addresses to everyone"
	expect 3 as_nobody "$KVET" ksyms lookup -j vfs_read
	json '.status == "undetermined" and (.records | length >= 1)'
	json 'all(.records[]; .address == null and .name == "vfs_read")'
	json '.errors[0].evidence | contains("kptr_restrict=" + $restrict)
		and contains("perf_event_paranoid=" + $paranoid)
		and contains("CAP_SYSLOG missing")' \
		--arg restrict "$(cat /proc/sys/kernel/kptr_restrict)" \
		--arg paranoid "$(cat /proc/sys/kernel/perf_event_paranoid)"
	holds "$stderr" CAP_SYSLOG
}

@test "root without CAP_SYSLOG: hidden likewise" {
	[ "$(cat /proc/sys/kernel/kptr_restrict)" -gt 0 ] ||
		[ "$(cat /proc/sys/kernel/perf_event_paranoid)" -gt 1 ] ||
		skip "this host shows addresses to everyone"
	expect 3 setpriv --bounding-set=-syslog --inh-caps=-syslog "$KVET" ksyms lookup -j vfs_read
	json 'all(.records[]; .address == null)'
	json '.errors[0].evidence | contains("CAP_SYSLOG missing")'
}
