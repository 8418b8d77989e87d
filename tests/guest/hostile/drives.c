/* Hostile guests, N28 and N29: commands, data, packets and lists of IDE drives
 * in every order, at any time. */
/* SPDX-License-Identifier: MIT */
#include "ide.h"
#include "rows.h"

#define ENTRIES		16u	/* of a list, and 64 KB of them */
#define ENDLESS		8192u
#define LAST		0x80000000u
#define ITEMS		5000u	/* of data at once, at most */
#define REPEATS		0x10000u
#define CHECK_EACH	4096u	/* steps */

/* Where the bus master may go. */
static struct {
	uint32_t address, size;
} list[ENDLESS] __attribute__((aligned(65536)));
/* What is written; as a list it is one without memory. */
static uint32_t data[ITEMS];
static uint32_t channel;

static void begin(void)
{
	uint32_t i;

	pc_begin();
	ide_begin();
	for (i = 0; i < ITEMS; i++)
		data[i] = random32() | 0x10101010;
	outl(ide_masters[0] + IDE_MASTER_TABLE, quad_of(list));
	outl(ide_masters[1] + IDE_MASTER_TABLE, quad_of(list));
}

static void count(void)
{
	if (ide_in(channel, IDE_COMMAND) & IDE_ERROR)
		refused++;
	else
		taken++;
}

static void start(uint32_t table, uint8_t direction)
{
	outl(ide_masters[channel] + IDE_MASTER_TABLE, table);
	outb(ide_masters[channel] + IDE_MASTER, direction);
	outb(ide_masters[channel] + IDE_MASTER, direction | IDE_START);
}

static void stop(void)
{
	outb(ide_masters[channel] + IDE_MASTER, 0);
	outb(ide_masters[channel] + IDE_MASTER_STATUS, 6);
}

/* READ DMA of 256 sectors. */
static void read_by(uint32_t table)
{
	ide_command(2 * channel, 0xc8, 0, 0);
	start(table, IDE_TO_MEMORY);
}

/* As HOSTILE has it: sectors from 0x10 on, 0x77 of them; then that command
 * again, and more data than are due. */
static void repeated(void)
{
	static uint8_t write[REPEATS];
	uint32_t i;

	for (i = 0; i < REPEATS; i++)
		write[i] = 0x30;
	for (i = 0; i < IDE_WORDS; i++)
		ide_sector[i] = 0x5a5a;
	ide_out(0, IDE_DEVICE, IDE_LBA);
	ide_out(0, IDE_MIDDLE, 0);
	ide_out(0, IDE_HIGH, 0);
	outb(0x1f3, 0x10);
	outb(0x1f2, 0x77);
	outb(0x1f7, 0x30);
	CHECK(ide_settled(0) == (IDE_GOOD | IDE_DUE));
	pc_outs(0x1f0, 2, ide_sector, IDE_WORDS);
	pc_outs(0x1f7, 1, write, REPEATS);
	for (i = 0; i < 0x77 * 2; i++) {
		ide_settled(0);
		pc_outs(0x1f0, 2, data, IDE_WORDS);
	}
	CHECK(ide_settled(0) == IDE_GOOD);
	pc_ins(0x1f0, 2, write, REPEATS / 2);
	for (i = 0; i < REPEATS; i++)
		CHECK(write[i] == 0xff);
	ide_read(IDE_DISK, 0x10);
	CHECK(ide_sector[0] == 0x5a5a && ide_sector[IDE_WORDS - 1] == 0x5a5a);
	ide_works(0);
}

/* Lists without an end, without a length (that is 64 KB), in no memory, round
 * the end of what there is. */
static void wrong_lists(void)
{
	static const uint32_t tables[] = { PC_RAM, PC_RAM - 8, 0xa0000,
		0xfee00000, 0xfffffffc };
	volatile uint32_t *last = (uint32_t *)(PC_RAM - 8);
	uint32_t i;

	for (i = 0; i < ENDLESS; i++) {
		list[i].address = PC_FREE;
		list[i].size = 2;
	}
	read_by(quad_of(list));
	ide_settled(channel);
	stop();
	list[0].size = list[1].size = 0;
	read_by(quad_of(list));
	CHECK(!(ide_settled(channel) & IDE_ERROR));
	stop();
	last[0] = PC_FREE;
	last[1] = 2;
	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		read_by(tables[i]);
		CHECK(ide_settled(channel) & IDE_ERROR);
		stop();
	}
	list[0].address = quad_of(list);
	list[0].size = 64;
	read_by(quad_of(list));
	ide_settled(channel);
	stop();
	list[0].address = 0;
	ide_works(channel);
}

/* A part of what IDENTIFY says, then other commands. */
static void partial(void)
{
	uint32_t i;

	for (i = 0; i < 4; i++) {
		ide_command(IDE_DISK, 0xec, 0, 0);
		CHECK(ide_settled(0) == (IDE_GOOD | IDE_DUE));
		pc_ins(0x1f0, 2, ide_sector, below(IDE_WORDS));
		ide_out(0, IDE_COMMAND, 0x20);
		ide_out(0, IDE_DEVICE, IDE_SECOND);
		CHECK(ide_settled(0) == (IDE_GOOD | IDE_DUE));
		ide_works(0);
	}
}

