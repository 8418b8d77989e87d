/* A decoder of x86 instructions: length, and moves to and from memory. */
/* SPDX-License-Identifier: MIT */
#include "insn.h"

#include <stddef.h>

/*
 * What follows an opcode and how it may be used, one byte for each opcode.
 * SDM v2 tables, APM v3 appendix A.1.
 */
enum {
	_ = 0,		/* nothing follows */
	B = 1,		/* immediate: byte, */
	W = 2,		/* word, */
	Z = 3,		/* word or doubleword by operand size, */
	V = 4,		/* ... or quadword by operand size, */
	O = 5,		/* offset by address size, */
	F = 6,		/* far pointer, */
	E = 7,		/* word and byte */
	IMMEDIATE = 7,
	M = 0x08,	/* ModRM */
	N = 0x10,	/* not in 64-bit mode */
	L = 0x20,	/* LOCK is allowed if the operand is in memory */
	G = 0x40,	/* listed in forms[] */
	MB = M | B, MZ = M | Z, LM = L | M, MG = M | G, GB = M | G | B,
	GZ = M | G | Z, LG = L | M | G, LB = LG | B, LZ = LG | Z, MN = M | N,
	BN = B | N, FN = F | N, LN = LB | N,
};

static const uint8_t one_byte[256] = {
	/* 0 */ LM, LM, M, M, B, Z, N, N, LM, LM, M, M, B, Z, N, _,
	/* 1 */ LM, LM, M, M, B, Z, N, N, LM, LM, M, M, B, Z, N, N,
	/* 2 */ LM, LM, M, M, B, Z, _, N, LM, LM, M, M, B, Z, _, N,
	/* 3 */ LM, LM, M, M, B, Z, _, N, M, M, M, M, B, Z, _, N,
	/* 4 */ _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _,
	/* 5 */ _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _,
	/* 6 */ N, N, MN, M, _, _, _, _, Z, MZ, B, MB, _, _, _, _,
	/* 7 */ B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B,
	/* 8 */ LB, LZ, LN, LB, M, M, LM, LM, M, M, M, M, MG, MG, MG, MG,
	/* 9 */ _, _, _, _, _, _, _, _, _, _, FN, _, _, _, _, _,
	/* A */ O, O, O, O, _, _, _, _, B, Z, _, _, _, _, _, _,
	/* B */ B, B, B, B, B, B, B, B, V, V, V, V, V, V, V, V,
	/* C */ MB, MB, W, _, MN, MN, GB, GZ, E, _, W, _, _, B, N, _,
	/* D */ M, M, M, M, BN, BN, N, _, M, MG, MG, MG, M, MG, MG, MG,
	/* E */ B, B, B, B, B, B, B, B, Z, Z, FN, B, _, _, _, _,
	/* F */ _, _, _, _, _, _, LG, LG, _, _, _, _, _, _, LG, LG,
};

static const uint8_t two_byte[256] = {
	/* 0 */ MG, MG, M, M, _, _, _, _, _, _, _, _, _, M, _, MB,
	/* 1 */ M, M, MG, MG, M, M, MG, MG, M, M, M, M, M, M, M, M,
	/* 2 */ MG, M, MG, M, _, _, _, _, M, M, M, MG, M, M, M, M,
	/* 3 */ _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _,
	/* 4 */ M, M, M, M, M, M, M, M, M, M, M, M, M, M, M, M,
	/* 5 */ MG, M, M, M, M, M, M, M, M, M, M, M, M, M, M, M,
	/* 6 */ M, M, M, M, M, M, M, M, M, M, M, M, M, M, M, M,
	/* 7 */ MB, GB, GB, GB, M, M, M, _, MG, MG, M, M, M, M, M, M,
	/* 8 */ Z, Z, Z, Z, Z, Z, Z, Z, Z, Z, Z, Z, Z, Z, Z, Z,
	/* 9 */ M, M, M, M, M, M, M, M, M, M, M, M, M, M, M, M,
	/* A */ _, _, _, M, MB, M, MG, MG, _, _, _, LM, MB, M, MG, M,
	/* B */ LM, LM, MG, LM, MG, MG, M, M, M, M, LB, LM, M, M, M, M,
	/* C */ LM, LM, MB, MG, MB, GB, MB, LG, _, _, _, _, _, _, _, _,
	/* D */ M, M, M, M, M, M, MG, MG, M, M, M, M, M, M, M, M,
	/* E */ M, M, M, M, M, M, M, MG, M, M, M, M, M, M, M, M,
	/* F */ MG, M, M, M, M, M, M, MG, M, M, M, M, M, M, M, M,
};

