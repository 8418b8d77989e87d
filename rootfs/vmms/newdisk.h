/* New disks: the file is made, then the VM gets it. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_NEWDISK_H
#define VMMS_NEWDISK_H

#include "job.h"
#include "plug.h"

/* Both end with the request's answer or refusal, and free the plug, whose place
 * and file are good. */

/* As plug_in(), but a disk of a size is made first, under a name of ours if it
 * has none. */
void newdisk_add(struct plug *plug);
/* No VM gets it. */
void newdisk_alone(struct plug *plug);

/*
 * Makes the disk file (HELPER_DISK_CREATE) of the VM name: 0, or -errno and
 * done() is not called.
 */
int newdisk_begin(struct machines *machines, const char *name,
	const char *file, enum disk_format format, uint64_t size,
	job_done *done, void *context);
/* Why not: a refusal and its sentence, of LINE_SENTENCE bytes. REFUSALS: it is
 * there. */
enum refusal newdisk_judge(const struct job_end *end, const char *file,
	char *why);

#endif
