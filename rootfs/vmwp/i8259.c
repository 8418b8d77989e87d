/* The pair of interrupt controllers of a PC (Intel 8259A, with ELCR). */
/* SPDX-License-Identifier: MIT */
#include "i8259.h"

#include <errno.h>
#include <string.h>

#define MASTER_PORT	0x20
#define SLAVE_PORT	0xa0
#define ELCR_PORT	0x4d0
#define CASCADE		2	/* the master's input that the slave drives */

#define ICW1		0x10
#define ICW1_IC4	0x01
#define ICW1_SNGL	0x02
#define ICW4_AEOI	0x02
#define ICW4_SFNM	0x10
#define OCW3		0x08
#define OCW3_RIS	0x01
#define OCW3_RR		0x02
#define OCW3_POLL	0x04
#define OCW3_SMM	0x20
#define OCW3_ESMM	0x40
#define POLL_REQUEST	0x80

/* Timer, keyboard, cascade; clock and coprocessor: edges always (PIIX4, ELCR1
 * and ELCR2). ICW1's LTIM bit has no effect beside these registers. */
static const uint8_t elcr_mask[2] = {0xf8, 0xde};

static uint8_t requests(const struct i8259_chip *chip)
{
	return (chip->level & chip->inputs) | (~chip->level & chip->edges);
}

/* The bit's input with the highest priority: 0-7; 8 for no bits. */
static unsigned int highest(const struct i8259_chip *chip, uint8_t bits)
{
	unsigned int i, input;

	for (i = 1; i <= 8; i++) {
		input = (chip->lowest + i) % 8;
		if (bits & 1 << input)
			return input;
	}
	return 8;
}

/* Distance from the top: 0 is the highest priority, 8 stands for none. */
static unsigned int rank(const struct i8259_chip *chip, unsigned int input)
{
	return input == 8 ? 8 : (input - chip->lowest + 7) % 8;
}

/*
 * The input to be served next; 8: none. What is in service holds back its own
 * level and those below. In special mask mode a masked level in service holds
 * back nothing; in special fully nested mode the slave may ask again.
 */
static unsigned int pending(const struct i8259_chip *chip)
{
	unsigned int input = highest(chip, requests(chip) & ~chip->imr);
	uint8_t service = chip->isr;

	if (!chip->initialised)
		return 8;
	if (chip->special_mask)
		service &= ~chip->imr;
	if (chip->nested && chip->master)
		service &= ~(1 << CASCADE);
	return rank(chip, input) < rank(chip, highest(chip, service)) ?
		input : 8;
}

static void chip_set(struct i8259_chip *chip, unsigned int input, bool level)
{
	uint8_t bit = 1 << input;

	if (!level) {
		/* An input must stay high until it is acknowledged. */
		chip->inputs &= ~bit;
		chip->edges &= ~bit;
	} else if (!(chip->inputs & bit)) {
		chip->inputs |= bit;
		chip->edges |= bit;
	}
}

static void update(struct i8259 *pic)
{
	chip_set(&pic->chip[0], CASCADE, pending(&pic->chip[1]) != 8);
	line_set(&pic->output, pending(&pic->chip[0]) != 8);
}

void i8259_set(void *context, unsigned int number, bool level)
{
	struct i8259 *pic = context;

	if (number >= 16 || number == CASCADE)
		return;
	chip_set(&pic->chip[number / 8], number % 8, level);
	update(pic);
}

static void chip_eoi(struct i8259_chip *chip, unsigned int input, bool rotate)
{
	if (input == 8)
		return;
	chip->isr &= ~(1 << input);
	if (rotate)
		chip->lowest = input;
}

/* Returns the input; a request that has gone is taken for input 7. */
static unsigned int chip_acknowledge(struct i8259_chip *chip)
{
	unsigned int input = pending(chip);

	if (input == 8)
		return 8;
	chip->edges &= ~(1 << input);
	chip->isr |= 1 << input;
	if (chip->auto_eoi)
		chip_eoi(chip, input, chip->rotate);
	return input;
}

