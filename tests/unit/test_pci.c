/* PCI: configuration, regions, interrupts; row N31 of hostile guests. */
/* SPDX-License-Identifier: MIT */
#include "vmwp.h"

#include "pci/chip.h"
#include "pci/pci.h"
#include "pci/piix3.h"
#include "reset.h"

#define RAM_SIZE	(64ull << 20)

struct card {
	struct device device;
	struct pci_function function;
	uint64_t shown;		/* where its second region lies */
	unsigned int shows;
};

struct board {
	struct machine machine;
	struct bus mmio;
	struct reset reset;
	struct pci pci;
	struct pci_chip host;
	struct piix3 isa;
	struct pci_chip power;
	struct card card[3];
};

static struct board board[2];
static const struct ram ram = { NULL, RAM_SIZE };

static uint64_t card_read(void *context, uint64_t offset, unsigned int size)
{
	(void)size;
	return (uintptr_t)context + offset;
}

static const struct bus_ops card_ops = { card_read, NULL };

static void card_moved(void *context, uint64_t address)
{
	struct card *card = context;

	/* It is never told to go to where it is. */
	CHECK(card->shown != address);
	card->shown = address;
	card->shows++;
}

static void add_card(struct board *to, unsigned int number)
{
	static const struct pci_identity identity = { .vendor = 0x1234,
		.device = 0x5678, .class = 0x020000, .pin = 1 };
	struct card *card = &to->card[number];
	struct pci_bar bar[PCI_BARS] = {
		{ PCI_MEMORY, 0x1000, &card_ops, NULL,
			(void *)(uintptr_t)(number * 0x100), 0 },
		{ PCI_PORTS, 0x20, &card_ops, NULL,
			(void *)(uintptr_t)(number * 0x100), 0 },
		{ PCI_MEMORY, 0x1000000, NULL, card_moved, card, 0 },
	};

	CHECK(!pci_add(&to->pci, &card->function, 2 + number, 0, &identity,
		bar));
	CHECK(pci_add(&to->pci, &(struct pci_function){ 0 }, 2 + number, 0,
		&identity, bar) == -EEXIST);
}

static void pull(void *context)
{
	(*(unsigned int *)context)++;
}

static unsigned int pulls[2];

static void make(unsigned int which)
{
	struct board *to = &board[which];
	unsigned int i;

	machine_init(&to->machine);
	CHECK(!reset_init(&to->reset, &to->machine.ports, true, pull,
		&pulls[which]));
	CHECK(!pci_init(&to->pci, &to->machine.ports, &to->mmio, &ram,
		&to->reset));
	CHECK(!i440fx_init(&to->host, &to->pci));
	CHECK(!piix3_init(&to->isa, &to->pci, machine_input(&to->machine, 0),
		machine_input(&to->machine, 0)));
	CHECK(!piix4_pm_init(&to->power, &to->pci));
	for (i = 0; i < 3; i++)
		add_card(to, i);
}

static void unmake(struct board *from)
{
	struct device *devices[] = { &from->power.device, &from->isa.device,
		&from->host.device, &from->pci.device, &from->reset.device };
	unsigned int i;

	for (i = 0; i < 3; i++)
		pci_remove(&from->card[i].function);
	for (i = 0; i < 5; i++)
		devices[i]->ops->exit(devices[i]);
	CHECK(!from->machine.ports.count && !from->mmio.count);
	bus_free(&from->machine.ports);
	bus_free(&from->mmio);
	memset(from, 0, sizeof(*from));
}

static void address(struct board *at, unsigned int slot, unsigned int function,
	unsigned int offset)
{
	bus_write(&at->machine.ports, 0xcf8, 4, 0x80000000u | slot << 11 |
		function << 8 | offset);
}

static uint32_t get(struct board *at, unsigned int slot, unsigned int offset,
	unsigned int size)
{
	address(at, slot, 0, offset & ~3u);
	return bus_read(&at->machine.ports, 0xcfc + (offset & 3), size);
}

static void put(struct board *at, unsigned int slot, unsigned int offset,
	unsigned int size, uint32_t value)
{
	address(at, slot, 0, offset & ~3u);
	bus_write(&at->machine.ports, 0xcfc + (offset & 3), size, value);
}

