/* The interval timer against its data sheet. usage: test_i8254 ROUNDS [SEED] */
/* SPDX-License-Identifier: MIT */
#include "vmwp.h"
#include "i8254.h"

#define HZ	1193182ull
#define SYSTEM	0x61

static struct machine machine[2];
static struct i8254 pit[2];

/* To the middle of a tick, so that rounding does not matter. */
static void go(uint64_t ticks)
{
	uint64_t now = (unsigned __int128)machine[0].time * HZ / NS_PER_S;

	machine_until(&machine[0], ((now + ticks) * 2 + 1) * NS_PER_S / HZ / 2,
		false);
}

static void put(unsigned int port, uint8_t value)
{
	out(&machine[0], port, value);
}

/* Control word for a counter, both bytes, and a count. */
static void program(
	unsigned int counter, unsigned int mode, uint16_t count, bool bcd)
{
	put(0x43, counter << 6 | 0x30 | mode << 1 | bcd);
	put(0x40 + counter, count);
	put(0x40 + counter, count >> 8);
}

static uint16_t get(unsigned int counter)
{
	uint16_t low = in(&machine[0], 0x40 + counter);

	return in(&machine[0], 0x40 + counter) << 8 | low;
}

static bool output(unsigned int counter)
{
	return i8254_output(&pit[0], counter);
}

static void fresh(void)
{
	pit[0].device.ops->reset(&pit[0].device);
	go(1000);
	machine[0].rises[0] = 0;
}

static unsigned int rises(void)
{
	unsigned int count = machine[0].rises[0];

	machine[0].rises[0] = 0;
	return count;
}

static void test_one_shots(void)
{
	fresh();
	program(0, 0, 500, false);
	CHECK(!output(0) && get(0) == 500 && !machine[0].level[0]);
	go(499);
	CHECK(!output(0) && get(0) == 1 && !rises());
	go(1);
	CHECK(output(0) && get(0) == 0 && rises() == 1);
	go(1);
	CHECK(output(0) && get(0) == 0xffff && machine[0].level[0]);
	go(70000);
	CHECK(output(0) && !rises() && get(0) == (uint16_t)-70001);
	/* The first byte of two stops it, with the output low. */
	put(0x40, 0x10);
	CHECK(!output(0));
	go(100);
	put(0x40, 0x01);
	CHECK(get(0) == 0x110);
	go(0x110);
	CHECK(output(0) && rises() == 1);

	program(0, 4, 300, false);
	CHECK(output(0));
	go(299);
	CHECK(output(0));
	go(1);
	CHECK(!output(0));
	go(1);
	CHECK(output(0) && rises() == 1);
	go(200000);
	CHECK(output(0) && !rises());
}

static void test_periods(void)
{
	unsigned int i;

	fresh();
	program(0, 2, 1000, false);
	CHECK(output(0) && get(0) == 1000);
	go(998);
	CHECK(output(0) && get(0) == 2);
	go(1);
	CHECK(!output(0) && get(0) == 1 && !rises());
	go(1);
	CHECK(output(0) && get(0) == 1000 && rises() == 1);
	go(10000);
	CHECK(get(0) == 1000 && rises() == 10);
	/* A new count waits for the end of the period. */
	go(400);
	put(0x40, 200);
	put(0x40, 0);
	CHECK(get(0) == 600);
	go(599);
	CHECK(!output(0) && !rises());
	go(1);
	CHECK(output(0) && get(0) == 200 && rises() == 1);
	go(200);
	CHECK(rises() == 1);

	program(0, 3, 1000, false);
	for (i = 0; i < 500; i++, go(1))
		CHECK(output(0) && get(0) == 1000 - 2 * i);
	for (i = 0; i < 500; i++, go(1))
		CHECK(!output(0) && get(0) == 1000 - 2 * i);
	CHECK(output(0) && rises() == 1);
	program(2, 3, 5, false);
	put(SYSTEM, 1);
	for (i = 0; i < 50; i++, go(1)) {
		static const uint8_t counts[] = {4, 2, 0, 4, 2};

		CHECK(output(2) == (i % 5 < 3) && get(2) == counts[i % 5]);
	}
	/* In mode 3 it waits for the end of the half. */
	program(0, 3, 1000, false);
	go(100);
	put(0x40, 600 & 255);
	put(0x40, 600 >> 8);
	go(399);
	CHECK(output(0));
	go(1);
	CHECK(!output(0) && get(0) == 600 && !rises());
	go(299);
	CHECK(!output(0) && !rises());
	go(1);
	CHECK(output(0) && rises() == 1);
}

