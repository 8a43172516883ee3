# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A row for each helper and each answer to it, with the types that it is about: TYPE, TYPE/VARIANT or
# TYPE/VARIANT@TARGET, as the program was loaded that decided.
include "words";

[inputs | select(.record == "helper")
	| {type: (.type + (if .variant then "/" + .variant else "" end) + (if .target then "@" + .target else "" end)),
		row: [.id, .helper, .verdict, .reason, (.errno | or_none), (.btf | yes_no), (.argument | or_none), attaches, line]}]
| group_by(.row)[]
| .[0].row + [map(.type) | list] | @tsv
