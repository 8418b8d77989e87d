/* The instruction decoder: cases by hand, then everything short and random
 * strings against Zydis. usage: test_insn COUNT [SEED] */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include "insn.h"

#include <time.h>
#include <Zydis/Zydis.h>

#define NONE	INSN_NONE
#define TEXT(text)	(const uint8_t *)(text), sizeof(text) - 1

/* Lengths by hand; 0 is refused. */
static const struct {
	unsigned int bits;
	const uint8_t *bytes;
	unsigned int count, length;
} lengths[] = {
	{ 64, TEXT("\x0f\xa2"), 2 },			/* CPUID */
	{ 64, TEXT("\x66\x2e\x48\x0f\xa2"), 5 },
	{ 64, TEXT("\xf4\x90"), 1 },			/* HLT */
	{ 64, TEXT("\x0f\x01\xd9"), 3 },		/* VMMCALL */
	{ 64, TEXT("\x0f\x01\xc1"), 3 },		/* VMCALL */
	{ 64, TEXT("\x0f\x01\xd1"), 3 },		/* XSETBV */
	{ 64, TEXT("\x0f\x01\xf9"), 3 },		/* RDTSCP */
	{ 64, TEXT("\x0f\x01\x7c\x24\x10"), 5 },	/* INVLPG */
	{ 64, TEXT("\x44\x0f\x22\xc0"), 4 },		/* MOV CR8 */
	{ 64, TEXT("\x0f\x22\x1c"), 3 },		/* mod is ignored */
	{ 64, TEXT("\xf0\x0f\x22\xc0"), 4 },		/* MOV CR8 */
	{ 64, TEXT("\xf0\x0f\x22\xd8"), 0 },
	{ 16, TEXT("\x66\x0f\x22\xc0"), 4 },
	{ 64, TEXT("\xf3\x0f\x09"), 3 },		/* WBNOINVD */
	{ 64, TEXT("\xe6\x80"), 2 },			/* OUT */
	{ 64, TEXT("\xf3\x66\x6d"), 3 },		/* REP INSW */
	{ 16, TEXT("\xea\x00\x00\xff\xff"), 5 },	/* JMP far */
	{ 16, TEXT("\x66\xea\x00\x00\xff\xff\x00\x00"), 8 },
	{ 64, TEXT("\xea\x00\x00\xff\xff\x00\x00"), 0 },
	{ 64, TEXT("\xe8\x00\x00\x00\x00"), 5 },
	{ 64, TEXT("\x66\xe8\x00\x00"), 4 },		/* as AMD does */
	{ 64, TEXT("\xf6\x00\x01"), 3 },		/* TEST */
	{ 64, TEXT("\xf6\x10"), 2 },			/* NOT */
	{ 16, TEXT("\xf7\x06\x34\x12\x78\x56"), 6 },
	{ 64, TEXT("\x48\xb8\x01\x02\x03\x04\x05\x06\x07\x08"), 10 },
	{ 64, TEXT("\x0f\x0f\xc1\x9e"), 4 },		/* PFADD */
	{ 64, TEXT("\x0f\x0f\xc1\x9f"), 0 },
	{ 64, TEXT("\xc5\xf8\x77"), 3 },		/* VZEROUPPER */
	{ 64, TEXT("\x66\xc5\xf8\x77"), 0 },
	{ 64, TEXT("\x48\xc5\xf8\x77"), 0 },
	{ 32, TEXT("\xc5\x38"), 2 },			/* LDS */
	{ 64, TEXT("\x62\xf1\x7c\x48\x10\x40\x01"), 7 },	/* VMOVUPS */
	{ 64, TEXT("\x8f\xe9\x78\x01\xc8"), 5 },	/* BLCFILL */
	{ 64, TEXT("\x8f\xea\x78\x10\xc0\x01\x02\x03\x04"), 9 },
	{ 64, TEXT("\x8f\xc0"), 2 },			/* POP */
	{ 64, TEXT("\xf2\x0f\x78\xc1\x02\x03"), 6 },	/* INSERTQ */
	{ 64, TEXT("\xc8\x00\x00\x00"), 4 },		/* ENTER */
	{ 64, TEXT("\xf0\x01\x00"), 3 },		/* LOCK ADD */
	{ 64, TEXT("\xf0\x01\xc0"), 0 },
	{ 64, TEXT("\xf0\x89\x00"), 0 },
	{ 64, TEXT("\xf0\x83\x38\x00"), 0 },		/* LOCK CMP */
	{ 64, TEXT("\xf0\x0f\xba\x28\x00"), 5 },	/* LOCK BTS */
	{ 64, TEXT("\x06"), 0 },
	{ 32, TEXT("\x06"), 1 },
	{ 32, TEXT("\x48"), 1 },
	{ 64, TEXT("\x48"), 0 },
	{ 64, TEXT(""), 0 },
	{ 64, TEXT("\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66"
		"\x66\x90"), 15 },
	{ 64, TEXT("\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66"
		"\x66\x66\x90"), 0 },
	{ 64, TEXT("\x2e\x2e\x2e\x2e\x2e\x2e\x2e\x2e\xc7\x04\x25\x00\x00"
		"\x00\x00\x00\x00\x00\x00"), 0 },
};

