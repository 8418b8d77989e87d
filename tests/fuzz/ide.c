/* IDE: any accesses of ports and lists in memory, while drives come and go. */
/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include "fake_ide.h"

#define SIZE	(1u << 20)

enum { IN, OUT, COMMAND, TAKE, GIVE, LIST_ENTRY, START, STOP, PACKET, TURN,
	DRIVE, SAVE, KINDS };

static bool is_begun, is_changed;

static void begin(void)
{
	up(false);
	add_drive(0, SCSI_DISK, SIZE);
	add_drive(1, SCSI_DVD, SIZE);
	add_drive(2, SCSI_DVD, 0);
	is_begun = true;
	is_changed = false;
}

/* As after power-on, with the drives of before. */
static void begin_again(void)
{
	memset(fake_memory + LIST, 0, PLACE + 0x10000 - LIST);
	turn();
	reset_ide();
}

static uint16_t port(uint8_t number)
{
	uint16_t base = commands[number >> 4 & 1];

	switch (number >> 5 & 3) {
	case 0: case 1: return base + number % 8;
	case 2: return controls[number >> 4 & 1];
	default: return MASTER + number % 16;
	}
}

static void command(struct input *input)
{
	uint8_t channel = input_byte(input) % 2;
	unsigned int i;

	out_register(channel, 6, input_byte(input));
	for (i = 1; i < 6; i++) {
		out_register(channel, i, input_byte(input));
		out_register(channel, i, input_byte(input));
	}
	out_register(channel, 7, input_byte(input));
}

static void move(struct input *input, bool taken)
{
	uint8_t how = input_byte(input);
	uint32_t count = input_byte(input) * 16u;
	unsigned int size = 1u << how % 3;

	while (count--)
		if (taken)
			port_in(commands[how >> 7], size);
		else
			port_out(commands[how >> 7], size, count);
}

static void entry(struct input *input)
{
	uint8_t number = input_byte(input) % 16;
	uint32_t address = input_word(input), size = input_word(input);

	list_entry(number, address, size, size >> 31);
}

static void cdb(struct input *input)
{
	uint8_t channel = input_byte(input) % 2, bytes[12];

	out_register(channel, 1, input_byte(input));
	out_register(channel, 4, input_byte(input));
	out_register(channel, 5, input_byte(input));
	out_register(channel, 7, 0xa0);
	input_take(input, bytes, sizeof(bytes));
	give(channel, bytes, sizeof(bytes));
}

static void drive(struct input *input)
{
	uint8_t how = input_byte(input);
	struct storvsp *store = ide_place(&ide, how % 4);
	struct image *image;

	is_changed = true;
	if (how & 0x10)
		lun_remove(store, 0);
	if (how & 0x20)
		lun_eject(store, 0);
	if (!(how & 0xc0))
		return;
	image = fake_image(fake_file(SIZE), how & 0x08);
	if (how & 0x40 ? lun_insert(store, 0, image) :
	    lun_add(store, 0, how & 0x04 ? SCSI_DVD : SCSI_DISK, image))
		image_put(image);
}

/* A bit of it may be another. */
static void save_it(struct input *input)
{
	struct stream stream = { 0 };
	uint32_t at = input_word(input);

	ide.device.ops->save(&ide.device, &stream);
	if (at % 2)
		stream.data[at / 2 % stream.size] ^= input_byte(input);
	if (ide.device.ops->load(&ide.device, &stream, 1))
		CHECK(at % 2);
	stream_free(&stream);
}

static void step(struct input *input)
{
	uint8_t how = input_byte(input), which = input_byte(input);
	unsigned int size = 1u << which / 0x80;

	switch (how % KINDS) {
	case IN: port_in(port(which), size); break;
	case OUT: port_out(port(which), size, input_byte(input)); break;
	case COMMAND: command(input); break;
	case TAKE: move(input, true); break;
	case GIVE: move(input, false); break;
	case LIST_ENTRY: entry(input); break;
	case START: master_start(which % 2, which & 2); break;
	case STOP: master_stop(which % 2); break;
	case PACKET: cdb(input); break;
	case DRIVE: drive(input); break;
	case SAVE: save_it(input); break;
	default: turn(); break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct input input = { bytes, size };

	if (!is_begun || is_changed)
		begin();
	begin_again();
	while (input.left)
		step(&input);
	return 0;
}
