/* The I/O APIC of a PC (Intel 82093AA, with version 0x20's EOI register). */
/* SPDX-License-Identifier: MIT */
#include "i82093.h"

#include <errno.h>
#include <string.h>

#define REGISTER_SELECT	0x00
#define REGISTER_WINDOW	0x10
#define REGISTER_EOI	0x40

#define INDEX_ID	0x00
#define INDEX_VERSION	0x01
#define INDEX_PRIORITY	0x02
#define INDEX_ENTRIES	0x10
#define VERSION		0x20

#define ENTRY_VECTOR	0xffull
#define ENTRY_MODE	0x700ull
#define ENTRY_LOGICAL	(1ull << 11)
#define ENTRY_LOW	(1ull << 13)	/* active low */
#define ENTRY_IRR	(1ull << 14)
#define ENTRY_LEVEL	(1ull << 15)
#define ENTRY_MASKED	(1ull << 16)
#define ENTRY_TARGET	(0xffull << 56)
#define ENTRY_WRITABLE	(ENTRY_VECTOR | ENTRY_MODE | ENTRY_LOGICAL | \
	ENTRY_LOW | ENTRY_LEVEL | ENTRY_MASKED | ENTRY_TARGET)

#define MODE_LOWEST	0x100ull
#define MSI_ADDRESS	0xfee00000ull
#define MSI_LOGICAL	0x4
#define MSI_REDIRECT	0x8
#define MSI_ASSERT	0x4000
#define MSI_LEVEL	0x8000

static bool asserted(const struct i82093 *ioapic, unsigned int pin)
{
	bool high = ioapic->inputs & 1u << pin;

	return high != !!(ioapic->entry[pin] & ENTRY_LOW);
}

bool i82093_message(
	const struct i82093 *ioapic, unsigned int pin, struct msi *msi)
{
	uint64_t entry = ioapic->entry[pin];

	msi->address = MSI_ADDRESS | entry >> 56 << 12;
	if (entry & ENTRY_LOGICAL)
		msi->address |= MSI_LOGICAL;
	if ((entry & ENTRY_MODE) == MODE_LOWEST)
		msi->address |= MSI_REDIRECT;
	msi->data = entry & (ENTRY_VECTOR | ENTRY_MODE);
	if (entry & ENTRY_LEVEL)
		msi->data |= MSI_LEVEL | MSI_ASSERT;
	return !(entry & ENTRY_MASKED);
}

static void send(struct i82093 *ioapic, unsigned int pin)
{
	struct msi msi;

	if (i82093_message(ioapic, pin, &msi))
		ioapic->deliver(ioapic->context, &msi);
}

/* A level is sent once until its EOI. */
static void send_level(struct i82093 *ioapic, unsigned int pin)
{
	uint64_t *entry = &ioapic->entry[pin];

	if (!(*entry & ENTRY_LEVEL) || *entry & (ENTRY_MASKED | ENTRY_IRR) ||
			!asserted(ioapic, pin))
		return;
	*entry |= ENTRY_IRR;
	send(ioapic, pin);
}

/* An edge on a masked pin is neither sent nor kept (data sheet, IOREDTBL bit
 * 16). */
void i82093_set(void *context, unsigned int number, bool level)
{
	struct i82093 *ioapic = context;
	bool before;

	if (number >= I82093_PINS)
		return;
	before = asserted(ioapic, number);
	ioapic->inputs &= ~(1u << number);
	ioapic->inputs |= (uint32_t)level << number;
	if (ioapic->entry[number] & ENTRY_LEVEL)
		send_level(ioapic, number);
	else if (!before && asserted(ioapic, number))
		send(ioapic, number);
}

void i82093_eoi(struct i82093 *ioapic, uint8_t vector)
{
	unsigned int pin;

	for (pin = 0; pin < I82093_PINS; pin++) {
		uint64_t *entry = &ioapic->entry[pin];

		if (*entry & ENTRY_IRR && (*entry & ENTRY_VECTOR) == vector) {
			*entry &= ~ENTRY_IRR;
			send_level(ioapic, pin);
		}
	}
}

/*
 * Remote IRR is the chip's own, and means nothing for edges: a change to edge
 * clears it, which is how an EOI is made where there is no EOI register.
 */
static void write_entry(
	struct i82093 *ioapic, unsigned int index, uint32_t value)
{
	uint64_t *entry = &ioapic->entry[index / 2];
	unsigned int shift = index % 2 * 32;
	uint64_t mask = ENTRY_WRITABLE & 0xffffffffull << shift;

	*entry = (*entry & ~mask) | ((uint64_t)value << shift & mask);
	if (!(*entry & ENTRY_LEVEL))
		*entry &= ~ENTRY_IRR;
	send_level(ioapic, index / 2);
}

