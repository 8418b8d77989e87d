/* The I/O APIC against its data sheet. usage: test_i82093 ROUNDS [SEED] */
/* SPDX-License-Identifier: MIT */
#include "vmwp.h"
#include "i82093.h"

#define BASE	0xfec00000ull
#define LEVEL	0x8000ull
#define LOW	0x2000ull
#define MASKED	0x10000ull
#define IRR	0x4000ull

static struct bus memory[2];
static struct i82093 ioapic[2];
static unsigned int sent[2];
static struct msi last[2];

static void deliver(void *context, const struct msi *msi)
{
	unsigned int index = (uintptr_t)context;

	sent[index]++;
	last[index] = *msi;
}

static uint32_t get(unsigned int index)
{
	bus_write(&memory[0], BASE, 4, index);
	CHECK(bus_read(&memory[0], BASE, 4) == index);
	return bus_read(&memory[0], BASE + 0x10, 4);
}

static void put(unsigned int index, uint32_t value)
{
	bus_write(&memory[0], BASE, 4, index);
	bus_write(&memory[0], BASE + 0x10, 4, value);
}

static void set_entry(unsigned int pin, uint64_t entry)
{
	put(0x11 + pin * 2, entry >> 32);
	put(0x10 + pin * 2, entry);
}

static unsigned int fresh_count(void)
{
	unsigned int count = sent[0];

	sent[0] = 0;
	return count;
}

static void fresh(void)
{
	unsigned int pin;

	ioapic[0].device.ops->reset(&ioapic[0].device);
	for (pin = 0; pin < 24; pin++)
		i82093_set(&ioapic[0], pin, false);
	fresh_count();
}

static void test_registers(void)
{
	unsigned int i;

	fresh();
	CHECK(get(1) == 0x00170020);
	put(0, 0xffffffff);
	CHECK(get(0) == 0x0f000000 && get(2) == 0x0f000000);
	put(1, 0);
	CHECK(get(1) == 0x00170020);
	for (i = 0; i < 24; i++) {
		CHECK(get(0x10 + 2 * i) == MASKED && !get(0x11 + 2 * i));
		set_entry(i, UINT64_MAX);
		CHECK(get(0x10 + 2 * i) == 0x1afff);
		CHECK(get(0x11 + 2 * i) == 0xff000000);
	}
	for (i = 0x40; i < 0x100; i++) {
		put(i, 0xffffffff);
		CHECK(!get(i));
	}
	for (i = 3; i < 0x10; i++)
		CHECK(!get(i));
	put(0, 0x05000000);
	get(0);
	CHECK(bus_read(&memory[0], BASE + 0x13, 1) == 5);
	CHECK(bus_read(&memory[0], BASE + 0x30, 4) == 0);
	CHECK(!fresh_count());
}

static void test_edges(void)
{
	fresh();
	set_entry(4, 0x31 | 3ull << 56);
	i82093_set(&ioapic[0], 4, true);
	CHECK(fresh_count() == 1);
	CHECK(last[0].address == 0xfee03000 && last[0].data == 0x31);
	i82093_set(&ioapic[0], 4, true);
	i82093_set(&ioapic[0], 4, false);
	CHECK(!fresh_count() && !(get(0x18) & IRR));
	i82093_set(&ioapic[0], 4, true);
	CHECK(fresh_count() == 1);
	/* On a masked pin an edge is lost. */
	i82093_set(&ioapic[0], 4, false);
	set_entry(4, 0x31 | MASKED);
	i82093_set(&ioapic[0], 4, true);
	set_entry(4, 0x31);
	CHECK(!fresh_count());
	/* Active low: the fall is it. */
	set_entry(5, 0x42 | LOW | 1ull << 11 | 1ull << 8 | 0xffull << 56);
	CHECK(!fresh_count());
	i82093_set(&ioapic[0], 5, true);
	CHECK(!fresh_count());
	i82093_set(&ioapic[0], 5, false);
	CHECK(fresh_count() == 1);
	CHECK(last[0].address == 0xfeeff00c && last[0].data == 0x142);
	i82093_set(&ioapic[0], 24, true);
	i82093_set(&ioapic[0], 1000, true);
	CHECK(!fresh_count());
}

