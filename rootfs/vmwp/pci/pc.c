/* A PC around a VM's devices: PCI, chip set, firmware. docs/boot.md */
/* SPDX-License-Identifier: MIT */
#include "pci/pc.h"

#include <string.h>

#include "pci/facts.h"

int pc_init(struct pc *pc, const struct pc_parts *parts,
	void (*added)(void *context, struct device *device), void *context)
{
	const struct firmware *firmware = parts->firmware;
	int error;

	pc->parts = *parts;
	error = bios_init(&pc->bios, parts->partition, firmware->bios,
		firmware->bios_size);
	if (error)
		return error;
	error = pci_init(&pc->pci, parts->ports, parts->mmio, parts->ram,
		parts->reset);
	if (error)
		return error;
	added(context, &pc->pci.device);
	error = i440fx_init(&pc->host, &pc->pci);
	if (error)
		return error;
	added(context, &pc->host.device);
	error = piix3_init(&pc->isa, &pc->pci, parts->irq, parts->pin);
	if (error)
		return error;
	added(context, &pc->isa.device);
	error = piix4_pm_init(&pc->power, &pc->pci);
	if (error)
		return error;
	added(context, &pc->power.device);
	error = fw_cfg_init(&pc->fw_cfg, parts->ports);
	if (error)
		return error;
	added(context, &pc->fw_cfg.device);
	error = screen_init(&pc->screen);
	if (error)
		return error;
	error = vga_init(&pc->vga, &pc->pci, parts->ports, parts->mmio,
		&pc->parts.windows, &pc->screen);
	if (error)
		return error;
	added(context, &pc->vga.device);
	error = i8042_init(&pc->keyboard, parts->ports, parts->clock,
		parts->keys, &pc->input, &pc->screen, parts->pull,
		parts->context);
	if (!error)
		added(context, &pc->keyboard.device);
	return error;
}

void pc_exit(struct pc *pc)
{
	screen_exit(&pc->screen);
	bios_exit(&pc->bios);
}

int pc_boot(struct pc *pc, unsigned int processors)
{
	const struct firmware *firmware = pc->parts.firmware;
	const struct facts facts = {
		.ram = pc->parts.ram,
		.processors = processors,
		.boot_order = firmware->boot_order,
		.on_serial = firmware->on_serial,
		.vga_bios = firmware->vga_bios,
		.vga_bios_size = firmware->vga_bios_size,
		.net_rom = firmware->net_rom,
		.net_rom_size = firmware->net_rom_size,
	};

	bios_load(&pc->bios, pc->parts.ram);
	return facts_tell(&facts, &pc->fw_cfg);
}
