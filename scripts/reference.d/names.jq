# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A row for each name with several addresses: how many symbols have it, how many of them are functions, and
# where those are, if there are several: then a probe by that name is refused, or is put on the wrong one.
include "words";

INDEX($text[] | select(.record == "name"); .name) as $functions
| [inputs | select(.record == "name") | $functions[.name] as $of
	| [.name, .kind, .symbols, ($of.symbols // 0), ($of.addresses // null | list)]]
| sort[] | @tsv
