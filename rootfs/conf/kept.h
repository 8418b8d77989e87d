/* Copies of a host's settings: which of several is the newest good one. */
/* SPDX-License-Identifier: MIT */
#ifndef KEPT_H
#define KEPT_H

#include <stdint.h>

#include "conf.h"

/*
 * A file that is kept in several places ends with the line
 *	# kept NUMBER HOST SUM
 * which says how often the settings were changed, whose they are (12 hexadecimal
 * digits), and the CRC-32 (IEEE 802.3) of all before SUM, as 8. A flash stick may
 * lose what was written long ago, and this shows it: it is no protection against
 * anybody.
 */
enum {
	KEPT_BAD = -1,		/* cannot be read, or is not what was written */
	KEPT_BY_HAND = 0,	/* good settings without such a line */
	KEPT_HOST = 12,
};

struct kept {
	int64_t number; /* 1 or more, or one of these */
	char host[KEPT_HOST + 1]; /* empty where there is none */
};

void kept_read(const char *path, struct kept *kept);

/*
 * Which of count paths a host takes, the first being that of its own volume: that
 * one, when somebody has put it there by hand; else the highest number of those
 * that are of host. NULL or "": of the first one's, which has to be good then. -1:
 * none is.
 */
int kept_newest(char *const *paths, int count, const char *host);

/*
 * The number after the highest of the host's among them, for what is written next.
 * NULL or "": of the first that has a name, or a new one. 0 or -errno.
 */
int kept_next(char *const *paths, int count, const char *host,
	struct kept *next);

/* Takes that line out: what is changed by hand counts as such. */
void kept_forget(struct conf *conf);

/* conf_write() with that line, in place of another. 0 or -errno. */
int kept_write(struct conf *conf, const char *path, const struct kept *kept);

/* An identity for a host that has none. 0 or -errno. */
int kept_new_host(struct kept *kept);

#endif
