/* The interrupt command register: INIT and start-up stay virtual for ever, else
 * the parent could start a processor outside of its partition. */
/* SPDX-License-Identifier: MIT */
#include "icr.h"

#include "log.h"
#include "machine.h"
#include "partition.h"
#include "vp.h"

/* SDM v3 11.6.1 */
#define DELIVERY(icr)	((uint32_t)(icr) >> 8 & 7)
#define LOGICAL		0x800u
#define ASSERT_LEVEL	0x4000u
#define TRIGGER_LEVEL	0x8000u
#define SHORTHAND(icr)	((uint32_t)(icr) >> 18 & 3)

/* Of the x2APIC's, where they are #GP. SDM v3 11.12.9 */
#define RESERVED_X2	0xfff33000ull

enum { FIXED, LOWEST, SMI, RESERVED, NMI, INIT, STARTUP, EXTINT };
enum { NO_SHORTHAND, SELF, ALL, OTHERS };

static bool is_target(const struct vp *from, uint64_t icr,
	const struct cpu *cpu)
{
	uint32_t to = machine.x2apic ? icr >> 32 : icr >> 56;
	uint32_t everyone = machine.x2apic ? 0xffffffff : 0xff;

	switch (SHORTHAND(icr)) {
	case SELF:
		return cpu == from->cpu;
	case ALL:
		return true;
	case OTHERS:
		return cpu != from->cpu;
	}
	if (icr & LOGICAL)
		return machine_is_logical_target(cpu->index, to);
	return to == everyone || to == cpu->apic_id;
}

static void serve(struct vp *to, uint64_t icr)
{
	/* A VP that CREATE_VP has not made yet hears nothing. */
	if (!__atomic_load_n(&to->created, __ATOMIC_ACQUIRE))
		return;
	switch (DELIVERY(icr)) {
	case NMI:
		vp_request(to, VP_REQUEST_NMI);
		break;
	case INIT:
		vp_request(to, VP_REQUEST_INIT);
		break;
	case STARTUP:
		__atomic_store_n(&to->sipi_vector, (uint8_t)icr,
			__ATOMIC_SEQ_CST);
		vp_request(to, VP_REQUEST_SIPI);
		break;
	}
}

bool icr_write(struct vp *vp, uint64_t value)
{
	uint32_t i;

	if (machine.x2apic && value & RESERVED_X2)
		return false;
	vp->synic.icr = value;
	switch (DELIVERY(value)) {
	case FIXED:
	case LOWEST:
		/* x2APIC: a vector below 16 is an error of the APIC's. */
		return machine_send(value);
	case NMI:
	case STARTUP:
		break;
	case INIT:
		/* INIT level de-assert does nothing since the Pentium 4. */
		if (value & TRIGGER_LEVEL && !(value & ASSERT_LEVEL))
			return true;
		break;
	default:
		/* An SMI would be a door into the firmware. */
		log_parent("The parent's ICR value %lx is dropped.", value);
		return true;
	}
	for (i = 0; i < machine.cpu_count; i++) {
		if (is_target(vp, value, cpus[i]))
			serve(cpus[i]->vp, value);
	}
	return true;
}
