/* --boot: which kinds of drive a VM's firmware tries first. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_PCI_BOOTORDER_H
#define VMWP_PCI_BOOTORDER_H

#include <stdbool.h>

#include "storage/option.h"

#define BOOTORDER_KINDS	2u
#define BOOTORDER_PATH	48u	/* one place of the IDE controller */
#define BOOTORDER_TEXT	(OPTION_IDE * BOOTORDER_PATH)

struct bootorder {
	enum scsi_kind kinds[BOOTORDER_KINDS];
	unsigned int count;	/* 0: as firmware likes it */
};

/* KIND[,KIND], of disk and dvd. false: it is said what is wrong. */
bool bootorder_read(struct bootorder *order, const char *value);

/* As SeaBIOS reads it: the places of the kinds' drives, a path a line, first the
 * one to try first. What is not in it comes after that. */
void bootorder_write(const struct bootorder *order,
	const struct drive_options *ide, char text[static BOOTORDER_TEXT]);

#endif
