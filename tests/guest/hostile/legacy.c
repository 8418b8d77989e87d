/* Hostile guests, N30: floods of the keyboard controller, dates that cannot be,
 * timers that change all the time, serial ports that are never read. */
/* SPDX-License-Identifier: MIT */
#include "pc.h"
#include "rows.h"

#define PATIENCE	10000u	/* ms */
#define CHECK_EACH	1024u	/* steps */

#define PIC		0x20
#define PIC_SECOND	0xa0

#define KEY_DATA	0x60
#define KEY_COMMAND	0x64
#define KEY_FULL	0x01
#define KEY_OF_MOUSE	0x20
#define KEY_CONFIG	0x60
#define KEY_SELF_TEST	0xaa
#define KEY_LINES	0xd1
#define KEY_MOUSE	0xd4
#define KEY_PULSE	0xf0	/* and above: of lines that are 0 */
#define KEY_RUN		0x01	/* the processor's reset is not pulsed */
#define KEY_BYTES	1024u	/* more than can wait */

#define PIT		0x40
#define PIT_CONTROL	0x43
#define SPEAKER		0x61

#define RTC		0x70
#define RTC_A		0x0a
#define RTC_B		0x0b
#define RTC_CENTURY	0x32

#define FLOPPY		0x3f5
#define FLOPPY_DRIVE	0x8e	/* DRIVE SPECIFICATION: no end of parameters */

#define COM1		0x3f8
#define COM2		0x2f8
enum { UART_DATA, UART_IER, UART_FCR, UART_LCR, UART_MCR, UART_LSR };
#define UART_LOOP	0x10

static const uint8_t any_bytes[] = { 0x00, 0x01, 0x12, 0x13, 0x24, 0x31, 0x32,
	0x60, 0x7f, 0x80, 0x99, 0x9a, 0xa0, 0xaa, 0xed, 0xf0, 0xf2, 0xf3, 0xf4,
	0xf5, 0xff };

static uint8_t any(void)
{
	return one_in(2) ? random32() : PICK(any_bytes);
}

/* There is none, whatever is put into its queue. */
static void floppy(void)
{
	static uint8_t bytes[PAGE];
	uint32_t i;

	bytes[0] = FLOPPY_DRIVE;
	for (i = 1; i < sizeof(bytes); i++)
		bytes[i] = 0x7f;
	pc_outs(FLOPPY, 1, bytes, sizeof(bytes));
	CHECK(inb(FLOPPY) == 0xff);
}

/* Vectors of their own: what comes is counted, and told to be done. */
static void begin(void)
{
	static const uint8_t second[] = { 40, 2, 1, 0 };
	static const uint8_t first[] = { 32, 4, 1, 0 };
	uint32_t i;

	pc_begin();
	floppy();
	outb(PIC, 0x11);
	outb(PIC_SECOND, 0x11);
	for (i = 0; i < 4; i++) {
		outb(PIC + 1, first[i]);
		outb(PIC_SECOND + 1, second[i]);
	}
	__asm__ volatile("sti");
}

/* Nothing that resets the VM. */
static void key_byte(void)
{
	static bool lines;
	uint8_t value = any();

	if (one_in(2)) {
		outb(KEY_DATA, value | (lines ? KEY_RUN : 0));
		lines = false;
		return;
	}
	if (value >= KEY_PULSE)
		value |= KEY_RUN;
	outb(KEY_COMMAND, value);
	lines = value == KEY_LINES;
}

static void keys(void)
{
	uint32_t i;

	for (i = below(12); i; i--)
		key_byte();
	for (i = below(8); i; i--)
		inb(KEY_DATA);
	if (inb(KEY_COMMAND) & KEY_FULL)
		taken++;
	else
		refused++;
}

static void date(void)
{
	uint32_t i;

	for (i = below(16); i; i--) {
		outb(RTC, one_in(4) ? RTC_A + below(2) : one_in(8) ?
			RTC_CENTURY : below(one_in(8) ? 256 : 16));
		if (one_in(4))
			inb(RTC + 1);
		else
			outb(RTC + 1, any());
	}
	outb(RTC, 0x0c);
	inb(RTC + 1);
}

/* Modes as often as can be, counts of one tick. */
static void timers(void)
{
	static uint8_t flips[32];
	uint32_t i;

	for (i = 0; i < sizeof(flips); i++)
		flips[i] = random32();
	switch (below(4)) {
	case 0: pc_outs(PIT_CONTROL, 1, flips, below(sizeof(flips))); break;
	case 1:
		outb(PIT_CONTROL, 0x10 + below(6) * 2);
		outb(PIT, below(3));
		break;
	case 2: outb(SPEAKER, random32()); break;
	default:
		for (i = below(16); i; i--)
			pc_out(PIT + below(4), pc_size(), odd());
		pc_in(PIT + below(4), pc_size());
	}
}

