/* The serial port against its data sheet. usage: test_i16550 ROUNDS [SEED] */
/* SPDX-License-Identifier: MIT */
#include "vmwp.h"
#include "i16550.h"

#define PORT	0x3f8

struct cable {
	uint8_t output[1 << 16];
	unsigned int count;
	unsigned int room;	/* takes so many bytes only */
	unsigned int asked;	/* can_receive() */
};

static struct machine machine[2];
static struct i16550 uart[2];
static struct cable cable[2];

static size_t cable_write(void *context, const uint8_t *bytes, size_t size)
{
	struct cable *to = context;
	size_t i;

	CHECK(size > 0 && size <= I16550_FIFO);
	if (size > to->room)
		size = to->room;
	to->room -= size;
	for (i = 0; i < size; i++)
		to->output[to->count++ % sizeof(to->output)] = bytes[i];
	return size;
}

static void cable_can_receive(void *context)
{
	((struct cable *)context)->asked++;
}

static const struct serial_ops ops = {cable_write, cable_can_receive};

static void put(unsigned int offset, uint8_t value)
{
	out(&machine[0], PORT + offset, value);
}

static uint8_t get(unsigned int offset)
{
	return in(&machine[0], PORT + offset);
}

static bool asks(void)
{
	return machine[0].level[4];
}

static size_t type(const char *text)
{
	return i16550_receive(&uart[0], (const uint8_t *)text, strlen(text));
}

/* With FIFOs that ask at 8 characters, 115200 baud, OUT2 on. */
static void fresh(void)
{
	i16550_modem(&uart[0], I16550_CTS | I16550_DSR | I16550_DCD);
	uart[0].device.ops->reset(&uart[0].device);
	cable[0].room = UINT32_MAX;
	cable[0].count = cable[0].asked = 0;
	put(3, 0x83);
	put(0, 1);
	put(1, 0);
	put(3, 0x03);
	put(2, 0x87);
	put(4, 0x0b);
	get(6);
	CHECK(get(2) == 0xc1 && !asks());
}

static void test_registers(void)
{
	fresh();
	put(7, 0x5a);
	CHECK(get(7) == 0x5a);
	put(1, 0xff);
	CHECK(get(1) == 0x0f);
	put(1, 0);
	put(4, 0xff);
	CHECK(get(4) == 0x1f);
	put(4, 0x0b);
	put(3, 0x80);
	put(0, 0x34);
	put(1, 0x12);
	CHECK(get(0) == 0x34 && get(1) == 0x12);
	put(3, 0x1b);
	CHECK(get(3) == 0x1b && get(1) == 0);
	put(5, 0);
	CHECK(get(5) == 0x60);
	put(6, 0xff);
	put(2, 0);
	CHECK((get(2) & 0xc0) == 0);
	put(2, 0xc0);		/* without the enable bit it means nothing */
	CHECK((get(2) & 0xc0) == 0);
}

static void test_transmitter(void)
{
	unsigned int i;

	fresh();
	put(1, 0x02);
	CHECK(asks() && get(2) == 0xc2);
	CHECK(!asks() && get(2) == 0xc1);
	put(0, 'a');
	CHECK(asks() && cable[0].count == 1 && cable[0].output[0] == 'a');
	CHECK(get(2) == 0xc2 && !asks());
	put(1, 0);
	put(1, 0x02);		/* enabled anew: an event */
	CHECK(asks());
	put(1, 0);
	CHECK(!asks());
	/* The other end is slow. */
	get(2);
	cable[0].room = 2;
	put(1, 0x02);
	get(2);
	for (i = 0; i < 20; i++)
		put(0, 'b' + i);
	CHECK(cable[0].count == 3 && !asks() && !(get(5) & 0x60));
	cable[0].room = 10;
	i16550_can_write(&uart[0]);
	CHECK(cable[0].count == 13 && !asks() && !(get(5) & 0x60));
	cable[0].room = 10;
	i16550_can_write(&uart[0]);
	CHECK(cable[0].count == 19 && asks() && (get(5) & 0x60) == 0x60);
	for (i = 0; i < 18; i++)
		CHECK(cable[0].output[1 + i] == 'b' + i);
	get(2);
	cable[0].room = 0;
	put(0, 'z');
	put(2, 0x85);		/* cleared */
	cable[0].room = 10;
	CHECK(asks() && (get(5) & 0x60) == 0x60);
	i16550_can_write(&uart[0]);
	CHECK(cable[0].count == 19);
}

