/* What the tests of vmwp's devices share: a machine around a device. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_VMWP_H
#define TESTS_VMWP_H

#include "check.h"
#include "device.h"

#include <errno.h>
#include <time.h>

#define LINES	64
#define MS	1000000ull

struct machine {
	struct clock clock;
	uint64_t time;		/* of the clock, ns */
	uint64_t wake;		/* the earliest deadline */
	unsigned int runs;	/* of the clock that had something to do */
	struct bus ports;
	bool level[LINES];
	unsigned int rises[LINES];
};

static uint64_t seed_state;

static inline uint64_t any(void)
{
	seed_state ^= seed_state << 13;
	seed_state ^= seed_state >> 7;
	seed_state ^= seed_state << 17;
	return seed_state;
}

/* ROUNDS [SEED]; returns the rounds. */
static inline unsigned int start(const char *name, int count, char **arguments)
{
	unsigned int rounds = count > 1 ? strtoul(arguments[1], NULL, 0) : 2000;

	seed_state = count > 2 ? strtoull(arguments[2], NULL, 0) :
		(uint64_t)time(NULL);
	printf("%s: %u rounds, seed %llu\n", name, rounds,
		(unsigned long long)seed_state);
	fflush(stdout);
	seed_state = seed_state * 2 + 1;
	return rounds;
}

static inline uint64_t machine_now(struct clock *clock)
{
	return ((struct machine *)clock)->time;
}

static inline void machine_changed(struct clock *clock, uint64_t deadline)
{
	((struct machine *)clock)->wake = deadline;
}

static inline void machine_line(void *context, unsigned int number, bool level)
{
	struct machine *machine = context;

	CHECK(number < LINES);
	if (level && !machine->level[number])
		machine->rises[number]++;
	machine->level[number] = level;
}

static inline struct line machine_input(
	struct machine *machine, unsigned int number)
{
	return (struct line){machine_line, machine, number};
}

static inline void machine_init(struct machine *machine)
{
	memset(machine, 0, sizeof(*machine));
	machine->clock.now = machine_now;
	machine->clock.changed = machine_changed;
	machine->wake = UINT64_MAX;
}

/* Goes to a time; late: sees no timer on the way. */
static inline void machine_until(
	struct machine *machine, uint64_t time, bool late)
{
	while (!late && machine->wake <= time) {
		if (machine->wake > machine->time)
			machine->time = machine->wake;
		machine->runs++;
		clock_run(&machine->clock);
	}
	machine->time = time;
	if (machine->wake <= time) {
		machine->runs++;
		clock_run(&machine->clock);
	}
}

static inline void machine_pass(struct machine *machine, uint64_t ns)
{
	machine_until(machine, machine->time + ns, false);
}

static inline void out(
	struct machine *machine, unsigned int port, uint8_t value)
{
	bus_write(&machine->ports, port, 1, value);
}

static inline uint8_t in(struct machine *machine, unsigned int port)
{
	return bus_read(&machine->ports, port, 1);
}

static inline void save(const struct device *device, struct stream *to)
{
	memset(to, 0, sizeof(*to));
	device->ops->save(device, to);
	CHECK(!to->failed);
}

static inline void check_same_state(
	const struct device *one, const struct device *other)
{
	struct stream first, second;

	save(one, &first);
	save(other, &second);
	CHECK(first.size == second.size);
	CHECK(!memcmp(first.data, second.data, first.size));
	stream_free(&first);
	stream_free(&second);
}

static inline void copy_state(const struct device *from, struct device *to)
{
	struct stream stream;

	save(from, &stream);
	CHECK(!to->ops->load(to, &stream, to->ops->version));
	CHECK(!stream.failed && stream.at == stream.size);
	stream_free(&stream);
	check_same_state(from, to);
}

/* A device that has refused a state is as after a reset. */
static inline void check_refused(struct device *device)
{
	struct stream refused, reset;

	save(device, &refused);
	device->ops->reset(device);
	save(device, &reset);
	CHECK(refused.size == reset.size);
	CHECK(!memcmp(refused.data, reset.data, reset.size));
	stream_free(&refused);
	stream_free(&reset);
}

/* A value in the saved state that the device cannot have. */
static inline void check_bad_value(struct device *device, size_t at,
	unsigned int bytes, uint64_t value)
{
	struct stream good, bad;

	save(device, &good);
	memset(&bad, 0, sizeof(bad));
	stream_put_bytes(&bad, good.data, at);
	stream_put(&bad, value, bytes);
	stream_put_bytes(&bad, good.data + at + bytes, good.size - at - bytes);
	CHECK(device->ops->load(device, &bad, device->ops->version) ==
		-EINVAL);
	check_refused(device);
	CHECK(!device->ops->load(device, &good, device->ops->version));
	stream_free(&good);
	stream_free(&bad);
}

/* Every truncation, a foreign version, and bytes that were changed. Returns
 * whether the last one was taken. */
static inline bool check_bad_loads(struct device *device, unsigned int rounds)
{
	struct stream good, bad;
	unsigned int i, changes;
	size_t size;
	int error = 0;

	save(device, &good);
	for (size = 0; size < good.size; size++) {
		/* Of its own size, so that a read past the end is seen. */
		memset(&bad, 0, sizeof(bad));
		stream_put_bytes(&bad, good.data, size);
		CHECK(device->ops->load(device, &bad,
			device->ops->version) == -EINVAL);
		stream_free(&bad);
		check_refused(device);
	}
	memset(&bad, 0, sizeof(bad));
	stream_put_bytes(&bad, good.data, good.size);
	CHECK(device->ops->load(device, &bad,
		device->ops->version + 1) == -EINVAL);
	stream_free(&bad);
	check_refused(device);
	for (i = 0; i < rounds; i++) {
		memset(&bad, 0, sizeof(bad));
		stream_put_bytes(&bad, good.data, good.size);
		for (changes = 1 + any() % 4; changes; changes--)
			bad.data[any() % bad.size] = any();
		if (any() % 8 == 0)
			for (size = 0; size < bad.size; size++)
				bad.data[size] = any();
		error = device->ops->load(device, &bad, device->ops->version);
		CHECK(!error || error == -EINVAL);
		if (error)
			check_refused(device);
		stream_free(&bad);
	}
	stream_free(&good);
	return !error;
}

#endif
