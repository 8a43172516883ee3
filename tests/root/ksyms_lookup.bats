#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# kvet ksyms on this kernel's own table, against awk(1).

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
	local rows

	# Those of BPF come and go with what others on this host load: how many there were, nobody knows.
	rows=$(grep -vc '\[bpf\]$' /proc/kallsyms)
	run --separate-stderr "$KVET" ksyms lookup -j vfs_read
	json '.summary.symbols >= $rows and .summary.symbols < 2 * $rows' --argjson rows "$rows"
}

@test "without privilege: status 3 and no address, if the settings hide them" {
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

@test "root without CAP_SYSLOG: addresses are hidden too" {
	[ "$(cat /proc/sys/kernel/kptr_restrict)" -gt 0 ] ||
		[ "$(cat /proc/sys/kernel/perf_event_paranoid)" -gt 1 ] ||
		skip "this host shows addresses to everyone"
	expect 3 setpriv --bounding-set=-syslog --inh-caps=-syslog "$KVET" ksyms lookup -j vfs_read
	json 'all(.records[]; .address == null)'
	json '.errors[0].evidence | contains("CAP_SYSLOG missing")'
}

# The table as kvet has it from a source, in the form of /proc/kallsyms and sorted.
rows_from() {
	"$KVET" ksyms lookup --format jsonl --prefix-symbols --source "$1" '*' |
		jq -r 'select(.record == "symbol") | "\(.address[2:] | ("0" * (16 - length)) + .) \(.type) \(.name)\(if .module then "\t[\(.module)]" else "" end)"'
}

needs_iterator() {
	"$KVET" ksyms lookup -q --source iter vfs_read || skip "no iterator over ksyms here"
}

@test "text and iterator have the same rows, and they are those of /proc/kallsyms" {
	needs_addresses
	needs_iterator
	# What the kernel makes at run time comes and goes.
	rows_from text | grep -v '\[bpf\]' | sort >"$BATS_TEST_TMPDIR/text"
	rows_from iter | grep -v '\[bpf\]' | sort >"$BATS_TEST_TMPDIR/iter"
	grep -v '\[bpf\]' /proc/kallsyms | sort >"$BATS_TEST_TMPDIR/kallsyms"
	cmp "$BATS_TEST_TMPDIR/text" "$BATS_TEST_TMPDIR/iter"
	cmp "$BATS_TEST_TMPDIR/text" "$BATS_TEST_TMPDIR/kallsyms"
}

@test "every row is found again by its name, in bulk" {
	needs_addresses
	cut -d' ' -f3 /proc/kallsyms | cut -f1 | grep -v '^bpf_' | sort -u >"$BATS_TEST_TMPDIR/names"
	"$KVET" ksyms lookup --file "$BATS_TEST_TMPDIR/names" | sed 1d |
		awk '{ sub(/^0x/, "", $2); print $2, $4 }' | sort >"$BATS_TEST_TMPDIR/found"
	awk '$3 !~ /^bpf_/ { print $1, $3 }' /proc/kallsyms | sed 's/^0*\([^ ]\)/\1/' |
		sort >"$BATS_TEST_TMPDIR/wanted"
	cmp "$BATS_TEST_TMPDIR/wanted" "$BATS_TEST_TMPDIR/found"
}

@test "every row is found again by its address, in bulk" {
	needs_addresses
	awk '$3 !~ /^bpf_/ && $1 !~ /^0*$/ { print "0x" $1 }' /proc/kallsyms | sort -u \
		>"$BATS_TEST_TMPDIR/addresses"
	"$KVET" ksyms lookup --file "$BATS_TEST_TMPDIR/addresses" | sed 1d |
		awk '{ sub(/^0x/, "", $2); print $2, $4 }' | grep -v ' bpf_' |
		sort >"$BATS_TEST_TMPDIR/found"
	awk '$3 !~ /^bpf_/ && $1 !~ /^0*$/ { print $1, $3 }' /proc/kallsyms |
		sed 's/^0*\([^ ]\)/\1/' | sort >"$BATS_TEST_TMPDIR/wanted"
	cmp "$BATS_TEST_TMPDIR/wanted" "$BATS_TEST_TMPDIR/found"
}

@test "one query in one pass answers as the whole table does, from either source" {
	local name query source

	needs_addresses
	name=$(awk '$4 == "" { n[$3]++ } END { for (s in n) if (n[s] == 5) { print s; exit } }' /proc/kallsyms)
	# Every 9000th address, and a few bytes behind it: the first among them.
	for query in "$name" vfs_read vfs_read+1 _text \
		$(awk '$2 !~ /[aA]/ && NR % 9000 == 1 {
			print "0x" $1, "0x" substr($1, 1, 15) "7" }' /proc/kallsyms); do
		# Asked with --attachable, which wants the whole table.
		"$KVET" ksyms lookup -j --source text --attachable "$query" |
			jq -c '.records[] | del(.attachable, .obstacle)' >"$BATS_TEST_TMPDIR/whole"
		for source in text iter; do
			[ $source = text ] || "$KVET" ksyms lookup -q --source iter vfs_read || continue
			"$KVET" ksyms lookup -j --source $source "$query" |
				jq -c '.records[] | del(.attachable, .obstacle)' >"$BATS_TEST_TMPDIR/one"
			cmp "$BATS_TEST_TMPDIR/whole" "$BATS_TEST_TMPDIR/one"
			[ -s "$BATS_TEST_TMPDIR/one" ] || [ "${query#0x}" != "$query" ]
		done
	done
}

@test "without the right to load BPF programs: from the text, and it says why" {
	expect 0 setpriv --bounding-set=-sys_admin,-bpf,-perfmon \
		--inh-caps=-sys_admin,-bpf,-perfmon "$KVET" ksyms lookup -j vfs_read
	json '.summary.source == "text" and (.summary.source_reason | test("CAP_BPF"))'
	expect 3 setpriv --bounding-set=-sys_admin,-bpf,-perfmon \
		--inh-caps=-sys_admin,-bpf,-perfmon "$KVET" ksyms lookup -j --source iter vfs_read
	json '.status == "undetermined" and .errors[0].errno == "EPERM"'
}

@test "the iterator hides addresses from whom the file does" {
	local restrict

	needs_iterator
	[ -w /proc/sys/kernel/kptr_restrict ] || skip "kptr_restrict cannot be set"
	restrict=$(cat /proc/sys/kernel/kptr_restrict)
	echo 2 >/proc/sys/kernel/kptr_restrict
	run --separate-stderr "$KVET" ksyms lookup -j --source iter vfs_read
	echo "$restrict" >/proc/sys/kernel/kptr_restrict
	[ "$status" -eq 3 ]
	json '.records[0].address == null and .status == "undetermined"'
}

@test "duplicates are those that awk counts" {
	needs_addresses
	grep -v '\[bpf\]' /proc/kallsyms >"$BATS_TEST_TMPDIR/table"
	expect 0 "$KVET" ksyms duplicates -j --prefix-symbols --kallsyms "$BATS_TEST_TMPDIR/table"
	json '[.summary | .names, .names_symbols, .addresses, .addresses_symbols] == $wanted' \
		--argjson wanted "$(awk '{ n[$3]++; a[$1]++ } END {
			for (s in n) if (n[s] > 1) { names++; rows += n[s] }
			for (s in a) if (a[s] > 1) { addresses++; at += a[s] }
			printf "[%d,%d,%d,%d]", names, rows, addresses, at }' "$BATS_TEST_TMPDIR/table")"
}

@test "a copy of the table differs in nothing from the running kernel" {
	needs_addresses
	grep -v '\[bpf\]' /proc/kallsyms >"$BATS_TEST_TMPDIR/table"
	expect 0 "$KVET" ksyms diff --module vmlinux "$BATS_TEST_TMPDIR/table"
}
