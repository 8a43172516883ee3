#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# object check against libbpf's own load and attach of the same programs, and the cause of each no.
# Needs attach in the guest's PATH, and the objects of tests/objects in /objects.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh

mount -t tracefs nodev /sys/kernel/tracing 2>/dev/null
mount -t securityfs nodev /sys/kernel/security 2>/dev/null

# checked OBJECT: "PROGRAM VERDICT LOAD TARGET REASON CLOCKS" of each, "-" for what is absent.
checked() {
	kvet object check --format jsonl "/objects/$1.bpf.o" 2>/dev/null | grep '"record":"program"' |
		while read -r line; do
			for key in program verdict load target_verdict reason; do
				printf '%s\n' "$line" | json_value "$key" | head -n 1 | sed 's/^null$/-/' | tr '\n' ' '
			done
			printf '%s\n' "$line" | sed -n 's/.*"clocks":\[\([^]]*\)\].*/\1/p' | tr -d '"' | grep . || echo -
		done >"/tmp/$1"
}
checked causes
checked externs
checked mixed
grep -q . /tmp/causes || kvet object check /objects/causes.bpf.o
