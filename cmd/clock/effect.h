/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the difference of two clocks does to a tracer, in words. */
#ifndef CMD_CLOCK_EFFECT_H
#define CMD_CLOCK_EFFECT_H

#include <kvet/clock.h>

#include "output/human.h"

/* The interval for people: its middle ("6.6 s"); NULL if it is so small that ns are readable. */
const char *clock_about(const struct kvet_clock_interval *interval, char buf[HUMAN_SIZE]);

/* Each bit of enum kvet_clock_mover as a word; returns how many there are. */
#define CLOCK_MOVERS 5
size_t clock_movers(unsigned int apart_by, const char *words[CLOCK_MOVERS]);

/* Why a pairing can exceed any limit: "a suspend can change the difference". */
const char *clock_promise_cause(unsigned int apart_by, char *buf, size_t size);

/* The effect of this pairing on a tracer's events: "events are placed 6.6 s too late now; ...". */
const char *clock_pairing_effect(const struct kvet_clock_pairing *pairing, char *buf, size_t size);

/* The effect of the kernel's BOOTTIME - MONOTONIC on a tracer that mixes the two. */
const char *clock_offset_effect(const struct kvet_clock_interval *offset, char *buf, size_t size);

#endif
