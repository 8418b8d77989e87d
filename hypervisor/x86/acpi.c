/* ACPI tables. Everything is checked against its length and checksum: firmware
 * is known to be wrong. */
/* SPDX-License-Identifier: MIT */
#include "acpi.h"

#include "../core/log.h"
#include "../lib/aml.h"
#include "../lib/string.h"

#include <assert.h>
#include <stddef.h>

struct header {
	char signature[4];
	uint32_t length;
	uint8_t revision, checksum;
	char oem[6], oem_table[8];
	uint32_t oem_revision, creator, creator_revision;
} __attribute__((packed));
static_assert(sizeof(struct header) == 36, "ACPI 5.2.6");

struct rsdp {
	char signature[8];
	uint8_t checksum;
	char oem[6];
	uint8_t revision;
	uint32_t rsdt;
	uint32_t length;
	uint64_t xsdt;
	uint8_t extended_checksum, reserved[3];
} __attribute__((packed));
static_assert(sizeof(struct rsdp) == 36, "ACPI 5.2.5.3");

/* FADT, ACPI 5.2.9 */
#define FADT_DSDT		40
#define FADT_PM1A		64
#define FADT_PM1B		68
#define FADT_PM_TIMER		76
#define FADT_FLAGS		112
#define FADT_RESET		116
#define FADT_RESET_VALUE	128
#define FADT_HAS_RESET		(1u << 10)

/* MADT, ACPI 5.2.12 */
#define MADT_ENTRIES		44
#define MADT_LAPIC		0
#define MADT_IOAPIC		1
#define MADT_X2APIC		9
#define MADT_ENABLED		1

/* Tables lie below 4 GB, where everything is mapped. */
#define TABLE_LIMIT		0x100000000ull
#define TABLE_MAX		0x400000

static const struct rsdp *rsdp;

static bool sum_is_zero(const void *bytes, uint32_t size)
{
	const uint8_t *byte = bytes;
	uint8_t sum = 0;

	while (size--)
		sum = (uint8_t)(sum + *byte++);
	return !sum;
}

static const struct rsdp *scan(uint64_t from, uint64_t to)
{
	for (; from + sizeof(struct rsdp) <= to; from += 16) {
		const struct rsdp *found = (const struct rsdp *)from;

		if (!memcmp(found->signature, "RSD PTR ", 8) &&
				sum_is_zero(found, 20))
			return found;
	}
	return NULL;
}

/* ACPI 5.2.5.1: the first KB of the EBDA, then the BIOS area. */
static const struct rsdp *find_rsdp(void)
{
	volatile const uint16_t *segment = (volatile const uint16_t *)0x40e;
	uint64_t ebda = (uint64_t)*segment << 4;
	const struct rsdp *found = NULL;

	if (ebda >= 0x80000 && ebda < 0xa0000)
		found = scan(ebda, ebda + 1024);
	return found ? found : scan(0xe0000, 0x100000);
}

static struct header *table_at(uint64_t address)
{
	struct header *table = (struct header *)address;

	if (address < 0x1000 || address >= TABLE_LIMIT - sizeof(*table))
		return NULL;
	if (table->length < sizeof(*table) || table->length > TABLE_MAX ||
			address + table->length > TABLE_LIMIT ||
			!sum_is_zero(table, table->length))
		return NULL;
	return table;
}

/* The table with index i of the root table; false past the end. */
static bool nth(unsigned int i, struct header **table)
{
	bool wide = rsdp->revision >= 2 && rsdp->xsdt;
	const struct header *root = table_at(wide ? rsdp->xsdt : rsdp->rsdt);
	unsigned int size = wide ? 8 : 4;
	uint64_t address = 0;

	if (!root || i >= (root->length - sizeof(*root)) / size)
		return false;
	memcpy(&address, (const char *)(root + 1) + i * size, size);
	*table = table_at(address);
	return true;
}

static struct header *find(const char *signature, unsigned int skip)
{
	struct header *table;
	unsigned int i;

	for (i = 0; rsdp && nth(i, &table); i++) {
		if (table && !memcmp(table->signature, signature, 4) && !skip--)
			return table;
	}
	return NULL;
}

