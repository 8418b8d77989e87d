/* CPUID, MSRs, and instructions that are not the parent's. */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/abi/cpuid.h"
#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/string.h"
#include "apic.h"
#include "call.h"
#include "cpu.h"
#include "memory.h"
#include "run.h"
#include "tests.h"
#include "trap.h"

#define MSR_TSC		0x10
#define MSR_APIC_BASE	0x1b
#define MSR_EFER	0xc0000080
#define MSR_VM_CR	0xc0010114
#define MSR_VM_HSAVE	0xc0010117
#define MSR_SVM_KEY	0xc0010118
#define EFER_SVME	(1ull << 12)

static void leaves(void)
{
	struct cpuid r = cpuid(0x40000000, 0);

	EXPECT(r.eax >= 0x40000005, true);
	EXPECT(r.ebx, 0x7263694d);
	EXPECT(r.ecx, 0x666f736f);
	EXPECT(r.edx, 0x76482074);
	EXPECT(cpuid(0x40000001, 0).eax, 0x31237648);
	r = cpuid(0x40000003, 0);
	EXPECT(r.eax & ~(uint32_t)HV_ACCESS_APIC_MSRS, 0xaef);
	EXPECT(!(r.eax & HV_ACCESS_APIC_MSRS), apic_is_x2());
	EXPECT(r.ebx, 0x11f7);
	EXPECT(r.edx, HV_FREQUENCY_MSRS_AVAILABLE |
		HV_CRASH_MSRS_AVAILABLE | HV_STIMER_DIRECT_AVAILABLE);
	EXPECT(cpuid(0x40000004, 0).eax, 0x220);
	EXPECT(cpuid(0x40000082, 0).eax & 0xc, 0);
	EXPECT(cpuid(1, 0).ecx >> 31, 1);
	EXPECT(cpuid(0x80000001, 0).ecx & 1 << 2, 0);
	EXPECT(cpuid(0x8000000a, 0).edx, 0);
	/* OSXSAVE is the parent's, not the hypervisor's. */
	write_cr4(read_cr4() & ~(1ull << 18));
	EXPECT(cpuid(1, 0).ecx & 1 << 27, 0);
	if (cpuid(1, 0).ecx & 1 << 26) {
		write_cr4(read_cr4() | 1ull << 18);
		EXPECT(cpuid(1, 0).ecx & 1 << 27, 1 << 27);
		write_cr4(read_cr4() & ~(1ull << 18));
	}
}

/* Those that exist: read as the table says; all others are #GP. */
static bool can_read(uint32_t msr)
{
	bool page = !apic_is_x2();

	switch (msr) {
	case HV_MSR_EOI:
		return false;
	case HV_MSR_ICR:
	case HV_MSR_TPR:
		return page;
	case HV_MSR_GUEST_OS_ID ... HV_MSR_RESET:
	case HV_MSR_VP_RUNTIME:
	case HV_MSR_TIME_REF_COUNT ... HV_MSR_APIC_FREQUENCY:
	case HV_MSR_VP_ASSIST_PAGE:
	case HV_MSR_SCONTROL ... HV_MSR_SIRBP:
	case HV_MSR_SINT0 ... HV_MSR_SINT15:
	case HV_MSR_STIMER0_CONFIG ... HV_MSR_STIMER3_COUNT:
	case HV_MSR_CRASH_P0 ... HV_MSR_CRASH_CTL:
		return true;
	}
	return false;
}

static void synthetic(void)
{
	uint64_t value;
	uint32_t msr;

	for (msr = 0x40000000; msr <= HV_MSR_LAST; msr++) {
		report_about("MSR %x", msr);
		EXPECT(run_rdmsr(msr, &value), can_read(msr) ? 0 : VECTOR_GP);
		if (!can_read(msr) && msr != HV_MSR_EOI)
			EXPECT(run_wrmsr(msr, 0), VECTOR_GP);
	}
	report_about("read-only");
	EXPECT(run_wrmsr(HV_MSR_VP_INDEX, 0), VECTOR_GP);
	EXPECT(run_wrmsr(HV_MSR_VP_RUNTIME, 0), VECTOR_GP);
	EXPECT(run_wrmsr(HV_MSR_TIME_REF_COUNT, 0), VECTOR_GP);
	EXPECT(run_wrmsr(HV_MSR_TSC_FREQUENCY, 0), VECTOR_GP);
	EXPECT(run_wrmsr(HV_MSR_APIC_FREQUENCY, 0), VECTOR_GP);
	EXPECT(run_wrmsr(HV_MSR_SVERSION, 0), VECTOR_GP);
	EXPECT(rdmsr(HV_MSR_VP_INDEX), 0);
	EXPECT(rdmsr(HV_MSR_SVERSION), 1);
	EXPECT(rdmsr(HV_MSR_TSC_FREQUENCY) > 1000000, true);
	EXPECT(rdmsr(HV_MSR_APIC_FREQUENCY) > 1000000, true);
}

