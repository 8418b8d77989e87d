/* Where an operand lies: a register, or memory that is known to be there. */
/* SPDX-License-Identifier: MIT */
#include "place.h"

#include <string.h>

#include "alu.h"

#define PAGE_MASK ((uint64_t)HV_PAGE_SIZE - 1)

enum { ES, CS, SS, DS, FS, GS };

bool place_long(const struct cpu *cpu)
{
	return cpu->efer & EFER_LMA &&
		cpu->segment[CS].attributes & HV_SEGMENT_LONG;
}

bool place_register(ZydisRegister name, struct place *place)
{
	ZydisRegisterClass class = ZydisRegisterGetClass(name);
	int number = ZydisRegisterGetId(name);

	place->kind = PLACE_REGISTER;
	place->high = false;
	switch (class) {
	case ZYDIS_REGCLASS_GPR8:
		place->size = 1;
		/* Names in a row: low, high, then the REX ones from SPL. */
		number = name - ZYDIS_REGISTER_AL;
		place->high = number >= 4 && number < 8;
		if (number >= 4)
			number -= 4;
		break;
	case ZYDIS_REGCLASS_GPR16:
		place->size = 2;
		break;
	case ZYDIS_REGCLASS_GPR32:
		place->size = 4;
		break;
	case ZYDIS_REGCLASS_GPR64:
		place->size = 8;
		break;
	default:
		return false;
	}
	place->number = number;
	return number >= 0 && number < 16;
}

static uint64_t register_value(const struct cpu *cpu, ZydisRegister name)
{
	struct place place;

	if (!place_register(name, &place))
		return 0;
	return cpu->gpr[place.number] & alu_mask(place.size);
}

static int segment_number(ZydisRegister name)
{
	switch (name) {
	case ZYDIS_REGISTER_ES: return ES;
	case ZYDIS_REGISTER_CS: return CS;
	case ZYDIS_REGISTER_SS: return SS;
	case ZYDIS_REGISTER_FS: return FS;
	case ZYDIS_REGISTER_GS: return GS;
	default: return DS;
	}
}

/* APM v2 4.7: what a data access may do to a segment. */
static bool segment_allows(const struct cpu *cpu, int number, uint64_t offset,
	unsigned int size, unsigned int access)
{
	const struct hv_segment *segment = &cpu->segment[number];
	unsigned int type = segment->attributes;
	bool data = !(type & HV_SEGMENT_CODE);
	uint64_t last = offset + size - 1, top;

	if (cpu->cr0 & CR0_PE && !(cpu->rflags & FLAG_VM)) {
		if (!(type & HV_SEGMENT_PRESENT))
			return false;
		/* The same bit: a data segment's W, a code segment's R. */
		if (!(type & HV_SEGMENT_WRITABLE) &&
		    (!data || access & ACCESS_WRITE))
			return false;
		if (!data && access & ACCESS_WRITE)
			return false;
		if (data && type & HV_SEGMENT_EXPAND_DOWN) {
			top = type & HV_SEGMENT_BIG ? UINT32_MAX : UINT16_MAX;
			return offset > segment->limit && last <= top;
		}
	}
	return last <= segment->limit;
}

static bool canonical(const struct cpu *cpu, uint64_t address)
{
	unsigned int shift = cpu->cr4 & CR4_LA57 ? 7 : 16;

	return (uint64_t)((int64_t)(address << shift) >> shift) == address;
}

static enum emulate_result fault(
	struct emulator *emulator, unsigned int vector)
{
	emulator->fault = (struct fault){ .vector = vector, .has_code = true };
	return EMULATE_FAULT;
}

static enum emulate_result to_linear(struct emulator *emulator, int number,
	uint64_t offset, unsigned int size, unsigned int access,
	uint64_t *linear)
{
	const struct cpu *cpu = emulator->cpu;
	unsigned int vector = number == SS ? VECTOR_SS : VECTOR_GP;

	if (!place_long(cpu)) {
		if (!segment_allows(cpu, number, offset, size, access))
			return fault(emulator, vector);
		*linear = (uint32_t)(cpu->segment[number].base + offset);
		return EMULATE_DONE;
	}
	*linear = offset;
	if (number >= FS)
		*linear += cpu->segment[number].base;
	if (!canonical(cpu, *linear) || !canonical(cpu, *linear + size - 1))
		return fault(emulator, vector);
	return EMULATE_DONE;
}

void emulate_hint(struct emulator *emulator, uint64_t linear, uint64_t gpa,
	unsigned int access)
{
	emulator->page[emulator->next_page++ % 4] = (struct emulate_page){
		.linear = linear & ~PAGE_MASK,
		.gpa = gpa & ~PAGE_MASK,
		.access = access & ACCESS_WRITE ? access | ACCESS_READ : access,
	};
}

