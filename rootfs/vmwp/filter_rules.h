/* Which calls of the kernel which kinds of threads need. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_FILTER_RULES_H
#define VMWP_FILTER_RULES_H

#include <stdint.h>

#include "callfilter.h"

#define FILTER_RULES	79u

/* kinds: FILTER_EVENTS ... The value of SYS_tgkill's is the own process. Of
 * rules with one call any may allow it. */
struct filter_rule {
	uint16_t call;
	uint8_t kinds;
	struct callfilter_argument argument;
};

extern const struct filter_rule filter_rules[FILTER_RULES];

#endif