static void test_lengths(void)
{
	struct insn insn;
	size_t i;

	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		bool done = insn_decode(&insn, lengths[i].bytes,
			lengths[i].count, lengths[i].bits);

		if (done != (lengths[i].length != 0) ||
			(done && insn.length != lengths[i].length)) {
			fprintf(stderr, "lengths[%zu]: got %u\n", i,
				done ? insn.length : 0);
			exit(1);
		}
	}
}

static void test_truncated(void)
{
	static const uint8_t store[] = { 0xc7, 0x04, 0x25, 1, 2, 3, 4, 5, 6,
		7, 8 };
	static const uint8_t zeros[16];
	struct insn insn;
	unsigned int i;

	for (i = 0; i < sizeof(store); i++)
		CHECK(!insn_decode(&insn, store, i, 64) && insn.truncated);
	CHECK(insn_decode(&insn, store, i, 64) && !insn.truncated);
	CHECK(!insn_decode(&insn, TEXT("\x06"), 64) && !insn.truncated);
	CHECK(insn_decode(&insn, zeros, 16, 64) && insn.length == 2);
}

/* Moves by hand. */
static const struct {
	unsigned int bits;
	const uint8_t *bytes;
	unsigned int count;
	struct insn insn;
} moves[] = {
#define MOVE(bits, text, ...)	{ bits, TEXT(text), { __VA_ARGS__ } }
#define ABSOLUTE	.base = NONE, .index = NONE, .segment = INSN_DS
	/* What compilers make of Linux's accesses to the APIC's page. */
	MOVE(64, "\x89\x04\x25\xb0\xc0\x5f\xff", .kind = INSN_STORE, .size = 4,
		.width = 4, .displacement = (int32_t)0xff5fc0b0, ABSOLUTE),
	MOVE(64, "\xc7\x04\x25\xb0\xc0\x5f\xff\x00\x00\x00\x80",
		.kind = INSN_STORE, .size = 4, .width = 4, ABSOLUTE,
		.displacement = (int32_t)0xff5fc0b0, .has_immediate = true,
		.immediate = INT32_MIN),
	MOVE(64, "\x8b\x87\x00\xd0\x5f\xff", .kind = INSN_LOAD, .size = 4,
		.width = 4, .base = 7, .index = NONE, .segment = INSN_DS,
		.displacement = (int32_t)0xff5fd000),
	MOVE(64, "\x87\x34\x25\x80\xc3\x5f\xff", .kind = INSN_EXCHANGE,
		.size = 4, .width = 4, .data = 6, ABSOLUTE,
		.displacement = (int32_t)0xff5fc380),
	MOVE(64, "\xf0\x87\x3b", .kind = INSN_EXCHANGE, .size = 4, .width = 4,
		.data = 7, .base = 3, .index = NONE, .segment = INSN_DS),
	MOVE(64, "\x65\x4c\x8b\xb4\xcc\x10\x00\x00\x00", .kind = INSN_LOAD,
		.size = 8, .width = 8, .data = 14, .base = 4, .index = 1,
		.scale = 8, .displacement = 16, .segment = INSN_GS),
	MOVE(64, "\x2e\x4b\x89\x5c\x6d\xf0", .kind = INSN_STORE, .size = 8,
		.width = 8, .data = 3, .base = 13, .index = 13, .scale = 2,
		.displacement = -16, .segment = INSN_DS),
	MOVE(64, "\x8b\x05\xfc\xff\xff\xff", .kind = INSN_LOAD, .size = 4,
		.width = 4, .rip_relative = true, .displacement = -4, ABSOLUTE),
	MOVE(64, "\x88\x65\x01", .kind = INSN_STORE, .size = 1, .width = 1,
		.data = 0, .high = true, .base = 5, .index = NONE,
		.displacement = 1, .segment = INSN_SS),
	MOVE(64, "\x40\x88\x26", .kind = INSN_STORE, .size = 1, .width = 1,
		.data = 4, .base = 6, .index = NONE, .segment = INSN_DS),
	MOVE(64, "\x66\xc7\x00\x00\x80", .kind = INSN_STORE, .size = 2,
		.width = 2, .base = 0, .index = NONE, .has_immediate = true,
		.immediate = -32768, .segment = INSN_DS),
	MOVE(64, "\x48\xc7\x00\xff\xff\xff\xff", .kind = INSN_STORE, .size = 8,
		.width = 8, .base = 0, .index = NONE, .has_immediate = true,
		.immediate = -1, .segment = INSN_DS),
	MOVE(64, "\xc6\x00\x80", .kind = INSN_STORE, .size = 1, .width = 1,
		.base = 0, .index = NONE, .has_immediate = true,
		.immediate = -128, .segment = INSN_DS),
	MOVE(64, "\xa1\x00\x00\xe0\xfe\x00\x00\x00\x80", .kind = INSN_LOAD,
		.size = 4, .width = 4, ABSOLUTE,
		.displacement = (int64_t)0x80000000fee00000),
	MOVE(16, "\x26\xa2\x34\x12", .kind = INSN_STORE, .size = 1, .width = 1,
		.displacement = 0x1234, .base = NONE, .index = NONE,
		.segment = INSN_ES),
	MOVE(64, "\x0f\xb6\x38", .kind = INSN_LOAD, .size = 1, .width = 4,
		.data = 7, .base = 0, .index = NONE, .segment = INSN_DS),
	MOVE(64, "\x48\x0f\xbf\x38", .kind = INSN_LOAD, .size = 2, .width = 8,
		.data = 7, .sign = true, .base = 0, .index = NONE,
		.segment = INSN_DS),
	MOVE(64, "\x66\x0f\xbe\x20", .kind = INSN_LOAD, .size = 1, .width = 2,
		.data = 4, .sign = true, .base = 0, .index = NONE,
		.segment = INSN_DS),
	MOVE(64, "\x48\x63\x08", .kind = INSN_LOAD, .size = 4, .width = 8,
		.data = 1, .sign = true, .base = 0, .index = NONE,
		.segment = INSN_DS),
	MOVE(64, "\x4c\x0f\xc3\x00", .kind = INSN_STORE, .size = 8, .width = 8,
		.data = 8, .base = 0, .index = NONE, .segment = INSN_DS),
	MOVE(16, "\x8b\x42\x80", .kind = INSN_LOAD, .size = 2, .width = 2,
		.data = 0, .base = 5, .index = 6, .displacement = -128,
		.segment = INSN_SS),
	MOVE(16, "\x66\x67\x8b\x00", .kind = INSN_LOAD, .size = 4, .width = 4,
		.base = 0, .index = NONE, .segment = INSN_DS),
	/* No base, whatever REX.B: Zydis says otherwise. */
	MOVE(64, "\x67\x41\x88\x04\x25\x7f\x04\x9e\x33", .size = 1,
		.width = 1, .kind = INSN_STORE, .displacement = 0x339e047f,
		ABSOLUTE),
	/* Not moves of a general register. */
	MOVE(64, "\x8c\x18", .base = 0, .index = NONE, .segment = INSN_DS),
	MOVE(64, "\x89\xc8", ABSOLUTE),
	MOVE(32, "\x63\x08", .base = 0, .index = NONE, .segment = INSN_DS),
	MOVE(64, "\x0f\x01\x3f", .base = 7, .index = NONE, .segment = INSN_DS),
};

