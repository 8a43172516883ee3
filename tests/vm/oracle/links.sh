#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# object check against libbpf's own load and a real attach of programs whose section does not name
# all that they are attached to: cgroups, network namespaces and devices, sockets, events; and of
# iterators, USDTs and structs of operations.
# Needs attach in the guest's PATH, and the objects of tests/objects in /objects.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/object.sh
. tests/vm/lib/object.sh

# Programs of netkit are attached to such a device alone (Linux 6.7).
ip link add kvet0 type netkit 2>/dev/null

for object in links usdt operations; do
	ask $object
	attach /objects/$object.bpf.o >/tmp/$object.attached
	compare $object
done

# attached LEAST: so many programs were attached, or the comparison would say nothing.
attached() {
	cat /tmp/*.attached | awk -v least="$1" '$3 == "yes" { count++ }
		END { print count " were attached"; exit count < least }'
}
case $(uname -r) in
5.10.*) least=50 ;;
6.1.*) least=55 ;;
*) least=70 ;;
esac
check "libbpf attaches $least programs at least" attached $least

# --- the reasons ---------------------------------------------------------------------------------

for program in net_netkit_primary net_netkit_peer net_tcx_ingress net_tcx_egress; do
	reason_is $program loaded 5.10=target-unsupported 6.1=target-unsupported
done
reason_is sock_verdict loaded 5.10=target-unsupported
for program in connect sendmsg recvmsg getpeername getsockname; do
	reason_is cgroup_${program}_unix loaded 5.10=type-absent 6.1=type-absent
done
reason_is net_netfilter loaded 5.10=type-absent 6.1=type-absent
reason_is cgroup_value exit-value
reason_is cgroup_lsm_absent btf-target
reason_is iter_absent btf-target
reason_is operation_alone placeholder
reason_is writable loaded
reason_is writable_unused loaded
reason_is writable_refused access
reason_is writable_past access
reason_is writable_absent target-absent
reason_is usdt_plain loaded
reason_is usdt_absent target-file
reason_is usdt_provider target-file
reason_is usdt_no_file target-file
reason_is usdt_short target-file

ip link del kvet0 2>/dev/null
plan
