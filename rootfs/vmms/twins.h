/* What two VMs have and only one may have: ids, MAC addresses. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_TWINS_H
#define VMMS_TWINS_H

#include <stddef.h>
#include <stdint.h>

struct twin {
	uint8_t key[16];	/* an id, or a MAC address and zeros */
	const char *owner;	/* a VM's name */
};

/*
 * Puts them in order and tells of each that has the key of one before it; of
 * those with one key the first by name is the one before. Their number.
 */
int twins_find(struct twin *twins, size_t count,
	void (*tell)(void *context, const struct twin *twin,
		const struct twin *before), void *context);

#endif
