/* Memory that is not the parent's, and pages that it may only read. */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/string.h"
#include "call.h"
#include "clock.h"
#include "cpu.h"
#include "memory.h"
#include "run.h"
#include "tests.h"
#include "trap.h"

#define PAGE(msr) (rdmsr(msr) & ~0xfffull)

/* One instruction; its operand is at RBX, its register RAX or as given. */
struct sample {
	const char *name;
	uint8_t length, bytes[12];
	uint64_t rax;		/* after, when it was 0x1122334455667788 */
};

#define RAX 0x1122334455667788ull

static const struct sample loads[] = {
	{"mov al", 2, {0x8a, 0x03}, 0x11223344556677ff},
	{"mov ah", 2, {0x8a, 0x23}, 0x112233445566ff88},
	{"mov ax", 3, {0x66, 0x8b, 0x03}, 0x112233445566ffff},
	{"mov eax", 2, {0x8b, 0x03}, 0xffffffff},
	{"mov rax", 3, {0x48, 0x8b, 0x03}, ~0ull},
	{"mov rax, disp32", 7, {0x48, 0x8b, 0x83, 0, 1, 0, 0}, ~0ull},
	{"mov eax, sib", 4, {0x8b, 0x44, 0x23, 8}, 0xffffffff},
	{"movzx eax, byte", 3, {0x0f, 0xb6, 0x03}, 0xff},
	{"movzx rax, word", 4, {0x48, 0x0f, 0xb7, 0x03}, 0xffff},
	{"movsx ax, byte", 4, {0x66, 0x0f, 0xbe, 0x03}, 0x112233445566ffff},
	{"movsx eax, word", 3, {0x0f, 0xbf, 0x03}, 0xffffffff},
	{"movsxd rax", 3, {0x48, 0x63, 0x03}, ~0ull},
	{"xchg al", 2, {0x86, 0x03}, 0x11223344556677ff},
	{"xchg rax", 3, {0x48, 0x87, 0x03}, ~0ull},
};

static const struct sample stores[] = {
	{"mov byte", 2, {0x88, 0x03}, RAX},
	{"mov byte, ah", 2, {0x88, 0x23}, RAX},
	{"mov word", 3, {0x66, 0x89, 0x03}, RAX},
	{"mov dword", 2, {0x89, 0x03}, RAX},
	{"mov qword", 3, {0x48, 0x89, 0x03}, RAX},
	{"mov byte, 5", 3, {0xc6, 0x03, 5}, RAX},
	{"mov dword, 5", 6, {0xc7, 0x03, 5, 0, 0, 0}, RAX},
	{"mov qword, -1", 7, {0x48, 0xc7, 0x03, 255, 255, 255, 255}, RAX},
	{"movnti", 4, {0x48, 0x0f, 0xc3, 0x03}, RAX},
};

static const struct sample others[] = {
	{"add", 2, {0x01, 0x03}, 0},
	{"add register", 2, {0x03, 0x03}, 0},
	{"lock inc", 3, {0xf0, 0xff, 0x03}, 0},
	{"cmpxchg", 4, {0xf0, 0x0f, 0xb1, 0x03}, 0},
	{"cmpxchg16b", 4, {0x48, 0x0f, 0xc7, 0x0b}, 0},
	{"rep stosb", 2, {0xf3, 0xaa}, 0},
	{"lodsb", 1, {0xac}, 0},
	{"movsq", 2, {0x48, 0xa5}, 0},
	{"push [mem]", 2, {0xff, 0x33}, 0},
	{"pop [mem]", 2, {0x8f, 0x03}, 0},
	{"jmp [mem]", 2, {0xff, 0x23}, 0},
	{"test", 2, {0x85, 0x03}, 0},
	{"bts", 4, {0x0f, 0xba, 0x2b, 5}, 0},
	{"xadd", 3, {0x0f, 0xc1, 0x03}, 0},
	{"sidt", 3, {0x0f, 0x01, 0x0b}, 0},
	{"lgdt", 3, {0x0f, 0x01, 0x13}, 0},
	{"mov ds", 2, {0x8e, 0x1b}, 0},
};

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

