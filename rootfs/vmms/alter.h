/* A VM's definition is changed for a request, in memory and on the medium. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_ALTER_H
#define VMMS_ALTER_H

#include "ask.h"
#include "sets.h"

/*
 * The VM's definition with these changes, which are freed: the caller's. NULL:
 * the request is refused, as what would be is not good, or answered, as it is a
 * dry run; then does, "web gets 2 processors", is what would be.
 */
struct conf *alter_try(struct request *request, const struct machine *machine,
	struct sets *sets, const char *does);
/* When a VM that is not off has what changes. */
enum alter_when {
	ALTER_NOW,	/* its worker has it already */
	ALTER_WRITTEN,	/* it is the service's, which asks the definition */
	ALTER_LATER,	/* from the VM's next start on */
};
/*
 * Writes it, owned from then on, and answers: what was done, "web has 2
 * processors", and of a VM that is not off that it has that later.
 */
void alter_save(struct request *request, struct machine *machine,
	struct conf *conf, enum alter_when when, const char *did);
/* Both, for what needs nothing else. */
void alter(struct request *request, struct machine *machine,
	struct sets *sets, enum alter_when when, const char *does,
	const char *did);

#endif
