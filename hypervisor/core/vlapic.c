/* The local APIC of a child's VP: its modes, priorities and what it accepts. */
/* SPDX-License-Identifier: MIT */
#include "vlapic.h"

#define MODE	(LAPIC_BASE_ENABLE | LAPIC_BASE_X2APIC)

/* Of what other processors read. Nothing hangs on the order: an interrupt that
 * meets a change of these may see either. */
#define READ(field)		__atomic_load_n(&(field), __ATOMIC_RELAXED)
#define SET(field, value)	\
	__atomic_store_n(&(field), value, __ATOMIC_RELAXED)

/* As after RESET, but for ID and base. SDM v3 11.4.7.1 */
static void clear(struct vlapic *vlapic)
{
	unsigned int i;

	for (i = 0; i < VLAPIC_LVTS; i++)
		SET(vlapic->lvt[i], LAPIC_MASKED);
	SET(vlapic->svr, 0xff);
	SET(vlapic->ldr, 0);
	SET(vlapic->dfr, 0xffffffff);
	for (i = 0; i < 4; i++) {
		SET(vlapic->irr[i], 0);
		SET(vlapic->tmr[i], 0);
		vlapic->isr[i] = 0;
	}
	SET(vlapic->error, 0);
	vlapic->esr = 0;
	vlapic->icr_low = 0;
	vlapic->icr_high = 0;
	vlapic->tpr = 0;
	vlapic->divide = 0;
	vlapic->initial = 0;
	vlapic->running = false;
	vlapic->tsc_deadline = 0;
}

void vlapic_reset(struct vlapic *vlapic, uint32_t apic_id, bool is_bsp,
	bool x2apic_capable)
{
	vlapic->apic_id = apic_id;
	vlapic->x2apic_capable = x2apic_capable;
	SET(vlapic->base, LAPIC_BASE_ADDRESS | LAPIC_BASE_ENABLE |
		(is_bsp ? LAPIC_BASE_BSP : 0));
	clear(vlapic);
}

void vlapic_init(struct vlapic *vlapic)
{
	clear(vlapic);
}

void vlapic_set_tsc(struct vlapic *vlapic, uint64_t scale, uint64_t offset)
{
	vlapic->tsc_scale = scale;
	vlapic->tsc_offset = offset;
}

bool vlapic_is_x2apic(const struct vlapic *vlapic)
{
	return (READ(vlapic->base) & MODE) == MODE;
}

static bool is_on(const struct vlapic *vlapic)
{
	return READ(vlapic->base) & LAPIC_BASE_ENABLE;
}

/* SDM v3 figure 11-27: from x2APIC only to off, from off only to xAPIC. */
static bool is_transition(uint64_t from, uint64_t to)
{
	if (from == to)
		return true;
	if (from == LAPIC_BASE_ENABLE)
		return to != LAPIC_BASE_X2APIC;
	return to == (from ? 0 : LAPIC_BASE_ENABLE);
}

bool vlapic_set_base(struct vlapic *vlapic, uint64_t value,
	unsigned int physical_bits)
{
	uint64_t from = vlapic->base & MODE, to = value & MODE;
	uint64_t allowed = physical_bits < 64 ? (1ull << physical_bits) - 1 :
		~0ull;

	allowed &= ~0xfffull;
	allowed |= LAPIC_BASE_BSP | LAPIC_BASE_ENABLE;
	if (vlapic->x2apic_capable)
		allowed |= LAPIC_BASE_X2APIC;
	if (value & ~allowed || !is_transition(from, to))
		return false;
	value &= ~LAPIC_BASE_BSP;
	SET(vlapic->base, value | (vlapic->base & LAPIC_BASE_BSP));
	if (from != to && !to)
		clear(vlapic);
	if (from != to && to == MODE)
		vlapic->icr_high = 0;	/* it has another form now */
	return true;
}

static bool has(const uint64_t *set, uint8_t vector)
{
	return READ(set[vector / 64]) >> vector % 64 & 1;
}

