/* PCI: bus 0, its functions, their configuration space and addresses.
 * PCI Local Bus Specification 3.0, 3.2.2.3.2 (mechanism 1) and 6. */
/* SPDX-License-Identifier: MIT */
#include "pci/pci.h"

#include <errno.h>
#include <string.h>

#include "dsdt.h"
#include "reset.h"

#define PORT		0xcf8	/* CONFIG_ADDRESS, 4 bytes; then CONFIG_DATA */
#define PORTS		8
#define ADDRESS		0
#define RESET		1	/* 0xcf9, where single bytes are another register */
#define DATA		4
#define ENABLE		0x80000000u
#define ADDRESS_KEPT	0x80fffffcu

#define BAR_PORTS	0x1u	/* the bits that tell what a region is */
#define BAR_PORTS_BITS	0x3u
#define BAR_MEMORY_BITS	0xfu
/* Below are the motherboard's chips, which have their ports without a BAR. */
#define FIRST_PORT	0x1000u
/* What is there belongs to the processor's side: IOAPIC, APIC, firmware. */
#define MEMORY_END	0xfec00000ull
#define MULTI		0x80

static uint32_t get32(const uint8_t *config, unsigned int offset)
{
	uint32_t value;

	memcpy(&value, config + offset, sizeof(value));
	return value;
}

static uint16_t get16(const uint8_t *config, unsigned int offset)
{
	uint16_t value;

	memcpy(&value, config + offset, sizeof(value));
	return value;
}

static void put(uint8_t *config, unsigned int offset, uint32_t value,
	unsigned int size)
{
	memcpy(config + offset, &value, size);
}

/* Where the guest wants a region; 0: nowhere. */
static uint64_t wanted(const struct pci_function *function, unsigned int number)
{
	const struct pci_bar *bar = &function->bar[number];
	uint16_t command = get16(function->config, PCI_COMMAND);
	uint32_t value = get32(function->config, PCI_BAR0 + 4 * number);

	if (bar->space == PCI_PORTS && command & PCI_COMMAND_IO)
		return value & ~BAR_PORTS_BITS;
	if (bar->space == PCI_MEMORY && command & PCI_COMMAND_MEMORY)
		return value & ~BAR_MEMORY_BITS;
	return 0;
}

static bool overlaps(
	uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a < b + b_size && b < a + a_size;
}

/* Not RAM, not another's, not what VMBus' devices have. */
static bool is_place(const struct pci *pci, const struct pci_bar *bar,
	uint64_t at)
{
	uint64_t end = at + bar->size;

	if (bar->space == PCI_PORTS)
		return at >= FIRST_PORT && end <= 0x10000;
	return at >= ram_low_end(pci->ram) && at >= RAM_ROM &&
		end <= MEMORY_END && !overlaps(at, bar->size,
			DSDT_VMBUS_MMIO, DSDT_VMBUS_MMIO_SIZE);
}

static bool is_taken(const struct pci *pci, const struct pci_bar *bar,
	uint64_t at)
{
	const struct pci_bar *other;
	unsigned int i, j;

	for (i = 0; i < PCI_DEVICES * PCI_FUNCTIONS; i++) {
		const struct pci_function *function =
			pci->function[i / PCI_FUNCTIONS][i % PCI_FUNCTIONS];

		for (j = 0; function && j < PCI_BARS; j++) {
			other = &function->bar[j];
			if (other != bar && other->at &&
			    other->space == bar->space && overlaps(at,
				bar->size, other->at, other->size))
				return true;
		}
	}
	return false;
}

static struct bus *bus_of(struct pci *pci, const struct pci_bar *bar)
{
	return bar->space == PCI_PORTS ? pci->ports : pci->mmio;
}

static void take_away(struct pci *pci, struct pci_bar *bar)
{
	if (!bar->at)
		return;
	if (bar->ops)
		bus_remove(bus_of(pci, bar), bar->at);
	bar->at = 0;
	if (!bar->ops)
		bar->moved(bar->context, 0);
}

static void put_there(struct pci *pci, struct pci_bar *bar, uint64_t at)
{
	if (!is_place(pci, bar, at) || is_taken(pci, bar, at))
		return;
	if (bar->ops && bus_add(bus_of(pci, bar), at, bar->size, bar->ops,
		bar->context))
		return;
	bar->at = at;
	if (!bar->ops)
		bar->moved(bar->context, at);
}

