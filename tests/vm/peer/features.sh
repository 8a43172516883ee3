#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# kvet probe maps, programs and features: a table of what each kernel has, and bpftool beside it.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh

kernel=$(uname -r)
minor=${kernel#*.}
number=$((${kernel%%.*} * 1000 + ${minor%%.*}))

for noun in maps programs features; do
	kvet probe $noun -j 2>/dev/null | jq -r '.records[] | "\(.name) \(.verdict) \(.type) \(.evidence)"' >/tmp/$noun
done

# says NOUN NAME VERDICT
says() {
	grep "^$2 " "/tmp/$1"
	grep -q "^$2 $3 " "/tmp/$1"
}

# since KERNEL NOUN NAME: supported from that release on, unsupported before. Debian backports none.
since() {
	verdict=unsupported
	[ "$number" -lt "$1" ] || verdict=supported
	check "$2 $3: $verdict" says "$2" "$3" $verdict
}

for name in large_programs bounded_loops function_calls isa_v2 isa_v3 btf_func global_functions btf_datasec \
	kernel_btf jit batch_operations ring_buffer sleepable fentry iterators link_cgroup link_netns; do
	since 5008 features "$name"
done
since 5012 features atomics
since 5013 features btf_float
since 5016 features btf_decl_tag
since 5017 features btf_type_tag
since 6000 features btf_enum64
since 6006 features isa_v4
since 5015 features cookies
since 5015 features link_perf_event
since 6006 features link_tcx
since 6006 features link_uprobe_multi
since 6009 features token
since 6010 features link_kprobe_session
for name in hash array prog_array perf_event_array percpu_hash percpu_array stack_trace cgroup_array lru_hash \
	lru_percpu_hash lpm_trie array_of_maps hash_of_maps devmap sockmap cpumap xskmap sockhash \
	reuseport_sockarray queue stack sk_storage devmap_hash struct_ops ringbuf hash:no_prealloc array:mmapable \
	array:rdonly_prog array:wronly_prog; do
	since 5008 maps "$name"
done
since 5010 maps inode_storage
since 5011 maps task_storage
since 5016 maps bloom_filter
since 6001 maps user_ringbuf
since 6002 maps cgrp_storage
since 6009 maps arena
for name in kprobe tracepoint raw_tracepoint perf_event socket_filter xdp sched_cls sk_lookup fentry fexit iter; do
	since 5009 programs "$name"
done
since 5014 programs syscall

# What bpftool says of map types, but those that it does not know, and what it says of types.
awk '$1 == $3 { print $1, $2 }' /tmp/maps | sort >/tmp/maps.kvet
bpftool feature probe -j >/tmp/bpftool.json 2>/dev/null
jq -r '.map_types | to_entries[] |
	"\(.key | ltrimstr("have_") | rtrimstr("_map_type")) \(if .value then "" else "un" end)supported"' </tmp/bpftool.json | sort >/tmp/maps.bpftool
map_differences() {
	awk 'NR == FNR { kvet[$1] = $2; next } $1 in kvet && kvet[$1] != $2 { print $1, kvet[$1], "bpftool:", $2; n++ }
		END { exit n > 0 }' /tmp/maps.kvet /tmp/maps.bpftool
}
check 'maps: as bpftool says, where it knows the type' map_differences
known() {
	awk 'NR == FNR { kvet[$1] = 1; next } !($1 in kvet) { print $1; n++ } END { exit n > 0 || FNR < 25 }' \
		/tmp/maps.kvet /tmp/maps.bpftool
}
check 'maps: every row of bpftool has its row' known

awk '$1 == $3 { print $1, $2 }' /tmp/programs | sort >/tmp/maps.kvet
jq -r '.program_types | to_entries[] |
	"\(.key | ltrimstr("have_") | rtrimstr("_prog_type")) \(if .value then "" else "un" end)supported"' </tmp/bpftool.json | sort >/tmp/maps.bpftool
check 'programs: every row of bpftool has its row' known
# bpftool loads without the target that these types require, and calls that unsupported.
sed -i -E '/^(tracing|lsm|ext|struct_ops) /d' /tmp/maps.bpftool
check 'programs: as bpftool says, but for types that require a target' map_differences

plan
