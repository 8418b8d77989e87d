/* The DSDT: which devices the VM has. */
/* SPDX-License-Identifier: MIT */
#include "dsdt.h"

#include "acpi.h"
#include "aml.h"

struct ports {
	uint16_t first;
	uint8_t count;
};

/* What firmware of a PC tells of the chips that have no registers of their own
 * to be found by. */
static const struct device {
	const char *name, *id;
	unsigned int number;	/* _UID */
	struct ports ports[2];
	int irq;		/* -1: none */
} devices[] = {
	{ "PIC", "PNP0000", 0, { { 0x20, 2 }, { 0xa0, 2 } }, -1 },
	{ "TIMR", "PNP0100", 0, { { 0x40, 4 } }, 0 },
	{ "RTC", "PNP0B00", 0, { { 0x70, 2 } }, 8 },
	{ "COM1", "PNP0501", 1, { { 0x3f8, 8 } }, 4 },
	{ "COM2", "PNP0501", 2, { { 0x2f8, 8 } }, 3 },
	/* The PM block is a motherboard's resource: nobody else takes it. */
	{ "PMIO", "PNP0C02", 1, { { ACPI_PM1_EVENT, 16 },
		{ ACPI_GPE0, 4 } }, -1 },
};

/* Those of a PC, too. */
static const struct device pc_devices[] = {
	{ "KBD", "PNP0303", 0, { { 0x60, 1 }, { 0x64, 1 } }, 1 },
	{ "MOU", "PNP0F13", 0, { { 0, 0 } }, 12 },
	{ "FWC", "PNP0C02", 3, { { 0x510, 2 } }, -1 },
};

static void write_device(struct aml *aml, const struct device *device)
{
	unsigned int i;

	aml_device(aml, device->name);
	aml_define(aml, "_HID");
	aml_eisa_id(aml, device->id);
	aml_define(aml, "_UID");
	aml_integer(aml, device->number);
	aml_define(aml, "_CRS");
	aml_resources(aml);
	for (i = 0; i < 2; i++)
		if (device->ports[i].count)
			aml_io(aml, device->ports[i].first,
				device->ports[i].count);
	if (device->irq >= 0)
		aml_irq(aml, device->irq);
	aml_end_resources(aml);
	aml_end(aml);
}

/* The values that go into PM1 control to power off. */
static void write_s5(struct aml *aml)
{
	aml_define(aml, "_S5");
	aml_package(aml, 4);
	aml_integer(aml, ACPI_S5_TYPE);
	aml_integer(aml, ACPI_S5_TYPE);
	aml_integer(aml, 0);
	aml_integer(aml, 0);
	aml_end(aml);
}

static void begin_device(struct aml *aml, const char *name, const char *id)
{
	aml_device(aml, name);
	aml_define(aml, "_HID");
	aml_string(aml, id);
	aml_define(aml, "_UID");
	aml_integer(aml, 0);
	aml_define(aml, "_CRS");
	aml_resources(aml);
}

/* By its presence a guest knows that there is a VMBus; the device around it
 * has the addresses that a driver may take, for a screen for example. */
static void write_vmbus(struct aml *aml)
{
	begin_device(aml, "VMOD", "ACPI0004");
	aml_window(aml, DSDT_VMBUS_MMIO, DSDT_VMBUS_MMIO_SIZE);
	aml_end_resources(aml);
	begin_device(aml, "VMBS", "VMBus");
	aml_end_resources(aml);
	aml_end(aml);
	aml_end(aml);
}

/* Nobody's: signals of the guest come out there. */
static void write_bells(struct aml *aml)
{
	aml_device(aml, "BELL");
	aml_define(aml, "_HID");
	aml_eisa_id(aml, "PNP0C02");
	aml_define(aml, "_UID");
	aml_integer(aml, 2);
	aml_define(aml, "_CRS");
	aml_resources(aml);
	aml_memory(aml, DSDT_BELLS, DSDT_BELLS_SIZE);
	aml_end_resources(aml);
	aml_end(aml);
}

static void write_pc(struct aml *aml)
{
	unsigned int i;

	for (i = 0; i < sizeof(pc_devices) / sizeof(pc_devices[0]); i++)
		write_device(aml, &pc_devices[i]);
	dsdt_write_pci(aml);
}

size_t dsdt_write(uint8_t *to, size_t room, bool pc)
{
	struct aml aml = { .data = to, .room = room };
	unsigned int i;

	write_s5(&aml);
	aml_scope(&aml, "\\_SB");
	for (i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		write_device(&aml, &devices[i]);
	write_vmbus(&aml);
	write_bells(&aml);
	if (pc)
		write_pc(&aml);
	aml_end(&aml);
	return aml.full ? 0 : aml.size;
}
