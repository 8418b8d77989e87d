/* ACPI's fixed hardware. usage: test_acpi_pm ROUNDS [SEED] */
/* SPDX-License-Identifier: MIT */
#include "vmwp.h"
#include "acpi_pm.h"

#define HZ	3579545ull

static struct machine machine[2];
static struct acpi_pm pm[2];
static unsigned int off_count[2];

static void off(void *context)
{
	off_count[(uintptr_t)context]++;
}

static uint64_t get(unsigned int port, unsigned int size)
{
	return bus_read(&machine[0].ports, port, size);
}

static void put(unsigned int port, unsigned int size, uint64_t value)
{
	bus_write(&machine[0].ports, port, size, value);
}

static void test_button(void)
{
	CHECK(get(0x600, 2) == 0 && !machine[0].level[9]);
	acpi_pm_press(&pm[0]);
	CHECK(get(0x600, 2) == 0x0100 && !machine[0].level[9]);
	put(0x602, 2, 0xffff);
	CHECK(get(0x602, 2) == 0x0721 && machine[0].level[9]);
	put(0x600, 1, 0xff);			/* the other byte */
	CHECK(machine[0].level[9]);
	put(0x600, 2, 0x0100);
	CHECK(!get(0x600, 2) && !machine[0].level[9]);
	acpi_pm_press(&pm[0]);
	CHECK(machine[0].level[9]);
	put(0x602, 2, 0);
	CHECK(!machine[0].level[9]);
	put(0x600, 4, 0xffff);
	CHECK(!get(0x600, 4));
}

static void test_sleep(void)
{
	CHECK(get(0x604, 2) == 1);
	put(0x604, 2, 0);			/* no legacy mode */
	CHECK(get(0x604, 2) == 1);
	put(0x604, 2, 0x1c02);
	CHECK(get(0x604, 2) == 0x1c03 && !off_count[0]);
	put(0x604, 2, 0x3c00);			/* not a sleep of ours */
	CHECK(!off_count[0] && get(0x604, 2) == 0x1c01);
	put(0x604, 2, 0x2000);
	CHECK(off_count[0] == 1);
	put(0x605, 1, 0x20);
	CHECK(off_count[0] == 2);
	put(0x604, 2, 0x0000);
	CHECK(off_count[0] == 2 && !off_count[1]);
}

/* The clock at which the timer of value 0 at time 0 has made so many ticks. */
static uint64_t at(uint64_t ticks)
{
	return ((unsigned __int128)ticks * NS_PER_S + HZ - 1) / HZ;
}

/* Of a machine that is at 0: the first wraps and their event. */
static void test_timer(unsigned int index, unsigned int bits)
{
	struct bus *ports = &machine[index].ports;
	uint64_t half = 1ull << (bits - 1), now;

	machine_until(&machine[index], at(half - 1), false);
	CHECK(bus_read(ports, 0x608, 4) == half - 1);
	CHECK(!bus_read(ports, 0x600, 2));
	machine_until(&machine[index], at(half), false);
	CHECK(bus_read(ports, 0x608, 4) == half);
	CHECK(bus_read(ports, 0x600, 2) == 1 && !machine[index].level[9]);
	bus_write(ports, 0x600, 2, 1);
	CHECK(!bus_read(ports, 0x600, 2));
	bus_write(ports, 0x602, 2, 1);
	machine_until(&machine[index], at(2 * half - 1), false);
	CHECK(!machine[index].level[9]);
	machine_until(&machine[index], at(2 * half), false);
	CHECK(machine[index].level[9] && bus_read(ports, 0x608, 4) == 0);
	CHECK(machine[index].wake == UINT64_MAX);	/* until cleared */
	bus_write(ports, 0x600, 2, 1);
	CHECK(!machine[index].level[9]);
	now = at(2 * half + 0x123456);
	machine_until(&machine[index], now, false);
	CHECK(bus_read(ports, 0x608, 4) == 0x123456);
	CHECK(bus_read(ports, 0x609, 2) == 0x1234);
	CHECK(bus_read(ports, 0x60c, 4) == 0);
	bus_write(ports, 0x608, 4, 0);
	CHECK(bus_read(ports, 0x608, 4) == 0x123456);
	bus_write(ports, 0x602, 2, 0);
}

