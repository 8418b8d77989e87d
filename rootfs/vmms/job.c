/* What the helper does in a process of its own, until its end. */
/* SPDX-License-Identifier: MIT */
#include "job.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "errand.h"

/* ns between two looks at what it says; bytes of a line at most. */
enum { LOOK = 500000000, LINE = 1024 };

struct job {
	struct machines *machines;
	job_said *said;
	job_done *done;
	void *context;
	uint32_t number;
	struct process process;
	int output;		/* what it says, to be read; -1: nobody wants it */
	size_t told;		/* bytes of that */
	struct timer look;
};

static void hear_no_more(struct job *job)
{
	timers_stop(job->machines->timers, &job->look);
	if (job->output >= 0)
		close(job->output);
	job->output = -1;
}

static void finish(struct job *job, const struct job_end *end)
{
	hear_no_more(job);
	job->done(job->context, end);
	free(job);
}

/* A line that is too long has no end here, and comes in parts. */
static void tell_lines(struct job *job, const char *text, size_t size,
	bool all)
{
	char line[LINE + 1];
	const char *end;
	size_t length;

	while (size) {
		end = memchr(text, '\n', size);
		length = end ? (size_t)(end - text) : size;
		if (!end && !all && size < LINE)
			return;
		length = length < LINE ? length : LINE;
		memcpy(line, text, length);
		line[length] = '\0';
		length += text + length == end;
		job->told += length;
		text += length;
		size -= length;
		job->said(job->context, line);
	}
}

static void look(struct timer *timer)
{
	struct job *job = timer->context;
	char text[4 * LINE];
	ssize_t got = pread(job->output, text, sizeof(text),
		(off_t)job->told);

	if (got > 0)
		tell_lines(job, text, (size_t)got, false);
	timers_set(job->machines->timers, timer, events_now() + LOOK);
}

/* A helper that does not show it says all at the end. */
static void hear(struct job *job, struct parcel *parcel)
{
	job->output = job->said ? parcel_take(parcel, 1) : -1;
	if (job->output >= 0)
		timers_set(job->machines->timers, &job->look,
			events_now() + LOOK);
}

static void tell_rest(struct job *job, const char *output)
{
	size_t size = strlen(output);

	if (job->said && job->told < size)
		tell_lines(job, output + job->told, size - job->told, true);
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
	if (end.output)
		tell_rest(job, end.output);
	finish(job, &end);
	free(end.output);
}

static void ended(struct process *process, int status)
{
	struct helper_request request = { .type = HELPER_JOB };
	struct job *job = process->context;
	int error;

	(void)status;
	hear_no_more(job);
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
	if (!error) {
		hear(job, parcel);
		return;
	}
	if (fd >= 0)
		close(fd);
	fail(job, error, NULL);
}

int job_begin(struct machines *machines, const struct helper_request *request,
	struct parcel *parcel, job_said *said, job_done *done, void *context)
{
	struct job *job = calloc(1, sizeof(*job));
	int error = -ENOMEM;

	if (!job) {
		if (parcel)
			parcel_empty(parcel);
		return error;
	}
	job->machines = machines;
	job->output = -1;
	timer_init(&job->look, look, job);
	job->said = said;
	job->done = done;
	job->context = context;
	error = errand_send(&machines->errands, request, parcel, begun, job);
	if (error)
		free(job);
	return error;
}
