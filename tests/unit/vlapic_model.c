/* A simple local APIC to hold core/vlapic against. Written from SDM v3 chapter
 * 11 alone: numbers are the manual's, nothing is shared with the hypervisor. */
/* SPDX-License-Identifier: MIT */
#include "vlapic_model.h"

#include <string.h>

enum {
	ID = 0x2, TPR = 0x8, PPR = 0xa, EOI = 0xb, LDR = 0xd, DFR = 0xe,
	SVR = 0xf, ESR = 0x28, ICR = 0x30, ICR_HIGH = 0x31, TIMER = 0x32,
	LINT0 = 0x35, LINT1 = 0x36, ERROR = 0x37, INITIAL = 0x38,
	CURRENT = 0x39, DIVIDE = 0x3e, SELF = 0x3f
};

#define MASKED	(1u << 16)

/* What can be written: in the page, and in MSRs without #GP. */
static const struct {
	unsigned int reg;
	uint32_t page;
	uint64_t msr;
	bool has_msr;
} writable[] = {
	{TPR, 0xff, 0xff, true},
	{EOI, 0, 0, true},
	{LDR, 0xff000000, 0, false},
	{DFR, 0xf0000000, 0, false},
	{SVR, 0x3ff, 0x3ff, true},
	{ESR, 0, 0, true},
	{ICR, 0xccfff, 0xffffffff000ccfff, true},
	{ICR_HIGH, 0xff000000, 0, false},
	{TIMER, 0x700ff, 0x710ff, true},
	{0x33, 0x107ff, 0x117ff, true},
	{0x34, 0x107ff, 0x117ff, true},
	{LINT0, 0x1a7ff, 0x1f7ff, true},
	{LINT1, 0x1a7ff, 0x1f7ff, true},
	{ERROR, 0x100ff, 0x110ff, true},
	{INITIAL, 0xffffffff, 0xffffffff, true},
	{DIVIDE, 0xb, 0xb, true},
	{SELF, 0, 0xff, true},
};

static bool is_on(const struct model *model)
{
	return model->base & 0x800;
}

bool model_is_x2(const struct model *model)
{
	return (model->base & 0xc00) == 0xc00;
}

void model_reset(struct model *model)
{
	struct model old = *model;
	unsigned int i;

	memset(model, 0, sizeof(*model));
	model->id = old.id;
	model->base = old.base;
	model->now = old.now;
	for (i = TIMER; i <= ERROR; i++)
		model->reg[i] = MASKED;
	model->reg[SVR] = 0xff;
	model->reg[DFR] = 0xffffffff;
}

static void pend(struct model *model, unsigned int vector, bool level)
{
	model->irr[vector] = true;
	model->tmr[vector] = level;
}

static void error(struct model *model, uint32_t bits)
{
	bool first = !model->errors;
	uint32_t lvt = model->reg[ERROR];

	model->errors |= bits;
	if (!first || lvt & MASKED)
		return;
	if ((lvt & 0xff) < 16)
		model->errors |= 1 << 6;
	else
		pend(model, lvt & 0xff, false);
}

void model_accept(struct model *model, unsigned int vector, bool level)
{
	if (!is_on(model) || !(model->reg[SVR] & 0x100))
		return;
	if (vector < 16)
		error(model, 1 << 6);
	else
		pend(model, vector, level);
}

static int top(const bool *set)
{
	int i;

	for (i = 255; i >= 0 && !set[i]; i--)
		;
	return i;
}

uint32_t model_ppr(const struct model *model)
{
	uint32_t tpr = model->reg[TPR];
	int vector = top(model->isr);
	uint32_t class = vector < 0 ? 0 : (uint32_t)vector / 16;

	return tpr / 16 >= class ? tpr : class * 16;
}

int model_pending(const struct model *model)
{
	int vector = top(model->irr);

	if (!is_on(model) || !(model->reg[SVR] & 0x100) || vector < 0)
		return -1;
	return (uint32_t)vector / 16 > model_ppr(model) / 16 ? vector : -1;
}

static unsigned int mode(const struct model *model)
{
	return model->reg[TIMER] >> 17 & 3;
}

/* The table of figure 11-10. */
static int64_t divisor(const struct model *model)
{
	switch (model->reg[DIVIDE]) {
	case 0x0: return 2;
	case 0x1: return 4;
	case 0x2: return 8;
	case 0x3: return 16;
	case 0x8: return 32;
	case 0x9: return 64;
	case 0xa: return 128;
	}
	return 1;
}

static int64_t cycle(const struct model *model)
{
	return model->reg[INITIAL] * divisor(model);
}

