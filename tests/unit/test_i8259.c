/* The interrupt controllers against their data sheet. usage: test_i8259 ROUNDS
 * [SEED] */
/* SPDX-License-Identifier: MIT */
#include "vmwp.h"
#include "i8259.h"

#define MASTER	0x20
#define SLAVE	0xa0
#define ELCR	0x4d0

static struct machine machine[2];
static struct i8259 pic[2];

/* The usual set-up of a PC: vectors 0x30 and 0x38, nothing masked. */
static void set_up(struct machine *at, uint8_t icw4)
{
	out(at, MASTER, 0x11);
	out(at, MASTER + 1, 0x30);
	out(at, MASTER + 1, 0x04);
	out(at, MASTER + 1, icw4);
	out(at, SLAVE, 0x11);
	out(at, SLAVE + 1, 0x38);
	out(at, SLAVE + 1, 0x02);
	out(at, SLAVE + 1, icw4);
}

static void raise_edge(unsigned int input)
{
	i8259_set(&pic[0], input, false);
	i8259_set(&pic[0], input, true);
}

static bool asks(void)
{
	return machine[0].level[0];
}

static uint8_t status(unsigned int port, uint8_t ocw3)
{
	out(&machine[0], port, ocw3);
	return in(&machine[0], port);
}

static uint8_t isr(unsigned int port)
{
	return status(port, 0x0b);
}

static void set_all(bool level)
{
	unsigned int i;

	for (i = 0; i < 16; i++)
		i8259_set(&pic[0], i, level);
}

static void fresh(void)
{
	set_all(false);
	pic[0].device.ops->reset(&pic[0].device);
	set_up(&machine[0], 0x01);
	CHECK(!asks());
}

static void test_edges(void)
{
	fresh();
	raise_edge(4);
	CHECK(asks() && status(MASTER, 0x0a) == 0x10);
	CHECK(i8259_acknowledge(&pic[0]) == 0x34 && !asks());
	CHECK(isr(MASTER) == 0x10 && status(MASTER, 0x0a) == 0);
	out(&machine[0], MASTER, 0x20);
	CHECK(isr(MASTER) == 0 && !asks());	/* still high: no new edge */
	raise_edge(4);
	CHECK(asks());
	i8259_set(&pic[0], 4, false);		/* before the acknowledge */
	CHECK(!asks() && i8259_acknowledge(&pic[0]) == 0x37);
	CHECK(isr(MASTER) == 0);
	/* Before it is set up a chip asks for nothing. */
	pic[0].device.ops->reset(&pic[0].device);
	out(&machine[0], MASTER + 1, 0);
	raise_edge(1);
	CHECK(!asks() && in(&machine[0], MASTER + 1) == 0);
	/* An edge before ICW1 is forgotten (data sheet, ICW1 a). */
	set_up(&machine[0], 1);
	CHECK(!asks() && status(MASTER, 0x0a) == 0);
}

static void test_priorities(void)
{
	fresh();
	raise_edge(5);
	raise_edge(3);
	CHECK(i8259_acknowledge(&pic[0]) == 0x33 && !asks());
	raise_edge(1);
	CHECK(asks() && i8259_acknowledge(&pic[0]) == 0x31);
	CHECK(isr(MASTER) == 0x0a);
	out(&machine[0], MASTER, 0x20);		/* of the highest: 1 */
	CHECK(isr(MASTER) == 0x08 && !asks());
	out(&machine[0], MASTER, 0x63);		/* of 3 by name */
	CHECK(isr(MASTER) == 0 && i8259_acknowledge(&pic[0]) == 0x35);
	out(&machine[0], MASTER, 0xa0);		/* and 5 is the lowest now */
	raise_edge(5);
	raise_edge(0);
	raise_edge(6);
	CHECK(i8259_acknowledge(&pic[0]) == 0x36);
	out(&machine[0], MASTER, 0xe6);
	CHECK(i8259_acknowledge(&pic[0]) == 0x30);
	out(&machine[0], MASTER, 0xc4);		/* 4 the lowest: 5 is first */
	CHECK(asks() && i8259_acknowledge(&pic[0]) == 0x35);
	out(&machine[0], MASTER, 0x20);
	CHECK(isr(MASTER) == 0x01);
	out(&machine[0], MASTER, 0x20);
	CHECK(isr(MASTER) == 0);
}

