/* Who may call: docs/hypercalls.md, "How the parent calls". */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/asm.h"
#include "call.h"
#include "run.h"
#include "tests.h"
#include "trap.h"

#define ENABLED() (rdmsr(HV_MSR_HYPERCALL) & HV_HYPERCALL_ENABLE)

static uint32_t try_call(void)
{
	return call(HVCALL_GET_PARTITION_ID, NULL, 0);
}

static void no_identity(void)
{
	call_disable();
	EXPECT(ENABLED(), 0);
	EXPECT(try_call(), CALL_FAULT | VECTOR_UD);
	wrmsr(HV_MSR_HYPERCALL, HV_HYPERCALL_ENABLE);
	EXPECT(ENABLED(), 0);
	EXPECT(try_call(), CALL_FAULT | VECTOR_UD);
	wrmsr(HV_MSR_HYPERCALL, ~0ull & ~(uint64_t)HV_HYPERCALL_LOCKED);
	EXPECT(ENABLED(), 0);
	EXPECT(try_call(), CALL_FAULT | VECTOR_UD);
	call_enable();
	EXPECT(ENABLED(), 1);
	EXPECT(try_call(), HV_STATUS_SUCCESS);
}

static void page_off(void)
{
	uint64_t page = rdmsr(HV_MSR_HYPERCALL);

	wrmsr(HV_MSR_HYPERCALL, 0);
	EXPECT(rdmsr(HV_MSR_HYPERCALL), page & ~1ull);
	EXPECT(try_call(), CALL_FAULT | VECTOR_UD);
	/* An unknown code is no difference. */
	EXPECT(call_raw(0xffff, 0, 0), CALL_FAULT | VECTOR_UD);
	wrmsr(HV_MSR_HYPERCALL, HV_HYPERCALL_ENABLE);
	EXPECT(rdmsr(HV_MSR_HYPERCALL), page);
	EXPECT(try_call(), HV_STATUS_SUCCESS);
}

/* The vector that a piece of code ends with, and that it ends at its start. */
static unsigned int vector_of(const void *code, size_t size, uint64_t selector)
{
	struct run run = {.gpr[RUN_RCX] = HVCALL_GET_PARTITION_ID,
		.gpr[RUN_R8] = (uint64_t)call_out};

	run_bytes(&run, code, size, selector, 0);
	if (run.vector != VECTOR_BP) {
		EXPECT(run.rip, 0);
		EXPECT(run.gpr[RUN_RAX], 0);
		EXPECT(run.gpr[RUN_RCX], HVCALL_GET_PARTITION_ID);
	}
	return (unsigned int)run.vector;
}

static const uint8_t vmmcall[] = {0x0f, 0x01, 0xd9};
static const uint8_t vmcall[] = {0x0f, 0x01, 0xc1};
static const uint8_t read_msr[] = {0x0f, 0x32};

static void user(void)
{
	EXPECT(vector_of(vmmcall, 3, USER_CODE), VECTOR_UD);
	EXPECT(vector_of(read_msr, 2, USER_CODE), VECTOR_GP);
	EXPECT(vector_of(vmmcall, 3, CODE64), VECTOR_BP);
}

static void user_page(void)
{
	struct run run = {.gpr[RUN_RCX] = HVCALL_GET_PARTITION_ID};
	uint64_t page = rdmsr(HV_MSR_HYPERCALL) & ~0xfffull;

	run_code(&run, (const void *)page, USER_CODE);
	EXPECT(run.vector, VECTOR_UD);
	EXPECT(run.rip, page);
}

static void other_modes(void)
{
	EXPECT(vector_of(vmmcall, 3, CODE32), VECTOR_UD);
	EXPECT(vector_of(vmmcall, 3, CODE16), VECTOR_UD);
	EXPECT(vector_of(vmmcall, 3, CODE64), VECTOR_BP);
}

static void intel(void)
{
	EXPECT(vector_of(vmcall, 3, CODE64), VECTOR_UD);
	EXPECT(vector_of(vmcall, 3, CODE32), VECTOR_UD);
}

/* A call at the end of a page, and across two. */
static void places_of_code(void)
{
	struct run run;
	unsigned int offset;

	for (offset = 0xff8; offset <= 0x1000; offset++) {
		run = (struct run){.gpr[RUN_RCX] = 0xffff};
		report_about("at %x", offset);
		run_bytes(&run, vmmcall, 3, CODE64, offset);
		EXPECT(run.vector, VECTOR_BP);
		EXPECT(run.rip, 3);
		EXPECT(run.gpr[RUN_RAX], HV_STATUS_INVALID_HYPERCALL_CODE);
	}
}

const struct test caller_tests[] = {
	{"caller: #UD without GUEST_OS_ID", no_identity},
	{"caller: #UD while the hypercall page is disabled", page_off},
	{"caller: #UD at CPL 3", user},
	{"caller: #UD at CPL 3 in the hypercall page", user_page},
	{"caller: #UD from 32-bit and 16-bit code", other_modes},
	{"caller: VMCALL is #UD", intel},
	{"caller: calls at the end of a page", places_of_code},
	{0},
};
