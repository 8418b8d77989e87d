/* Hostile guests, N14: gates to what is no task and no code, returns to
 * nowhere. */
/* SPDX-License-Identifier: MIT */
#include "rows.h"

#include "trap.h"

#define VECTOR		128
#define ENTRY(index)	((index) * 8u)
enum { MAIN = 3, TASK, SHORT, ABSENT, BUSY, NO_DATA, CALL, CALL_DATA,
	CALL_NULL, CALL_ABSENT, CALL_FAR, DATA };
/* Types of descriptors. */
#define TSS		0x89ull
#define TSS_BUSY	0x8bull
#define TSS_ABSENT	0x09ull
#define GATE		0x8cull
#define GATE_ABSENT	0x0cull
#define TASK_GATE	0x85ull
#define TASK_ABSENT	0x05ull
#define INTERRUPT	0x8eull
#define BEYOND		0xfff0u
#define LOCAL		4u	/* of the LDT, which there is not */

struct tss {
	uint32_t link, stack[6], cr3, eip, eflags;
	uint32_t eax, ecx, edx, ebx, esp, ebp, esi, edi;
	uint32_t es, cs, ss, ds, fs, gs, ldt, map;
};
_Static_assert(sizeof(struct tss) == 104, "APM v2 12.2.3");

static struct tss tasks[NO_DATA - MAIN + 1];
static uint8_t stack[4096] __attribute__((aligned(16)));
static volatile uint32_t switches __attribute__((used));
static volatile uint32_t calls __attribute__((used));

/* What the gates lead to. */
extern char gates_task[], gates_target[];
__asm__(".text\ngates_task: incl switches\niret\njmp gates_task\n"
	"gates_target: incl calls\nlret\n");

static uint64_t system(const void *base, uint32_t limit, uint64_t type)
{
	uint32_t at = (uint32_t)base;

	return limit | (uint64_t)(at & 0xffffff) << 16 | type << 40 |
		(uint64_t)(at >> 24) << 56;
}

static uint64_t gate(uint32_t selector, const void *to, uint64_t type)
{
	uint32_t at = (uint32_t)to;

	return (at & 0xffff) | selector << 16 | type << 40 |
		(uint64_t)(at >> 16) << 48;
}

static void set_task(unsigned int index, uint64_t type, uint32_t limit)
{
	struct tss *task = &tasks[index - MAIN];

	*task = (struct tss){
		.eip = (uint32_t)gates_task,
		.eflags = 2,
		.esp = (uint32_t)stack + sizeof(stack),
		.es = TRAP_DATA, .cs = TRAP_CODE, .ss = TRAP_DATA,
		.ds = TRAP_DATA, .fs = TRAP_DATA, .gs = TRAP_DATA,
	};
	trap_gdt[index] = system(task, limit, type);
}

/* All as they were before the step that may have used them. */
static void set_all(void)
{
	set_task(MAIN, TSS, 103);
	set_task(TASK, TSS, 103);
	set_task(SHORT, TSS, below(103));
	set_task(ABSENT, TSS_ABSENT, 103);
	set_task(BUSY, TSS_BUSY, 103);
	/* One without LDT, code or stack would have no stack for its fault. */
	set_task(NO_DATA, TSS, 103);
	tasks[NO_DATA - MAIN].ds = BEYOND;
	trap_gdt[CALL] = gate(TRAP_CODE, gates_target, GATE);
	trap_gdt[CALL_DATA] = gate(TRAP_DATA, gates_target, GATE);
	trap_gdt[CALL_NULL] = gate(0, gates_target, GATE);
	trap_gdt[CALL_ABSENT] = gate(TRAP_CODE, gates_target, GATE_ABSENT);
	trap_gdt[CALL_FAR] = gate(BEYOND, gates_target, GATE);
	trap_gdt[DATA] = trap_gdt[TRAP_DATA / 8];
	__asm__ volatile("ltr %w0" : : "r" (ENTRY(MAIN)));
}

/* Does it, wherever that leads: registers, stack and flags are as before. */
#define ATTEMPT(instructions, ...) ({ \
	trap_vector = TRAP_NONE; \
	__asm__ volatile("pusha\npushf\nmovl %%esp, gates_stack\n" \
		"movl $1f, trap_resume\n" instructions "\n" \
		"1: movl $0, trap_resume\nmovl $16, %%eax\n" \
		"movl %%eax, %%ss\nmovl gates_stack, %%esp\n" \
		"movl %%eax, %%ds\nmovl %%eax, %%es\npopf\npopa" \
		: : __VA_ARGS__ : "memory", "cc"); \
	trap_vector; \
})
uint32_t gates_stack;

