/* I/O ports by which a parent would put the machine to sleep or reset it. */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/string.h"
#include "call.h"
#include "clock.h"
#include "log.h"
#include "memory.h"
#include "run.h"
#include "tests.h"
#include "trap.h"

/* QEMU's, of both chip sets, after its firmware. */
#define PM1_CONTROL	0x604
#define SLEEP(type)	((type) << 10 | 0x2000u)
#define SYSTEM_CONTROL	0x92
#define KEYBOARD	0x64
#define DATA_PORT	0x60
#define DIRECTION	0x400ull
#define NOWHERE		0xffff800000001000ull

#define S3		1u
#define S4		2u

static uint8_t *page;

/* One instruction with registers as a string wants them. */
static struct run io(const uint8_t *bytes, unsigned int size, uint16_t port,
	uint64_t at, uint64_t count, uint64_t flags)
{
	struct run run = {.rflags = flags};

	run.gpr[RUN_RDX] = 0x5a5a0000 | port;
	run.gpr[RUN_RSI] = run.gpr[RUN_RDI] = at;
	run.gpr[RUN_RCX] = count;
	run_bytes(&run, bytes, size, CODE64, 0);
	return run;
}

static unsigned int refusals(void)
{
	return log_count("it comes back without us");
}

static const uint8_t outsb[] = {0xf3, 0x6e}, outsw[] = {0xf3, 0x66, 0x6f};
static const uint8_t outsd[] = {0x6f}, insb[] = {0xf3, 0x6c}, insw[] =
	{0x66, 0x6d};

static void out_word(uint16_t value)
{
	outw(PM1_CONTROL, value);
}

/* Byte by byte, as a double word from two places, and as strings. */
static void out_byte(uint16_t value)
{
	outb(PM1_CONTROL + 1, (uint8_t)(value >> 8));
}

static void out_double(uint16_t value)
{
	__asm__ volatile("outl %0, %w1" : : "a"((uint32_t)value), "d"(
		PM1_CONTROL));
}

static void out_before(uint16_t value)
{
	__asm__ volatile("outl %0, %w1" : : "a"((uint32_t)value << 16), "d"(
		PM1_CONTROL - 2));
}

static void out_string(uint16_t value)
{
	memcpy(page, &value, 2);
	io(outsw, 3, PM1_CONTROL, (uint64_t)page, 1, 0);
}

static void out_string_byte(uint16_t value)
{
	page[0] = (uint8_t)(value >> 8);
	io(outsb, 2, PM1_CONTROL + 1, (uint64_t)page, 1, 0);
}

static void sleep(void)
{
	static void (*const ways[])(uint16_t value) = {out_word, out_byte,
		out_double, out_before, out_string, out_string_byte};
	uint16_t was = inw(PM1_CONTROL);
	unsigned int i, type, before;

	for (i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		for (type = S3; type < 8; type++) {
			if (i >= 2 && type > S4)
				continue;
			clock_wait(150 * MILLISECOND);
			before = refusals();
			report_about("way %u, type %u", i, type);
			ways[i]((uint16_t)(was | SLEEP(type)));
			EXPECT(refusals(), before + 1);
			EXPECT(inw(PM1_CONTROL), was);
		}
	}
	/* All but the request goes through. */
	outw(PM1_CONTROL, (uint16_t)(was | S3 << 10));
	EXPECT(inw(PM1_CONTROL), was | S3 << 10);
	outb(PM1_CONTROL + 1, (uint8_t)(was >> 8));
	EXPECT(inw(PM1_CONTROL), was);
	EXPECT(clock_agrees(), true);
}

/* The line of address bit 20. */
static bool is_gate_open(void)
{
	volatile uint32_t *low = (volatile uint32_t *)(page - 0x100000);
	volatile uint32_t *high = (volatile uint32_t *)page;

	*low = 0x11111111;
	*high = 0x22222222;
	return *low == 0x11111111;
}

static void empty_keyboard(void)
{
	unsigned int i;

	for (i = 0; i < 16 && inb(KEYBOARD) & 1; i++)
		inb(DATA_PORT);
}