static uint32_t read_window(const struct i82093 *ioapic)
{
	unsigned int index = ioapic->select;

	switch (index) {
	case INDEX_ID:
	case INDEX_PRIORITY:
		return (uint32_t)ioapic->id << 24;
	case INDEX_VERSION:
		return VERSION | (I82093_PINS - 1) << 16;
	}
	index -= INDEX_ENTRIES;
	if (index >= I82093_PINS * 2)
		return 0;
	return ioapic->entry[index / 2] >> index % 2 * 32;
}

static void write_window(struct i82093 *ioapic, uint32_t value)
{
	unsigned int index = ioapic->select;

	if (index == INDEX_ID)
		ioapic->id = value >> 24 & 0x0f;
	else if (index >= INDEX_ENTRIES &&
			index - INDEX_ENTRIES < I82093_PINS * 2)
		write_entry(ioapic, index - INDEX_ENTRIES, value);
}

/* Registers are 32 bits wide; a narrower read gets its part of one, a narrower
 * write has zeros above it. */
static uint64_t i82093_read(void *context, uint64_t offset, unsigned int size)
{
	struct i82093 *ioapic = context;
	uint64_t value = 0;

	switch (offset & ~3ull) {
	case REGISTER_SELECT:
		value = ioapic->select;
		break;
	case REGISTER_WINDOW:
		value = read_window(ioapic);
		break;
	}
	return size == 8 ? value : value >> (offset & 3) * 8;
}

static void i82093_write(
	void *context, uint64_t offset, unsigned int size, uint64_t value)
{
	struct i82093 *ioapic = context;

	(void)size;
	switch (offset) {
	case REGISTER_SELECT:
		ioapic->select = value;
		break;
	case REGISTER_WINDOW:
		write_window(ioapic, value);
		break;
	case REGISTER_EOI:
		i82093_eoi(ioapic, value);
		break;
	}
}

static const struct bus_ops memory_ops = {
	.read = i82093_read,
	.write = i82093_write,
};

/* The wires stay as they are driven. */
static void i82093_reset(struct device *device)
{
	struct i82093 *ioapic = (struct i82093 *)device;
	unsigned int pin;

	ioapic->select = 0;
	ioapic->id = 0;
	for (pin = 0; pin < I82093_PINS; pin++)
		ioapic->entry[pin] = ENTRY_MASKED;
}

static void i82093_save(const struct device *device, struct stream *to)
{
	const struct i82093 *ioapic = (const struct i82093 *)device;
	unsigned int pin;

	stream_put(to, ioapic->select, 1);
	stream_put(to, ioapic->id, 1);
	stream_put(to, ioapic->inputs, 4);
	for (pin = 0; pin < I82093_PINS; pin++)
		stream_put(to, ioapic->entry[pin], 8);
}

static bool entry_sane(uint64_t entry)
{
	return !(entry & ~(ENTRY_WRITABLE | ENTRY_IRR)) &&
		(entry & ENTRY_LEVEL || !(entry & ENTRY_IRR));
}

static int i82093_load(
	struct device *device, struct stream *from, unsigned int version)
{
	struct i82093 *ioapic = (struct i82093 *)device;
	uint32_t inputs = ioapic->inputs;
	bool good = version == device->ops->version;
	unsigned int pin;

	ioapic->select = stream_get(from, 1);
	ioapic->id = stream_get(from, 1);
	ioapic->inputs = stream_get(from, 4);
	for (pin = 0; pin < I82093_PINS; pin++) {
		ioapic->entry[pin] = stream_get(from, 8);
		good = good && entry_sane(ioapic->entry[pin]);
	}
	if (!good || from->failed || ioapic->id > 0x0f ||
			ioapic->inputs >> I82093_PINS) {
		ioapic->inputs = inputs;
		i82093_reset(device);
		return -EINVAL;
	}
	return 0;
}

static void i82093_exit(struct device *device)
{
	struct i82093 *ioapic = (struct i82093 *)device;

	bus_remove(ioapic->memory, I82093_ADDRESS);
}

static const struct device_ops i82093_ops = {
	.name = "i82093",
	.version = 1,
	.reset = i82093_reset,
	.save = i82093_save,
	.load = i82093_load,
	.exit = i82093_exit,
};

int i82093_init(struct i82093 *ioapic, struct bus *memory,
	void (*deliver)(void *context, const struct msi *msi), void *context)
{
	memset(ioapic, 0, sizeof(*ioapic));
	ioapic->device.ops = &i82093_ops;
	ioapic->memory = memory;
	ioapic->deliver = deliver;
	ioapic->context = context;
	i82093_reset(&ioapic->device);
	return bus_add(memory, I82093_ADDRESS, I82093_SIZE, &memory_ops,
		ioapic);
}
