/* ATA commands: what a write to the command register begins. */
/* SPDX-License-Identifier: MIT */
#include "ide/ata.h"

#include <string.h>

#include "ide/atapi.h"
#include "ide/identify.h"

/* ATA8-ACS 7; those of old drives: ATA-4. */
#define HEAD		0x0f
#define FEATURE_TRIM	0x01
#define POWER_ACTIVE	0xff
#define MODE_KINDS	0xf8

/* Of a command: what for, and how data move. */
#define DISK	0x01u
#define DVD	0x02u
#define LONG	0x04u		/* 48 bits */
#define WRITE	0x08u
#define BY_DMA	0x10u
#define BLOCKS	0x20u		/* of several sectors */
#define FORCED	0x40u

struct operation {
	uint8_t flags;		/* 0: there is no such command */
	void (*act)(struct ide_channel *channel, unsigned int flags);
};

static struct ide_registers *registers(struct ide_channel *channel)
{
	return &ide_drive(channel)->registers;
}

static void done(struct ide_channel *channel, unsigned int flags)
{
	(void)flags;
	ide_end(channel, 0);
}

static void refuse(struct ide_channel *channel, unsigned int flags)
{
	(void)flags;
	ide_end(channel, IDE_ABRT);
}

static struct scsi_unit unit_of(struct ide_channel *channel)
{
	struct scsi_unit unit;

	lun_unit(&ide_drive(channel)->store, 0, &unit);
	return unit;
}

static uint64_t address_long(const struct ide_registers *from)
{
	return (uint64_t)from->high[1] << 40 | (uint64_t)from->middle[1] << 32 |
		(uint64_t)from->low[1] << 24 | from->high[0] << 16 |
		from->middle[0] << 8 | from->low[0];
}

/* By cylinder, head and sector; UINT64_MAX: there is no such. */
static uint64_t address_old(struct ide_channel *channel)
{
	const struct ide_drive *drive = ide_drive(channel);
	const struct ide_registers *from = &drive->registers;
	uint32_t heads = drive->heads ? drive->heads : IDENTIFY_HEADS;
	uint32_t sectors = drive->heads ? drive->sectors : IDENTIFY_SECTORS;
	uint32_t cylinder = from->high[0] << 8 | from->middle[0];
	uint32_t head = channel->device & HEAD;

	if (head >= heads || !from->low[0] || from->low[0] > sectors)
		return UINT64_MAX;
	return ((uint64_t)cylinder * heads + head) * sectors +
		from->low[0] - 1;
}

static uint64_t address(struct ide_channel *channel, unsigned int flags)
{
	const struct ide_registers *from = registers(channel);

	if (flags & LONG)
		return address_long(from);
	if (!(channel->device & IDE_LBA))
		return address_old(channel);
	return (uint32_t)(channel->device & HEAD) << 24 | from->high[0] << 16 |
		from->middle[0] << 8 | from->low[0];
}

/* 0 is all that there can be. */
static uint32_t count(struct ide_channel *channel, unsigned int flags)
{
	const struct ide_registers *from = registers(channel);
	uint32_t value = from->count[0];

	if (!(flags & LONG))
		return value ? value : 256;
	value |= from->count[1] << 8;
	return value ? value : 65536;
}

/* The sectors that are meant; false, and that was the answer: they are not
 * there. */
static bool find(struct ide_channel *channel, unsigned int flags,
	uint64_t *first, uint32_t *sectors)
{
	uint64_t all = unit_of(channel).size / DISK_SECTOR;

	*first = address(channel, flags);
	*sectors = count(channel, flags);
	if (*first < all && *sectors <= all - *first)
		return true;
	ide_end(channel, IDE_IDNF);
	return false;
}

static void begin(struct ide_channel *channel, enum ide_job job)
{
	channel->transfer = (struct ide_transfer){ .job = job,
		.serial = lun_disk(&ide_drive(channel)->store, 0) };
}

static void start(struct ide_channel *channel)
{
	struct ide_transfer *transfer = &channel->transfer;

	if (transfer->dma) {
		ide_wait_for_master(channel);
	} else if (transfer->out) {
		transfer->filled = transfer->left < IDE_BUFFER ?
			transfer->left : IDE_BUFFER;
		ide_block(channel, false);
	} else {
		ide_work(channel);
	}
}

