/* The ISA bridge of a PC (Intel 82371SB): where PCI's interrupts lead. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_PCI_PIIX3_H
#define VMWP_PCI_PIIX3_H

#include "pci/pci.h"

#define PIIX3_LINKS	4u
/* The IOAPIC's pins of the links; there, as on a board, they are low when they
 * are asserted. */
#define PIIX3_PIN	16u

struct piix3 {
	struct device device;
	struct pci_function function;
	struct line irq;	/* .number is put in: inputs of the 8259 pair */
	struct line pin;	/* the same: of the IOAPIC */
	bool link[PIIX3_LINKS];	/* asserted */
	uint16_t high;		/* inputs of the 8259 pair that we hold */
};

/* Slot 1, and PCI's links lead there. 0 or -errno. */
int piix3_init(struct piix3 *bridge, struct pci *pci, struct line irq,
	struct line pin);

#endif