/* What leaves its place first: another may want to go there. */
static void place_all(struct pci *pci)
{
	unsigned int pass, i, j;
	uint64_t at;

	for (pass = 0; pass < 2; pass++)
		for (i = 0; i < PCI_DEVICES * PCI_FUNCTIONS; i++) {
			struct pci_function *function =
				pci->function[i / 8][i % 8];

			for (j = 0; function && j < PCI_BARS; j++) {
				at = wanted(function, j);
				if (at == function->bar[j].at)
					continue;
				if (pass)
					put_there(pci, &function->bar[j], at);
				else
					take_away(pci, &function->bar[j]);
			}
		}
}

static struct line *link_of(const struct pci_function *function,
	unsigned int *number)
{
	*number = (function->slot + function->config[PCI_PIN] - 2) & 3;
	return &function->pci->link[*number];
}

/* What the function's pin shows: masked by its command. */
static bool shown(const struct pci_function *function)
{
	return function->interrupt && function->config[PCI_PIN] &&
		!(get16(function->config, PCI_COMMAND) & PCI_COMMAND_NO_INTX);
}

static void show(struct pci_function *function, bool before)
{
	unsigned int number;
	struct line *line = link_of(function, &number);
	unsigned int *asserted = &function->pci->asserted[number];
	bool now = shown(function);

	function->config[PCI_STATUS] &= ~PCI_STATUS_INTX;
	if (function->interrupt)
		function->config[PCI_STATUS] |= PCI_STATUS_INTX;
	if (before == now)
		return;
	*asserted += now ? 1 : -1u;
	if (*asserted == now)
		line_set(line, now);
}

void pci_interrupt(struct pci_function *function, bool level)
{
	bool before = shown(function);

	function->interrupt = level;
	show(function, before);
}

bool pci_is_master(const struct pci_function *function)
{
	return get16(function->config, PCI_COMMAND) & PCI_COMMAND_MASTER;
}

static struct pci_function *addressed(const struct pci *pci)
{
	if (!(pci->address & ENABLE) || pci->address >> 16 & 0xff)
		return NULL;
	return pci->function[pci->address >> 11 & 0x1f]
		[pci->address >> 8 & 0x7];
}

static void config_write(struct pci_function *function, unsigned int offset,
	unsigned int size, uint32_t value)
{
	bool before = shown(function);
	unsigned int i;

	for (i = 0; i < size; i++) {
		uint8_t byte = value >> (8 * i);
		uint8_t *config = &function->config[offset + i];
		uint8_t writable = function->writable[offset + i];

		*config = (*config & ~writable) | (byte & writable);
		*config &= ~(byte & function->cleared[offset + i]);
	}
	if (offset < PCI_LINE) {
		place_all(function->pci);
		show(function, before);
	}
	if (function->written)
		function->written(function, offset, size);
}

static uint64_t port_read(void *context, uint64_t offset, unsigned int size)
{
	struct pci *pci = context;
	const struct pci_function *function;
	uint32_t value = 0;

	if (offset == ADDRESS && size == 4)
		return pci->address;
	if (offset == RESET && size == 1)
		return reset_control(pci->reset);
	if (offset < DATA)
		return UINT64_MAX;
	function = addressed(pci);
	if (!function)
		return UINT64_MAX;
	memcpy(&value, function->config + (pci->address & 0xfc) + offset - DATA,
		size);
	return value;
}

static void port_write(
	void *context, uint64_t offset, unsigned int size, uint64_t value)
{
	struct pci *pci = context;
	struct pci_function *function;

	if (offset == ADDRESS && size == 4)
		pci->address = value & ADDRESS_KEPT;
	else if (offset == RESET && size == 1)
		reset_set_control(pci->reset, value);
	if (offset < DATA)
		return;
	function = addressed(pci);
	if (function)
		config_write(function, (pci->address & 0xfc) + offset - DATA,
			size, value);
}

static const struct bus_ops port_ops = { port_read, port_write };

static bool is_region(const struct pci_bar *bar)
{
	bool power = bar->size && !(bar->size & (bar->size - 1));

	switch (bar->space) {
	case PCI_NONE: return true;
	case PCI_PORTS: return power && bar->size >= 4 && bar->size <= 256;
	default: return power && bar->size >= 4096;
	}
}

static void set_regions(struct pci_function *function)
{
	uint16_t command = 0;
	unsigned int i;

	for (i = 0; i < PCI_BARS; i++) {
		const struct pci_bar *bar = &function->bar[i];
		bool ports = bar->space == PCI_PORTS;

		if (bar->space == PCI_NONE)
			continue;
		put(function->config, PCI_BAR0 + 4 * i, ports ? BAR_PORTS : 0,
			4);
		put(function->writable, PCI_BAR0 + 4 * i, -bar->size, 4);
		command |= ports ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;
	}
	command |= PCI_COMMAND_MASTER;
	if (function->config[PCI_PIN])
		command |= PCI_COMMAND_NO_INTX;
	put(function->writable, PCI_COMMAND, command, 2);
}