/* READ and WRITE in all their forms. */
static void move(struct ide_channel *channel, unsigned int flags)
{
	struct ide_transfer *transfer = &channel->transfer;
	const struct ide_drive *drive = ide_drive(channel);
	uint32_t sectors, block = flags & BLOCKS ? drive->multiple : 1;
	bool out = flags & WRITE;
	uint64_t first;

	if (!block || (out && unit_of(channel).read_only)) {
		ide_end(channel, IDE_ABRT);
		return;
	}
	if (!find(channel, flags, &first, &sectors))
		return;
	begin(channel, out ? IDE_JOB_WRITE : IDE_JOB_READ);
	transfer->out = out;
	transfer->dma = flags & BY_DMA;
	transfer->forced = out && (flags & FORCED || drive->cache_off);
	transfer->at = first * DISK_SECTOR;
	transfer->left = (uint64_t)sectors * DISK_SECTOR;
	transfer->block = block * DISK_SECTOR;
	start(channel);
}

/* Nothing is compared, so the medium is not read. */
static void verify(struct ide_channel *channel, unsigned int flags)
{
	uint32_t sectors;
	uint64_t first;

	if (find(channel, flags, &first, &sectors))
		ide_end(channel, 0);
}

static void flush(struct ide_channel *channel, unsigned int flags)
{
	(void)flags;
	begin(channel, IDE_JOB_FLUSH);
	ide_work(channel);
}

/* DATA SET MANAGEMENT: blocks of ranges. */
static void trim(struct ide_channel *channel, unsigned int flags)
{
	struct ide_transfer *transfer = &channel->transfer;
	uint32_t blocks = count(channel, flags);

	if (!(registers(channel)->feature[0] & FEATURE_TRIM) ||
	    blocks > IDENTIFY_TRIM || unit_of(channel).read_only) {
		ide_end(channel, IDE_ABRT);
		return;
	}
	begin(channel, IDE_JOB_TRIM);
	transfer->out = transfer->dma = true;
	transfer->left = transfer->block = blocks * DISK_SECTOR;
	start(channel);
}

static void answer(struct ide_channel *channel)
{
	channel->transfer.filled = IDENTIFY_BYTES;
	channel->transfer.block = IDENTIFY_BYTES;
	ide_block(channel, true);
}

/* A packet drive says so by its signature. */
static void identify(struct ide_channel *channel, unsigned int flags)
{
	struct ide_drive *drive = ide_drive(channel);
	struct scsi_unit unit = unit_of(channel);

	(void)flags;
	if (unit.kind == SCSI_DVD) {
		ide_sign(drive);
		ide_end(channel, IDE_ABRT);
		return;
	}
	begin(channel, IDE_JOB_READ);
	identify_disk(drive, &unit, channel->buffer);
	answer(channel);
}

static void identify_packet(struct ide_channel *channel, unsigned int flags)
{
	struct scsi_unit unit = unit_of(channel);

	(void)flags;
	begin(channel, IDE_JOB_READ);
	identify_dvd(ide_drive(channel), &unit, channel->buffer);
	answer(channel);
}

static void packet(struct ide_channel *channel, unsigned int flags)
{
	(void)flags;
	atapi_begin(channel);
}

/* PIO by default or with IORDY, and DMA modes of both kinds. */
static bool set_mode(struct ide_drive *drive, uint8_t mode)
{
	switch (mode & MODE_KINDS) {
	case 0x00: return mode <= 0x01;
	case 0x08: return mode <= 0x0c;
	case 0x20: case 0x40: break;
	default: return false;
	}
	if ((mode & 0x07) > ((mode & MODE_KINDS) == 0x20 ? 2 : 5))
		return false;
	drive->mode = mode;
	return true;
}

static void set_features(struct ide_channel *channel, unsigned int flags)
{
	struct ide_drive *drive = ide_drive(channel);
	bool good = true;

	(void)flags;
	switch (drive->registers.feature[0]) {
	case 0x02: drive->cache_off = false; break;
	case 0x82: drive->cache_off = true; break;
	case 0x55: drive->ahead_off = true; break;
	case 0xaa: drive->ahead_off = false; break;
	case 0x03: good = set_mode(drive, drive->registers.count[0]); break;
	case 0x66: case 0xcc: break;	/* settings after a reset */
	default: good = false; break;
	}
	ide_end(channel, good ? 0 : IDE_ABRT);
}

static void set_multiple(struct ide_channel *channel, unsigned int flags)
{
	uint8_t sectors = registers(channel)->count[0];

	(void)flags;
	if (sectors > IDE_MULTIPLE || sectors & (sectors - 1)) {
		ide_end(channel, IDE_ABRT);
		return;
	}
	ide_drive(channel)->multiple = sectors;
	ide_end(channel, 0);
}

