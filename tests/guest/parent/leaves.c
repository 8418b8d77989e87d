/* CPUID. docs/hypervisor.md; TLFS 2.4 */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/abi/cpuid.h"
#include "../../../hypervisor/lib/asm.h"
#include "apic.h"
#include "cpu.h"
#include "run.h"
#include "tests.h"
#include "trap.h"

#define OSXSAVE		(1u << 27)
#define CR4_OSXSAVE	(1u << 18)
#define CR4_PKE		(1u << 22)

static void expect_leaf(uint32_t leaf, uint32_t eax, uint32_t ebx,
	uint32_t ecx, uint32_t edx)
{
	struct cpuid r = cpuid(leaf, 0);

	report_about("leaf %x", leaf);
	EXPECT(r.eax, eax);
	EXPECT(r.ebx, ebx);
	EXPECT(r.ecx, ecx);
	EXPECT(r.edx, edx);
}

static void identity(void)
{
	expect_leaf(0x40000000, 0x4000000b, 0x7263694d, 0x666f736f,
		0x76482074);
	expect_leaf(0x40000001, 0x31237648, 0, 0, 0);
	EXPECT_BETWEEN(cpuid(0x40000002, 0).eax, 27744, 27751);
	EXPECT(cpuid(0x40000002, 0).ebx, 10 << 16);
}

/* Bits by number: what the TLFS calls them is in 4.2.2. */
static void features(void)
{
	expect_leaf(0x40000003, 0xaef | (apic_is_x2() ? 0 : 1 << 4), 0x11f7, 0,
		1 << 8 | 1 << 10 | 1 << 19);
	expect_leaf(0x40000004, 1 << 5 | 1 << 9, ~0u, 0, 0);
	expect_leaf(0x40000005, cpu_count, cpu_count, 0, 0);
}

static void unknown_leaves(void)
{
	uint32_t leaf;

	for (leaf = 0x40000006; leaf < 0x40000110; leaf++)
		expect_leaf(leaf, 0, 0, 0, 0);
	expect_leaf(0x40000fff, 0, 0, 0, 0);
	expect_leaf(0x4000ffff, 0, 0, 0, 0);
}

static void no_virtualization(void)
{
	EXPECT(cpuid(1, 0).ecx >> 31, 1);
	EXPECT(cpuid(1, 0).ecx & 1 << 5, 0);
	EXPECT(cpuid(0x80000001, 0).ecx & (1 << 2 | 1 << 12), 0);
	expect_leaf(0x8000000a, 0, 0, 0, 0);
	expect_leaf(0x8000001f, 0, 0, 0, 0);
}

static void apic(void)
{
	EXPECT(cpuid(1, 0).ebx >> 24, cpu_self()->apic_id);
	EXPECT(cpuid(1, 0).ecx & 1 << 24, 0);
	if (apic_is_x2())
		EXPECT(cpuid(1, 0).ecx >> 21 & 1, 1);
}

/* Bits that follow CR4, which is the parent's and not the hypervisor's. */
static void follows_cr4(void)
{
	uint64_t cr4 = read_cr4();

	write_cr4(cr4 | CR4_OSXSAVE);
	EXPECT(cpuid(1, 0).ecx & OSXSAVE, OSXSAVE);
	write_cr4(cr4 & ~(uint64_t)CR4_OSXSAVE);
	EXPECT(cpuid(1, 0).ecx & OSXSAVE, 0);
	write_cr4(cr4);
	EXPECT(cpuid(7, 0).ecx & 1 << 4, 0);
	if (!(cpuid(7, 0).ecx & 1 << 3))
		return;
	write_cr4(cr4 | CR4_PKE);
	EXPECT(cpuid(7, 0).ecx & 1 << 4, 1 << 4);
	write_cr4(cr4);
}

/* Upper halves are cleared, the rest is kept, in every mode. */
static void registers(void)
{
	static const uint8_t code[] = {0x0f, 0xa2};
	static const uint16_t selectors[] = {CODE64, USER_CODE, CODE32, CODE16};
	struct run run;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		run = (struct run){0};
		run.gpr[RUN_RAX] = 0xabcdef0140000000;
		run.gpr[RUN_RCX] = run.gpr[RUN_RDX] = ~0ull;
		run.gpr[RUN_RBX] = run.gpr[RUN_RSI] = ~0ull;
		report_about("selector %x", selectors[i]);
		run_bytes(&run, code, 2, selectors[i], 0);
		EXPECT(run.vector, VECTOR_BP);
		EXPECT(run.rip, 2);
		EXPECT(run.gpr[RUN_RAX], 0x4000000b);
		EXPECT(run.gpr[RUN_RBX], 0x7263694d);
		EXPECT(run.gpr[RUN_RCX], 0x666f736f);
		EXPECT(run.gpr[RUN_RDX], 0x76482074);
		if (selectors[i] == CODE64)
			EXPECT(run.gpr[RUN_RSI], ~0ull);
	}
}

const struct test leaf_tests[] = {
	{"cpuid: the hypervisor's name and version", identity},
	{"cpuid: features, hints and limits", features},
	{"cpuid: other leaves of the hypervisor are zeros", unknown_leaves},
	{"cpuid: no virtualization", no_virtualization},
	{"cpuid: APIC", apic},
	{"cpuid: bits that follow CR4", follows_cr4},
	{"cpuid: registers in every mode", registers},
	{0},
};
