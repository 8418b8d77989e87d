/* A guest's RAM: where it lies and what may be reached of it. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_RAM_H
#define VMWP_RAM_H

#include <stdbool.h>
#include <stdint.h>

#define RAM_LOW_END	0xc0000000ull	/* the PCI hole begins */
#define RAM_HIGH	0x100000000ull
#define RAM_VGA		0xa0000ull	/* no RAM from here ... */
#define RAM_ROM		0xc0000ull	/* ... to here */
#define RAM_MINIMUM	(2ull << 20)

/* One piece of host memory: guest address 0 on, then 4 GB on. */
struct ram {
	uint8_t *host;
	uint64_t size;		/* bytes, a multiple of 2 MB */
};

/* Ends of the two parts, as guest-physical addresses. */
static inline uint64_t ram_low_end(const struct ram *ram)
{
	return ram->size < RAM_LOW_END ? ram->size : RAM_LOW_END;
}

static inline uint64_t ram_high_end(const struct ram *ram)
{
	return ram->size < RAM_LOW_END ?
		RAM_HIGH : RAM_HIGH + ram->size - RAM_LOW_END;
}

/* Host address of size bytes of RAM; NULL when one of them is no RAM. Any
 * numbers may be asked: the guest does. */
void *ram_at(const struct ram *ram, uint64_t gpa, uint64_t size);

/* Pieces without a hole, up to RAM_PIECES; how many there are. */
#define RAM_PIECES 3
struct ram_piece {
	uint64_t gpa, size;
	uint8_t *host;
};
unsigned int ram_pieces(const struct ram *ram, struct ram_piece *pieces);

#endif
