/* The interval timer of a PC (Intel 8254), with port 0x61. */
/* SPDX-License-Identifier: MIT */
#include "i8254.h"

#include "container.h"

#include <errno.h>
#include <string.h>

#define HZ		1193182u
#define GAP		120	/* ticks: 100 us, rounded up */
#define OWED_MAX	1000	/* a second of a usual guest */
#define LONG_AGO	(1ull << 32)

#define PORT		0x40
#define CONTROL_PORT	0x43
#define SYSTEM_PORT	0x61

#define READ_BACK	3
#define NO_COUNT	0x20	/* read-back: do not latch it */
#define NO_STATUS	0x10
#define SYSTEM_GATE	0x01
#define SYSTEM_REFRESH	0x10
#define SYSTEM_OUT	0x20
#define REFRESH_TICKS	18	/* of the PC's counter 1: 15 us */

static uint64_t ticks(const struct i8254 *pit)
{
	unsigned __int128 now = pit->clock->now(pit->clock);

	return now * HZ / NS_PER_S;
}

/* When a tick is over. */
static uint64_t tick_time(uint64_t tick)
{
	unsigned __int128 time =
		((unsigned __int128)tick * NS_PER_S + HZ - 1) / HZ;

	return time < UINT64_MAX ? time : UINT64_MAX - 1;
}

/* Ticks from one rise of the line to the next, at least. */
static uint64_t spacing(const struct i8254 *pit)
{
	const struct counter *counter = &pit->counter[0];

	if (counter_periodic(counter) && counter->count / 2 > GAP)
		return counter->count / 2;
	return GAP;
}

static void arm(struct i8254 *pit, uint64_t now)
{
	uint64_t free_at = pit->last + spacing(pit), at = pit->edge;

	if (!pit->expected && !pit->owed) {
		clock_disarm(pit->clock, &pit->timer);
		return;
	}
	if (pit->owed || !tick_reached(at, free_at))
		at = free_at;
	if (tick_reached(now, at))
		at = now;
	clock_arm(pit->clock, &pit->timer, tick_time(at));
}

/* Edges up to now become owed ones. */
static void collect(struct i8254 *pit, uint64_t now)
{
	struct counter *counter = &pit->counter[0];
	uint64_t edges = 1;

	if (!pit->expected || !tick_reached(now, pit->edge))
		return;
	if (counter_periodic(counter) && counter->count < GAP)
		pit->owed = 0;
	else if (counter_periodic(counter))
		edges += (now - pit->edge) / counter->count;
	if (edges > OWED_MAX - pit->owed)
		edges = OWED_MAX - pit->owed;
	pit->owed += edges;
	pit->expected = counter_edge(counter, now, &pit->edge);
}

static void expired(struct timer *timer)
{
	struct i8254 *pit = container_of(timer, struct i8254, timer);
	uint64_t now = ticks(pit);

	collect(pit, now);
	if (pit->owed && now - pit->last >= spacing(pit)) {
		pit->owed--;
		pit->last = now;
		line_set(&pit->line, false);
		line_set(&pit->line, true);
	}
	arm(pit, now);
}

/* After the guest has programmed counter 0: what was owed is not any more. */
static void restart(struct i8254 *pit, uint64_t now)
{
	pit->owed = 0;
	pit->expected = counter_edge(&pit->counter[0], now, &pit->edge);
	if (!counter_mode(&pit->counter[0]) &&
			!counter_output(&pit->counter[0], now))
		line_set(&pit->line, false);
	arm(pit, now);
}

/* A count that has taken effect since changes the spacing. */
static uint64_t look(struct i8254 *pit)
{
	struct counter *counter = &pit->counter[0];
	bool waited = counter->pending;
	uint64_t now = ticks(pit);

	counter_output(counter, now);
	if (waited && !counter->pending) {
		collect(pit, now);
		arm(pit, now);
	}
	return now;
}

static void read_back(struct i8254 *pit, uint8_t value, uint64_t now)
{
	unsigned int i;

	for (i = 0; i < 3; i++) {
		if (!(value & 2 << i))
			continue;
		if (!(value & NO_COUNT))
			counter_latch(&pit->counter[i], now);
		if (!(value & NO_STATUS))
			counter_latch_status(&pit->counter[i], now);
	}
}

static void write_control(struct i8254 *pit, uint8_t value, uint64_t now)
{
	unsigned int index = value >> 6;

	if (index == READ_BACK) {
		read_back(pit, value, now);
	} else if (!(value & 0x30)) {
		counter_latch(&pit->counter[index], now);
	} else {
		counter_program(&pit->counter[index], value);
		if (!index)
			restart(pit, now);
	}
}

/* A new count for a running periodic counter waits for the period's end, so
 * that nothing has been lost yet. */
