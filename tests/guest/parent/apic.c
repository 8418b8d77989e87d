/* The local APIC, by its own registers and by those of the hypervisor. */
/* SPDX-License-Identifier: MIT */
#include "apic.h"

#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/asm.h"

#define MSR_APIC_BASE	0x1b
#define BASE_X2		(1u << 10)
#define MSR_X2		0x800
#define SVR_ON		0x1ff
#define PIC_MASK	0x21
#define PIC2_MASK	0xa1

enum apic_way apic_way;

bool apic_is_x2(void)
{
	return rdmsr(MSR_APIC_BASE) & BASE_X2;
}

void apic_init(void)
{
	if (!apic_way)
		apic_way = apic_is_x2() ? APIC_BY_X2 : APIC_BY_PAGE;
	/* The PICs would send IRQ 0 as vector 8. */
	outb(PIC_MASK, 0xff);
	outb(PIC2_MASK, 0xff);
	apic_write(APIC_SVR, SVR_ON);
}

uint32_t apic_read(uint32_t offset)
{
	if (apic_way == APIC_BY_X2)
		return (uint32_t)rdmsr(MSR_X2 + offset / 16);
	return *(volatile uint32_t *)(APIC_PAGE + offset);
}

void apic_write(uint32_t offset, uint32_t value)
{
	if (apic_way == APIC_BY_X2)
		wrmsr(MSR_X2 + offset / 16, value);
	else
		*(volatile uint32_t *)(APIC_PAGE + offset) = value;
}

uint32_t apic_id(void)
{
	uint32_t id = apic_read(APIC_ID);

	return apic_way == APIC_BY_X2 ? id : id >> 24;
}

void apic_send(uint32_t to, uint32_t low)
{
	switch (apic_way) {
	case APIC_BY_X2:
		wrmsr(MSR_X2 + APIC_ICR_LOW / 16, (uint64_t)to << 32 | low);
		break;
	case APIC_BY_MSR:
		wrmsr(HV_MSR_ICR, (uint64_t)to << 56 | low);
		break;
	case APIC_BY_PAGE:
		apic_write(APIC_ICR_HIGH, to << 24);
		apic_write(APIC_ICR_LOW, low);
		break;
	}
}

void apic_eoi(void)
{
	if (apic_way == APIC_BY_MSR)
		wrmsr(HV_MSR_EOI, 0);
	else
		apic_write(APIC_EOI, 0);
}

uint8_t apic_priority(void)
{
	if (apic_way == APIC_BY_MSR)
		return (uint8_t)rdmsr(HV_MSR_TPR);
	return (uint8_t)apic_read(APIC_TPR);
}

void apic_set_priority(uint8_t priority)
{
	if (apic_way == APIC_BY_MSR)
		wrmsr(HV_MSR_TPR, priority);
	else
		apic_write(APIC_TPR, priority);
}