static struct run run_sample(const struct sample *sample, uint64_t at)
{
	struct run run = {0};

	run.gpr[RUN_RAX] = RAX;
	run.gpr[RUN_RBX] = run.gpr[RUN_RDI] = run.gpr[RUN_RSI] = at;
	run.gpr[RUN_RCX] = 8;
	report_about("%s at %lx", sample->name, at);
	run_bytes(&run, sample->bytes, sample->length, CODE64, 0);
	return run;
}

static void expect_done(const struct sample *sample, uint64_t at)
{
	struct run run = run_sample(sample, at);

	EXPECT(run.vector, VECTOR_BP);
	EXPECT(run.rip, sample->length);
	EXPECT(run.gpr[RUN_RAX], sample->rax);
	EXPECT(run.gpr[RUN_RBX], at);
	EXPECT(run.rflags & 0xcd5, 0);
}

static const uint64_t *foreign(unsigned int *count)
{
	static uint64_t at[6];

	at[0] = places.image;
	at[1] = places.image + 0x12340;
	at[2] = 0x1000000 - 0x1000;
	at[3] = places.heap + 0x2000;
	at[4] = places.heap + 0x100000;
	at[5] = places.heap + 0x300000;
	*count = 6;
	return at;
}

static void read_ones(void)
{
	unsigned int i, j, count;
	const uint64_t *at = foreign(&count);

	for (i = 0; i < count; i++) {
		for (j = 0; j < COUNT(loads); j++)
			expect_done(&loads[j], at[i]);
	}
}

static void drop_writes(void)
{
	unsigned int i, j, count;
	const uint64_t *at = foreign(&count);

	for (i = 0; i < count; i++) {
		for (j = 0; j < COUNT(stores); j++)
			expect_done(&stores[j], at[i]);
	}
	EXPECT(call(HVCALL_GET_PARTITION_ID, NULL, 0), HV_STATUS_SUCCESS);
}

static void other_instructions(void)
{
	unsigned int i, j, count;
	const uint64_t *at = foreign(&count);
	struct run run;

	for (i = 0; i < count; i += 3) {
		for (j = 0; j < COUNT(others); j++) {
			run = run_sample(&others[j], at[i]);
			EXPECT(run.vector, VECTOR_GP);
			EXPECT(run.error, 0);
			EXPECT(run.rip, 0);
			EXPECT(run.gpr[RUN_RAX], RAX);
		}
	}
}

/* From its first page to its last, and not a byte of it. */
static void all_of_the_image(void)
{
	uint64_t at;

	for (at = places.image; at < 0x1000000; at += 0x1000) {
		report_about("page %lx", at);
		EXPECT(*(volatile uint64_t *)at, ~0ull);
		EXPECT(*(volatile uint64_t *)(at + 0xff8), ~0ull);
	}
}

static void run_at(uint64_t at, unsigned int vector)
{
	struct run run = {.gpr[RUN_RAX] = at, .gpr[RUN_RBX] = at};

	report_about("code at %lx", at);
	run_code(&run, (const void *)at, CODE64);
	EXPECT(run.vector, vector);
	EXPECT(run.rip, at);
}

static void code(void)
{
	unsigned int i, count;
	const uint64_t *at = foreign(&count);

	for (i = 0; i < count; i++)
		run_at(at[i], VECTOR_GP);
}

/* Pages that may be read and written are no code, whatever is in them. */
static void code_in_overlay(void)
{
	static const uint8_t store[] = {0x89, 0x03, RUN_END};
	static const uint8_t load[] = {0x8b, 0x0b, RUN_END};
	static const uint8_t no_move[] = {0x90, RUN_END};
	uint64_t page = PAGE(HV_MSR_VP_ASSIST_PAGE) + 0x800;

	memcpy((void *)page, no_move, sizeof(no_move));
	run_at(page, VECTOR_GP);
	memcpy((void *)page, store, sizeof(store));
	run_at(page, VECTOR_GP);
	memcpy((void *)page, load, sizeof(load));
	run_at(page, VECTOR_GP);
	memset((void *)page, 0, 16);
	run_at(PAGE(HV_MSR_REFERENCE_TSC), VECTOR_GP);
}

