/* What instructions with one or two operands do. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_OPERATION_H
#define VMWP_OPERATION_H

#include <stdbool.h>
#include <stdint.h>

#include "place.h"

bool operation_known(ZydisMnemonic mnemonic);

/* Bit operations on memory reach beyond the operand by a register's value:
 * by how many bytes. 0 for all others. */
int64_t operation_displacement(struct emulator *emulator,
	ZydisMnemonic mnemonic, const ZydisDecodedOperand *operands);

/* Both operands are resolved and the instruction is known: nothing fails. */
enum emulate_result operation_perform(struct emulator *emulator,
	ZydisMnemonic mnemonic, const struct place *dst,
	const struct place *src);

#endif
