/* An IDE channel's registers: ports, selection, interrupt and reset. */
/* SPDX-License-Identifier: MIT */
#include "ide/channel.h"

#include "ide/ata.h"
#include "ide/atapi.h"
#include "ide/work.h"

/* Ports, from the command block's first on (ATA8-APT; ATA8-ACS 6). */
#define DATA		0
#define FEATURE		1	/* read: error */
#define COUNT		2
#define LOW		3
#define MIDDLE		4
#define HIGH		5
#define DEVICE		6
#define COMMAND		7	/* read: status */
#define COMMANDS	8u
#define CONTROL_PORTS	1u

#define CONTROL_HIGH	0x80	/* HOB: the high halves are read */
#define CONTROL_RESET	0x04	/* SRST */
#define DEVICE_ONES	0xa0

static const uint8_t nobody = 0xff;	/* of a channel without drives */

bool ide_has(struct ide_drive *drive, enum scsi_kind kind)
{
	struct scsi_unit unit;

	return lun_unit(&drive->store, 0, &unit) && unit.kind == kind;
}

static bool is_there(struct ide_drive *drive)
{
	struct scsi_unit unit;

	return lun_unit(&drive->store, 0, &unit);
}

/* ATA8-ACS 4.3: signature. A packet drive has no DRDY before a command. */
void ide_sign(struct ide_drive *drive)
{
	bool dvd = ide_has(drive, SCSI_DVD);

	drive->registers = (struct ide_registers){
		.count = { 1 }, .low = { 1 },
		.middle = { dvd ? 0x14 : 0 }, .high = { dvd ? 0xeb : 0 },
		.error = 1, .status = dvd ? 0 : IDE_GOOD,
	};
}

static uint8_t status(struct ide_channel *channel)
{
	if (channel->resetting)
		return IDE_BSY;
	return ide_drive(channel)->registers.status;
}

static uint8_t read_present(struct ide_channel *channel, unsigned int offset)
{
	const struct ide_registers *registers = &ide_drive(channel)->registers;
	unsigned int half = channel->control & CONTROL_HIGH ? 1 : 0;

	switch (offset) {
	case FEATURE: return registers->error;
	case COUNT: return registers->count[half];
	case LOW: return registers->low[half];
	case MIDDLE: return registers->middle[half];
	case HIGH: return registers->high[half];
	case DEVICE: return channel->device | DEVICE_ONES;
	default: return status(channel);
	}
}

/* A drive that is alone answers zeros for the other one. */
static uint8_t read_register(struct ide_channel *channel, unsigned int offset)
{
	if (is_there(ide_drive(channel)))
		return read_present(channel, offset);
	if (!is_there(&channel->drives[0]) && !is_there(&channel->drives[1]))
		return nobody;
	return 0;
}

static uint64_t commands_read(void *context, uint64_t offset,
	unsigned int size)
{
	struct ide_channel *channel = context;
	uint64_t value = 0;
	unsigned int i;

	if (offset == DATA)
		return ide_data_read(channel, size);
	for (i = 0; i < size; i++) {
		value |= (uint64_t)read_register(channel, offset + i) <<
			(8 * i);
		if (offset + i == COMMAND)
			ide_interrupt(channel, false);
	}
	return value;
}

static void push(uint8_t halves[2], uint8_t value)
{
	halves[1] = halves[0];
	halves[0] = value;
}

/* Both drives hear it. */
static void write_both(struct ide_channel *channel, unsigned int offset,
	uint8_t value)
{
	struct ide_registers *registers;
	unsigned int i;

	for (i = 0; i < IDE_DRIVES; i++) {
		registers = &channel->drives[i].registers;
		switch (offset) {
		case FEATURE: push(registers->feature, value); break;
		case COUNT: push(registers->count, value); break;
		case LOW: push(registers->low, value); break;
		case MIDDLE: push(registers->middle, value); break;
		case HIGH: push(registers->high, value); break;
		}
	}
}

static void signed_again(struct ide_channel *channel)
{
	unsigned int i;

	channel->resetting = false;
	channel->device = 0;
	for (i = 0; i < IDE_DRIVES; i++)
		ide_sign(&channel->drives[i]);
}

