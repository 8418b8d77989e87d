/* The firmware's image: where it lies in a guest's memory. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_PCI_BIOS_H
#define VMWP_PCI_BIOS_H

#include <stddef.h>
#include <stdint.h>

#include "ram.h"

/* What of it is below 1 MB, where a PC's real mode reaches it. */
#define BIOS_LOW_MAX	0x20000u

struct bios {
	uint8_t *rom;		/* what the guest sees below 4 GB */
	size_t size;
};

/* The image, copied, is there for good, for reading only. 0 or -errno; -EINVAL:
 * not whole pages, or more than 1 MB. */
int bios_init(struct bios *bios, int partition, const uint8_t *image,
	size_t size);
/* Its end below 1 MB, as a PC's chip set shows it; that is RAM, and the
 * firmware's to write. */
void bios_load(const struct bios *bios, const struct ram *ram);
void bios_exit(struct bios *bios);

#endif
