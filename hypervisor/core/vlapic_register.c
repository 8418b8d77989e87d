/* The registers of a VP's local APIC, and the page they are in. */
/* SPDX-License-Identifier: MIT */
#include "vlapic_register.h"

#include "vlapic_timer.h"

/* SDM v3 11.5.1, figure 11-8; read-only bits are not among them. */
#define LVT_BITS_TIMER	(LAPIC_TIMER_MODE | LAPIC_MASKED | 0xffu)
#define LVT_BITS_LOCAL	(LAPIC_MASKED | 0x7ffu)
#define LVT_BITS_LINT	(LAPIC_MASKED | LAPIC_LEVEL | 0x2000u | 0x7ffu)
#define LVT_BITS_ERROR	(LAPIC_MASKED | 0xffu)

/* In the order of VLAPIC_TIMER ... VLAPIC_ERROR. */
static const uint32_t lvt_bits[VLAPIC_LVTS] = {
	LVT_BITS_TIMER, LVT_BITS_LOCAL, LVT_BITS_LOCAL, LVT_BITS_LINT,
	LVT_BITS_LINT, LVT_BITS_ERROR
};

uint32_t vlapic_lvt_bits(unsigned int index)
{
	return lvt_bits[index];
}

static bool is_lvt(uint32_t offset)
{
	return offset >= LAPIC_LVT_TIMER && offset <= LAPIC_LVT_ERROR;
}

/* 32 of the 256 bits of ISR, TMR or IRR. */
static uint32_t part(const uint64_t *set, uint32_t offset)
{
	uint32_t i = offset >> 4 & 7;
	uint64_t word = __atomic_load_n(&set[i / 2], __ATOMIC_RELAXED);

	return (uint32_t)(word >> i % 2 * 32);
}

uint32_t vlapic_id(const struct vlapic *vlapic)
{
	return vlapic_is_x2apic(vlapic) ? vlapic->apic_id :
		vlapic->apic_id << 24;
}

/* In x2APIC mode it follows from the ID. SDM v3 11.12.10.2 */
uint32_t vlapic_ldr(const struct vlapic *vlapic)
{
	uint32_t id = vlapic->apic_id;

	return vlapic_is_x2apic(vlapic) ? id >> 4 << 16 | 1u << (id & 0xf) :
		vlapic->ldr;
}

bool vlapic_register_get(const struct vlapic *vlapic, uint32_t offset,
	uint64_t now, uint32_t *value)
{
	if (offset >= LAPIC_ISR && offset < LAPIC_TMR)
		*value = part(vlapic->isr, offset);
	else if (offset >= LAPIC_TMR && offset < LAPIC_IRR)
		*value = part(vlapic->tmr, offset);
	else if (offset >= LAPIC_IRR && offset < LAPIC_ESR)
		*value = part(vlapic->irr, offset);
	else if (is_lvt(offset))
		*value = vlapic->lvt[(offset - LAPIC_LVT_TIMER) >> 4];
	else switch (offset) {
	case LAPIC_ID:
		*value = vlapic_id(vlapic);
		return true;
	case LAPIC_VERSION:
		*value = VLAPIC_VERSION;
		return true;
	case LAPIC_TPR:
		*value = vlapic->tpr;
		return true;
	case LAPIC_PPR:
		*value = vlapic_ppr(vlapic);
		return true;
	case LAPIC_LDR:
		*value = vlapic_ldr(vlapic);
		return true;
	case LAPIC_SVR:
		*value = vlapic->svr;
		return true;
	case LAPIC_ESR:
		*value = vlapic->esr;
		return true;
	case LAPIC_ICR_LOW:
		*value = vlapic->icr_low;
		return true;
	case LAPIC_INITIAL_COUNT:
		*value = vlapic->initial;
		return true;
	case LAPIC_CURRENT_COUNT:
		*value = vlapic_timer_count(vlapic, now);
		return true;
	case LAPIC_DIVIDE:
		*value = vlapic->divide;
		return true;
	default:
		return false;
	}
	return true;
}

static bool page_get(const struct vlapic *vlapic, uint32_t offset, uint64_t now,
	uint32_t *value)
{
	switch (offset) {
	case LAPIC_APR:		/* no arbitration since the Pentium 4 */
	case LAPIC_RRD:
	case LAPIC_EOI:
		return true;
	case LAPIC_DFR:
		*value = vlapic->dfr;
		return true;
	case LAPIC_ICR_HIGH:
		*value = vlapic->icr_high;
		return true;
	}
	return vlapic_register_get(vlapic, offset, now, value);
}

