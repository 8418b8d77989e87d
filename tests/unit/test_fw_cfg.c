/* What firmware reads by fw_cfg, and what it is told. */
/* SPDX-License-Identifier: MIT */
#include "vmwp.h"

#include <endian.h>

#include "acpi.h"
#include "pci/facts.h"
#include "pci/fw_cfg.h"

#define RAM_SIZE	(64u << 20)

static struct machine machine;
static struct fw_cfg fw_cfg;
static struct ram ram;

static void choose(uint16_t number)
{
	bus_write(&machine.ports, FW_CFG_PORT, 2, number);
}

static void take(void *to, size_t size)
{
	uint8_t *bytes = to;

	while (size--)
		*bytes++ = in(&machine, FW_CFG_PORT + 1);
}

/* By the directory, as firmware does it; its size. */
static uint32_t find(const char *name)
{
	struct { uint32_t size; uint16_t number, reserved; char name[56]; } entry;
	uint32_t count, i;

	choose(FW_CFG_DIRECTORY);
	take(&count, sizeof(count));
	for (i = 0; i < be32toh(count); i++) {
		take(&entry, sizeof(entry));
		if (strcmp(entry.name, name))
			continue;
		choose(be16toh(entry.number));
		return be32toh(entry.size);
	}
	return 0;
}

static void check_order(const char *expected)
{
	char text[64] = { 0 };

	CHECK(find("bootorder") == strlen(expected) + 1);
	take(text, strlen(expected) + 1);
	CHECK_STRING(expected, text);
}

static void test_facts(void)
{
	static const uint8_t vga[3] = { 0x55, 0xaa, 1 };
	struct facts facts = { &ram, 3, "first\nsecond", false, vga, 3,
		vga, 2 };
	uint8_t bytes[128];
	uint64_t xsdt;
	uint16_t processors;

	CHECK(!facts_tell(&facts, &fw_cfg));
	CHECK(!facts_tell(&facts, &fw_cfg));
	choose(FW_CFG_SIGNATURE);
	take(bytes, 5);
	CHECK(!memcmp(bytes, "QEMU\0", 5));
	choose(FW_CFG_PROCESSORS);
	take(&processors, 2);
	CHECK(processors == 3);
	check_order("first\nsecond");
	CHECK(find("vgaroms/vgabios.bin") == 3);
	take(bytes, 5);
	CHECK(!memcmp(bytes, "\x55\xaa\1\0\0", 5));
	CHECK(find("etc/e820") == 40);
	CHECK(!find("etc/sercon-port") && !find("nothing"));
	CHECK(find("etc/acpi/rsdp") == ACPI_RSDP);
	take(bytes, ACPI_RSDP);
	CHECK(!memcmp(bytes, "RSD PTR ", 8));
	memcpy(&xsdt, bytes + 24, 8);
	CHECK(!memcmp(ram_at(&ram, xsdt, 4), "XSDT", 4));
	CHECK(find("etc/table-loader") == 128);
	CHECK(find("etc/smbios/smbios-anchor") == 31);
	CHECK(find("etc/smbios/smbios-tables") > 100);
	facts.processors = 100000;
	CHECK(facts_tell(&facts, &fw_cfg) == -ENOSPC);
}

static void test_limits(void)
{
	char name[FW_CFG_NAME + 1];
	unsigned int i;

	fw_cfg_clear(&fw_cfg);
	memset(name, 'n', FW_CFG_NAME);
	name[FW_CFG_NAME] = 0;
	CHECK(fw_cfg_file(&fw_cfg, name, "", 1) == -ENOSPC);
	name[FW_CFG_NAME - 1] = 0;
	for (i = 0; i < FW_CFG_ITEMS; i++)
		CHECK(!fw_cfg_file(&fw_cfg, name, "x", 1));
	CHECK(fw_cfg_number(&fw_cfg, 1, 1, 1) == -ENOSPC);
	CHECK(find(name) == 1);
	choose(FW_CFG_FILE + FW_CFG_ITEMS);
	CHECK(!in(&machine, FW_CFG_PORT + 1));
}

static void test_random(unsigned int rounds)
{
	unsigned int i;

	for (i = 0; i < rounds * 10; i++) {
		unsigned int size = 1u << any() % 3;

		if (any() % 4)
			bus_read(&machine.ports, FW_CFG_PORT + any() % 4, size);
		else
			bus_write(&machine.ports, FW_CFG_PORT + any() % 3, size,
				any() % 80);
	}
	/* Bytes are counted to the last number only. */
	choose(FW_CFG_DIRECTORY);
	fw_cfg.at = UINT32_MAX - 1;
	for (i = 0; i < 3; i++)
		CHECK(!in(&machine, FW_CFG_PORT + 1));
	CHECK(fw_cfg.at == UINT32_MAX);
	check_bad_loads(&fw_cfg.device, rounds / 20 + 1);
}

int main(int count, char **arguments)
{
	unsigned int rounds = start("test_fw_cfg", count, arguments);

	machine_init(&machine);
	ram = (struct ram){ calloc(1, RAM_SIZE), RAM_SIZE };
	CHECK(ram.host);
	CHECK(!fw_cfg_init(&fw_cfg, &machine.ports));
	CHECK(fw_cfg_init(&(struct fw_cfg){ 0 }, &machine.ports) == -EEXIST);
	test_facts();
	test_limits();
	test_random(rounds);
	fw_cfg.device.ops->exit(&fw_cfg.device);
	CHECK(!machine.ports.count);
	bus_free(&machine.ports);
	free(ram.host);
	return 0;
}
