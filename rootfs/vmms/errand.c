/* What the service has its privileged process do. */
/* SPDX-License-Identifier: MIT */
#include "errand.h"

#include <errno.h>
#include <string.h>

static int judge(const void *request, const void *reply, size_t size)
{
	const struct helper_request *asked = request;
	const struct helper_reply *said = reply;

	(void)size;
	if (said->type != asked->type || said->error > 0 ||
	    !memchr(said->text, 0, sizeof(said->text)))
		return 1;
	return said->error;
}

static const struct dialogue_kind kind = {
	.least = sizeof(struct helper_reply),
	.most = sizeof(struct helper_reply),
	.wrong = -EPIPE,
	.judge = judge,
};

int errands_init(struct dialogue *errands, struct events *events, int socket)
{
	return dialogue_init(errands, &kind, events, NULL, socket);
}

int errand_send(struct dialogue *errands, const struct helper_request *request,
	struct parcel *parcel, dialogue_done *done, void *context)
{
	return dialogue_ask(errands, request, sizeof(*request), parcel, done,
		context);
}
