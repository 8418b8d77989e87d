/* What a monitor says of itself. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_DISPLAY_EDID_H
#define VMWP_DISPLAY_EDID_H

#include <stdint.h>

#define EDID_SIZE	128u

/* One that prefers 1024 x 768. */
void edid_get(uint8_t edid[EDID_SIZE]);

#endif
