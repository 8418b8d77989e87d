/* Numbers and checksums of a VHD's structures, as tests make them. */
/* SPDX-License-Identifier: MIT */
#ifndef VHD_BYTES_H
#define VHD_BYTES_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline void put32(uint8_t *at, uint32_t value)
{
	value = htobe32(value);
	memcpy(at, &value, 4);
}

static inline void put64(uint8_t *at, uint64_t value)
{
	value = htobe64(value);
	memcpy(at, &value, 8);
}

/* The checksum, which is at that place, of all the others. */
static inline void seal(uint8_t *bytes, size_t size, size_t at)
{
	uint32_t sum = 0;
	size_t i;

	put32(bytes + at, 0);
	for (i = 0; i < size; i++)
		sum += bytes[i];
	put32(bytes + at, ~sum);
}

#endif