enum table {
	MAP_ONE_BYTE, MAP_0F, MAP_0F38, MAP_0F3A, VEX_1, VEX_2, VEX_3,
	EVEX_1, EVEX_2, EVEX_3, EVEX_5, EVEX_6, XOP_8, XOP_9, XOP_A, NOW_3D,
	TABLES,
};

/*
 * Which opcodes exist with which mandatory prefix. Digit c of row r, the left
 * one being 0, is for opcode 16 r + c: 1 none, 2 66, 4 F3, 8 F2; 15 also
 * where these don't choose. SDM v2 appendix A, APM v3 appendix A.
 */
static const uint64_t prefixes[VEX_1][16] = {
	[MAP_0F] = {
		0xffff0fffff0f0fff, 0xfff33373ffffffff, 0xffff000033ffff33,
		0xffffff0100000000, 0xffffffffffffffff, 0x3f553333fff7ffff,
		0x3333333333332237, 0xf3333331bb00aa77, 0xffffffffffffffff,
		0xffffffffffffffff, 0xffffff47ffffffff, 0xffffffff4fffffff,
		0xfff1333fffffffff, 0xa33333e333333333, 0x333333e333333333,
		0x833333333333333f,
	},
	[MAP_0F38] = {
		[0x0] = 0x3333333333330000, [0x1] = 0x2000220200003330,
		[0x2] = 0x2222220022220000, [0x3] = 0x2222220222222222,
		[0x4] = 0x2200000000000000, [0x8] = 0x2220000000000000,
		[0xc] = 0x0000000011111102, [0xd] = 0x0000000040026666,
		[0xf] = 0xbb000270e1440000,
	},
	[MAP_0F3A] = {
		[0x0] = 0x0000000022222223, [0x1] = 0x0000222200000000,
		[0x2] = 0x2220000000000000, [0x4] = 0x2220200000000000,
		[0x6] = 0x2222000000000000, [0xc] = 0x0000000000001022,
		[0xd] = 0x0000000000000002, [0xf] = 0x4000000000000000,
	},
};

/*
 * Which opcodes exist at all: four digits, from the left, for sixteen
 * opcodes. SDM v2 chapters 3 to 5; APM v3 appendix A, v4 chapter 2.
 */
static const uint64_t opcodes[TABLES][4] = {
	[VEX_1] = { 0x0000ff0000ff0000, 0x6f30ffffffffff0f,
		0x0000f0c000020000, 0x2e00fffffffffffe },
	[VEX_2] = { 0xffff13eefcffffff, 0xc750f0ea000000c0,
		0x000af3ff03ff03ff, 0x0001001f00003700 },
	[VEX_3] = { 0xeeff0fc4e000f0c0, 0xeaf8000ff0ff00ff,
		0, 0x0003000100008000 },
	[EVEX_1] = { 0x0000ff0000ff0000, 0x00004ffffffffef3,
		0, 0x2e007effffff7efe },
	[EVEX_2] = { 0x881cfefffffcffff, 0xbf0ffcf03e80f7ff,
		0x10f5f3fff3ff0fff, 0x0bbd000f00000000 },
	[EVEX_3] = { 0xdcf10ff7f70000f3, 0x3800cf000300f000,
		0, 0x2003000000000000 },
	[EVEX_5] = { 0x0000c004002f0000, 0x000040ff000200fe },
	[EVEX_6] = { 0x00001000000c0000, 0x300f030000000000,
		0x000003ff03ff03ff, 0x0000030000000000 },
	[XOP_8] = { 0, 0, 0x0703070332000200, 0xf00f0000000f0000 },
	[XOP_9] = { 0x6000200000000000, 0,
		0xf000fff000000000, 0x7310731070000000 },
	[XOP_A] = { 0x0000a00000000000 },
	[NOW_3D] = { 0x000c000c00000000, 0, 0x00228b228b228b11 },
};

