/* Chips of a PC of which only the configuration matters. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_PCI_CHIP_H
#define VMWP_PCI_CHIP_H

#include "pci/pci.h"

struct pci_chip {
	struct device device;
	struct pci_function function;
};

/* The host bridge (Intel 82441FX), slot 0. What its registers say of memory is
 * kept and changes nothing: RAM is from 0xc0000 on, and firmware writes itself
 * there. 0 or -errno. */
int i440fx_init(struct pci_chip *chip, struct pci *pci);

/* Power management (Intel 82371AB), slot 1, function 3. Its ports are
 * acpi_pm.h's, where they always are: its base can be read, and not changed. 0 or
 * -errno. */
int piix4_pm_init(struct pci_chip *chip, struct pci *pci);

#endif
