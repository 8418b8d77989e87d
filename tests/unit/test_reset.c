/* The ways to reset a machine. usage: test_reset ROUNDS [SEED] */
/* SPDX-License-Identifier: MIT */
#include "vmwp.h"
#include "reset.h"

static struct machine machine[2];
static struct reset reset[2];
static unsigned int pulls[2];

static void pull(void *context)
{
	pulls[(uintptr_t)context]++;
}

/* Whether a write resets. */
static bool resets(unsigned int port, unsigned int size, uint64_t value)
{
	unsigned int before = pulls[0];

	bus_write(&machine[0].ports, port, size, value);
	CHECK(pulls[0] - before <= 1);
	return pulls[0] != before;
}

static void test_ports(void)
{
	CHECK(in(&machine[0], 0xcf9) == 0);
	CHECK(!resets(0xcf9, 1, 0x02));
	CHECK(resets(0xcf9, 1, 0x06));
	CHECK(!resets(0xcf9, 1, 0x06));		/* no rise */
	CHECK(in(&machine[0], 0xcf9) == 0x06);
	CHECK(!resets(0xcf9, 1, 0x00));
	CHECK(resets(0xcf9, 1, 0xff));
	CHECK(!resets(0xcf9, 1, 0x00));
	/* PCI's address, written at once, is not meant for us. */
	CHECK(!resets(0xcf8, 4, 0x8000ff00));
	CHECK(!resets(0xcf8, 2, 0x0600));
	CHECK(!resets(0xcf8, 1, 0x06) && !resets(0xcfa, 1, 0x06));
	CHECK(bus_read(&machine[0].ports, 0xcf8, 4) == 0xffffffff);

	CHECK(in(&machine[0], 0x92) == 0x02);
	CHECK(!resets(0x92, 1, 0x00) && in(&machine[0], 0x92) == 0x00);
	CHECK(resets(0x92, 1, 0x03) && !resets(0x92, 1, 0xff));
	CHECK(in(&machine[0], 0x92) == 0x03);

	CHECK(!(in(&machine[0], 0x64) & 0x02));
	CHECK(resets(0x64, 1, 0xfe) && resets(0x64, 1, 0xfe));
	CHECK(!resets(0x64, 1, 0xff) && !resets(0x64, 1, 0xaa));
	CHECK(!resets(0x64, 1, 0x0e));
	reset[0].device.ops->reset(&reset[0].device);
	CHECK(in(&machine[0], 0x92) == 0x02 && in(&machine[0], 0xcf9) == 0);
	CHECK(!pulls[1]);
}

static void fuzz(unsigned int rounds)
{
	static const uint16_t ports[] = {0xcf8, 0xcf9, 0xcfa, 0x92, 0x64, 0x91};
	unsigned int i, size;
	uint64_t value;
	uint16_t port;

	pulls[1] = pulls[0];
	copy_state(&reset[0].device, &reset[1].device);
	for (i = 0; i < rounds * 10; i++) {
		port = ports[any() % 6];
		size = 1 << any() % 3;
		value = any();
		bus_write(&machine[0].ports, port, size, value);
		bus_write(&machine[1].ports, port, size, value);
		CHECK(bus_read(&machine[0].ports, port, size) ==
			bus_read(&machine[1].ports, port, size));
		CHECK(pulls[0] == pulls[1]);
	}
	check_same_state(&reset[0].device, &reset[1].device);
}

int main(int count, char **arguments)
{
	unsigned int rounds = start("test_reset", count, arguments), i;

	for (i = 0; i < 2; i++) {
		machine_init(&machine[i]);
		CHECK(!reset_init(&reset[i], &machine[i].ports, false, pull,
			(void *)(uintptr_t)i));
	}
	CHECK(reset_init(&(struct reset){0}, &machine[0].ports, false, pull, NULL) ==
		-EEXIST);
	test_ports();
	check_bad_value(&reset[0].device, 0, 1, 0x01);
	check_bad_value(&reset[0].device, 1, 1, 0x04);
	for (i = 0; i < 20; i++) {
		fuzz(rounds / 20 + 1);
		check_bad_loads(&reset[0].device, rounds / 20 + 1);
	}
	/* An init that fails leaves nothing behind. */
	for (i = 0; i < 3; i++) {
		static const uint16_t taken[] = {0xcf8, 0x92, 0x64};
		static const struct bus_ops none;

		reset[1].device.ops->exit(&reset[1].device);
		CHECK(!bus_add(&machine[1].ports, taken[i], 1, &none, NULL));
		CHECK(reset_init(&reset[1], &machine[1].ports, false, pull, NULL) ==
			-EEXIST);
		CHECK(machine[1].ports.count == 1);
		bus_free(&machine[1].ports);
		CHECK(!reset_init(&reset[1], &machine[1].ports, false, pull, NULL));
	}
	for (i = 0; i < 2; i++) {
		reset[i].device.ops->exit(&reset[i].device);
		CHECK(!machine[i].ports.count);
		bus_free(&machine[i].ports);
	}
	return 0;
}
