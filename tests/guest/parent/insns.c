/* Instructions that the hypervisor meets: their length, SVM's, exceptions of
 * the parent's own. */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/asm.h"
#include "call.h"
#include "run.h"
#include "tests.h"
#include "trap.h"

#define CR4_OSXSAVE	(1u << 18)
#define VECTOR_DB	1
#define TRAP_FLAG	0x100

struct sample {
	const char *name;
	uint8_t length, bytes[15];
	uint16_t selector;	/* 0: all modes */
};

static const struct sample stepped[] = {
	{"cpuid", 2, {0x0f, 0xa2}, 0},
	{"cpuid with 66", 3, {0x66, 0x0f, 0xa2}, 0},
	{"cpuid with 67 2e 66", 5, {0x67, 0x2e, 0x66, 0x0f, 0xa2}, 0},
	{"cpuid with rex", 3, {0x48, 0x0f, 0xa2}, CODE64},
	{"cpuid with rep", 3, {0xf3, 0x0f, 0xa2}, 0},
	{"longest cpuid", 15, {0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
		0x66, 0x66, 0x66, 0x66, 0x66, 0x0f, 0xa2}, 0},
	{"rdmsr", 2, {0x0f, 0x32}, 0},
	{"rdmsr with 66", 3, {0x66, 0x0f, 0x32}, 0},
	{"rdmsr with rex", 3, {0x4f, 0x0f, 0x32}, CODE64},
};

static const uint16_t modes[] = {CODE64, CODE32, CODE16};

/* At every place around the end of a page. */
static void lengths(void)
{
	unsigned int i, mode, offset;

	for (i = 0; i < sizeof(stepped) / sizeof(*stepped); i++) {
		const struct sample *sample = &stepped[i];

		for (mode = 0; mode < 3; mode++) {
			if (sample->selector && sample->selector !=
					modes[mode])
				continue;
			for (offset = 0xff0; offset <= 0x1000; offset++) {
				struct run run = {0};

				run.gpr[RUN_RCX] = HV_MSR_VP_INDEX;
				report_about("%s, selector %x, at %x",
					sample->name, modes[mode], offset);
				run_bytes(&run, sample->bytes, sample->length,
					modes[mode], offset);
				EXPECT(run.vector, VECTOR_BP);
				EXPECT(run.rip, sample->length);
			}
		}
	}
}

/* Other bytes at the place of an instruction that was met before. */
static void changed_code(void)
{
	static const uint8_t code[][5] = {
		{0x0f, 0xa2, 0x90, 0x90, 0x90},
		{0x66, 0x0f, 0xa2, 0x90, 0x90},
		{0x0f, 0x32, 0x90, 0x90, 0x90},
		{0x2e, 0x66, 0x0f, 0x32, 0x90},
		{0x66, 0x66, 0x0f, 0xa2, 0x90},
	};
	unsigned int i;

	for (i = 0; i < 100; i++) {
		struct run run = {.gpr[RUN_RCX] = HV_MSR_VP_INDEX};

		report_about("code %u", i % 5);
		run_bytes(&run, code[i % 5], 5, CODE64, 0x10);
		EXPECT(run.vector, VECTOR_BP);
		EXPECT(run.rip, 5);
	}
}

static unsigned int vector_of(struct run *run, const struct sample *sample,
	uint16_t selector)
{
	report_about("%s, selector %x", sample->name, selector);
	run_bytes(run, sample->bytes, sample->length, selector, 0);
	return (unsigned int)run->vector;
}

static void svm(void)
{
	static const struct sample samples[] = {
		{"vmrun", 3, {0x0f, 0x01, 0xd8}, 0},
		{"vmload", 3, {0x0f, 0x01, 0xda}, 0},
		{"vmsave", 3, {0x0f, 0x01, 0xdb}, 0},
		{"stgi", 3, {0x0f, 0x01, 0xdc}, 0},
		{"clgi", 3, {0x0f, 0x01, 0xdd}, 0},
		{"skinit", 3, {0x0f, 0x01, 0xde}, 0},
		{"invlpga", 3, {0x0f, 0x01, 0xdf}, 0},
	};
	static const uint64_t values[] = {0, 0x2000000, 0xe10000,
		0xfee00000};
	unsigned int i, j, mode;

	for (i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
		for (j = 0; j < 4; j++) {
			for (mode = 0; mode < 2; mode++) {
				struct run run = {.gpr[RUN_RAX] = values[j]};

				EXPECT(vector_of(&run, &samples[i],
					modes[mode]), VECTOR_UD);
				EXPECT(run.rip, 0);
			}
		}
	}
	EXPECT(call(HVCALL_GET_PARTITION_ID, NULL, 0), HV_STATUS_SUCCESS);
}

static void svm_user(void)
{
	static const struct sample vmrun = {"vmrun", 3, {0x0f, 0x01, 0xd8}, 0};
	struct run run = {0};
	unsigned int vector = vector_of(&run, &vmrun, USER_CODE);

	EXPECT(vector == VECTOR_UD || vector == VECTOR_GP, true);
}

static unsigned int xsetbv(uint32_t index, uint64_t value, uint16_t selector)
{
	static const struct sample sample = {"xsetbv", 3, {0x0f, 0x01, 0xd1},
		0};
	struct run run = {.gpr[RUN_RCX] = index,
		.gpr[RUN_RAX] = (uint32_t)value, .gpr[RUN_RDX] = value >> 32};

	return vector_of(&run, &sample, selector);
}