uint8_t i8259_acknowledge(struct i8259 *pic)
{
	struct i8259_chip *chip = &pic->chip[0];
	unsigned int input = chip_acknowledge(chip);

	if (input == CASCADE && !chip->single) {
		chip = &pic->chip[1];
		input = chip_acknowledge(chip);
		/* Its output falls at the acknowledge, so that what is still
		 * waiting there is a new edge for the master. */
		chip_set(&pic->chip[0], CASCADE, false);
	}
	update(pic);
	return chip->base | (input == 8 ? 7 : input);
}

static void write_icw1(struct i8259_chip *chip, uint8_t value)
{
	chip->edges = 0;
	chip->imr = 0;
	chip->isr = 0;
	chip->lowest = 7;
	chip->special_mask = false;
	chip->read_isr = false;
	chip->poll = false;
	chip->auto_eoi = false;
	chip->nested = false;
	chip->rotate = false;
	chip->initialised = false;
	chip->single = value & ICW1_SNGL;
	chip->want_icw4 = value & ICW1_IC4;
	chip->step = 2;
}

static void write_ocw2(struct i8259_chip *chip, uint8_t value)
{
	uint8_t service = chip->isr;

	/* A masked level in service is left alone by an EOI that names none
	 * (data sheet, end of interrupt). */
	if (chip->special_mask)
		service &= ~chip->imr;
	switch (value >> 5) {
	case 0:
	case 4:
		chip->rotate = value >> 7;
		break;
	case 1:
	case 5:
		chip_eoi(chip, highest(chip, service), value >> 7);
		break;
	case 3:
	case 7:
		chip_eoi(chip, value & 7, value >> 7);
		break;
	case 6:
		chip->lowest = value & 7;
		break;
	}
}

static void write_ocw3(struct i8259_chip *chip, uint8_t value)
{
	if (value & OCW3_ESMM)
		chip->special_mask = value & OCW3_SMM;
	if (value & OCW3_RR)
		chip->read_isr = value & OCW3_RIS;
	chip->poll = value & OCW3_POLL;
}

/* ICW2 to ICW4, or the mask. */
static void write_data(struct i8259_chip *chip, uint8_t value)
{
	switch (chip->step) {
	case 2:
		chip->base = value & 0xf8;
		chip->step = !chip->single ? 3 : chip->want_icw4 ? 4 : 0;
		break;
	case 3:
		/* The wiring is fixed, whatever the guest says of it. */
		chip->step = chip->want_icw4 ? 4 : 0;
		break;
	case 4:
		chip->auto_eoi = value & ICW4_AEOI;
		chip->nested = value & ICW4_SFNM;
		chip->step = 0;
		break;
	default:
		chip->imr = value;
		return;
	}
	chip->initialised = !chip->step;
}

static void chip_write(
	struct i8259 *pic, struct i8259_chip *chip, bool data, uint8_t value)
{
	if (data)
		write_data(chip, value);
	else if (value & ICW1)
		write_icw1(chip, value);
	else if (value & OCW3)
		write_ocw3(chip, value);
	else
		write_ocw2(chip, value);
	update(pic);
}

/* A poll is an acknowledge of this chip alone. */
static uint8_t chip_read(struct i8259 *pic, struct i8259_chip *chip, bool data)
{
	unsigned int input;

	if (chip->poll) {
		chip->poll = false;
		input = chip_acknowledge(chip);
		if (!chip->master)
			chip_set(&pic->chip[0], CASCADE, false);
		update(pic);
		return input == 8 ? 7 : POLL_REQUEST | input;
	}
	if (data)
		return chip->imr;
	return chip->read_isr ? chip->isr : requests(chip);
}

static uint8_t i8259_read(void *context, unsigned int port)
{
	struct i8259 *pic = context;

	if (port >= ELCR_PORT)
		return pic->chip[port - ELCR_PORT].level;
	return chip_read(pic, &pic->chip[port >= SLAVE_PORT], port & 1);
}

static void i8259_write(void *context, unsigned int port, uint8_t value)
{
	struct i8259 *pic = context;

	if (port < ELCR_PORT) {
		chip_write(pic, &pic->chip[port >= SLAVE_PORT], port & 1,
			value);
		return;
	}
	port -= ELCR_PORT;
	pic->chip[port].level = value & elcr_mask[port];
	update(pic);
}

static const struct isa_ops port_ops = {
	.read = i8259_read,
	.write = i8259_write,
};

