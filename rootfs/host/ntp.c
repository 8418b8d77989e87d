/* Whether a time server answers: one question of RFC 5905. */
/* SPDX-License-Identifier: MIT */
#include "ntp.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>

/* Where times are in a message: 32 bits of seconds, 32 of their fractions. */
enum { SIZE = 48, ORIGINATE = 24, TRANSMIT = 40, TIME = 8 };

enum { VERSION_CLIENT = 4 << 3 | 3, MODE = 7, SERVER = 4, STRATUM = 1 };

/* Seconds from 1900 to 1970. */
static const int64_t era = 2208988800;

void ntp_open(struct probe *probe, const char *address, int port)
{
	*probe = (struct probe){ .size = SIZE, .take = ntp_take };
	probe->question[0] = VERSION_CLIENT;
	/* The server says it again: so nobody else's answer counts. */
	if (getrandom(probe->question + TRANSMIT, TIME, 0) != TIME)
		memset(probe->question + TRANSMIT, 0xa5, TIME);
	probe_open(probe, address, NULL, port, 0);
}

static uint32_t get32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
		(uint32_t)bytes[2] << 8 | bytes[3];
}

/* Half the way is not counted: it is a test, and no setting of the clock. */
static double behind(const uint8_t *bytes)
{
	struct timespec now;
	int64_t seconds;

	clock_gettime(CLOCK_REALTIME, &now);
	/* The next era begins in 2036: the difference is what is nearest. */
	seconds = (int32_t)(get32(bytes) - (uint32_t)(now.tv_sec + era));
	return (double)seconds + get32(bytes + 4) / 4294967296.0 -
		(double)now.tv_nsec / 1e9;
}

bool ntp_take(struct probe *probe, const uint8_t *bytes, size_t size)
{
	if (size < SIZE || (bytes[0] & MODE) != SERVER ||
	    memcmp(bytes + ORIGINATE, probe->question + TRANSMIT, TIME))
		return false;
	probe->code = bytes[STRATUM];
	probe->behind = behind(bytes + TRANSMIT);
	return true;
}