static void test_moves(void)
{
	size_t i;

	for (i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
		const struct insn *want = &moves[i].insn;
		struct insn got;

		CHECK(insn_decode(&got, moves[i].bytes, moves[i].count,
			moves[i].bits) && got.length == moves[i].count);
		if (got.kind == want->kind && got.size == want->size &&
			got.width == want->width && got.data == want->data &&
			got.high == want->high && got.sign == want->sign &&
			got.has_immediate == want->has_immediate &&
			got.immediate == want->immediate &&
			got.segment == want->segment &&
			got.base == want->base && got.index == want->index &&
			(got.scale == want->scale || !want->scale) &&
			got.displacement == want->displacement &&
			got.rip_relative == want->rip_relative)
			continue;
		fprintf(stderr, "moves[%zu] differs\n", i);
		exit(1);
	}
}

/* What isn't a move still shows its operands, except vectors. */
static void test_operands(void)
{
	struct insn insn;

	CHECK(insn_decode(&insn, TEXT("\x41\x0f\x01\x7e\x08"), 64));
	CHECK(insn.has_memory && insn.base == 14 && insn.displacement == 8);
	CHECK(insn.map == INSN_0F && insn.opcode == 1 && insn.reg == 7);
	CHECK(insn_decode(&insn, TEXT("\x45\x0f\x20\xc7"), 64));
	CHECK(!insn.has_memory && insn.reg == 8 && insn.rm == 15);
	CHECK(insn_decode(&insn, TEXT("\xf0\x0f\x22\xc2"), 32));
	CHECK(!insn.lock && insn.reg == 8 && insn.rm == 2);
	CHECK(insn_decode(&insn, TEXT("\xf3\x64\x66\x6f"), 32));
	CHECK(insn.repeat == 0xf3 && insn.segment == INSN_FS &&
		insn.operand_size == 2 && !insn.has_modrm);
	CHECK(insn_decode(&insn, TEXT("\x62\xf1\x7c\x48\x10\x40\x01"), 64));
	CHECK(insn.map == INSN_OTHER_MAP && insn.has_modrm &&
		!insn.has_memory);
}

