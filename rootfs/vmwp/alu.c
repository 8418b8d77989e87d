/* What arithmetic instructions compute: results and flags. Pure. */
/* SPDX-License-Identifier: MIT */
#include "alu.h"

/* SF, ZF and PF, which all have in common (APM v1 3.1.4). */
static uint64_t result_flags(uint64_t result, unsigned int size)
{
	uint64_t flags = 0;

	if (!result)
		flags |= FLAG_ZF;
	if (result >> (size * 8 - 1))
		flags |= FLAG_SF;
	if (!__builtin_parity(result & 0xff))
		flags |= FLAG_PF;
	return flags;
}

static void set_flags(uint64_t *flags, uint64_t values)
{
	*flags = (*flags & ~FLAGS_ARITHMETIC) | values;
}

/* carries: into each bit's neighbour above, as the adder had them. */
static uint64_t carry_flags(
	uint64_t carries, uint64_t overflow, unsigned int size)
{
	uint64_t top = 1ull << (size * 8 - 1), flags = 0;

	if (carries & top)
		flags |= FLAG_CF;
	if (carries & 0x8)
		flags |= FLAG_AF;
	if (overflow & top)
		flags |= FLAG_OF;
	return flags;
}

uint64_t alu_add(uint64_t a, uint64_t b, unsigned int carry,
	unsigned int size, uint64_t *flags)
{
	uint64_t mask = alu_mask(size), result;

	a &= mask;
	b &= mask;
	result = (a + b + carry) & mask;
	set_flags(flags, result_flags(result, size) | carry_flags(
		(a & b) | ((a | b) & ~result),
		(a ^ result) & (b ^ result), size));
	return result;
}

uint64_t alu_sub(uint64_t a, uint64_t b, unsigned int carry,
	unsigned int size, uint64_t *flags)
{
	uint64_t mask = alu_mask(size), result;

	a &= mask;
	b &= mask;
	result = (a - b - carry) & mask;
	set_flags(flags, result_flags(result, size) | carry_flags(
		(~a & b) | ((~a | b) & result),
		(a ^ b) & (a ^ result), size));
	return result;
}

uint64_t alu_logic(uint64_t result, unsigned int size, uint64_t *flags)
{
	result &= alu_mask(size);
	set_flags(flags, result_flags(result, size));
	return result;
}
