/* Counts failed logins of all consoles together and locks after five. */
/* SPDX-License-Identifier: MIT */
#ifndef FAILURES_H
#define FAILURES_H

enum {
	FAILURES_MOST = 5,
	FAILURES_LOCK = 300, /* seconds */
};

/*
 * Takes one attempt before its password is looked at, so that consoles side by
 * side get no more than FAILURES_MOST together. Returns 0 when the attempt may
 * go on, the seconds left when locked (trying does not extend them), or -errno
 * (then nobody may log in).
 */
int failures_take(void);

/* Forgets all attempts: a password was right. */
void failures_clear(void);

#endif