static void set_identity(struct pci_function *function,
	const struct pci_identity *identity)
{
	uint8_t *config = function->config;

	put(config, PCI_VENDOR, identity->vendor, 2);
	put(config, PCI_DEVICE, identity->device, 2);
	put(config, PCI_CLASS, identity->class, 3);
	put(config, PCI_SUBSYSTEM, identity->subsystem_vendor, 2);
	put(config, PCI_SUBSYSTEM + 2, identity->subsystem, 2);
	config[PCI_REVISION] = identity->revision;
	config[PCI_HEADER] = identity->multi ? MULTI : 0;
	config[PCI_PIN] = identity->pin;
	function->writable[PCI_LINE] = 0xff;
}

int pci_add(struct pci *pci, struct pci_function *function, unsigned int slot,
	unsigned int number, const struct pci_identity *identity,
	const struct pci_bar *bar)
{
	unsigned int i;

	if (slot >= PCI_DEVICES || number >= PCI_FUNCTIONS)
		return -EINVAL;
	if (pci->function[slot][number])
		return -EEXIST;
	memset(function, 0, sizeof(*function));
	for (i = 0; bar && i < PCI_BARS; i++) {
		if (!is_region(&bar[i]))
			return -EINVAL;
		function->bar[i] = bar[i];
		function->bar[i].at = 0;
	}
	function->pci = pci;
	function->slot = slot;
	function->number = number;
	set_identity(function, identity);
	set_regions(function);
	pci->function[slot][number] = function;
	return 0;
}

void pci_remove(struct pci_function *function)
{
	struct pci *pci = function->pci;
	unsigned int i;

	pci_interrupt(function, false);
	for (i = 0; i < PCI_BARS; i++)
		take_away(pci, &function->bar[i]);
	pci->function[function->slot][function->number] = NULL;
	place_all(pci);
}

/* What a guest can change is as it was before it did: what it can, the device
 * has set after pci_add() or has let alone. */
void pci_function_reset(struct pci_function *function)
{
	unsigned int i;

	pci_interrupt(function, false);
	for (i = 0; i < PCI_CONFIG; i++)
		function->config[i] = (function->config[i] &
			~(function->writable[i] | function->cleared[i])) |
			(function->first[i] & function->writable[i]);
	place_all(function->pci);
}

void pci_function_save(const struct pci_function *function, struct stream *to)
{
	stream_put_bytes(to, function->config, PCI_CONFIG);
	stream_put(to, function->interrupt, 1);
}

/* Nothing but what the guest could have changed may differ. */
int pci_function_load(struct pci_function *function, struct stream *from)
{
	uint8_t config[PCI_CONFIG];
	bool before = shown(function);
	uint64_t interrupt;
	unsigned int i;

	stream_get_bytes(from, config, sizeof(config));
	interrupt = stream_get(from, 1);
	config[PCI_STATUS] &= ~PCI_STATUS_INTX;
	for (i = 0; i < PCI_CONFIG; i++)
		if ((config[i] ^ function->config[i]) &
			~(function->writable[i] | function->cleared[i] |
				(i == PCI_STATUS ? PCI_STATUS_INTX : 0)))
			return -EINVAL;
	if (from->failed || interrupt > 1)
		return -EINVAL;
	memcpy(function->config, config, sizeof(config));
	function->interrupt = interrupt;
	place_all(function->pci);
	show(function, before);
	return 0;
}

static void pci_reset(struct device *device)
{
	((struct pci *)device)->address = 0;
}

static void pci_save(const struct device *device, struct stream *to)
{
	stream_put(to, ((const struct pci *)device)->address, 4);
}

static int pci_load(
	struct device *device, struct stream *from, unsigned int version)
{
	struct pci *pci = (struct pci *)device;

	pci->address = stream_get(from, 4);
	if (version == device->ops->version && !from->failed &&
	    !(pci->address & ~ADDRESS_KEPT))
		return 0;
	pci_reset(device);
	return -EINVAL;
}

static void pci_exit(struct device *device)
{
	bus_remove(((struct pci *)device)->ports, PORT);
}

static const struct device_ops pci_ops = {
	.name = "pci",
	.version = 1,
	.reset = pci_reset,
	.save = pci_save,
	.load = pci_load,
	.exit = pci_exit,
};

int pci_init(struct pci *pci, struct bus *ports, struct bus *mmio,
	const struct ram *ram, struct reset *reset)
{
	memset(pci, 0, sizeof(*pci));
	pci->device.ops = &pci_ops;
	pci->ports = ports;
	pci->mmio = mmio;
	pci->ram = ram;
	pci->reset = reset;
	return bus_add(ports, PORT, PORTS, &port_ops, pci);
}
