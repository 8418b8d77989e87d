/* What a VM's firmware is told: memory, processors, tables, boot order. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_PCI_FACTS_H
#define VMWP_PCI_FACTS_H

#include "pci/fw_cfg.h"
#include "ram.h"

struct facts {
	const struct ram *ram;
	unsigned int processors;
	const char *boot_order;		/* SeaBIOS's: a path a line; may be NULL */
	bool on_serial;			/* and what it shows on COM1 */
	const uint8_t *vga_bios;	/* NULL: no screen */
	size_t vga_bios_size;
	const uint8_t *net_rom;		/* of each e1000; NULL: none */
	size_t net_rom_size;
};

/* Puts the ACPI tables at the end of the RAM below 4 GB, and all else into
 * fw_cfg, emptied before. 0 or -errno; -ENOSPC: too many processors. */
int facts_tell(const struct facts *facts, struct fw_cfg *fw_cfg);

#endif
