/* A guest with an IDE controller: ports, commands, the bus master's list. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FAKE_IDE_H
#define TESTS_FAKE_IDE_H

#include "fake_image.h"
#include "ide/ide.h"
#include "ide/work.h"
#include "reset.h"
#include "vmwp.h"

#define FAKE_RAM	(4u << 20)
#define MASTER		0xc000u		/* where the guest has BAR 4 */
#define LIST		0x10000u	/* in its memory */
#define PLACE		0x20000u

static uint8_t fake_memory[FAKE_RAM] __attribute__((aligned(4096)));
static struct ram fake_ram = { fake_memory, FAKE_RAM };
static struct machine machine;
static struct bus mmio;
static struct reset reset_port;
static struct pci pci;
static struct ide ide;
static pthread_mutex_t device_lock = PTHREAD_MUTEX_INITIALIZER;
static bool is_up;

static const uint16_t commands[IDE_CHANNELS] = { 0x1f0, 0x170 };
static const uint16_t controls[IDE_CHANNELS] = { 0x3f6, 0x376 };

static inline uint64_t port_in(uint16_t port, unsigned int size)
{
	uint64_t value;

	pthread_mutex_lock(&device_lock);
	value = bus_read(&machine.ports, port, size);
	pthread_mutex_unlock(&device_lock);
	return value;
}

static inline void port_out(uint16_t port, unsigned int size, uint64_t value)
{
	pthread_mutex_lock(&device_lock);
	bus_write(&machine.ports, port, size, value);
	pthread_mutex_unlock(&device_lock);
}

static inline void out_config(unsigned int offset, unsigned int size,
	uint32_t value)
{
	port_out(0xcf8, 4, 0x80000000u | 1 << 11 | 1 << 8 | (offset & 0xfc));
	port_out(0xcfc + offset % 4, size, value);
}

static inline uint32_t in_config(unsigned int offset, unsigned int size)
{
	port_out(0xcf8, 4, 0x80000000u | 1 << 11 | 1 << 8 | (offset & 0xfc));
	return port_in(0xcfc + offset % 4, size);
}

static inline void down(void)
{
	if (!is_up)
		return;
	is_up = false;
	ide_pause(&ide);
	pthread_mutex_lock(&device_lock);
	ide.device.ops->exit(&ide.device);
	pthread_mutex_unlock(&device_lock);
	ide_free(&ide);
	bus_free(&machine.ports);
	bus_free(&mmio);
}

/* As firmware leaves it. */
static inline void set_up_function(void)
{
	out_config(0x20, 4, MASTER);
	out_config(0x04, 2, 0x0005);
	out_config(0x40, 2, 0x8000);
	out_config(0x42, 2, 0x8000);
}

static inline void up(bool threads)
{
	struct line irq[IDE_CHANNELS];

	down();
	machine_init(&machine);
	memset(&mmio, 0, sizeof(mmio));
	irq[0] = machine_input(&machine, 14);
	irq[1] = machine_input(&machine, 15);
	pthread_mutex_lock(&device_lock);
	CHECK(!pci_init(&pci, &machine.ports, &mmio, &fake_ram, &reset_port));
	CHECK(!ide_init(&ide, &pci, &machine.ports, irq, NULL, 0,
		&device_lock, threads));
	pthread_mutex_unlock(&device_lock);
	is_up = true;
	set_up_function();
}

static inline void reset_ide(void)
{
	pthread_mutex_lock(&device_lock);
	ide.device.ops->reset(&ide.device);
	pthread_mutex_unlock(&device_lock);
	set_up_function();
}

/* The file's descriptor, the image's from then on. */
static inline int add_drive(unsigned int place, enum scsi_kind kind,
	uint64_t size)
{
	int fd = size ? fake_file(size) : -1;
	struct image *image = size ? fake_image(fd, false) : NULL;

	CHECK(!lun_add(ide_place(&ide, place), 0, kind, image));
	reset_ide();
	return fd;
}

static inline void turn(void)
{
	unsigned int i;

	for (i = 0; i < IDE_CHANNELS; i++)
		if (!ide.channels[i].thread.started)
			work_turn(&ide.channels[i]);
}

