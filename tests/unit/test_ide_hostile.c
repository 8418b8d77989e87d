/* Wrong guests of the IDE controller: HOSTILE N28, N29. */
/* SPDX-License-Identifier: MIT */
#include "fake_ide.h"

#include <fcntl.h>

#define MB	(1u << 20)

static const uint8_t read_10[12] = { 0x28, 0, 0, 0, 0, 1, 0, 0, 40 };

static unsigned int operations(const char *row)
{
	const char *text = getenv("SOCLE_TEST_OPERATIONS");
	unsigned int count = text ? strtoul(text, NULL, 0) : 20000;

	printf("%s: %u operations from %#llx\n", row, count,
		(unsigned long long)seed_state);
	fflush(stdout);
	return count;
}

/* After whatever was: a reset, and the drives say what they are. */
static void works(unsigned int place)
{
	unsigned int channel = place / 2;

	port_out(controls[channel], 1, 0x04);
	port_out(controls[channel], 1, 0x00);
	settled(channel);
	CHECK(simple(place, 0xec, 0, 0) == (IDE_GOOD | IDE_DRQ));
	while (settled(channel) & IDE_DRQ)
		port_in(commands[channel], 2);
	CHECK(in_register(channel, 7) == IDE_GOOD);
}

/* The row, step by step. */
static void repeated_command(bool threads)
{
	static uint8_t data[512];
	unsigned int i;
	int fd;

	up(threads);
	fd = add_drive(0, SCSI_DISK, MB);
	memset(data, 0x5a, sizeof(data));
	out_register(0, 6, IDE_LBA);
	port_out(0x1f3, 1, 0x10);
	port_out(0x1f2, 1, 0x77);
	port_out(0x1f7, 1, 0x30);
	CHECK(settled(0) == (IDE_GOOD | IDE_DRQ));
	give(0, data, 512);
	for (i = 0; i < 0x10000; i++)
		port_out(0x1f7, 1, 0x30);
	CHECK(settled(0) == (IDE_GOOD | IDE_DRQ));
	/* All that is due, and much more. */
	for (i = 0; i < 0x77 * 256 * 4; i++) {
		port_out(0x1f0, 2, i);
		if (i % 256 == 0)
			settled(0);
	}
	CHECK(settled(0) == IDE_GOOD);
	for (i = 0; i < 0x10000; i++)
		CHECK(port_in(0x1f0, 2) == 0xffff);
	/* What was written is where it was to be, and nowhere else. */
	CHECK(pread(fd, data, 512, 0x10 * 512) == 512 && data[0] == 0x5a);
	CHECK(pread(fd, data, 512, 0xf * 512) == 512 && !data[511]);
	CHECK(pread(fd, data, 512, (0x10 + 0x77) * 512) == 512 && !data[0]);
	works(0);
}

/* Every register while the thread is at work. */
static void changed_while_busy(void)
{
	const struct fake_command command = { .number = 0x25, .count = 8,
		.is_long = true, .device = IDE_LBA };
	unsigned int i;

	up(false);
	add_drive(0, SCSI_DISK, MB);
	add_drive(1, SCSI_DVD, MB);
	list_entry(0, PLACE, 4096, true);
	tell(0, &command);
	master_start(0, true);
	CHECK(port_in(controls[0], 1) == IDE_BSY);
	for (i = 1; i < 8; i++) {
		out_register(0, i, 0xff);
		port_out(commands[0] + i, 1, IDE_SECOND);
	}
	CHECK(in_register(0, 6) == (IDE_LBA | 0xa0));
	CHECK(port_in(commands[0], 4) == 0xffffffff);
	port_out(commands[0], 4, 0);
	CHECK(port_in(controls[0], 1) == IDE_BSY);
	CHECK(settled(0) == IDE_GOOD && interrupted(0));
	master_stop(0);
	/* While data wait, too. */
	packet(1, read_10, 12, false, 2048);
	CHECK(settled(0) == (IDE_GOOD | IDE_DRQ));
	out_register(0, 6, 0);
	out_register(0, 7, 0xec);
	CHECK(in_register(0, 6) == (IDE_SECOND | 0xa0));
	CHECK(in_register(0, 7) == (IDE_GOOD | IDE_DRQ));
	/* Nobody has the enlightened way of firmware. */
	CHECK(port_in(0x1e0, 4) == 0xffffffff);
	CHECK(port_in(0x160, 4) == 0xffffffff);
}