static void test_gpe(void)
{
	CHECK(get(0x620, 4) == 0);
	put(0x620, 4, 0xa5c3ffff);
	CHECK(get(0x620, 4) == 0xa5c30000 && get(0x623, 1) == 0xa5);
	put(0x622, 1, 0);
	CHECK(get(0x622, 2) == 0xa500);
}

static void test_bad_values(void)
{
	struct device *device = &pm[0].device;

	check_bad_value(device, 0, 2, 0x8000);		/* status */
	check_bad_value(device, 2, 2, 0x0002);		/* enable */
	check_bad_value(device, 4, 2, 0x0000);		/* SCI_EN */
	check_bad_value(device, 4, 2, 0x2001);
	check_bad_value(device, 8, 8, 1ull << 62);	/* timer */
	check_bad_value(device, 16, 8, 1ull << 61);	/* its changes */
}

static void step(void)
{
	unsigned int port = any() % 4 ? 0x600 + any() % 16 : 0x620 + any() % 4;
	unsigned int size = 1 << any() % 4;
	uint64_t value = any(), pass = any() % (3000 * MS);

	switch (any() % 8) {
	case 0:
		machine_pass(&machine[0], pass);
		machine_pass(&machine[1], pass);
		break;
	case 1:
		acpi_pm_press(&pm[0]);
		acpi_pm_press(&pm[1]);
		break;
	case 2:
	case 3:
	case 4:
		CHECK(bus_read(&machine[0].ports, port, size) ==
			bus_read(&machine[1].ports, port, size));
		break;
	default:
		bus_write(&machine[0].ports, port, size, value);
		bus_write(&machine[1].ports, port, size, value);
	}
	CHECK(machine[0].level[9] == machine[1].level[9]);
	CHECK(machine[0].wake == machine[1].wake);
	CHECK(off_count[0] == off_count[1]);
}

/* Both have 32 bits here. */
static void fuzz(unsigned int rounds)
{
	unsigned int i, runs = machine[0].runs;
	uint64_t begin = machine[0].time;

	machine[1].time = machine[0].time;
	copy_state(&pm[0].device, &pm[1].device);
	off_count[1] = off_count[0];
	for (i = 0; i < rounds; i++) {
		step();
		if (any() % 32 == 0) {
			pm[1].device.ops->reset(&pm[1].device);
			copy_state(&pm[0].device, &pm[1].device);
		}
	}
	check_same_state(&pm[0].device, &pm[1].device);
	CHECK(machine[0].runs - runs <=
		(machine[0].time - begin) / (2300 * MS) + 1);
}

/* The other goes on with the value, though its clock begins anew. */
static void test_restore(void)
{
	uint64_t value = get(0x608, 4);

	machine[1].time = 0;
	copy_state(&pm[0].device, &pm[1].device);
	CHECK(bus_read(&machine[1].ports, 0x608, 4) == value);
	machine_pass(&machine[1], 1000 * MS);
	value = (uint32_t)(bus_read(&machine[1].ports, 0x608, 4) - value);
	CHECK(value == HZ || value == HZ + 1);
}

int main(int count, char **arguments)
{
	unsigned int rounds = start("test_acpi_pm", count, arguments), i;

	for (i = 0; i < 2; i++) {
		machine_init(&machine[i]);
		CHECK(!acpi_pm_init(&pm[i], &machine[i].ports,
			&machine[i].clock, machine_input(&machine[i], 9),
			!i, off, (void *)(uintptr_t)i));
	}
	CHECK(acpi_pm_init(&(struct acpi_pm){0}, &machine[0].ports,
		&machine[0].clock, (struct line){0}, true, off, NULL) ==
		-EEXIST);
	CHECK(machine[0].ports.count == 2);
	test_button();
	test_sleep();
	test_gpe();
	test_timer(0, 32);
	test_timer(1, 24);
	pm[1].device.ops->exit(&pm[1].device);
	CHECK(!machine[1].ports.count);
	CHECK(!acpi_pm_init(&pm[1], &machine[1].ports, &machine[1].clock,
		machine_input(&machine[1], 9), true, off, (void *)1));
	test_restore();
	test_bad_values();
	for (i = 0; i < 20; i++) {
		fuzz(rounds / 2 + 1);
		check_bad_loads(&pm[0].device, rounds / 20 + 1);
	}
	for (i = 0; i < 2; i++) {
		pm[i].device.ops->exit(&pm[i].device);
		CHECK(!machine[i].ports.count && !machine[i].clock.first);
		bus_free(&machine[i].ports);
	}
	return 0;
}
