/* The guest's reference time, which is the hypervisor's. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_REFERENCE_H
#define VMWP_REFERENCE_H

#include <stdbool.h>
#include <stdint.h>

struct reference {
	uint64_t time;	/* the guest's, ns */
	uint64_t when;	/* CLOCK_MONOTONIC at that instant, ns */
};

/* False where the hypervisor does not tell it. */
bool reference_read(int partition, struct reference *reference);

#endif
