/* What exits of a child cost, in TSC ticks: with QEMU's -icount shift=0 each is
 * one instruction. tests/lib/bench.py reads the lines. */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/string.h"
#include "bells.h"
#include "call.h"
#include "guest.h"
#include "run.h"
#include "tests.h"
#include "trap.h"

#define CODE(name)	name, name##_end
#define CODE_IS(name)	extern const uint8_t name[], name##_end[]
CODE_IS(child_figure_nothing);
CODE_IS(child_figure_call);
CODE_IS(child_figure_cpuid);
CODE_IS(child_figure_rdmsr);
CODE_IS(child_figure_wrmsr);
CODE_IS(child_figure_store);
CODE_IS(child_figure_out);
CODE_IS(child_sleep);
CODE_IS(child_quiet);

#define ROUNDS		32
#define SENT		6
#define SENDER		0
#define VECTOR		0x40
#define AT_BELLS	0x10000000ull	/* no memory of the child's */
#define AT_DEVICE	0x20000000ull
#define AT_SLEEP	(AT_CODE + 0x400)
#define AT_HANDLER	(AT_CODE + 0x800)
#define BELL		5
#define HYPERCALLS	7	/* STATS_HYPERCALL in core/stats.h */

static struct child child;
static const volatile uint64_t *counters;
/* What two RDTSC with nothing between them differ by. */
static uint64_t nothing;

/* How a piece of code is set up: childcode.S, "figure". */
struct setup {
	uint64_t rax, rcx, rdx, r8, step, rbx;
	unsigned int rounds;
};

struct sample {
	uint64_t before, after;
};

static const volatile struct sample *samples(void)
{
	return (const volatile void *)(child.memory + AT_DATA);
}

static void begin(const uint8_t *code, const uint8_t *end,
	const struct setup *setup)
{
	struct register_page *page = child.registers[SENDER];

	child_start(&child, SENDER, CHILD_LONG, code, end);
	EXPECT(child_until(&child, SENDER, PORT_DONE) >> 32, 0);
	page->gpr[RUN_R9] = setup->rax;
	page->gpr[RUN_R10] = setup->rcx;
	page->gpr[RUN_R11] = setup->rdx;
	page->gpr[RUN_R12] = setup->r8;
	page->gpr[RUN_R13] = setup->step;
	page->gpr[RUN_RBX] = setup->rbx;
	page->gpr[RUN_RBP] = setup->rounds ? setup->rounds : ROUNDS;
	page->gpr[RUN_RDI] = AT_DATA;
	page->dirty |= HV_DIRTY_GENERAL;
}

/* DISPATCH_VP with nothing around it: the TSC at its end. */
static uint64_t dispatch(uint32_t vp)
{
	uint64_t control = HVCALL_DISPATCH_VP;
	uint64_t in = (uint64_t)call_in, end;

	*(struct hv_dispatch_in *)call_in = (struct hv_dispatch_in){child.id,
		vp, HV_DISPATCH_CLEAR_INTERCEPT, 0, 0};
	__asm__ volatile("mov %3, %%r8; vmmcall; rdtsc; shl $32, %%rdx;"
		"or %%rdx, %%rax"
		: "=a"(end), "+c"(control), "+d"(in)
		: "r"((uint64_t)call_out)
		: "memory", "r8", "r9", "r10", "r11");
	return end;
}

/* The smallest and the largest: what is not the same is said so. */
static void say(const char *name, unsigned int from, unsigned int to)
{
	uint64_t least = ~0ull, most = 0, ticks;
	unsigned int i;

	for (i = from; i < to; i++) {
		ticks = samples()[i].after - samples()[i].before - nothing;
		least = ticks < least ? ticks : least;
		most = ticks > most ? ticks : most;
	}
	report_note("figure: %s: %lu to %lu", name, least, most);
}

