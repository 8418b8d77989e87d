/* ACPI tables of a VM, written into its memory. */
/* SPDX-License-Identifier: MIT */
#include "acpi.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "dsdt.h"
#include "start.h"


/* ACPI 6.5, chapter 5. The RSDP's 64-bit field is at 24: aligned by itself;
 * the others have theirs at odd places and are written by offset. */
struct rsdp {
	char signature[8];
	uint8_t checksum;
	char oem[6];
	uint8_t revision;
	uint32_t rsdt, length;
	uint64_t xsdt;
	uint8_t whole_checksum;
	uint8_t reserved[3];
};
static_assert(offsetof(struct rsdp, xsdt) == 24, "rsdp");
static_assert(offsetof(struct rsdp, reserved) + 3 == ACPI_RSDP, "rsdp");

struct header {
	char signature[4];
	uint32_t length;
	uint8_t revision, checksum;
	char oem[6], table[8];
	uint32_t oem_revision;
	char creator[4];
	uint32_t creator_revision;
};
static_assert(sizeof(struct header) == 36, "header");

/* Offsets in the FADT. */
#define FADT_SIZE		276
#define FADT_DSDT		40
#define FADT_SCI		46
#define FADT_PM1_EVENT		56
#define FADT_PM1_CONTROL	64
#define FADT_PM_TIMER		76
#define FADT_GPE0		80
#define FADT_PM1_EVENT_SIZE	88
#define FADT_PM1_CONTROL_SIZE	89
#define FADT_PM_TIMER_SIZE	91
#define FADT_GPE0_SIZE		92
#define FADT_C2_LATENCY		96
#define FADT_C3_LATENCY		98
#define FADT_CENTURY		108
#define FADT_BOOT_FLAGS		109
#define FADT_FLAGS		112
#define FADT_RESET		116
#define FADT_RESET_VALUE	128
#define FADT_MINOR		131
#define FADT_X_DSDT		140
#define FADT_X_PM1_EVENT	148
#define FADT_X_PM1_CONTROL	172
#define FADT_X_PM_TIMER		208
#define FADT_X_GPE0		220

#define FLAG_WBINVD		(1u << 0)
#define FLAG_SLEEP_BUTTON	(1u << 5)	/* no fixed one */
#define FLAG_TIMER_32		(1u << 8)
#define FLAG_RESET		(1u << 10)
#define CENTURY			0x32	/* of the clock's memory */
#define BOOT_LEGACY		0x1
#define BOOT_8042	0x2
#define BOOT_NO_VGA	0x4

struct writer {
	uint8_t *base;
	uint64_t start;		/* its address in the guest */
	bool pc;
	size_t used;
	uint64_t table[8];
	unsigned int tables;
};

static uint8_t sum(const void *data, size_t size)
{
	const uint8_t *bytes = data;
	uint8_t total = 0;

	while (size--)
		total += *bytes++;
	return total;
}

/* NULL when there is no room. */
static uint8_t *reserve(struct writer *writer, size_t size)
{
	uint8_t *at;

	writer->used = (writer->used + 15) & ~(size_t)15;
	if (size > ACPI_SIZE - writer->used)
		return NULL;
	at = writer->base + writer->used;
	writer->used += size;
	return at;
}

static uint64_t address_of(const struct writer *writer, const void *at)
{
	return writer->start + ((const uint8_t *)at - writer->base);
}

static void finish(uint8_t *table, const char *signature,
	unsigned int revision, size_t size)
{
	struct header header = {
		.length = size,
		.revision = revision,
		.oem_revision = 1,
		.creator_revision = 1,
	};

	memcpy(header.signature, signature, 4);
	memcpy(header.oem, "SOCLE ", 6);
	memcpy(header.table, "SOCLEVM ", 8);
	memcpy(header.creator, "SOCL", 4);
	memcpy(table, &header, sizeof(header));
	table[offsetof(struct header, checksum)] = -sum(table, size);
}

static void put(uint8_t *table, size_t at, uint64_t value, size_t size)
{
	memcpy(table + at, &value, size);
}

/* A generic address: I/O space, width in bits, any access. */
static void put_port(
	uint8_t *table, size_t at, unsigned int port, unsigned int bits)
{
	table[at] = 1;
	table[at + 1] = bits;
	put(table, at + 4, port, 8);
}

static uint64_t write_dsdt(struct writer *writer)
{
	uint8_t *table = reserve(writer, sizeof(struct header));
	size_t size;

	if (!table)
		return 0;
	size = dsdt_write(table + sizeof(struct header),
		ACPI_SIZE - writer->used, writer->pc);
	if (!size)
		return 0;
	writer->used += size;
	finish(table, "DSDT", 2, sizeof(struct header) + size);
	return address_of(writer, table);
}

