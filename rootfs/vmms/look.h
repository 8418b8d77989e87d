/* What a VM runs with, and what its guest tells of itself: asked of the worker,
 * item by item. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_LOOK_H
#define VMMS_LOOK_H

#include <jansson.h>

#include "machine.h"

enum { LOOK_NAME = 256, LOOK_ADDRESSES = 512 };

struct look {
	uint32_t processors;	/* 0: it did not say */
	uint64_t memory;	/* bytes */
	const char *heartbeat;	/* "good", "lost", "none" */
	char host[LOOK_NAME];	/* the guest's name of itself; or "" */
	char system[LOOK_NAME];
	char ipv4[LOOK_ADDRESSES], ipv6[LOOK_ADDRESSES]; /* ';' between */
	/* The rest is look.c's. */
	struct machine *machine;
	void (*done)(void *context, const struct look *look);
	void *context;
	unsigned int item, items;
	bool all;
};

/*
 * Asks the VM's worker; done() is called once, later, with what came, and look
 * is freed by then. all: name and system, too; else an address is enough.
 * False: it cannot be asked, or there is no memory, and nobody is called.
 */
bool look_begin(struct machine *machine, bool all,
	void (*done)(void *context, const struct look *look), void *context);

/* The first IPv4 address, or else IPv6 one that is not of the link alone; text
 * of INET6_ADDRSTRLEN bytes. "" if there is none. */
void look_address(const struct look *look, char *text);
/* All of them. */
json_t *look_addresses(const struct look *look);

#endif
