# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A row for each kfunc. Its number in the kernel's BTF is another one in each build.
include "words";

[inputs | select(.record == "kfunc")
	| [.name, (.module | or_none), .verdict, .reason, (.errno | or_none), (.target | or_none), (.listed | or_none), line,
		(.types | list), (.sleepable_types | list), (.undetermined_types | list)]]
| sort[] | @tsv
