#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What CO-RE relocations come to on this kernel, as kvet finds it in its BTF, and as libbpf writes it
# into the instructions. Needs relocations in the guest's PATH, and the objects in /objects.

. tests/vm/lib/tap.sh

# compared NUMBER OBJECT: at least so many relocations, and no difference.
compared() {
	check_output "^([0-9]+) compared, [0-9]+ of them invalid, 0 different, load 0\$" \
		"$2: kvet and libbpf agree" relocations "/objects/$2.bpf.o"
	check "$2: $1 relocations or more" test "$(printf '%s\n' "$output" | sed -n 's/ compared.*//p')" -ge "$1"
}
compared 70 relocations
compared 6 causes

# --- what live code needs: as the kernel has it once it is loaded ---------------------------------

# live PROGRAM: the clocks that live code calls by kvet's own reading.
# shellcheck disable=SC2317 # called by name
live() {
	kvet object check --needs --format jsonl /objects/causes.bpf.o 2>/dev/null |
		grep "\"program\":\"$1\"" | grep '"live":true' | grep -o 'bpf_ktime_get[a-z_]*' | sort -u | tr '\n' ' '
}
check_output '^bpf_ktime_get_boot_ns $' 'a call in a subprogram is needed' live clock_called
check_output '^bpf_ktime_get_boot_ns $' 'a guard that holds leaves one of two clocks' live clock_guarded
check_output '^bpf_ktime_get_boot_ns $' 'so does a constant variable' live clock_switched

plan
