/* What the helper does in a process of its own, until its end. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_JOB_H
#define VMMS_JOB_H

#include "helper.h"
#include "machines.h"

#define JOB_OUTPUT	(1u << 20)	/* bytes that one may say */

struct job_end {
	int error;		/* -errno: it could not be done at all */
	const char *why;	/* then, in a sentence; or "" */
	int status;		/* its exit status; -1: it was killed */
	char *output;		/* what it said, with a zero behind it */
};

/* It is valid during the call. */
typedef void job_done(void *context, const struct job_end *end);

/* A line of what it says, without its end, in time or before done(). */
typedef void job_said(void *context, const char *line);

/*
 * Begins DISK_CREATE or HOST; the parcel (NULL: nothing) is taken over. done()
 * is called once, later, and said() (may be NULL) before it, for each line. 0, or
 * -errno and neither is.
 */
int job_begin(struct machines *machines, const struct helper_request *request,
	struct parcel *parcel, job_said *said, job_done *done, void *context);

#endif