static void read_only(uint64_t page)
{
	volatile uint64_t *word = (volatile uint64_t *)page;
	uint64_t was = word[1];
	unsigned int i;

	report_about("page %lx", page);
	word[1] = ~was;
	EXPECT(word[1], was);
	for (i = 0; i < COUNT(stores); i++)
		expect_done(&stores[i], page + 8);
	EXPECT(word[1], was);
}

static bool has_text(uint64_t start, uint64_t end, const char *text)
{
	const char *at;
	size_t length = 0;

	while (text[length])
		length++;
	for (at = (const char *)start; at < (const char *)end; at++) {
		size_t i = 0;

		while (i < length && at[i] == text[i])
			i++;
		if (i == length)
			return true;
	}
	return false;
}

static void read_only_pages(void)
{
	/* Not where lines are being written. */
	read_only(places.log + 0xf000);
	EXPECT(has_text(places.log, places.image, "Socle hypervisor"), true);
	read_only(PAGE(HV_MSR_HYPERCALL));
	read_only(PAGE(HV_MSR_REFERENCE_TSC));
	EXPECT(clock_agrees(), true);
}

/* The log names it once for each 2 MB. */
static void is_logged(void)
{
	(void)*(volatile uint64_t *)places.image;
	EXPECT(has_text(places.log, places.image,
		"The parent touched address"), true);
}

/* Devices are mapped when they are touched first. */
static void devices(void)
{
	volatile uint32_t *ioapic = (volatile uint32_t *)0xfec00000;
	uint64_t at;

	EXPECT(*(volatile uint32_t *)0xfed00000 >> 16, 0x8086);
	ioapic[0] = 1;
	EXPECT(ioapic[4] >> 16 & 0xff, 23);
	(void)*(volatile uint32_t *)0xa0000;
	(void)*(volatile uint32_t *)0xfffffff0;
	for (at = places.ram_end; at < 1ull << 39; at = at * 2 + 0x1000)
		(void)*(volatile uint32_t *)at;
	/* Tables that it takes come to an end without harm. */
	EXPECT(call(HVCALL_GET_PARTITION_ID, NULL, 0), HV_STATUS_SUCCESS);
}

/* What one processor deposits is gone for the other one at once. */
static volatile uint64_t *shared;
static volatile bool seen;
static volatile uint64_t looks;

static void look(void)
{
	while (*shared != ~0ull)
		looks++;
	seen = true;
}

static void both_forget(void)
{
	struct {
		struct hv_deposit_in in;
		uint64_t page;
	} in = {{HV_PARTITION_ID_SELF}, 0};
	struct hv_withdraw_in back = {.partition_id = HV_PARTITION_ID_SELF};
	unsigned int i;

	if (cpu_count == 1)
		return;
	EXPECT(cpu_at(1)->starts || cpu_start(), true);
	for (i = 0; i < 20; i++) {
		shared = memory_take(1);
		in.page = (uint64_t)shared >> 12;
		/* Here, not there: those of the page before do not count. */
		looks = 0;
		seen = false;
		cpu_give(1, look);
		EXPECT(WAIT_UNTIL(looks > 10, PATIENCE), true);
		EXPECT(call(HVCALL_DEPOSIT_MEMORY | CALL_REPS(1), &in,
			sizeof(in)), HV_STATUS_SUCCESS);
		EXPECT(WAIT_UNTIL(seen, PATIENCE), true);
		EXPECT(cpu_done(1, 5000), true);
		EXPECT(call(HVCALL_WITHDRAW_MEMORY | CALL_REPS(1), &back,
			sizeof(back)), HV_STATUS_SUCCESS);
		EXPECT(*shared, 0);
	}
}