static void test_masks(void)
{
	fresh();
	out(&machine[0], MASTER + 1, 0x10);
	raise_edge(4);
	CHECK(!asks() && status(MASTER, 0x0a) == 0x10);
	out(&machine[0], MASTER + 1, 0);
	CHECK(asks() && i8259_acknowledge(&pic[0]) == 0x34);
	raise_edge(6);
	CHECK(!asks());
	/* Special mask: 4 masked while in service lets 6 through, and an EOI
	 * without a name leaves it. */
	out(&machine[0], MASTER + 1, 0x10);
	CHECK(!asks());
	out(&machine[0], MASTER, 0x68);
	CHECK(asks() && i8259_acknowledge(&pic[0]) == 0x36);
	out(&machine[0], MASTER, 0x20);
	CHECK(isr(MASTER) == 0x10);
	out(&machine[0], MASTER, 0x20);
	CHECK(isr(MASTER) == 0x10);
	/* What is in service and not masked holds back in that mode, too. */
	raise_edge(3);
	CHECK(i8259_acknowledge(&pic[0]) == 0x33);
	raise_edge(6);
	CHECK(!asks());
	raise_edge(1);
	CHECK(asks() && i8259_acknowledge(&pic[0]) == 0x31);
	out(&machine[0], MASTER, 0x48);
	out(&machine[0], MASTER, 0x20);
	out(&machine[0], MASTER, 0x20);
	out(&machine[0], MASTER, 0x20);
	CHECK(isr(MASTER) == 0 && asks());
}

static void test_slave(void)
{
	fresh();
	raise_edge(12);
	raise_edge(2);				/* leads nowhere */
	CHECK(i8259_acknowledge(&pic[0]) == 0x3c && !asks());
	CHECK(isr(MASTER) == 0x04 && isr(SLAVE) == 0x10);
	raise_edge(9);				/* higher, but in the slave */
	CHECK(!asks());
	out(&machine[0], MASTER, 0x62);
	CHECK(asks() && i8259_acknowledge(&pic[0]) == 0x39);
	out(&machine[0], SLAVE, 0x20);
	out(&machine[0], SLAVE, 0x20);
	out(&machine[0], MASTER, 0x20);
	CHECK(!asks() && isr(SLAVE) == 0 && isr(MASTER) == 0);
	/* A request of the slave that goes leaves the master without one. */
	raise_edge(10);
	CHECK(asks());
	i8259_set(&pic[0], 10, false);
	CHECK(!asks() && i8259_acknowledge(&pic[0]) == 0x37);
	/* Two that wait: the second is a new edge for the master. */
	raise_edge(14);
	raise_edge(15);
	CHECK(i8259_acknowledge(&pic[0]) == 0x3e);
	out(&machine[0], SLAVE, 0x20);
	out(&machine[0], MASTER, 0x20);
	CHECK(asks() && i8259_acknowledge(&pic[0]) == 0x3f);
	/* So it is when the slave ends its interrupts itself. */
	fresh();
	out(&machine[0], SLAVE, 0x11);
	out(&machine[0], SLAVE + 1, 0x38);
	out(&machine[0], SLAVE + 1, 0x02);
	out(&machine[0], SLAVE + 1, 0x03);
	raise_edge(14);
	raise_edge(15);
	CHECK(i8259_acknowledge(&pic[0]) == 0x3e && !asks());
	out(&machine[0], MASTER, 0x20);
	CHECK(asks() && i8259_acknowledge(&pic[0]) == 0x3f);
	/* Special fully nested: the slave interrupts itself. */
	fresh();
	set_up(&machine[0], 0x11);
	raise_edge(12);
	CHECK(i8259_acknowledge(&pic[0]) == 0x3c);
	raise_edge(9);
	CHECK(asks() && i8259_acknowledge(&pic[0]) == 0x39);
	CHECK(isr(SLAVE) == 0x12);
}

static void test_levels(void)
{
	fresh();
	bus_write(&machine[0].ports, ELCR, 2, 0xffff);
	CHECK(bus_read(&machine[0].ports, ELCR, 2) == 0xdef8);
	i8259_set(&pic[0], 5, true);
	CHECK(i8259_acknowledge(&pic[0]) == 0x35 && !asks());
	out(&machine[0], MASTER, 0x20);
	CHECK(asks());				/* still high: again */
	i8259_set(&pic[0], 5, false);
	CHECK(!asks());
	i8259_set(&pic[0], 11, true);
	CHECK(i8259_acknowledge(&pic[0]) == 0x3b && !asks());
	out(&machine[0], SLAVE, 0x20);
	out(&machine[0], MASTER, 0x20);
	CHECK(asks());
}

