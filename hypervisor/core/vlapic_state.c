/* The state of a VP's local APIC, as the parent saves and restores it. */
/* SPDX-License-Identifier: MIT */
#include "vlapic_register.h"

#include "vlapic_timer.h"

static void to_words(uint32_t *words, const uint64_t *set)
{
	unsigned int i;

	for (i = 0; i < 8; i++)
		words[i] = (uint32_t)(__atomic_load_n(&set[i / 2],
			__ATOMIC_RELAXED) >> i % 2 * 32);
}

static void from_words(uint64_t *set, const uint32_t *words, uint32_t first)
{
	unsigned int i;

	for (i = 0; i < 4; i++)
		__atomic_store_n(&set[i], (i ? words[2 * i] : first) |
			(uint64_t)words[2 * i + 1] << 32, __ATOMIC_RELAXED);
}

void vlapic_get_state(const struct vlapic *vlapic, uint64_t now,
	struct hv_local_interrupt_controller_state *state)
{
	*state = (struct hv_local_interrupt_controller_state){
		.apic_id = vlapic_id(vlapic),
		.apic_version = VLAPIC_VERSION,
		.apic_ldr = vlapic_ldr(vlapic),
		.apic_dfr = vlapic_is_x2apic(vlapic) ? 0 : vlapic->dfr,
		.apic_spurious = vlapic->svr,
		.apic_esr = vlapic->esr,
		.apic_icr_high = vlapic->icr_high,
		.apic_icr_low = vlapic->icr_low,
		.apic_lvt_timer = vlapic->lvt[VLAPIC_TIMER],
		.apic_lvt_thermal = vlapic->lvt[VLAPIC_THERMAL],
		.apic_lvt_perfmon = vlapic->lvt[VLAPIC_PERFMON],
		.apic_lvt_lint0 = vlapic->lvt[VLAPIC_LINT0],
		.apic_lvt_lint1 = vlapic->lvt[VLAPIC_LINT1],
		.apic_lvt_error = vlapic->lvt[VLAPIC_ERROR],
		.apic_error_status = __atomic_load_n(&vlapic->error,
			__ATOMIC_RELAXED),
		.apic_initial_count = vlapic->initial,
		.apic_counter_value = vlapic_timer_count(vlapic, now),
		.apic_divide_configuration = vlapic->divide,
	};
	to_words(state->apic_isr, vlapic->isr);
	to_words(state->apic_tmr, vlapic->tmr);
	to_words(state->apic_irr, vlapic->irr);
}

static void get_lvts(const struct hv_local_interrupt_controller_state *state,
	uint32_t *lvt)
{
	lvt[VLAPIC_TIMER] = state->apic_lvt_timer;
	lvt[VLAPIC_THERMAL] = state->apic_lvt_thermal;
	lvt[VLAPIC_PERFMON] = state->apic_lvt_perfmon;
	lvt[VLAPIC_LINT0] = state->apic_lvt_lint0;
	lvt[VLAPIC_LINT1] = state->apic_lvt_lint1;
	lvt[VLAPIC_ERROR] = state->apic_lvt_error;
}

/* LINT entries may be open while the APIC is software disabled, which no guest
 * can do: so a VMM gives its firmware a virtual wire. */
static bool is_lvt_possible(uint32_t lvt, unsigned int index, uint32_t svr)
{
	bool lint = index == VLAPIC_LINT0 || index == VLAPIC_LINT1;
	uint32_t bits = vlapic_lvt_bits(index) | LAPIC_STATUS;

	if (index == VLAPIC_LINT0)
		bits |= LAPIC_REMOTE_IRR;
	if (lvt & ~bits)
		return false;
	return lint || svr & LAPIC_SVR_ENABLE || lvt & LAPIC_MASKED;
}

