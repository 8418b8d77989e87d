/* MOVS, STOS, LODS, CMPS, SCAS, INS and OUTS, with REP. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_STRING_OPS_H
#define VMWP_STRING_OPS_H

#include <stdbool.h>

#include <Zydis/Zydis.h>

#include "emulate.h"

bool string_ops_is(const ZydisDecodedInstruction *instruction);

/* *done: false where repetitions are left for the next time. A fault after
 * some repetitions leaves the registers where these ended. */
enum emulate_result string_ops(struct emulator *emulator,
	const ZydisDecodedInstruction *instruction,
	const ZydisDecodedOperand *operands, bool *done);

#endif
