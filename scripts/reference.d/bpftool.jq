# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Where one bpftool is wrong: $said is what it printed, $kvet the answers of kvet, $file its suite. It does
# not answer for types that take a target, nor for helpers that it does not know.
include "words";

($said | split("\n")) as $lines
| ($lines[0] | split(" ")[-1] | ltrimstr("v")) as $version
| ($lines | map(select(startswith("{")))[0] | fromjson) as $probe
| ($probe.helpers | with_entries(.key |= sub("_available_helpers$"; ""))) as $available
| ($probe.program_types | with_entries(.key |= (sub("^have_"; "") | sub("_prog_type$"; "")))) as $types
| ([$available[][]] | unique) as $known
| [$kvet[] | select(.record == "helper")
	| select([.type] | inside(["tracing", "struct_ops", "ext", "lsm"]) | not)
	| select($types[.type] != null) | .helper as $helper | select($known | index($helper))
	| {id, helper, type, says: (if $available[.type] | index($helper) then "yes" else "no" end)}]
| compared("bpftool"; $version; $file; $kvet; "-")
