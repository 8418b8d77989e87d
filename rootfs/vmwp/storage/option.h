/* --scsi-disk and --dvd: which LUN has what at the VM's start. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_STORAGE_OPTION_H
#define VMWP_STORAGE_OPTION_H

#include <stdbool.h>

#include "disk/disk.h"
#include "storage/scsi.h"

#define OPTION_LUNS	64u
#define OPTION_FILE	512u	/* with the ending zero */

struct drive_option {
	unsigned int lun;
	enum scsi_kind kind;
	enum disk_format format;
	bool read_only;
	char file[OPTION_FILE];	/* a path or a descriptor; empty: no disc */
};

struct drive_options {
	struct drive_option list[OPTION_LUNS];
	unsigned int count;
};

/* [LUN:]FORMAT:FILE[,read-only] and [LUN:][FILE]. Without a number it is the
 * lowest that none has yet. false: it is said what is wrong. */
bool option_disk(struct drive_options *options, const char *value);
bool option_dvd(struct drive_options *options, const char *value);

struct storvsp;
/* Opens all of them and puts them there. 0 or -errno, which is said. */
int option_add_all(const struct drive_options *options,
	struct storvsp *storvsp);

#endif