/* Tables where a processor cannot read them: it is lost until the INIT, the
 * machine is not. */
static void lose_tables(void)
{
	write_cr3(places.image);
}

static void lose_tables_to_ones(void)
{
	write_cr3(places.heap + 0x100000);
}

static void lost(void)
{
	static void (*const jobs[])(void) = {lose_tables, lose_tables_to_ones};
	unsigned int i;

	for (i = 0; i < 2 && cpu_count > 1; i++) {
		report_about("job %u", i);
		cpu_give(1, jobs[i]);
		clock_wait(20 * MILLISECOND);
		EXPECT(call(HVCALL_GET_PARTITION_ID, NULL, 0),
			HV_STATUS_SUCCESS);
		EXPECT(cpu_start(), true);
	}
}

/* All deposit and withdraw: each flush waits for the others'. A page is what
 * one got last, which may be another one's. */
#define ROUNDS	300

static struct exchange {
	uint64_t in[512] __attribute__((aligned(4096)));
	uint64_t out[512];
	uint64_t page;
	unsigned int done;
} exchanges[CPUS];

static uint64_t call_here(uint64_t control, const void *in, void *out)
{
	register void *r8 __asm__("r8") = out;
	uint64_t status;

	__asm__ volatile("vmmcall" : "=a"(status), "+c"(control) :
		"d"(in), "r"(r8) : "memory");
	return status;
}

static void exchange(void)
{
	struct exchange *mine = &exchanges[cpu_self()->index];

	for (mine->done = 0; mine->done < ROUNDS; mine->done++) {
		mine->in[0] = HV_PARTITION_ID_SELF;
		mine->in[1] = mine->page;
		if (call_here(HVCALL_DEPOSIT_MEMORY | CALL_REPS(1), mine->in,
				NULL) != 1ull << 32)
			return;
		mine->in[1] = 0;
		if (call_here(HVCALL_WITHDRAW_MEMORY | CALL_REPS(1), mine->in,
				mine->out) != 1ull << 32)
			return;
		mine->page = mine->out[0];
		*(volatile uint64_t *)(mine->page << 12) = 0x1234;
		if (*(volatile uint64_t *)(mine->page << 12) != 0x1234)
			return;
	}
}

static void all_exchange(void)
{
	uint64_t first = (uint64_t)memory_take(cpu_count) >> 12;
	unsigned int i;

	for (i = 0; i < cpu_count; i++)
		exchanges[i].page = first + i;
	for (i = 1; i < cpu_count; i++) {
		EXPECT(cpu_at(i)->starts || cpu_start_other(i), true);
		cpu_give(i, exchange);
	}
	exchange();
	for (i = 1; i < cpu_count; i++)
		EXPECT(cpu_done(i, 60000), true);
	for (i = 0; i < cpu_count; i++) {
		report_about("processor %u", i);
		EXPECT(exchanges[i].done, ROUNDS);
		EXPECT(exchanges[i].page - first < cpu_count, true);
	}
	for (i = 1; i < cpu_count; i++)
		EXPECT(exchanges[i].page != exchanges[i - 1].page, true);
}

const struct test own_tests[] = {
	{"memory: of the hypervisor reads ones", read_ones},
	{"memory: all of the hypervisor's image reads ones",
		all_of_the_image},
	{"memory: writes to the hypervisor's are dropped", drop_writes},
	{"memory: other instructions are #GP", other_instructions},
	{"memory: code in the hypervisor's memory is #GP", code},
	{"memory: code in a data page is #GP", code_in_overlay},
	{"memory: pages that may be read only", read_only_pages},
	{"memory: the log tells of it", is_logged},
	{"memory: devices appear when they are touched", devices},
	{"memory: a processor that lost its page tables", lost},
	{"memory: two processors forget a page", both_forget},
	{"memory: all processors deposit and withdraw at once", all_exchange},
	{0},
};
