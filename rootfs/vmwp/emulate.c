/* One instruction of a guest, done in software. Pure. */
/* SPDX-License-Identifier: MIT */
#include "emulate.h"

#include <stdio.h>
#include <string.h>

#include "alu.h"
#include "operation.h"
#include "place.h"
#include "string_ops.h"

void emulate_init(struct emulator *emulator, struct cpu *cpu,
	const struct emulate_ops *ops, void *context)
{
	memset(emulator, 0, sizeof(*emulator));
	emulator->cpu = cpu;
	emulator->ops = ops;
	emulator->context = context;
}

/* The bytes that the hardware had not fetched, a page at a time. */
static enum emulate_result fetch(struct emulator *emulator, uint8_t *code,
	unsigned int *count)
{
	const struct cpu *cpu = emulator->cpu;
	unsigned int left, size;
	uint64_t linear, gpa;
	enum emulate_result result;

	linear = cpu->rip + *count;
	if (!place_long(cpu))
		linear = (uint32_t)(cpu->segment[1].base + linear);
	left = HV_PAGE_SIZE - linear % HV_PAGE_SIZE;
	size = EMULATE_BYTES - *count < left ? EMULATE_BYTES - *count : left;
	result = place_translate(emulator, linear, ACCESS_FETCH, &gpa);
	if (result)
		return result;
	emulator->ops->read(emulator->context, gpa, code + *count, size);
	*count += size;
	return EMULATE_DONE;
}

static void choose_mode(const struct cpu *cpu, ZydisDecoder *decoder)
{
	bool big = cpu->segment[1].attributes & HV_SEGMENT_BIG;

	if (place_long(cpu))
		ZydisDecoderInit(decoder, ZYDIS_MACHINE_MODE_LONG_64,
			ZYDIS_STACK_WIDTH_64);
	else if (cpu->cr0 & CR0_PE && !(cpu->rflags & FLAG_VM) && big)
		ZydisDecoderInit(decoder, ZYDIS_MACHINE_MODE_LEGACY_32,
			ZYDIS_STACK_WIDTH_32);
	else if (cpu->cr0 & CR0_PE && !(cpu->rflags & FLAG_VM))
		ZydisDecoderInit(decoder, ZYDIS_MACHINE_MODE_LEGACY_16,
			ZYDIS_STACK_WIDTH_16);
	else
		ZydisDecoderInit(decoder, ZYDIS_MACHINE_MODE_REAL_16,
			ZYDIS_STACK_WIDTH_16);
}

/* What we cannot do ends the VM: the bytes are what its owner can report. */
static enum emulate_result unknown(struct emulator *emulator,
	const uint8_t *code, unsigned int count, const char *name)
{
	unsigned int used, i;

	used = snprintf(emulator->text, sizeof(emulator->text), "%s (", name);
	for (i = 0; i < count && used + 5 < sizeof(emulator->text); i++)
		used += snprintf(emulator->text + used,
			sizeof(emulator->text) - used, i ? " %02x" : "%02x",
			code[i]);
	snprintf(emulator->text + used, sizeof(emulator->text) - used, ")");
	return EMULATE_UNKNOWN;
}

static enum emulate_result decode(struct emulator *emulator, uint8_t *code,
	unsigned int *count, ZydisDecodedInstruction *instruction,
	ZydisDecodedOperand *operands)
{
	ZydisDecoder decoder;
	ZyanStatus status;
	enum emulate_result result;

	choose_mode(emulator->cpu, &decoder);
	for (;;) {
		status = *count ? ZydisDecoderDecodeFull(&decoder, code,
			*count, instruction, operands) :
			ZYDIS_STATUS_NO_MORE_DATA;
		if (ZYAN_SUCCESS(status)) {
			emulator->length = instruction->length;
			return EMULATE_DONE;
		}
		if (status != ZYDIS_STATUS_NO_MORE_DATA ||
		    *count == EMULATE_BYTES)
			return unknown(
				emulator, code, *count, "no instruction");
		result = fetch(emulator, code, count);
		if (result)
			return result;
	}
}

static unsigned int operand_access(const ZydisDecodedOperand *operand)
{
	return operand->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE ?
		ACCESS_WRITE : ACCESS_READ;
}

static enum emulate_result two_operands(struct emulator *emulator,
	const ZydisDecodedInstruction *instruction,
	const ZydisDecodedOperand *operands)
{
	struct place dst, src = { .kind = PLACE_IMMEDIATE };
	int64_t displaced;
	enum emulate_result result;

	if (!operation_known(instruction->mnemonic) ||
	    instruction->operand_count_visible > 2)
		return EMULATE_UNKNOWN;
	displaced = operation_displacement(
		emulator, instruction->mnemonic, operands);
	result = place_resolve(emulator, instruction, &operands[0],
		operand_access(&operands[0]), displaced, &dst);
	if (!result && instruction->operand_count_visible == 2)
		result = place_resolve(emulator, instruction, &operands[1],
			operand_access(&operands[1]), 0, &src);
	if (result)
		return result;
	return operation_perform(
		emulator, instruction->mnemonic, &dst, &src);
}

static void advance(struct cpu *cpu, unsigned int length)
{
	cpu->rip += length;
	if (!place_long(cpu))
		cpu->rip = (uint32_t)cpu->rip;
	cpu->rflags &= ~FLAG_RF;
}

enum emulate_result emulate(
	struct emulator *emulator, const uint8_t *bytes, unsigned int count)
{
	ZydisDecodedInstruction instruction;
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
	uint8_t code[EMULATE_BYTES];
	bool done = true;
	enum emulate_result result;

	count = count < EMULATE_BYTES ? count : EMULATE_BYTES;
	memcpy(code, bytes, count);
	result = decode(emulator, code, &count, &instruction, operands);
	if (result)
		return result;
	if (string_ops_is(&instruction))
		result = string_ops(emulator, &instruction, operands, &done);
	else
		result = two_operands(emulator, &instruction, operands);
	if (result == EMULATE_UNKNOWN)
		return unknown(emulator, code, instruction.length,
			ZydisMnemonicGetString(instruction.mnemonic));
	if (!result && done)
		advance(emulator->cpu, instruction.length);
	return result;
}

enum emulate_result emulate_length(
	struct emulator *emulator, const uint8_t *bytes, unsigned int count)
{
	ZydisDecodedInstruction instruction;
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
	uint8_t code[EMULATE_BYTES];

	count = count < EMULATE_BYTES ? count : EMULATE_BYTES;
	memcpy(code, bytes, count);
	return decode(emulator, code, &count, &instruction, operands);
}
