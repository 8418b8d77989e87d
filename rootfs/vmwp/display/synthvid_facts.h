/* What the synthetic video device tells of itself. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_DISPLAY_SYNTHVID_FACTS_H
#define VMWP_DISPLAY_SYNTHVID_FACTS_H

#include <stddef.h>
#include <stdint.h>

#define SYNTHVID_FACTS	256u	/* bytes at most */

/*
 * The body of a FEATURE_CHANGE, RESOLUTION_, BIOS_INFO_ or CAPABILITY_RESPONSE.
 * minor: of the version; most: resolutions that the guest has room for. How
 * many bytes it has.
 */
size_t synthvid_fact(uint32_t type, unsigned int minor, unsigned int most,
	uint8_t to[SYNTHVID_FACTS]);

#endif