static void test_gate(void)
{
	uint8_t refresh;

	fresh();
	put(SYSTEM, 0);
	program(2, 1, 100, false);
	go(1000);
	CHECK(output(2));
	put(SYSTEM, 1);
	CHECK(!output(2) && !(in(&machine[0], SYSTEM) & 0x20));
	go(99);
	put(SYSTEM, 0);			/* its fall means nothing here */
	CHECK(!output(2));
	put(SYSTEM, 1);			/* again from the start */
	go(99);
	CHECK(!output(2));
	go(1);
	CHECK(output(2) && in(&machine[0], SYSTEM) & 0x20);

	program(2, 5, 100, false);
	go(500);
	CHECK(output(2));
	put(SYSTEM, 0);
	put(SYSTEM, 1);
	go(100);
	CHECK(!output(2));
	go(1);
	CHECK(output(2));

	program(2, 0, 100, false);
	go(30);
	put(SYSTEM, 0);
	CHECK(get(2) == 70);
	go(1000);
	CHECK(get(2) == 70 && !output(2));
	put(SYSTEM, 1);
	go(69);
	CHECK(!output(2));
	go(1);
	CHECK(output(2));

	program(2, 2, 100, false);
	go(99);
	CHECK(!output(2));
	put(SYSTEM, 0);
	CHECK(output(2));
	go(50);
	put(SYSTEM, 1);
	CHECK(get(2) == 100);
	go(99);
	CHECK(!output(2));
	put(SYSTEM, 0x0f);
	CHECK((in(&machine[0], SYSTEM) & 0xcf) == 0x0f);
	/* The refresh bit changes every 15 us. */
	refresh = in(&machine[0], SYSTEM) & 0x10;
	go(18);
	CHECK((in(&machine[0], SYSTEM) & 0x10) == (refresh ^ 0x10));
}

static void test_reading(void)
{
	fresh();
	program(0, 2, 0x1234, false);
	go(0x34);
	put(0x43, 0x00);
	go(100);
	put(0x43, 0x00);		/* the first latch holds */
	CHECK(get(0) == 0x1200);
	CHECK(get(0) == 0x1200 - 100);
	/* Read-back of counts and status of counters 0 and 2. */
	program(2, 0, 0x77, true);
	put(0x43, 0xca);
	CHECK(in(&machine[0], 0x40) == 0xb4);
	CHECK(get(0) == 0x1200 - 100);
	CHECK(in(&machine[0], 0x42) == 0x31);
	CHECK(get(2) == 0x77);
	CHECK(in(&machine[0], 0x43) == 0xff);
	/* Null count: written, but not in use. */
	put(0x43, 0x34);
	put(0x43, 0xe2);
	CHECK(in(&machine[0], 0x40) == 0xf4);
	put(0x40, 50);
	put(0x40, 0);
	put(0x43, 0xe2);
	CHECK(in(&machine[0], 0x40) == 0xb4);
	put(0x40, 100);
	put(0x40, 0);
	put(0x43, 0xe2);
	CHECK(in(&machine[0], 0x40) == 0xf4);
	go(50);
	put(0x43, 0xe2);
	CHECK(in(&machine[0], 0x40) == 0xb4 && get(0) == 100);
	/* One byte only. */
	put(0x43, 0x14);
	put(0x40, 0x80);
	CHECK(in(&machine[0], 0x40) == 0x80 && in(&machine[0], 0x40) == 0x80);
	put(0x43, 0x24);
	put(0x40, 0x80);
	CHECK(in(&machine[0], 0x40) == 0x80);
	go(1);
	CHECK(in(&machine[0], 0x40) == 0x7f);
	/* Mode bits 6 and 7 are 2 and 3, and read back as written. */
	program(0, 7, 8, false);
	put(0x43, 0xe2);
	CHECK(in(&machine[0], 0x40) == 0xbe);
	go(4);
	CHECK(!output(0));
	/* Tens. */
	program(2, 0, 0x1000, true);
	put(SYSTEM, 1);
	go(1);
	CHECK(get(2) == 0x0999);
	go(999);
	CHECK(get(2) == 0 && output(2));
	go(1);
	CHECK(get(2) == 0x9999);
	program(2, 2, 0, true);
	go(9999);
	CHECK(!output(2) && get(2) == 1);
	program(2, 0, 0xffff, true);
	go(16664);
	CHECK(!output(2));
	go(1);
	CHECK(output(2));
	program(2, 2, 0, false);
	go(65535);
	CHECK(!output(2) && get(2) == 1);
}

