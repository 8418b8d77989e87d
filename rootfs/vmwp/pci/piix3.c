/* The ISA bridge of a PC (Intel 82371SB): where PCI's interrupts lead. */
/* SPDX-License-Identifier: MIT */
#include "pci/piix3.h"

#include <errno.h>
#include <string.h>

#include "container.h"

#define PIRQ		0x60	/* 4 bytes: PIRQRC[A:D], 3.1.9 of the data sheet */
#define PIRQ_OFF	0x80
#define PIRQ_INPUT	0x0f
/* 0, 1, 2, 8 and 13 cannot be chosen. */
#define INPUTS		0xdef8u

static const struct pci_identity identity = {
	.vendor = 0x8086, .device = 0x7000, .class = 0x060100, .multi = true,
	.subsystem_vendor = 0x1af4, .subsystem = 0x1100,
};

static void route(struct piix3 *bridge)
{
	uint16_t high = 0, changed;
	unsigned int i;

	for (i = 0; i < PIIX3_LINKS; i++) {
		uint8_t way = bridge->function.config[PIRQ + i];

		if (bridge->link[i] && !(way & PIRQ_OFF))
			high |= 1u << (way & PIRQ_INPUT);
	}
	high &= INPUTS;
	changed = high ^ bridge->high;
	bridge->high = high;
	for (i = 0; i < 16; i++) {
		bridge->irq.number = i;
		if (changed & 1u << i)
			line_set(&bridge->irq, high & 1u << i);
	}
}

static void show_pin(struct piix3 *bridge, unsigned int number)
{
	bridge->pin.number = PIIX3_PIN + number;
	line_set(&bridge->pin, !bridge->link[number]);
}

static void set_link(void *context, unsigned int number, bool level)
{
	struct piix3 *bridge = context;

	bridge->link[number] = level;
	show_pin(bridge, number);
	route(bridge);
}

static void written(struct pci_function *function, unsigned int offset,
	unsigned int size)
{
	struct piix3 *bridge =
		container_of(function, struct piix3, function);

	if (offset < PIRQ + PIIX3_LINKS && offset + size > PIRQ)
		route(bridge);
}

static void piix3_reset(struct device *device)
{
	struct piix3 *bridge = (struct piix3 *)device;
	unsigned int i;

	pci_function_reset(&bridge->function);
	for (i = 0; i < PIIX3_LINKS; i++)
		show_pin(bridge, i);
	route(bridge);
}

static void piix3_save(const struct device *device, struct stream *to)
{
	const struct piix3 *bridge = (const struct piix3 *)device;
	unsigned int i;

	pci_function_save(&bridge->function, to);
	for (i = 0; i < PIIX3_LINKS; i++)
		stream_put(to, bridge->link[i], 1);
}

static int piix3_load(
	struct device *device, struct stream *from, unsigned int version)
{
	struct piix3 *bridge = (struct piix3 *)device;
	uint64_t link[PIIX3_LINKS];
	bool good = version == device->ops->version &&
		!pci_function_load(&bridge->function, from);
	unsigned int i;

	for (i = 0; i < PIIX3_LINKS; i++) {
		link[i] = good ? stream_get(from, 1) : 0;
		good = good && link[i] <= 1;
	}
	if (!good || from->failed) {
		piix3_reset(device);
		return -EINVAL;
	}
	for (i = 0; i < PIIX3_LINKS; i++)
		bridge->link[i] = link[i];
	route(bridge);
	return 0;
}

static void piix3_exit(struct device *device)
{
	pci_remove(&((struct piix3 *)device)->function);
}

static const struct device_ops piix3_ops = {
	.name = "piix3",
	.version = 1,
	.reset = piix3_reset,
	.save = piix3_save,
	.load = piix3_load,
	.exit = piix3_exit,
};

int piix3_init(struct piix3 *bridge, struct pci *pci, struct line irq,
	struct line pin)
{
	struct pci_function *function = &bridge->function;
	unsigned int i;
	int error;

	memset(bridge, 0, sizeof(*bridge));
	bridge->device.ops = &piix3_ops;
	bridge->irq = irq;
	bridge->pin = pin;
	error = pci_add(pci, function, 1, 0, &identity, NULL);
	if (error)
		return error;
	function->written = written;
	for (i = 0; i < PIIX3_LINKS; i++) {
		function->config[PIRQ + i] = PIRQ_OFF;
		function->first[PIRQ + i] = PIRQ_OFF;
		function->writable[PIRQ + i] = PIRQ_OFF | PIRQ_INPUT;
		pci->link[i] = (struct line){ set_link, bridge, i };
		show_pin(bridge, i);
	}
	return 0;
}
