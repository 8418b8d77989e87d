/* The bus against a plain array of bytes; clock and stream. usage: test_bus
 * ROUNDS [SEED] */
/* SPDX-License-Identifier: MIT */
#include "vmwp.h"

#define SPACE	64

static struct bus bus;
static int owner[SPACE];	/* whose each byte is; 0: nobody's */
static uint8_t content[SPACE];
static uint64_t base[SPACE + 1];	/* of each range's number */

/* Each range is memory that knows where it is; context: its number. */
static uint64_t range_read(void *context, uint64_t offset, unsigned int size)
{
	unsigned int number = (uintptr_t)context, i;
	uint64_t value = 0;

	for (i = 0; i < size; i++) {
		CHECK(owner[base[number] + offset + i] == (int)number);
		value |= (uint64_t)content[base[number] + offset + i] << 8 * i;
	}
	return value;
}

static void range_write(
	void *context, uint64_t offset, unsigned int size, uint64_t value)
{
	unsigned int number = (uintptr_t)context, i;

	CHECK(size == 8 || !(value >> 8 * size));
	for (i = 0; i < size; i++) {
		CHECK(owner[base[number] + offset + i] == (int)number);
		content[base[number] + offset + i] = value >> 8 * i;
	}
}

static const struct bus_ops ops = {range_read, range_write};
static const struct bus_ops silent_ops;

static void try_add(void)
{
	unsigned int at = any() % SPACE, size = 1 + any() % 9, number, i;
	bool overlap = false;

	if (at + size > SPACE)
		return;
	for (i = at; i < at + size; i++)
		overlap = overlap || owner[i];
	for (number = 1; base[number] != UINT64_MAX; number++)
		continue;
	CHECK(bus_add(&bus, at, size, &ops, (void *)(uintptr_t)number) ==
		(overlap ? -EEXIST : 0));
	if (overlap)
		return;
	base[number] = at;
	for (i = at; i < at + size; i++)
		owner[i] = number;
}

static void try_remove(void)
{
	unsigned int at = any() % SPACE, number = owner[at], i;

	bus_remove(&bus, at);	/* does nothing inside of a range */
	if (!number || base[number] != at)
		return;
	base[number] = UINT64_MAX;
	for (i = 0; i < SPACE; i++)
		if (owner[i] == (int)number)
			owner[i] = 0;
}

static void try_access(void)
{
	unsigned int size = 1 << any() % 4, at = any() % (SPACE - size), i;
	uint64_t value = any(), got = bus_read(&bus, at, size);

	for (i = 0; i < 8; i++) {
		uint8_t expected = i >= size ? 0 :
			owner[at + i] ? content[at + i] : 0xff;

		CHECK((uint8_t)(got >> 8 * i) == expected);
	}
	bus_write(&bus, at, size, value);
	for (i = 0; i < size; i++)
		CHECK(!owner[at + i] ||
			content[at + i] == (uint8_t)(value >> 8 * i));
	CHECK(bus_has(&bus, at) == !!owner[at]);
}

static void test_bus(unsigned int rounds)
{
	unsigned int i;

	memset(base, 0xff, sizeof(base));
	for (i = 0; i < rounds * 10; i++) {
		switch (any() % 8) {
		case 0:
			try_add();
			break;
		case 1:
			try_remove();
			break;
		default:
			try_access();
		}
	}
	bus_free(&bus);
}

/* The address space's ends, and ranges that answer to nothing. */
static void test_bus_ends(void)
{
	CHECK(bus_add(&bus, UINT64_MAX - 3, 4, &silent_ops, NULL) == 0);
	CHECK(bus_add(&bus, UINT64_MAX, 1, &silent_ops, NULL) == -EEXIST);
	CHECK(bus_add(&bus, 5, 0, &silent_ops, NULL) == -EINVAL);
	CHECK(bus_add(&bus, UINT64_MAX - 8, 10, &silent_ops, NULL) == -EINVAL);
	CHECK(bus_add(&bus, 0, UINT64_MAX, &silent_ops, NULL) == -EEXIST);
	CHECK(bus_read(&bus, UINT64_MAX - 1, 8) == UINT64_MAX);
	CHECK(bus_read(&bus, UINT64_MAX - 3, 4) == UINT32_MAX);
	bus_write(&bus, UINT64_MAX - 1, 8, 0);
	CHECK(bus_has(&bus, UINT64_MAX) && !bus_has(&bus, UINT64_MAX - 4));
	CHECK(!bus_has(&bus, 0));
	bus_free(&bus);
	CHECK(!bus_has(&bus, UINT64_MAX));
}

