#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Kernel functions of modules: probe kfuncs and object check against programs that libbpf loads and
# attaches for real, before and after the modules are loaded.
# Needs attach in the guest's PATH, and the objects of tests/objects in /objects.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/object.sh
. tests/vm/lib/object.sh

if ! grep -q nf_conntrack /modules/names; then
	absent 'its modules with such functions' 'its package was unpacked before they were asked for: scripts/vm fetch'
	check_status 1 'no program of any type may call a function that the kernel lacks' \
		kvet probe kfuncs -q bpf_xdp_ct_lookup
	plan
fi

# cells: "KFUNC TYPE VERDICT" of each.
cells() {
	kvet probe kfuncs bpf_xdp_ct_lookup bbr_undo_cwnd -t xdp -t kprobe -t struct_ops \
		--format jsonl 2>/tmp/errors |
		sed -n 's/.*"name":"\([^"]*\)".*"type":"\([^"]*\)".*"verdict":"\([^"]*\)".*/\1 \2 \3/p'
}

check_status 1 'without the module, no program of any type may call its functions' \
	kvet probe kfuncs bpf_xdp_ct_lookup
check_also 'or of a loaded module' 'and modules are named'
ask modules
reason_is calls_none loaded
reason_is bpf_xdp_ct_lookup__xdp kfunc

case $(uname -r) in
5.10.*)
	absent 'functions that programs may call' 'its modules have none'
	plan
	;;
esac

# libcrc32c is in the kernel itself since 6.15.
[ ! -e /modules/libcrc32c.ko ] || insmod /modules/libcrc32c.ko
for module in nf_defrag_ipv4 nf_defrag_ipv6 nf_conntrack tcp_bbr; do
	check "$module is loaded" insmod /modules/$module.ko
done

for object in modules bbr; do
	ask $object
	attach /objects/$object.bpf.o >/tmp/$object.attached
done
compare modules
# libbpf loads all programs of a struct, or none.
sed -i '/^bbr_/!d' /tmp/bbr.attached /tmp/bbr.programs
compare bbr
reason_is bpf_xdp_ct_lookup__xdp loaded
reason_is bpf_xdp_ct_lookup__kprobe kfunc

cells >/tmp/cells
check_output . 'the cells' cat /tmp/cells
check 'xdp programs may call that of nf_conntrack' grep -qx 'bpf_xdp_ct_lookup xdp supported' /tmp/cells
check 'kprobes may not' grep -qx 'bpf_xdp_ct_lookup kprobe unsupported' /tmp/cells
check 'structs of operations may call that of tcp_bbr' \
	grep -qx 'bbr_undo_cwnd struct_ops supported' /tmp/cells
check 'xdp programs may not' grep -qx 'bbr_undo_cwnd xdp unsupported' /tmp/cells

rmmod tcp_bbr
rmmod nf_conntrack
rmmod nf_defrag_ipv6
rmmod nf_defrag_ipv4
[ ! -e /modules/libcrc32c.ko ] || rmmod libcrc32c
check_status 1 'once the modules are gone: no' kvet probe kfuncs -q bpf_xdp_ct_lookup

plan
