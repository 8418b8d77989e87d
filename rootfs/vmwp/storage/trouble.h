/* Errors of a medium: all I/O stands still until it is resumed. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_STORAGE_TROUBLE_H
#define VMWP_STORAGE_TROUBLE_H

#include "storage/image.h"

struct storvsp;

/* An error of a medium; no I/O is done until somebody resumes it. */
struct trouble {
	bool is;
	unsigned int lun;
	int error;		/* -errno, the first */
	char name[IMAGE_NAME];
};

/* The first one counts. The caller's request keeps the image. false: the LUN
 * does not have it any more, and there is no trouble for the VM. */
bool trouble_begin(struct storvsp *storvsp, unsigned int lun,
	struct image *image, int error);
/* Requests may be started. */
bool trouble_none(struct storvsp *storvsp);
/* Waits for what is under way, opens what has failed again, and goes on.
 * -EALREADY: there is nothing to resume; -EBUSY: something is still under way;
 * or the library's error. */
int trouble_resume(struct storvsp *storvsp, struct disk_error *error);

void trouble_show(struct storvsp *storvsp, struct trouble *trouble);

#endif
