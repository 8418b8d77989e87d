/* What instructions with one or two operands do. */
/* SPDX-License-Identifier: MIT */
#include "operation.h"

#include "alu.h"

/* dst op= src, or only its flags. false: not an instruction of this kind. */
static bool arithmetic(ZydisMnemonic mnemonic, uint64_t a, uint64_t b,
	unsigned int size, uint64_t *flags, uint64_t *value)
{
	unsigned int carry = *flags & FLAG_CF;
	uint64_t before = *flags;

	switch (mnemonic) {
	case ZYDIS_MNEMONIC_ADD:
	case ZYDIS_MNEMONIC_XADD:
		*value = alu_add(a, b, 0, size, flags);
		return true;
	case ZYDIS_MNEMONIC_ADC:
		*value = alu_add(a, b, carry, size, flags);
		return true;
	case ZYDIS_MNEMONIC_SUB:
	case ZYDIS_MNEMONIC_CMP:
		*value = alu_sub(a, b, 0, size, flags);
		return true;
	case ZYDIS_MNEMONIC_SBB:
		*value = alu_sub(a, b, carry, size, flags);
		return true;
	case ZYDIS_MNEMONIC_AND:
	case ZYDIS_MNEMONIC_TEST:
		*value = alu_logic(a & b, size, flags);
		return true;
	case ZYDIS_MNEMONIC_OR:
		*value = alu_logic(a | b, size, flags);
		return true;
	case ZYDIS_MNEMONIC_XOR:
		*value = alu_logic(a ^ b, size, flags);
		return true;
	case ZYDIS_MNEMONIC_NEG:
		*value = alu_sub(0, a, 0, size, flags);
		return true;
	case ZYDIS_MNEMONIC_NOT:
		*value = ~a & alu_mask(size);
		return true;
	case ZYDIS_MNEMONIC_INC:
		*value = alu_add(a, 1, 0, size, flags);
		break;
	case ZYDIS_MNEMONIC_DEC:
		*value = alu_sub(a, 1, 0, size, flags);
		break;
	default:
		return false;
	}
	/* INC and DEC keep the carry. */
	*flags = (*flags & ~FLAG_CF) | (before & FLAG_CF);
	return true;
}

static bool bit_operation(ZydisMnemonic mnemonic, uint64_t a, uint64_t bit,
	uint64_t *flags, uint64_t *value)
{
	uint64_t mask = 1ull << bit;

	switch (mnemonic) {
	case ZYDIS_MNEMONIC_BT: *value = a; break;
	case ZYDIS_MNEMONIC_BTS: *value = a | mask; break;
	case ZYDIS_MNEMONIC_BTR: *value = a & ~mask; break;
	case ZYDIS_MNEMONIC_BTC: *value = a ^ mask; break;
	default: return false;
	}
	*flags = (*flags & ~FLAG_CF) | (a & mask ? FLAG_CF : 0);
	return true;
}

static uint64_t sign_extend(uint64_t value, unsigned int size)
{
	unsigned int shift = 64 - size * 8;

	return (uint64_t)((int64_t)(value << shift) >> shift);
}

int64_t operation_displacement(struct emulator *emulator,
	ZydisMnemonic mnemonic, const ZydisDecodedOperand *operands)
{
	uint64_t flags = 0, value;
	struct place place;
	unsigned int size = operands[0].size / 8;
	int64_t index;

	if (!bit_operation(mnemonic, 0, 0, &flags, &value) ||
	    operands[0].type != ZYDIS_OPERAND_TYPE_MEMORY ||
	    operands[1].type != ZYDIS_OPERAND_TYPE_REGISTER ||
	    !place_register(operands[1].reg.value, &place))
		return 0;
	index = sign_extend(place_read(emulator, &place), place.size);
	return (index >> 3) & -(int64_t)size;
}

static enum emulate_result compare_exchange(struct emulator *emulator,
	const struct place *dst, const struct place *src)
{
	struct place rax = { .kind = PLACE_REGISTER, .size = dst->size };
	uint64_t old = place_read(emulator, dst);
	uint64_t expected = place_read(emulator, &rax);

	alu_sub(expected, old, 0, dst->size, &emulator->cpu->rflags);
	/* The destination is written in both cases (APM v3, CMPXCHG). */
	if (expected == old) {
		place_write(emulator, dst, place_read(emulator, src));
	} else {
		place_write(emulator, dst, old);
		place_write(emulator, &rax, old);
	}
	return EMULATE_DONE;
}

static bool moves(ZydisMnemonic mnemonic)
{
	return mnemonic == ZYDIS_MNEMONIC_MOV ||
		mnemonic == ZYDIS_MNEMONIC_MOVNTI ||
		mnemonic == ZYDIS_MNEMONIC_MOVZX ||
		mnemonic == ZYDIS_MNEMONIC_MOVSX ||
		mnemonic == ZYDIS_MNEMONIC_MOVSXD;
}

enum emulate_result operation_perform(struct emulator *emulator,
	ZydisMnemonic mnemonic, const struct place *dst,
	const struct place *src)
{
	uint64_t *flags = &emulator->cpu->rflags;
	uint64_t a, b = place_read(emulator, src), value;

	if (moves(mnemonic)) {
		if (mnemonic == ZYDIS_MNEMONIC_MOVSX ||
		    mnemonic == ZYDIS_MNEMONIC_MOVSXD)
			b = sign_extend(b, src->size);
		place_write(emulator, dst, b);
		return EMULATE_DONE;
	}
	if (mnemonic == ZYDIS_MNEMONIC_CMPXCHG)
		return compare_exchange(emulator, dst, src);
	a = place_read(emulator, dst);
	if (mnemonic == ZYDIS_MNEMONIC_XCHG)
		value = b;
	else if (!arithmetic(mnemonic, a, b, dst->size, flags, &value) &&
		 !bit_operation(mnemonic, a, b % (dst->size * 8), flags,
			&value))
		return EMULATE_UNKNOWN;
	if (mnemonic == ZYDIS_MNEMONIC_XCHG || mnemonic == ZYDIS_MNEMONIC_XADD)
		place_write(emulator, src, a);
	if (mnemonic != ZYDIS_MNEMONIC_CMP && mnemonic != ZYDIS_MNEMONIC_TEST &&
	    mnemonic != ZYDIS_MNEMONIC_BT)
		place_write(emulator, dst, value);
	return EMULATE_DONE;
}

bool operation_known(ZydisMnemonic mnemonic)
{
	uint64_t flags = 0, value;

	return moves(mnemonic) || mnemonic == ZYDIS_MNEMONIC_XCHG ||
		mnemonic == ZYDIS_MNEMONIC_CMPXCHG ||
		arithmetic(mnemonic, 0, 0, 1, &flags, &value) ||
		bit_operation(mnemonic, 0, 0, &flags, &value);
}
