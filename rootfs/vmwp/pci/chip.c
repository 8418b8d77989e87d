/* Chips of a PC of which only the configuration matters. */
/* SPDX-License-Identifier: MIT */
#include "pci/chip.h"

#include <errno.h>
#include <string.h>

#include "acpi_pm.h"

/* Firmware tells the emulated chips from real ones by their subsystem. */
#define SUBSYSTEM_VENDOR	0x1af4
#define SUBSYSTEM		0x1100

/* 82441FX, 3.2. */
#define PAM0		0x59	/* 7 bytes: what is RAM, and can be written, below 1 MB */
#define PAM_END		0x60
#define PAM_WRITABLE	0x33
#define SMRAM		0x72	/* no system management mode: locked, closed */
#define SMRAM_LOCKED	0x12

/* 82371AB, 7.1. */
#define PMBA		0x40	/* 4 bytes: base of the ports, bit 0 set */
#define PMREGMISC	0x80	/* bit 0: they are there */

static const struct pci_identity i440fx_identity = {
	.vendor = 0x8086, .device = 0x1237, .class = 0x060000, .revision = 2,
	.subsystem_vendor = SUBSYSTEM_VENDOR, .subsystem = SUBSYSTEM,
};

static const struct pci_identity piix4_pm_identity = {
	.vendor = 0x8086, .device = 0x7113, .class = 0x068000, .revision = 3,
	.subsystem_vendor = SUBSYSTEM_VENDOR, .subsystem = SUBSYSTEM,
};

static void chip_reset(struct device *device)
{
	pci_function_reset(&((struct pci_chip *)device)->function);
}

static void chip_save(const struct device *device, struct stream *to)
{
	pci_function_save(&((const struct pci_chip *)device)->function, to);
}

static int chip_load(
	struct device *device, struct stream *from, unsigned int version)
{
	struct pci_chip *chip = (struct pci_chip *)device;

	if (version == device->ops->version &&
	    !pci_function_load(&chip->function, from))
		return 0;
	chip_reset(device);
	return -EINVAL;
}

static void chip_exit(struct device *device)
{
	pci_remove(&((struct pci_chip *)device)->function);
}

static const struct device_ops i440fx_ops = {
	.name = "i440fx",
	.version = 1,
	.reset = chip_reset,
	.save = chip_save,
	.load = chip_load,
	.exit = chip_exit,
};

static const struct device_ops piix4_pm_ops = {
	.name = "piix4_pm",
	.version = 1,
	.reset = chip_reset,
	.save = chip_save,
	.load = chip_load,
	.exit = chip_exit,
};

static int init(struct pci_chip *chip, struct pci *pci, unsigned int slot,
	unsigned int number, const struct pci_identity *identity,
	const struct device_ops *ops)
{
	memset(chip, 0, sizeof(*chip));
	chip->device.ops = ops;
	return pci_add(pci, &chip->function, slot, number, identity, NULL);
}

int i440fx_init(struct pci_chip *chip, struct pci *pci)
{
	struct pci_function *function = &chip->function;
	int error = init(chip, pci, 0, 0, &i440fx_identity, &i440fx_ops);

	if (error)
		return error;
	memset(function->writable + PAM0, PAM_WRITABLE, PAM_END - PAM0);
	function->config[SMRAM] = SMRAM_LOCKED;
	return 0;
}

int piix4_pm_init(struct pci_chip *chip, struct pci *pci)
{
	struct pci_function *function = &chip->function;
	int error = init(chip, pci, 1, 3, &piix4_pm_identity, &piix4_pm_ops);

	if (error)
		return error;
	function->config[PMBA] = 0x01;
	function->config[PMBA + 1] = ACPI_PM_EVENT >> 8;
	function->config[PMREGMISC] = 0x01;
	/* The SCI is wired, not routed. */
	function->config[PCI_LINE] = function->first[PCI_LINE] = ACPI_PM_SCI;
	return 0;
}