static void gate(void)
{
	static const uint8_t commands[] = {0xdd, 0xd1, 0xfd, 0xf1, 0xf3};
	uint8_t was = inb(SYSTEM_CONTROL);
	unsigned int i;

	EXPECT(is_gate_open(), true);
	outb(SYSTEM_CONTROL, was & ~3);
	EXPECT(is_gate_open(), true);
	EXPECT(inb(SYSTEM_CONTROL) & 3, 2);
	for (i = 0; i < sizeof(commands); i++) {
		report_about("keyboard command %x", commands[i]);
		outb(KEYBOARD, commands[i]);
		if (commands[i] == 0xd1)
			outb(DATA_PORT, 0xdd);
		EXPECT(is_gate_open(), true);
		EXPECT(call(HVCALL_GET_PARTITION_ID, NULL, 0),
			HV_STATUS_SUCCESS);
	}
	empty_keyboard();
	/* Other commands reach it: the self test answers 55h. */
	outb(KEYBOARD, 0xaa);
	EXPECT(WAIT_UNTIL(inb(KEYBOARD) & 1, PATIENCE), true);
	EXPECT(inb(DATA_PORT), 0x55);
	outb(KEYBOARD, 0xff);
	outb(SYSTEM_CONTROL, was);
}

static void strings_in(void)
{
	uint8_t status = inb(SYSTEM_CONTROL);
	struct run run;

	memset(page, 0x77, 16);
	run = io(insb, 2, SYSTEM_CONTROL, (uint64_t)page + 4, 3, 0);
	EXPECT(run.vector, VECTOR_BP);
	EXPECT(run.rip, 2);
	EXPECT(run.gpr[RUN_RCX], 0);
	EXPECT(run.gpr[RUN_RDI], (uint64_t)page + 7);
	EXPECT(page[3], 0x77);
	EXPECT(page[4], status);
	EXPECT(page[6], status);
	EXPECT(page[7], 0x77);
	run = io(insb, 2, SYSTEM_CONTROL, (uint64_t)page + 12, 2, DIRECTION);
	EXPECT(run.gpr[RUN_RDI], (uint64_t)page + 10);
	EXPECT(page[11], status);
	EXPECT(page[10], 0x77);
	run = io(insb, 2, SYSTEM_CONTROL, (uint64_t)page, 0, 0);
	EXPECT(run.rip, 2);
	EXPECT(run.gpr[RUN_RDI], (uint64_t)page);
	EXPECT(page[0], 0x77);
	run = io(insw, 2, PM1_CONTROL, (uint64_t)page, 9, 0);
	EXPECT(run.gpr[RUN_RCX], 9);
	EXPECT(run.gpr[RUN_RDI], (uint64_t)page + 2);
	EXPECT(*(uint16_t *)page, inw(PM1_CONTROL));
}

/* Where there is no memory, or none of the parent's. */
static void strings_nowhere(void)
{
	struct run run = io(outsd, 1, PM1_CONTROL, NOWHERE, 1, 0);

	EXPECT(run.vector, VECTOR_PF);
	EXPECT(run.cr2, NOWHERE);
	EXPECT(run.error, 0);
	EXPECT(run.rip, 0);
	run = io(insb, 2, SYSTEM_CONTROL, NOWHERE, 1, 0);
	EXPECT(run.vector, VECTOR_PF);
	EXPECT(run.error, 2);
	EXPECT(run.gpr[RUN_RCX], 1);
	run = io(insb, 2, SYSTEM_CONTROL, places.heap + 0x3000, 1, 0);
	EXPECT(run.vector, VECTOR_GP);
	run = io(outsb, 2, KEYBOARD, places.image, 1, 0);
	EXPECT(run.vector, VECTOR_GP);
	run = io(outsb, 2, KEYBOARD, 1ull << 63, 1, 0);
	EXPECT(run.vector, VECTOR_GP);
}

/* A user may not: the exception comes before the exit. */
static void user(void)
{
	static const uint8_t out[] = {0xee};
	struct run run = {.gpr[RUN_RDX] = KEYBOARD, .gpr[RUN_RAX] = 0xfe};

	run_bytes(&run, out, 1, USER_CODE, 0);
	EXPECT(run.vector, VECTOR_GP);
}

/* A single step ends behind an access that exits. */
static void stepped(void)
{
	static const uint8_t in[] = {0xec, 0x90, 0x90};
	struct run run = {.gpr[RUN_RDX] = SYSTEM_CONTROL, .rflags = 0x100,
		.gpr[RUN_RAX] = 0x1122334455667788};

	run_bytes(&run, in, 3, CODE64, 0);
	EXPECT(run.vector, 1);
	EXPECT(run.rip, 1);
	EXPECT(run.gpr[RUN_RAX], 0x1122334455667700 | inb(SYSTEM_CONTROL));
}

static void take(void)
{
	/* Bit 20 of its address set: the gate shows there. */
	do
		page = memory_take(1);
	while (!((uint64_t)page & 0x100000));
}

const struct test port_tests[] = {
	{"port: a page", take},
	{"port: sleep states", sleep},
	{"port: the A20 gate", gate},
	{"port: strings from a port", strings_in},
	{"port: strings without memory", strings_nowhere},
	{"port: not for users", user},
	{"port: single steps", stepped},
	{0},
};
