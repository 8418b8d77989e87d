/* Hypercalls. */
/* SPDX-License-Identifier: MIT */
#include "call.h"

#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/string.h"
#include "memory.h"
#include "report.h"
#include "run.h"
#include "trap.h"

/* OF DF SF ZF AF PF CF */
#define FLAGS	0xcd5ull
#define CARRY	0x1ull
#define OS_ID	0x8100000000000001ull	/* open source, none of the known */

const struct form forms[] = {
#include "hypercalls.inc"
};
const unsigned int form_count = sizeof(forms) / sizeof(*forms);

const struct form guest_forms[] = {
#include "guestcalls.inc"
};
const unsigned int guest_form_count = sizeof(guest_forms) /
	sizeof(*guest_forms);

void *call_in, *call_out;
uint32_t call_done;

void call_init(void)
{
	call_in = memory_take(2);	/* some cross into the next page */
	call_out = memory_take(1);
	call_enable();
}

/* RAX is the answer; RSP is checked by our being here; RCX may have a higher
 * start index. */
static void check_registers(const struct run *before, const struct run *after)
{
	unsigned int i;

	for (i = 1; i < 16; i++) {
		uint64_t got = after->gpr[i];

		if (i == RUN_RSP)
			continue;
		if (i == RUN_RCX && HVCALL_REPS(before->gpr[i]))
			got = (got & ~HVCALL_START_MASK) |
				(before->gpr[i] & HVCALL_START_MASK);
		if (got != before->gpr[i])
			report_about("register %u after call %lx", i,
				before->gpr[RUN_RCX]);
		EXPECT(got, before->gpr[i]);
	}
	EXPECT(after->rflags & FLAGS, before->rflags);
}

uint32_t call_raw(uint64_t control, uint64_t rdx, uint64_t r8)
{
	static const uint8_t code[] = {0x0f, 0x01, 0xd9, RUN_END};
	struct run before, after;
	unsigned int i;

	for (i = 0; i < 16; i++)
		before.gpr[i] = 0x5a5a000000000000 + i * 0x111111111111;
	before.rflags = FLAGS & ~CARRY;
	before.gpr[RUN_RCX] = control;
	before.gpr[RUN_RDX] = rdx;
	before.gpr[RUN_R8] = r8;
	after = before;
	run_code(&after, code, CODE64);
	call_done = 0;
	if (after.vector != VECTOR_BP)
		return CALL_FAULT | (uint32_t)after.vector;
	check_registers(&before, &after);
	call_done = after.gpr[RUN_RAX] >> HVCALL_DONE_SHIFT & 0xfff;
	EXPECT(after.gpr[RUN_RAX] & 0xfffff000ffff0000, 0);
	return (uint16_t)after.gpr[RUN_RAX];
}

uint32_t call(uint64_t control, const void *in, unsigned int size)
{
	memcpy(call_in, in, size);
	memset(call_out, 0xee, HV_PAGE_SIZE);
	return call_raw(control, (uint64_t)call_in, (uint64_t)call_out);
}

void call_enable(void)
{
	wrmsr(HV_MSR_GUEST_OS_ID, OS_ID);
	wrmsr(HV_MSR_HYPERCALL, rdmsr(HV_MSR_HYPERCALL) | HV_HYPERCALL_ENABLE);
}

void call_disable(void)
{
	wrmsr(HV_MSR_GUEST_OS_ID, 0);
}