static inline uint8_t in_register(unsigned int channel, unsigned int number)
{
	return port_in(commands[channel] + number, 1);
}

static inline void out_register(unsigned int channel, unsigned int number,
	uint8_t value)
{
	port_out(commands[channel] + number, 1, value);
}

/* Not busy any more, without touching the interrupt. */
static inline uint8_t settled(unsigned int channel)
{
	unsigned int tries = 0;
	uint8_t value;

	turn();
	while ((value = port_in(controls[channel], 1)) & IDE_BSY) {
		CHECK(ide.channels[channel].thread.started && tries++ < 100000);
		usleep(100);
	}
	return value;
}

static inline bool interrupted(unsigned int channel)
{
	return machine.level[14 + channel];
}

/* A command of 28 or 48 bits. */
struct fake_command {
	uint8_t number, feature, device;
	uint64_t at;
	uint32_t count;
	bool is_long;
};

static inline void tell(unsigned int place, const struct fake_command *command)
{
	unsigned int channel = place / 2;
	uint64_t at = command->at;
	uint8_t device = command->device | (place % 2 ? IDE_SECOND : 0);

	if (!command->is_long)
		device |= at >> 24 & 0x0f;
	out_register(channel, 6, device);
	if (command->is_long) {
		out_register(channel, 2, command->count >> 8);
		out_register(channel, 3, at >> 24);
		out_register(channel, 4, at >> 32);
		out_register(channel, 5, at >> 40);
	}
	out_register(channel, 1, command->feature);
	out_register(channel, 2, command->count);
	out_register(channel, 3, at);
	out_register(channel, 4, at >> 8);
	out_register(channel, 5, at >> 16);
	out_register(channel, 7, command->number);
}

static inline uint8_t simple(unsigned int place, uint8_t number,
	uint8_t feature, uint32_t count)
{
	const struct fake_command command = { .number = number,
		.feature = feature, .count = count, .device = IDE_LBA };

	tell(place, &command);
	return settled(place / 2);
}

static inline void take(unsigned int channel, void *to, uint32_t size)
{
	uint8_t *at = to;
	uint16_t word;

	for (; size; size -= 2, at += 2) {
		word = port_in(commands[channel], 2);
		memcpy(at, &word, 2);
	}
}

static inline void give(unsigned int channel, const void *from, uint32_t size)
{
	const uint8_t *at = from;
	uint16_t word;

	for (; size; size -= 2, at += 2) {
		memcpy(&word, at, 2);
		port_out(commands[channel], 2, word);
	}
}

/* An entry of the list. */
static inline void list_entry(unsigned int number, uint32_t address,
	uint32_t size, bool last)
{
	uint32_t entry[2] = { address, (size & 0xffff) |
		(last ? 0x80000000u : 0) };

	memcpy(fake_memory + LIST + 8 * number, entry, 8);
}

static inline void master_start(unsigned int channel, bool to_memory)
{
	port_out(MASTER + 8 * channel + 4, 4, LIST);
	port_out(MASTER + 8 * channel + 2, 1, 0x66);
	port_out(MASTER + 8 * channel, 1, to_memory ? 9 : 1);
}

static inline uint8_t master_stop(unsigned int channel)
{
	uint8_t status = port_in(MASTER + 8 * channel + 2, 1);

	port_out(MASTER + 8 * channel, 1, 0);
	port_out(MASTER + 8 * channel + 2, 1, status);
	return status;
}

/* A CDB of 12 bytes; what follows is the caller's. */
static inline void packet(unsigned int place, const uint8_t *cdb,
	unsigned int length, bool dma, uint16_t block)
{
	const struct fake_command command = { .number = 0xa0,
		.feature = dma, .at = (uint64_t)block << 8 };
	uint8_t bytes[12] = { 0 };

	memcpy(bytes, cdb, length);
	tell(place, &command);
	CHECK(settled(place / 2) == (IDE_GOOD | IDE_DRQ));
	CHECK(in_register(place / 2, 2) == 1);
	give(place / 2, bytes, 12);
}

#endif
