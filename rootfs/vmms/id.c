/* Ids of VMs: UUIDs, which stay when a VM gets another name. */
/* SPDX-License-Identifier: MIT */
#include "id.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

int id_make(struct id *id)
{
	size_t done = 0;
	ssize_t got;

	while (done < sizeof(id->bytes)) {
		got = getrandom(id->bytes + done, sizeof(id->bytes) - done, 0);
		if (got < 0 && errno != EINTR)
			return -errno;
		if (got > 0)
			done += got;
	}
	/* RFC 9562 section 5.4: version and variant. */
	id->bytes[6] = (id->bytes[6] & 0x0f) | 0x40;
	id->bytes[8] = (id->bytes[8] & 0x3f) | 0x80;
	return 0;
}

static int digit(char letter)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = letter ? strchr(digits, letter) : NULL;

	return at ? (at - digits) % 16 : -1;
}

/* RFC 9562 section 4: hyphens after 4, 6, 8 and 10 bytes. */
static bool hyphen_before(int byte)
{
	return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

bool id_read(const char *text, struct id *id)
{
	uint8_t all = 0;
	int i, high, low;

	for (i = 0; i < 16; i++) {
		if (hyphen_before(i) && *text++ != '-')
			return false;
		high = digit(text[0]);
		low = high < 0 ? -1 : digit(text[1]);
		if (low < 0)
			return false;
		id->bytes[i] = high << 4 | low;
		all |= id->bytes[i];
		text += 2;
	}
	return !*text && all;
}

void id_print(const struct id *id, char text[ID_TEXT])
{
	int i;

	for (i = 0; i < 16; i++)
		text += sprintf(text, "%s%02x", hyphen_before(i) ? "-" : "",
			id->bytes[i]);
}
