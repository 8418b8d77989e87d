/* A tiny guest: exceptions, segments, strings, changed code, MSRs. */
/* SPDX-License-Identifier: MIT */
#include "tiny.h"
#include "trap.h"

#define VECTOR_DE	0
#define VECTOR_BP	3
#define VECTOR_OF	4
#define VECTOR_UD	6
#define VECTOR_NP	11
#define VECTOR_GP	13

void test_exceptions(void)
{
	CHECK(TRY("ud2") == VECTOR_UD);
	CHECK(TRY("int3") == VECTOR_BP);
	CHECK(TRY("xor %%ecx, %%ecx\nxor %%edx, %%edx\ndiv %%ecx") ==
		VECTOR_DE);
	CHECK(TRY("mov $0x7f, %%al\nadd $1, %%al\ninto") == VECTOR_OF);
	CHECK(TRY("mov $0xfff8, %%ax\nmov %%ax, %%fs") == VECTOR_GP);
	CHECK(trap_code == 0xfff8);
	CHECK(TRY("nop") == TRAP_NONE);
}

/* A base, a descriptor that is not present, and that a loaded segment does not
 * care for its descriptor. Limits are not looked at: QEMU has none. */
void test_segments(void)
{
	static uint32_t words[4] = { 11, 22, 33, 44 };
	uint32_t base = (uint32_t)&words[1], value;
	uint64_t wanted = 0x0040930000000fffull |
		(uint64_t)(base & 0xffffff) << 16 |
		(uint64_t)(base >> 24) << 56;

	trap_gdt[TRAP_FREE / 8] = wanted;
	__asm__ volatile("mov %1, %%fs\nmov %%fs:4, %0" : "=r" (value)
		: "r" (TRAP_FREE) : "memory");
	CHECK(value == 33);
	trap_gdt[TRAP_FREE / 8] = wanted & ~(1ull << 47);
	CHECK(TRY("mov %0, %%gs", "r" (TRAP_FREE)) == VECTOR_NP);
	CHECK(trap_code == TRAP_FREE);
	__asm__ volatile("mov %%fs:0, %0" : "=r" (value) : : "memory");
	CHECK(value == 22);
	/* Code can be no stack. */
	CHECK(TRY("mov %0, %%ss", "r" (TRAP_CODE)) == VECTOR_GP);
	CHECK(trap_code == TRAP_CODE);
}

/* The port's scratch register can be written and read. */
void test_strings(void)
{
	static const char text[] = "guest: these are strings\r\n";
	uint8_t in[5] = { 9, 9, 9, 9, 9 };
	const char *from = text;
	uint8_t *to = in;
	uint32_t count = sizeof(text) - 1;
	uint16_t port = 0x3f8;

	__asm__ volatile("rep outsb" : "+S" (from), "+c" (count)
		: "d" (port) : "memory");
	CHECK(!count && from == text + sizeof(text) - 1);
	outb(0x3f8 + 7, 0x5a);
	port = 0x3f8 + 7;	/* scratch */
	count = 4;
	__asm__ volatile("rep insb" : "+D" (to), "+c" (count)
		: "d" (port) : "memory");
	CHECK(!count && to == in + 4);
	CHECK(in[0] == 0x5a && in[3] == 0x5a && in[4] == 9);
	count = 3;
	to = in + 4;
	__asm__ volatile("std\nrep insb\ncld" : "+D" (to), "+c" (count)
		: "d" (port) : "memory");
	CHECK(!count && to == in + 1 && in[4] == 0x5a);
}

/* mov $n, %eax; ret: with another n each time. */
void test_modified_code(void)
{
	static uint8_t code[16] __attribute__((section(".data")));
	uint32_t (*run)(void) = (uint32_t (*)(void))(uint32_t)code;
	volatile uint8_t *byte = code;
	uint32_t i;

	byte[0] = 0xb8;
	byte[5] = 0xc3;
	for (i = 0; i < 1000; i++) {
		byte[1] = i;
		byte[2] = i >> 8;
		CHECK(run() == i);
	}
}

#define EFER		0xc0000080u
#define EFER_SCE	0x1ull
#define EFER_SVME	0x1000ull
#define PAT		0x277u
#define NOTHING		0xc0012345u

void test_msrs(void)
{
	uint64_t pat = rdmsr(PAT);

	wrmsr(EFER, rdmsr(EFER) | EFER_SCE);
	CHECK(rdmsr(EFER) & EFER_SCE);
	wrmsr(EFER, rdmsr(EFER) & ~EFER_SCE);
	CHECK(!(rdmsr(EFER) & EFER_SCE));
	wrmsr(PAT, 0x0001040600070406ull);
	CHECK(rdmsr(PAT) == 0x0001040600070406ull);
	wrmsr(PAT, pat);
	CHECK(TRY("mov $0x277, %%ecx\nmov $2, %%eax\nxor %%edx, %%edx\n"
		"wrmsr") == VECTOR_GP);
	/* The worker's choice: reads 0, takes writes. */
	wrmsr(NOTHING, 5);
	CHECK(rdmsr(NOTHING) == 0);
}

/* There is no AMD-V in a VM. */
void test_virtualization(void)
{
	CHECK(TRY("mov $0xc0000080, %%ecx\nrdmsr\nor $0x1000, %%eax\n"
		"wrmsr") == VECTOR_GP);
	CHECK(!(rdmsr(EFER) & EFER_SVME));
	CHECK(TRY("mov $0x1000, %%eax\nvmrun") == VECTOR_UD);
	CHECK(TRY("mov $0x1000, %%eax\nvmload") == VECTOR_UD);
	CHECK(TRY("mov $0x1000, %%eax\nvmsave") == VECTOR_UD);
	CHECK(TRY("stgi") == VECTOR_UD);
	CHECK(TRY("clgi") == VECTOR_UD);
	CHECK(TRY("skinit") == VECTOR_UD);
	CHECK(TRY("invlpga") == VECTOR_UD);
	/* A hypercall before the guest has named itself: TLFS 3.13. */
	CHECK(TRY("vmmcall") == VECTOR_UD);
	CHECK(TRY("vmcall") == VECTOR_UD);
}