/* 100 us of 200 MHz at least, when periodic. */
static int64_t interval(const struct model *model)
{
	if (mode(model) == 1 && cycle(model) < 20000)
		return 20000;
	return cycle(model);
}

/* 200 MHz: 20 cycles in 100 ns. */
static void unit(struct model *model)
{
	model->now++;
	if (!model->counting)
		return;
	model->left -= 20;
	model->due -= 20;
	if (model->due <= 0) {
		model->late = true;
		model->due += interval(model);
	}
	if (mode(model) == 0 && model->left <= 0)
		model->counting = false;
	while (model->counting && model->left <= 0)
		model->left += cycle(model);
}

void model_pass(struct model *model, uint64_t units)
{
	for (; units; units--)
		unit(model);
}

/* The tests' TSC counts 256 in a unit. */
static bool is_reached(const struct model *model)
{
	return mode(model) == 2 && model->tsc_deadline &&
		model->tsc_deadline < model->now * 256;
}

void model_serve(struct model *model)
{
	bool fire = model->late;

	model->late = false;
	if (is_reached(model)) {
		model->tsc_deadline = 0;
		fire = true;
	}
	if (fire && !(model->reg[TIMER] & MASKED))
		model_accept(model, model->reg[TIMER] & 0xff, false);
}

/* 1 stands for 'now or earlier'. */
uint64_t model_deadline(const struct model *model)
{
	if (model->reg[TIMER] & MASKED)
		return 0;
	if (model->late || is_reached(model))
		return 1;
	if (mode(model) == 2)
		return model->tsc_deadline ? model->tsc_deadline / 256 + 1 : 0;
	if (!model->counting)
		return 0;
	return model->now + (uint64_t)(model->due + 19) / 20;
}

bool model_set_base(struct model *model, uint64_t value)
{
	unsigned int from = model->base >> 10 & 3, to = value >> 10 & 3;
	/* Rows: from off, -, xAPIC, x2APIC. SDM v3 figure 11-27 */
	static const bool allowed[4][4] = {
		{true, false, true, false}, {false, false, false, false},
		{true, false, true, true}, {true, false, false, true}
	};

	if (value >> 40 || value & 0x2ff || !allowed[from][to])
		return false;
	model->base = (value & ~0x100ull) | (model->base & 0x100);
	if (from && !to)
		model_reset(model);
	if (from == 2 && to == 3)
		model->reg[ICR_HIGH] = 0;
	return true;
}

static uint32_t count(const struct model *model)
{
	if (!model->counting)
		return 0;
	return (uint32_t)((model->left + divisor(model) - 1) / divisor(model));
}

static void aim(struct model *model, uint32_t from)
{
	int64_t done = (model->reg[INITIAL] - from) * divisor(model);

	model->left = cycle(model) - done;
	model->due = interval(model) - done;
}

/* A saved count has lost what was done of its next tick. */
void model_restore(struct model *model)
{
	if (model->counting)
		aim(model, count(model));
}

static uint32_t bits(const bool *set, unsigned int reg)
{
	uint32_t value = 0;
	unsigned int i;

	for (i = 0; i < 32; i++)
		value |= (uint32_t)set[reg % 8 * 32 + i] << i;
	return value;
}

bool model_read(const struct model *model, unsigned int reg, uint64_t *value)
{
	bool x2 = model_is_x2(model);

	*value = reg < 64 ? model->reg[reg] : 0;
	switch (reg) {
	case ID:
		*value = x2 ? model->id : model->id << 24;
		return true;
	case 0x3:
		*value = 0x00050014;
		return true;
	case 0x9: case EOI: case 0xc:
		*value = 0;
		return !x2;
	case PPR:
		*value = model_ppr(model);
		return true;
	case LDR:
		if (x2)
			*value = (model->id / 16) << 16 | 1u << model->id % 16;
		return true;
	case 0x10 ... 0x17:
		*value = bits(model->isr, reg);
		return true;
	case 0x18 ... 0x1f:
		*value = bits(model->tmr, reg);
		return true;
	case 0x20 ... 0x27:
		*value = bits(model->irr, reg);
		return true;
	case ICR:
		if (x2)
			*value |= (uint64_t)model->reg[ICR_HIGH] << 32;
		return true;
	case DFR: case ICR_HIGH:
		return !x2;
	case CURRENT:
		*value = count(model);
		return true;
	case TPR: case SVR: case ESR: case INITIAL: case DIVIDE:
	case TIMER ... ERROR:
		return true;
	}
	return false;
}

