/* A command that is being carried out, whether anybody waits for it or not. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_DEED_H
#define SCONFIG_DEED_H

#include "ask.h"
#include "typed.h"

/* Answer: result or error, which are valid during the call. */
typedef void deed_done(void *context, const struct ask *answer);

struct deed;

/*
 * Shows the command and begins it. How far it is is said on whatever page is
 * open, and so is its end, after which all pages ask for what they show. Done
 * (NULL: nobody waits) has its end instead. NULL: there are too many, which was
 * said.
 */
struct deed *deed_begin(const struct typed *typed, deed_done *done,
	void *context);
/* Nobody waits any more: its end is said. */
void deed_leave(struct deed *deed);
/* How many are going on. */
int deed_count(void);
/* At the program's end: what was asked goes on in the service. */
void deed_forget_all(void);

#endif
