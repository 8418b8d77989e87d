/* Why a request is not done: the codes of the protocol's errors. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_REFUSAL_H
#define VMMS_REFUSAL_H

enum refusal {
	REFUSE_MALFORMED,	/* no request at all */
	REFUSE_VERSION,		/* of the protocol */
	REFUSE_VERB,		/* there is none */
	REFUSE_ARGUMENT,	/* missing, unknown, or not good */
	REFUSE_DENIED,		/* others may */
	REFUSE_ABSENT,		/* the object is not there */
	REFUSE_EXISTS,		/* it is there already */
	REFUSE_STATE,		/* not in its present state */
	REFUSE_BUSY,		/* not now: too much at once */
	REFUSE_FAILED,		/* it was tried */
	REFUSALS,
};

/* The word in a message. */
const char *refusal_word(enum refusal refusal);
/* REFUSALS: no such word. */
enum refusal refusal_of(const char *word);

#endif
