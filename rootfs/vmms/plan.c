/* What a worker is started with: its words, and what its descriptors are. */
/* SPDX-License-Identifier: MIT */
#include "plan.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIXED	5u	/* descriptors of each VM */
#define MEGABYTE (1ull << 20)

/* A plan in the making. */
struct draft {
	struct plan *plan;
	FILE *words;
};

__attribute__((format(printf, 2, 3)))
static void word(struct draft *draft, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vfprintf(draft->words, format, list);
	va_end(list);
	fputc('\0', draft->words);
}

/* The number that the worker has it by. */
static unsigned int descriptor(struct draft *draft, enum plan_kind kind,
	unsigned int index)
{
	struct plan *plan = draft->plan;

	plan->descriptors[plan->count] =
		(struct plan_descriptor){ kind, index };
	return CONFINE_FIRST + plan->count++;
}

static void named(struct draft *draft, const char *name, enum plan_kind kind)
{
	word(draft, "%s", name);
	word(draft, "%u", descriptor(draft, kind, 0));
}

static void boot_order(struct draft *draft,
	const struct definition *definition)
{
	static const char *const kinds[BOOT_KINDS] = {
		[BOOT_DISK] = "disk", [BOOT_DVD] = "dvd" };
	unsigned int i;

	if (!definition->boots)
		return;
	word(draft, "--boot");
	for (i = 0; i < definition->boots; i++)
		fprintf(draft->words, "%s%s", i ? "," : "",
			kinds[definition->boot[i]]);
	fputc('\0', draft->words);
}

static void disk(struct draft *draft, const struct drive *drive,
	const char *place, unsigned int index)
{
	static const char *const formats[DISK_FORMATS] = {
		[DISK_RAW] = "raw", [DISK_VHDX] = "vhdx", [DISK_VHD] = "vhd" };

	word(draft, drive->ide ? "--ide-disk" : "--scsi-disk");
	word(draft, "%s%s:%u%s", place, formats[drive->format],
		descriptor(draft, PLAN_DRIVE, index),
		drive->read_only ? ",read-only" : "");
}

static void dvd(struct draft *draft, const struct drive *drive,
	const char *place, unsigned int index)
{
	word(draft, drive->ide ? "--ide-dvd" : "--dvd");
	if (drive->file)
		word(draft, "%s%u", place,
			descriptor(draft, PLAN_DRIVE, index));
	else
		word(draft, "%s", place);
}

static void one_drive(struct draft *draft, const struct drive *drive,
	unsigned int index)
{
	char place[16];

	if (drive->ide)
		snprintf(place, sizeof(place), "%u:%u:", drive->place / 2,
			drive->place % 2);
	else
		snprintf(place, sizeof(place), "%u:", drive->place);
	if (drive->dvd)
		dvd(draft, drive, place, index);
	else
		disk(draft, drive, place, index);
}

/* Systems that know an e1000 alone send by one. */
static unsigned int queues_of(const struct definition *definition,
	const struct nic *nic)
{
	if (nic->e1000)
		return 1;
	return definition->processors < HELPER_QUEUES ?
		definition->processors : HELPER_QUEUES;
}

static void nic_descriptors(struct draft *draft,
	const struct definition *definition, unsigned int index)
{
	unsigned int i = queues_of(definition, &definition->nics[index]);

	while (i--)
		descriptor(draft, PLAN_NIC, index);
}

static void write_words(struct draft *draft,
	const struct definition *definition, const char *name)
{
	unsigned int i;

	word(draft, "vmwp");
	word(draft, "--name");
	word(draft, "%s", name);
	word(draft, "--memory");
	word(draft, "%lluM", (unsigned long long)
		(definition->memory / MEGABYTE));
	word(draft, "--processors");
	word(draft, "%u", definition->processors);
	named(draft, "--mshv", PLAN_DRIVER);
	named(draft, "--firmware", PLAN_FIRMWARE);
	named(draft, "--control", PLAN_CONTROL);
	named(draft, "--serial", PLAN_SERIAL);
	named(draft, "--vnc", PLAN_SCREEN);
	boot_order(draft, definition);
	/* Drives and adapters may come later. */
	word(draft, "--scsi");
	word(draft, "--network");
	for (i = 0; i < definition->drive_count; i++)
		one_drive(draft, &definition->drives[i], i);
	for (i = 0; i < definition->nic_count; i++)
		nic_descriptors(draft, definition, i);
}

/* Of those that there may be. */
static bool is_too_much(const struct definition *definition)
{
	uint64_t count = FIXED + (uint64_t)definition->drive_count;
	unsigned int i;

	for (i = 0; i < definition->nic_count; i++)
		count += queues_of(definition, &definition->nics[i]);
	return count > CONFINE_FDS;
}

int plan_make(struct plan *plan, const struct definition *definition,
	const char *name)
{
	struct draft draft = { .plan = plan };

	memset(plan, 0, sizeof(*plan));
	if (is_too_much(definition))
		return -E2BIG;
	draft.words = open_memstream(&plan->words, &plan->size);
	if (!draft.words)
		return -ENOMEM;
	write_words(&draft, definition, name);
	if (!fclose(draft.words))
		return 0;
	plan_free(plan);
	return -ENOMEM;
}

void plan_free(struct plan *plan)
{
	free(plan->words);
	plan->words = NULL;
}

static void write_nic(FILE *to, const struct definition *definition,
	const struct nic *nic, unsigned int first, unsigned int mtu)
{
	unsigned int i, count = queues_of(definition, nic);
	char mac[18];

	define_mac_text(nic->port.mac, mac);
	fprintf(to, "--nic%c", '\0');
	for (i = 0; i < count; i++)
		fprintf(to, "%s%u", i ? "+" : "tap=", CONFINE_FIRST + first + i);
	fprintf(to, ",mac=%s%s%s", mac, nic->port.of[0] ? "" : ",cable=out",
		nic->e1000 ? ",model=e1000" : "");
	if (mtu)
		fprintf(to, ",mtu=%u", mtu);
	fputc('\0', to);
}

int plan_add_nic(struct plan *plan, const struct definition *definition,
	unsigned int index, unsigned int first, unsigned int mtu)
{
	char *more = NULL, *words;
	size_t size = 0;
	FILE *to = open_memstream(&more, &size);

	if (!to)
		return -ENOMEM;
	write_nic(to, definition, &definition->nics[index], first, mtu);
	words = fclose(to) ? NULL : realloc(plan->words, plan->size + size);
	if (words) {
		memcpy(words + plan->size, more, size);
		plan->words = words;
		plan->size += size;
	}
	free(more);
	return words ? 0 : -ENOMEM;
}

void plan_nic(struct helper_nic *to, const struct definition *definition,
	const struct nic *nic)
{
	const struct port *port = &nic->port;
	int i;

	*to = (struct helper_nic){ .number = nic->number,
		.queues = queues_of(definition, nic),
		.native = port->native, .trunk = port->trunk,
		.guards = port->guards,
		.addresses = (uint32_t)port->addresses };
	memcpy(to->id, definition->id.bytes, sizeof(to->id));
	memcpy(to->mac, port->mac, sizeof(to->mac));
	memcpy(to->tagged, port->tagged.bits, sizeof(to->tagged));
	strcpy(to->of, port->of);
	for (i = 0; i < port->addresses; i++)
		strcpy(to->address[i], port->address[i]);
}