static void send(struct model *model)
{
	uint32_t icr = model->reg[ICR], to = model->reg[ICR_HIGH];
	unsigned int kind = icr >> 8 & 7;

	if (kind == 3 || kind == 7 || (kind == 5 && (icr >> 14 & 3) == 2))
		return;
	if (kind < 2 && (icr & 0xff) < 16) {
		error(model, 1 << 5);
		return;
	}
	if (kind < 2 && (icr >> 18 & 3) == 1) {
		model_accept(model, icr & 0xff, false);
		return;
	}
	model->ipi = true;
	if (!model_is_x2(model))
		to >>= 24;
	model->icr = (uint64_t)to << 32 | icr;
}

static void end(struct model *model)
{
	int vector = top(model->isr);

	if (vector < 0)
		return;
	model->isr[vector] = false;
	if (model->tmr[vector]) {
		model->eoi = true;
		model->eoi_vector = (uint8_t)vector;
		if ((int)(model->reg[LINT0] & 0xff) == vector)
			model->reg[LINT0] &= ~(1u << 14);
	}
}

static void write_lvt(struct model *model, unsigned int reg, uint32_t value)
{
	unsigned int was = mode(model);
	uint32_t remote = model->reg[reg] & 1u << 14;

	if (!(model->reg[SVR] & 0x100))
		value |= MASKED;
	/* Level-triggered and fixed: its remote IRR stays. */
	if ((reg == LINT0 || reg == LINT1) && (value & 0x8700) == 0x8000)
		value |= remote;
	model->reg[reg] = value;
	if (reg != TIMER || mode(model) == was)
		return;
	if (was > 1 || mode(model) > 1) {
		model->counting = false;
		model->reg[INITIAL] = 0;
		model->tsc_deadline = 0;
	} else {
		model->due = interval(model) - (cycle(model) - model->left);
	}
}

static void write_divide(struct model *model, uint32_t value)
{
	uint32_t was = count(model);

	if (model->reg[DIVIDE] == value)
		return;
	model->reg[DIVIDE] = value;
	aim(model, was);
}

static void write_any(struct model *model, unsigned int reg, uint32_t value)
{
	unsigned int i;

	switch (reg) {
	case EOI:
		end(model);
		break;
	case ESR:
		model->reg[ESR] = model->errors;
		model->errors = 0;
		break;
	case SVR:
		for (i = TIMER; i <= ERROR && !(value & 0x100); i++)
			model->reg[i] |= MASKED;
		model->reg[SVR] = value;
		break;
	case TIMER ... ERROR:
		write_lvt(model, reg, value);
		break;
	case INITIAL:
		if (mode(model) > 1)
			break;
		model->reg[INITIAL] = value;
		model->counting = value;
		aim(model, value);
		break;
	case DIVIDE:
		write_divide(model, value);
		break;
	case DFR:
		model->reg[DFR] = value | 0x0fffffff;
		break;
	case ICR:
		model->reg[ICR] = value;
		send(model);
		break;
	case SELF:
		if (value < 16)
			error(model, 1 << 5);
		else
			model_accept(model, value, false);
		break;
	default:
		model->reg[reg] = value;
	}
}

static void write_served(struct model *model, unsigned int reg, uint32_t value)
{
	model->ipi = model->eoi = false;
	if (reg == TIMER || reg == INITIAL || reg == DIVIDE ||
			(reg == SVR && !(value & 0x100)))
		model_serve(model);
	write_any(model, reg, value);
}

bool model_page_write(struct model *model, unsigned int reg, uint32_t value)
{
	uint64_t old;
	unsigned int i;

	model->ipi = model->eoi = false;
	for (i = 0; i < sizeof(writable) / sizeof(*writable); i++) {
		if (writable[i].reg != reg || reg == SELF)
			continue;
		write_served(model, reg, value & writable[i].page);
		return true;
	}
	if (!model_read(model, reg, &old))
		error(model, 1 << 7);
	return false;
}

bool model_msr_write(struct model *model, unsigned int reg, uint64_t value)
{
	unsigned int i;

	model->ipi = model->eoi = false;
	for (i = 0; i < sizeof(writable) / sizeof(*writable); i++) {
		if (writable[i].reg != reg)
			continue;
		if (!writable[i].has_msr || value & ~writable[i].msr)
			return false;
		if (reg == ICR)
			model->reg[ICR_HIGH] = (uint32_t)(value >> 32);
		/* Read-only bits of an LVT entry. */
		if (reg >= TIMER && reg <= ERROR)
			value &= writable[i].page;
		write_served(model, reg, (uint32_t)value);
		return true;
	}
	return false;
}

void model_tsc_write(struct model *model, uint64_t tsc)
{
	model_serve(model);
	if (mode(model) == 2)
		model->tsc_deadline = tsc;
	model_serve(model);
}