static bool is_expected(uint32_t vector)
{
	return vector >= 10 && vector <= 13;
}

static void try_task(void)
{
	static const uint32_t bad[] = { 0, BEYOND, ENTRY(TASK) | LOCAL,
		ENTRY(SHORT), ENTRY(ABSENT), ENTRY(BUSY), ENTRY(NO_DATA),
		ENTRY(DATA), ENTRY(CALL), TRAP_CODE };
	bool good = one_in(4);
	uint32_t before = switches, vector;

	trap_idt[VECTOR] = gate(good ? ENTRY(TASK) : PICK(bad), NULL,
		TASK_GATE);
	vector = ATTEMPT("int $128", "i" (0));
	if (good)
		CHECK(vector == TRAP_NONE && switches == before + 1);
	else
		CHECK(is_expected(vector) && switches == before);
}

/* Gates of the table that are none. */
static void try_table(void)
{
	uint64_t entry = gate(PICK(((const uint32_t[]){ 0, TRAP_DATA, BEYOND,
		ENTRY(DATA), ENTRY(TASK) })), gates_target, INTERRUPT);

	if (one_in(4))
		entry = gate(ENTRY(TASK), NULL, TASK_ABSENT);
	if (one_in(4))
		entry = gate(TRAP_CODE, gates_target, one_in(2) ? GATE : 0);
	trap_idt[VECTOR] = entry;
	CHECK(is_expected(ATTEMPT("int $128", "i" (0))));
}

static void try_call(void)
{
	static const uint32_t bad[] = { 0, BEYOND, ENTRY(CALL) | LOCAL,
		ENTRY(CALL_DATA), ENTRY(CALL_NULL), ENTRY(CALL_ABSENT),
		ENTRY(CALL_FAR), ENTRY(DATA), ENTRY(SHORT), ENTRY(ABSENT),
		ENTRY(BUSY) };
	static struct { uint32_t offset; uint16_t selector; } to
		__attribute__((aligned(8)));
	bool good = one_in(4);
	uint32_t before = calls, vector;

	to.selector = good ? ENTRY(CALL) : PICK(bad);
	to.offset = random32();
	vector = ATTEMPT("lcall *%0", "m" (to));
	if (good)
		CHECK(vector == TRAP_NONE && calls == before + 1);
	else
		CHECK(is_expected(vector) && calls == before);
}

/* What it has taken from the stack when it fails is not on it again. */
static void try_return(void)
{
	static const uint32_t bad[] = { 0, 3, BEYOND, TRAP_DATA,
		TRAP_CODE | LOCAL, ENTRY(CALL), ENTRY(TASK), ENTRY(DATA) };

	if (one_in(4))
		CHECK(ATTEMPT("pushf\npushl %0\npushl $1f\niret", "i"
			(TRAP_CODE)) == TRAP_NONE);
	else
		CHECK(is_expected(ATTEMPT("pushf\npushl %0\npushl $1f\niret",
			"m" (PICK(bad)))));
}

/* The link of a task that nobody called. */
static void try_back(void)
{
	static const uint32_t bad[] = { 0, BEYOND, ENTRY(TASK), ENTRY(SHORT),
		ENTRY(ABSENT), ENTRY(DATA), ENTRY(CALL), ENTRY(BUSY) | LOCAL };

	tasks[0].link = PICK(bad);
	CHECK(is_expected(ATTEMPT("pushf\norl $0x4000, (%%esp)\npopf\niret",
		"i" (0))));
}

static void begin(void)
{
}

static void step(void)
{
	set_all();
	switch (below(5)) {
	case 0: try_task(); break;
	case 1: try_table(); break;
	case 2: try_call(); break;
	case 3: try_return(); break;
	default: try_back(); break;
	}
	if (trap_vector == TRAP_NONE)
		taken++;
	else
		refused++;
}

const struct row row_gates = { "n14", begin, step, NULL };

/* What no driver does with a device's memory ends the VM. */
void gate_iret(void)
{
	say("guest: returns from nowhere\n");
	__asm__ volatile("movl %0, %%esp\niret" : : "i" (NOWHERE));
}

void gate_far(void)
{
	say("guest: calls by nowhere\n");
	__asm__ volatile("lcall *%0" : : "m" (*(const uint32_t *)NOWHERE));
}

void gate_table(void)
{
	const struct { uint16_t limit; uint32_t base; }
		__attribute__((packed)) table = { 0x7ff, NOWHERE };

	say("guest: has its table nowhere\n");
	__asm__ volatile("lidt %0\nint3" : : "m" (table));
}