/*
 * Opcodes of which not all forms exist, for the prefixes given as above. Bit
 * r of 'memory' is for ModRM.reg = r with memory, of 'lock' the same with
 * LOCK; byte r of 'registers' has a bit for each ModRM.rm. SDM v2 tables A-6
 * to A-22, APM v3 appendix A.
 */
struct form {
	uint8_t where, opcode, memory, lock;
	uint32_t low, high;
};

#define FORM(table, prefixes, opcode, memory, lock, registers) \
	{ (table) << 4 | (prefixes), opcode, memory, lock, \
		(uint32_t)(registers), (uint64_t)(registers) >> 32 }
#define MEM(table, prefixes, opcode) \
	FORM(table, prefixes, opcode, 0xff, 0, 0)
#define RGS(table, prefixes, opcode) \
	FORM(table, prefixes, opcode, 0, 0, ALL)
#define ALL		~0ull
#define RM(reg, rm)	(1ull << (8 * (reg) + (rm)))
#define BYTE(set, bit)	((set) >> (bit) & 1 ? 0xffull << 8 * (bit) : 0)
#define REG(set)	(BYTE(set, 0) | BYTE(set, 1) | BYTE(set, 2) | \
			BYTE(set, 3) | BYTE(set, 4) | BYTE(set, 5) | \
			BYTE(set, 6) | BYTE(set, 7))