static uint64_t address(unsigned int bits, const uint8_t *bytes,
	unsigned int count, uint64_t base)
{
	static const uint64_t gpr[16] = {
		0xffffffff00000010, 0, 0, 0xfff0, 0, 0x8000, 0x20, 0, 0x1000,
	};
	struct insn insn;

	CHECK(insn_decode(&insn, bytes, count, bits) && insn.has_memory);
	return insn_address(&insn, gpr, 0xfffffffffff0 + insn.length, base);
}

static void test_addresses(void)
{
	CHECK(address(64, TEXT("\x8b\x00"), 0x100) == 0xffffffff00000010);
	CHECK(address(64, TEXT("\x67\x8b\x00"), 0) == 0x10);
	CHECK(address(64, TEXT("\x65\x8b\x00"), 0x100) == 0xffffffff00000110);
	CHECK(address(64, TEXT("\x8b\x05\xfa\xff\xff\xff"), 0) ==
		0xfffffffffff0);
	CHECK(address(64, TEXT("\x67\x8b\x05\x00\x00\x00\x00"), 0) ==
		0xfffffff7);
	CHECK(address(64, TEXT("\x43\x8b\x84\xc0\xff\xff\xff\xff"), 0) ==
		0x8fff);
	CHECK(address(32, TEXT("\x8b\x00"), 0xfffffff8) == 8);
	/* The offset wraps at 64 KB, the sum does not. */
	CHECK(address(16, TEXT("\x8b\x40\x7f"), 0xffff0) == 0x10007f);
	CHECK(address(16, TEXT("\xa1\xf0\xff"), 0xffff0) == 0x10ffe0);
}

/* Zydis, one decoder for each size of code segment. */
static ZydisDecoder decoders[3];
static const unsigned int sizes[3] = { 16, 32, 64 };

static unsigned long long both, none, knights, only_vector, only_64, only_cr8,
	moved;

static void init_zydis(void)
{
	static const ZydisMachineMode modes[3] = {
		ZYDIS_MACHINE_MODE_LEGACY_16, ZYDIS_MACHINE_MODE_LEGACY_32,
		ZYDIS_MACHINE_MODE_LONG_64,
	};
	static const ZydisStackWidth widths[3] = {
		ZYDIS_STACK_WIDTH_16, ZYDIS_STACK_WIDTH_32,
		ZYDIS_STACK_WIDTH_64,
	};
	int i;

	for (i = 0; i < 3; i++) {
		CHECK(ZYAN_SUCCESS(ZydisDecoderInit(&decoders[i], modes[i],
			widths[i])));
		/* As the header says; and 0F 1A, 1B are MPX or all NOP. */
		ZydisDecoderEnableMode(&decoders[i],
			ZYDIS_DECODER_MODE_AMD_BRANCHES, ZYAN_TRUE);
		ZydisDecoderEnableMode(&decoders[i], ZYDIS_DECODER_MODE_MPX,
			ZYAN_FALSE);
	}
}

static void fail(int mode, const uint8_t *bytes, const char *why)
{
	int i;

	fprintf(stderr, "test_insn: %u-bit", sizes[mode]);
	for (i = 0; i < INSN_MAX; i++)
		fprintf(stderr, " %02x", bytes[i]);
	fprintf(stderr, ": %s\n", why);
	exit(1);
}

