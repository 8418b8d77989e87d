/* Where an operand lies: a register, or memory that is known to be there. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_PLACE_H
#define VMWP_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include <Zydis/Zydis.h>

#include "emulate.h"

/* A resolved place can be read and written (as asked for) without a fault. */
struct place {
	enum { PLACE_REGISTER, PLACE_MEMORY, PLACE_IMMEDIATE } kind;
	unsigned int size;	/* bytes: 1, 2, 4, 8 */
	unsigned int number;	/* of the register, in cpu.gpr */
	bool high;		/* AH, CH, DH, BH */
	uint64_t value;		/* of an immediate */
	uint64_t gpa[2];	/* the second: beyond the page's end */
	unsigned int first;	/* bytes at gpa[0] */
};

enum emulate_result place_resolve(struct emulator *emulator,
	const ZydisDecodedInstruction *instruction,
	const ZydisDecodedOperand *operand, unsigned int access,
	int64_t displaced, struct place *place);

uint64_t place_read(struct emulator *emulator, const struct place *place);
void place_write(
	struct emulator *emulator, const struct place *place, uint64_t value);

/* A linear address to a guest-physical one, once for each page. */
enum emulate_result place_translate(struct emulator *emulator,
	uint64_t linear, unsigned int access, uint64_t *gpa);

/* A general register by Zydis's name; false: not one of them. */
bool place_register(ZydisRegister name, struct place *place);

/* Whether the code runs in 64-bit mode. */
bool place_long(const struct cpu *cpu);

#endif