static void test_configuration(void)
{
	struct board *at = &board[0];

	make(0);
	CHECK(get(at, 0, 0, 4) == 0x12378086);
	CHECK(get(at, 1, PCI_HEADER, 1) == 0x80);
	CHECK(get(at, 5, 0, 4) == UINT32_MAX);
	CHECK(get(at, 2, PCI_VENDOR + 1, 1) == 0x12);
	/* What is nobody's to change. */
	put(at, 2, PCI_VENDOR, 4, 0);
	CHECK(get(at, 2, PCI_VENDOR, 4) == 0x56781234);
	put(at, 2, PCI_LINE, 1, 0x0b);
	CHECK(get(at, 2, PCI_LINE, 2) == 0x010b);
	/* Another bus, and without the enable bit. */
	bus_write(&at->machine.ports, 0xcf8, 4, 0x80010000);
	CHECK(bus_read(&at->machine.ports, 0xcfc, 4) == UINT32_MAX);
	bus_write(&at->machine.ports, 0xcf8, 4, 0);
	CHECK(bus_read(&at->machine.ports, 0xcfc, 4) == UINT32_MAX);
	/* Bytes at CONFIG_ADDRESS are not for it. */
	address(at, 2, 0, 0);
	bus_write(&at->machine.ports, 0xcf8, 1, 0xff);
	CHECK(bus_read(&at->machine.ports, 0xcf8, 4) == 0x80001000);
	bus_write(&at->machine.ports, 0xcf9, 1, 0x06);
	CHECK(pulls[0] == 1);
	CHECK(bus_read(&at->machine.ports, 0xcf9, 1) == 0x06);
	CHECK(bus_read(&at->machine.ports, 0xcf8, 4) == 0x80001000);
	unmake(at);
}

static void test_regions(void)
{
	struct board *at = &board[0];

	make(0);
	put(at, 2, PCI_BAR0, 4, UINT32_MAX);
	CHECK(get(at, 2, PCI_BAR0, 4) == 0xfffff000);
	put(at, 2, PCI_BAR0 + 4, 4, UINT32_MAX);
	CHECK(get(at, 2, PCI_BAR0 + 4, 4) == 0xffffffe1);
	CHECK(!get(at, 2, PCI_BAR0 + 12, 4));
	/* Nothing is there before the command says so. */
	put(at, 2, PCI_BAR0, 4, 0xe0000000);
	put(at, 2, PCI_BAR0 + 4, 4, 0xc000);
	put(at, 2, PCI_BAR0 + 8, 4, 0xd0000000);
	CHECK(!bus_has(&at->mmio, 0xe0000000) && !at->card[0].shown);
	put(at, 2, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	CHECK(bus_read(&at->mmio, 0xe0000004, 4) == 4);
	CHECK(at->card[0].shown == 0xd0000000);
	CHECK(!bus_has(&at->machine.ports, 0xc000));
	put(at, 2, PCI_COMMAND, 2, PCI_COMMAND_IO);
	CHECK(!bus_has(&at->mmio, 0xe0000000) && !at->card[0].shown);
	CHECK(bus_read(&at->machine.ports, 0xc01f, 1) == 0x1f);
	CHECK(!bus_has(&at->machine.ports, 0xc020));
	at->host.device.ops->reset(&at->host.device);
	pci_function_reset(&at->card[0].function);
	CHECK(!bus_has(&at->machine.ports, 0xc000));
	CHECK(get(at, 2, PCI_BAR0 + 4, 4) == 1);
	unmake(at);
}

/* N31: two at one place, over RAM, over the APICs, over VMBus' addresses, over
 * the end of 4 GB, over the motherboard's ports. */
static void test_wrong_places(void)
{
	static const uint32_t wrong[] = { 0, 0x1000, 0xa0000, 0xf0000, RAM_SIZE -
		0x1000, 0xfec00000, 0xfee00000, 0xfffff000, 0xf8000000,
		0xfbfff000, 0xff000000 };
	struct board *at = &board[0];
	unsigned int i;

	make(0);
	put(at, 2, PCI_COMMAND, 2, 7);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		put(at, 2, PCI_BAR0, 4, wrong[i]);
		put(at, 2, PCI_BAR0 + 8, 4, wrong[i]);
		CHECK(!bus_has(&at->mmio, wrong[i]) && !at->card[0].shown);
	}
	put(at, 2, PCI_BAR0 + 4, 4, 0x60);
	CHECK(!bus_has(&at->machine.ports, 0x60));
	/* The second comes when the first goes. */
	put(at, 3, PCI_COMMAND, 2, 7);
	put(at, 2, PCI_BAR0, 4, 0xe0000000);
	put(at, 3, PCI_BAR0, 4, 0xe0000000);
	put(at, 3, PCI_BAR0 + 8, 4, 0xe0000000);
	CHECK(bus_read(&at->mmio, 0xe0000000, 4) == 0);
	CHECK(!at->card[1].shown);
	put(at, 2, PCI_BAR0, 4, 0xe1000000);
	CHECK(bus_read(&at->mmio, 0xe0000000, 4) == 0x100);
	CHECK(!at->card[1].shown);
	put(at, 3, PCI_BAR0, 4, 0xe2000000);
	CHECK(at->card[1].shown == 0xe0000000);
	unmake(at);
}