static void set_up(uint16_t port, uint8_t control)
{
	static const uint8_t line[] = { 0x80, 1, 0, 0x03 };

	outb(port + UART_LCR, line[0]);
	outb(port + UART_DATA, line[1]);
	outb(port + UART_IER, line[2]);
	outb(port + UART_LCR, line[3]);
	outb(port + UART_IER, 0);
	outb(port + UART_FCR, 0x07);
	outb(port + UART_MCR, control);
}

/* What the guest says is read by somebody: only dots come between. */
static void serial(void)
{
	static uint8_t dots[512];
	uint32_t i;

	for (i = 0; i < sizeof(dots); i++)
		dots[i] = i % 64 == 63 ? '\n' : '.';
	if (one_in(16)) {
		pc_outs(COM1, 1, dots, sizeof(dots));
		return;
	}
	for (i = below(12); i; i--)
		if (one_in(2))
			pc_in(COM2 + below(8), pc_size());
		else
			pc_out(COM2 + below(8), pc_size(), odd());
	pc_outs(COM2, 1, dots, below(32));
	outb(COM1 + UART_MCR, UART_LOOP);
	for (i = below(12); i; i--)
		outb(COM1 + (one_in(2) ? UART_DATA : UART_IER), random32());
	set_up(COM1, 0x0b);
}

static uint8_t key_answer(void)
{
	PC_UNTIL(inb(KEY_COMMAND) & KEY_FULL, PATIENCE);
	return inb(KEY_DATA);
}

/* What somebody types meanwhile comes between. */
static uint8_t mouse_answer(void)
{
	uint8_t status, value;

	do {
		PC_UNTIL((status = inb(KEY_COMMAND)) & KEY_FULL, PATIENCE);
		value = inb(KEY_DATA);
	} while (!(status & KEY_OF_MOUSE));
	return value;
}

static void keys_work(void)
{
	uint32_t i;

	outb(KEY_COMMAND, 0xad);
	outb(KEY_COMMAND, 0xa7);
	outb(KEY_COMMAND, KEY_CONFIG);
	outb(KEY_DATA, 0x30);
	for (i = 0; inb(KEY_COMMAND) & KEY_FULL; i++) {
		CHECK(i < KEY_BYTES);
		inb(KEY_DATA);
	}
	outb(KEY_COMMAND, KEY_SELF_TEST);
	CHECK(key_answer() == 0x55);
	outb(KEY_DATA, 0xff);
	CHECK(key_answer() == 0xfa && key_answer() == 0xaa);
	outb(KEY_COMMAND, KEY_MOUSE);
	outb(KEY_DATA, 0xff);
	CHECK(mouse_answer() == 0xfa && mouse_answer() == 0xaa &&
		!mouse_answer());
}

static uint8_t clock_get(uint8_t index)
{
	outb(RTC, index);
	return inb(RTC + 1);
}

static void clock_set(uint8_t index, uint8_t value)
{
	outb(RTC, index);
	outb(RTC + 1, value);
}

/* A good date is taken, and goes on: one second before the leap day. */
static void clock_works(void)
{
	static const struct { uint8_t index, value; } set[] = {
		{ RTC_B, 0x86 }, { RTC_A, 0x26 }, { 0x00, 58 }, { 0x02, 59 },
		{ 0x04, 23 }, { 0x06, 4 }, { 0x07, 28 }, { 0x08, 2 },
		{ 0x09, 24 }, { RTC_CENTURY, 20 }, { RTC_B, 0x06 },
	};
	uint32_t i;

	for (i = 0; i < sizeof(set) / sizeof(set[0]); i++)
		clock_set(set[i].index, set[i].value);
	PC_UNTIL(clock_get(0x07) == 29, PATIENCE);
	CHECK(clock_get(0x08) == 2 && clock_get(0x04) == 0);
}

static uint16_t timer_count(void)
{
	uint8_t low;

	outb(PIT_CONTROL, 0x00);
	low = inb(PIT);
	return inb(PIT) << 8 | low;
}

static void timer_works(void)
{
	uint32_t before = trap_counts[32];
	uint16_t count;

	outb(PIT_CONTROL, 0x34);
	outb(PIT, 0xff);
	outb(PIT, 0xff);
	count = timer_count();
	PC_UNTIL(timer_count() != count, PATIENCE);
	PC_UNTIL(trap_counts[32] != before, PATIENCE);
}

static void serial_works(uint16_t port)
{
	set_up(port, UART_LOOP);
	outb(port, 0x5a);
	PC_UNTIL(inb(port + UART_LSR) & 1, PATIENCE);
	CHECK(inb(port) == 0x5a);
	set_up(port, 0x0b);
}

static void check(void)
{
	keys_work();
	clock_works();
	timer_works();
	serial_works(COM2);
	serial_works(COM1);
}

static void step(void)
{
	switch (below(4)) {
	case 0: keys(); break;
	case 1: date(); break;
	case 2: timers(); break;
	default: serial(); break;
	}
	if (guest_step % CHECK_EACH == CHECK_EACH - 1)
		check();
}

static void end(void)
{
	check();
	__asm__ volatile("cli");
	say("guest: interrupts: ");
	say_number(trap_counts[32]);
	say("\n");
}

const struct row row_legacy = { "n30", begin, step, end };