static uint32_t field(const struct header *table, uint32_t offset)
{
	uint32_t value = 0;

	if (offset + 4 <= table->length)
		memcpy(&value, (const char *)table + offset, 4);
	return value;
}

/* The DSDT is a program. What is wanted of it is a constant, and nearly always
 * written as one. */
static void find_off(struct acpi *acpi, const struct header *fadt)
{
	const struct header *dsdt = table_at(field(fadt, FADT_DSDT));

	acpi->off_known = dsdt && aml_sleep_types((const uint8_t *)(dsdt + 1),
		dsdt->length - sizeof(*dsdt), 5, &acpi->off_a, &acpi->off_b);
}

bool acpi_init(struct acpi *acpi)
{
	const struct header *fadt;
	uint32_t reset;

	rsdp = find_rsdp();
	if (!rsdp)
		return false;
	acpi->rsdp = (uint64_t)rsdp;
	fadt = find("FACP", 0);
	if (!fadt)
		return false;
	acpi->pm1a_port = (uint16_t)field(fadt, FADT_PM1A);
	acpi->pm1b_port = (uint16_t)field(fadt, FADT_PM1B);
	acpi->pm_timer_port = (uint16_t)field(fadt, FADT_PM_TIMER);
	/* A generic address: space 1 is I/O, 8 bits wide; then 64 bits. */
	reset = field(fadt, FADT_RESET);
	if (field(fadt, FADT_FLAGS) & FADT_HAS_RESET && (reset & 0xff) == 1) {
		acpi->reset_port = (uint16_t)field(fadt, FADT_RESET + 4);
		acpi->reset_value = (uint8_t)field(fadt, FADT_RESET_VALUE);
	}
	find_off(acpi, fadt);
	return true;
}

/* Calls each(entry, context) for the entries of the MADT. */
static void madt_each(void (*each)(const uint8_t *entry, void *context),
	void *context)
{
	const struct header *madt = find("APIC", 0);
	const uint8_t *at, *end;

	if (!madt)
		return;
	at = (const uint8_t *)madt + MADT_ENTRIES;
	end = (const uint8_t *)madt + madt->length;
	for (; at + 2 <= end && at[1] >= 2 && at + at[1] <= end; at += at[1])
		each(at, context);
}

struct processors {
	void (*found)(uint32_t apic_id);
	unsigned int count;
};

static void processor(const uint8_t *entry, void *context)
{
	struct processors *all = context;
	uint32_t id = 0, flags = 0;

	if (entry[0] == MADT_LAPIC && entry[1] >= 8) {
		id = entry[3];
		memcpy(&flags, entry + 4, 4);
	} else if (entry[0] == MADT_X2APIC && entry[1] >= 16) {
		memcpy(&id, entry + 4, 4);
		memcpy(&flags, entry + 8, 4);
	}
	if (flags & MADT_ENABLED) {
		all->found(id);
		all->count++;
	}
}

unsigned int acpi_processors(void (*found)(uint32_t apic_id))
{
	struct processors all = {found, 0};

	madt_each(processor, &all);
	return all.count;
}

static void ioapic(const uint8_t *entry, void *context)
{
	void (**found)(uint32_t address) = context;
	uint32_t address;

	if (entry[0] != MADT_IOAPIC || entry[1] < 12)
		return;
	memcpy(&address, entry + 4, 4);
	(*found)(address);
}

void acpi_ioapics(void (*found)(uint32_t address))
{
	madt_each(ioapic, &found);
}

static void rename_table(struct header *table)
{
	/* The sum of all bytes stays zero. */
	table->checksum = (uint8_t)(table->checksum + table->signature[0] -
		'X');
	table->signature[0] = 'X';
}

void acpi_hide_iommus(void)
{
	static const char *const names[] = {"DMAR", "IVRS"};
	struct header *table;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		while ((table = find(names[i], 0)) != NULL) {
			rename_table(table);
			if (!memcmp(table->signature, names[i], 4)) {
				log_line("The firmware's table %s cannot be hidden.",
					names[i]);
				break;
			}
			log_line("Hidden from the parent: the IOMMU table %s.",
				names[i]);
		}
	}
}
