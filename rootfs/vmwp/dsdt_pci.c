/* The DSDT's part about PCI: the bridge's windows, and where INTx leads. */
/* SPDX-License-Identifier: MIT */
#include "aml.h"
#include "dsdt.h"
#include "pci/pci.h"
#include "pci/piix3.h"
#include "ram.h"

#define PINS	4u
#define HOLE	(DSDT_VMBUS_MMIO + DSDT_VMBUS_MMIO_SIZE)
#define HOLE_END 0xfec00000u

/* Of slots: VMBus' addresses lie in between and are not PCI's. */
static void write_windows(struct aml *aml)
{
	aml_define(aml, "_CRS");
	aml_resources(aml);
	aml_bus(aml, 0, 0);
	aml_io(aml, 0xcf8, 8);
	aml_io_window(aml, 0, 0xcf7);
	aml_io_window(aml, 0xd00, 0xffff);
	aml_window(aml, RAM_VGA, RAM_ROM - RAM_VGA);
	aml_window(aml, RAM_LOW_END, DSDT_VMBUS_MMIO - RAM_LOW_END);
	aml_window(aml, HOLE, HOLE_END - HOLE);
	aml_end_resources(aml);
}

/* ACPI 6.5, 6.2.13: all functions of a slot, pin, no link device, input of the
 * IOAPIC: level-triggered and low, as PCI's are where nothing else is said. */
static void write_route(struct aml *aml, unsigned int slot, unsigned int pin)
{
	aml_package(aml, 4);
	aml_integer(aml, slot << 16 | 0xffff);
	aml_integer(aml, pin);
	aml_integer(aml, 0);
	aml_integer(aml, PIIX3_PIN + ((slot + pin - 1) & 3));
	aml_end(aml);
}

void dsdt_write_pci(struct aml *aml)
{
	unsigned int slot, pin;

	aml_device(aml, "PCI0");
	aml_define(aml, "_HID");
	aml_eisa_id(aml, "PNP0A03");
	aml_define(aml, "_UID");
	aml_integer(aml, 0);
	write_windows(aml);
	aml_define(aml, "_PRT");
	aml_package(aml, (PCI_DEVICES - 1) * PINS);
	for (slot = 1; slot < PCI_DEVICES; slot++)
		for (pin = 0; pin < PINS; pin++)
			write_route(aml, slot, pin);
	aml_end(aml);
	aml_end(aml);
}
