#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What the kernel refuses with one errno for half a dozen causes, or does not refuse at all and then
# probes something else: kvet names the cause. trace.sh has the rest of the matrix.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh
# shellcheck source=tests/vm/lib/trace.sh
. tests/vm/lib/trace.sh

# refuses STATUS CAUSE ARGUMENT...
refuses() {
	wanted=$1 cause=$2
	shift 2
	check_status "$wanted" "$*: status $wanted" kvet trace --duration 1ms "$@"
	check_also "$cause" "$*: says why"
}

extent=$(kvet ksyms lookup --format jsonl vfs_read | json_value extent)
printf '# vfs_read reaches %s bytes\n' "$extent"

# The kernel arms what stands there: the next function, on 5.10 and 6.1.
refuses 1 'is past the end of vfs_read' "vfs_read+$extent"
refuses 1 'is past the end of vfs_read' "vfs_read+$((extent + 1))"
refuses 1 'is past the end of vfs_read' vfs_read+0x100000
refuses 2 'offset is neither decimal nor 0x hexadecimal' vfs_read+-4
refuses 1 "no symbol 'vfs_read-4'" vfs_read-4
refuses 1 'vfs_read\+0x1 is not an instruction boundary' vfs_read+1

# Each boundary is tried with a probe, which takes the kernel 50 ms: few are enough.
inside=$(kvet trace --offsets --format jsonl --range 8-0x18 vfs_read 2>/dev/null |
	grep '"record":"site"' | json_value offset | head -n 1)
refuses 1 'is not where the function begins' --return "vfs_read+$inside"
refuses 1 'is not where the function begins' --return --backend tracefs "vfs_read+$inside"

# Not init_task: in 7.3 it stands in kallsyms as text.
data=$(grep -F ' D ' $kallsyms | awk '$1 !~ /^0+$/ && $4 == "" { seen[$3]++ }
	END { for (s in seen) if (seen[s] == 1) { print s; exit } }')

# Each is EINVAL to the kernel.
refuses 1 'exc_int3 is not traceable; on the kernel.s kprobe blacklist' exc_int3
refuses 1 'entry_SYSCALL_64 is not traceable|entry_SYSCALL_64.*blacklist' entry_SYSCALL_64
refuses 1 'start_kernel is not traceable: .*__init' start_kernel

refuses 1 "no symbol contains 0x400000" 0x400000
refuses 1 "no symbol 'vfs_read' in module 'nomod'" nomod:vfs_read
refuses 1 "no symbol 'no_such_symbol'" no_such_symbol
refuses 1 'ambiguous: [0-9]* addresses' c_start
refuses 1 'is not text: its type is' vmlinux:"$data"

# And with what the kernel's own log has to say.
check_output 'error_log: |is not traceable' 'tracefs: what the kernel has logged is evidence' \
	kvet trace --backend tracefs --duration 1ms exc_int3

plan
