/* Whether a machine answers a ping: ICMP (RFC 792) and ICMPv6 (RFC 4443). */
/* SPDX-License-Identifier: MIT */
#include "echo.h"

#include <netinet/in.h>
#include <string.h>

enum { ECHO = 8, ECHO_REPLY = 0, ECHO6 = 128, ECHO6_REPLY = 129 };

/* Type, code, checksum, id, number. */
enum { HEADER = 8, IP_HEADER = 20 };

/* RFC 1071. */
static uint16_t checksum(const uint8_t *bytes, size_t size)
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i + 1 < size; i += 2)
		sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~(sum + (sum >> 16));
}

static void put16(uint8_t *bytes, uint16_t value)
{
	bytes[0] = (uint8_t)(value >> 8);
	bytes[1] = (uint8_t)value;
}

static bool is_reply(const struct probe *probe, const uint8_t *bytes,
	size_t size, uint8_t type)
{
	return size >= HEADER && bytes[0] == type && !bytes[1] &&
		bytes[4] == probe->id >> 8 && bytes[5] == (probe->id & 0xff);
}

bool echo_take(struct probe *probe, const uint8_t *bytes, size_t size)
{
	size_t header = size ? (bytes[0] & 15) * 4u : 0;

	return header >= IP_HEADER && header <= size &&
		is_reply(probe, bytes + header, size - header, ECHO_REPLY);
}

bool echo_take6(struct probe *probe, const uint8_t *bytes, size_t size)
{
	return is_reply(probe, bytes, size, ECHO6_REPLY);
}

void echo_open(struct probe *probe, const char *address,
	const char *interface, uint16_t id)
{
	bool v6 = strchr(address, ':');

	*probe = (struct probe){ .id = id, .size = HEADER,
		.take = v6 ? echo_take6 : echo_take };
	probe->question[0] = v6 ? ECHO6 : ECHO;
	put16(probe->question + 4, id);
	put16(probe->question + 6, 1);
	/* Of ICMPv6 it is the kernel's work. */
	if (!v6)
		put16(probe->question + 2, checksum(probe->question, HEADER));
	probe_open(probe, address, interface, 0,
		v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
}