/* The inputs are wires: what others drive outlasts a reset. All masked, as no
 * firmware has set up vectors yet. */
static void i8259_reset(struct device *device)
{
	struct i8259 *pic = (struct i8259 *)device;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		pic->chip[i] = (struct i8259_chip){
			.master = !i,
			.inputs = pic->chip[i].inputs,
			.lowest = 7,
			.imr = 0xff,
		};
	}
	update(pic);
}

static void chip_save(const struct i8259_chip *chip, struct stream *to)
{
	stream_put(to, chip->level, 1);
	stream_put(to, chip->inputs, 1);
	stream_put(to, chip->edges, 1);
	stream_put(to, chip->imr, 1);
	stream_put(to, chip->isr, 1);
	stream_put(to, chip->lowest, 1);
	stream_put(to, chip->base, 1);
	stream_put(to, chip->step, 1);
	stream_put(to, chip->single | chip->want_icw4 << 1 |
		chip->auto_eoi << 2 | chip->nested << 3 | chip->rotate << 4 |
		chip->special_mask << 5 | chip->read_isr << 6 |
		chip->poll << 7 | chip->initialised << 8, 2);
}

static void i8259_save(const struct device *device, struct stream *to)
{
	const struct i8259 *pic = (const struct i8259 *)device;

	chip_save(&pic->chip[0], to);
	chip_save(&pic->chip[1], to);
}

static void chip_load(struct i8259_chip *chip, struct stream *from)
{
	unsigned int flags;

	chip->level = stream_get(from, 1);
	chip->inputs = stream_get(from, 1);
	chip->edges = stream_get(from, 1);
	chip->imr = stream_get(from, 1);
	chip->isr = stream_get(from, 1);
	chip->lowest = stream_get(from, 1);
	chip->base = stream_get(from, 1);
	chip->step = stream_get(from, 1);
	flags = stream_get(from, 2);
	chip->single = flags & 1;
	chip->want_icw4 = flags & 2;
	chip->auto_eoi = flags & 4;
	chip->nested = flags & 8;
	chip->rotate = flags & 0x10;
	chip->special_mask = flags & 0x20;
	chip->read_isr = flags & 0x40;
	chip->poll = flags & 0x80;
	chip->initialised = flags & 0x100;
}

static bool chip_sane(const struct i8259_chip *chip)
{
	return !(chip->level & ~elcr_mask[!chip->master]) &&
		!(chip->edges & ~chip->inputs) && chip->lowest < 8 &&
		!(chip->base & 7) && chip->step <= 4 && chip->step != 1 &&
		!(chip->initialised && chip->step);
}

static int i8259_load(
	struct device *device, struct stream *from, unsigned int version)
{
	struct i8259 *pic = (struct i8259 *)device;
	struct i8259_chip chip[2] = {{.master = true}, {.master = false}};

	chip_load(&chip[0], from);
	chip_load(&chip[1], from);
	if (version != device->ops->version || from->failed ||
			!chip_sane(&chip[0]) || !chip_sane(&chip[1])) {
		i8259_reset(device);
		return -EINVAL;
	}
	memcpy(pic->chip, chip, sizeof(chip));
	update(pic);
	return 0;
}

static void i8259_exit(struct device *device)
{
	struct i8259 *pic = (struct i8259 *)device;

	isa_remove(pic->bus, pic->ports, 3);
}

static const struct device_ops i8259_ops = {
	.name = "i8259",
	.version = 1,
	.reset = i8259_reset,
	.save = i8259_save,
	.load = i8259_load,
	.exit = i8259_exit,
};

int i8259_init(struct i8259 *pic, struct bus *ports, struct line output)
{
	int error;

	memset(pic, 0, sizeof(*pic));
	pic->device.ops = &i8259_ops;
	pic->bus = ports;
	pic->output = output;
	pic->ports[0] = (struct isa_ports){MASTER_PORT, 2, &port_ops, pic};
	pic->ports[1] = (struct isa_ports){SLAVE_PORT, 2, &port_ops, pic};
	pic->ports[2] = (struct isa_ports){ELCR_PORT, 2, &port_ops, pic};
	error = isa_add(ports, pic->ports, 3);
	if (!error)
		i8259_reset(&pic->device);
	return error;
}
