/* A program of the kernel's that decides about calls (seccomp), rule by rule. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_CALLFILTER_H
#define VMWP_CALLFILTER_H

#include <linux/filter.h>
#include <stdint.h>

#define CALLFILTER_RULES	96u	/* most of one */

/* A condition on an argument: (its low half & mask) == value. Mask 0: none. */
struct callfilter_argument {
	uint8_t number;
	uint32_t mask, value;
};

struct callfilter {
	struct sock_filter list[8 + 6 * CALLFILTER_RULES];
	unsigned short count;
};

/* No rules yet. A call of another architecture ends the process by SIGSYS. */
void callfilter_begin(struct callfilter *filter);
/* So does one with a number from least on. */
void callfilter_ends(struct callfilter *filter, uint32_t least);
/* That call gets the action (SECCOMP_RET_...) if the argument is so; else it is
 * the next rules' matter. */
void callfilter_rule(struct callfilter *filter, uint16_t call,
	const struct callfilter_argument *argument, uint32_t action);
/*
 * From now on, for the calling thread and all that it begins: a call of no rule
 * gets the action. Needs no_new_privs. seccomp(2). 0 or -errno.
 */
int callfilter_enter(struct callfilter *filter, uint32_t others);

#endif