/* Page numbers are the hypervisor's; bit 0 is the parent's. */
static void overlays(void)
{
	static const uint32_t msrs[] = {HV_MSR_REFERENCE_TSC, HV_MSR_SIMP,
		HV_MSR_SIEFP, HV_MSR_SIRBP, HV_MSR_VP_ASSIST_PAGE};
	static const uint64_t values[] = {~0ull, 0, 0xfee00001, 0xa0001,
		0x5a5a5a5a5a5a5a5b, 0xe10001, 0xfffffffffffff000, 1};
	unsigned int i, j;

	for (i = 0; i < sizeof(msrs) / sizeof(*msrs); i++) {
		uint64_t page = rdmsr(msrs[i]) & ~0xfffull;

		for (j = 0; j < sizeof(values) / sizeof(*values); j++) {
			report_about("MSR %x, value %lx", msrs[i], values[j]);
			EXPECT(run_wrmsr(msrs[i], values[j]), 0);
			EXPECT(rdmsr(msrs[i]), page | (values[j] & 1));
		}
	}
	for (i = 0; i < 10000; i++)
		wrmsr(HV_MSR_REFERENCE_TSC, i % 3 ? ~0ull : 0);
	wrmsr(HV_MSR_REFERENCE_TSC, 1);
}

static void sints(void)
{
	uint32_t msr;

	for (msr = HV_MSR_SINT0; msr <= HV_MSR_SINT15; msr++) {
		report_about("MSR %x", msr);
		EXPECT(rdmsr(msr), HV_SINT_MASKED);
		EXPECT(run_wrmsr(msr, 15), VECTOR_GP);
		EXPECT(run_wrmsr(msr, 0), VECTOR_GP);
		EXPECT(run_wrmsr(msr, 16), 0);
		EXPECT(rdmsr(msr), 16);
		EXPECT(run_wrmsr(msr, HV_SINT_MASKED), 0);
	}
	for (msr = HV_MSR_STIMER0_CONFIG; msr < HV_MSR_STIMER3_COUNT;
			msr += 2) {
		report_about("MSR %x", msr);
		EXPECT(run_wrmsr(msr, 1ull << 13), VECTOR_GP);
		EXPECT(run_wrmsr(msr, ~0ull), VECTOR_GP);
		EXPECT(run_wrmsr(msr, HV_STIMER_DIRECT | 15 << 4), VECTOR_GP);
		EXPECT(run_wrmsr(msr, HV_STIMER_ENABLE), 0);
		EXPECT(rdmsr(msr), 0);
	}
}

static void vendor(void)
{
	uint64_t value, efer = rdmsr(MSR_EFER);

	EXPECT(efer & EFER_SVME, 0);
	EXPECT(run_wrmsr(MSR_EFER, efer | EFER_SVME), VECTOR_GP);
	EXPECT(run_wrmsr(MSR_EFER, ~0ull), VECTOR_GP);
	EXPECT(run_wrmsr(MSR_EFER, efer & ~(1ull << 8)), VECTOR_GP);
	EXPECT(run_wrmsr(MSR_EFER, efer ^ 1), 0);
	EXPECT(rdmsr(MSR_EFER), efer ^ 1);
	wrmsr(MSR_EFER, efer);
	EXPECT(run_rdmsr(MSR_VM_CR, &value), 0);
	EXPECT(value & 1 << 4, 1 << 4);
	EXPECT(run_wrmsr(MSR_VM_CR, 0), VECTOR_GP);
	EXPECT(run_rdmsr(MSR_VM_HSAVE, &value), VECTOR_GP);
	EXPECT(run_wrmsr(MSR_VM_HSAVE, 0x100000), VECTOR_GP);
	EXPECT(run_wrmsr(MSR_SVM_KEY, 1), VECTOR_GP);
	value = rdmsr(MSR_APIC_BASE);
	EXPECT(run_wrmsr(MSR_APIC_BASE, value), 0);
	EXPECT(run_wrmsr(MSR_APIC_BASE, value ^ 1 << 11), VECTOR_GP);
	EXPECT(run_wrmsr(MSR_APIC_BASE, value ^ 1 << 10), VECTOR_GP);
	EXPECT(run_wrmsr(MSR_APIC_BASE, value ^ 1 << 12), VECTOR_GP);
	/* The reference time hangs on it. */
	value = rdtsc();
	wrmsr(MSR_TSC, 0);
	EXPECT(rdtsc() > value, true);
}

