/* Hypercalls about device interrupts. */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/lib/string.h"
#include "call.h"
#include "cpu.h"
#include "tests.h"

static union {
	struct hv_map_interrupt_in in;
	uint64_t quad[32];
} map;

#define DEVICE(type)	((uint64_t)(type) << 62 | 0x18)
#define VARIABLE(quads)	((uint64_t)(quads) << 17)

static void good_map(uint64_t type)
{
	memset(&map, 0, sizeof(map));
	map.in.partition_id = SELF;
	map.in.device_id = DEVICE(type);
	map.in.vector_count = 1;
	map.in.vector = 0x51;
	map.in.set_format = 1;
}

static uint32_t map_interrupt(unsigned int quads)
{
	return call(HVCALL_MAP_DEVICE_INTERRUPT | VARIABLE(quads), &map,
		sizeof(map));
}

/* One field wrong. */
#define EXPECT_MAP(field, value, quads, status) do { \
	report_about("%s %lx", #field, (uint64_t)(value)); \
	good_map(HV_DEVICE_PCI); \
	map.in.field = value; \
	EXPECT(map_interrupt(quads), status); \
} while (0)

static void map_refused(void)
{
	EXPECT_MAP(partition_id, NOBODY, 0, HV_STATUS_INVALID_PARTITION_ID);
	EXPECT_MAP(device_id, DEVICE(HV_DEVICE_LOGICAL), 0,
		HV_STATUS_INVALID_PARAMETER);
	EXPECT_MAP(device_id, DEVICE(HV_DEVICE_ACPI), 0,
		HV_STATUS_INVALID_PARAMETER);
	EXPECT_MAP(interrupt_type, 1, 0, HV_STATUS_INVALID_PARAMETER);
	EXPECT_MAP(interrupt_type, 4, 0, HV_STATUS_INVALID_PARAMETER);
	EXPECT_MAP(vector_count, 0, 0, HV_STATUS_INVALID_PARAMETER);
	EXPECT_MAP(vector_count, 2, 0, HV_STATUS_INVALID_PARAMETER);
	EXPECT_MAP(vector, 0, 0, HV_STATUS_INVALID_PARAMETER);
	EXPECT_MAP(vector, 15, 0, HV_STATUS_INVALID_PARAMETER);
	EXPECT_MAP(vector, 256, 0, HV_STATUS_INVALID_PARAMETER);
	EXPECT_MAP(vector, 0x10051, 0, HV_STATUS_INVALID_PARAMETER);
	EXPECT_MAP(trigger_mode, 2, 0, HV_STATUS_INVALID_PARAMETER);
	EXPECT_MAP(target_flags, 4, 0, HV_STATUS_INVALID_PARAMETER);
	EXPECT_MAP(target_flags, 0x80000000, 0, HV_STATUS_INVALID_PARAMETER);
	EXPECT_MAP(target_flags, HV_TARGET_VP_SET, 0,
		HV_STATUS_INVALID_HYPERCALL_INPUT);
	EXPECT_MAP(target_flags, 0, 2, HV_STATUS_INVALID_HYPERCALL_INPUT);
	EXPECT_MAP(set_format, 0, 0, HV_STATUS_INVALID_VP_INDEX);
	EXPECT_MAP(set_format, 1ull << 63, 0, HV_STATUS_INVALID_VP_INDEX);
	EXPECT_MAP(set_format, 1ull << cpu_count, 0,
		HV_STATUS_INVALID_VP_INDEX);
}

static void expect_entry(uint32_t source, uint32_t low, uint32_t high)
{
	const volatile uint32_t *out = call_out;

	EXPECT(out[0], source);
	EXPECT(out[1], 0);
	EXPECT(out[2], low);
	EXPECT(out[3], high);
}