/* What was under way is given up. false: the thread has not noticed yet. */
static bool give_up(struct ide_channel *channel)
{
	if (channel->state == IDE_WORK) {
		work_cancel(channel);
		return false;
	}
	channel->state = IDE_READY;
	return true;
}

/* Of a packet drive, and at any time. */
static void reset_device(struct ide_channel *channel)
{
	channel->device_reset = true;
	ide_interrupt(channel, false);
	ide_drive(channel)->registers.status = IDE_BSY;
	if (!give_up(channel))
		return;
	channel->device_reset = false;
	ide_sign(ide_drive(channel));
}

/* What is written while a command is being done is not heard. */
static void write_register(struct ide_channel *channel, unsigned int offset,
	uint8_t value)
{
	channel->control &= ~CONTROL_HIGH;
	if (channel->resetting)
		return;
	if (offset == COMMAND && value == ATA_DEVICE_RESET &&
	    ide_has(ide_drive(channel), SCSI_DVD)) {
		reset_device(channel);
		return;
	}
	if (channel->state != IDE_READY)
		return;
	if (offset == DEVICE) {
		channel->device = value;
	} else if (offset == COMMAND) {
		ide_interrupt(channel, false);
		ata_command(channel, value);
	} else {
		write_both(channel, offset, value);
	}
}

static void commands_write(void *context, uint64_t offset, unsigned int size,
	uint64_t value)
{
	struct ide_channel *channel = context;
	unsigned int i;

	if (offset == DATA) {
		ide_data_write(channel, size, value);
		return;
	}
	for (i = 0; i < size; i++)
		write_register(channel, offset + i, value >> (8 * i));
}

static uint64_t control_read(void *context, uint64_t offset,
	unsigned int size)
{
	(void)offset, (void)size;
	return read_register(context, COMMAND);
}

/* SRST lasts until the guest takes it back, and the thread has come back. */
static void control_write(void *context, uint64_t offset, unsigned int size,
	uint64_t value)
{
	struct ide_channel *channel = context;
	bool before = channel->control & CONTROL_RESET;

	(void)offset, (void)size;
	channel->control = value;
	if (value & CONTROL_RESET && !before) {
		channel->resetting = true;
		channel->interrupt = false;
		give_up(channel);
	}
	if (channel->resetting && !(value & CONTROL_RESET) &&
	    channel->state != IDE_WORK)
		signed_again(channel);
	ide_drive_line(channel);
}

static const struct bus_ops commands_ops = {
	.read = commands_read,
	.write = commands_write,
};

static const struct bus_ops control_ops = {
	.read = control_read,
	.write = control_write,
};

void ide_gave_up(struct ide_channel *channel)
{
	channel->state = IDE_READY;
	ide_drive(channel)->registers.status = IDE_GOOD;
	if (channel->device_reset)
		ide_sign(ide_drive(channel));
	channel->device_reset = false;
	if (channel->resetting && !(channel->control & CONTROL_RESET))
		signed_again(channel);
}

void ide_channel_reset(struct ide_channel *channel)
{
	unsigned int i;

	work_drop(channel);
	channel->state = IDE_READY;
	channel->transfer = (struct ide_transfer){ 0 };
	channel->master = (struct ide_master){ 0 };
	channel->control = 0;
	channel->device_reset = false;
	for (i = 0; i < IDE_DRIVES; i++) {
		struct ide_drive *drive = &channel->drives[i];

		drive->multiple = drive->mode = 0;
		drive->heads = drive->sectors = 0;
		drive->cache_off = drive->ahead_off = false;
		drive->sense = (struct scsi_sense){ 0 };
	}
	signed_again(channel);
	ide_interrupt(channel, false);
}

int ide_channel_init(struct ide_channel *channel)
{
	int error = bus_add(channel->ports, channel->command_port, COMMANDS,
		&commands_ops, channel);

	if (error)
		return error;
	error = bus_add(channel->ports, channel->control_port, CONTROL_PORTS,
		&control_ops, channel);
	if (error)
		bus_remove(channel->ports, channel->command_port);
	return error;
}

void ide_channel_exit(struct ide_channel *channel)
{
	bus_remove(channel->ports, channel->command_port);
	bus_remove(channel->ports, channel->control_port);
}
