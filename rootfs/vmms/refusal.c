/* Why a request is not done: the codes of the protocol's errors. */
/* SPDX-License-Identifier: MIT */
#include "refusal.h"

#include <string.h>

static const char *const words[REFUSALS] = {
	[REFUSE_MALFORMED] = "malformed",
	[REFUSE_VERSION] = "version",
	[REFUSE_VERB] = "unknown-verb",
	[REFUSE_ARGUMENT] = "bad-argument",
	[REFUSE_DENIED] = "denied",
	[REFUSE_ABSENT] = "not-found",
	[REFUSE_EXISTS] = "exists",
	[REFUSE_STATE] = "wrong-state",
	[REFUSE_BUSY] = "busy",
	[REFUSE_FAILED] = "failed",
};

const char *refusal_word(enum refusal refusal)
{
	return words[refusal];
}

enum refusal refusal_of(const char *word)
{
	int i;

	for (i = 0; i < REFUSALS; i++)
		if (!strcmp(words[i], word))
			break;
	return (enum refusal)i;
}
