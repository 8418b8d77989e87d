/* The PIIX3's IDE controller: two channels of two drives. docs/ide.md */
/* SPDX-License-Identifier: MIT */
#include "ide/ide.h"

#include <errno.h>
#include <string.h>

#include "ide/master.h"
#include "ide/state.h"
#include "ide/work.h"

#define SLOT		1
#define FUNCTION	1
#define TIMING		0x40	/* IDETIM of both, SIDETIM */
#define TIMING_BYTES	5u

static const struct pci_identity identity = {
	.vendor = 0x8086,
	.device = 0x7010,
	.class = 0x010180,	/* IDE, a bus master, legacy ports */
};

static const struct {
	uint16_t commands, control;
} ports_of[IDE_CHANNELS] = { { 0x1f0, 0x3f6 }, { 0x170, 0x376 } };

static uint64_t masters_read(void *context, uint64_t offset, unsigned int size)
{
	struct ide *ide = context;
	uint64_t value = 0;
	unsigned int i;

	for (i = 0; i < size; i++, offset++)
		value |= (uint64_t)master_read(
			&ide->channels[offset / MASTER_PORTS],
			offset % MASTER_PORTS) << (8 * i);
	return value;
}

static void masters_write(void *context, uint64_t offset, unsigned int size,
	uint64_t value)
{
	struct ide *ide = context;

	for (; size--; value >>= 8, offset++)
		master_write(&ide->channels[offset / MASTER_PORTS],
			offset % MASTER_PORTS, value);
}

static const struct bus_ops masters_ops = {
	.read = masters_read,
	.write = masters_write,
};

static void look_at_command(struct ide *ide)
{
	unsigned int i;

	for (i = 0; i < IDE_CHANNELS; i++) {
		ide->channels[i].may_master = pci_is_master(&ide->function);
		master_try(&ide->channels[i]);
	}
}

static void written(struct pci_function *function, unsigned int offset,
	unsigned int size)
{
	struct ide *ide = (struct ide *)((char *)function -
		offsetof(struct ide, function));

	(void)offset, (void)size;
	look_at_command(ide);
}

static void stop(struct ide *ide)
{
	unsigned int i;

	for (i = 0; i < IDE_CHANNELS; i++)
		work_stop(&ide->channels[i]);
}

static void go(struct ide *ide)
{
	unsigned int i;

	for (i = 0; i < IDE_CHANNELS; i++)
		work_go(&ide->channels[i]);
}

static void ide_reset(struct device *device)
{
	struct ide *ide = (struct ide *)device;
	unsigned int i;

	stop(ide);
	pci_function_reset(&ide->function);
	for (i = 0; i < IDE_CHANNELS; i++)
		ide_channel_reset(&ide->channels[i]);
	look_at_command(ide);
	go(ide);
}

static void ide_save(const struct device *device, struct stream *to)
{
	const struct ide *ide = (const struct ide *)device;
	unsigned int i;

	pci_function_save(&ide->function, to);
	for (i = 0; i < IDE_CHANNELS; i++)
		ide_state_save(&ide->channels[i], to);
}

static int ide_load(struct device *device, struct stream *from,
	unsigned int version)
{
	struct ide *ide = (struct ide *)device;
	int error = version == device->ops->version ? 0 : -EINVAL;
	unsigned int i;

	ide_reset(device);
	if (!error)
		error = pci_function_load(&ide->function, from);
	for (i = 0; i < IDE_CHANNELS && !error; i++)
		error = ide_state_load(&ide->channels[i], from);
	if (error) {
		ide_reset(device);
		return -EINVAL;
	}
	look_at_command(ide);
	return 0;
}

static void ide_exit(struct device *device)
{
	struct ide *ide = (struct ide *)device;
	unsigned int i;

	for (i = 0; i < IDE_CHANNELS; i++)
		ide_channel_exit(&ide->channels[i]);
	pci_remove(&ide->function);
}

static const struct device_ops ide_ops = {
	.name = "ide",
	.version = 1,
	.reset = ide_reset,
	.save = ide_save,
	.load = ide_load,
	.exit = ide_exit,
};

struct storvsp *ide_place(struct ide *ide, unsigned int place)
{
	return &ide->channels[place / IDE_DRIVES].drives[
		place % IDE_DRIVES].store;
}

