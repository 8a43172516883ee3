/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the files behind `kvet clock compare` share. */
#ifndef CMD_CLOCK_COMPARE_H
#define CMD_CLOCK_COMPARE_H

#include <kvet/clock.h>

#include "command.h"

struct clock_compare_args {
	struct option_number samples;
	struct option_number max_skew;
};

#endif
