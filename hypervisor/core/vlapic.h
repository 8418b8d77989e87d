/* The local APIC of a child's VP: registers, priorities, timer. Depends on
 * nothing but its arguments. SDM v3 chapter 11, APM v2 chapter 16. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_VLAPIC_H
#define CORE_VLAPIC_H

#include "../abi/lapic.h"

#include <stdbool.h>
#include <stdint.h>

/* Version 0x14 with six LVT entries; no EOI broadcast suppression. */
#define VLAPIC_VERSION		0x50014u
/* The timer's clock before it is divided. */
#define VLAPIC_HZ		200000000u
/* Of VLAPIC_HZ: a periodic timer interrupts each 100 us at most. */
#define VLAPIC_PERIOD_MIN	(VLAPIC_HZ / 10000)

/* In the order of the registers from LAPIC_LVT_TIMER on. */
enum {
	VLAPIC_TIMER, VLAPIC_THERMAL, VLAPIC_PERFMON, VLAPIC_LINT0,
	VLAPIC_LINT1, VLAPIC_ERROR, VLAPIC_LVTS
};

/* What is marked 'atomic' changes on any processor. All else changes on the
 * VP's own, or on another while the VP does not run, which the caller's lock
 * sees to; what is marked 'read' other processors read meanwhile. */
struct vlapic {
	uint64_t irr[4];	/* atomic */
	uint64_t tmr[4];	/* atomic */
	uint32_t error;		/* atomic: for the next write to the ESR */
	uint32_t apic_id;
	uint64_t base;		/* read: IA32_APIC_BASE */
	uint32_t svr;		/* read */
	uint32_t ldr, dfr;	/* read; of xAPIC mode */
	uint32_t lvt[VLAPIC_LVTS];	/* read */
	uint64_t isr[4];
	uint32_t esr;
	uint32_t icr_low, icr_high;
	uint8_t tpr;
	uint8_t divide;		/* the divide configuration */
	bool x2apic_capable;
	bool running;		/* the counter */
	uint32_t initial;
	/* In cycles of VLAPIC_HZ: when the count was 'initial', and when the
	 * next interrupt is due. Whole cycles, so nothing drifts. */
	uint64_t origin, next;
	uint64_t tsc_deadline;	/* 0: none */
	/* Reference time is tsc * scale >> 64, plus offset. */
	uint64_t tsc_scale, tsc_offset;
};
static_assert(sizeof(struct vlapic) <= 400, "one for each VP");

/* What an access caused that others must do. */
struct vlapic_effect {
	/* An interprocessor interrupt: ICR, with the destination in 63:32.
	 * Fixed interrupts with the shorthand 'self' are served already. */
	bool ipi;
	bool x2apic_form;	/* how its destination reads */
	uint64_t icr;
	/* A level-triggered interrupt ended. */
	bool eoi;
	uint8_t eoi_vector;
	/* This APIC may have accepted an interrupt: see vlapic_pending(). */
	bool self;
};

/* All times 'now' are reference time, 100 ns, below 2^59. */

/* As after RESET. The structure starts as zeros; the TSC's scale and offset
 * stay. */
void vlapic_reset(struct vlapic *vlapic, uint32_t apic_id, bool is_bsp,
	bool x2apic_capable);

/* INIT: as after RESET, but the base and so the mode stay. SDM v3 11.4.7.3,
 * 11.12.5.1 */
void vlapic_init(struct vlapic *vlapic);

/* How the guest's TSC tells reference time: for TSC deadlines. */
void vlapic_set_tsc(struct vlapic *vlapic, uint64_t scale, uint64_t offset);

/* A write to IA32_APIC_BASE. False, with nothing changed, is #GP: reserved
 * bits, or a change of mode that is not allowed (SDM v3 11.12.5). The BSP flag
 * stays. Reading it: vlapic->base. */
bool vlapic_set_base(struct vlapic *vlapic, uint64_t value,
	unsigned int physical_bits);
bool vlapic_is_x2apic(const struct vlapic *vlapic);

/* The page in xAPIC mode: 32 bits at multiples of 16. False, with 0 read,
 * where there is no register. */
bool vlapic_read(struct vlapic *vlapic, uint32_t offset, uint64_t now,
	uint32_t *value);
void vlapic_write(struct vlapic *vlapic, uint32_t offset, uint32_t value,
	uint64_t now, struct vlapic_effect *effect);

