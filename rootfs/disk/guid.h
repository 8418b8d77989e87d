/* GUIDs in the order of bytes that they have on a disk. */
/* SPDX-License-Identifier: MIT */
#ifndef DISK_GUID_H
#define DISK_GUID_H

#include <stdbool.h>
#include <stdint.h>

struct guid {
	uint8_t bytes[16];
};

/* A new random one (RFC 4122, version 4), or -errno. */
int guid_make(struct guid *guid);

bool guid_equal(const struct guid *one, const struct guid *other);
bool guid_is_zero(const struct guid *guid);

#endif