static void test_interrupts(void)
{
	struct board *at = &board[0];
	struct machine *machine = &at->machine;

	make(0);
	/* On the IOAPIC low is asserted. */
	CHECK(machine->level[16] && machine->level[19]);
	put(at, 1, 0x60, 4, 0x0b0b0a0a);
	pci_interrupt(&at->card[0].function, true);	/* slot 2: link B */
	CHECK(machine->level[10] && !machine->level[17]);
	CHECK(get(at, 2, PCI_STATUS, 2) & PCI_STATUS_INTX);
	/* Another route, and none. */
	put(at, 1, 0x61, 1, 0x05);
	CHECK(!machine->level[10] && machine->level[5]);
	put(at, 1, 0x61, 1, 0x80);
	CHECK(!machine->level[5]);
	put(at, 1, 0x61, 1, 0x02);
	CHECK(!machine->level[2]);
	put(at, 1, 0x61, 1, 0x0b);
	/* Two of one link. */
	CHECK(machine->level[11]);
	pci_interrupt(&at->card[1].function, true);	/* link C */
	pci_interrupt(&at->card[0].function, false);
	CHECK(machine->level[11] && machine->level[17] && !machine->level[18]);
	put(at, 3, PCI_COMMAND, 2, PCI_COMMAND_NO_INTX);
	CHECK(!machine->level[11] && machine->level[18]);
	CHECK(get(at, 3, PCI_STATUS, 2) & PCI_STATUS_INTX);
	put(at, 3, PCI_COMMAND, 2, 0);
	CHECK(machine->level[11]);
	unmake(at);
}

static void some_access(unsigned int slot, unsigned int function,
	unsigned int offset, unsigned int size, uint32_t value)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		address(&board[i], slot, function, offset & 0xfc);
		bus_write(&board[i].machine.ports, 0xcfc + (offset & 3), size,
			value);
	}
	CHECK(bus_read(&board[0].machine.ports, 0xcfc, 4) ==
		bus_read(&board[1].machine.ports, 0xcfc, 4));
}

static void check_places(const struct board *at)
{
	unsigned int i, j;

	for (i = 0; i < 3; i++)
		for (j = 0; j < PCI_BARS; j++) {
			const struct pci_bar *bar =
				&at->card[i].function.bar[j];

			CHECK(!bar->at || bar->space != PCI_MEMORY ||
				(bar->at >= RAM_SIZE &&
				bar->at + bar->size <= 0xfec00000));
		}
	CHECK(at->mmio.count <= 3);
}

/* Two boards do the same, also when one has gone on from the other's state. */
static void test_random(unsigned int rounds)
{
	struct stream stream = { 0 };
	unsigned int i, slot;

	make(0);
	make(1);
	for (i = 0; i < rounds * 10; i++) {
		slot = any() % 6;
		some_access(slot, slot == 1 ? any() % 4 : 0, any() % 256,
			1u << any() % 3, any() % 4 ? (uint32_t)any() :
			0xe0000000u + (uint32_t)(any() % 4) * 0x800);
		if (any() % 8 == 0)
			pci_interrupt(&board[0].card[slot % 3].function, i & 1),
			pci_interrupt(&board[1].card[slot % 3].function, i & 1);
		check_places(&board[0]);
	}
	pci_function_save(&board[0].card[0].function, &stream);
	CHECK(!pci_function_load(&board[1].card[0].function, &stream));
	stream.data[0] ^= 1;
	stream.at = 0;
	CHECK(pci_function_load(&board[1].card[0].function, &stream));
	stream_free(&stream);
	check_same_state(&board[0].isa.device, &board[1].isa.device);
	copy_state(&board[0].isa.device, &board[1].isa.device);
	copy_state(&board[0].host.device, &board[1].host.device);
	copy_state(&board[0].pci.device, &board[1].pci.device);
	copy_state(&board[0].power.device, &board[1].power.device);
	check_bad_loads(&board[0].isa.device, rounds / 20 + 1);
	check_bad_loads(&board[0].host.device, rounds / 20 + 1);
	check_bad_loads(&board[0].pci.device, rounds / 20 + 1);
	unmake(&board[0]);
	unmake(&board[1]);
}

int main(int count, char **arguments)
{
	unsigned int rounds = start("test_pci", count, arguments);

	test_configuration();
	test_regions();
	test_wrong_places();
	test_interrupts();
	test_random(rounds);
	return 0;
}
