/* A VM's network adapter on its way: into its definition, and, where the VM
 * runs, into the VM. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_CABLE_H
#define VMMS_CABLE_H

#include "alter.h"
#include "line.h"

struct cable {
	struct request *request;
	struct machine *machine;
	struct conf *conf;	/* what the VM shall have; owned */
	struct definition definition;	/* of it; owned */
	struct nic before, nic;	/* the adapter, by its number */
	bool was, is;		/* ... is there */
	bool now;		/* the VM runs, and gets it at once */
	unsigned int place;	/* in the worker */
	struct timer timer;	/* the guest lets go */
	uint64_t limit;
	char did[LINE_SENTENCE];
};

/*
 * The definition changed by sets, which are freed, for the adapter with this
 * number; NULL: the request is refused, or answered, as it is a dry run.
 */
struct cable *cable_new(struct request *request, struct machine *machine,
	unsigned int number, struct sets *sets, const char *does,
	const char *did);
/* All that is to be done, until the request's answer; it is freed then. */
void cable_go(struct cable *cable);

/* Whether an adapter of another VM, or of the same one, has the address. */
bool cable_mac_taken(const struct machines *machines, const uint8_t mac[6],
	const struct machine *but, unsigned int number);

#endif