static unsigned int calls[4];
static struct machine machine;
static struct timer timers[4];

static void count_call(struct timer *timer)
{
	CHECK(!timer->armed);
	calls[timer - timers]++;
}

/* Arms itself again for what is past, and stops the next. */
static void greedy_call(struct timer *timer)
{
	count_call(timer);
	clock_arm(&machine.clock, timer, 0);
	clock_arm(&machine.clock, &timers[3], 0);
	clock_disarm(&machine.clock, &timers[1]);
}

static void test_clock(void)
{
	unsigned int i;

	machine_init(&machine);
	for (i = 0; i < 4; i++)
		timers[i].expired = count_call;
	clock_arm(&machine.clock, &timers[2], 300);
	CHECK(machine.wake == 300);
	clock_arm(&machine.clock, &timers[1], 200);
	CHECK(machine.wake == 200);
	clock_arm(&machine.clock, &timers[1], 400);
	CHECK(machine.wake == 300);
	machine_until(&machine, 299, false);
	CHECK(!calls[2]);
	machine_until(&machine, 300, false);
	CHECK(calls[2] == 1 && !calls[1] && machine.wake == 400);
	clock_disarm(&machine.clock, &timers[1]);
	clock_disarm(&machine.clock, &timers[1]);
	CHECK(machine.wake == UINT64_MAX && !timers[1].armed);

	timers[0].expired = greedy_call;
	clock_arm(&machine.clock, &timers[0], 1);
	clock_arm(&machine.clock, &timers[1], 2);
	clock_run(&machine.clock);
	CHECK(calls[0] == 1 && !calls[1] && !calls[3] && timers[3].armed);
	clock_run(&machine.clock);
	CHECK(calls[0] == 2 && calls[3] == 1);
	clock_disarm(&machine.clock, &timers[0]);
	clock_disarm(&machine.clock, &timers[3]);
	CHECK(machine.wake == UINT64_MAX);
}

/* Timers armed and disarmed at random expire in order, each in time. */
static void test_clock_order(unsigned int rounds)
{
	struct timer *timer;
	unsigned int i;

	timers[0].expired = count_call;
	for (i = 0; i < rounds; i++) {
		uint64_t time = machine.time + any() % 50;

		timer = &timers[any() % 4];
		if (any() % 4)
			clock_arm(&machine.clock, timer, time);
		else
			clock_disarm(&machine.clock, timer);
		machine_pass(&machine, any() % 20);
		for (timer = machine.clock.first; timer; timer = timer->next) {
			CHECK(timer->armed && timer->deadline > machine.time);
			CHECK(!timer->next ||
				timer->next->deadline >= timer->deadline);
		}
		CHECK(machine.wake == (machine.clock.first ?
			machine.clock.first->deadline : UINT64_MAX));
	}
}

static void test_stream(void)
{
	struct stream stream = {0};
	uint8_t bytes[3] = {1, 2, 3};
	unsigned int i;

	stream_put(&stream, 0x1122334455667788, 8);
	stream_put(&stream, 0xfffe, 1);
	stream_put_bytes(&stream, bytes, 3);
	CHECK(stream.size == 12 && stream.data[0] == 0x88);
	CHECK(stream_get(&stream, 8) == 0x1122334455667788);
	CHECK(stream_get(&stream, 1) == 0xfe);
	memset(bytes, 0, 3);
	stream_get_bytes(&stream, bytes, 3);
	CHECK(bytes[0] == 1 && bytes[2] == 3 && !stream.failed);
	stream_get_bytes(&stream, bytes, 1);
	CHECK(stream.failed && !bytes[0]);
	CHECK(stream_get(&stream, 1) == 0);
	stream_put(&stream, 1, 1);
	CHECK(stream.size == 12);
	stream_free(&stream);
	CHECK(!stream.data && !stream.failed);
	for (i = 0; i < 10000; i++)
		stream_put(&stream, i, 2);
	stream_put_bytes(&stream, bytes, SIZE_MAX / 2);
	CHECK(stream.failed && stream.size == 20000);
	stream.failed = false;
	for (i = 0; i < 10000; i++)
		CHECK(stream_get(&stream, 2) == i);
	CHECK(stream_get(&stream, 2) == 0 && stream.failed);
	stream_free(&stream);
}

int main(int count, char **arguments)
{
	unsigned int rounds = start("test_bus", count, arguments);

	test_bus(rounds);
	test_bus_ends();
	test_clock();
	test_clock_order(rounds);
	test_stream();
	return 0;
}
