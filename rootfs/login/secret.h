/* Passwords that are chosen: whether one may be, and its hash. */
/* SPDX-License-Identifier: MIT */
#ifndef SECRET_H
#define SECRET_H

#include <stdbool.h>

enum {
	SECRET_LEAST = 12,	/* characters */
	SECRET_MOST = 512,	/* bytes, with the final NUL */
	SECRET_HASH = 384,	/* bytes of a hash, with its NUL: crypt(5) */
};

/* NULL when password may be chosen, else a sentence that says why not. */
const char *secret_refusal(const char *password);

/* Its hash by yescrypt, with new salt. False: there is no randomness, or memory. */
bool secret_hash(const char *password, char hash[SECRET_HASH]);

#endif
