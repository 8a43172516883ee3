# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A row for each map type, program type or feature, in kvet's order.
include "words";

inputs | select(.record == "feature")
| [.name, (.type | or_none), .verdict, .reason, (.errno | or_none), (.value | or_none), attaches, line] | @tsv
