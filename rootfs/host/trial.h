/* A change of the settings that is on trial: what it was before, until when. */
/* SPDX-License-Identifier: MIT */
#ifndef HOST_TRIAL_H
#define HOST_TRIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf.h"
#include "trouble.h"

enum { TRIAL_SECTIONS = 16, TRIAL_SECTION = 64 };

struct trial {
	char sections[TRIAL_SECTIONS][TRIAL_SECTION];
	int count;
	struct conf *before; /* its sections as they were; those that were */
	int64_t until;       /* seconds of CLOCK_BOOTTIME */
};

/*
 * One who begins, confirms or reverts at a time. A descriptor that the caller
 * closes, or -errno.
 */
int trial_lock(void);

/*
 * Adds a section as conf has it, or does not have it, unless it is there. 0 or
 * -errno.
 */
int trial_add(struct trial *trial, const struct conf *conf,
	const char *section, struct trouble *why);

/*
 * Writes it down, and starts what calls revert() with the lock held when the
 * time is over and the trial is not. From then on it is there. 0 or -errno.
 */
int trial_begin(struct trial *trial, int seconds,
	void (*revert)(struct trial *trial), struct trouble *why);

/* What is on trial: 0; -ENOENT: nothing. The caller frees it. */
int trial_read(struct trial *trial);
void trial_free(struct trial *trial);

/* False: what should end it has died, or is about to begin. */
bool trial_is_watched(void);

/* Seconds that are left, 0 at least. */
int trial_left(const struct trial *trial);

/* It is over. */
void trial_end(void);

/* How it ended, for who looks later: "confirmed" or "reverted". */
void trial_note(const char *how);
/* Of the last one since the host's start; "": there was none. */
void trial_last(char *how, size_t size);

#endif