static void write_ports(uint8_t *table)
{
	put(table, FADT_PM1_EVENT, ACPI_PM1_EVENT, 4);
	put(table, FADT_PM1_CONTROL, ACPI_PM1_CONTROL, 4);
	put(table, FADT_PM_TIMER, ACPI_PM_TIMER, 4);
	put(table, FADT_GPE0, ACPI_GPE0, 4);
	table[FADT_PM1_EVENT_SIZE] = 4;
	table[FADT_PM1_CONTROL_SIZE] = 2;
	table[FADT_PM_TIMER_SIZE] = 4;
	table[FADT_GPE0_SIZE] = 4;
	put_port(table, FADT_X_PM1_EVENT, ACPI_PM1_EVENT, 32);
	put_port(table, FADT_X_PM1_CONTROL, ACPI_PM1_CONTROL, 16);
	put_port(table, FADT_X_PM_TIMER, ACPI_PM_TIMER, 32);
	put_port(table, FADT_X_GPE0, ACPI_GPE0, 32);
	put_port(table, FADT_RESET, ACPI_RESET_PORT, 8);
	table[FADT_RESET_VALUE] = ACPI_RESET_VALUE;
}

static bool write_fadt(struct writer *writer)
{
	uint64_t dsdt = write_dsdt(writer);
	uint8_t *table = reserve(writer, FADT_SIZE);

	if (!dsdt || !table)
		return false;
	memset(table, 0, FADT_SIZE);
	put(table, FADT_DSDT, dsdt, 4);
	put(table, FADT_X_DSDT, dsdt, 8);
	put(table, FADT_SCI, ACPI_SCI, 2);
	write_ports(table);
	/* Above 100 and 1000: there is neither C2 nor C3. */
	put(table, FADT_C2_LATENCY, 0xfff, 2);
	put(table, FADT_C3_LATENCY, 0xfff, 2);
	table[FADT_CENTURY] = CENTURY;
	put(table, FADT_BOOT_FLAGS, BOOT_LEGACY |
		(writer->pc ? BOOT_8042 : BOOT_NO_VGA), 2);
	put(table, FADT_FLAGS, FLAG_WBINVD | FLAG_SLEEP_BUTTON |
		FLAG_TIMER_32 | FLAG_RESET, 4);
	table[FADT_MINOR] = 1;
	finish(table, "FACP", 5, FADT_SIZE);
	writer->table[writer->tables++] = address_of(writer, table);
	return true;
}

static uint8_t *put_override(
	uint8_t *at, unsigned int irq, unsigned int gsi, unsigned int flags)
{
	memset(at, 0, 10);
	at[0] = 2;
	at[1] = 10;
	at[3] = irq;
	put(at, 4, gsi, 4);
	put(at, 8, flags, 2);
	return at + 10;
}

static uint8_t *put_processor(uint8_t *at, unsigned int vp)
{
	if (vp < 255) {
		memset(at, 0, 8);
		at[0] = 0;
		at[1] = 8;
		at[2] = at[3] = vp;
		at[4] = 1;	/* enabled */
		return at + 8;
	}
	memset(at, 0, 16);	/* an x2APIC's id */
	at[0] = 9;
	at[1] = 16;
	put(at, 4, vp, 4);
	at[8] = 1;
	put(at, 12, vp, 4);
	return at + 16;
}

static bool write_madt(struct writer *writer, unsigned int vps)
{
	size_t size = sizeof(struct header) + 8 + 12 + 2 * 10 + 6;
	uint8_t *table, *at;
	unsigned int i;

	for (i = 0; i < vps; i++)
		size += i < 255 ? 8 : 16;
	table = reserve(writer, size);
	if (!table)
		return false;
	at = table + sizeof(struct header);
	put(at, 0, ACPI_LAPIC, 4);
	put(at, 4, 1, 4);	/* with a pair of 8259A */
	at += 8;
	for (i = 0; i < vps; i++)
		at = put_processor(at, i);
	memset(at, 0, 12);
	at[0] = 1;
	at[1] = 12;
	put(at, 4, ACPI_IOAPIC, 4);
	at += 12;
	at = put_override(at, 0, 2, 0);
	at = put_override(at, ACPI_SCI, ACPI_SCI, 0x0d); /* level, high */
	memcpy(at, "\x04\x06\xff\x00\x00\x01", 6);	/* NMI: LINT1 */
	finish(table, "APIC", 4, size);
	writer->table[writer->tables++] = address_of(writer, table);
	return true;
}

static uint64_t write_xsdt(struct writer *writer)
{
	size_t size = sizeof(struct header) + writer->tables * 8;
	uint8_t *table = reserve(writer, size);

	if (!table)
		return 0;
	memcpy(table + sizeof(struct header), writer->table,
		writer->tables * 8);
	finish(table, "XSDT", 1, size);
	return address_of(writer, table);
}

uint64_t acpi_write(const struct ram *ram, uint64_t start, unsigned int vps,
	bool pc)
{
	struct writer writer = {
		.base = ram_at(ram, start, ACPI_SIZE),
		.start = start,
		.pc = pc,
	};
	struct rsdp rsdp = { .signature = "RSD PTR ", .revision = 2,
		.length = sizeof(rsdp) };
	uint8_t *at = reserve(&writer, sizeof(rsdp));

	rsdp.length = ACPI_RSDP;
	memcpy(rsdp.oem, "SOCLE ", 6);
	if (!write_fadt(&writer) || !write_madt(&writer, vps))
		return 0;
	rsdp.xsdt = write_xsdt(&writer);
	if (!rsdp.xsdt)
		return 0;
	rsdp.checksum = -sum(&rsdp, 20);
	rsdp.whole_checksum = -sum(&rsdp, rsdp.length);
	memcpy(at, &rsdp, rsdp.length);
	return address_of(&writer, at);
}
