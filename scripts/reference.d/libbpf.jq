# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Where one libbpf is wrong: $said is what scripts/reference.d/libbpf.c printed with it.
include "words";

($said | rtrimstr("\n") | split("\n")) as $lines
| (INDEX($kvet[] | select(.record == "helper"); .id) | map_values(.helper)) as $names
| [$lines[1:][] | split("\t")
	| {type: .[0], id: (.[1] | tonumber), helper: $names[.[1]], left: .[3],
		says: (if .[2] == "1" then "yes" elif .[2] == "0" then "no" else null end)}]
| (map(select(.says == "yes" and .left != "0")) | length) as $left
| compared("libbpf"; $lines[0] | ltrimstr("v"); $file; $kvet; $left)
