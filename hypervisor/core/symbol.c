/* Names of our functions. */
/* SPDX-License-Identifier: MIT */
#include "symbol.h"

/* Sorted by address; made by symbols.sh from the first link. */
extern const uint32_t symbol_address[];
extern const uint32_t symbol_name[];
extern const char symbol_text[];
extern const uint32_t symbol_count;

const char *symbol_find(uint64_t address, uint64_t *offset)
{
	uint32_t low = 0, high = symbol_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (symbol_address[middle] <= address)
			low = middle + 1;
		else
			high = middle;
	}
	/* The last entry is the end of the text. */
	if (!low || low == symbol_count) {
		*offset = address;
		return "?";
	}
	*offset = address - symbol_address[low - 1];
	return symbol_text + symbol_name[low - 1];
}
