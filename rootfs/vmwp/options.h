/* The command line. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_OPTIONS_H
#define VMWP_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "net/nicoption.h"
#include "pci/bootorder.h"
#include "storage/option.h"

#define OPTIONS_VPS_MAX 255	/* APIC ids of eight bits: IOAPIC, messages */

struct options {
	const char *kernel, *initrd, *command_line, *name;
	const char *firmware;		/* folder, for a VM without a kernel */
	const char *mshv;		/* the driver */
	const char *serial, *viewers, *control;	/* descriptor or path; NULL: none */
	uint64_t memory;		/* bytes */
	unsigned int processors;
	bool no_reset;
	bool scsi;			/* a controller, even an empty one */
	struct drive_options drives, ide;
	struct bootorder boot;		/* of the IDE controller's drives */
	bool network;			/* places for NICs, even empty ones */
	struct nic_options nics;
};

enum options_result { OPTIONS_GO, OPTIONS_HELP, OPTIONS_WRONG };

/* Wrong ones are said. The strings stay argv's. */
enum options_result options_read(
	struct options *options, int argc, char **argv);

#endif
