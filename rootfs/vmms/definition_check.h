/* What in a definition keeps its VM from starting, and what is only odd. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_DEFINITION_CHECK_H
#define VMMS_DEFINITION_CHECK_H

#include "conf.h"

/* Where the VM is, for the files that it names. */
struct definition_home {
	const char *const *storages;	/* paths without a slash at the end */
	int count;
	int own;			/* the one that the VM's folder is in */
	const char *name;		/* the VM's */
};

/*
 * Reports every problem: wrong values and lines, and what does not fit
 * together. The VM does not start while there is one. Each sentence begins with
 * section and key. Their number.
 */
int definition_check(const struct conf *conf,
	const struct definition_home *home, conf_report *report,
	void *context);

/* What has no effect or is probably not meant: unknown keys, switches' keys
 * without a switch, no drive to start from. Their number. */
int definition_remarks(const struct conf *conf, conf_report *report,
	void *context);

#endif