/* The number of a Zydis register, and whether it is AH to BH. */
static uint8_t number_of(ZydisRegister reg, bool *high)
{
	*high = reg >= ZYDIS_REGISTER_AH && reg <= ZYDIS_REGISTER_BH;
	if (reg == ZYDIS_REGISTER_NONE || reg == ZYDIS_REGISTER_RIP ||
		reg == ZYDIS_REGISTER_EIP)
		return NONE;
	if (*high)
		return reg - ZYDIS_REGISTER_AH;
	if (reg >= ZYDIS_REGISTER_AL && reg <= ZYDIS_REGISTER_BL)
		return reg - ZYDIS_REGISTER_AL;
	if (reg >= ZYDIS_REGISTER_SPL && reg <= ZYDIS_REGISTER_R15B)
		return reg - ZYDIS_REGISTER_SPL + 4;
	return ZydisRegisterGetId(reg);
}

static uint64_t low_bytes(uint64_t value, unsigned int bytes)
{
	return bytes == 8 ? value : value & ((1ull << (8 * bytes)) - 1);
}

/* MOVSXD with 66 reads 2 bytes in SDM v2, 4 in Zydis; 2 of them count. */
static bool same_size(const struct insn *insn,
	const ZydisDecodedOperand *operand)
{
	if (insn->map == INSN_ONE_BYTE && insn->opcode == 0x63 &&
		insn->operand_size == 2)
		return insn->size == 2 && operand->size == 32;
	return insn->size == operand->size / 8;
}

/*
 * Zydis 4.0.0 takes a SIB without base for one with R13 where there are both
 * 67 and REX.B. It has none: SDM v2 table 2-3 and 2.2.1.6; so say objdump and
 * llvm-mc.
 */
static bool is_wrong_r13(const struct insn *insn,
	const ZydisDecodedOperand *operand)
{
	return insn->bits == 64 && insn->address_size == 4 &&
		insn->rex & 1 && insn->has_modrm &&
		(insn->modrm & 0xc7) == 4 && insn->base == NONE &&
		operand->mem.base == ZYDIS_REGISTER_R13D;
}

static bool same_memory(const struct insn *insn,
	const ZydisDecodedOperand *operand)
{
	ZydisRegister base = operand->mem.base;
	bool high;

	return same_size(insn, operand) &&
		insn->segment == ZydisRegisterGetId(operand->mem.segment) &&
		insn->base == number_of(base, &high) &&
		insn->index == number_of(operand->mem.index, &high) &&
		(insn->index == NONE || insn->scale == operand->mem.scale) &&
		insn->rip_relative == (base == ZYDIS_REGISTER_RIP ||
			base == ZYDIS_REGISTER_EIP) &&
		low_bytes(insn->displacement, insn->address_size) ==
		low_bytes(operand->mem.disp.value, insn->address_size);
}

static uint64_t draw(void);

/* The offset by Zydis' own reckoning, with random registers. */
static bool same_address(const struct insn *insn,
	const ZydisDecodedInstruction *zydis,
	const ZydisDecodedOperand *operand)
{
	static ZydisRegisterContext context;
	uint64_t gpr[16], rip = draw();
	ZyanU64 expected;
	int i;

	for (i = 0; i < 16; i++) {
		gpr[i] = draw();
		context.values[ZYDIS_REGISTER_RAX + i] = gpr[i];
		context.values[ZYDIS_REGISTER_EAX + i] = (uint32_t)gpr[i];
		context.values[ZYDIS_REGISTER_AX + i] = (uint16_t)gpr[i];
	}
	if (!ZYAN_SUCCESS(ZydisCalcAbsoluteAddressEx(zydis, operand, rip,
		&context, &expected)))
		return false;
	return insn_address(insn, gpr, rip + insn->length, 0) == expected;
}

static bool same_source(const struct insn *insn,
	const ZydisDecodedOperand *operand)
{
	bool high;

	if (insn->has_immediate)
		return operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
			low_bytes(insn->immediate, insn->size) ==
			low_bytes(operand->imm.value.u, insn->size);
	return operand->type == ZYDIS_OPERAND_TYPE_REGISTER &&
		insn->data == number_of(operand->reg.value, &high) &&
		insn->high == high && insn->width == operand->size / 8;
}

