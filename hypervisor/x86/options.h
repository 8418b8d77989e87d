/* The hypervisor's command line. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_OPTIONS_H
#define X86_OPTIONS_H

#include <stdbool.h>

struct options {
	bool off;		/* off: the parent starts without hypervisor */
	bool no_x2apic;		/* x2apic=off */
	bool no_speculation;	/* speculation=off: no guards against it */
	unsigned int panic_seconds;	/* panic=SECONDS */
};

/* NULL, or a sentence about the first option that is wrong (static). */
const char *options_read(struct options *options, const char *text);

#endif