static bool has_page(const struct vlapic *vlapic)
{
	return vlapic->base & LAPIC_BASE_ENABLE && !vlapic_is_x2apic(vlapic);
}

bool vlapic_read(struct vlapic *vlapic, uint32_t offset, uint64_t now,
	uint32_t *value)
{
	*value = 0;
	if (!has_page(vlapic))
		return false;
	if (page_get(vlapic, offset, now, value))
		return true;
	vlapic_error(vlapic, LAPIC_ESR_REGISTER);
	return false;
}

/* Other processors read them. */
static void set_shared(uint32_t *field, uint32_t value)
{
	__atomic_store_n(field, value, __ATOMIC_RELAXED);
}

static bool set_lvt(struct vlapic *vlapic, unsigned int index, uint32_t value,
	uint64_t now)
{
	uint32_t *lvt = &vlapic->lvt[index];

	value &= lvt_bits[index];
	if (!(vlapic->svr & LAPIC_SVR_ENABLE))
		value |= LAPIC_MASKED;
	if (index == VLAPIC_TIMER)
		return vlapic_timer_set_lvt(vlapic, value, now);
	if (value & LAPIC_LEVEL && LAPIC_MODE(value) == LAPIC_MODE_FIXED)
		value |= *lvt & LAPIC_REMOTE_IRR;
	set_shared(lvt, value);
	return false;
}

/* Software disabled, all LVT entries are masked. SDM v3 11.4.7.2 */
static bool set_svr(struct vlapic *vlapic, uint32_t value, uint64_t now)
{
	bool fired = false;
	unsigned int i;

	if (!(value & LAPIC_SVR_ENABLE)) {
		fired = vlapic_timer(vlapic, now);
		for (i = 0; i < VLAPIC_LVTS; i++)
			set_shared(&vlapic->lvt[i],
				vlapic->lvt[i] | LAPIC_MASKED);
	}
	set_shared(&vlapic->svr, value & LAPIC_SVR_BITS);
	/* Enabled, it may deliver what was held. */
	return fired || value & LAPIC_SVR_ENABLE;
}

/* Reading shows what was found until the last write. SDM v3 11.5.3 */
static void set_esr(struct vlapic *vlapic)
{
	vlapic->esr = __atomic_exchange_n(&vlapic->error, 0, __ATOMIC_SEQ_CST);
}

bool vlapic_register_set(struct vlapic *vlapic, uint32_t offset,
	uint32_t value, uint64_t now, struct vlapic_effect *effect)
{
	bool fired = false;

	if (is_lvt(offset))
		fired = set_lvt(vlapic, (offset - LAPIC_LVT_TIMER) >> 4, value,
			now);
	else switch (offset) {
	case LAPIC_TPR:
		vlapic->tpr = (uint8_t)value;
		fired = true;
		break;
	case LAPIC_EOI:
		vlapic_eoi(vlapic, effect);
		break;
	case LAPIC_SVR:
		fired = set_svr(vlapic, value, now);
		break;
	case LAPIC_ESR:
		set_esr(vlapic);
		break;
	case LAPIC_INITIAL_COUNT:
		fired = vlapic_timer_set_initial(vlapic, value, now);
		break;
	case LAPIC_DIVIDE:
		fired = vlapic_timer_set_divide(vlapic,
			value & LAPIC_DIVIDE_BITS, now);
		break;
	default:
		return false;
	}
	effect->self |= fired;
	return true;
}

static void page_set(struct vlapic *vlapic, uint32_t offset, uint32_t value,
	uint64_t now, struct vlapic_effect *effect)
{
	uint32_t old = 0;

	switch (offset) {
	case LAPIC_LDR:
		set_shared(&vlapic->ldr, value & 0xff000000);
		return;
	case LAPIC_DFR:
		set_shared(&vlapic->dfr, value | 0x0fffffff);
		return;
	case LAPIC_ICR_LOW:
		vlapic_icr_write(vlapic, (uint64_t)vlapic->icr_high << 32 |
			value, effect);
		return;
	case LAPIC_ICR_HIGH:
		vlapic->icr_high = value & 0xff000000;
		return;
	}
	/* Read-only registers keep their value. */
	if (!vlapic_register_set(vlapic, offset, value, now, effect) &&
			!page_get(vlapic, offset, now, &old))
		effect->self |= vlapic_error(vlapic, LAPIC_ESR_REGISTER);
}

void vlapic_write(struct vlapic *vlapic, uint32_t offset, uint32_t value,
	uint64_t now, struct vlapic_effect *effect)
{
	*effect = (struct vlapic_effect){0};
	if (has_page(vlapic))
		page_set(vlapic, offset, value, now, effect);
}