static bool is_timer_possible(
	const struct hv_local_interrupt_controller_state *state)
{
	uint32_t mode = state->apic_lvt_timer & LAPIC_TIMER_MODE;

	if (state->apic_divide_configuration & ~LAPIC_DIVIDE_BITS)
		return false;
	if (mode & LAPIC_TIMER_DEADLINE && state->apic_initial_count)
		return false;
	return state->apic_counter_value <= state->apic_initial_count;
}

static bool is_destination_possible(const struct vlapic *vlapic,
	const struct hv_local_interrupt_controller_state *state)
{
	if (state->apic_id != vlapic_id(vlapic))
		return false;
	if (vlapic_is_x2apic(vlapic))
		return state->apic_ldr == vlapic_ldr(vlapic) &&
			(!state->apic_dfr || !~state->apic_dfr);
	return !(state->apic_ldr & 0xffffff) &&
		(state->apic_dfr | 0xf0000000) == 0xffffffff &&
		!(state->apic_icr_high & 0xffffff);
}

static bool is_possible(const struct vlapic *vlapic,
	const struct hv_local_interrupt_controller_state *state)
{
	uint32_t lvt[VLAPIC_LVTS];
	unsigned int i;

	get_lvts(state, lvt);
	for (i = 0; i < VLAPIC_LVTS; i++) {
		if (!is_lvt_possible(lvt[i], i, state->apic_spurious))
			return false;
	}
	if ((state->apic_isr[0] | state->apic_tmr[0]) & 0xffff ||
			state->apic_irr[0] & 0xffff & ~HV_LAPIC_STATE_NMI)
		return false;
	if ((state->apic_esr | state->apic_error_status) & ~LAPIC_ESR_BITS ||
			state->apic_spurious & ~LAPIC_SVR_BITS ||
			state->apic_icr_low & ~(LAPIC_ICR_BITS | LAPIC_STATUS))
		return false;
	return state->apic_version == VLAPIC_VERSION &&
		!(state->apic_lvt_cmci & ~LAPIC_MASKED) &&
		!state->apic_remote_read && is_timer_possible(state) &&
		is_destination_possible(vlapic, state);
}

static void set_lvts(struct vlapic *vlapic,
	const struct hv_local_interrupt_controller_state *state)
{
	uint32_t lvt[VLAPIC_LVTS];
	unsigned int i;

	get_lvts(state, lvt);
	for (i = 0; i < VLAPIC_LVTS; i++)
		__atomic_store_n(&vlapic->lvt[i], lvt[i] & ~LAPIC_STATUS,
			__ATOMIC_RELAXED);
}

bool vlapic_set_state(struct vlapic *vlapic, uint64_t now,
	const struct hv_local_interrupt_controller_state *state)
{
	if (!(vlapic->base & LAPIC_BASE_ENABLE) || !is_possible(vlapic, state))
		return false;
	if (!vlapic_is_x2apic(vlapic)) {
		__atomic_store_n(&vlapic->ldr, state->apic_ldr,
			__ATOMIC_RELAXED);
		__atomic_store_n(&vlapic->dfr, state->apic_dfr,
			__ATOMIC_RELAXED);
	}
	set_lvts(vlapic, state);
	__atomic_store_n(&vlapic->svr, state->apic_spurious, __ATOMIC_RELAXED);
	__atomic_store_n(&vlapic->error, state->apic_error_status,
		__ATOMIC_RELAXED);
	vlapic->esr = state->apic_esr;
	vlapic->icr_low = state->apic_icr_low & LAPIC_ICR_BITS;
	vlapic->icr_high = state->apic_icr_high;
	from_words(vlapic->isr, state->apic_isr, state->apic_isr[0]);
	from_words(vlapic->tmr, state->apic_tmr, state->apic_tmr[0]);
	from_words(vlapic->irr, state->apic_irr,
		state->apic_irr[0] & ~HV_LAPIC_STATE_NMI);
	vlapic->initial = state->apic_initial_count;
	vlapic->divide = (uint8_t)state->apic_divide_configuration;
	vlapic_timer_restore(vlapic, state->apic_counter_value, now);
	return true;
}
