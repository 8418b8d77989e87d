/* Whether a name server answers: one question of RFC 1035. */
/* SPDX-License-Identifier: MIT */
#include "dns.h"

#include <string.h>

/* Header: id, flags, and how many questions and answers there are. */
enum { HEADER = 12, LABEL_MOST = 63, NAME_MOST = 253, TYPE_A = 1, CLASS_IN = 1,
	/* Of an answer: type, class, time, length; of the question the first
	 * two. */
	FIXED = 10, ASKED = 4, POINTER = 0xc0 };

static unsigned int get16(const uint8_t *bytes)
{
	return (unsigned int)bytes[0] << 8 | bytes[1];
}

static bool put_name(struct probe *probe, const char *name)
{
	size_t length;

	if (!*name || strlen(name) > NAME_MOST)
		return false;
	for (; *name; name += length + (name[length] == '.')) {
		length = strcspn(name, ".");
		if (!length || length > LABEL_MOST)
			return false;
		probe->question[probe->size++] = (uint8_t)length;
		memcpy(probe->question + probe->size, name, length);
		probe->size += length;
	}
	probe->question[probe->size++] = 0;
	return true;
}

bool dns_open(struct probe *probe, const char *server, int port,
	const char *name, uint16_t id)
{
	uint8_t *bytes = probe->question;

	*probe = (struct probe){ .id = id, .take = dns_take, .fd = -1 };
	bytes[0] = (uint8_t)(id >> 8);
	bytes[1] = (uint8_t)id;
	bytes[2] = 1; /* it is to ask others, too */
	bytes[5] = 1; /* one question */
	probe->size = HEADER;
	if (!put_name(probe, name))
		return false;
	bytes[probe->size + 1] = TYPE_A;
	bytes[probe->size + 3] = CLASS_IN;
	probe->size += ASKED;
	probe_open(probe, server, NULL, port, 0);
	return true;
}

/* Behind a name; more than size: it does not end. */
static size_t pass_name(const uint8_t *bytes, size_t size, size_t at)
{
	while (at < size && bytes[at] && bytes[at] < POINTER)
		at += 1u + bytes[at];
	if (at >= size)
		return size + 1;
	return at + (bytes[at] ? 2 : 1);
}

static void find_address(struct probe *probe, const uint8_t *bytes,
	size_t size)
{
	unsigned int answers = get16(bytes + 6), length;
	size_t at = pass_name(bytes, size, HEADER) + ASKED;

	for (; answers--; at += FIXED + length) {
		at = pass_name(bytes, size, at);
		if (at >= size || size - at < FIXED)
			return;
		length = get16(bytes + at + 8);
		if (length > size - at - FIXED)
			return;
		if (get16(bytes + at) != TYPE_A || length != 4)
			continue;
		memcpy(probe->host, bytes + at + FIXED, 4);
		return;
	}
}

bool dns_take(struct probe *probe, const uint8_t *bytes, size_t size)
{
	if (size < HEADER || get16(bytes) != probe->id || !(bytes[2] & 0x80))
		return false;
	probe->code = bytes[3] & 15;
	if (!probe->code && get16(bytes + 4) == 1)
		find_address(probe, bytes, size);
	return true;
}
