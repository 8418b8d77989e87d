/* IDENTIFY DEVICE and IDENTIFY PACKET DEVICE: what a drive says of itself. */
/* SPDX-License-Identifier: MIT */
#include "ide/identify.h"

#include <string.h>

/* Words of the answer: ATA8-ACS 7.12 and 7.13. */
#define SERIAL		10
#define FIRMWARE	23
#define MODEL		27
#define CYLINDERS_MAX	16383u
#define LBA28_MAX	0x0fffffffu

static void put(uint8_t *to, unsigned int word, uint16_t value)
{
	to[2 * word] = value;
	to[2 * word + 1] = value >> 8;
}

static void put_long(uint8_t *to, unsigned int word, unsigned int words,
	uint64_t value)
{
	for (; words--; value >>= 16)
		put(to, word++, value);
}

/* Letters in pairs, the second one first, filled with spaces. */
static void put_string(uint8_t *to, unsigned int word, unsigned int words,
	const char *text)
{
	char first, second;

	for (; words--; word++) {
		first = *text ? *text++ : ' ';
		second = *text ? *text++ : ' ';
		put(to, word, first << 8 | second);
	}
}

static void put_serial(uint8_t *to, const struct scsi_unit *unit)
{
	static const char digits[] = "0123456789ABCDEF";
	char text[21] = "";
	unsigned int i;

	for (i = 0; i < 10; i++) {
		text[2 * i] = digits[unit->id[i] >> 4];
		text[2 * i + 1] = digits[unit->id[i] & 15];
	}
	put_string(to, SERIAL, 10, text);
}

static uint16_t modes(uint16_t all, uint8_t mode, uint8_t kind)
{
	return all | ((mode & 0xf8) == kind ? 0x100u << (mode & 7) : 0);
}

/* What both kinds have. */
static void common(const struct ide_drive *drive,
	const struct scsi_unit *unit, uint8_t *to)
{
	unsigned int word;

	memset(to, 0, IDENTIFY_BYTES);
	put_serial(to, unit);
	put_string(to, FIRMWARE, 4, "1.0");
	put(to, 48, 1);			/* PIO of 32 bits */
	put(to, 49, 0x0f00);		/* DMA, LBA, IORDY */
	put(to, 50, 0x4000);
	put(to, 51, 0x0200);
	put(to, 52, 0x0200);
	put(to, 53, 0x0007);		/* 54 to 58, 64 to 70, 88 */
	put(to, 63, modes(0x0007, drive->mode, 0x20));
	put(to, 64, 0x0003);		/* PIO 3 and 4 */
	for (word = 65; word <= 68; word++)
		put(to, word, 120);	/* ns */
	/* ATA-4 to 7: for later ones word 48 means something else. */
	put(to, 80, 0x00f0);
	put(to, 88, modes(0x003f, drive->mode, 0x40));
	put(to, 93, 0x6001);		/* reset: a good cable */
}

static void geometry(const struct ide_drive *drive, uint64_t sectors,
	uint8_t *to)
{
	uint32_t heads = drive->heads ? drive->heads : IDENTIFY_HEADS;
	uint32_t track = drive->heads ? drive->sectors : IDENTIFY_SECTORS;
	uint64_t whole = sectors / (IDENTIFY_HEADS * IDENTIFY_SECTORS);
	uint64_t now = sectors / (heads * track);

	if (whole > CYLINDERS_MAX)
		whole = CYLINDERS_MAX;
	if (now > 65535)
		now = 65535;
	put(to, 1, whole);
	put(to, 3, IDENTIFY_HEADS);
	put(to, 6, IDENTIFY_SECTORS);
	put(to, 54, now);
	put(to, 55, heads);
	put(to, 56, track);
	put_long(to, 57, 2, now * heads * track);
}

static void features(const struct ide_drive *drive, uint8_t *to)
{
	/* NOP, read-ahead, write cache, power management. */
	uint16_t on = 0x4068;

	put(to, 82, on);
	put(to, 83, 0x7400);	/* FLUSH and its long form, 48 bits */
	put(to, 84, 0x4040);	/* FUA */
	if (drive->cache_off)
		on &= ~0x0020;
	if (drive->ahead_off)
		on &= ~0x0040;
	put(to, 85, on);
	put(to, 86, 0x3400);
	put(to, 87, 0x4040);
}

static unsigned int exponent(const struct scsi_unit *unit)
{
	unsigned int power = 0;

	while (unit->sector << power < unit->physical)
		power++;
	return power;
}

void identify_disk(const struct ide_drive *drive, const struct scsi_unit *unit,
	uint8_t *to)
{
	uint64_t sectors = unit->size / DISK_SECTOR;

	common(drive, unit, to);
	put(to, 0, 0x0040);
	put_string(to, MODEL, 20, "Virtual HD");
	geometry(drive, sectors, to);
	put(to, 47, 0x8000 | IDE_MULTIPLE);
	put(to, 59, drive->multiple ? 0x100 | drive->multiple : 0);
	put_long(to, 60, 2, sectors < LBA28_MAX ? sectors : LBA28_MAX);
	features(drive, to);
	put_long(to, 100, 4, sectors);
	put(to, 106, 0x4000 | (exponent(unit) ? 0x2000 : 0) | exponent(unit));
	if (!unit->thin)
		return;
	put(to, 69, 0x4020);	/* what was trimmed reads as zeros */
	put(to, 105, IDENTIFY_TRIM);
	put(to, 169, 0x0001);
}

void identify_dvd(const struct ide_drive *drive, const struct scsi_unit *unit,
	uint8_t *to)
{
	common(drive, unit, to);
	put(to, 53, 0x0006);	/* no geometry */
	put(to, 0, 0x85c0);	/* packets of 12 bytes, CD-ROM, removable */
	put_string(to, MODEL, 20, "Virtual CD");
	put(to, 82, 0x4210);	/* NOP, DEVICE RESET, PACKET */
	put(to, 83, 0x4000);
	put(to, 84, 0x4000);
	put(to, 85, 0x4210);
	put(to, 87, 0x4000);
}
