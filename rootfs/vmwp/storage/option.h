/* --scsi-disk, --dvd, --ide-disk, --ide-dvd: what drives a VM starts with. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_STORAGE_OPTION_H
#define VMWP_STORAGE_OPTION_H

#include <stdbool.h>

#include "disk/disk.h"
#include "storage/scsi.h"

#define OPTION_LUNS	64u
#define OPTION_IDE	4u	/* places: 0:0, 0:1, 1:0, 1:1 */
#define OPTION_FILE	512u	/* with the ending zero */

struct drive_option {
	unsigned int lun;	/* or the place */
	enum scsi_kind kind;
	enum disk_format format;
	bool read_only;
	char file[OPTION_FILE];	/* a path or a descriptor; empty: no disc */
	int fd;			/* of it; option_open_all() */
};

struct drive_options {
	struct drive_option list[OPTION_LUNS];
	unsigned int count;
	bool ide;		/* places of the IDE controller, not LUNs */
};

/* [LUN:]FORMAT:FILE[,read-only] and [LUN:][FILE], with CHANNEL:DEVICE: for a
 * place of the IDE controller. Without a number it is the lowest that none has
 * yet. false: it is said what is wrong. */
bool option_disk(struct drive_options *options, const char *value);
bool option_dvd(struct drive_options *options, const char *value);

struct storvsp;
/* Opens what they name, and looks at nothing of it. 0 or -errno, which is
 * said. */
int option_open_all(struct drive_options *options);
/* Puts what was opened there. 0 or -errno, which is said. */
int option_add(const struct drive_option *option, struct storvsp *storvsp,
	unsigned int lun);
/* All of them. The same. */
int option_add_all(const struct drive_options *options,
	struct storvsp *storvsp);

#endif
