/* What the service has its privileged process do. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_ERRAND_H
#define VMMS_ERRAND_H

#include "dialogue.h"
#include "helper.h"

/*
 * Replies are struct helper_reply. It may wait for a medium: there is no limit.
 * A process that says what is no reply is as good as gone: -EPIPE.
 */
int errands_init(struct dialogue *errands, struct events *events, int socket);

/* See dialogue_ask(). */
int errand_send(struct dialogue *errands, const struct helper_request *request,
	struct parcel *parcel, dialogue_done *done, void *context);

#endif
