/* A new network adapter of a VM. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_NICDEFAULTS_H
#define VMMS_NICDEFAULTS_H

#include "machines.h"
#include "sets.h"

/* Its MAC address, which nobody has, and its switch; NULL: without a cable. */
void nicdefaults_add(struct machines *machines, const struct id *id,
	unsigned int number, const char *vswitch, struct sets *sets);

#endif