static const struct form forms[] = {
	FORM(0, 15, 0x80, 0xff, 0x7f, ALL), FORM(0, 15, 0x81, 0xff, 0x7f, ALL),
	FORM(0, 15, 0x82, 0xff, 0x7f, ALL), FORM(0, 15, 0x83, 0xff, 0x7f, ALL),
	FORM(0, 15, 0x8c, 0x3f, 0, REG(0x3f)), MEM(0, 15, 0x8d),
	FORM(0, 15, 0x8e, 0x3d, 0, REG(0x3d)),
	FORM(0, 15, 0x8f, 0x01, 0, REG(0x01)),
	FORM(0, 15, 0xc6, 0x01, 0, REG(0x01) | RM(7, 0)),
	FORM(0, 15, 0xc7, 0x01, 0, REG(0x01) | RM(7, 0)),
	FORM(0, 15, 0xd9, 0xfd, 0, 0xffff7f33ff01ffff),
	FORM(0, 15, 0xda, 0xff, 0, REG(0x0f) | RM(5, 1)),
	FORM(0, 15, 0xdb, 0xaf, 0, 0x00ffff1fffffffff),
	FORM(0, 15, 0xdd, 0xdf, 0, REG(0x3f)),
	FORM(0, 15, 0xde, 0xff, 0, REG(0xf7) | RM(3, 1)),
	FORM(0, 15, 0xdf, 0xff, 0, REG(0x6f) | RM(4, 0)),
	FORM(0, 15, 0xf6, 0xff, 0x0c, ALL), FORM(0, 15, 0xf7, 0xff, 0x0c, ALL),
	FORM(0, 15, 0xfe, 3, 3, REG(3)), FORM(0, 15, 0xff, 0x7f, 3, REG(0x57)),
	FORM(1, 15, 0x00, 0x3f, 0, REG(0x3f)),
	FORM(1, 1, 0x01, 0xdf, 0, 0xffffc1fffff38f3f),
	FORM(1, 2, 0x01, 0xdf, 0, 0x33ff00ffff00f000),
	FORM(1, 4, 0x01, 0xff, 0, 0xf7fff5ffff000000),
	FORM(1, 8, 0x01, 0xdf, 0, 0xf3ff03ffff000000),
	MEM(1, 2, 0x12), MEM(1, 3, 0x13), MEM(1, 2, 0x16), MEM(1, 3, 0x17),
	FORM(1, 15, 0x20, 0, 0, REG(0x1d)), FORM(1, 15, 0x22, 0, 0, REG(0x1d)),
	MEM(1, 15, 0x2b), RGS(1, 15, 0x50),
	FORM(1, 15, 0x71, 0, 0, REG(0x54)), FORM(1, 15, 0x72, 0, 0, REG(0x54)),
	FORM(1, 1, 0x73, 0, 0, REG(0x44)), FORM(1, 2, 0x73, 0, 0, REG(0xcc)),
	FORM(1, 2, 0x78, 0, 0, REG(0x01)), RGS(1, 8, 0x78), RGS(1, 10, 0x79),
	FORM(1, 4, 0xa6, 0, 0, RM(0, 0) | RM(1, 0) | RM(2, 0)),
	FORM(1, 3, 0xa7, 0, 0, RM(0, 0)),
	FORM(1, 4, 0xa7, 0, 0, 0x0000010101010101),
	FORM(1, 1, 0xae, 0xff, 0, REG(0xe0)),
	FORM(1, 2, 0xae, 0xc0, 0, REG(0x40)),
	FORM(1, 4, 0xae, 0x50, 0, REG(0x7f)), FORM(1, 8, 0xae, 0, 0, REG(0x40)),
	MEM(1, 15, 0xb2), MEM(1, 15, 0xb4), MEM(1, 15, 0xb5),
	FORM(1, 15, 0xba, 0xf0, 0xe0, REG(0xf0)),
	MEM(1, 15, 0xc3), RGS(1, 15, 0xc5),
	FORM(1, 1, 0xc7, 0xfa, 2, REG(0xc0)),
	FORM(1, 6, 0xc7, 0x42, 2, REG(0xc0)), FORM(1, 8, 0xc7, 2, 2, 0),
	RGS(1, 12, 0xd6), RGS(1, 15, 0xd7), MEM(1, 15, 0xe7), MEM(1, 15, 0xf0),
	RGS(1, 15, 0xf7),
	MEM(2, 15, 0x2a), MEM(2, 15, 0x80), MEM(2, 15, 0x81), MEM(2, 15, 0x82),
	FORM(2, 4, 0xd8, 0x0f, 0, 0), MEM(2, 4, 0xdd), MEM(2, 4, 0xde),
	MEM(2, 4, 0xdf), MEM(2, 3, 0xf0), MEM(2, 3, 0xf1), MEM(2, 2, 0xf5),
	MEM(2, 1, 0xf6), MEM(2, 15, 0xf8), MEM(2, 15, 0xf9),
	RGS(2, 15, 0xfa), RGS(2, 15, 0xfb),
	FORM(3, 15, 0xf0, 0, 0, RM(0, 0)),
};

/* The bytes, and what of the decoding isn't part of the result. */
struct code {
	const uint8_t *bytes;
	unsigned int count, at;
	bool over;		/* read beyond the end: zeros were returned */
	bool undefined;
	bool vector;		/* VEX, EVEX or XOP */
	uint8_t table;		/* which opcodes these are */
	uint8_t follows;	/* as in one_byte[] */
	int64_t immediate;
};

static uint8_t next(struct code *code)
{
	if (code->at < code->count)
		return code->bytes[code->at++];
	code->over = true;
	return 0;
}

