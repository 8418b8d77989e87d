/* Jobs of the privileged process: others that work for it. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_JOBS_H
#define VMMS_JOBS_H

#include "helper.h"
#include "newfile.h"

struct job {
	int process;		/* pidfd; owned */
	int output;		/* file in memory: what it says; -1: free */
	struct newfile file;	/* that it makes; fd -1: none */
};

struct jobs {
	struct job list[HELPER_JOBS];
};

void jobs_init(struct jobs *jobs);
/* Those at work go on; what they make goes. */
void jobs_exit(struct jobs *jobs);

/* A place with an output, and nothing else: -1; NULL with errno (EAGAIN: none
 * is free). */
struct job *jobs_begin(struct jobs *jobs);
/* It goes without having begun, or is forgotten. */
void job_drop(struct job *job);
/*
 * One that has ended: 0 with its status as waitpid() has it and its output,
 * sealed, which is the caller's; what it made is kept if the status is 0. Or
 * -errno: -EBUSY, it is at work; -EINVAL, there is none; else it is gone.
 */
int jobs_end(struct jobs *jobs, uint32_t number, uint32_t *status,
	int *output);

#endif
