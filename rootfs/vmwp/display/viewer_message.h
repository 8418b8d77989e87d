/* RFB's messages from a viewer: what the library has no names for. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_DISPLAY_VIEWER_MESSAGE_H
#define VMWP_DISPLAY_VIEWER_MESSAGE_H

#include <stdint.h>

/* Types and subtypes: RFC 6143, 7.5, and the community's list. */
#define VIEWER_SET_DESKTOP_SIZE	251
#define VIEWER_QEMU		255
#define VIEWER_QEMU_KEY		0

/* Numbers are big-endian. */
static inline unsigned int viewer_number16(const uint8_t *bytes)
{
	return bytes[0] << 8 | bytes[1];
}

static inline uint32_t viewer_number32(const uint8_t *bytes)
{
	return (uint32_t)viewer_number16(bytes) << 16 |
		viewer_number16(bytes + 2);
}

#endif
