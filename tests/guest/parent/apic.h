/* The local APIC, by its own registers and by those of the hypervisor. */
/* SPDX-License-Identifier: MIT */
#ifndef APIC_H
#define APIC_H

#include <stdbool.h>
#include <stdint.h>

#define APIC_PAGE	0xfee00000ull
#define APIC_ID		0x020
#define APIC_TPR	0x080
#define APIC_EOI	0x0b0
#define APIC_LDR	0x0d0
#define APIC_SVR	0x0f0
#define APIC_ISR	0x100
#define APIC_IRR	0x200
#define APIC_ICR_LOW	0x300
#define APIC_ICR_HIGH	0x310
#define APIC_LVT_TIMER	0x320
#define APIC_INITIAL	0x380
#define APIC_CURRENT	0x390

/* ICR, low half. SDM v3 11.6.1 */
#define APIC_NMI	0x04400u
#define APIC_INIT	0x04500u
#define APIC_START_UP	0x04600u
#define APIC_FIXED	0x04000u
#define APIC_SMI	0x04200u
#define APIC_LOGICAL	0x00800u
#define APIC_SELF	0x40000u
#define APIC_ALL	0x80000u
#define APIC_OTHERS	0xc0000u

/* How ICR, EOI and TPR are reached. */
enum apic_way {
	APIC_BY_X2,	/* MSRs 0x800 and on */
	APIC_BY_PAGE,	/* memory */
	APIC_BY_MSR,	/* the hypervisor's MSRs EOI, ICR and TPR */
};
extern enum apic_way apic_way;

/* Whether it is in x2APIC mode. */
bool apic_is_x2(void);

/* Turns it on, on each processor. */
void apic_init(void);

uint32_t apic_id(void);
uint32_t apic_read(uint32_t offset);
void apic_write(uint32_t offset, uint32_t value);

/* The whole ICR: a destination as the mode has it, in 31:0. */
void apic_send(uint32_t to, uint32_t low);
void apic_eoi(void);
uint8_t apic_priority(void);
void apic_set_priority(uint8_t priority);

#endif
