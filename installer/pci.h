/* PCI functions that something should drive. */
/* SPDX-License-Identifier: MIT */
#ifndef INSTALLER_PCI_H
#define INSTALLER_PCI_H

#include <jansson.h>

/*
 * Rows of storage, network and USB controllers that no driver has, and of storage
 * controllers that the machine's firmware has made a RAID of, as they hide disks.
 */
void pci_say(json_t *rows);

#endif