/* What Zydis' mnemonic and operands make of it. */
static enum insn_kind kind_of(const ZydisDecodedInstruction *zydis,
	const ZydisDecodedOperand *operands)
{
	ZydisRegisterClass class;

	switch (zydis->mnemonic) {
	case ZYDIS_MNEMONIC_MOV: case ZYDIS_MNEMONIC_MOVZX:
	case ZYDIS_MNEMONIC_MOVSX: case ZYDIS_MNEMONIC_MOVSXD:
	case ZYDIS_MNEMONIC_MOVNTI: case ZYDIS_MNEMONIC_XCHG:
		break;
	default:
		return INSN_OTHER;
	}
	if (operands[1].type == ZYDIS_OPERAND_TYPE_MEMORY)
		return zydis->mnemonic == ZYDIS_MNEMONIC_XCHG ?
			INSN_EXCHANGE : ZydisRegisterGetClass(
			operands[0].reg.value) == ZYDIS_REGCLASS_SEGMENT ?
			INSN_OTHER : INSN_LOAD;
	if (operands[0].type != ZYDIS_OPERAND_TYPE_MEMORY)
		return INSN_OTHER;
	class = operands[1].type == ZYDIS_OPERAND_TYPE_REGISTER ?
		ZydisRegisterGetClass(operands[1].reg.value) : 0;
	return class == ZYDIS_REGCLASS_SEGMENT ? INSN_OTHER :
		zydis->mnemonic == ZYDIS_MNEMONIC_XCHG ? INSN_EXCHANGE :
		INSN_STORE;
}

static void compare_move(int mode, const uint8_t *bytes,
	const struct insn *insn, const ZydisDecodedInstruction *zydis,
	const ZydisDecoderContext *context)
{
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
	const ZydisDecodedOperand *memory = operands, *other = operands + 1;
	bool sign = zydis->mnemonic == ZYDIS_MNEMONIC_MOVSX ||
		zydis->mnemonic == ZYDIS_MNEMONIC_MOVSXD;

	if (!ZYAN_SUCCESS(ZydisDecoderDecodeOperands(&decoders[mode], context,
		zydis, operands, zydis->operand_count)))
		fail(mode, bytes, "Zydis decodes no operands");
	if (zydis->operand_count < 2 || insn->kind != kind_of(zydis, operands))
		fail(mode, bytes, "kind");
	if (insn->kind == INSN_OTHER)
		return;
	if (memory->type != ZYDIS_OPERAND_TYPE_MEMORY) {
		memory = operands + 1;
		other = operands;
	}
	if (!is_wrong_r13(insn, memory)) {
		if (!same_memory(insn, memory))
			fail(mode, bytes, "memory");
		if (!same_address(insn, zydis, memory))
			fail(mode, bytes, "address");
	}
	if (!same_source(insn, other) || insn->sign != sign)
		fail(mode, bytes, "register or immediate");
	moved++;
}

static bool is_move(const ZydisDecodedInstruction *zydis)
{
	switch (zydis->mnemonic) {
	case ZYDIS_MNEMONIC_MOV: case ZYDIS_MNEMONIC_MOVZX:
	case ZYDIS_MNEMONIC_MOVSX: case ZYDIS_MNEMONIC_MOVSXD:
	case ZYDIS_MNEMONIC_MOVNTI: case ZYDIS_MNEMONIC_XCHG:
		return true;
	default:
		return false;
	}
}

/*
 * Accepted by Zydis alone: the vector instructions of Knights Corner (MVEX
 * and its VEX mask instructions), which is no 64-bit server and never had
 * AVX. SDM describes none of them.
 */
static bool is_knights(const ZydisDecodedInstruction *zydis)
{
	const char *set = ZydisISASetGetString(zydis->meta.isa_set);

	return set && !strncmp(set, "KNC", 3);
}

/* VEX, EVEX or XOP, by the first byte that is no prefix. */
static bool is_vector(int mode, const uint8_t *bytes)
{
	while (memchr("\x26\x2e\x36\x3e\x64\x65\x67", *bytes, 7) ||
		(mode == 2 && (*bytes & 0xf0) == 0x40))
		bytes++;
	return *bytes == 0xc4 || *bytes == 0xc5 || *bytes == 0x62 ||
		*bytes == 0x8f;
}

static bool same_in_64bit(const struct insn *insn, const uint8_t *bytes)
{
	ZydisDecodedInstruction zydis;

	return insn->modrm >= 0xc0 && ZYAN_SUCCESS(
		ZydisDecoderDecodeInstruction(&decoders[2], NULL, bytes,
		INSN_MAX, &zydis)) && zydis.length == insn->length;
}

/*
 * Accepted by us alone. Each can only raise #UD, except the last:
 *  - VEX, EVEX, XOP with a wrong pp, W, L, vvvv, mask, register or form,
 *  - instructions of 64-bit mode elsewhere (SWAPGS, WRFSBASE, UIRET ...),
 *  - LOCK MOV CR0, which is MOV CR8 on AMD (APM v3 MOV CRn); Zydis knows
 *    Intel's rule only.
 */