/* A signed little-endian number of up to 8 bytes. */
static int64_t number(struct code *code, unsigned int bytes)
{
	unsigned int unused = 64 - 8 * bytes, i;
	uint64_t value = 0;

	if (!bytes)
		return 0;
	for (i = 0; i < bytes; i++)
		value |= (uint64_t)next(code) << (8 * i);
	return (int64_t)(value << unused) >> unused;
}

/* Takes one legacy or REX prefix. APM v3 1.2, SDM v2 2.1.1 */
static bool take_prefix(struct insn *insn, uint8_t byte)
{
	switch (byte) {
	case 0x26: case 0x2e: case 0x36: case 0x3e:
		if (insn->bits != 64) /* which disregards these */
			insn->segment = byte >> 3 & 3;
		break;
	case 0x64: case 0x65:
		insn->segment = byte & 7;
		break;
	case 0x66:
		insn->operand_size = insn->bits == 16 ? 4 : 2;
		insn->prefix = byte;
		break;
	case 0x67:
		insn->address_size = insn->bits == 32 ? 2 : 4;
		break;
	case 0xf0:
		insn->lock = true;
		break;
	case 0xf2: case 0xf3:
		insn->repeat = byte;
		break;
	default:
		if (insn->bits != 64 || (byte & 0xf0) != 0x40)
			return false;
		insn->rex = byte;
		return true;
	}
	insn->rex = 0; /* counts only next to the opcode. APM v3 1.2.7 */
	return true;
}

/* The prefixes and the byte after them. */
static uint8_t read_prefixes(struct insn *insn, struct code *code)
{
	uint8_t byte;

	do
		byte = next(code);
	while (take_prefix(insn, byte));
	if (insn->rex & 8)
		insn->operand_size = 8;
	if (insn->repeat)
		insn->prefix = insn->repeat;
	return byte;
}

/*
 * C4, C5, 62 and 8F begin VEX, EVEX and XOP where the next byte can't be the
 * ModRM of LDS, LES, BOUND and POP. APM v3 1.9, SDM v2 2.3.5, 2.7.1
 */
static bool is_vector(const struct insn *insn, const struct code *code,
	uint8_t byte)
{
	uint8_t after = code->at < code->count ? code->bytes[code->at] : 0;

	if (byte == 0x8f)
		return (after & 0x1f) >= 8;
	return (byte == 0x62 || byte == 0xc4 || byte == 0xc5) &&
		(insn->bits == 64 || after >= 0xc0);
}

static uint8_t vector_table(uint8_t byte, unsigned int map)
{
	static const uint8_t tables[3][16] = {
		{ [1] = VEX_1, [2] = VEX_2, [3] = VEX_3 },
		{ [8] = XOP_8, [9] = XOP_9, [10] = XOP_A },
		{ [1] = EVEX_1, [2] = EVEX_2, [3] = EVEX_3, [5] = EVEX_5,
			[6] = EVEX_6 },
	};

	if (map >= 16)
		return 0;
	return tables[byte == 0x62 ? 2 : byte == 0x8f ? 1 : 0][map];
}

/* The rest of a VEX, EVEX or XOP prefix. SDM v2 2.3.5, 2.7.1; APM v3 1.9 */
static void read_vector(struct insn *insn, struct code *code, uint8_t byte)
{
	static const uint8_t prefix[4] = { 0, 0x66, 0xf3, 0xf2 };
	uint8_t first = next(code), second = first;
	unsigned int map = first & (byte == 0x62 ? 0xf : 0x1f);

	/* 66, F2, F3, LOCK and REX may not come before. */
	code->undefined = insn->prefix || insn->lock || insn->rex;
	code->vector = true;
	if (byte == 0xc5) {
		map = 1;
		first |= 0x60; /* X and B, inverted; there is no W */
		second &= 0x7f;
	} else {
		second = next(code);
	}
	if (byte == 0x62) {
		code->undefined |= !(second & 4);
		next(code);
	}
	insn->prefix = prefix[second & 3];
	if (insn->bits == 64)
		insn->rex = 0x40 | (~first >> 5 & 7) | (second >> 4 & 8);
	insn->operand_size = insn->rex & 8 ? 8 : 4;
	code->table = vector_table(byte, map);
	code->undefined |= !code->table;
}

