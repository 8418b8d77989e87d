/* GUIDs: random ones, and whether two are the same. */
/* SPDX-License-Identifier: MIT */
#include "guid.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

int guid_make(struct guid *guid)
{
	if (getrandom(guid, sizeof(*guid), 0) != sizeof(*guid))
		return -EIO;
	guid->bytes[7] = (guid->bytes[7] & 0x0f) | 0x40;
	guid->bytes[8] = (guid->bytes[8] & 0x3f) | 0x80;
	return 0;
}

bool guid_equal(const struct guid *one, const struct guid *other)
{
	return !memcmp(one, other, sizeof(*one));
}

bool guid_is_zero(const struct guid *guid)
{
	static const struct guid zero;

	return guid_equal(guid, &zero);
}
