# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What the tables have in common.

# The verifier's own line: the first that is neither an instruction nor a state nor a count.
def verifier_line: (. // "") | split("\n")
	| map(select(test("^$|^[0-9]+:|^R[0-9]+=|^processed |^Validating ") | not)) | .[0];

# The line that an answer rests on. An answer without one is "-", as is each other thing that is absent.
def line: .evidence // (.log | verifier_line) // "-";

def or_none: if . == null then "-" else tostring end;

def yes_no: if . == null then "-" elif . then "yes" else "no" end;

def attaches: if .attach_cause then "no: " + .attach_cause
	else (.attachable // .attach_verdict | if type == "string" then (if . == "supported" then "yes" else "no" end)
		else yes_no end) end;

def list: if . == null or . == [] then "-" else sort | join(",") end;

# Puts what a peer says beside what kvet says: reads cells with .helper, .type and .says (yes, no, or null
# for no answer), and prints the total, and a row for each helper and each wrong answer to it.
def compared($peer; $version; $suite; $kvet; $errno_left):
	INDEX($kvet[] | select(.record == "helper"); .type + " " + .helper) as $cells
	| map(. + {verdict: $cells[.type + " " + .helper].verdict} | select(.verdict))
	| map(select(.says and .verdict != "undetermined" and (.says == "yes") != (.verdict == "supported"))) as $wrong
	| (["total", $peer, $version, $suite, (map(select(.says)) | length), ($wrong | length),
		(map(select(.says and .verdict == "undetermined")) | length),
		(map(select(.says == null)) | length), $errno_left] | @tsv),
	($wrong | group_by([.id, .says])[]
		| ["wrong", $peer, $version, .[0].helper, .[0].says, (map(.type) | list)] | @tsv);
