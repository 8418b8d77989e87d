/* What the service says to a worker by its control socket. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_LINK_H
#define VMMS_LINK_H

#include "dialogue.h"
#include "vmwp/control.h"

/*
 * Replies are union control_any; a worker that refuses may say no more than
 * struct control_reply. One that does not answer in 5 s, or says what is no
 * answer (-EPROTO), is cut off.
 */
int link_init(struct dialogue *link, struct events *events,
	struct timers *timers, int socket);

/* Of size bytes; see dialogue_ask(). */
int link_ask(struct dialogue *link, const struct control_request *request,
	size_t size, struct parcel *parcel, dialogue_done *done, void *context);
/* One that has no more than a type and an argument. */
int link_say(struct dialogue *link, enum control_type type, uint32_t argument,
	dialogue_done *done, void *context);

#endif