/* Immediates by map. SDM v2 appendix A, APM v3 appendix A */
static uint8_t what_follows(const struct code *code, uint8_t opcode)
{
	switch (code->table) {
	case MAP_ONE_BYTE:
		return one_byte[opcode];
	case MAP_0F: case VEX_1: case EVEX_1:
		return two_byte[opcode];
	case MAP_0F3A: case VEX_3: case EVEX_3: case XOP_8:
		return M | G | B;
	case XOP_A:
		return M | Z;
	default:
		return M | G;
	}
}

static void read_opcode(struct insn *insn, struct code *code)
{
	uint8_t byte = read_prefixes(insn, code);

	if (is_vector(insn, code, byte)) {
		read_vector(insn, code, byte);
		byte = next(code);
	} else if (byte == 0x0f) {
		byte = next(code);
		code->table = byte == 0x38 ? MAP_0F38 :
			byte == 0x3a ? MAP_0F3A : MAP_0F;
		if (code->table != MAP_0F)
			byte = next(code);
	}
	insn->opcode = byte;
	insn->map = code->vector ? INSN_OTHER_MAP : code->table;
	code->follows = what_follows(code, byte);
}

/* 16-bit addresses. SDM v2 table 2-1 */
static void read_memory16(struct insn *insn, struct code *code)
{
	static const uint8_t base[8] = { 3, 3, 5, 5, 6, 7, 5, 3 };
	uint8_t mod = insn->modrm >> 6, rm = insn->modrm & 7;

	insn->base = mod == 0 && rm == 6 ? INSN_NONE : base[rm];
	if (rm < 4)
		insn->index = 6 + (rm & 1);
	insn->displacement = number(code, insn->base == INSN_NONE ? 2 : mod);
}

static void read_sib(struct insn *insn, struct code *code)
{
	uint8_t sib = next(code);
	uint8_t index = (sib >> 3 & 7) | (insn->rex & 2) << 2;

	if (index != 4)
		insn->index = index;
	insn->scale = 1 << (sib >> 6);
	insn->base = (sib & 7) | (insn->rex & 1) << 3;
}

/* 32- and 64-bit addresses. APM v3 1.4, 1.7; SDM v2 2.2.1.6, tables 2-2, 2-3 */
static void read_memory32(struct insn *insn, struct code *code)
{
	uint8_t mod = insn->modrm >> 6;
	bool sib = (insn->modrm & 7) == 4;

	insn->base = insn->rm;
	if (sib)
		read_sib(insn, code);
	if (mod == 0 && (insn->base & 7) == 5) {
		insn->base = INSN_NONE;
		insn->rip_relative = !sib && insn->bits == 64;
		mod = 2;
	}
	insn->displacement = number(code, mod == 2 ? 4 : mod);
}

static bool is_control(const struct insn *insn)
{
	return insn->map == INSN_0F && (insn->opcode & 0xfc) == 0x20;
}

/* MOV to and from CRn and DRn has no memory form. APM v3 MOV CRn */
static void adjust_control(struct insn *insn)
{
	insn->modrm |= 0xc0;
	/* LOCK makes CR0 CR8, for code without REX. */
	if (insn->lock && !insn->reg && !(insn->opcode & 1)) {
		insn->lock = false;
		insn->reg = 8;
	}
}

static void read_modrm(struct insn *insn, struct code *code)
{
	insn->has_modrm = true;
	insn->modrm = next(code);
	insn->reg = (insn->modrm >> 3 & 7) | (insn->rex & 4) << 1;
	insn->rm = (insn->modrm & 7) | (insn->rex & 1) << 3;
	if (is_control(insn))
		adjust_control(insn);
	if (insn->modrm >= 0xc0)
		return;
	insn->has_memory = true;
	if (insn->address_size == 2)
		read_memory16(insn, code);
	else
		read_memory32(insn, code);
}