/* HOSTILE N30. */
static void test_storms(void)
{
	unsigned int i, runs;
	uint64_t begin;

	fresh();
	program(0, 2, 1, false);	/* 1.19 MHz asked for */
	machine_pass(&machine[0], 100 * MS);
	i = rises();
	CHECK(i > 900 && i <= 1000);
	/* Every flip ends in an edge of its own at once. */
	runs = machine[0].runs;
	begin = machine[0].time;
	for (i = 0; i < 20000; i++) {
		program(0, any() % 6, 1 + any() % 3, false);
		machine_pass(&machine[0], 5000);
	}
	begin = machine[0].time - begin;
	CHECK(rises() <= begin / 100000 + 1);
	CHECK(machine[0].runs - runs <= begin / 100000 + 1);
	/* Flips while no time passes need no timer run at all. */
	runs = machine[0].runs;
	for (i = 0; i < 20000; i++)
		program(0, any() % 6, 1 + any() % 3, false);
	CHECK(machine[0].runs == runs && !rises());
}

/* A worker that was late gives what it owes, not all at once. */
static void test_late(void)
{
	unsigned int i;

	fresh();
	program(0, 2, 1193, false);	/* 1 ms */
	machine_pass(&machine[0], 100 * MS);
	CHECK(rises() == 100);
	machine_until(&machine[0], machine[0].time + 50 * MS, true);
	CHECK(rises() == 1);
	machine_pass(&machine[0], 20 * MS);
	i = rises();
	CHECK(i >= 38 && i <= 41);
	machine_pass(&machine[0], 80 * MS);
	CHECK(i + rises() == 149);
	/* What is owed is bounded, and gone with new programming. */
	machine_until(&machine[0], machine[0].time + 1000000 * MS, true);
	machine_pass(&machine[0], 3000 * MS);
	i = rises();
	CHECK(i >= 3999 && i <= 4001);
	machine_until(&machine[0], machine[0].time + 1000000 * MS, true);
	rises();
	program(0, 0, 1193, false);
	machine_pass(&machine[0], 3000 * MS);
	CHECK(rises() == 1);
}

/* A restored one goes on where it was, by a clock that began anew. */
static void test_restore(void)
{
	unsigned int before;

	fresh();
	program(0, 2, 11932, false);
	program(2, 0, 5000, false);
	put(SYSTEM, 1);
	go(1000);
	machine[1].time = 0;
	copy_state(&pit[0].device, &pit[1].device);
	before = machine[1].rises[0];
	machine_pass(&machine[1], 9 * MS);
	CHECK(machine[1].rises[0] == before);
	machine_pass(&machine[1], 1 * MS);
	CHECK(machine[1].rises[0] == before + 1);
	CHECK(i8254_output(&pit[1], 2));
	machine_pass(&machine[1], 100 * MS);
	CHECK(machine[1].rises[0] == before + 11);
}