enum emulate_result place_translate(struct emulator *emulator,
	uint64_t linear, unsigned int access, uint64_t *gpa)
{
	const struct emulate_page *page;
	unsigned int i;
	int result;

	for (i = 0; i < 4; i++) {
		page = &emulator->page[i];
		if (page->linear == (linear & ~PAGE_MASK) &&
		    (page->access & access) == access) {
			*gpa = page->gpa | (linear & PAGE_MASK);
			return EMULATE_DONE;
		}
	}
	result = emulator->ops->translate(emulator->context, linear, access,
		gpa, &emulator->fault);
	if (result < 0) {
		emulator->error = result;
		return EMULATE_ERROR;
	}
	if (result)
		return EMULATE_FAULT;
	emulate_hint(emulator, linear, *gpa, access);
	return EMULATE_DONE;
}

/* Both pages before anything is done: nothing is half done. */
static enum emulate_result resolve_memory(struct emulator *emulator,
	uint64_t linear, unsigned int access, struct place *place)
{
	unsigned int left = HV_PAGE_SIZE - (linear & PAGE_MASK);
	enum emulate_result result;

	place->kind = PLACE_MEMORY;
	place->first = place->size < left ? place->size : left;
	result = place_translate(emulator, linear, access, &place->gpa[0]);
	if (result || place->first == place->size)
		return result;
	linear += left;
	if (!place_long(emulator->cpu))
		linear = (uint32_t)linear;
	return place_translate(emulator, linear, access, &place->gpa[1]);
}

static uint64_t effective(const struct cpu *cpu,
	const ZydisDecodedInstruction *instruction,
	const ZydisDecodedOperand *operand)
{
	uint64_t offset = operand->mem.disp.has_displacement ?
		operand->mem.disp.value : 0;

	if (operand->mem.base == ZYDIS_REGISTER_RIP ||
	    operand->mem.base == ZYDIS_REGISTER_EIP)
		offset += cpu->rip + instruction->length;
	else
		offset += register_value(cpu, operand->mem.base);
	return offset + register_value(cpu, operand->mem.index) *
		operand->mem.scale;
}

enum emulate_result place_resolve(struct emulator *emulator,
	const ZydisDecodedInstruction *instruction,
	const ZydisDecodedOperand *operand, unsigned int access,
	int64_t displaced, struct place *place)
{
	uint64_t offset, linear;
	enum emulate_result result;

	memset(place, 0, sizeof(*place));
	place->size = operand->size / 8;
	switch (operand->type) {
	case ZYDIS_OPERAND_TYPE_IMMEDIATE:
		place->kind = PLACE_IMMEDIATE;
		place->value = operand->imm.value.u;
		return EMULATE_DONE;
	case ZYDIS_OPERAND_TYPE_REGISTER:
		return place_register(operand->reg.value, place) ?
			EMULATE_DONE : EMULATE_UNKNOWN;
	case ZYDIS_OPERAND_TYPE_MEMORY:
		break;
	default:
		return EMULATE_UNKNOWN;
	}
	if (place->size != 1 && place->size != 2 && place->size != 4 &&
	    place->size != 8)
		return EMULATE_UNKNOWN;
	offset = effective(emulator->cpu, instruction, operand) + displaced;
	offset &= alu_mask(instruction->address_width / 8);
	result = to_linear(emulator, segment_number(operand->mem.segment),
		offset, place->size, access, &linear);
	if (result)
		return result;
	return resolve_memory(emulator, linear, access, place);
}

uint64_t place_read(struct emulator *emulator, const struct place *place)
{
	uint64_t value = 0;

	switch (place->kind) {
	case PLACE_IMMEDIATE:
		return place->value;
	case PLACE_REGISTER:
		value = emulator->cpu->gpr[place->number];
		if (place->high)
			value >>= 8;
		return value & alu_mask(place->size);
	default:
		break;
	}
	emulator->ops->read(
		emulator->context, place->gpa[0], &value, place->first);
	if (place->first < place->size)
		emulator->ops->read(emulator->context, place->gpa[1],
			(uint8_t *)&value + place->first,
			place->size - place->first);
	return value;
}

static void write_register(
	struct cpu *cpu, const struct place *place, uint64_t value)
{
	uint64_t *gpr = &cpu->gpr[place->number];
	uint64_t mask = alu_mask(place->size);

	if (place->high)
		*gpr = (*gpr & ~0xff00ull) | (value & 0xff) << 8;
	else if (place->size == 4)
		*gpr = (uint32_t)value;
	else
		*gpr = (*gpr & ~mask) | (value & mask);
}

void place_write(
	struct emulator *emulator, const struct place *place, uint64_t value)
{
	if (place->kind == PLACE_REGISTER) {
		write_register(emulator->cpu, place, value);
		return;
	}
	emulator->ops->write(
		emulator->context, place->gpa[0], &value, place->first);
	if (place->first < place->size)
		emulator->ops->write(emulator->context, place->gpa[1],
			(uint8_t *)&value + place->first,
			place->size - place->first);
}
