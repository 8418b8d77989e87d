/* What an installation finds here, before anything is written. */
/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "disks.h"
#include "firmware.h"
#include "pci.h"
#include "places.h"
#include "program.h"
#include "row.h"
#include "target.h"

/* Of 1 GB the firmware and the hypervisor have taken their part. */
#define MEMORY_LEAST (900ll << 20)

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static json_t *host(void)
{
	size_t size;
	char *text = program_said(PLACE_HOST, &size);
	json_t *object = text ? json_loadb(text, size, JSON_REJECT_DUPLICATES,
		NULL) : NULL;

	free(text);
	return object;
}

static void say_machine(json_t *rows, const json_t *host)
{
	const char *vendor = text_of(host, "vendor");
	const char *machine = text_of(host, "machine");

	row_say(rows, "machine", NONE, "%s%s%s, started by %s", vendor,
		*vendor && *machine ? " " : "",
		*vendor || *machine ? machine : "of no name",
		access(PLACE_EFI, F_OK) ? "BIOS" : "UEFI");
}

static void say_processor(json_t *rows, const json_t *host)
{
	const json_t *hypervisor = json_object_get(host, "hypervisor");
	const char *model = text_of(host, "processor");

	row_say(rows, "processors", NONE, "%lld, %s", (long long)
		json_integer_value(json_object_get(host, "processors")),
		*model ? model : "of no name");
	if (json_is_true(json_object_get(hypervisor, "running")))
		row_say(rows, "virtualization", GOOD,
			"the hypervisor runs on this machine");
	else
		row_say(rows, "virtualization", BAD, "no VM can run: %s",
			*text_of(hypervisor, "reason") ?
			text_of(hypervisor, "reason") : "the system was "
			"started without its hypervisor");
}

static void say_memory(json_t *rows, const json_t *host)
{
	long long bytes = json_integer_value(json_object_get(
		json_object_get(host, "memory"), "total"));

	row_say(rows, "memory", bytes < MEMORY_LEAST ? BAD : GOOD,
		"%lld MB%s", bytes >> 20, bytes < MEMORY_LEAST ?
		": there is little for VMs" : "");
}

static void say_adapter(json_t *rows, const json_t *adapter)
{
	bool link = json_is_true(json_object_get(adapter, "link"));
	json_int_t speed = json_integer_value(json_object_get(adapter,
		"speed"));
	char at[32] = "";

	if (link && speed > 0)
		snprintf(at, sizeof(at), ", %lld Mb/s", (long long)speed);
	row_say(rows, text_of(adapter, "name"), link ? GOOD : NONE,
		"%s, %s, %s%s", text_of(adapter, "mac"),
		text_of(adapter, "driver"), link ? "a link" : "no link", at);
}

static void say_adapters(json_t *rows, const json_t *host)
{
	const json_t *each;
	bool any = false;
	size_t i;

	json_array_foreach(json_object_get(host, "network"), i, each) {
		if (strcmp(text_of(each, "kind"), "adapter") ||
		    !json_object_get(each, "driver"))
			continue;
		say_adapter(rows, each);
		any = true;
	}
	if (!any)
		row_say(rows, "network", BAD, "there is no adapter");
}

static void say_host(json_t *rows, const json_t *host)
{
	say_machine(rows, host);
	say_processor(rows, host);
	say_memory(rows, host);
	say_adapters(rows, host);
}

/* Whether it can be installed on. */
static bool say_disk(json_t *rows, const struct disk *disk)
{
	const char *why = disk_why_not(disk);
	char size[16], content[256], use[200];

	disk_size_text(disk->bytes, size, sizeof(size));
	if (target_interrupted(disk))
		snprintf(content, sizeof(content), "an installation that was "
			"interrupted");
	else
		disk_content_text(disk, content, sizeof(content));
	disk_use_text(disk, use, sizeof(use));
	row_say(rows, disk->name, why ? NONE : GOOD,
		"%s, %s%s%s%s%s; %s%s%s%s%s", size, disk->bus,
		*disk->model ? ", " : "", disk->model,
		*disk->serial ? ", serial " : "", disk->serial, content,
		why ? "; " : "", why ? why : "",
		why && *disk->used ? ": " : "", why ? use : "");
	return !why;
}

static void say_disks(json_t *rows)
{
	struct disk *disks;
	int i, good = 0, count = disks_read(&disks);

	for (i = 0; i < count; i++)
		good += say_disk(rows, &disks[i]);
	if (!good)
		row_say(rows, "disks", BAD, "there is none that Socle "
			"Server can be installed on: %.1f GB are needed",
			(double)DISK_LEAST / 1e9);
	free(disks);
}

json_t *report(void)
{
	json_t *rows = json_array(), *about = host();

	if (!rows)
		return NULL;
	if (about)
		say_host(rows, about);
	else
		row_say(rows, "machine", BAD, "what it is cannot be "
			"read: \"" PLACE_HOST "\" has failed");
	say_disks(rows);
	pci_say(rows);
	firmware_say(rows);
	json_decref(about);
	return rows;
}
