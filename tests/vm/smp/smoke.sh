#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The guest is what the other files of this folder take it for.

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh

check_output '^4$' 'four CPUs are online' nproc
check_output '^0-3$' 'four CPUs are possible' cat /sys/devices/system/cpu/possible

plan