static void judge_ours(int mode, const uint8_t *bytes,
	const struct insn *insn, ZyanStatus status)
{
	if (insn->kind != INSN_OTHER)
		fail(mode, bytes, "a move that Zydis refuses");
	if (status == ZYDIS_STATUS_NO_MORE_DATA ||
		status == ZYDIS_STATUS_INSTRUCTION_TOO_LONG)
		fail(mode, bytes, "longer for Zydis");
	if (insn->map == INSN_OTHER_MAP && is_vector(mode, bytes) &&
		(status == ZYDIS_STATUS_DECODING_ERROR ||
		status == ZYDIS_STATUS_BAD_REGISTER ||
		status == ZYDIS_STATUS_MALFORMED_EVEX ||
		status == ZYDIS_STATUS_INVALID_MASK))
		only_vector++;
	else if (mode != 2 && same_in_64bit(insn, bytes))
		only_64++;
	else if (status == ZYDIS_STATUS_ILLEGAL_LOCK && insn->map == INSN_0F &&
		(insn->opcode == 0x20 || insn->opcode == 0x22) &&
		insn->reg == 8)
		only_cr8++;
	else
		fail(mode, bytes, "Zydis refuses it");
}

/* Returns the length if both have one, else 0. */
static unsigned int compare(int mode, const uint8_t bytes[INSN_MAX])
{
	ZydisDecodedInstruction zydis;
	ZydisDecoderContext context;
	struct insn insn;
	ZyanStatus status = ZydisDecoderDecodeInstruction(&decoders[mode],
		&context, bytes, INSN_MAX, &zydis);
	bool done = insn_decode(&insn, bytes, INSN_MAX, sizes[mode]);

	if (!ZYAN_SUCCESS(status)) {
		if (done)
			judge_ours(mode, bytes, &insn, status);
		else
			none++;
		return 0;
	}
	if (is_knights(&zydis)) {
		knights++;
		return 0;
	}
	if (!done)
		fail(mode, bytes, "we refuse it");
	if (insn.length != zydis.length)
		fail(mode, bytes, "length");
	if (insn.kind != INSN_OTHER || is_move(&zydis))
		compare_move(mode, bytes, &insn, &zydis, &context);
	both++;
	return insn.length;
}

/* What follows the bytes under test: SIB without base, displacement ... */
static const uint8_t padding[INSN_MAX] = {
	0x25, 0x44, 0x81, 0x7f, 0x04, 0x9e, 0x33, 0xc0, 0x11, 0xfe, 0x02, 0x77,
	0x80, 0x0f, 0x55,
};

/*
 * All strings of three bytes. Where both decoders agree on a shorter length
 * neither has looked at the third byte, so one is enough.
 */
static void compare_short(int mode)
{
	uint8_t bytes[INSN_MAX];
	unsigned int i, third, length;

	memcpy(bytes, padding, sizeof(bytes));
	for (i = 0; i < 0x10000; i++) {
		bytes[0] = i >> 8;
		bytes[1] = i & 0xff;
		bytes[2] = 0;
		length = compare(mode, bytes);
		for (third = 1; third < 256 && (!length || length > 2);
			third++) {
			bytes[2] = third;
			compare(mode, bytes);
		}
	}
}

static const char *const prefixes[] = {
	"", "\x66", "\x67", "\xf2", "\xf3", "\xf0", "\x2e", "\x64", "\x48",
	"\x44", "\x41", "\x42", "\x66\x48", "\x66\xf2", "\xf3\x66", "\xf0\xf2",
	"\x66\x67", "\x65\x43", "\x40\x66", "\xf3\x48", "\x67\x4f",
};
static const char *const escapes[] = { "", "\x0f", "\x0f\x38", "\x0f\x3a" };
#define COUNT(array)	(sizeof(array) / sizeof(array[0]))

static bool has_sib(uint8_t modrm)
{
	return modrm < 0xc0 && (modrm & 7) == 4;
}

/* All SIBs for the first two maps (the moves), some for the others. */
static void compare_sibs(int mode, uint8_t *bytes, unsigned int at,
	unsigned int step)
{
	unsigned int sib;

	for (sib = 0; sib < 256; sib += step) {
		bytes[at] = sib;
		compare(mode, bytes);
	}
}

static void compare_modrms(int mode, const char *prefix, const char *escape)
{
	unsigned int at = strlen(prefix) + strlen(escape), i;
	uint8_t bytes[INSN_MAX];

	memcpy(bytes, prefix, strlen(prefix));
	memcpy(bytes + strlen(prefix), escape, strlen(escape));
	for (i = 0; i < 0x10000; i++) {
		memcpy(bytes + at, padding, sizeof(bytes) - at);
		bytes[at] = i >> 8;
		bytes[at + 1] = i & 0xff;
		compare(mode, bytes);
		if (has_sib(i & 0xff))
			compare_sibs(mode, bytes, at + 2,
				(i >> 8 & 0xf0) == 0x80 ? 1 : 51);
	}
}

