/* Questions to other machines, and the time that their answers take. */
/* SPDX-License-Identifier: MIT */
#ifndef HOST_PROBE_H
#define HOST_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PROBE_BYTES = 512 };

struct probe {
	int fd;		/* connected; -1: it could not be: error says why */
	size_t size;	/* of the question */
	uint8_t question[PROBE_BYTES];
	/* Whether this is the answer; what it says is noted in the probe. */
	bool (*take)(struct probe *probe, const uint8_t *bytes, size_t size);
	uint16_t id;	/* of the question */
	uint8_t host[4];	/* of an answer: an address; or 0 */
	unsigned int code;	/* of an answer: what it says */
	double behind;	/* of an answer: seconds that our clock is behind */

	bool answered;
	int error;	/* an errno that came instead; 0: nothing came */
	int64_t sent;	/* microseconds, of a clock that nobody sets */
	int us;		/* until the answer came */
};

/*
 * A socket that is connected to a port of an address, IPv4 or IPv6, which may
 * be one of the link (fe80::) with the interface's name. Protocol 0: UDP; else
 * a raw one.
 */
void probe_open(struct probe *probe, const char *address,
	const char *interface, int port, int protocol);
void probe_close(struct probe *probe);

/*
 * Sends all, twice again where nothing comes, and waits until all have answered
 * or the time is over.
 */
void probe_run(struct probe *probes, int count, int ms);

/* Why one has no answer. */
const char *probe_why_not(const struct probe *probe);

#endif
