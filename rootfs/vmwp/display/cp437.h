/* The characters of a PC's text screen (IBM code page 437) in Unicode. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_DISPLAY_CP437_H
#define VMWP_DISPLAY_CP437_H

#include <stdint.h>

/* Those below 0x20 and 0x7f as they look; 0 and 0xff are spaces. */
extern const uint16_t cp437[256];

#endif