/* Bytes, words and double words across a block's end; a byte takes a word. */
static void mixed_sizes(void)
{
	static const unsigned int sizes[] = { 1, 2, 4 };
	unsigned int round, left, size;

	up(false);
	add_drive(0, SCSI_DISK, MB);
	for (round = 0; round < 200; round++) {
		CHECK(simple(0, 0xec, 0, 0) == (IDE_GOOD | IDE_DRQ));
		for (left = 512; left; ) {
			CHECK(settled(0) == (IDE_GOOD | IDE_DRQ));
			size = sizes[any() % 3];
			port_in(commands[0], size);
			size = size == 4 ? 4 : 2;
			left -= size < left ? size : left;
		}
		CHECK(in_register(0, 7) == IDE_GOOD);
		CHECK(simple(0, 0x30, 0, 2) == (IDE_GOOD | IDE_DRQ));
		while (settled(0) & IDE_DRQ)
			port_out(commands[0], sizes[any() % 3], any());
		CHECK(in_register(0, 7) == IDE_GOOD);
	}
}

/* IDENTIFY and a part of the answer, then something else. */
static void partial_reads(void)
{
	unsigned int i;

	up(false);
	add_drive(0, SCSI_DISK, MB);
	for (i = 0; i < 256; i++) {
		CHECK(simple(0, 0xec, 0, 0) == (IDE_GOOD | IDE_DRQ));
		take(0, fake_memory, 2 * (any() % 256));
		/* Still its data: nothing else is heard. */
		out_register(0, 7, 0x20);
		out_register(0, 7, 0xe7);
		CHECK(settled(0) == (IDE_GOOD | IDE_DRQ));
		works(0);
	}
}

/* Without an end, without a length, round the end of memory, over itself. */
static void wrong_lists(bool threads)
{
	struct fake_command command = { .number = 0x25, .count = 0,
		.is_long = true, .device = IDE_LBA };
	uint32_t i, entry[2] = { PLACE, 2 };

	up(threads);
	add_drive(0, SCSI_DISK, 64 * MB);
	/* 65536 sectors, two bytes each time, from a list that never ends: it
	 * runs out of memory, or the data do. */
	for (i = 0; i < FAKE_RAM - LIST; i += 8)
		memcpy(fake_memory + LIST + i, entry, 8);
	tell(0, &command);
	master_start(0, true);
	CHECK(settled(0) & (IDE_ERR | IDE_DRDY));
	master_stop(0);
	works(0);
	/* 0 is 64 KB. */
	list_entry(0, PLACE, 0, false);
	list_entry(1, PLACE, 0, true);
	command.count = 256;
	tell(0, &command);
	master_start(0, true);
	CHECK(settled(0) == IDE_GOOD && interrupted(0));
	master_stop(0);
	/* Where no memory is, and at its end. */
	list_entry(0, FAKE_RAM - 2, 4096, true);
	tell(0, &command);
	master_start(0, true);
	CHECK(settled(0) == (IDE_GOOD | IDE_ERR));
	CHECK(master_stop(0) & IDE_MASTER_ERROR);
	port_out(MASTER + 4, 4, 0xfffffffc);
	tell(0, &command);
	port_out(MASTER, 1, 9);
	CHECK(settled(0) == (IDE_GOOD | IDE_ERR));
	CHECK(master_stop(0) & IDE_MASTER_ERROR);
	/* The list lies where the data come. */
	list_entry(0, LIST, 64, false);
	tell(0, &command);
	master_start(0, true);
	settled(0);
	master_stop(0);
	works(0);
	/* A guest that does not let it. */
	out_config(4, 2, 1);
	list_entry(0, PLACE, 0, true);
	command.count = 1;
	tell(0, &command);
	master_start(0, true);
	turn();
	CHECK(port_in(controls[0], 1) == IDE_BSY);
	out_config(4, 2, 5);
	CHECK(settled(0) == IDE_GOOD);
}

static void drives_change(void)
{
	unsigned int place = any() % IDE_PLACES;
	struct storvsp *store = ide_place(&ide, place);
	struct image *image;

	switch (any() % 5) {
	case 0:
		lun_remove(store, 0);
		break;
	case 1:
		image = fake_image(fake_file(MB), any() % 2);
		if (lun_add(store, 0, any() % 2 ? SCSI_DVD : SCSI_DISK, image))
			image_put(image);
		break;
	case 2:
		image = fake_image(fake_file(2 * MB), true);
		if (lun_insert(store, 0, image))
			image_put(image);
		break;
	case 3:
		lun_eject(store, 0);
		break;
	case 4:
		lun_grow(store, 0, 2 * MB);
		break;
	}
}

