/* What a worker is started with: its words, and what its descriptors are. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_PLAN_H
#define VMMS_PLAN_H

#include <stddef.h>

#include "confine.h"
#include "definition.h"
#include "helper.h"

enum plan_kind {
	PLAN_DRIVER,	/* /dev/mshv */
	PLAN_FIRMWARE,	/* its folder */
	PLAN_CONTROL,	/* listening sockets */
	PLAN_SERIAL,
	PLAN_SCREEN,
	PLAN_DRIVE,	/* index: of the definition's drives */
	PLAN_NIC,	/* of its adapters; queues of their taps */
};

/* The descriptors in their order, from CONFINE_FIRST on. */
struct plan {
	char *words;	/* owned; each ends with a zero */
	size_t size;	/* of all of them */
	unsigned int count;
	struct plan_descriptor {
		enum plan_kind kind;
		unsigned int index;
	} descriptors[CONFINE_FDS];
};

/* The definition is without problems (definition_check.h). 0, -ENOMEM, or
 * -E2BIG: more drives and adapters than descriptors. The words of adapters are
 * not there yet. */
int plan_make(struct plan *plan, const struct definition *definition,
	const char *name);
void plan_free(struct plan *plan);

/* The words of an adapter, when its tap is there. MTU: 0, unknown. first: of
 * the plan's descriptors. 0 or -ENOMEM. */
int plan_add_nic(struct plan *plan, const struct definition *definition,
	unsigned int index, unsigned int first, unsigned int mtu);

/* An adapter as the helper makes its tap: with a queue for each processor, as
 * far as there may be so many. */
void plan_nic(struct helper_nic *to, const struct definition *definition,
	const struct nic *nic);

#endif
