#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# Globs and expressions of kvet ksyms lookup: what grep -E finds, and no harm to the machine.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	NAMES=$BATS_TEST_TMPDIR/names
	TABLE=$BATS_TEST_TMPDIR/table
	export LC_ALL=C
}

# table: of functions with the names that standard input has.
table() {
	sort -u >"$NAMES"
	awk '{ printf "%016x t %s\n", 4096 + NR * 16, $0 }' "$NAMES" >"$TABLE"
}

@test "1,000 random expressions find what grep -E finds" {
	local patterns=$BATS_TEST_TMPDIR/patterns

	awk 'BEGIN { srand(2); for (n = 0; n < 300; n++) {
		name = ""
		for (i = 1 + int(rand() * 9); i; i--)
			name = name substr("vfs_readab01._", 1 + int(rand() * 14), 1)
		print name
	} print "vfs_read"; print "vfs_readv"; print "__x64_sys_read"; print "rread.part.0" }' | table
	awk 'function pick(words,	list) {
		return list[1 + int(rand() * split(words, list, " "))]
	}
	function part(depth,	r) {
		r = int(rand() * 10)
		if (r == 0 && depth)
			return "(" alternatives(depth - 1) ")"
		if (r == 1)
			return "[" (rand() < 0.3 ? "^" : "") (rand() < 0.2 ? "]" : "") \
				pick("a-e [:lower:] [:digit:]_ [:upper:]f [=r=] [.s.] 0-9 [.a.]-f") "]"
		return r == 2 ? "." : pick("v f s _ re ad vfs read _x \\. a b d 0 1")
	}
	function branch(depth,	n, text) {
		for (n = 1 + int(rand() * 4); n; n--)
			text = text part(depth) \
				(rand() < 0.2 ? pick("* + ? {2} {1,2} {0,1} {1,} {0} {10}") : "")
		return text
	}
	function alternatives(depth) {
		return branch(depth) (rand() < 0.15 ? "|" branch(depth) : "")
	}
	BEGIN {
		srand(1)
		while (n < 1000) {
			text = (rand() < 0.3 ? "^" : "") alternatives(3) (rand() < 0.3 ? "$" : "")
			if (rand() < 0.1)
				text = "(" pick(". [a-f] r|e .+ vf?") ")(" text ")\\1" pick("{1} * + ? {2}")
			if (!known[text]++) {
				print text
				n++
			}
		}
	}' >"$patterns"
	[ "$(wc -l <"$patterns")" -eq 1000 ]
	# Most find something, and some do not.
	expect 1 "$KVET" ksyms lookup -j --kallsyms "$TABLE" --regex --file "$patterns"
	json '(.summary.queries == 1000) and (.summary.unmatched_count | . > 100 and . < 800)'
	# One process for each pattern, and no more: how many it finds.
	xargs -d '\n' -I '{}' grep -c -E -e '{}' "$NAMES" <"$patterns" >"$BATS_TEST_TMPDIR/wanted" || :
	[ "$(wc -l <"$BATS_TEST_TMPDIR/wanted")" -eq 1000 ]
	jq -r --rawfile patterns "$patterns" '
		([.records | group_by(.query)[] | {(.[0].query): length}] | add) as $found
		| $patterns | split("\n")[:-1][] | $found[.] // 0' <<<"$output" |
		paste - "$patterns" | diff - <(paste "$BATS_TEST_TMPDIR/wanted" "$patterns")
}

@test "a number after a dot or a bracket, classes, a first ]: expressions and globs" {
	printf '%s\n' vfs_read xfs_read Vfs_read vfs_readv vfs_reab vfs_rea1 abcdefghij abcdefghijkl |
		table
	while IFS='	' read -r query kind expression; do
		local option=

		[ "$kind" = glob ] || option=--regex
		expect 0 "$KVET" ksyms lookup -j --kallsyms "$TABLE" ${option:+"$option"} "$query"
		jq -r '.records[].name' <<<"$output" | diff - <(grep -E -e "$expression" "$NAMES")
		# From a table that is read for this query alone, and one that is read whole.
		jq -r '.records[].name' <<<"$output" >"$BATS_TEST_TMPDIR/one"
		expect 0 "$KVET" ksyms lookup -j --kallsyms "$TABLE" ${option:+"$option"} --file - < \
			<(echo "$query")
		jq -r '.records[].name' <<<"$output" | diff "$BATS_TEST_TMPDIR/one" -
	done <<-'EOF'
		^.{12}$	regex	^.{12}$
		^[a-z]{10}$	regex	^[a-z]{10}$
		^[[:lower:]abc]fs_read$	regex	^[[:lower:]abc]fs_read$
		^[]x]fs_read$	regex	^[]x]fs_read$
		vfs_reab?	regex	vfs_reab?
		vfs_(read|reab)v?$	regex	vfs_(read|reab)v?$
		[[:lower:]]fs_read	glob	^[[:lower:]]fs_read$
		vfs_rea[[:lower:]]	glob	^vfs_rea[[:lower:]]$
		vfs_rea[![:digit:]]	glob	^vfs_rea[^[:digit:]]$
		[]xv]fs_read	glob	^[]xv]fs_read$
		?fs_*	glob	^.fs_
	EOF
}

@test "a colon within brackets does not end a module's name; one after a name does" {
	printf '%s\n' '0000000000001000 t vfs_read' '0000000000002000 t vfs_read	[m]' >"$TABLE"
	expect 0 "$KVET" ksyms lookup -j --kallsyms "$TABLE" 'm:[[:lower:]]fs_*' '[[:lower:]]fs_read'
	json '[.records[].module] == ["m", null, "m"]'
}

# bats test_tags=plain
@test "expressions that would take the machine: wrong use, and the bound is named" {
	echo f | table
	local expression

	for expression in "$(printf '%100000s' '' | tr ' ' '(')" "$(printf 'a%5000s' '' | tr ' ' '*')" \
		'((a{1,200}){1,200}){1,200}' 'a{32767}' "$(printf 'a|%.0s' {1..2000})b"; do
		printf '%s\n' "$expression" >"$BATS_TEST_TMPDIR/expression"
		expect 2 bash -c 'ulimit -v 1000000; exec "$@"' - \
			"$KVET" ksyms lookup --kallsyms "$TABLE" --regex --file "$BATS_TEST_TMPDIR/expression"
		holds "$stderr" 'an expression may have at most'
	done
	expect 2 "$KVET" ksyms lookup --kallsyms "$TABLE" --regex '()\1+*$'
	holds "$stderr" 'a back-reference to a group that may be empty, and parentheses around it, can be repeated only with {N}'
}