/* MSRs 0x800 to 0x83f, which are there in x2APIC mode, and TSC_DEADLINE,
 * which always is. False is #GP. */
bool vlapic_msr_read(struct vlapic *vlapic, uint32_t msr, uint64_t now,
	uint64_t *value);
bool vlapic_msr_write(struct vlapic *vlapic, uint32_t msr, uint64_t value,
	uint64_t now, struct vlapic_effect *effect);

/* For the synthetic MSRs EOI and ICR (TLFS 10.3). Effects are added to effect.
 * The ICR's value has the form of the mode; in xAPIC mode the destination is in
 * 63:56, and reserved bits are dropped. False is #GP. */
void vlapic_eoi(struct vlapic *vlapic, struct vlapic_effect *effect);
bool vlapic_icr_write(struct vlapic *vlapic, uint64_t value,
	struct vlapic_effect *effect);
uint64_t vlapic_icr_read(const struct vlapic *vlapic);

/* For lazy EOI: whether an interrupt waits, deliverable or not; whether the
 * vector is the only one, with none in service, and edge-triggered. */
bool vlapic_has_request(const struct vlapic *vlapic);
bool vlapic_is_lone(const struct vlapic *vlapic, uint8_t vector);

/* A fixed interrupt arrives; on any processor. True when something waits now
 * that did not before: the VP should look. A vector below 16 is an error of
 * the ESR's. An APIC that is off drops it. */
bool vlapic_accept(struct vlapic *vlapic, uint8_t vector, bool level);

/* Sets bits of the ESR, on any processor. True as for vlapic_accept(). */
bool vlapic_error(struct vlapic *vlapic, uint32_t bits);

/* The highest vector that may be delivered now, or -1. */
int vlapic_pending(const struct vlapic *vlapic);

/* The processor is offered it, and may take it without an exit: it leaves IRR,
 * where the same vector can come again meanwhile. Not taken, it goes back. */
void vlapic_offer(struct vlapic *vlapic, uint8_t vector);
void vlapic_retract(struct vlapic *vlapic, uint8_t vector);

/* What was offered has been taken: it is in service. Not to be called for one
 * with automatic EOI (TLFS 11.8.3). */
void vlapic_deliver(struct vlapic *vlapic, uint8_t vector);

/* Eight bits; CR8 is bits 7:4. */
uint8_t vlapic_tpr(const struct vlapic *vlapic);
void vlapic_set_tpr(struct vlapic *vlapic, uint8_t tpr);
uint8_t vlapic_ppr(const struct vlapic *vlapic);

/* Whether a message with this destination is for this APIC; on any processor.
 * x2apic_form: 32 bits from an APIC in x2APIC mode; else the 8 bits of xAPIC,
 * I/O APIC and MSI. Shorthands are the caller's. */
bool vlapic_is_target(const struct vlapic *vlapic, uint32_t destination,
	bool logical, bool x2apic_form);

enum vlapic_delivery {
	VLAPIC_NONE, VLAPIC_FIXED, VLAPIC_SMI, VLAPIC_NMI, VLAPIC_INIT,
	VLAPIC_EXTINT
};

/* What an active LINT pin (0 or 1) gives. With VLAPIC_FIXED the caller calls
 * vlapic_accept(vector, level); when level is set, the pin gives nothing more
 * until that vector's EOI. An APIC that is off in its base lets INTR and NMI
 * through (SDM v3 11.4.3). */
bool vlapic_takes_extint(const struct vlapic *vlapic);	/* LINT0, as it is */
enum vlapic_delivery vlapic_lint(struct vlapic *vlapic, unsigned int pin,
	uint8_t *vector, bool *level);

/* The reference time of the next expiry, 0: none. */
uint64_t vlapic_deadline(const struct vlapic *vlapic);

/* Serves what has expired: periods that were missed are one. True as for
 * vlapic_accept(). */
bool vlapic_timer(struct vlapic *vlapic, uint64_t now);

/* The state without base, TPR and TSC deadline, which are registers of their
 * own, and without NMI: the caller adds and takes HV_LAPIC_STATE_NMI.
 * Set after the base. False, with nothing changed: what cannot be. */
void vlapic_get_state(const struct vlapic *vlapic, uint64_t now,
	struct hv_local_interrupt_controller_state *state);
bool vlapic_set_state(struct vlapic *vlapic, uint64_t now,
	const struct hv_local_interrupt_controller_state *state);

#endif
