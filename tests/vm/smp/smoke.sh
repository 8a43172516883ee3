#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The guest is what the other files of this folder take it for.

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh

cpus=$(nproc)
check 'there are several CPUs' test "$cpus" -ge 2
check_output "^0-$((cpus - 1))\$" 'all that are possible are online' cat /sys/devices/system/cpu/possible

plan
