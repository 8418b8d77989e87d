/* Passwords of root and of administrators: which there are, and setting one. */
/* SPDX-License-Identifier: MIT */
#ifndef PASSWORD_H
#define PASSWORD_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Copies the hash in effect of an account: root, or an administrator of the
 * settings. False: none is set, or there is no such account.
 */
bool password_hash(const char *name, char *hash, size_t size);

/* Whether anybody has one. */
bool password_any(void);

/*
 * Whether it is the password of that account, now. The same work for a name
 * that nobody has.
 */
bool password_is(const char *name, const char *password);

/* Whether password has this hash, in time that does not depend on where they
 * differ. */
bool password_matches(const char *password, const char *hash);

enum password_kept {
	PASSWORD_KEPT,      /* on the config volume too */
	PASSWORD_FORGOTTEN, /* until the restart: there is no such volume */
	PASSWORD_UNSAVED,   /* likewise: writing to it failed; errno says why */
	PASSWORD_TAKEN,     /* only_first, and another console was first */
	PASSWORD_REPLACED,  /* not set: others count from the next start on */
	PASSWORD_NOBODY,    /* there is no such administrator */
	PASSWORD_FAILED,    /* not set; errno says why */
};

/*
 * Hashes password with yescrypt and makes it that of an account, in the
 * settings in effect and on the config volume. only_first: only while nobody
 * has one.
 */
enum password_kept password_set(const char *name, const char *password,
	bool only_first);

#endif