static int init_function(struct ide *ide, struct pci *pci)
{
	const struct pci_bar bars[PCI_BARS] = {
		[4] = { .space = PCI_PORTS,
			.size = IDE_CHANNELS * MASTER_PORTS,
			.ops = &masters_ops, .context = ide },
	};
	int error = pci_add(pci, &ide->function, SLOT, FUNCTION, &identity,
		bars);

	if (error)
		return error;
	memset(ide->function.writable + TIMING, 0xff, TIMING_BYTES);
	ide->function.written = written;
	return 0;
}

static int init_channel(struct ide *ide, unsigned int number, struct pci *pci,
	struct bus *ports, struct line line)
{
	struct ide_channel *channel = &ide->channels[number];

	channel->ports = ports;
	channel->ram = pci->ram;
	channel->device_lock = ide->device_lock;
	channel->line = line;
	channel->command_port = ports_of[number].commands;
	channel->control_port = ports_of[number].control;
	return ide_channel_init(channel);
}

/* All of them, so that ide_free() can do the same with all. */
static int init_places(struct ide *ide, struct vmbus *vmbus,
	unsigned int disks, bool threads)
{
	int error = 0, result;
	unsigned int i;

	for (i = 0; i < IDE_PLACES; i++) {
		struct storvsp *store = ide_place(ide, i);

		result = storvsp_init_ide(store, disks & 1u << i ? vmbus :
			NULL, ide->device_lock, i, threads);
		if (!error)
			error = result;
		store->woken = work_wake;
		store->context = &ide->channels[i / IDE_DRIVES];
	}
	for (i = 0; i < IDE_CHANNELS; i++) {
		result = work_init(&ide->channels[i], threads);
		if (!error)
			error = result;
	}
	return error;
}

int ide_init(struct ide *ide, struct pci *pci, struct bus *ports,
	const struct line irq[IDE_CHANNELS], struct vmbus *vmbus,
	unsigned int disks, pthread_mutex_t *device_lock, bool threads)
{
	int error;

	memset(ide, 0, sizeof(*ide));
	ide->device.ops = &ide_ops;
	ide->device_lock = device_lock;
	error = init_places(ide, vmbus, disks, threads);
	if (error)
		return error;
	error = init_channel(ide, 0, pci, ports, irq[0]);
	if (error)
		return error;
	error = init_channel(ide, 1, pci, ports, irq[1]);
	if (!error) {
		error = init_function(ide, pci);
		if (error)
			ide_channel_exit(&ide->channels[1]);
	}
	if (error)
		ide_channel_exit(&ide->channels[0]);
	else
		ide_reset(&ide->device);
	return error;
}

void ide_free(struct ide *ide)
{
	unsigned int i;

	for (i = 0; i < IDE_CHANNELS; i++)
		work_exit(&ide->channels[i]);
	for (i = 0; i < IDE_PLACES; i++)
		storvsp_exit(ide_place(ide, i));
}

/* What the threads had ready is the guest's before anybody looks. */
void ide_pause(struct ide *ide)
{
	unsigned int i;

	if (ide->paused)
		return;
	ide->paused = true;
	stop(ide);
	for (i = 0; i < IDE_PLACES; i++)
		storvsp_pause(ide_place(ide, i));
	pthread_mutex_lock(ide->device_lock);
	for (i = 0; i < IDE_CHANNELS; i++)
		work_settle(&ide->channels[i]);
	pthread_mutex_unlock(ide->device_lock);
}

void ide_go(struct ide *ide)
{
	unsigned int i;

	if (!ide->paused)
		return;
	ide->paused = false;
	for (i = 0; i < IDE_PLACES; i++)
		storvsp_go(ide_place(ide, i));
	go(ide);
}

unsigned int ide_disks(const struct drive_options *options)
{
	unsigned int i, disks = 0;

	for (i = 0; i < options->count; i++)
		if (options->list[i].kind == SCSI_DISK)
			disks |= 1u << options->list[i].lun;
	return disks;
}

int ide_add_all(struct ide *ide, const struct drive_options *options)
{
	unsigned int i;
	int error = 0;

	for (i = 0; i < options->count && !error; i++)
		error = option_add(&options->list[i],
			ide_place(ide, options->list[i].lun), 0);
	if (error)
		return error;
	pthread_mutex_lock(ide->device_lock);
	ide_reset(&ide->device);
	pthread_mutex_unlock(ide->device_lock);
	return 0;
}
