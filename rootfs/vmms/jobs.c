/* Jobs of the privileged process: others that work for it. */
/* SPDX-License-Identifier: MIT */
#include "jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "parcel.h"
#include "reap.h"

static void clear(struct job *job)
{
	*job = (struct job){ .process = -1, .output = -1,
		.file = { .folder = -1, .fd = -1 } };
}

void jobs_init(struct jobs *jobs)
{
	unsigned int i;

	for (i = 0; i < HELPER_JOBS; i++)
		clear(&jobs->list[i]);
}

void jobs_exit(struct jobs *jobs)
{
	unsigned int i;

	for (i = 0; i < HELPER_JOBS; i++)
		job_drop(&jobs->list[i]);
}

struct job *jobs_begin(struct jobs *jobs)
{
	unsigned int i;

	for (i = 0; i < HELPER_JOBS && jobs->list[i].output >= 0; i++)
		;
	if (i == HELPER_JOBS) {
		errno = EAGAIN;
		return NULL;
	}
	jobs->list[i].output = memfd_create("output", MFD_CLOEXEC |
		MFD_ALLOW_SEALING);
	return jobs->list[i].output < 0 ? NULL : &jobs->list[i];
}

void job_drop(struct job *job)
{
	if (job->process >= 0)
		close(job->process);
	if (job->output >= 0)
		close(job->output);
	newfile_drop(&job->file);
	clear(job);
}

/* What it has left behind may hold it, and write no more. */
static int seal(int output)
{
	if (lseek(output, 0, SEEK_END) > (off_t)HELPER_FILE_MAX &&
	    ftruncate(output, HELPER_FILE_MAX))
		return -errno;
	return fcntl(output, F_ADD_SEALS, PARCEL_SEALS) ? -errno : 0;
}

static int finish(struct job *job, uint32_t *status, int *output)
{
	int error = seal(job->output);

	*status = reap_status(job->process);
	if (!error && !*status && job->file.fd >= 0)
		error = newfile_keep(&job->file);
	if (error)
		return error;
	*output = job->output;
	job->output = -1;
	return 0;
}

int jobs_end(struct jobs *jobs, uint32_t number, uint32_t *status,
	int *output)
{
	struct job *job = &jobs->list[number % HELPER_JOBS];
	int error;

	if (number >= HELPER_JOBS || job->output < 0)
		return -EINVAL;
	if (reap_lives(job->process))
		return -EBUSY;
	error = finish(job, status, output);
	job_drop(job);
	return error;
}
