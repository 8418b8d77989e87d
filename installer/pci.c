/* PCI functions that something should drive. */
/* SPDX-License-Identifier: MIT */
#include "pci.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "attribute.h"
#include "places.h"
#include "row.h"

/* PCI Code and ID Assignment 1.11: base class, sub-class. */
enum { STORAGE = 0x01, NETWORK = 0x02, USB = 0x0c03, RAID = 0x0104,
	INTEL = 0x8086, AMD = 0x1022 };

struct function {
	const char *address;		/* "0000:00:1f.2" */
	unsigned int class, vendor, device;
	char driver[32];		/* empty: none */
};

static const char *kind_of(const struct function *function)
{
	if (function->class == USB)
		return "USB controller";
	switch (function->class >> 8) {
	case STORAGE: return "storage controller";
	case NETWORK: return "network adapter";
	default: return NULL;
	}
}

/* Of the chip set, not a card that is a RAID by itself. */
static bool is_firmware_raid(const struct function *function)
{
	return function->class == RAID && (function->vendor == INTEL ||
		function->vendor == AMD);
}

static void say(json_t *rows, const struct function *function)
{
	const char *kind = kind_of(function);

	if (is_firmware_raid(function))
		row_say(rows, "RAID by firmware", BAD, "the controller "
			"%04x:%04x at %s may hide its disks: turn RAID, RST or "
			"VMD off in the machine's set-up, so that it is AHCI or "
			"NVMe", function->vendor, function->device,
			function->address);
	else if (kind && !*function->driver)
		row_say(rows, "without a driver", BAD, "%s %04x:%04x at "
			"%s: nothing here drives it", kind, function->vendor,
			function->device, function->address);
}

static int is_name(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

void pci_say(json_t *rows)
{
	struct dirent **names;
	int i, count = scandir(PLACE_PCI, &names, is_name, alphasort);
	char folder[PATH_MAX];

	for (i = 0; i < count; i++) {
		struct function function = { .address = names[i]->d_name };

		snprintf(folder, sizeof(folder), "%s/%s", PLACE_PCI,
			names[i]->d_name);
		function.class = (unsigned int)attribute_number(folder,
			"class") >> 8;
		function.vendor = (unsigned int)attribute_number(folder,
			"vendor");
		function.device = (unsigned int)attribute_number(folder,
			"device");
		attribute_link(folder, "driver", function.driver,
			sizeof(function.driver));
		say(rows, &function);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
}
