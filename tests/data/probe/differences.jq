# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Where bpftool and kvet differ: reads the JSON of `bpftool -j feature probe kernel full` and of
# `kvet probe helpers --all --full`, prints a row for each helper and each of kvet's answers to
# it, with the verifier's line that proves the answer and the types that it is about.

# The first line that is neither an instruction nor a state nor a count.
def words: (. // "") | split("\n")
	| map(select(test("^$|^[0-9]+:|^R[0-9]+=|^processed |^Validating ") | not)) | .[0] // "";

(.[0].helpers | with_entries(.key |= sub("_available_helpers$"; ""))) as $available
| (.[0].program_types | with_entries(.key |= (sub("^have_"; "") | sub("_prog_type$"; "")))) as $types
| [.[1].records[]
	# bpftool does not answer for types that take a target, nor for helpers that it does not know.
	| select($types[.type] != null)
	| select([.type] | inside(["tracing", "struct_ops", "ext", "lsm"]) | not)
	| select(.helper as $helper | $available | any(.[]; index($helper)))
	| .bpftool = (.helper as $helper | $available[.type] | index($helper) != null)
	| select(.bpftool != (.verdict == "supported"))]
| group_by([.id, .verdict, .reason, .errno, (.log | words)])[]
| [.[0].helper, if .[0].bpftool then "available" else "not available" end,
	"\(.[0].verdict): \(.[0].reason)", .[0].errno // "-", (.[0].log | words),
	(map(.type) | sort | join(","))]
| @tsv