/* The first rounds fill what is remembered. */
static void figure(const char *name, const uint8_t *code, const uint8_t *end,
	const struct setup *setup)
{
	begin(code, end, setup);
	EXPECT(child_until(&child, SENDER, PORT_DONE) >> 32, 0);
	say(name, ROUNDS / 2, ROUNDS);
}

static bool start(void)
{
	static const struct setup none;
	struct hv_stats_in in = {.type = HV_STATS_VP};

	if (!guest_make(&child, 1, GUEST_FEATURES | HV_FEATURE_APIC_MSRS))
		return false;
	in.vp.partition_id = child.id;
	EXPECT(child_feed(child.id, HVCALL_MAP_STATS_PAGE, &in, sizeof(in),
		NULL), HV_STATUS_SUCCESS);
	counters = (const volatile uint64_t *)(child_out()[0] << 12);
	begin(CODE(child_figure_nothing), &none);
	EXPECT(child_until(&child, SENDER, PORT_DONE) >> 32, 0);
	nothing = samples()[ROUNDS - 1].after - samples()[ROUNDS - 1].before -
		1;
	return true;
}

static void exits(void)
{
	if (!start())
		return;
	figure("hypercall, null", CODE(child_figure_call), &(struct setup){
		.rcx = 0x3fff});
	figure("CPUID 0", CODE(child_figure_cpuid), &(struct setup){0});
	figure("CPUID 0x40000000", CODE(child_figure_cpuid), &(struct setup){
		.rax = 0x40000000});
	figure("RDMSR VP_INDEX", CODE(child_figure_rdmsr), &(struct setup){
		.rcx = HV_MSR_VP_INDEX});
	figure("RDMSR EFER", CODE(child_figure_rdmsr), &(struct setup){
		.rcx = 0xc0000080});
	figure("WRMSR EOI", CODE(child_figure_wrmsr), &(struct setup){
		.rcx = HV_MSR_EOI});
	child_end(&child);
}

/* One that runs into a port or memory that is nobody's, until the parent has
 * its message and has let it go on. No worker, no Linux. */
static void messages(const char *name, const uint8_t *code, const uint8_t *end,
	unsigned int length)
{
	struct setup setup = {.rbx = AT_DEVICE};
	struct register_page *page = child.registers[SENDER];
	unsigned int i;

	begin(code, end, &setup);
	for (i = 0; i < ROUNDS; i++) {
		dispatch(SENDER);
		page->rip += length;
		page->dirty |= HV_DIRTY_IP;
	}
	dispatch(SENDER);
	EXPECT(page->gpr[RUN_RBP], 0);
	say(name, ROUNDS / 2, ROUNDS);
}

static void intercepts(void)
{
	if (!start())
		return;
	messages("intercept, port", CODE(child_figure_out), 2);
	messages("intercept, memory", CODE(child_figure_store), 3);
	child_end(&child);
}

/* From the sender's RDTSC to the parent's, which takes no interrupt meanwhile:
 * the interrupt that the operation sends ends the dispatch. The last time of
 * some; between them the parent makes it as it was. */
static void say_sent(const char *name, const uint8_t *code,
	const uint8_t *end, const struct setup *setup, void (*again)(void))
{
	uint64_t exits = 0, back = 0;
	unsigned int i;

	begin(code, end, setup);
	for (i = 0; i < SENT; i++) {
		exits = counters[HYPERCALLS];
		interrupts_off();
		back = dispatch(SENDER);
		interrupts_on();
		exits = counters[HYPERCALLS] - exits;
		again();
	}
	report_note("figure: %s: %lu", name, back -
		samples()[SENT - 1].before);
	EXPECT(exits, code == child_figure_call);
	EXPECT(child_until(&child, SENDER, PORT_DONE) >> 32, 0);
}

static void doorbell(const char *name, const uint8_t *code,
	const uint8_t *end, struct setup *setup)
{
	report_note("figure: %s", name);
	setup->rounds = SENT;
	say_sent("... to the parent's next instruction", code, end, setup,
		bells_settle);
	setup->rounds = 0;
	figure("... and on, the port is in the ring", code, end, setup);
	bells_settle();
}