static uint64_t xgetbv(void)
{
	uint32_t low, high;

	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return (uint64_t)high << 32 | low;
}

static void extended_states(void)
{
	uint64_t cr4 = read_cr4(), was;

	write_cr4(cr4 & ~(uint64_t)CR4_OSXSAVE);
	EXPECT(xsetbv(0, 1, CODE64), VECTOR_UD);
	if (!(cpuid(1, 0).ecx & 1 << 26)) {
		write_cr4(cr4);
		return;
	}
	write_cr4(cr4 | CR4_OSXSAVE);
	was = xgetbv();
	EXPECT(xsetbv(0, 0, CODE64), VECTOR_GP);
	EXPECT(xsetbv(0, 4, CODE64), VECTOR_GP);
	EXPECT(xsetbv(0, ~0ull, CODE64), VECTOR_GP);
	EXPECT(xsetbv(1, 1, CODE64), VECTOR_GP);
	EXPECT(xsetbv(0, 1, USER_CODE), VECTOR_GP);
	EXPECT(xgetbv(), was);
	EXPECT(xsetbv(0, 3, CODE64), VECTOR_BP);
	EXPECT(xgetbv(), 3);
	EXPECT(xsetbv(0, was, CODE64), VECTOR_BP);
	/* It is the parent's own: an exit does not change it. */
	cpuid(0, 0);
	EXPECT(xgetbv(), was);
	write_cr4(cr4);
}

/* With TF set, #DB comes behind each instruction: also one that exited. */
static void single_steps(void)
{
	static const struct sample samples[] = {
		{"nop", 2, {0x90, 0x90}, 0},
		{"cpuid", 3, {0x0f, 0xa2, 0x90}, 0},
		{"rdmsr", 3, {0x0f, 0x32, 0x90}, 0},
		{"vmmcall", 4, {0x0f, 0x01, 0xd9, 0x90}, 0},
	};
	unsigned int i;

	for (i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
		struct run run = {.rflags = TRAP_FLAG};

		run.gpr[RUN_RCX] = HV_MSR_VP_INDEX;
		EXPECT(vector_of(&run, &samples[i], CODE64), VECTOR_DB);
		/* The last byte is a NOP. */
		EXPECT(run.rip, samples[i].length - 1);
	}
}

/* Exceptions that the hypervisor looks at are the parent's all the same. */
static void expect_exception(const struct sample *sample, unsigned int vector,
	uint64_t error)
{
	struct run run = {0};

	EXPECT(vector_of(&run, sample, CODE64), vector);
	EXPECT(run.error, error);
	EXPECT(run.rip, 0);
}

static void own_exceptions(void)
{
	static const struct sample samples[] = {
		{"int 0x2d", 2, {0xcd, 0x2d}, 0},
		{"ud2", 2, {0x0f, 0x0b}, 0},
	};
	static const uint8_t load_segment[] = {0x8e, 0xd8};
	static const uint8_t load[] = {0x8b, 0x03};
	struct run run = {.gpr[RUN_RAX] = 0x1230};

	expect_exception(&samples[0], VECTOR_GP, 0x2d << 3 | 2);
	expect_exception(&samples[1], VECTOR_UD, 0);
	report_about("a bad selector");
	run_bytes(&run, load_segment, 2, CODE64, 0);
	EXPECT(run.vector, VECTOR_GP);
	EXPECT(run.error, 0x1230);
	report_about("not canonical");
	run = (struct run){.gpr[RUN_RBX] = 1ull << 63};
	run_bytes(&run, load, 2, CODE64, 0);
	EXPECT(run.vector, VECTOR_GP);
	EXPECT(run.error, 0);
	report_about("not mapped");
	run = (struct run){.gpr[RUN_RBX] = 0xffff800000001000};
	run_bytes(&run, load, 2, CODE64, 0);
	EXPECT(run.vector, VECTOR_PF);
	EXPECT(run.error, 0);
	EXPECT(run.cr2, 0xffff800000001000);
	report_about("no user");
	run = (struct run){0};
	run_bytes(&run, samples[0].bytes, 2, USER_CODE, 0);
	EXPECT(run.vector, VECTOR_GP);
	EXPECT(run.error, 0x2d << 3 | 2);
}

/* An exception whose gate is bad is a double fault. */
static void double_fault(void)
{
	static const uint8_t load[] = {0x8b, 0x03};
	struct run run = {.gpr[RUN_RBX] = 0xffff800000001000};

	trap_spoil_gate(VECTOR_PF, true);
	run_bytes(&run, load, 2, CODE64, 0);
	trap_spoil_gate(VECTOR_PF, false);
	EXPECT(run.vector, 8);
	EXPECT(run.error, 0);
	report_about("by a selector");
	run = (struct run){.gpr[RUN_RAX] = 0x1230};
	trap_spoil_gate(VECTOR_GP, true);
	run_bytes(&run, (const uint8_t[]){0x8e, 0xd8}, 2, CODE64, 0);
	trap_spoil_gate(VECTOR_GP, false);
	EXPECT(run.vector, 8);
}

const struct test insn_tests[] = {
	{"instruction: stepped over in every mode and place", lengths},
	{"instruction: code that changes", changed_code},
	{"instruction: SVM's are #UD", svm},
	{"instruction: SVM's at CPL 3", svm_user},
	{"instruction: XSETBV", extended_states},
	{"instruction: exceptions of the parent's own", own_exceptions},
	{"instruction: single steps", single_steps},
	{"instruction: double faults", double_fault},
	{0},
};