static void set_geometry(struct ide_channel *channel, unsigned int flags)
{
	struct ide_drive *drive = ide_drive(channel);

	(void)flags;
	if (!drive->registers.count[0]) {
		ide_end(channel, IDE_ABRT);
		return;
	}
	drive->sectors = drive->registers.count[0];
	drive->heads = (channel->device & HEAD) + 1;
	ide_end(channel, 0);
}

/* Of both drives; the first one answers. */
static void diagnose(struct ide_channel *channel, unsigned int flags)
{
	unsigned int i;

	(void)flags;
	channel->device = 0;
	for (i = 0; i < IDE_DRIVES; i++)
		ide_sign(&channel->drives[i]);
	channel->state = IDE_READY;
	ide_interrupt(channel, true);
}

static void check_power(struct ide_channel *channel, unsigned int flags)
{
	(void)flags;
	registers(channel)->count[0] = POWER_ACTIVE;
	ide_end(channel, 0);
}

static void native_maximum(struct ide_channel *channel, unsigned int flags)
{
	struct ide_registers *to = registers(channel);
	uint64_t last = unit_of(channel).size / DISK_SECTOR - 1;

	if (!(flags & LONG) && last > 0x0ffffffe)
		last = 0x0ffffffe;
	to->low[0] = last;
	to->middle[0] = last >> 8;
	to->high[0] = last >> 16;
	to->low[1] = last >> 24;
	to->middle[1] = last >> 32;
	to->high[1] = last >> 40;
	if (!(flags & LONG))
		channel->device = (channel->device & ~HEAD) |
			(last >> 24 & HEAD);
	ide_end(channel, 0);
}

#define EITHER	(DISK | DVD)

static const struct operation operations[256] = {
	[0x06] = { DISK | LONG, trim },
	[0x10 ... 0x1f] = { DISK, done },		/* RECALIBRATE */
	[0x20 ... 0x21] = { DISK, move },
	[0x24] = { DISK | LONG, move },
	[0x25] = { DISK | LONG | BY_DMA, move },
	[0x27] = { DISK | LONG, native_maximum },
	[0x29] = { DISK | LONG | BLOCKS, move },
	[0x30 ... 0x31] = { DISK | WRITE, move },
	[0x34] = { DISK | LONG | WRITE, move },
	[0x35] = { DISK | LONG | WRITE | BY_DMA, move },
	[0x39] = { DISK | LONG | WRITE | BLOCKS, move },
	[0x3d] = { DISK | LONG | WRITE | BY_DMA | FORCED, move },
	[0x40 ... 0x41] = { DISK, verify },
	[0x42] = { DISK | LONG, verify },
	[0x70 ... 0x7f] = { DISK, done },		/* SEEK */
	[0x90] = { EITHER, diagnose },
	[0x91] = { DISK, set_geometry },
	[0x94 ... 0x97] = { EITHER, done },		/* standby, idle */
	[0x98] = { EITHER, check_power },
	[0x99] = { EITHER, done },			/* sleep */
	[0xa0] = { DVD, packet },
	[0xa1] = { DVD, identify_packet },
	[0xc4] = { DISK | BLOCKS, move },
	[0xc5] = { DISK | WRITE | BLOCKS, move },
	[0xc6] = { DISK, set_multiple },
	[0xc8 ... 0xc9] = { DISK | BY_DMA, move },
	[0xca ... 0xcb] = { DISK | WRITE | BY_DMA, move },
	[0xce] = { DISK | LONG | WRITE | BLOCKS | FORCED, move },
	[0xe0 ... 0xe3] = { EITHER, done },		/* as 0x94 on */
	[0xe5] = { EITHER, check_power },
	[0xe6] = { EITHER, done },
	[0xe7] = { DISK, flush },
	[0xea] = { DISK | LONG, flush },
	[0xec] = { EITHER, identify },
	[0xef] = { EITHER, set_features },
	[0xf8] = { DISK, native_maximum },
};

/* A packet drive answers the old READ as it does IDENTIFY. */
static const struct operation *find_operation(uint8_t number, bool dvd)
{
	static const struct operation none = { EITHER, refuse };
	static const struct operation sign = { DVD, identify };
	const struct operation *operation = &operations[number];

	if (dvd && number == 0x20)
		return &sign;
	return operation->flags & (dvd ? DVD : DISK) ? operation : &none;
}

void ata_command(struct ide_channel *channel, uint8_t number)
{
	const struct operation *operation;
	struct scsi_unit unit;

	if (!lun_unit(&ide_drive(channel)->store, 0, &unit))
		return;
	channel->transfer = (struct ide_transfer){ .job = IDE_JOB_FLUSH };
	operation = find_operation(number, unit.kind == SCSI_DVD);
	operation->act(channel, operation->flags);
}
