/* SMBIOS tables: the machine's name for systems and their drivers.
 * DMTF DSP0134 3.7: 5.2.1 (entry point), 7.1 to 7.4, 7.45 (structures). */
/* SPDX-License-Identifier: MIT */
#include "pci/smbios.h"

#include <errno.h>
#include <string.h>

#define ROOM		512u
#define STRINGS		3u

struct entry_point {
	char anchor[4];
	uint8_t checksum, length, major, minor;
	uint16_t largest;
	uint8_t revision, formatted[5];
	char intermediate[5];
	uint8_t intermediate_checksum;
	uint16_t tables_size;
	uint32_t tables;		/* firmware's: address and checksums */
	uint16_t count;
	uint8_t bcd;
} __attribute__((packed));
_Static_assert(sizeof(struct entry_point) == 0x1f, "entry point");

/* Formatted area behind the header, then strings, which it counts from 1. */
struct structure {
	uint8_t type, size;		/* size: with the header's 4 bytes */
	uint8_t area[28];
	const char *string[STRINGS];
};

/* Linux's drivers for old disk controllers leave disks to VMBus by this
 * manufacturer and product (ata_piix.c, ignore_hyperv). */
static const struct structure structures[] = {
	{ 0, 0x18, { 1, 2, 0x00, 0xe8, 3, 1, 0x08, [9] = 0, [14] = 0, 0x10,
		0, 1, 0xff, 0xff }, { "SeaBIOS", "Socle", "01/01/2026" } },
	{ 1, 0x1b, { 1, 2, 3, [20] = 0x06 },
		{ "Microsoft Corporation", "Virtual Machine", "7.0" } },
	{ 3, 0x16, { 1, 0x03, 2, [5] = 3, 3, 3, 2, [16] = 0 },
		{ "Microsoft Corporation", "7.0" } },
	{ 127, 4, { 0 }, { NULL } },
};

static size_t put_strings(uint8_t *to, const char *const *string)
{
	size_t used = 0, size;
	unsigned int i;

	for (i = 0; i < STRINGS && string[i]; i++) {
		size = strlen(string[i]) + 1;
		memcpy(to + used, string[i], size);
		used += size;
	}
	/* Two zeros end the structure, also where it has no string. */
	to[used++] = 0;
	if (!string[0])
		to[used++] = 0;
	return used;
}

static size_t put_structure(
	uint8_t *to, const struct structure *structure, uint16_t handle)
{
	to[0] = structure->type;
	to[1] = structure->size;
	memcpy(to + 2, &handle, sizeof(handle));
	memcpy(to + 4, structure->area, structure->size - 4);
	return structure->size +
		put_strings(to + structure->size, structure->string);
}

int smbios_tell(struct fw_cfg *fw_cfg)
{
	struct entry_point entry = {
		.anchor = "_SM_", .length = sizeof(entry), .major = 2,
		.minor = 8, .intermediate = "_DMI_", .bcd = 0x28,
		.count = sizeof(structures) / sizeof(structures[0]),
	};
	uint8_t tables[ROOM];
	size_t used = 0, size;
	unsigned int i;
	int error;

	for (i = 0; i < entry.count; i++) {
		size = put_structure(tables + used, &structures[i], i);
		used += size;
		if (size > entry.largest)
			entry.largest = size;
	}
	entry.tables_size = used;
	error = fw_cfg_file(fw_cfg, "etc/smbios/smbios-anchor", &entry,
		sizeof(entry));
	return error ? error : fw_cfg_file(fw_cfg,
		"etc/smbios/smbios-tables", tables, used);
}