/* How many bytes of immediate follow. */
static unsigned int immediate_size(const struct insn *insn,
	const struct code *code)
{
	uint8_t z = insn->operand_size == 2 ? 2 : 4;
	const uint8_t sizes[] = {
		[B] = 1, [W] = 2, [Z] = z, [V] = insn->operand_size,
		[O] = insn->address_size, [F] = z + 2, [E] = 3,
	};

	/* TEST in groups 3; EXTRQ, INSERTQ. */
	if (insn->map == INSN_ONE_BYTE && (insn->opcode & 0xfe) == 0xf6)
		return insn->modrm & 0x30 ? 0 : insn->opcode & 1 ? z : 1;
	if (insn->map == INSN_0F && insn->opcode == 0x78 && insn->prefix)
		return 2;
	return sizes[code->follows & IMMEDIATE];
}

static unsigned int prefix_bit(const struct insn *insn)
{
	return insn->prefix == 0xf2 ? 8 : insn->prefix == 0xf3 ? 4 :
		insn->prefix ? 2 : 1;
}

static bool form_exists(const struct insn *insn, const struct form *form)
{
	uint8_t reg = insn->modrm >> 3 & 7;

	if (insn->modrm < 0xc0)
		return (insn->lock ? form->lock : form->memory) >> reg & 1;
	return (reg < 4 ? form->low : form->high) >> (insn->modrm & 31) & 1;
}

/* Of what has ModRM and not all its forms. */
static bool listed(const struct insn *insn)
{
	unsigned int prefix = prefix_bit(insn);
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (forms[i].opcode == insn->opcode &&
			forms[i].where >> 4 == insn->map &&
			forms[i].where & prefix)
			return form_exists(insn, &forms[i]);
	return true;
}

static bool opcode_exists(const struct insn *insn, const struct code *code)
{
	uint8_t opcode = insn->opcode;
	uint64_t row;

	if (code->table == MAP_ONE_BYTE)
		return insn->bits != 64 || !(code->follows & N);
	if (code->table >= VEX_1) {
		row = opcodes[code->table][opcode >> 6];
		return row >> (63 - (opcode & 63)) & 1;
	}
	row = prefixes[code->table][opcode >> 4];
	return row >> (60 - 4 * (opcode & 15)) & prefix_bit(insn);
}

static bool exists(const struct insn *insn, const struct code *code)
{
	if (!opcode_exists(insn, code))
		return false;
	if (insn->lock && (!(code->follows & L) || insn->modrm >= 0xc0))
		return false;
	/* REX.R makes CR0 CR8, and nothing of the others. */
	if (is_control(insn) && insn->reg > 8 - (insn->opcode & 1))
		return false;
	return !(code->follows & G) || code->vector || listed(insn);
}

static enum insn_kind move_kind(const struct insn *insn)
{
	switch (insn->map << 8 | insn->opcode) {
	case 0x063:
		return insn->bits == 64 ? INSN_LOAD : INSN_OTHER;
	case 0x086: case 0x087:
		return INSN_EXCHANGE;
	case 0x088: case 0x089: case 0x0a2: case 0x0a3:
	case 0x0c6: case 0x0c7: case 0x1c3:
		return INSN_STORE;
	case 0x08a: case 0x08b: case 0x0a0: case 0x0a1:
	case 0x1b6: case 0x1b7: case 0x1be: case 0x1bf:
		return INSN_LOAD;
	default:
		return INSN_OTHER;
	}
}