static void doorbells(void)
{
	struct setup signal = {.rcx = HVCALL_SIGNAL_EVENT | HVCALL_FAST,
		.rdx = BELL};
	struct setup store = {.rbx = AT_BELLS + 8 * BELL};

	if (!start())
		return;
	EXPECT(guest_offer(&child, HV_PARTITION_DOORBELL_WINDOW, AT_BELLS),
		HV_STATUS_SUCCESS);
	bells_on();
	bells_make(child.id, BELL, AT_BELLS + 8 * BELL, 0,
		HV_DOORBELL_ANY_VALUE);
	doorbell("doorbell by HvSignalEvent", CODE(child_figure_call),
		&signal);
	doorbell("doorbell by memory", CODE(child_figure_store), &store);
	bells_off();
	bells_end(child.id, BELL);
	child_end(&child);
}

static unsigned int targets;

/* They take what came, and wait again. */
static void wait_again(void)
{
	unsigned int vp;

	bells_settle();
	for (vp = 1; vp <= targets; vp++)
		EXPECT(child_run(&child, vp), CHILD_BLOCKED);
	bells_settle();
}

static void make_targets(void)
{
	unsigned int vp;

	memcpy(child.memory + AT_HANDLER, child_quiet,
		(size_t)(child_quiet_end - child_quiet));
	for (vp = 1; vp <= targets; vp++) {
		EXPECT(child_create_vp(child.id, vp), HV_STATUS_SUCCESS);
		child_start(&child, vp, CHILD_LONG, CODE(child_sleep));
		EXPECT(child_run(&child, vp), CHILD_BLOCKED);
	}
	/* The sender's code comes to where theirs is. */
	memcpy(child.memory + AT_SLEEP, child_sleep,
		(size_t)(child_sleep_end - child_sleep));
	for (vp = 1; vp <= targets; vp++)
		child_set(&child, vp, HV_REG_RIP, child_get(&child, vp,
			HV_REG_RIP) - AT_CODE + AT_SLEEP);
}

/* The tables of exceptions are made anew with each start. */
static void prepare_handlers(void)
{
	uint64_t *idt = (uint64_t *)(child.memory + AT_IDT);
	unsigned int i;

	for (i = 0; i < 2 * ROUNDS; i++)
		idt[2 * (VECTOR + i)] = AT_HANDLER | 8 << 16 |
			0x8e0000000000;
}

static void wait_first(void)
{
	prepare_handlers();
	wait_again();
}

/* To VPs that wait, whom the parent is told of; then to the same, which nobody
 * runs, with other vectors. */
static void send(void)
{
	struct setup setup = {.rcx = HVCALL_SEND_IPI | HVCALL_FAST,
		.rdx = VECTOR, .r8 = ((1ull << targets) - 1) << 1, .step = 1,
		.rounds = SENT};
	uint64_t exits;

	report_note("figure: IPI to %u", targets);
	bells_on();
	say_sent("... that wait, to the parent's next instruction",
		CODE(child_figure_call), &setup, wait_first);
	bells_off();
	setup.rdx += ROUNDS;
	setup.rounds = 0;
	exits = counters[HYPERCALLS];
	figure("... that nobody runs, and on", CODE(child_figure_call),
		&setup);
	EXPECT(counters[HYPERCALLS] - exits, ROUNDS);
}

static void ipis(void)
{
	static const unsigned int counts[] = {1, 4, 16};
	unsigned int i;

	for (i = 0; i < 3; i++) {
		targets = counts[i];
		if (!start())
			return;
		make_targets();
		send();
		child_end(&child);
	}
}

const struct test figures[] = {
	{"exits", exits},
	{"intercepts", intercepts},
	{"doorbells", doorbells},
	{"IPIs", ipis},
	{0},
};