static void test_receiver(void)
{
	fresh();
	put(1, 0x01);
	CHECK(type("1234567") == 7 && !asks() && get(5) & 1);
	CHECK(type("8") == 1 && asks() && get(2) == 0xc4);
	CHECK(get(0) == '1' && !asks() && get(2) == 0xc1);
	/* The rest waits, until four characters' time is over. */
	machine_pass(&machine[0], 340000);
	CHECK(!asks());
	machine_pass(&machine[0], 10000);
	CHECK(asks() && get(2) == 0xcc);
	put(1, 0);
	CHECK(!asks() && get(2) == 0xc1);
	put(1, 0x01);
	CHECK(get(0) == '2' && !asks());
	machine_pass(&machine[0], MS);
	CHECK(asks());
	CHECK(get(0) == '3' && get(0) == '4' && get(0) == '5');
	CHECK(get(0) == '6' && get(0) == '7' && get(0) == '8');
	machine_pass(&machine[0], MS);
	CHECK(!asks() && get(5) == 0x60 && get(0) == 0);
	/* No more than there is room for. */
	CHECK(type("0123456789abcdefghi") == 16);
	CHECK(type("x") == 0 && get(2) == 0xc4 && !cable[0].asked);
	CHECK(get(0) == '0' && cable[0].asked == 1);
	CHECK(get(0) == '1' && cable[0].asked == 1);
	put(2, 0x83);
	CHECK(!(get(5) & 1) && !asks());
	/* Trigger levels. */
	put(2, 0xc1);
	CHECK(type("0123456789abc") == 13 && !asks());
	put(2, 0x41);
	CHECK(asks());
	/* Without FIFOs there is room for one. */
	put(2, 0);
	CHECK(!(get(5) & 1) && type("xy") == 1 && asks() && get(2) == 0x04);
	CHECK(get(0) == 'x' && !asks() && cable[0].asked == 2);
	machine_pass(&machine[0], MS);
	CHECK(!asks());
}

static void test_status_and_modem(void)
{
	fresh();
	put(1, 0x0f);
	get(2);			/* the transmitter's */
	CHECK(!asks());
	CHECK(type("ab") == 2 && i16550_break(&uart[0]));
	CHECK(!asks() && get(5) == 0xe1);	/* an error, further down */
	CHECK(get(0) == 'a' && get(0) == 'b');
	CHECK(asks() && get(2) == 0xc6 && get(5) == 0xf1);
	CHECK(get(5) == 0x61 && get(0) == 0 && !asks());
	/* Modem status. */
	CHECK(get(6) == 0xb0);
	i16550_modem(&uart[0], I16550_CTS | I16550_RI);
	CHECK(asks() && get(2) == 0xc0 && asks());
	CHECK(get(6) == 0x5a && !asks() && get(6) == 0x50);
	i16550_modem(&uart[0], I16550_CTS);
	CHECK(get(6) == 0x14);
	i16550_modem(&uart[0], 0);
	CHECK(get(6) == 0x01 && get(6) == 0x00);
	/* All at once come in the order of their priority. */
	put(2, 0x07);
	get(2);
	i16550_modem(&uart[0], I16550_CTS);
	put(0, 'x');
	i16550_break(&uart[0]);
	CHECK(get(2) == 0xc6);
	get(5);
	CHECK(get(2) == 0xc4);
	get(0);
	CHECK(get(2) == 0xc2 && get(2) == 0xc0);
	get(6);
	CHECK(get(2) == 0xc1 && !asks());
	/* Without OUT2 nothing gets through. */
	i16550_break(&uart[0]);
	CHECK(asks());
	put(4, 0x03);
	CHECK(!asks() && get(2) == 0xc6);
}

static void test_loop(void)
{
	unsigned int i;

	fresh();
	put(4, 0x18);
	CHECK(get(6) == (0x80 | 0x03));
	put(4, 0x1b);
	CHECK(get(6) == 0xb3);
	put(4, 0x1f);
	CHECK(get(6) == 0xf0);
	put(4, 0x1b);
	CHECK(get(6) == 0xb4);
	put(1, 0x01);
	for (i = 0; i < 18; i++)
		put(0, 'a' + i);
	CHECK(asks() && get(5) == 0x63 && get(5) == 0x61);
	CHECK(type("x") == 0 && !i16550_break(&uart[0]));
	for (i = 0; i < 16; i++)
		CHECK(get(0) == 'a' + i);
	CHECK(!(get(5) & 1) && !cable[0].count && !cable[0].asked);
	put(4, 0x0b);
	CHECK(cable[0].asked == 1);
	put(2, 0);
	put(4, 0x1b);
	put(0, 'a');
	put(0, 'b');
	CHECK(get(5) == 0x63 && get(0) == 'b');
}

