/* The guest's reference time, which is the hypervisor's. */
/* SPDX-License-Identifier: MIT */
#include "reference.h"

#include "events.h"
#include "hv.h"
#include "mshv.h"

#define READINGS	8
#define UNIT		100	/* ns; TLFS, partition reference time */

/* Its time was asked between two looks at ours: the closest two count. */
bool reference_read(int partition, struct reference *reference)
{
	uint64_t before, after, time, least = UINT64_MAX;
	unsigned int i;

	for (i = 0; i < READINGS; i++) {
		before = events_now();
		if (mshv_get_property(partition, HV_PROPERTY_REFERENCE_TIME,
			&time))
			return false;
		after = events_now();
		if (after - before >= least)
			continue;
		least = after - before;
		reference->time = time * UNIT;
		reference->when = before + least / 2;
	}
	return true;
}
