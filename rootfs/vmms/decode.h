/* What a client's message says: is it a request, and of what? */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_DECODE_H
#define VMMS_DECODE_H

#include "request.h"

/*
 * Checks the request's message, from the version to the verb's arguments, and
 * sets its verb. REFUSALS: it is good. Else why, of LINE_SENTENCE bytes, says
 * what is wrong.
 */
enum refusal decode_request(struct request *request, char *why);

#endif
