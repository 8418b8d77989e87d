/* The local APIC's registers, and its state as the parent reads and sets it.
 * SDM v3 chapter 11, APM v2 chapter 16; the state: Linux's include/hyperv. */
/* SPDX-License-Identifier: MIT */
#ifndef ABI_LAPIC_H
#define ABI_LAPIC_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

/* IA32_APIC_BASE */
#define LAPIC_BASE_BSP		0x100ull
#define LAPIC_BASE_X2APIC	0x400ull
#define LAPIC_BASE_ENABLE	0x800ull
#define LAPIC_BASE_ADDRESS	0xfee00000ull	/* after RESET */

#define LAPIC_MSR_TSC_DEADLINE	0x6e0
#define LAPIC_MSR_FIRST		0x800	/* x2APIC: + offset / 16 */
#define LAPIC_MSR_LAST		0x83f

/* Offsets in the page. SDM v3 table 11-1 */
#define LAPIC_ID		0x020
#define LAPIC_VERSION		0x030
#define LAPIC_TPR		0x080
#define LAPIC_APR		0x090
#define LAPIC_PPR		0x0a0
#define LAPIC_EOI		0x0b0
#define LAPIC_RRD		0x0c0
#define LAPIC_LDR		0x0d0
#define LAPIC_DFR		0x0e0
#define LAPIC_SVR		0x0f0
#define LAPIC_ISR		0x100	/* eight of each */
#define LAPIC_TMR		0x180
#define LAPIC_IRR		0x200
#define LAPIC_ESR		0x280
#define LAPIC_ICR_LOW		0x300
#define LAPIC_ICR_HIGH		0x310
#define LAPIC_LVT_TIMER		0x320
#define LAPIC_LVT_THERMAL	0x330
#define LAPIC_LVT_PERFMON	0x340
#define LAPIC_LVT_LINT0		0x350
#define LAPIC_LVT_LINT1		0x360
#define LAPIC_LVT_ERROR		0x370
#define LAPIC_INITIAL_COUNT	0x380
#define LAPIC_CURRENT_COUNT	0x390
#define LAPIC_DIVIDE		0x3e0
#define LAPIC_SELF_IPI		0x3f0	/* x2APIC only */

/* SVR */
#define LAPIC_SVR_ENABLE	0x100u
#define LAPIC_SVR_BITS		0x3ffu	/* with focus checking, which is kept */

/* ESR. SDM v3 11.5.3 */
#define LAPIC_ESR_SEND_VECTOR		0x20u
#define LAPIC_ESR_RECEIVE_VECTOR	0x40u
#define LAPIC_ESR_REGISTER		0x80u
#define LAPIC_ESR_BITS			0xffu

/* ICR and LVT. SDM v3 11.5.1, 11.6.1 */
#define LAPIC_VECTOR(value)	((uint8_t)(value))
#define LAPIC_MODE(value)	((uint32_t)(value) >> 8 & 7)
#define LAPIC_MODE_FIXED	0
#define LAPIC_MODE_LOWEST	1
#define LAPIC_MODE_SMI		2
#define LAPIC_MODE_NMI		4
#define LAPIC_MODE_INIT		5
#define LAPIC_MODE_STARTUP	6
#define LAPIC_MODE_EXTINT	7
#define LAPIC_STATUS		0x1000u	/* delivery status: read-only */
#define LAPIC_REMOTE_IRR	0x4000u	/* LVT: read-only */
#define LAPIC_LEVEL		0x8000u	/* trigger mode */
#define LAPIC_MASKED		0x10000u
#define LAPIC_ICR_LOGICAL	0x800u
#define LAPIC_ICR_ASSERT	0x4000u
#define LAPIC_ICR_SHORTHAND	0xc0000u
#define LAPIC_ICR_SELF		0x40000u
#define LAPIC_ICR_BITS		0xccfffu

/* LVT timer */
#define LAPIC_TIMER_MODE	0x60000u
#define LAPIC_TIMER_ONE_SHOT	0x00000u
#define LAPIC_TIMER_PERIODIC	0x20000u
#define LAPIC_TIMER_DEADLINE	0x40000u

/* The divide configuration: bits 3, 1 and 0. SDM v3 11.5.4 */
#define LAPIC_DIVIDE_BITS	0xbu

/* HV_X64_INTERRUPT_CONTROLLER_STATE, for VP state 'local interrupt
 * controller'. Values are as the registers read in the APIC's mode, but
 * apic_error_status: what was found since the last write to the ESR. Bit 2 of
 * irr[0] says that an NMI waits. */
struct hv_local_interrupt_controller_state {
	uint32_t apic_id;
	uint32_t apic_version;
	uint32_t apic_ldr;
	uint32_t apic_dfr;
	uint32_t apic_spurious;
	uint32_t apic_isr[8];
	uint32_t apic_tmr[8];
	uint32_t apic_irr[8];
	uint32_t apic_esr;
	uint32_t apic_icr_high;
	uint32_t apic_icr_low;
	uint32_t apic_lvt_timer;
	uint32_t apic_lvt_thermal;
	uint32_t apic_lvt_perfmon;
	uint32_t apic_lvt_lint0;
	uint32_t apic_lvt_lint1;
	uint32_t apic_lvt_error;
	uint32_t apic_lvt_cmci;
	uint32_t apic_error_status;
	uint32_t apic_initial_count;
	uint32_t apic_counter_value;
	uint32_t apic_divide_configuration;
	uint32_t apic_remote_read;
};
static_assert(sizeof(struct hv_local_interrupt_controller_state) == 176,
	"layout");
static_assert(offsetof(struct hv_local_interrupt_controller_state,
	apic_isr) == 20, "layout");
static_assert(offsetof(struct hv_local_interrupt_controller_state,
	apic_esr) == 116, "layout");
static_assert(offsetof(struct hv_local_interrupt_controller_state,
	apic_lvt_timer) == 128, "layout");
static_assert(offsetof(struct hv_local_interrupt_controller_state,
	apic_initial_count) == 160, "layout");

#define HV_LAPIC_STATE_NMI	0x4u	/* of irr[0] */

#endif
