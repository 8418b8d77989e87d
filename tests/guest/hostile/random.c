/* Hostile guests: random numbers that a seed repeats. */
/* SPDX-License-Identifier: MIT */
#include "random.h"

static uint64_t state;

void random_seed(uint32_t seed)
{
	unsigned int i;

	state = 0x9e3779b97f4a7c15ull ^ seed;
	for (i = 0; i < 16; i++)
		random32();
}

/* Marsaglia's xorshift; its upper half is the better one. */
uint32_t random32(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> 32;
}

uint32_t below(uint32_t limit)
{
	return (uint64_t)random32() * limit >> 32;
}

bool one_in(uint32_t count)
{
	return !below(count);
}

uint64_t odd(void)
{
	static const uint64_t ends[] = { 0, 1, 2, 7, 8, 15, 16, 63, 64, 255,
		256, 2047, 2048, 4095, 4096, 0x7fff, 0x8000, 0xffff,
		0xfee00000, 0x7fffffff, 0x80000000, 0xffffffff,
		0x7fffffffffffffff, 0x8000000000000000, 0xffff800000000000,
		0xfffffffffffff000, 0xfffffffffffffff8, ~0ull, ~0ull - 1 };

	switch (below(4)) {
	case 0: return PICK(ends);
	case 1: return (1ull << below(64)) - below(2);
	case 2: return below(4096);
	default: return (uint64_t)random32() << 32 | random32();
	}
}

void odd_fill(void *to, uint32_t size)
{
	uint64_t *at = to;

	for (; size >= 8; size -= 8)
		*at++ = odd();
}