static void write_first(struct i8254 *pit, uint8_t value, uint64_t now)
{
	struct counter *counter = &pit->counter[0];
	bool goes_on = counter_periodic(counter) && counter->running;

	collect(pit, now);
	counter_write(counter, value, now);
	if (!goes_on) {
		restart(pit, now);
		return;
	}
	pit->expected = counter_edge(counter, now, &pit->edge);
	arm(pit, now);
}

static uint8_t i8254_read(void *context, unsigned int port)
{
	struct i8254 *pit = context;
	uint64_t now = look(pit);

	if (port < CONTROL_PORT)
		return counter_read(&pit->counter[port - PORT], now);
	if (port == CONTROL_PORT)
		return 0xff;
	return pit->control |
		(now / REFRESH_TICKS & 1 ? SYSTEM_REFRESH : 0) |
		(counter_output(&pit->counter[2], now) ? SYSTEM_OUT : 0);
}

static void i8254_write(void *context, unsigned int port, uint8_t value)
{
	struct i8254 *pit = context;
	uint64_t now = look(pit);

	if (port == PORT) {
		write_first(pit, value, now);
	} else if (port < CONTROL_PORT && port > PORT) {
		counter_write(&pit->counter[port - PORT], value, now);
	} else if (port == CONTROL_PORT) {
		write_control(pit, value, now);
	} else {
		pit->control = value & 0x0f;
		counter_gate(&pit->counter[2], value & SYSTEM_GATE, now);
	}
}

static const struct isa_ops port_ops = {
	.read = i8254_read,
	.write = i8254_write,
};

bool i8254_output(struct i8254 *pit, unsigned int counter)
{
	return counter_output(&pit->counter[counter], look(pit));
}

static void i8254_reset(struct device *device)
{
	struct i8254 *pit = (struct i8254 *)device;
	uint64_t now = ticks(pit);
	unsigned int i;

	for (i = 0; i < 3; i++) {
		pit->counter[i] = (struct counter){
			.control = 0x30,
			.gate = i < 2,
			.pending = true,
			.count = 0x10000,
			.start = now,
		};
	}
	pit->control = 0;
	pit->last = now - LONG_AGO;
	restart(pit, now);
}

static void i8254_save(const struct device *device, struct stream *to)
{
	const struct i8254 *pit = (const struct i8254 *)device;
	uint64_t now = ticks(pit);
	unsigned int i;

	for (i = 0; i < 3; i++)
		counter_save(&pit->counter[i], now, to);
	stream_put(to, pit->control, 1);
	stream_put(to, pit->expected, 1);
	stream_put(to, pit->edge - now, 8);
	stream_put(to, now - pit->last < LONG_AGO ? now - pit->last : LONG_AGO,
		8);
	stream_put(to, pit->owed, 4);
}

static int i8254_load(
	struct device *device, struct stream *from, unsigned int version)
{
	struct i8254 *pit = (struct i8254 *)device;
	uint64_t now = ticks(pit), ago;
	bool good = version == device->ops->version;
	unsigned int i;

	for (i = 0; i < 3; i++)
		good = counter_load(&pit->counter[i], now, from) && good;
	pit->control = stream_get(from, 1);
	pit->expected = stream_get(from, 1);
	pit->edge = now + stream_get(from, 8);
	ago = stream_get(from, 8);
	pit->last = now - ago;
	pit->owed = stream_get(from, 4);
	if (!good || from->failed || pit->control > 0x0f || ago > LONG_AGO ||
			pit->owed > OWED_MAX || !pit->counter[0].gate ||
			!pit->counter[1].gate || pit->counter[2].gate !=
			!!(pit->control & SYSTEM_GATE)) {
		i8254_reset(device);
		return -EINVAL;
	}
	arm(pit, now);
	return 0;
}

static void i8254_exit(struct device *device)
{
	struct i8254 *pit = (struct i8254 *)device;

	clock_disarm(pit->clock, &pit->timer);
	isa_remove(pit->bus, pit->ports, 2);
}

static const struct device_ops i8254_ops = {
	.name = "i8254",
	.version = 1,
	.reset = i8254_reset,
	.save = i8254_save,
	.load = i8254_load,
	.exit = i8254_exit,
};

int i8254_init(struct i8254 *pit, struct bus *ports, struct clock *clock,
	struct line line)
{
	int error;

	memset(pit, 0, sizeof(*pit));
	pit->device.ops = &i8254_ops;
	pit->bus = ports;
	pit->clock = clock;
	pit->line = line;
	pit->timer.expired = expired;
	pit->ports[0] = (struct isa_ports){PORT, 4, &port_ops, pit};
	pit->ports[1] = (struct isa_ports){SYSTEM_PORT, 1, &port_ops, pit};
	error = isa_add(ports, pit->ports, 2);
	if (!error)
		i8254_reset(&pit->device);
	return error;
}