static void test_poll_and_automatic(void)
{
	fresh();
	raise_edge(3);
	CHECK(status(MASTER, 0x0c) == 0x83 && isr(MASTER) == 0x08);
	CHECK(!(status(MASTER, 0x0c) & 0x80));
	out(&machine[0], MASTER, 0x20);
	raise_edge(13);
	CHECK(status(MASTER, 0x0c) == 0x82);
	CHECK(status(SLAVE, 0x0c) == 0x85 && isr(SLAVE) == 0x20);
	CHECK(!(in(&machine[0], SLAVE) & 0x80));	/* one poll, one read */

	fresh();
	set_up(&machine[0], 0x03);
	raise_edge(6);
	CHECK(i8259_acknowledge(&pic[0]) == 0x36 && isr(MASTER) == 0);
	out(&machine[0], MASTER, 0x80);		/* rotate at each */
	raise_edge(1);
	raise_edge(6);
	CHECK(i8259_acknowledge(&pic[0]) == 0x31);
	raise_edge(1);
	CHECK(i8259_acknowledge(&pic[0]) == 0x36);
	CHECK(i8259_acknowledge(&pic[0]) == 0x31);
	out(&machine[0], MASTER, 0x00);
	raise_edge(7);
	CHECK(i8259_acknowledge(&pic[0]) == 0x37);
	/* ICW3 and ICW4 are left out when ICW1 says so. */
	out(&machine[0], MASTER, 0x12);
	out(&machine[0], MASTER + 1, 0x57);
	out(&machine[0], MASTER + 1, 0xfe);
	CHECK(in(&machine[0], MASTER + 1) == 0xfe);
	raise_edge(0);
	CHECK(i8259_acknowledge(&pic[0]) == 0x50 && isr(MASTER) == 1);
}

/* Offsets of a chip's fields in the saved state: see chip_save(). */
static void test_bad_values(void)
{
	struct device *device = &pic[0].device;

	fresh();
	check_bad_value(device, 0, 1, 0x01);		/* level: fixed */
	check_bad_value(device, 10, 1, 0x01);
	check_bad_value(device, 2, 1, 0x10);		/* an edge, but low */
	check_bad_value(device, 5, 1, 8);		/* lowest */
	check_bad_value(device, 6, 1, 0x31);		/* base */
	check_bad_value(device, 7, 1, 1);		/* step */
	check_bad_value(device, 7, 1, 5);
	check_bad_value(device, 7, 1, 2);		/* and initialised */
}

/* The same to both; they must stay the same. */
static void step(void)
{
	static const uint16_t ports[] = {MASTER, MASTER + 1, SLAVE, SLAVE + 1,
		ELCR, ELCR + 1};
	uint16_t port = ports[any() % 6];
	unsigned int size = 1 << any() % 3, input = any() % 20;
	uint64_t value = any();
	uint8_t vector;

	switch (any() % 6) {
	case 0:
		bus_write(&machine[0].ports, port, size, value);
		bus_write(&machine[1].ports, port, size, value);
		break;
	case 1:
		CHECK(bus_read(&machine[0].ports, port, size) ==
			bus_read(&machine[1].ports, port, size));
		break;
	case 2:
		vector = i8259_acknowledge(&pic[0]);
		CHECK(i8259_acknowledge(&pic[1]) == vector);
		break;
	case 3:
		set_up(&machine[0], value & 0x13);
		set_up(&machine[1], value & 0x13);
		break;
	default:
		i8259_set(&pic[0], input, value & 1);
		i8259_set(&pic[1], input, value & 1);
	}
	CHECK(machine[0].level[0] == machine[1].level[0]);
	CHECK(machine[0].rises[0] == machine[1].rises[0]);
}

static void fuzz(unsigned int rounds)
{
	unsigned int i;

	copy_state(&pic[0].device, &pic[1].device);
	for (i = 0; i < rounds * 10; i++) {
		machine[1].rises[0] = machine[0].rises[0];
		step();
		if (any() % 32 == 0) {
			pic[1].device.ops->reset(&pic[1].device);
			copy_state(&pic[0].device, &pic[1].device);
			machine[1].rises[0] = machine[0].rises[0];
		}
	}
	check_same_state(&pic[0].device, &pic[1].device);
}

int main(int count, char **arguments)
{
	unsigned int rounds = start("test_i8259", count, arguments), i;

	for (i = 0; i < 2; i++) {
		machine_init(&machine[i]);
		CHECK(!i8259_init(&pic[i], &machine[i].ports,
			machine_input(&machine[i], 0)));
	}
	CHECK(i8259_init(&(struct i8259){0}, &machine[0].ports,
		(struct line){0}) == -EEXIST);
	CHECK(machine[0].ports.count == 3);
	test_edges();
	test_priorities();
	test_masks();
	test_slave();
	test_levels();
	test_poll_and_automatic();
	test_bad_values();
	for (i = 0; i < 20; i++) {
		fuzz(rounds / 20 + 1);
		check_bad_loads(&pic[0].device, rounds / 20 + 1);
	}
	for (i = 0; i < 2; i++) {
		pic[i].device.ops->exit(&pic[i].device);
		CHECK(!machine[i].ports.count);
		bus_free(&machine[i].ports);
	}
	return 0;
}