/* Data by all sizes, to a sector's end and past it. */
static void mixed(void)
{
	uint32_t i;

	for (i = 0; i < 4; i++) {
		ide_command(IDE_DISK, i % 2 ? 0x20 : 0x30, 0x20, 2);
		while (ide_settled(0) & IDE_DUE)
			if (i % 2)
				pc_in(0x1f0, pc_size());
			else
				pc_out(0x1f0, pc_size(), random32());
		CHECK(ide_in(0, IDE_COMMAND) == IDE_GOOD);
	}
}

static void begin_disks(void)
{
	channel = 0;
	begin();
	repeated();
	wrong_lists();
}

static void begin_dvd(void)
{
	begin();
	channel = 0;
	partial();
	mixed();
	channel = 1;
	ide_works(1);
}

static void any_list(void)
{
	uint32_t i;

	for (i = 0; i < ENTRIES; i++) {
		list[i].size = one_in(4) ? odd() : below(4096);
		list[i].address = pc_place(0x10000);
		if (one_in(3))
			list[i].size |= LAST;
	}
}

static uint32_t any_table(void)
{
	static const uint32_t tables[] = { PC_RAM, 0xa0000, 0xbffffffc,
		0xfd000000, 0xfee00000, 0xfffffffc };

	return one_in(8) ? PICK(tables) : quad_of(&list[below(ENTRIES)]);
}

static void any_command(void)
{
	static const uint8_t known[] = { 0x06, 0x08, 0x20, 0x24, 0x25, 0x29,
		0x30, 0x34, 0x35, 0x39, 0x3d, 0x90, 0x91, 0xa0, 0xa1, 0xc4,
		0xc5, 0xc6, 0xc8, 0xca, 0xe7, 0xea, 0xec, 0xef, 0xf8 };
	uint32_t i;

	ide_out(channel, IDE_DEVICE, random32());
	for (i = IDE_FEATURE; i < IDE_DEVICE; i++) {
		ide_out(channel, i, one_in(2) ? random32() : below(4));
		if (!one_in(4))
			ide_out(channel, i, one_in(2) ? 0 : random32());
	}
	ide_out(channel, IDE_COMMAND, one_in(4) ? random32() : PICK(known));
	count();
}

static void any_packet(void)
{
	static const uint8_t known[] = { 0x00, 0x03, 0x12, 0x1a, 0x1b, 0x1e,
		0x25, 0x28, 0x2b, 0x35, 0x42, 0x43, 0x46, 0x4a, 0x51, 0x55,
		0x5a, 0xa8, 0xad, 0xbd, 0xbe };
	uint8_t packet[12];
	uint32_t i;

	for (i = 0; i < sizeof(packet); i++)
		packet[i] = one_in(3) ? odd() : 0;
	packet[0] = one_in(8) ? random32() : PICK(known);
	ide_out(channel, IDE_DEVICE, one_in(4) ? IDE_SECOND : 0);
	ide_out(channel, IDE_FEATURE, below(2));
	ide_out(channel, IDE_MIDDLE, random32());
	ide_out(channel, IDE_HIGH, below(16));
	ide_out(channel, IDE_COMMAND, 0xa0);
	pc_outs(ide_commands[channel], 2, packet, sizeof(packet) / 2);
	count();
}

static void any_data(bool in)
{
	static uint32_t got[ITEMS];
	uint32_t items = one_in(4) ? below(ITEMS) : below(IDE_WORDS);

	if (in)
		pc_ins(ide_commands[channel], pc_size(), got, items);
	else
		pc_outs(ide_commands[channel], pc_size(), data, items);
}

/* Every register, at once after a command that takes a while. */
static void change_busy(void)
{
	uint32_t i;

	ide_command(2 * channel + below(2), one_in(2) ? 0x25 : 0xe7,
		below(1024), 0);
	for (i = IDE_FEATURE; i <= IDE_COMMAND; i++)
		ide_out(channel, i, random32());
	start(quad_of(list), IDE_TO_MEMORY);
	for (i = 0; i < 8; i++)
		ide_out(channel, IDE_DEVICE, random32());
}

static void port(void)
{
	uint16_t number = ide_commands[channel] + below(8);

	switch (below(4)) {
	case 0: pc_in(number, pc_size()); break;
	case 1: pc_out(number, pc_size(), odd()); break;
	case 2:
		outb(ide_controls[channel], one_in(4) ? random32() : 0);
		break;
	/* Its table is chosen elsewhere: there must be one to read. */
	default: pc_out(ide_masters[channel] + below(4), 1, random32()); break;
	}
}

/* A command that waits for the bus master stays busy. */
static void rest(void)
{
	uint32_t i;

	for (i = 0; i < 32; i++)
		if (!(inb(ide_controls[channel]) & IDE_BUSY))
			break;
	count();
}

static void step(void)
{
	switch (below(16)) {
	case 0 ... 2: port(); break;
	case 3 ... 5: any_command(); break;
	case 6: case 7: any_data(true); break;
	case 8: case 9: any_data(false); break;
	case 10: any_list(); break;
	case 11: start(any_table(), below(2) * IDE_TO_MEMORY); break;
	case 12: stop(); break;
	case 13: any_packet(); break;
	case 14: change_busy(); break;
	default: rest(); break;
	}
	if (guest_step % CHECK_EACH == CHECK_EACH - 1)
		ide_works(channel);
}

static void finish(void)
{
	ide_works(0);
	ide_works(1);
}

const struct row row_disks = { "n28", begin_disks, step, finish };
const struct row row_dvd = { "n29", begin_dvd, step, finish };
