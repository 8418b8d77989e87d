/* MOVS, STOS, LODS, CMPS, SCAS, INS and OUTS, with REP. */
/* SPDX-License-Identifier: MIT */
#include "string_ops.h"

#include "alu.h"
#include "place.h"

enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI };

bool string_ops_is(const ZydisDecodedInstruction *instruction)
{
	return instruction->meta.category == ZYDIS_CATEGORY_STRINGOP ||
		instruction->meta.category == ZYDIS_CATEGORY_IOSTRINGOP;
}

enum kind { MOVS, STOS, LODS, CMPS, SCAS, INS, OUTS, NONE };

static enum kind kind_of(ZydisMnemonic mnemonic)
{
	switch (mnemonic) {
	case ZYDIS_MNEMONIC_MOVSB: case ZYDIS_MNEMONIC_MOVSW:
	case ZYDIS_MNEMONIC_MOVSD: case ZYDIS_MNEMONIC_MOVSQ:
		return MOVS;
	case ZYDIS_MNEMONIC_STOSB: case ZYDIS_MNEMONIC_STOSW:
	case ZYDIS_MNEMONIC_STOSD: case ZYDIS_MNEMONIC_STOSQ:
		return STOS;
	case ZYDIS_MNEMONIC_LODSB: case ZYDIS_MNEMONIC_LODSW:
	case ZYDIS_MNEMONIC_LODSD: case ZYDIS_MNEMONIC_LODSQ:
		return LODS;
	case ZYDIS_MNEMONIC_CMPSB: case ZYDIS_MNEMONIC_CMPSW:
	case ZYDIS_MNEMONIC_CMPSD: case ZYDIS_MNEMONIC_CMPSQ:
		return CMPS;
	case ZYDIS_MNEMONIC_SCASB: case ZYDIS_MNEMONIC_SCASW:
	case ZYDIS_MNEMONIC_SCASD: case ZYDIS_MNEMONIC_SCASQ:
		return SCAS;
	case ZYDIS_MNEMONIC_INSB: case ZYDIS_MNEMONIC_INSW:
	case ZYDIS_MNEMONIC_INSD:
		return INS;
	case ZYDIS_MNEMONIC_OUTSB: case ZYDIS_MNEMONIC_OUTSW:
	case ZYDIS_MNEMONIC_OUTSD:
		return OUTS;
	default:
		return NONE;
	}
}

/* RSI, RDI and RCX count in the width of addresses. */
static void step(struct cpu *cpu, unsigned int number, int64_t by,
	unsigned int width)
{
	uint64_t mask = alu_mask(width);
	uint64_t value = (cpu->gpr[number] + by) & mask;

	/* A 32-bit result clears the upper half, a 16-bit one keeps it. */
	if (width == 2)
		value |= cpu->gpr[number] & ~mask;
	cpu->gpr[number] = value;
}

static void transfer_in(struct emulator *emulator, const struct place *dst)
{
	place_write(emulator, dst, emulator->ops->in(emulator->context,
		emulator->cpu->gpr[RDX], dst->size));
}

/* places: what is written (MOVS, STOS, LODS, INS) or compared first, then the
 * other one. */
static void element(struct emulator *emulator, enum kind kind,
	const struct place *first, const struct place *second)
{
	struct cpu *cpu = emulator->cpu;

	switch (kind) {
	case MOVS: case STOS: case LODS:
		place_write(emulator, first, place_read(emulator, second));
		break;
	case CMPS: case SCAS:
		alu_sub(place_read(emulator, first),
			place_read(emulator, second), 0, first->size,
			&cpu->rflags);
		break;
	case INS:
		transfer_in(emulator, first);
		break;
	default:
		emulator->ops->out(emulator->context, cpu->gpr[RDX],
			second->size, place_read(emulator, second));
		break;
	}
}

static unsigned int access_of(enum kind kind, unsigned int number)
{
	if (number == 0 && (kind == MOVS || kind == STOS || kind == INS))
		return ACCESS_WRITE;
	return ACCESS_READ;
}

/* OUTS has DX first, INS DX second: the port is no place in memory. */
static enum emulate_result resolve(struct emulator *emulator,
	const ZydisDecodedInstruction *instruction,
	const ZydisDecodedOperand *operands, enum kind kind,
	struct place *places)
{
	enum emulate_result result;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		if ((kind == OUTS && i == 0) || (kind == INS && i == 1))
			continue;
		result = place_resolve(emulator, instruction, &operands[i],
			access_of(kind, i), 0, &places[i]);
		if (result)
			return result;
	}
	return EMULATE_DONE;
}

static void step_all(struct cpu *cpu, enum kind kind, unsigned int size,
	unsigned int width)
{
	int64_t by = cpu->rflags & FLAG_DF ? -(int64_t)size : (int64_t)size;

	if (kind == MOVS || kind == LODS || kind == CMPS || kind == OUTS)
		step(cpu, RSI, by, width);
	if (kind != LODS && kind != OUTS)
		step(cpu, RDI, by, width);
}