static void compare_forms(int mode)
{
	size_t prefix, escape;

	for (prefix = 0; prefix < COUNT(prefixes); prefix++)
		for (escape = 0; escape < COUNT(escapes); escape++)
			compare_modrms(mode, prefixes[prefix],
				escapes[escape]);
}

/* One VEX, XOP or EVEX prefix with all opcodes and a few ModRMs. */
static void compare_vector(int mode, const uint8_t *prefix, unsigned int size)
{
	static const uint8_t modrms[] = { 0x00, 0x05, 0x4c, 0x9c, 0xc1, 0xfe };
	uint8_t bytes[INSN_MAX];
	unsigned int opcode;
	size_t i;

	memcpy(bytes, prefix, size);
	memcpy(bytes + size, padding, sizeof(bytes) - size);
	for (opcode = 0; opcode < 256; opcode++)
		for (i = 0; i < sizeof(modrms); i++) {
			bytes[size] = opcode;
			bytes[size + 1] = modrms[i];
			compare(mode, bytes);
		}
}

/* All of W, L, pp and every map, with vvvv unused and used. */
static void compare_vectors(int mode)
{
	unsigned int map, last, i;

	for (map = 0; map < 32; map++)
		for (last = 0; last < 32; last++) {
			uint8_t more = (last & 16) << 3 | (last & 7) |
				(last & 8 ? 0x78 : 0x50);
			uint8_t vex[] = { 0xc4, 0xe0 | map, more };
			uint8_t xop[] = { 0x8f, 0xe0 | map, more };

			compare_vector(mode, vex, sizeof(vex));
			compare_vector(mode, xop, sizeof(xop));
			for (i = 0; i < 8 && map < 16; i++) {
				uint8_t evex[] = { 0x62, 0xf0 | map, more | 4,
					(i & 6) << 4 | 8 | (i & 1) };

				compare_vector(mode, evex, sizeof(evex));
			}
		}
}

static unsigned long long state;

/* xorshift64: repeatable from its seed. */
static uint64_t draw(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> 3 | state << 61;
}

/* Half of the strings start with a longer prefix that chance rarely makes. */
static void draw_bytes(uint8_t bytes[INSN_MAX])
{
	static const char *const starts[] = {
		"\x0f", "\x0f\x38", "\x0f\x3a", "\x0f\x0f", "\xc4\xe1",
		"\xc4\xe2", "\xc4\x43", "\xc5", "\x62\xf1", "\x62\xf2",
		"\x62\x53", "\x62\xf5", "\x62\xf6", "\x8f\xe8", "\x8f\xe9",
		"\x8f\xea",
	};
	const char *start = draw() % 2 ? starts[draw() % COUNT(starts)] : "";
	const char *prefix = draw() % 2 ? prefixes[draw() % COUNT(prefixes)] :
		"";
	int i;

	for (i = 0; i < INSN_MAX; i++)
		bytes[i] = draw();
	memcpy(bytes, prefix, strlen(prefix));
	memcpy(bytes + strlen(prefix), start, strlen(start));
}

static void compare_random(long rounds)
{
	uint8_t bytes[INSN_MAX];
	int i;

	for (rounds *= 1000; rounds; rounds--) {
		draw_bytes(bytes);
		for (i = 0; i < 3; i++)
			compare(i, bytes);
	}
}

int main(int count, char **arguments)
{
	long rounds = count > 1 ? atol(arguments[1]) : 1000;
	unsigned long seed = count > 2 ? strtoul(arguments[2], NULL, 0) :
		(unsigned long)time(NULL);
	int i;

	printf("test_insn: %ld rounds of 1000, seed %lu\n", rounds, seed);
	fflush(stdout);
	state = seed * 2 + 1;
	test_lengths();
	test_truncated();
	test_moves();
	test_operands();
	test_addresses();
	init_zydis();
	for (i = 0; i < 3; i++) {
		compare_short(i);
		compare_forms(i);
		compare_vectors(i);
	}
	compare_random(rounds);
	printf("test_insn: %llu as Zydis (%llu moves), %llu refused by both, "
		"%llu Knights Corner;\n  we alone: %llu vectors, %llu of "
		"64-bit mode, %llu MOV CR8\n", both, moved, none, knights,
		only_vector, only_64, only_cr8);
	return 0;
}