static void test_levels(void)
{
	fresh();
	set_entry(9, 0x51 | LEVEL);
	i82093_set(&ioapic[0], 9, true);
	CHECK(fresh_count() == 1 && last[0].data == 0xc051);
	CHECK(get(0x10 + 18) == (0x51 | LEVEL | IRR));
	i82093_set(&ioapic[0], 9, false);
	i82093_set(&ioapic[0], 9, true);
	CHECK(!fresh_count());			/* not before the EOI */
	i82093_eoi(&ioapic[0], 0x52);
	CHECK(!fresh_count());
	i82093_eoi(&ioapic[0], 0x51);
	CHECK(fresh_count() == 1);		/* still asserted */
	i82093_set(&ioapic[0], 9, false);
	bus_write(&memory[0], BASE + 0x40, 4, 0x51);
	CHECK(!fresh_count() && get(0x10 + 18) == (0x51 | LEVEL));
	/* A level waits behind the mask. */
	set_entry(9, 0x51 | LEVEL | MASKED);
	i82093_set(&ioapic[0], 9, true);
	CHECK(!fresh_count());
	set_entry(9, 0x51 | LEVEL);
	CHECK(fresh_count() == 1);
	/* Remote IRR cannot be written; a change to edge clears it. */
	set_entry(9, 0x51 | LEVEL);
	CHECK(!fresh_count() && get(0x10 + 18) & IRR);
	put(0x10 + 18, 0x51 | MASKED);
	CHECK(!(get(0x10 + 18) & IRR));
	put(0x10 + 18, 0x51 | LEVEL);
	CHECK(fresh_count() == 1);
	/* A low level, as soon as it is unmasked. */
	set_entry(10, 0x61 | LEVEL | LOW);
	CHECK(fresh_count() == 1);
	i82093_set(&ioapic[0], 10, true);
	i82093_eoi(&ioapic[0], 0x61);
	CHECK(!fresh_count());
	/* One EOI for all pins of the vector. */
	fresh();
	set_entry(1, 0x71 | LEVEL);
	set_entry(2, 0x71 | LEVEL);
	i82093_set(&ioapic[0], 1, true);
	i82093_set(&ioapic[0], 2, true);
	CHECK(fresh_count() == 2);
	i82093_set(&ioapic[0], 1, false);
	i82093_eoi(&ioapic[0], 0x71);
	CHECK(fresh_count() == 1 && !(get(0x12) & IRR) && get(0x14) & IRR);
}

static void test_bad_values(void)
{
	struct device *device = &ioapic[0].device;

	fresh();
	check_bad_value(device, 1, 1, 0x10);		/* id */
	check_bad_value(device, 2, 4, 1u << 24);	/* inputs */
	check_bad_value(device, 6, 8, IRR);		/* of an edge */
	check_bad_value(device, 6, 8, 1 << 12);		/* reserved */
	check_bad_value(device, 6 + 23 * 8, 8, 1ull << 17);
}

static void step(void)
{
	uint64_t address = BASE + (any() % 4 ? any() % 5 * 0x10 : any() % 4096);
	uint64_t value = any() % 2 ? any() : any() % 64;
	unsigned int size = 1 << any() % 4, pin = any() % 26;

	switch (any() % 4) {
	case 0:
		CHECK(bus_read(&memory[0], address, size) ==
			bus_read(&memory[1], address, size));
		break;
	case 1:
		i82093_eoi(&ioapic[0], value);
		i82093_eoi(&ioapic[1], value);
		break;
	case 2:
		i82093_set(&ioapic[0], pin, value & 1);
		i82093_set(&ioapic[1], pin, value & 1);
		break;
	default:
		bus_write(&memory[0], address, size, value);
		bus_write(&memory[1], address, size, value);
	}
	CHECK(sent[0] == sent[1]);
	CHECK(last[0].address == last[1].address &&
		last[0].data == last[1].data);
}

static void fuzz(unsigned int rounds)
{
	unsigned int i;

	sent[1] = sent[0];
	last[1] = last[0];
	copy_state(&ioapic[0].device, &ioapic[1].device);
	CHECK(sent[1] == sent[0]);
	for (i = 0; i < rounds * 10; i++) {
		step();
		if (any() % 32 == 0) {
			ioapic[1].device.ops->reset(&ioapic[1].device);
			copy_state(&ioapic[0].device, &ioapic[1].device);
		}
	}
	check_same_state(&ioapic[0].device, &ioapic[1].device);
}

int main(int count, char **arguments)
{
	unsigned int rounds = start("test_i82093", count, arguments), i;

	for (i = 0; i < 2; i++)
		CHECK(!i82093_init(&ioapic[i], &memory[i], deliver,
			(void *)(uintptr_t)i));
	CHECK(i82093_init(&(struct i82093){0}, &memory[0], deliver, NULL) ==
		-EEXIST);
	test_registers();
	test_edges();
	test_levels();
	test_bad_values();
	for (i = 0; i < 20; i++) {
		fuzz(rounds / 20 + 1);
		check_bad_loads(&ioapic[0].device, rounds / 20 + 1);
	}
	for (i = 0; i < 2; i++) {
		ioapic[i].device.ops->exit(&ioapic[i].device);
		CHECK(!memory[i].count);
		bus_free(&memory[i]);
	}
	return 0;
}
