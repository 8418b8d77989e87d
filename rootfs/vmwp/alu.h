/* What arithmetic instructions compute: results and flags. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_ALU_H
#define VMWP_ALU_H

#include <stdint.h>

#define FLAG_CF		0x0001ull
#define FLAG_PF		0x0004ull
#define FLAG_AF		0x0010ull
#define FLAG_ZF		0x0040ull
#define FLAG_SF		0x0080ull
#define FLAG_TF		0x0100ull
#define FLAG_IF		0x0200ull
#define FLAG_DF		0x0400ull
#define FLAG_OF		0x0800ull
#define FLAG_RF		0x10000ull
#define FLAG_VM		0x20000ull
#define FLAGS_ARITHMETIC \
	(FLAG_CF | FLAG_PF | FLAG_AF | FLAG_ZF | FLAG_SF | FLAG_OF)

/* All ones in the lowest size bytes; 1 to 8. */
static inline uint64_t alu_mask(unsigned int size)
{
	return UINT64_MAX >> (64 - size * 8);
}

/* The result is masked to size bytes; *flags gets the new arithmetic flags.
 * alu_add() and alu_sub() add or take a carry (0 or 1), too. */
uint64_t alu_add(uint64_t a, uint64_t b, unsigned int carry,
	unsigned int size, uint64_t *flags);
uint64_t alu_sub(uint64_t a, uint64_t b, unsigned int carry,
	unsigned int size, uint64_t *flags);
/* AND, OR, XOR, TEST: flags of their result. AF, undefined, becomes 0. */
uint64_t alu_logic(uint64_t result, unsigned int size, uint64_t *flags);

#endif
