/* A decoder of x86 instructions: length, and moves to and from memory. */
/* SPDX-License-Identifier: MIT */
#ifndef LIB_INSN_H
#define LIB_INSN_H

#include <stdbool.h>
#include <stdint.h>

/* More raises #GP. APM v3 1.1, SDM v2 2.3.11 */
#define INSN_MAX	15
#define INSN_NONE	0xff	/* no base or no index register */

enum insn_kind {
	INSN_OTHER,
	INSN_LOAD,	/* memory to register */
	INSN_STORE,	/* register or immediate to memory */
	INSN_EXCHANGE,	/* XCHG of register and memory, always locked */
};

enum insn_map {
	INSN_ONE_BYTE,
	INSN_0F,
	INSN_0F38,
	INSN_0F3A,
	INSN_OTHER_MAP,	/* 3DNow!, VEX, EVEX, XOP */
};

/* As numbered by ModRM.reg of MOV Sreg. SDM v2 table B-8 */
enum insn_segment {
	INSN_ES, INSN_CS, INSN_SS, INSN_DS, INSN_FS, INSN_GS,
};

/*
 * A general register is numbered as in ModRM with REX: 0 rAX, 1 rCX, 2 rDX,
 * 3 rBX, 4 rSP, 5 rBP, 6 rSI, 7 rDI, 8-15 R8-R15.
 */
struct insn {
	uint8_t length;		/* in bytes, 1-15 */
	uint8_t bits;		/* of the code segment: 16, 32, 64 */
	bool truncated;		/* after false: more bytes are needed */

	/* Of every instruction. */
	uint8_t map, opcode;	/* enum insn_map; the last opcode byte */
	uint8_t operand_size;	/* 2, 4, 8: by mode, 66, REX.W or VEX.W */
	uint8_t address_size;	/* 2, 4, 8: by mode, 67 */
	uint8_t segment;	/* override, else the operand's default */
	bool lock;		/* false where LOCK made CR0 CR8 */
	uint8_t repeat;		/* the last of F2, F3; 0 if none */
	uint8_t prefix;		/* F2 or F3 as in repeat, else 66, else 0 */
	uint8_t rex;		/* 40-4F; made of VEX, EVEX, XOP; or 0 */

	/* If has_modrm. mod is 3 for MOV to and from CRn and DRn. */
	bool has_modrm;
	uint8_t modrm;
	uint8_t reg, rm;	/* with REX.R and REX.B */

	/* If has_memory: an operand of ModRM (not of vectors) or A0-A3. */
	bool has_memory, rip_relative;
	uint8_t base, index;	/* INSN_NONE, or a register */
	uint8_t scale;		/* of the index: 1, 2, 4, 8 */
	int64_t displacement;

	/* If kind isn't INSN_OTHER. */
	uint8_t kind;
	uint8_t size;		/* of the access, bytes: 1, 2, 4, 8 */
	uint8_t width;		/* of the register that is written or read */
	uint8_t data;		/* its number; of a high byte 0-3 */
	bool high;		/* it is AH, CH, DH or BH */
	bool sign;		/* a load extends its sign, else with zeros */
	bool has_immediate;	/* the source of a store is immediate */
	int64_t immediate;	/* sign-extended */
};

/*
 * Decodes the instruction at the start of 'bytes', a copy that was fetched
 * once, as code of a segment of 16, 32 or 64 'bits'. No byte after the first
 * 'count' (or the first 15) is read.
 *
 * True: an instruction, or one that can only raise #UD.
 *  - length is that of every legacy, 0F, 0F38, 0F3A, 3DNow!, VEX (to AVX2 and
 *    AMX), EVEX (to AVX512-FP16) and XOP instruction. SDM v2 2.1-2.7 and
 *    appendix A; APM v3 1.1-1.9 and appendix A. The one case where the
 *    vendors differ, a near branch with prefix 66 in 64-bit mode, is decoded
 *    as AMD does (APM v3 appendix B: a displacement of 16 bits).
 *  - kind isn't INSN_OTHER for these and only these, with an operand in
 *    memory: MOV 88-8B, A0-A3, C6 /0, C7 /0; XCHG 86, 87; MOVSXD 63 (64-bit
 *    mode); MOVZX, MOVSX 0F B6, B7, BE, BF; MOVNTI 0F C3. All are valid
 *    with the prefixes that they have.
 *  - A load of width 4 in 64-bit mode clears the upper half of the register;
 *    one of width 1 or 2 leaves its other bytes alone. SDM v1 3.4.1.1
 *
 * False: truncated, longer than 15 bytes, or undefined. Checked are opcodes,
 * mandatory prefixes, LOCK (SDM v2 LOCK), and the forms with memory or with a
 * register that an opcode or a group member has. Of VEX, EVEX and XOP only
 * what may precede them and the opcode are checked, not pp, W, L, vvvv, mask
 * and register numbers, as the length does not depend on them. CPUID,
 * privilege, real mode and "64-bit mode only" are the caller's matter.
 */
bool insn_decode(struct insn *insn, const uint8_t *bytes, unsigned int count,
	unsigned int bits);

/*
 * The linear address of the operand of an instruction with has_memory.
 * gpr is indexed by register number; segment_base is that of insn->segment
 * and is disregarded where 64-bit mode does so (APM v2 4.5.3: only FS and GS
 * have one). Wraps as the processor does: the offset at the address size, the
 * sum at 4 GB outside 64-bit mode. Limits and canonical form aren't checked.
 */
uint64_t insn_address(const struct insn *insn, const uint64_t gpr[16],
	uint64_t next_rip, uint64_t segment_base);

#endif