/* All the rest can be read or is #GP; nobody minds. */
static void all_reads(void)
{
	static const uint32_t from[] = {0, 0x40000000, 0xc0000000, 0xc0010000};
	static const uint32_t to[] = {0x2000, 0x40000200, 0xc0002000,
		0xc0012000};
	unsigned int i;

	for (i = 0; i < 4; i++) {
		uint32_t msr;

		for (msr = from[i]; msr < to[i]; msr++) {
			uint64_t value;
			unsigned int vector = run_rdmsr(msr, &value);

			report_about("MSR %x", msr);
			EXPECT(vector == 0 || vector == VECTOR_GP, true);
		}
	}
}

static void instructions(void)
{
	static const uint8_t codes[][3] = {
		{0x0f, 0x01, 0xd8}, {0x0f, 0x01, 0xda}, {0x0f, 0x01, 0xdb},
		{0x0f, 0x01, 0xdc}, {0x0f, 0x01, 0xdd}, {0x0f, 0x01, 0xde},
		{0x0f, 0x01, 0xdf},
		{0x0f, 0x01, 0xc1},	/* VMCALL is Intel's */
	};
	static const uint8_t prefixed[] = {0x66, 0x2e, 0x48, 0x0f, 0xa2};
	struct run run;
	unsigned int i;

	for (i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
		memset(&run, 0, sizeof(run));
		report_about("0f 01 %x", codes[i][2]);
		run_bytes(&run, codes[i], 3, CODE64, 0);
		EXPECT(run.vector, VECTOR_UD);
		EXPECT(run.rip, 0);
	}
	/* Prefixes count, and so does a page's end. */
	for (i = 0; i < 16; i++) {
		memset(&run, 0, sizeof(run));
		report_about("CPUID with prefixes, %u before a page's end", i);
		run_bytes(&run, prefixed, 5, CODE64, 0x1000 - i);
		EXPECT(run.vector, VECTOR_BP);
		EXPECT(run.rip, 5);
	}
}

/* HOSTILE.md, N3. */
static void callers(void)
{
	static const uint8_t code[] = {0x0f, 0x01, 0xd9, RUN_END};
	struct run run = {.gpr[RUN_RCX] = HVCALL_GET_PARTITION_ID,
		.gpr[RUN_R8] = (uint64_t)call_out};

	run_bytes(&run, code, 4, USER_CODE, 0);
	EXPECT(run.vector, VECTOR_UD);
	memset(&run, 0, sizeof(run));
	run_bytes(&run, code, 4, CODE32, 0);
	EXPECT(run.vector, VECTOR_UD);
	call_disable();
	EXPECT(rdmsr(HV_MSR_HYPERCALL) & 1, 0);
	EXPECT(call_raw(HVCALL_GET_PARTITION_ID, 0, (uint64_t)call_out),
		CALL_FAULT | VECTOR_UD);
	report_about("no page without an identity");
	wrmsr(HV_MSR_HYPERCALL, 1);
	EXPECT(rdmsr(HV_MSR_HYPERCALL) & 1, 0);
	call_enable();
	EXPECT(call_raw(HVCALL_GET_PARTITION_ID, 0, (uint64_t)call_out),
		HV_STATUS_SUCCESS);
	report_about("user mode has no MSRs");
	run = (struct run){.gpr[RUN_RCX] = HV_MSR_VP_INDEX};
	run_bytes(&run, (const uint8_t[]){0x0f, 0x32}, 2, USER_CODE, 0);
	EXPECT(run.vector, VECTOR_GP);
}

const struct test msrs_tests[] = {
	{"msrs: CPUID leaves", leaves},
	{"msrs: the synthetic ones", synthetic},
	{"msrs: pages of the hypervisor", overlays},
	{"msrs: SINTs and timers", sints},
	{"msrs: those of AMD-V and the APIC", vendor},
	{"msrs: all can be read or not", all_reads},
	{"msrs: instructions", instructions},
	{"msrs: who may call", callers},
	{0},
};