/* Offsets of a counter's fields in the saved state: see counter_save(). */
static void test_bad_values(void)
{
	struct device *device = &pit[0].device;
	const size_t size = 37, all = 3 * size;

	fresh();
	check_bad_value(device, 0, 1, 0x74);		/* control */
	check_bad_value(device, size, 1, 0x04);		/* no access */
	check_bad_value(device, 2 * size + 4, 4, 0);	/* count */
	check_bad_value(device, 4, 4, 0x10001);
	check_bad_value(device, 33, 1, 3);		/* latched */
	check_bad_value(device, 1, 1, 0);		/* gate of counter 0 */
	check_bad_value(device, all, 1, 0x10);		/* port 0x61 */
	check_bad_value(device, all, 1, 0x01);		/* not as the gate */
	check_bad_value(device, all + 10, 8, 1ull << 33);	/* last */
	check_bad_value(device, all + 18, 4, 1001);	/* owed */
}

static void step(void)
{
	static const uint16_t ports[] = {0x40, 0x41, 0x42, 0x43, 0x43, 0x61};
	uint16_t port = ports[any() % 6];
	unsigned int size = 1 << any() % 3;
	uint64_t value = any(), pass = any() % 4 ? any() % 100000 :
		any() % (200 * MS);

	switch (any() % 4) {
	case 0:
		machine_until(&machine[0], machine[0].time + pass, value & 1);
		machine_until(&machine[1], machine[1].time + pass, value & 1);
		break;
	case 1:
		CHECK(bus_read(&machine[0].ports, port, size) ==
			bus_read(&machine[1].ports, port, size));
		break;
	default:
		bus_write(&machine[0].ports, port, size, value);
		bus_write(&machine[1].ports, port, size, value);
	}
	CHECK(machine[0].rises[0] == machine[1].rises[0]);
	CHECK(machine[0].wake == machine[1].wake);
}

static void fuzz(unsigned int rounds)
{
	unsigned int i, rises;
	uint64_t begin;

	machine[1].time = machine[0].time;
	copy_state(&pit[0].device, &pit[1].device);
	machine[1].rises[0] = rises = machine[0].rises[0];
	begin = machine[0].time;
	for (i = 0; i < rounds * 10; i++) {
		step();
		if (any() % 32 == 0) {
			pit[1].device.ops->reset(&pit[1].device);
			copy_state(&pit[0].device, &pit[1].device);
			machine[1].level[0] = machine[0].level[0];
			machine[1].rises[0] = machine[0].rises[0];
		}
	}
	check_same_state(&pit[0].device, &pit[1].device);
	CHECK(machine[0].rises[0] - rises <=
		(machine[0].time - begin) / 100000 + 1);
}

int main(int count, char **arguments)
{
	unsigned int rounds = start("test_i8254", count, arguments), i;

	for (i = 0; i < 2; i++) {
		machine_init(&machine[i]);
		CHECK(!i8254_init(&pit[i], &machine[i].ports,
			&machine[i].clock, machine_input(&machine[i], 0)));
	}
	CHECK(i8254_init(&(struct i8254){0}, &machine[0].ports,
		&machine[0].clock, (struct line){0}) == -EEXIST);
	test_one_shots();
	test_periods();
	test_gate();
	test_reading();
	test_storms();
	test_late();
	test_restore();
	test_bad_values();
	for (i = 0; i < 20; i++) {
		fuzz(rounds / 20 + 1);
		check_bad_loads(&pit[0].device, rounds / 20 + 1);
		machine_until(&machine[0], machine[0].time + any() % MS, false);
	}
	for (i = 0; i < 2; i++) {
		pit[i].device.ops->exit(&pit[i].device);
		CHECK(!machine[i].ports.count && !machine[i].clock.first);
		bus_free(&machine[i].ports);
	}
	return 0;
}
