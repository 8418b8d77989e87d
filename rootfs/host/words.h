/* Words KEY=VALUE as they are typed, in the form that settings take. */
/* SPDX-License-Identifier: MIT */
#ifndef HOST_WORDS_H
#define HOST_WORDS_H

#include "conf.h"
#include "trouble.h"

enum { WORDS_MOST = 128 };

struct words {
	char *list[WORDS_MOST];
	int count;
};

/*
 * For a key that repeats, KEY="A B" is KEY=A KEY=B (but for SSH keys, which
 * have blanks), KEY+=A all values of now and A, KEY-=A all but A. 0 or -errno;
 * freed by words_free() in any case.
 */
int words_expand(struct words *words, const struct conf *conf,
	const char *section, char **typed, int count, struct trouble *why);
void words_free(struct words *words);

#endif