static void saved_and_loaded(void)
{
	struct stream stream = { 0 }, again = { 0 };
	struct device *device = &ide.device;
	size_t at;

	ide_pause(&ide);
	pthread_mutex_lock(&device_lock);
	device->ops->save(device, &stream);
	if (any() % 2) {
		at = any() % stream.size;
		stream.data[at] ^= 1 << any() % 8;
		device->ops->load(device, &stream, 1);
	} else {
		CHECK(!device->ops->load(device, &stream, 1));
		device->ops->save(device, &again);
		CHECK(again.size == stream.size &&
			!memcmp(again.data, stream.data, again.size));
	}
	pthread_mutex_unlock(&device_lock);
	ide_go(&ide);
	stream_free(&stream);
	stream_free(&again);
}

static void any_list(void)
{
	unsigned int i;

	for (i = 0; i < 4; i++)
		list_entry(i, any() % 8 ? PLACE + any() % 65536 : any(),
			any() % 4 ? any() % 4096 : any(), any() % 2);
}

static void any_packet(unsigned int channel)
{
	uint8_t cdb[12];
	unsigned int i;
	uint64_t bits;

	for (i = 0; i < sizeof(cdb); i++)
		cdb[i] = any() % 3 ? 0 : any();
	bits = any();
	if (bits % 2)
		memcpy(cdb, read_10, sizeof(cdb));
	out_register(channel, 1, bits >> 8 & 1);
	out_register(channel, 4, any());
	out_register(channel, 5, any() % 16);
	out_register(channel, 7, 0xa0);
	give(channel, cdb, sizeof(cdb));
}

static void any_command(unsigned int channel)
{
	static const uint8_t known[] = { 0x06, 0x08, 0x20, 0x24, 0x25, 0x29,
		0x30, 0x34, 0x35, 0x39, 0x3d, 0x90, 0x91, 0xa0, 0xa1, 0xc4,
		0xc5, 0xc6, 0xc8, 0xca, 0xe7, 0xea, 0xec, 0xef, 0xf8 };
	unsigned int i;

	out_register(channel, 6, any());
	for (i = 1; i < 6; i++) {
		out_register(channel, i, any() % 2 ? any() : any() % 4);
		if (any() % 4)
			out_register(channel, i, any() % 2 ? 0 : any());
	}
	out_register(channel, 7, any() % 4 ?
		known[any() % sizeof(known)] : any());
}

static void anything(void)
{
	static const unsigned int sizes[] = { 1, 2, 4 };
	unsigned int channel = any() % 2, size = sizes[any() % 3], i;

	switch (any() % 16) {
	case 0: case 1:
		port_out(commands[channel] + any() % 8, size, any());
		break;
	case 2:
		port_in(commands[channel] + any() % 8, size);
		break;
	case 3:
		port_out(controls[channel], 1, any() % 4 ? 0 : any());
		break;
	case 4: case 5:
		any_command(channel);
		break;
	case 6: case 7:
		for (i = any() % 5000; i; i--)
			port_in(commands[channel], sizes[i % 3]);
		break;
	case 8: case 9:
		for (i = any() % 5000; i; i--)
			port_out(commands[channel], sizes[i % 3], any());
		break;
	case 10:
		port_out(MASTER + any() % 16, size, any());
		break;
	case 11:
		any_list();
		master_start(channel, any() % 2);
		break;
	case 12:
		master_stop(channel);
		break;
	case 13:
		any_packet(channel);
		break;
	case 14:
		if (any() % 64 == 0)
			out_config(any() % 256, 1, any());
		if (any() % 4 == 0)
			set_up_function();
		break;
	case 15:
		if (any() % 8 == 0)
			drives_change();
		if (any() % 32 == 0)
			saved_and_loaded();
		if (any() % 64 == 0)
			reset_ide();
		break;
	}
}

static void at_random(bool threads)
{
	unsigned int left = operations(threads ? "N28, N29, threads" :
		"N28, N29");

	up(threads);
	add_drive(0, SCSI_DISK, MB);
	add_drive(1, SCSI_DVD, MB);
	add_drive(3, SCSI_DISK, MB);
	while (left--) {
		anything();
		if (!threads && any() % 2)
			turn();
	}
	lun_remove(ide_place(&ide, 0), 0);
	ide_pause(&ide);
	ide_go(&ide);
	reset_ide();
	add_drive(0, SCSI_DISK, MB);
	works(0);
}

int main(int count, char **arguments)
{
	start("ide_hostile", count, arguments);
	repeated_command(false);
	repeated_command(true);
	changed_while_busy();
	mixed_sizes();
	partial_reads();
	wrong_lists(false);
	wrong_lists(true);
	at_random(false);
	at_random(true);
	down();
	return 0;
}
