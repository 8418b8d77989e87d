/* Hostile guests: the hypervisor's interface. */
/* SPDX-License-Identifier: MIT */
#include "hv.h"

#include "trap.h"

#define OS_ID		0x8100000000000001ull
#define VECTOR_GP	13
#define VPS		8
#define STACK		8192
/* Of segments, as a descriptor has them. */
#define CODE		0xc09b
#define DATA		0xc093
#define TSS		0x008b
#define LDT		0x0082

struct hv_message hv_messages[16] __attribute__((aligned(4096)));
uint64_t hv_flags[512] __attribute__((aligned(4096)));
static uint8_t code[PAGE] __attribute__((aligned(4096)));
static uint8_t stacks[VPS][STACK] __attribute__((aligned(16)));
static uint8_t tss[104] __attribute__((aligned(128)));

uint64_t hv_call(uint64_t control, uint64_t in, uint64_t out)
{
	uint32_t low, high;

	__asm__ volatile("vmmcall" : "=a" (low), "=d" (high)
		: "a" ((uint32_t)control), "d" ((uint32_t)(control >> 32)),
		"b" ((uint32_t)(in >> 32)), "c" ((uint32_t)in),
		"D" ((uint32_t)(out >> 32)), "S" ((uint32_t)out) : "memory");
	return (uint64_t)high << 32 | low;
}

bool hv_write(uint32_t msr, uint64_t value)
{
	trap_vector = TRAP_NONE;
	__asm__ volatile("movl $1f, trap_resume\nwrmsr\n1:"
		: : "c" (msr), "A" (value) : "memory");
	trap_resume = 0;
	CHECK(trap_vector == TRAP_NONE || trap_vector == VECTOR_GP);
	return trap_vector == TRAP_NONE;
}

bool hv_read(uint32_t msr, uint64_t *value)
{
	trap_vector = TRAP_NONE;
	__asm__ volatile("movl $1f, trap_resume\nrdmsr\n1:"
		: "=A" (*value) : "c" (msr), "0" (0ull) : "memory");
	trap_resume = 0;
	CHECK(trap_vector == TRAP_NONE || trap_vector == VECTOR_GP);
	return trap_vector == TRAP_NONE;
}

uint64_t hv_time(void)
{
	return rdmsr(HV_MSR_TIME_REF_COUNT);
}

void hv_pause(void)
{
	hv_call(HVCALL_SPIN_WAIT | HVCALL_FAST, 0, 0);
}

void hv_synic_init(void)
{
	CHECK(hv_write(HV_MSR_SIMP, quad_of(hv_messages) | 1));
	CHECK(hv_write(HV_MSR_SIEFP, quad_of(hv_flags) | 1));
	CHECK(hv_write(HV_MSR_SCONTROL, 1));
}

void hv_init(void)
{
	wrmsr(HV_MSR_GUEST_OS_ID, OS_ID);
	CHECK(hv_write(HV_MSR_HYPERCALL, quad_of(code) | HV_HYPERCALL_ENABLE));
	hv_synic_init();
}

static void segment(
	union hv_register_value *to, uint64_t base, uint32_t limit,
	uint16_t selector, uint16_t attributes)
{
	to->quad[0] = base;
	to->quad[1] = limit | (uint64_t)selector << 32 |
		(uint64_t)attributes << 48;
}

static void table(
	union hv_register_value *to, const void *base, uint16_t limit)
{
	to->quad[0] = (uint64_t)limit << 48;
	to->quad[1] = quad_of(base);
}

static void flat(struct hv_vp_context *context)
{
	unsigned int i;

	segment(&context->segment[0], 0, ~0u, TRAP_CODE, CODE);
	for (i = 1; i < 6; i++)
		segment(&context->segment[i], 0, ~0u, TRAP_DATA, DATA);
	segment(&context->segment[6], quad_of(tss), sizeof(tss) - 1, 0, TSS);
	segment(&context->segment[7], 0, 0xffff, 0, LDT);
	table(&context->gdtr, trap_gdt, sizeof(trap_gdt) - 1);
	table(&context->idtr, trap_idt, sizeof(trap_idt) - 1);
}

uint16_t hv_try_start(uint32_t vp, void (*run)(void))
{
	static struct hv_start_vp_in in __attribute__((aligned(256)));
	static const struct hv_start_vp_in none;

	CHECK(vp && vp <= VPS);
	in = none;
	in.partition_id = HV_PARTITION_ID_SELF;
	in.vp_index = vp;
	in.context.rip = quad_of(run);
	in.context.rsp = quad_of(stacks[vp - 1] + STACK - 16);
	in.context.rflags = 2;
	in.context.cr0 = 0x11;
	in.context.pat = 0x0007040600070406ull;
	flat(&in.context);
	return STATUS(hv_call(HVCALL_START_VP, quad_of(&in), 0));
}

void hv_start(uint32_t vp, void (*run)(void))
{
	CHECK(hv_try_start(vp, run) == HV_STATUS_SUCCESS);
}

/* Identities are indexes. */
uint32_t hv_processors(void)
{
	static uint64_t in[3] __attribute__((aligned(32))), out;
	uint32_t count = 0;

	for (;; count++) {
		in[0] = HV_PARTITION_ID_SELF;
		in[2] = count;
		if (STATUS(hv_call(HVCALL_GET_VP_INDEX_FROM_APIC_ID | REPS(1),
			quad_of(in), quad_of(&out))) != HV_STATUS_SUCCESS)
			return count;
	}
}