static int highest(const uint64_t *set)
{
	int i;

	for (i = 3; i >= 0; i--) {
		/* With request(): who sees a bit of IRR sees its TMR bit. */
		uint64_t word = __atomic_load_n(&set[i], __ATOMIC_ACQUIRE);

		if (word)
			return i * 64 + 63 - __builtin_clzll(word);
	}
	return -1;
}

/* TMR first: who sees the request sees of which kind it is. */
static bool request(struct vlapic *vlapic, uint8_t vector, bool level)
{
	uint64_t bit = 1ull << vector % 64;
	uint64_t *tmr = &vlapic->tmr[vector / 64];

	if (level && !has(vlapic->tmr, vector))
		__atomic_fetch_or(tmr, bit, __ATOMIC_SEQ_CST);
	else if (!level && has(vlapic->tmr, vector))
		__atomic_fetch_and(tmr, ~bit, __ATOMIC_SEQ_CST);
	return !(__atomic_fetch_or(&vlapic->irr[vector / 64], bit,
		__ATOMIC_SEQ_CST) & bit);
}

/* One interrupt for all errors until the ESR is written (SDM v3 11.5.3); an
 * illegal vector of the error interrupt itself adds nothing. */
bool vlapic_error(struct vlapic *vlapic, uint32_t bits)
{
	uint32_t lvt = READ(vlapic->lvt[VLAPIC_ERROR]);

	if (__atomic_fetch_or(&vlapic->error, bits, __ATOMIC_SEQ_CST))
		return false;
	if (lvt & LAPIC_MASKED)
		return false;
	if (LAPIC_VECTOR(lvt) < 16) {
		__atomic_fetch_or(&vlapic->error, LAPIC_ESR_RECEIVE_VECTOR,
			__ATOMIC_SEQ_CST);
		return false;
	}
	return request(vlapic, LAPIC_VECTOR(lvt), false);
}

static bool is_enabled(const struct vlapic *vlapic)
{
	return is_on(vlapic) && READ(vlapic->svr) & LAPIC_SVR_ENABLE;
}

bool vlapic_accept(struct vlapic *vlapic, uint8_t vector, bool level)
{
	if (!is_enabled(vlapic))
		return false;
	if (vector < 16)
		return vlapic_error(vlapic, LAPIC_ESR_RECEIVE_VECTOR);
	return request(vlapic, vector, level);
}

/* SDM v3 11.8.3.1 */
uint8_t vlapic_ppr(const struct vlapic *vlapic)
{
	int serving = highest(vlapic->isr);

	if (serving < 0 || vlapic->tpr >> 4 >= serving >> 4)
		return vlapic->tpr;
	return (uint8_t)(serving & 0xf0);
}

int vlapic_pending(const struct vlapic *vlapic)
{
	int vector = highest(vlapic->irr);

	if (vector < 0 || !is_enabled(vlapic))
		return -1;
	return vector >> 4 > vlapic_ppr(vlapic) >> 4 ? vector : -1;
}

bool vlapic_has_request(const struct vlapic *vlapic)
{
	return highest(vlapic->irr) >= 0;
}

bool vlapic_is_lone(const struct vlapic *vlapic, uint8_t vector)
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		uint64_t mine = i == vector / 64 ? 1ull << vector % 64 : 0;

		if (vlapic->isr[i] || READ(vlapic->irr[i]) != mine)
			return false;
	}
	return !has(vlapic->tmr, vector);
}

void vlapic_offer(struct vlapic *vlapic, uint8_t vector)
{
	__atomic_fetch_and(&vlapic->irr[vector / 64], ~(1ull << vector % 64),
		__ATOMIC_SEQ_CST);
}

void vlapic_retract(struct vlapic *vlapic, uint8_t vector)
{
	__atomic_fetch_or(&vlapic->irr[vector / 64], 1ull << vector % 64,
		__ATOMIC_SEQ_CST);
}

void vlapic_deliver(struct vlapic *vlapic, uint8_t vector)
{
	vlapic->isr[vector / 64] |= 1ull << vector % 64;
}

