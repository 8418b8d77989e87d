/* Hostile guests: a small driver of IDE. */
/* SPDX-License-Identifier: MIT */
#include "ide.h"

#include "random.h"

#define PATIENCE	60000u	/* ms */
#define BAR_PORTS	0xfffcu
#define PORTS_AND_MASTER 5u	/* of PCI's command register */
#define SRST		0x04
#define READ		0x20
#define WRITE		0x30
#define IDENTIFY	0xec
#define IDENTIFY_PACKET	0xa1
#define PACKET		0xa0
#define PACKET_DEVICE	0x8580	/* of word 0, without what differs */
#define INQUIRY		0x12
#define INQUIRY_SIZE	36u
#define DVD		0x05
/* Of a disk's sectors: there it may write when it is looked at. */
#define SPARE		100u

const uint16_t ide_commands[2] = { 0x1f0, 0x170 };
const uint16_t ide_controls[2] = { 0x3f6, 0x376 };
uint16_t ide_masters[2];
uint16_t ide_sector[IDE_WORDS];

void ide_begin(void)
{
	uint16_t base = pc_config(PC_IDE, PC_BAR(4)) & BAR_PORTS;

	CHECK(base);
	ide_masters[0] = base;
	ide_masters[1] = base + 8;
	pc_set_config(PC_IDE, PC_COMMAND, PORTS_AND_MASTER);
}

void ide_out(uint32_t channel, uint32_t number, uint8_t value)
{
	outb(ide_commands[channel] + number, value);
}

uint8_t ide_in(uint32_t channel, uint32_t number)
{
	return inb(ide_commands[channel] + number);
}

uint8_t ide_settled(uint32_t channel)
{
	PC_UNTIL(!(inb(ide_controls[channel]) & IDE_BUSY), PATIENCE);
	return ide_in(channel, IDE_COMMAND);
}

static void select(uint32_t place)
{
	ide_out(place / 2, IDE_DEVICE, IDE_LBA | (place % 2) * IDE_SECOND);
}

void ide_command(uint32_t place, uint8_t command, uint32_t sector,
	uint8_t count)
{
	uint32_t channel = place / 2;

	select(place);
	ide_out(channel, IDE_FEATURE, 0);
	ide_out(channel, IDE_COUNT, count);
	ide_out(channel, IDE_LOW, sector);
	ide_out(channel, IDE_MIDDLE, sector >> 8);
	ide_out(channel, IDE_HIGH, sector >> 16);
	ide_out(channel, IDE_COMMAND, command);
}

static void data_in(uint32_t channel, uint32_t words)
{
	CHECK(ide_settled(channel) == (IDE_GOOD | IDE_DUE));
	pc_ins(ide_commands[channel], 2, ide_sector, words);
	CHECK(ide_settled(channel) == IDE_GOOD);
}

static void data_out(uint32_t channel, uint32_t words)
{
	CHECK(ide_settled(channel) == (IDE_GOOD | IDE_DUE));
	pc_outs(ide_commands[channel], 2, ide_sector, words);
}

void ide_read(uint32_t place, uint32_t sector)
{
	ide_command(place, READ, sector, 1);
	data_in(place / 2, IDE_WORDS);
}

void ide_write(uint32_t place, uint32_t sector)
{
	ide_command(place, WRITE, sector, 1);
	data_out(place / 2, IDE_WORDS);
	CHECK(ide_settled(place / 2) == IDE_GOOD);
}

static void disk_works(uint32_t place)
{
	uint32_t sector = SPARE + below(SPARE), i;
	uint16_t word = random32() | 0x1010;	/* no list for us */

	ide_command(place, IDENTIFY, 0, 0);
	data_in(place / 2, IDE_WORDS);
	CHECK(!(ide_sector[0] & 0x8000));
	if (place == IDE_LOCKED)
		return;
	for (i = 0; i < IDE_WORDS; i++)
		ide_sector[i] = word;
	ide_write(place, sector);
	ide_sector[0] = ide_sector[IDE_WORDS - 1] = ~word;
	ide_read(place, sector);
	for (i = 0; i < IDE_WORDS; i++)
		CHECK(ide_sector[i] == word);
}

/* Until there is nothing that it wants to tell. */
static void dvd_works(uint32_t place)
{
	uint32_t channel = place / 2, i;

	ide_command(place, IDENTIFY_PACKET, 0, 0);
	data_in(channel, IDE_WORDS);
	CHECK((ide_sector[0] & PACKET_DEVICE) == PACKET_DEVICE);
	ide_command(place, PACKET, INQUIRY_SIZE << 8, 0);
	for (i = 0; i < 6; i++)
		ide_sector[i] = 0;
	ide_sector[0] = INQUIRY;
	ide_sector[2] = INQUIRY_SIZE;
	data_out(channel, 6);
	data_in(channel, INQUIRY_SIZE / 2);
	CHECK((ide_sector[0] & 0xff) == DVD);
}

void ide_works(uint32_t channel)
{
	uint32_t place;

	outb(ide_controls[channel], SRST);
	outb(ide_controls[channel], 0);
	ide_settled(channel);
	outb(ide_masters[channel] + IDE_MASTER, 0);
	for (place = 2 * channel; place < 2 * channel + 2; place++)
		if (place == IDE_DVD)
			dvd_works(place);
		else
			disk_works(place);
}