/* Whether a REPE or REPNE ends at this comparison. */
static bool ends(const struct cpu *cpu, enum kind kind, bool while_unequal)
{
	if (kind != CMPS && kind != SCAS)
		return false;
	return while_unequal == !!(cpu->rflags & FLAG_ZF);
}

static unsigned int element_size(
	const ZydisDecodedOperand *operands, enum kind kind)
{
	return operands[kind == OUTS ? 1 : 0].size / 8;
}

/* How many elements from here on can be moved at once: upward, within the page,
 * the chunk and what the addresses' width can count. */
static uint64_t row_length(const struct cpu *cpu, unsigned int number,
	const struct place *place, unsigned int width, unsigned int moved)
{
	uint64_t mask = alu_mask(width), count = cpu->gpr[RCX] & mask;
	uint64_t room = HV_PAGE_SIZE - place->gpa[0] % HV_PAGE_SIZE;
	uint64_t left = mask - (cpu->gpr[number] & mask);

	if (room > EMULATE_CHUNK - moved)
		room = EMULATE_CHUNK - moved;
	if (room > left)
		room = left;
	if (count > room / place->size)
		count = room / place->size;
	return count;
}

/* INS and OUTS of a row of elements, whose first one lies at the place; how many
 * were done, 0: it must be element by element. That the last one may be reached
 * says that all may. */
static uint64_t move_row(struct emulator *emulator,
	const ZydisDecodedInstruction *instruction,
	const ZydisDecodedOperand *operands, enum kind kind,
	const struct place *first, unsigned int moved)
{
	struct cpu *cpu = emulator->cpu;
	unsigned int number = kind == INS ? RDI : RSI;
	unsigned int width = instruction->address_width / 8;
	bool (*row)(void *context, uint16_t port, unsigned int size,
		unsigned int count, uint64_t gpa) = kind == INS ?
		emulator->ops->in_row : emulator->ops->out_row;
	struct place last;
	uint64_t count;

	if (!row || cpu->rflags & FLAG_DF || first->first != first->size)
		return 0;
	count = row_length(cpu, number, first, width, moved);
	if (count < 2 || place_resolve(emulator, instruction,
		&operands[kind == INS ? 0 : 1], access_of(kind, kind != INS),
		(count - 1) * first->size, &last) ||
	    last.gpa[0] != first->gpa[0] + (count - 1) * first->size ||
	    !row(emulator->context, cpu->gpr[RDX], first->size, count,
		first->gpa[0]))
		return 0;
	step(cpu, number, count * first->size, width);
	step(cpu, RCX, -(int64_t)count, width);
	return count;
}

static enum emulate_result repeat(struct emulator *emulator,
	const ZydisDecodedInstruction *instruction,
	const ZydisDecodedOperand *operands, enum kind kind, bool *done)
{
	struct cpu *cpu = emulator->cpu;
	unsigned int width = instruction->address_width / 8, moved = 0;
	unsigned int size = element_size(operands, kind);
	bool unequal = instruction->attributes & ZYDIS_ATTRIB_HAS_REPNE;
	struct place places[2];
	enum emulate_result result;
	uint64_t count;

	while (cpu->gpr[RCX] & alu_mask(width)) {
		if (moved >= EMULATE_CHUNK) {
			*done = false;
			return EMULATE_DONE;
		}
		result = resolve(
			emulator, instruction, operands, kind, places);
		if (result)
			return result;
		count = kind == INS || kind == OUTS ? move_row(emulator,
			instruction, operands, kind, &places[kind == OUTS],
			moved) : 0;
		moved += count * size;
		if (count)
			continue;
		element(emulator, kind, &places[0], &places[1]);
		step_all(cpu, kind, size, width);
		step(cpu, RCX, -1, width);
		moved += size;
		if (ends(cpu, kind, unequal))
			break;
	}
	return EMULATE_DONE;
}

enum emulate_result string_ops(struct emulator *emulator,
	const ZydisDecodedInstruction *instruction,
	const ZydisDecodedOperand *operands, bool *done)
{
	enum kind kind = kind_of(instruction->mnemonic);
	struct place places[2];
	enum emulate_result result;

	*done = true;
	if (kind == NONE)
		return EMULATE_UNKNOWN;
	if (instruction->attributes & (ZYDIS_ATTRIB_HAS_REP |
	    ZYDIS_ATTRIB_HAS_REPE | ZYDIS_ATTRIB_HAS_REPNE))
		return repeat(emulator, instruction, operands, kind, done);
	result = resolve(emulator, instruction, operands, kind, places);
	if (result)
		return result;
	element(emulator, kind, &places[0], &places[1]);
	step_all(emulator->cpu, kind, element_size(operands, kind),
		instruction->address_width / 8);
	return EMULATE_DONE;
}