static void set_sizes(struct insn *insn)
{
	insn->size = insn->width = insn->operand_size;
	if (insn->map == INSN_ONE_BYTE) {
		insn->sign = insn->opcode == 0x63;
		if (insn->sign && insn->size == 8)
			insn->size = 4; /* else MOVSXD extends nothing */
		else if (!insn->sign && !(insn->opcode & 1))
			insn->size = insn->width = 1;
	} else if (insn->kind == INSN_LOAD) {
		insn->sign = insn->opcode >= 0xbe;
		insn->size = insn->opcode & 1 ? 2 : 1;
	} else if (insn->size == 2) {
		insn->size = insn->width = 4; /* MOVNTI has no such form */
	}
}

static void describe_move(struct insn *insn, const struct code *code)
{
	insn->kind = insn->has_memory ? move_kind(insn) : INSN_OTHER;
	if (insn->kind == INSN_OTHER)
		return;
	set_sizes(insn);
	insn->has_immediate = (insn->opcode & 0xfe) == 0xc6;
	if (insn->has_immediate)
		insn->immediate = code->immediate;
	else
		insn->data = insn->reg;
	/* 4-7 are AH, CH, DH, BH unless there is REX. APM v3 1.2.7 */
	insn->high = insn->width == 1 && !insn->rex && insn->data >= 4;
	if (insn->high)
		insn->data -= 4;
}

/* What is said after ModRM and immediate are known. */
static void settle(struct insn *insn, struct code *code)
{
	if ((code->follows & IMMEDIATE) == O) {
		insn->has_memory = true;
		insn->displacement = code->immediate;
	}
	/* The suffix is the opcode of 3DNow!. APM v3 appendix A.1 */
	if (insn->map == INSN_0F && insn->opcode == 0x0f) {
		insn->map = INSN_OTHER_MAP;
		insn->opcode = (uint8_t)code->immediate;
		code->table = NOW_3D;
	}
	/* Vectors of indexes and scaled displacements aren't described. */
	if (code->vector)
		insn->has_memory = false;
	if (insn->segment == INSN_NONE)
		insn->segment = insn->base == 4 || insn->base == 5 ?
			INSN_SS : INSN_DS;
}

static bool decode(struct insn *insn, struct code *code)
{
	read_opcode(insn, code);
	if (code->follows & M)
		read_modrm(insn, code);
	code->immediate = number(code, immediate_size(insn, code));
	if (code->over || code->undefined)
		return false;
	settle(insn, code);
	if (!exists(insn, code))
		return false;
	describe_move(insn, code);
	insn->length = (uint8_t)code->at;
	return true;
}

bool insn_decode(struct insn *insn, const uint8_t *bytes, unsigned int count,
	unsigned int bits)
{
	struct code code = {
		.bytes = bytes, .count = count < INSN_MAX ? count : INSN_MAX,
	};
	bool done;

	*insn = (struct insn){
		.bits = (uint8_t)bits, .segment = INSN_NONE,
		.operand_size = bits == 16 ? 2 : 4,
		.address_size = (uint8_t)(bits / 8),
		.base = INSN_NONE, .index = INSN_NONE, .scale = 1,
	};
	done = decode(insn, &code);
	insn->truncated = code.over && count < INSN_MAX;
	return done;
}

static uint64_t wrap(uint64_t address, unsigned int bytes)
{
	return bytes == 8 ? address : address & ((1ull << (8 * bytes)) - 1);
}

uint64_t insn_address(const struct insn *insn, const uint64_t gpr[16],
	uint64_t next_rip, uint64_t segment_base)
{
	uint64_t offset = (uint64_t)insn->displacement;

	if (insn->rip_relative)
		offset += next_rip;
	if (insn->base != INSN_NONE)
		offset += gpr[insn->base];
	if (insn->index != INSN_NONE)
		offset += gpr[insn->index] * insn->scale;
	if (insn->bits == 64 && insn->segment < INSN_FS)
		segment_base = 0;
	return wrap(wrap(offset, insn->address_size) + segment_base,
		insn->bits == 64 ? 8 : 4);
}
