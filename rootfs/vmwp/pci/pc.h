/* A PC around a VM's devices: PCI, chip set, firmware. docs/boot.md */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_PCI_PC_H
#define VMWP_PCI_PC_H

#include "display/screen.h"
#include "display/vga.h"
#include "input/i8042.h"
#include "input/input.h"
#include "pci/bios.h"
#include "pci/fw_cfg.h"
#include "pci/chip.h"
#include "pci/pci.h"
#include "pci/piix3.h"
#include "window.h"

/* Images; owned by whoever read them, for as long as the VM is there. */
struct firmware {
	const uint8_t *bios, *vga_bios;
	const uint8_t *net_rom;		/* NULL: nothing boots from the network */
	size_t bios_size, vga_bios_size, net_rom_size;
	const char *boot_order;	/* as struct facts has it */
	bool on_serial;		/* its text goes to COM1, too */
};

struct pc_parts {
	struct bus *ports, *mmio;
	const struct ram *ram;
	struct reset *reset;
	struct clock *clock;
	struct line irq;	/* inputs of the 8259 pair: numbers are put in */
	struct line pin;	/* inputs of the IOAPIC */
	struct line keys[2];	/* of the keyboard controller's two ports */
	/* The keyboard controller pulls the reset line. */
	void (*pull)(void *context);
	void *context;
	int partition;
	struct window_host windows;
	const struct firmware *firmware;
};

struct pc {
	struct pci pci;
	struct pci_chip host;
	struct piix3 isa;
	struct pci_chip power;
	struct fw_cfg fw_cfg;
	struct bios bios;
	struct screen screen;
	struct vga vga;
	struct input input;
	struct i8042 keyboard;
	struct pc_parts parts;
};

/* added() is called for each device, in order. 0 or -errno; -EINVAL: the
 * firmware is none. */
int pc_init(struct pc *pc, const struct pc_parts *parts,
	void (*added)(void *context, struct device *device), void *context);
void pc_exit(struct pc *pc);

/* Memory and firmware as after power-on. 0 or -errno; -ENOSPC: too many
 * processors for the tables. */
int pc_boot(struct pc *pc, unsigned int processors);

#endif