void vlapic_eoi(struct vlapic *vlapic, struct vlapic_effect *effect)
{
	uint32_t *lint0 = &vlapic->lvt[VLAPIC_LINT0];
	int vector = highest(vlapic->isr);

	if (vector < 0)
		return;
	vlapic->isr[vector / 64] &= ~(1ull << vector % 64);
	if (has(vlapic->tmr, (uint8_t)vector)) {
		effect->eoi = true;
		effect->eoi_vector = (uint8_t)vector;
		if (LAPIC_VECTOR(*lint0) == vector)
			SET(*lint0, *lint0 & ~LAPIC_REMOTE_IRR);
	}
	/* What it held back may be delivered now. */
	effect->self = true;
}

uint8_t vlapic_tpr(const struct vlapic *vlapic)
{
	return vlapic->tpr;
}

void vlapic_set_tpr(struct vlapic *vlapic, uint8_t tpr)
{
	vlapic->tpr = tpr;
}

/* The destination formats of xAPIC mode. SDM v3 11.6.2.2 */
static bool is_xapic_logical(const struct vlapic *vlapic, uint32_t to)
{
	uint32_t own = READ(vlapic->ldr) >> 24;

	switch (READ(vlapic->dfr) >> 28) {
	case 0xf:
		return own & to;
	case 0:
		return own >> 4 == to >> 4 && own & to & 0xf;
	}
	return false;
}

/* SDM v3 11.12.10.2 */
static bool is_x2apic_logical(const struct vlapic *vlapic, uint32_t to)
{
	return vlapic->apic_id >> 4 == to >> 16 &&
		to >> (vlapic->apic_id & 0xf) & 1;
}

bool vlapic_is_target(const struct vlapic *vlapic, uint32_t destination,
	bool logical, bool x2apic_form)
{
	if (!is_on(vlapic))
		return false;
	if (destination == (x2apic_form ? 0xffffffff : 0xff))
		return true;
	if (!logical)
		return destination == vlapic->apic_id;
	if (vlapic_is_x2apic(vlapic))
		return is_x2apic_logical(vlapic, destination);
	return destination <= 0xff && is_xapic_logical(vlapic, destination);
}

static enum vlapic_delivery delivery(uint32_t lvt)
{
	switch (LAPIC_MODE(lvt)) {
	case LAPIC_MODE_FIXED:
		return VLAPIC_FIXED;
	case LAPIC_MODE_SMI:
		return VLAPIC_SMI;
	case LAPIC_MODE_NMI:
		return VLAPIC_NMI;
	case LAPIC_MODE_INIT:
		return VLAPIC_INIT;
	case LAPIC_MODE_EXTINT:
		return VLAPIC_EXTINT;
	}
	return VLAPIC_NONE;
}

bool vlapic_takes_extint(const struct vlapic *vlapic)
{
	uint32_t lint0 = vlapic->lvt[VLAPIC_LINT0];

	return !is_on(vlapic) ||
		(!(lint0 & (LAPIC_MASKED | LAPIC_REMOTE_IRR)) &&
		delivery(lint0) == VLAPIC_EXTINT);
}

/* LINT1 knows no levels. SDM v3 11.5.1 */
enum vlapic_delivery vlapic_lint(struct vlapic *vlapic, unsigned int pin,
	uint8_t *vector, bool *level)
{
	uint32_t *lvt = &vlapic->lvt[pin ? VLAPIC_LINT1 : VLAPIC_LINT0];

	*vector = LAPIC_VECTOR(*lvt);
	*level = false;
	if (!is_on(vlapic))
		return pin ? VLAPIC_NMI : VLAPIC_EXTINT;
	if (*lvt & (LAPIC_MASKED | LAPIC_REMOTE_IRR))
		return VLAPIC_NONE;
	if (delivery(*lvt) == VLAPIC_FIXED && !pin && *lvt & LAPIC_LEVEL) {
		*level = true;
		/* A vector that is not accepted gets no EOI either. */
		if (*vector >= 16 && is_enabled(vlapic))
			SET(*lvt, *lvt | LAPIC_REMOTE_IRR);
	}
	return delivery(*lvt);
}
