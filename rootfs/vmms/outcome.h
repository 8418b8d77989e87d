/* How what was asked for has ended. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_OUTCOME_H
#define VMMS_OUTCOME_H

#include "refusal.h"

struct outcome {
	enum refusal refusal;	/* REFUSALS: it is done */
	/* Why not, in a sentence that names the object; done: what is to be
	 * said of it, a line each, or NULL. Valid during the call. */
	const char *text;
	const char *hint;	/* what can be done instead, or NULL */
};

/* Called once, now or later. */
typedef void outcome_done(void *context, const struct outcome *outcome);
/* Called before that, any number of times: how far it is, in a sentence. */
typedef void outcome_progress(void *context, const char *sentence);

/* Who waits for it. progress may be NULL. */
struct outcome_for {
	outcome_done *done;
	outcome_progress *progress;
	void *context;
};

void outcome_good(const struct outcome_for *whom, const char *text);
void outcome_bad(const struct outcome_for *whom, enum refusal refusal,
	const char *hint, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
void outcome_say(const struct outcome_for *whom, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The code for an -errno. */
enum refusal outcome_refusal(int error);

#endif
