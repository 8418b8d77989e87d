/* The parts of a system, as its medium and a slot have them. */
/* SPDX-License-Identifier: MIT */
#ifndef INSTALLER_PARTS_H
#define INSTALLER_PARTS_H

#include <stdbool.h>

#include "trouble.h"

struct part {
	const char *medium; /* its file on an ISO */
	const char *slot;   /* and in a slot: 8 and 3 letters */
	bool optional;
};

/* Ends with .medium == NULL. */
extern const struct part parts[];

/* Where the system of this machine was started from. */
struct medium {
	char files[128];
	bool slot; /* an installed system's: files have the names of a slot */
};

/*
 * Mounts it, and checks each part by the medium's sums (installer/loader,
 * rootfs/build/image.sh). 0 or -errno after a sentence; nothing is mounted then.
 */
int medium_open(struct medium *medium, struct trouble *why);
void medium_close(void);

/* The file of a part; false: an optional one, which is not there. */
bool medium_part(const struct medium *medium, const struct part *part,
	char *path, int size);

#endif
