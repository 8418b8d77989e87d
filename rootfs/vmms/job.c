/* What the helper does in a process of its own, until its end. */
/* SPDX-License-Identifier: MIT */
#include "job.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "errand.h"

struct job {
	struct machines *machines;
	job_done *done;
	void *context;
	uint32_t number;
	struct process process;
};

static void finish(struct job *job, const struct job_end *end)
{
	job->done(job->context, end);
	free(job);
}

static void fail(struct job *job, int error, const struct helper_reply *reply)
{
	struct job_end end = { .error = error, .why = reply ? reply->text : "",
		.status = -1 };

	finish(job, &end);
}

static void told(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	const struct helper_reply *said = reply;
	struct job_end end = { .why = "" };
	struct job *job = context;
	size_t size;
	int file;

	if (error) {
		fail(job, error, said);
		return;
	}
	file = parcel_take(parcel, 0);
	end.output = file < 0 ? NULL : parcel_read(file, JOB_OUTPUT, &size);
	if (file >= 0)
		close(file);
	end.status = -1;
	if (said->number != HELPER_UNKNOWN && WIFEXITED(said->number))
		end.status = WEXITSTATUS(said->number);
	if (!end.output)
		end.output = strdup("");
	finish(job, &end);
	free(end.output);
}

static void ended(struct process *process, int status)
{
	struct helper_request request = { .type = HELPER_JOB };
	struct job *job = process->context;
	int error;

	(void)status;
	request.number = job->number;
	error = errand_send(&job->machines->errands, &request, NULL, told,
		job);
	if (error)
		fail(job, error, NULL);
}

static void begun(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	const struct helper_reply *said = reply;
	struct job *job = context;
	int fd;

	if (error) {
		fail(job, error, said);
		return;
	}
	job->number = said->number;
	job->process.ended = ended;
	job->process.context = job;
	fd = parcel_take(parcel, 0);
	error = fd < 0 ? -EPROTO : process_watch(&job->process,
		job->machines->events, fd);
	if (!error)
		return;
	if (fd >= 0)
		close(fd);
	fail(job, error, NULL);
}

int job_begin(struct machines *machines, const struct helper_request *request,
	struct parcel *parcel, job_done *done, void *context)
{
	struct job *job = calloc(1, sizeof(*job));
	int error = -ENOMEM;

	if (!job) {
		if (parcel)
			parcel_empty(parcel);
		return error;
	}
	job->machines = machines;
	job->done = done;
	job->context = context;
	error = errand_send(&machines->errands, request, parcel, begun, job);
	if (error)
		free(job);
	return error;
}
