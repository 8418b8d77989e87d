/* A guest's RAM: where it lies and what may be reached of it. */
/* SPDX-License-Identifier: MIT */
#include "ram.h"

#include <stddef.h>

unsigned int ram_pieces(const struct ram *ram, struct ram_piece *pieces)
{
	unsigned int count = 2;

	pieces[0] = (struct ram_piece){
		.size = RAM_VGA,
		.host = ram->host,
	};
	pieces[1] = (struct ram_piece){
		.gpa = RAM_ROM,
		.size = ram_low_end(ram) - RAM_ROM,
		.host = ram->host + RAM_ROM,
	};
	if (ram->size > RAM_LOW_END)
		pieces[count++] = (struct ram_piece){
			.gpa = RAM_HIGH,
			.size = ram->size - RAM_LOW_END,
			.host = ram->host + RAM_LOW_END,
		};
	return count;
}

void *ram_at(const struct ram *ram, uint64_t gpa, uint64_t size)
{
	struct ram_piece pieces[RAM_PIECES];
	unsigned int count = ram_pieces(ram, pieces), i;
	uint64_t offset;

	for (i = 0; i < count; i++) {
		offset = gpa - pieces[i].gpa;
		if (gpa >= pieces[i].gpa && offset < pieces[i].size &&
		    size <= pieces[i].size - offset)
			return pieces[i].host + offset;
	}
	return NULL;
}
