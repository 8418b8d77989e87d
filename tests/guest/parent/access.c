/* Memory that is the hypervisor's: reads give ones, writes are dropped. */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/string.h"
#include "call.h"
#include "cpu.h"
#include "memory.h"
#include "run.h"
#include "tests.h"
#include "trap.h"

#define PATTERN	0x1122334455667788ull

/* One instruction with RBX as the address and RAX as data; what RAX has then
 * for a load of ones. */
static const struct {
	const char *name;
	uint8_t code[8];
	bool is_load;
	uint64_t loaded;
} moves[] = {
	{"mov (%rbx), %al", {0x8a, 0x03}, true, PATTERN | 0xff},
	{"mov (%rbx), %ah", {0x8a, 0x23}, true, PATTERN | 0xff00},
	{"mov (%rbx), %ax", {0x66, 0x8b, 0x03}, true, PATTERN | 0xffff},
	{"mov (%rbx), %eax", {0x8b, 0x03}, true, 0xffffffff},
	{"mov (%rbx), %rax", {0x48, 0x8b, 0x03}, true, ~0ull},
	{"movzbl (%rbx), %eax", {0x0f, 0xb6, 0x03}, true, 0xff},
	{"movzwl (%rbx), %eax", {0x0f, 0xb7, 0x03}, true, 0xffff},
	{"movsbq (%rbx), %rax", {0x48, 0x0f, 0xbe, 0x03}, true, ~0ull},
	{"movslq (%rbx), %rax", {0x48, 0x63, 0x03}, true, ~0ull},
	{"xchg %rax, (%rbx)", {0x48, 0x87, 0x03}, true, ~0ull},
	{"mov %al, (%rbx)", {0x88, 0x03}, false, 0},
	{"mov %ax, (%rbx)", {0x66, 0x89, 0x03}, false, 0},
	{"mov %eax, (%rbx)", {0x89, 0x03}, false, 0},
	{"mov %rax, (%rbx)", {0x48, 0x89, 0x03}, false, 0},
	{"movb $5, (%rbx)", {0xc6, 0x03, 0x05}, false, 0},
	{"movnti %rax, (%rbx)", {0x48, 0x0f, 0xc3, 0x03}, false, 0},
}, others[] = {
	{"add %rax, (%rbx)", {0x48, 0x01, 0x03}, false, 0},
	{"cmp %rax, (%rbx)", {0x48, 0x39, 0x03}, false, 0},
	{"push (%rbx)", {0xff, 0x33}, false, 0},
	{"lock cmpxchg", {0xf0, 0x48, 0x0f, 0xb1, 0x0b}, false, 0},
	{"movups (%rbx)", {0x0f, 0x10, 0x03}, false, 0},
	{"jmp (%rbx)", {0xff, 0x23}, false, 0},
	{"lgdt (%rbx)", {0x0f, 0x01, 0x13}, false, 0},
	{"invlpg (%rbx)", {0x0f, 0x01, 0x3b}, true, 0},
};
#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static uint64_t length_of(const uint8_t *code)
{
	uint64_t length = 8;

	while (length && !code[length - 1])
		length--;
	return length;
}

static void each_move(const char *what, uint64_t address)
{
	struct run run;
	unsigned int i;

	for (i = 0; i < COUNT(moves); i++) {
		uint64_t length = length_of(moves[i].code);

		memset(&run, 0, sizeof(run));
		run.gpr[RUN_RAX] = PATTERN;
		run.gpr[RUN_RBX] = address;
		report_about("%s, %lx: %s", what, address, moves[i].name);
		/* Across a page's end, too: i bytes before it. */
		run_bytes(&run, moves[i].code, length, CODE64,
			0x1000 - i % 5);
		EXPECT(run.vector, VECTOR_BP);
		EXPECT(run.rip, length);
		EXPECT(run.gpr[RUN_RAX], moves[i].is_load ? moves[i].loaded :
			PATTERN);
	}
}

static void each_other(const char *what, uint64_t address)
{
	struct run run;
	unsigned int i;

	for (i = 0; i < COUNT(others); i++) {
		memset(&run, 0, sizeof(run));
		run.gpr[RUN_RBX] = address;
		report_about("%s, %lx: %s", what, address, others[i].name);
		run_bytes(&run, others[i].code, length_of(others[i].code),
			CODE64, 64);
		/* INVLPG reads nothing; SSE is off. */
		if (run.vector != VECTOR_UD)
			EXPECT(run.vector, others[i].is_load ? VECTOR_BP :
				VECTOR_GP);
	}
	/* Executed: the fetch finds no instruction. */
	memset(&run, 0, sizeof(run));
	report_about("%s, %lx: call", what, address);
	run_code(&run, (const void *)address, CODE64);
	EXPECT(run.vector, VECTOR_GP);
	EXPECT(run.rip, address);
}

static void own_memory(void)
{
	uint64_t vp = rdmsr(HV_MSR_SIMP) & ~0xfffull;

	each_move("image", places.image);
	each_move("image", places.image + 0x3ff8);
	each_other("image", places.image + 0x1000);
	each_move("heap", places.heap);
	each_other("heap", places.heap + 0x2000);
	/* Beside a page that may be read. */
	each_move("heap", vp + 0x1000 * 64);
}

/* The log may be read; writes are dropped. */
static void log_memory(void)
{
	volatile uint64_t *log = (volatile uint64_t *)places.log;
	uint64_t first = log[0];

	EXPECT(first != ~0ull && first, true);
	log[0] = 1;
	EXPECT(log[0], first);
}

/* Every page of both ranges: nothing but the pages that the MSRs name. */
static void all_pages(void)
{
	uint64_t gpa, readable = 0;

	for (gpa = places.image; gpa < 0x1000000; gpa += HV_PAGE_SIZE) {
		report_about("image %lx", gpa);
		EXPECT(*(volatile uint64_t *)gpa, ~0ull);
		*(volatile uint64_t *)gpa = 0x1234;
		EXPECT(*(volatile uint64_t *)gpa, ~0ull);
	}
	for (gpa = places.heap; gpa < places.heap_end; gpa += HV_PAGE_SIZE) {
		if (*(volatile uint64_t *)gpa != ~0ull)
			readable++;
	}
	report_about("pages of the heap that can be read");
	/* Hypercall and TSC page, four for each processor. */
	EXPECT(readable, 2 + 4 * cpu_count);
}

const struct test access_tests[] = {
	{"access: moves to and from the hypervisor's memory", own_memory},
	{"access: the log", log_memory},
	{"access: every page of the hypervisor", all_pages},
	{0},
};
