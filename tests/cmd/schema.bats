#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# --help-schema: the JSON Schema of each command's output, and that scripts/validate-json, which holds
# all outputs of this tier against them, sees what does not fit.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	TABLE=$DATA/ksyms/pitfalls
	# What is wrong here on purpose is not for the end of the tier.
	unset KVET_OUTPUTS
	cd "$BATS_TEST_TMPDIR" || return
}

# valid STATUS LEAST: scripts/validate-json ends so for the output in the file.
valid() {
	expect "$1" "$BATS_TEST_DIRNAME/../../scripts/validate-json" "$KVET" "$2" outputs
}

@test "every command has a schema, with each of its fields and their words" {
	local words

	while read -ra words; do
		expect 0 "$KVET" "${words[@]}" --help-schema
		[ -z "$stderr" ]
		json '."$schema" == "http://json-schema.org/draft-07/schema#"'
		json '.title == "kvet " + $name' --arg name "${words[*]}"
		json '.definitions.document.properties.command.const == $name' --arg name "${words[*]}"
		# The help of fields is made from the same tables; what only text has is not in JSON.
		jq -r '.definitions | to_entries[] | select(.key | test("^record_")) | .key[7:] as $record
			| .value.properties | keys[] | select(. != "record") | $record + " " + .' <<<"$output" |
			sort >in_schema
		"$KVET" "${words[@]}" --help-fields | awk '
			/^Output \(record / { record = $3; sub(/\).*/, "", record); next }
			record != "summary" && /^  [a-z]/ { print record, $1 }' | sort -u >in_help
		[ -s in_schema ]
		[ -z "$(comm -23 in_schema in_help)" ]
		diff <(comm -13 in_schema in_help | grep -v ' about$') <([ "${words[*]}" != trace ] || echo 'call call')
	done < <("$KVET" --list-commands)
}

@test "a document and JSON lines fit" {
	{
		"$KVET" ksyms duplicates -j --kallsyms "$TABLE"
		printf '\x1e\n'
		"$KVET" ksyms duplicates -p --kallsyms "$TABLE"
		printf '\x1e\n'
		"$KVET" ksyms duplicates --format jsonl --kallsyms "$TABLE"
		printf '\x1e\n'
		# What is no output of kvet's is no fault.
		echo '[1, {"x": 2}] words'
	} >outputs
	valid 0 3
	holds "$output" "ksyms duplicates: 3 outputs"
	valid 1 4
	holds "$output" "only 3 outputs, not 4"
}

@test "what does not fit is seen: a key too few or too many, another type, another command's record" {
	local change

	"$KVET" ksyms duplicates -j --kallsyms "$TABLE" >document
	for change in 'del(.records[0].symbols)' '.records[0].more = 1' '.records[0].symbols = "2"' \
		'.records[3].address = "ffff"' '.records[0] = {"query": "x"}' 'del(.errors)' \
		'.status = "perhaps"' '.schema_version = 2' '.summary.names = null | .summary.names = true' \
		'.errors = [{"errno": null, "source": "x", "evidence": "y"}]' '.more = 1'; do
		jq -c "$change" document >outputs
		! cmp -s document outputs
		valid 1 1
		holds "$output" "# kvet ksyms duplicates: document:" || { echo "$change"; return 1; }
	done
	"$KVET" ksyms duplicates --format jsonl --kallsyms "$TABLE" | jq -c '.symbols |= tostring' >outputs
	valid 1 1
	holds "$output" "# kvet ksyms duplicates: line:"
}