static void map_device(void)
{
	unsigned int i;

	for (i = 0; i < cpu_count; i++) {
		uint32_t id = cpu_at(i)->apic_id;

		report_about("VP %u", i);
		good_map(HV_DEVICE_PCI);
		map.in.set_format = 1ull << i;
		EXPECT(map_interrupt(0), HV_STATUS_SUCCESS);
		expect_entry(1, 0xfee00000 | id << 12, 0x51);
		good_map(HV_DEVICE_IOAPIC);
		map.in.set_format = 1ull << i;
		map.in.vector = 255;
		EXPECT(map_interrupt(0), HV_STATUS_SUCCESS);
		expect_entry(2, 255, id << 24);
		map.in.trigger_mode = HV_TRIGGER_LEVEL;
		map.in.vector = 16;
		EXPECT(map_interrupt(0), HV_STATUS_SUCCESS);
		expect_entry(2, 0x8010, id << 24);
	}
	/* The first of them all. */
	map.in.set_format = ~0ull;
	EXPECT(map_interrupt(0), HV_STATUS_SUCCESS);
	expect_entry(2, 0x8010, cpu_at(0)->apic_id << 24);
}

static uint32_t map_set(unsigned int quads, uint64_t format, uint64_t banks,
	uint64_t bank)
{
	good_map(HV_DEVICE_PCI);
	map.in.target_flags = HV_TARGET_VP_SET | HV_TARGET_MULTICAST;
	map.in.set_format = format;
	map.in.set_banks = banks;
	map.in.bank[0] = bank;
	return map_interrupt(quads);
}

static void map_device_set(void)
{
	EXPECT(map_set(2, HV_VP_SET_SPARSE_4K, 1, 1), HV_STATUS_SUCCESS);
	expect_entry(1, 0xfee00000 | cpu_at(0)->apic_id << 12, 0x51);
	EXPECT(map_set(2, HV_VP_SET_SPARSE_4K, 1, 1ull << (cpu_count - 1)),
		HV_STATUS_SUCCESS);
	expect_entry(1, 0xfee00000 | cpu_at(cpu_count - 1)->apic_id << 12,
		0x51);
	EXPECT(map_set(2, HV_VP_SET_ALL, 1, 1), HV_STATUS_INVALID_VP_INDEX);
	EXPECT(map_set(2, 2, 1, 1), HV_STATUS_INVALID_VP_INDEX);
	EXPECT(map_set(1, HV_VP_SET_SPARSE_4K, 0, 1),
		HV_STATUS_INVALID_VP_INDEX);
	EXPECT(map_set(2, HV_VP_SET_SPARSE_4K, 1, 0),
		HV_STATUS_INVALID_VP_INDEX);
	EXPECT(map_set(2, HV_VP_SET_SPARSE_4K, 2, 1),
		HV_STATUS_INVALID_VP_INDEX);
	EXPECT(map_set(2, HV_VP_SET_SPARSE_4K, 1ull << 63, 1),
		HV_STATUS_INVALID_VP_INDEX);
	EXPECT(map_set(2, HV_VP_SET_SPARSE_4K, 1, 1ull << 63),
		HV_STATUS_INVALID_VP_INDEX);
	EXPECT(map_set(2, HV_VP_SET_SPARSE_4K, 3, 1),
		HV_STATUS_INVALID_VP_INDEX);
	EXPECT(map_set(3, HV_VP_SET_SPARSE_4K, 1, 1),
		HV_STATUS_INVALID_VP_INDEX);
}

static void unmap_device(void)
{
	struct hv_unmap_interrupt_in in = {.partition_id = SELF};
	uint64_t type;

	for (type = 0; type < 4; type++) {
		in.device_id = DEVICE(type);
		EXPECT(CALL(HVCALL_UNMAP_DEVICE_INTERRUPT, in),
			type == HV_DEVICE_PCI || type == HV_DEVICE_IOAPIC ?
			HV_STATUS_SUCCESS : HV_STATUS_INVALID_PARAMETER);
	}
	in.partition_id = NOBODY;
	EXPECT(CALL(HVCALL_UNMAP_DEVICE_INTERRUPT, in),
		HV_STATUS_INVALID_PARTITION_ID);
}

const struct test device_tests[] = {
	{"call: MAP_DEVICE_INTERRUPT refuses", map_refused},
	{"call: MAP_DEVICE_INTERRUPT with a mask of VPs", map_device},
	{"call: MAP_DEVICE_INTERRUPT with a set of VPs", map_device_set},
	{"call: UNMAP_DEVICE_INTERRUPT", unmap_device},
	{0},
};
