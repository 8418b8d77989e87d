/* The privileged process: what jobs came to, and those of the host. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "helper_work.h"

int work_job(struct work *work, struct job *job)
{
	int process = fcntl(job->process, F_DUPFD_CLOEXEC, 0);

	if (process < 0)
		return -errno;
	work->number = (uint32_t)(job - work->helper->jobs.list);
	return parcel_add(work->out, process);
}

/* To the process that does it, and what it answers. */
static int pass_on(struct work *work, const struct helper_request *request)
{
	struct helper_reply reply;
	int error = parcel_send(work->helper->host, request, sizeof(*request),
		work->in);

	if (!error && parcel_receive(work->helper->host, &reply,
		sizeof(reply), sizeof(reply), work->out) != sizeof(reply))
		error = -EPIPE;
	if (error)
		return trouble(&work->why, error,
			"nobody runs the host's commands any more");
	work->number = reply.number;
	if (reply.error)
		trouble(&work->why, 0, "%.*s", (int)sizeof(reply.text) - 1,
			reply.text);
	return reply.error;
}

/* Its jobs have numbers of their own. */
int helper_host(struct work *work)
{
	int error = pass_on(work, work->request);

	work->number += HELPER_JOBS;
	return error;
}

int helper_job(struct work *work)
{
	struct helper_request request = *work->request;
	uint32_t status;
	int output, error;

	if (request.number >= HELPER_JOBS) {
		request.number -= HELPER_JOBS;
		return pass_on(work, &request);
	}
	error = jobs_end(&work->helper->jobs, request.number, &status,
		&output);
	if (error)
		return error;
	work->number = status;
	return parcel_add(work->out, output);
}
