/* PCI and fw_cfg: what a guest writes to their ports. */
/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include "check.h"
#include "pci/fw_cfg.h"
#include "pci/chip.h"
#include "pci/piix3.h"
#include "reset.h"

#define RAM_SIZE	(64ull << 20)
#define CARDS		3u

static struct bus ports, mmio;
static struct reset reset;
static struct pci pci;
static struct pci_chip host;
static struct piix3 isa;
static struct pci_chip power;
static struct fw_cfg fw_cfg;
static struct pci_function card[CARDS];
static uint64_t shown[CARDS];
static const struct ram ram = { NULL, RAM_SIZE };

static void nothing(void *context)
{
	(void)context;
}

static void moved(void *context, uint64_t address)
{
	uint64_t *at = context;

	CHECK(*at != address);
	CHECK(!address || (address >= RAM_SIZE && address < 0xfec00000));
	*at = address;
}

static const struct bus_ops none;

static void add(unsigned int number)
{
	static const struct pci_identity identity = { .vendor = 0x1234,
		.device = 1, .pin = 1 };
	struct pci_bar bar[PCI_BARS] = {
		{ PCI_MEMORY, 0x10000, NULL, moved, &shown[number], 0 },
		{ PCI_PORTS, 0x40, &none, NULL, NULL, 0 },
		{ PCI_MEMORY, 0x1000, &none, NULL, NULL, 0 },
	};

	shown[number] = 0;
	CHECK(!pci_add(&pci, &card[number], 2 + number, 0, &identity, bar));
}

static void make(void)
{
	struct line line = { NULL, NULL, 0 };
	unsigned int i;

	CHECK(!reset_init(&reset, &ports, true, nothing, NULL));
	CHECK(!pci_init(&pci, &ports, &mmio, &ram, &reset));
	CHECK(!i440fx_init(&host, &pci));
	CHECK(!piix3_init(&isa, &pci, line, line));
	CHECK(!piix4_pm_init(&power, &pci));
	CHECK(!fw_cfg_init(&fw_cfg, &ports));
	CHECK(!fw_cfg_file(&fw_cfg, "some", "thing", 5));
	for (i = 0; i < CARDS; i++)
		add(i);
}

static void unmake(void)
{
	unsigned int i;

	for (i = 0; i < CARDS; i++)
		pci_remove(&card[i]);
	fw_cfg.device.ops->exit(&fw_cfg.device);
	power.device.ops->exit(&power.device);
	isa.device.ops->exit(&isa.device);
	host.device.ops->exit(&host.device);
	pci.device.ops->exit(&pci.device);
	reset.device.ops->exit(&reset.device);
	CHECK(!ports.count && !mmio.count);
	bus_free(&ports);
	bus_free(&mmio);
}

static void act(struct input *input)
{
	uint8_t what = input_byte(input);
	unsigned int size = 1u << (what >> 4 & 3);
	unsigned int slot = what >> 6 ? 1 + (what >> 6) : what >> 3 & 1;

	switch (what & 7) {
	case 0:
		bus_write(&ports, 0xcf8, 4, input_word(input));
		break;
	case 1:
		bus_write(&ports, 0xcf8, 4, 0x80000000u | slot << 11 |
			input_byte(input));
		break;
	case 2:
		pci_interrupt(&card[what % CARDS], what >> 7);
		break;
	case 3:
		bus_write(&ports, FW_CFG_PORT + (what >> 6), size,
			input_word(input));
		break;
	case 4:
		bus_read(&ports, FW_CFG_PORT + (what >> 6), size);
		break;
	case 5:
		bus_read(&ports, 0xcf8 + input_byte(input) % 8, size);
		break;
	default:
		bus_write(&ports, 0xcfc + (what >> 6), size, input_word(input));
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct input input = { bytes, size };

	make();
	while (input.left)
		act(&input);
	unmake();
	return 0;
}
