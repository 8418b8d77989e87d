/* What a VM's firmware is told: memory, processors, tables, boot order. */
/* SPDX-License-Identifier: MIT */
#include "pci/facts.h"

#include <errno.h>
#include <string.h>

#include "acpi.h"
#include "pci/smbios.h"
#include "start.h"

#define TRADITIONAL	1	/* FW_CFG_ID: bytes by the port, no DMA */
#define RSDP_FILE	"etc/acpi/rsdp"
#define LOADER_ALLOCATE	1
#define LOADER_FSEG	2	/* below 1 MB, where systems look for it */
#define COM1		0x3f8
#define MENU_WAIT	1000	/* ms: the key for the boot menu */

/* One entry of "etc/table-loader" (QEMU, hw/acpi/bios-linker-loader.c). */
struct loader_entry {
	uint32_t command;
	char file[FW_CFG_NAME];
	uint32_t align;
	uint8_t zone;
	uint8_t rest[63];
};
_Static_assert(sizeof(struct loader_entry) == 128, "loader");

struct range {
	uint64_t start, size;
	uint32_t type;
} __attribute__((packed));
_Static_assert(sizeof(struct range) == 20, "etc/e820");

static uint64_t tables_start(const struct ram *ram)
{
	return ram_low_end(ram) - ACPI_SIZE;
}

static int tell_memory(const struct ram *ram, struct fw_cfg *fw_cfg)
{
	uint64_t tables = tables_start(ram);
	struct range ranges[3] = {
		{ 0, tables, E820_RAM },
		{ tables, ACPI_SIZE, E820_RESERVED },
		{ RAM_HIGH, ram_high_end(ram) - RAM_HIGH, E820_RAM },
	};
	unsigned int count = ranges[2].size ? 3 : 2;

	return fw_cfg_file(fw_cfg, "etc/e820", ranges,
		count * sizeof(ranges[0]));
}

/* The tables lie where they stay and know their addresses: firmware has only to
 * put the first one's finder where systems look for it. */
static int tell_tables(const struct facts *facts, struct fw_cfg *fw_cfg)
{
	const struct loader_entry entry = {
		.command = LOADER_ALLOCATE, .file = RSDP_FILE, .align = 16,
		.zone = LOADER_FSEG,
	};
	uint64_t rsdp = acpi_write(facts->ram, tables_start(facts->ram),
		facts->processors, true);
	int error;

	if (!rsdp)
		return -ENOSPC;
	error = fw_cfg_file(fw_cfg, RSDP_FILE,
		ram_at(facts->ram, rsdp, ACPI_RSDP), ACPI_RSDP);
	if (error)
		return error;
	return fw_cfg_file(fw_cfg, "etc/table-loader", &entry, sizeof(entry));
}

static int tell_processors(unsigned int count, struct fw_cfg *fw_cfg)
{
	int error = fw_cfg_number(fw_cfg, FW_CFG_PROCESSORS, count, 2);

	return error ? error :
		fw_cfg_number(fw_cfg, FW_CFG_PROCESSORS_MAX, count, 2);
}

static int tell_boot(const struct facts *facts, struct fw_cfg *fw_cfg)
{
	uint32_t wait = MENU_WAIT, port = COM1;
	int error = fw_cfg_number(fw_cfg, FW_CFG_BOOT_MENU, 1, 2);

	if (!error)
		error = fw_cfg_file(fw_cfg, "etc/boot-menu-wait", &wait,
			sizeof(wait));
	if (!error && facts->on_serial)
		error = fw_cfg_file(fw_cfg, "etc/sercon-port", &port,
			sizeof(port));
	if (!error && facts->boot_order)
		error = fw_cfg_file(fw_cfg, "bootorder", facts->boot_order,
			strlen(facts->boot_order) + 1);
	if (!error && facts->vga_bios)
		error = fw_cfg_file(fw_cfg, "vgaroms/vgabios.bin",
			facts->vga_bios, facts->vga_bios_size);
	/* SeaBIOS takes it as if it were in the adapter. */
	if (!error && facts->net_rom)
		error = fw_cfg_file(fw_cfg, "pci8086,100e.rom",
			facts->net_rom, facts->net_rom_size);
	return error;
}

int facts_tell(const struct facts *facts, struct fw_cfg *fw_cfg)
{
	static const char signature[4] = "QEMU";
	uint32_t number;
	int error;

	fw_cfg_clear(fw_cfg);
	memcpy(&number, signature, sizeof(number));
	error = fw_cfg_number(fw_cfg, FW_CFG_SIGNATURE, number, 4);
	if (!error)
		error = fw_cfg_number(fw_cfg, FW_CFG_ID, TRADITIONAL, 4);
	if (!error)
		error = tell_processors(facts->processors, fw_cfg);
	if (!error)
		error = tell_memory(facts->ram, fw_cfg);
	if (!error)
		error = tell_tables(facts, fw_cfg);
	if (!error)
		error = smbios_tell(fw_cfg);
	if (!error)
		error = tell_boot(facts, fw_cfg);
	return error;
}
