/* CPUID: the processor's own leaves less what is ours, and the hypervisor's. */
/* SPDX-License-Identifier: MIT */
#include "cpuid.h"

#include "../abi/cpuid.h"
#include "../lib/asm.h"
#include "machine.h"
#include "partition.h"
#include "vp.h"

/* Linux's driver knows builds 27744 to 27751 (mshv_root_main.c). */
#define BUILD		27744
#define MAJOR_VERSION	10

#define CR4_OSXSAVE	(1u << 18)
#define CR4_PKE		(1u << 22)

/* Leaf 1, ECX */
#define VIRTUALIZATION_INTEL	(1u << 5)
#define TSC_DEADLINE	(1u << 24)
#define OSXSAVE		(1u << 27)
#define HYPERVISOR	(1u << 31)
/* Leaf 7, ECX */
#define OSPKE		(1u << 4)
/* Leaf 0x80000001, ECX */
#define VIRTUALIZATION_AMD	(1u << 2)
#define SKINIT		(1u << 12)

/* Leaf 0x80000008, EBX: what VMRUN would have to be told of */
#define INVLPGB		(1u << 3)
#define MCOMMIT		(1u << 8)
#define INVLPGB_NESTED	(1u << 21)
/* Leaf 7.1, EAX: without the IDT there is no vector without a gate */
#define FRED		(1u << 17)

/* Bits 0 and 12 of the high half are what makes Linux a root partition. */
uint64_t cpuid_parent_privileges(void)
{
	uint32_t low = HV_ACCESS_VP_RUNTIME | HV_ACCESS_REF_COUNTER |
		HV_ACCESS_SYNIC | HV_ACCESS_STIMER |
		HV_ACCESS_HYPERCALL_MSRS | HV_ACCESS_VP_INDEX |
		HV_ACCESS_RESET | HV_ACCESS_REFERENCE_TSC |
		HV_ACCESS_FREQUENCY_MSRS;
	uint32_t high = HV_CREATE_PARTITIONS | HV_ACCESS_PARTITION_ID |
		HV_ACCESS_MEMORY_POOL | HV_POST_MESSAGES | HV_SIGNAL_EVENTS |
		HV_CREATE_PORT | HV_CONNECT_PORT | HV_ACCESS_STATS |
		HV_CPU_MANAGEMENT;

	if (!machine.x2apic)
		low |= HV_ACCESS_APIC_MSRS;
	return low | (uint64_t)high << 32;
}

static uint32_t hints(void)
{
	/* Synthetic interrupts come as ordinary ones: the parent must write
	 * the EOI itself. The APIC's MSRs are not recommended: with them Linux
	 * looks at the assist page at every EOI, also between unmapping and
	 * forgetting it when a processor goes offline (hv_cpu_die()). */
	return HV_HINT_RELAXED_TIMING | HV_HINT_DEPRECATE_AUTO_EOI;
}

struct cpuid cpuid_hypervisor(uint32_t leaf)
{
	switch (leaf) {
	case HV_CPUID_VENDOR:		/* "Microsoft Hv" */
		return (struct cpuid){HV_CPUID_LAST, 0x7263694d, 0x666f736f,
			0x76482074};
	case HV_CPUID_INTERFACE:	/* "Hv#1" */
		return (struct cpuid){0x31237648, 0, 0, 0};
	case HV_CPUID_VERSION:
		return (struct cpuid){BUILD, MAJOR_VERSION << 16, 0, 0};
	case HV_CPUID_FEATURES:
		return (struct cpuid){(uint32_t)parent->privileges,
			(uint32_t)(parent->privileges >> 32), 0,
			HV_FREQUENCY_MSRS_AVAILABLE | HV_CRASH_MSRS_AVAILABLE |
			HV_STIMER_DIRECT_AVAILABLE};
	case HV_CPUID_HINTS:
		return (struct cpuid){hints(), 0xffffffff, 0, 0};
	case HV_CPUID_LIMITS:
		return (struct cpuid){machine.cpu_count, machine.cpu_count,
			0, 0};
	}
	return (struct cpuid){0, 0, 0, 0};
}

static struct cpuid native_leaf(struct vp *vp, uint32_t leaf, uint32_t subleaf)
{
	struct cpuid r = cpuid(leaf, subleaf);
	uint64_t cr4;

	switch (leaf) {
	case 1:
		/* Ours is live while we serve the exit. */
		cr4 = vp_ops->get(vp, VP_CR4);
		/* The APIC's timer is the hypervisor's. */
		r.ecx &= ~(VIRTUALIZATION_INTEL | OSXSAVE | TSC_DEADLINE);
		r.ecx |= HYPERVISOR | (cr4 & CR4_OSXSAVE ? OSXSAVE : 0);
		break;
	case 7:
		if (subleaf == 1)
			r.eax &= ~FRED;
		if (subleaf)
			break;
		cr4 = vp_ops->get(vp, VP_CR4);
		r.ecx &= ~OSPKE;
		r.ecx |= cr4 & CR4_PKE ? OSPKE : 0;
		break;
	case 0x80000008:
		r.ebx &= ~(INVLPGB | INVLPGB_NESTED | MCOMMIT);
		break;
	case 0x80000001:
		r.ecx &= ~(VIRTUALIZATION_AMD | SKINIT);
		break;
	case 0x8000000a:	/* virtualization, AMD */
	case 0x8000001f:	/* memory encryption */
		return (struct cpuid){0, 0, 0, 0};
	}
	return r;
}

void cpuid_exit(struct vp *vp)
{
	uint32_t leaf = (uint32_t)vp->gpr[GPR_RAX];
	struct cpuid r;

	if (leaf >= HV_CPUID_VENDOR && leaf < HV_CPUID_VENDOR + 0x10000)
		r = cpuid_hypervisor(leaf);
	else
		r = native_leaf(vp, leaf, (uint32_t)vp->gpr[GPR_RCX]);
	vp->gpr[GPR_RAX] = r.eax;
	vp->gpr[GPR_RBX] = r.ebx;
	vp->gpr[GPR_RCX] = r.ecx;
	vp->gpr[GPR_RDX] = r.edx;
	vp_ops->skipped(vp);
}
