/* The firmware's image: where it lies in a guest's memory. */
/* SPDX-License-Identifier: MIT */
#include "pci/bios.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "hv.h"
#include "mshv.h"

#define SIZE_MAX_ROM	(1u << 20)
#define LOW_END		0x100000u

int bios_init(struct bios *bios, int partition, const uint8_t *image,
	size_t size)
{
	int error;

	if (!size || size % HV_PAGE_SIZE || size > SIZE_MAX_ROM)
		return -EINVAL;
	bios->rom = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (bios->rom == MAP_FAILED)
		return -errno;
	bios->size = size;
	memcpy(bios->rom, image, size);
	error = mshv_map_rom(partition, RAM_HIGH - size, bios->rom, size);
	if (error)
		bios_exit(bios);
	return error;
}

void bios_load(const struct bios *bios, const struct ram *ram)
{
	size_t size = bios->size < BIOS_LOW_MAX ? bios->size : BIOS_LOW_MAX;

	memcpy(ram_at(ram, LOW_END - size, size),
		bios->rom + bios->size - size, size);
}

void bios_exit(struct bios *bios)
{
	munmap(bios->rom, bios->size);
	bios->rom = NULL;
}