/* See i16550_save(). */
static void test_bad_values(void)
{
	struct device *device = &uart[0].device;

	fresh();
	check_bad_value(device, 0, 1, 0x10);		/* IER */
	check_bad_value(device, 1, 1, 0x02);		/* FCR */
	check_bad_value(device, 1, 1, 0x80);		/* without enable */
	check_bad_value(device, 3, 1, 0x20);		/* MCR */
	check_bad_value(device, 6, 1, 0x10);		/* flags */
	check_bad_value(device, 6, 1, 0x04);		/* nothing waits */
	check_bad_value(device, 6, 1, 0x08);
	check_bad_value(device, 9, 8, 101 * NS_PER_S);	/* the wait */
	check_bad_value(device, 17, 1, 17);		/* FIFO */
	CHECK(type("x") == 1);
	check_bad_value(device, 19, 1, 0x20);		/* its errors */
	CHECK(type("y") == 1);
	check_bad_value(device, 1, 1, 0);	/* no FIFO, two bytes */
}

static void step(void)
{
	unsigned int port = PORT + any() % 8, size = 1 << any() % 3, i, taken;
	uint64_t value = any(), pass = any() % (2 * MS);
	uint8_t bytes[24];

	memset(bytes, value, sizeof(bytes));
	switch (any() % 8) {
	case 0:
		machine_pass(&machine[0], pass);
		machine_pass(&machine[1], pass);
		break;
	case 1:
		taken = i16550_receive(&uart[0], bytes, value % 24);
		CHECK(taken == i16550_receive(&uart[1], bytes, value % 24));
		CHECK(taken <= I16550_FIFO);
		break;
	case 2:
		for (i = 0; i < 2; i++) {
			cable[i].room = value % 20;
			i16550_can_write(&uart[i]);
		}
		break;
	case 3:
		if (value & 1)
			CHECK(i16550_break(&uart[0]) ==
				i16550_break(&uart[1]));
		i16550_modem(&uart[0], value);
		i16550_modem(&uart[1], value);
		break;
	case 4:
	case 5:
		CHECK(bus_read(&machine[0].ports, port, size) ==
			bus_read(&machine[1].ports, port, size));
		break;
	default:
		bus_write(&machine[0].ports, port, size, value);
		bus_write(&machine[1].ports, port, size, value);
	}
	CHECK(machine[0].level[4] == machine[1].level[4]);
	CHECK(machine[0].wake == machine[1].wake);
}

static void fuzz(unsigned int rounds)
{
	unsigned int i, runs = machine[0].runs;
	uint64_t begin = machine[0].time;

	machine[1].time = machine[0].time;
	copy_state(&uart[0].device, &uart[1].device);
	cable[1] = cable[0];
	for (i = 0; i < rounds * 10; i++) {
		step();
		CHECK(cable[0].count == cable[1].count);
		if (any() % 32 == 0) {
			uart[1].device.ops->reset(&uart[1].device);
			copy_state(&uart[0].device, &uart[1].device);
		}
	}
	check_same_state(&uart[0].device, &uart[1].device);
	CHECK(!memcmp(cable[0].output, cable[1].output,
		sizeof(cable[0].output)));
	CHECK(machine[0].runs - runs <=
		(machine[0].time - begin) / 100000 + 1);
}

int main(int count, char **arguments)
{
	unsigned int rounds = start("test_i16550", count, arguments), i;

	for (i = 0; i < 2; i++) {
		machine_init(&machine[i]);
		CHECK(!i16550_init(&uart[i], &machine[i].ports, PORT,
			&machine[i].clock, machine_input(&machine[i], 4),
			&ops, &cable[i]));
	}
	CHECK(i16550_init(&(struct i16550){0}, &machine[0].ports, PORT + 7,
		&machine[0].clock, (struct line){0}, &ops, NULL) == -EEXIST);
	test_registers();
	test_transmitter();
	test_receiver();
	test_status_and_modem();
	test_loop();
	test_bad_values();
	for (i = 0; i < 20; i++) {
		fuzz(rounds / 20 + 1);
		check_bad_loads(&uart[0].device, rounds / 20 + 1);
	}
	for (i = 0; i < 2; i++) {
		uart[i].device.ops->exit(&uart[i].device);
		CHECK(!machine[i].ports.count && !machine[i].clock.first);
		bus_free(&machine[i].ports);
	}
	return 0;
}
