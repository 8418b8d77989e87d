/* The IDE controller with a guest that is right. */
/* SPDX-License-Identifier: MIT */
#include "fake_ide.h"

#include <fcntl.h>

#define MB	(1u << 20)
#define GB	(1ull << 30)

static uint8_t sector[65536], other[65536];

static void fill(uint8_t *to, uint32_t size)
{
	while (size--)
		*to++ = any();
}

static uint16_t word(unsigned int number)
{
	return sector[2 * number] | sector[2 * number + 1] << 8;
}

static void nobody_is_there(void)
{
	up(false);
	CHECK(in_register(0, 7) == 0xff && port_in(controls[0], 1) == 0xff);
	add_drive(1, SCSI_DISK, MB);
	CHECK(in_register(0, 7) == 0);
	out_register(0, 6, IDE_SECOND);
	CHECK(in_register(0, 7) == IDE_GOOD);
	CHECK(in_register(1, 7) == 0xff);
	/* A command to the one that is not there. */
	out_register(0, 6, 0);
	out_register(0, 7, 0xec);
	CHECK(in_register(0, 7) == 0 && !interrupted(0));
}

static void function_is_there(void)
{
	up(false);
	CHECK(in_config(0, 4) == 0x70108086);
	CHECK(in_config(8, 4) >> 8 == 0x010180);
	CHECK(in_config(0x40, 4) == 0x80008000);
	CHECK(in_config(0x20, 4) == (MASTER | 1));
}

static void signatures(void)
{
	up(false);
	add_drive(0, SCSI_DISK, MB);
	add_drive(1, SCSI_DVD, 0);
	port_out(controls[0], 1, 0x04);
	CHECK(port_in(controls[0], 1) == IDE_BSY);
	port_out(controls[0], 1, 0x00);
	CHECK(in_register(0, 7) == IDE_GOOD && in_register(0, 1) == 1);
	CHECK(in_register(0, 2) == 1 && in_register(0, 3) == 1);
	CHECK(!in_register(0, 4) && !in_register(0, 5));
	out_register(0, 6, IDE_SECOND);
	CHECK(in_register(0, 7) == 0);
	CHECK(in_register(0, 4) == 0x14 && in_register(0, 5) == 0xeb);
	/* Registers keep what a guest writes, of both. */
	out_register(0, 2, 0x55);
	out_register(0, 3, 0xaa);
	CHECK(in_register(0, 2) == 0x55 && in_register(0, 3) == 0xaa);
	out_register(0, 6, 0);
	CHECK(in_register(0, 2) == 0x55 && in_register(0, 3) == 0xaa);
	out_register(0, 2, 0x11);
	port_out(controls[0], 1, 0x80);
	CHECK(in_register(0, 2) == 0x55);
	CHECK(simple(0, 0x90, 0, 0) == IDE_GOOD && in_register(0, 1) == 1);
}

static void identifies(void)
{
	char model[41] = "";
	unsigned int i;

	up(false);
	add_drive(0, SCSI_DISK, 10 * GB);
	CHECK(simple(0, 0xec, 0, 0) == (IDE_GOOD | IDE_DRQ));
	CHECK(interrupted(0));
	in_register(0, 7);
	CHECK(!interrupted(0));
	take(0, sector, 512);
	CHECK(in_register(0, 7) == IDE_GOOD && !interrupted(0));
	CHECK(port_in(commands[0], 2) == 0xffff);
	for (i = 0; i < 20; i++) {
		model[2 * i] = word(27 + i) >> 8;
		model[2 * i + 1] = word(27 + i);
	}
	CHECK(!strncmp(model, "Virtual HD   ", 13));
	CHECK(word(0) == 0x40 && word(1) == 16383 && word(3) == 16);
	CHECK(word(60) == (10 * GB / 512 & 0xffff));
	CHECK(word(61) == 10 * GB / 512 >> 16);
	CHECK(word(100) == word(60) && word(101) == word(61) && !word(102));
	CHECK(word(83) & 0x0400 && word(49) & 0x0300);
	/* IDENTIFY PACKET is no command of a disk's. */
	CHECK(simple(0, 0xa1, 0, 0) == (IDE_GOOD | IDE_ERR));
	CHECK(in_register(0, 1) == IDE_ABRT && interrupted(0));
}

/* What a disk by PIO gives is what is in the file, in blocks of that size. */
static void reads(uint8_t number, bool is_long, uint32_t count, uint32_t block,
	int fd)
{
	const struct fake_command command = { .number = number, .at = 77,
		.count = count, .is_long = is_long, .device = IDE_LBA };
	uint32_t left = count, part;

	CHECK(pread(fd, other, count * 512, 77 * 512) == (int)count * 512);
	memset(sector, 0, sizeof(sector));
	tell(0, &command);
	for (; left; left -= part) {
		part = left < block ? left : block;
		CHECK(settled(0) == (IDE_GOOD | IDE_DRQ) && interrupted(0));
		CHECK(in_register(0, 7) == (IDE_GOOD | IDE_DRQ));
		take(0, sector + (count - left) * 512, part * 512);
	}
	CHECK(settled(0) == IDE_GOOD && !interrupted(0));
	CHECK(!memcmp(sector, other, count * 512));
}

static void writes(uint8_t number, bool is_long, uint32_t count,
	uint32_t block, int fd)
{
	const struct fake_command command = { .number = number, .at = 99,
		.count = count, .is_long = is_long, .device = IDE_LBA };
	uint32_t left = count, part;

	fill(sector, count * 512);
	tell(0, &command);
	CHECK(settled(0) == (IDE_GOOD | IDE_DRQ) && !interrupted(0));
	for (; left; left -= part) {
		part = left < block ? left : block;
		CHECK(settled(0) == (IDE_GOOD | IDE_DRQ));
		give(0, sector + (count - left) * 512, part * 512);
		settled(0);
		CHECK(interrupted(0));
		in_register(0, 7);
		CHECK(!interrupted(0));
	}
	CHECK(in_register(0, 7) == IDE_GOOD);
	CHECK(pread(fd, other, count * 512, 99 * 512) == (int)count * 512);
	CHECK(!memcmp(sector, other, count * 512));
}

static void by_pio(bool threads)
{
	int fd;

	up(threads);
	fd = add_drive(0, SCSI_DISK, MB);
	fill(sector, 65536);
	CHECK(pwrite(fd, sector, 65536, 77 * 512) == 65536);
	reads(0x20, false, 1, 1, fd);
	reads(0x21, false, 128, 1, fd);
	reads(0x24, true, 100, 1, fd);
	CHECK(simple(0, 0xc4, 0, 1) == (IDE_GOOD | IDE_ERR));
	CHECK(simple(0, 0xc6, 0, 3) == (IDE_GOOD | IDE_ERR));
	CHECK(simple(0, 0xc6, 0, 32) == (IDE_GOOD | IDE_ERR));
	CHECK(simple(0, 0xc6, 0, 16) == IDE_GOOD);
	in_register(0, 7);
	reads(0xc4, false, 33, 16, fd);
	reads(0x29, true, 16, 16, fd);
	writes(0x30, false, 1, 1, fd);
	writes(0x31, false, 128, 1, fd);
	writes(0x34, true, 100, 1, fd);
	writes(0xc5, false, 33, 16, fd);
	writes(0x39, true, 16, 16, fd);
	CHECK(simple(0, 0xef, 0x82, 0) == IDE_GOOD);
	in_register(0, 7);
	writes(0x30, false, 3, 1, fd);
}

/* Two rounds of the buffer and more. */
static void much_by_pio(void)
{
	const struct fake_command command = { .number = 0x24, .at = 0,
		.count = 300, .is_long = true, .device = IDE_LBA };
	static uint8_t all[300 * 512], got[300 * 512];
	unsigned int i;
	int fd;

	up(false);
	fd = add_drive(0, SCSI_DISK, MB);
	fill(all, sizeof(all));
	CHECK(pwrite(fd, all, sizeof(all), 0) == sizeof(all));
	tell(0, &command);
	for (i = 0; i < 300; i++) {
		CHECK(settled(0) == (IDE_GOOD | IDE_DRQ));
		take(0, got + i * 512, 512);
	}
	CHECK(settled(0) == IDE_GOOD && !memcmp(all, got, sizeof(all)));
}

static void old_addresses(void)
{
	const struct fake_command command = { .number = 0x20, .count = 1,
		.at = 2 | 3 << 8, .device = 5 };
	const uint32_t place = ((3 * 16 + 5) * 63 + 2 - 1) * 512;
	struct fake_command wrong = command;
	int fd;

	up(false);
	fd = add_drive(0, SCSI_DISK, 16 * MB);
	fill(other, 512);
	CHECK(pwrite(fd, other, 512, place) == 512);
	tell(0, &command);
	out_register(0, 7, 0);	/* not heard */
	CHECK(settled(0) == (IDE_GOOD | IDE_DRQ));
	take(0, sector, 512);
	CHECK(!memcmp(sector, other, 512));
	wrong.at = 0;
	tell(0, &wrong);
	CHECK(settled(0) == (IDE_GOOD | IDE_ERR));
	CHECK(in_register(0, 1) == IDE_IDNF);
	/* 4 heads of 17 sectors. */
	out_register(0, 6, 3);
	out_register(0, 2, 17);
	out_register(0, 7, 0x91);
	CHECK(settled(0) == IDE_GOOD);
	tell(0, &command);
	CHECK(settled(0) == (IDE_GOOD | IDE_ERR));
	wrong.at = 17 | 1 << 8;
	wrong.device = 3;
	CHECK(pwrite(fd, other, 512, ((1 * 4 + 3) * 17 + 16) * 512) == 512);
	tell(0, &wrong);
	CHECK(settled(0) == (IDE_GOOD | IDE_DRQ));
	take(0, sector, 512);
	CHECK(!memcmp(sector, other, 512));
}

static void by_dma(bool threads)
{
	struct fake_command command = { .number = 0xc8, .at = 5, .count = 100,
		.device = IDE_LBA };
	uint8_t *place = fake_memory + PLACE;
	int fd;

	up(threads);
	fd = add_drive(2, SCSI_DISK, MB);
	fill(other, sizeof(other));
	CHECK(pwrite(fd, other, 51200, 5 * 512) == 51200);
	list_entry(0, PLACE, 1000, false);
	list_entry(1, PLACE + 1000, 50200, true);
	tell(2, &command);
	CHECK(port_in(controls[1], 1) == IDE_BSY);
	master_start(1, true);
	CHECK(settled(1) == IDE_GOOD && interrupted(1));
	CHECK(master_stop(1) == 0x64);
	CHECK(in_register(1, 7) == IDE_GOOD && !interrupted(1));
	CHECK(!memcmp(place, other, 51200));
	CHECK(port_in(MASTER + 8 + 2, 1) == 0x60);

	fill(place, 65536);
	command.number = 0x35;
	command.is_long = true;
	command.count = 128;
	list_entry(0, PLACE, 0, true);
	/* Started first. */
	master_start(1, false);
	tell(2, &command);
	CHECK(settled(1) == IDE_GOOD && interrupted(1));
	CHECK(master_stop(1) == 0x64);
	in_register(1, 7);
	CHECK(pread(fd, other, 65536, 5 * 512) == 65536);
	CHECK(!memcmp(place, other, 65536));

	/* A list with more than the data: it stays active. */
	command.count = 1;
	list_entry(0, PLACE, 4096, true);
	tell(2, &command);
	master_start(1, false);
	CHECK(settled(1) == IDE_GOOD && interrupted(1));
	CHECK(master_stop(1) == 0x65);
	/* And with less: no interrupt. */
	in_register(1, 7);
	command.count = 9;
	tell(2, &command);
	master_start(1, false);
	CHECK(settled(1) == IDE_GOOD && !interrupted(1));
	CHECK(master_stop(1) == 0x60);
	/* To where no memory is. */
	list_entry(0, 0xe0000000, 8192, true);
	tell(2, &command);
	master_start(1, false);
	CHECK(settled(1) == (IDE_GOOD | IDE_ERR) && interrupted(1));
	CHECK(master_stop(1) == 0x66);
}

static void other_commands(void)
{
	static const uint8_t fine[] = { 0x10, 0x1f, 0x70, 0x94, 0x95, 0x96,
		0x97, 0x99, 0xe0, 0xe1, 0xe2, 0xe3, 0xe6, 0xe7, 0xea };
	static const uint8_t wrong[] = { 0x00, 0x08, 0xb0, 0xa0, 0xa1, 0xf1,
		0xff, 0x22, 0x50 };
	struct fake_command command = { .number = 0x40, .device = IDE_LBA };
	unsigned int i;

	up(false);
	add_drive(0, SCSI_DISK, MB);
	for (i = 0; i < sizeof(fine); i++) {
		CHECK(simple(0, fine[i], 0, 0) == IDE_GOOD && interrupted(0));
		CHECK(in_register(0, 7) == IDE_GOOD && !interrupted(0));
	}
	for (i = 0; i < sizeof(wrong); i++) {
		CHECK(simple(0, wrong[i], 0, 0) == (IDE_GOOD | IDE_ERR));
		CHECK(in_register(0, 1) == IDE_ABRT);
	}
	CHECK(simple(0, 0xe5, 0, 0) == IDE_GOOD && in_register(0, 2) == 0xff);
	CHECK(simple(0, 0xef, 0x03, 0x45) == IDE_GOOD);
	CHECK(simple(0, 0xef, 0x03, 0x4f) == (IDE_GOOD | IDE_ERR));
	CHECK(simple(0, 0xef, 0x99, 0) == (IDE_GOOD | IDE_ERR));
	CHECK(simple(0, 0xf8, 0, 0) == IDE_GOOD);
	CHECK(in_register(0, 3) == 0xff && in_register(0, 4) == 0x07);
	CHECK(!in_register(0, 5) && in_register(0, 6) == 0xe0);
	command.at = 2047;
	command.count = 1;
	tell(0, &command);
	CHECK(settled(0) == IDE_GOOD);
	command.count = 2;
	tell(0, &command);
	CHECK(settled(0) == (IDE_GOOD | IDE_ERR));
	CHECK(in_register(0, 1) == IDE_IDNF);
	/* nIEN. */
	port_out(controls[0], 1, 2);
	CHECK(simple(0, 0xe0, 0, 0) == IDE_GOOD && !interrupted(0));
	port_out(controls[0], 1, 0);
	CHECK(interrupted(0));
}

static void trims(void)
{
	const struct fake_command command = { .number = 0x06, .feature = 1,
		.count = 1, .is_long = true, .device = IDE_LBA };
	uint64_t *ranges = (uint64_t *)(fake_memory + PLACE);
	unsigned int i;
	int fd;

	up(false);
	fd = add_drive(0, SCSI_DISK, MB);
	CHECK(simple(0, 0xec, 0, 0) == (IDE_GOOD | IDE_DRQ));
	take(0, sector, 512);
	CHECK(word(169) == 1 && word(105) == 8 && word(69) & 0x4020);
	memset(sector, 0x5a, sizeof(sector));
	for (i = 0; i < 16; i++)
		CHECK(pwrite(fd, sector, 65536, i * 65536) == 65536);
	memset(ranges, 0, 512);
	ranges[0] = 64ull | 256ull << 48;
	ranges[2] = 1024ull | 8ull << 48;
	list_entry(0, PLACE, 512, true);
	tell(0, &command);
	master_start(0, false);
	CHECK(settled(0) == IDE_GOOD && interrupted(0));
	CHECK(pread(fd, other, 65536, 32768) == 65536);
	for (i = 0; i < 65536; i++)
		CHECK(!other[i]);
	CHECK(pread(fd, other, 512, 63 * 512) == 512 && other[0] == 0x5a);
	CHECK(pread(fd, other, 512, 320 * 512) == 512 && other[0] == 0x5a);
	CHECK(pread(fd, other, 512, 1031 * 512) == 512 && !other[0]);
	/* A range that is not there. */
	ranges[2] = 2040ull | 9ull << 48;
	master_stop(0);
	tell(0, &command);
	master_start(0, false);
	CHECK(settled(0) == (IDE_GOOD | IDE_ERR));
}

/* By PIO, all blocks; how many bytes came. */
static uint32_t packet_in(unsigned int place, const uint8_t *cdb,
	unsigned int length, uint16_t block)
{
	unsigned int channel = place / 2;
	uint32_t got = 0, size;

	packet(place, cdb, length, false, block);
	while (settled(channel) & IDE_DRQ) {
		CHECK(interrupted(channel) && in_register(channel, 2) == 2);
		in_register(channel, 7);
		size = in_register(channel, 4) | in_register(channel, 5) << 8;
		CHECK(size && size <= block && got + size <= sizeof(sector));
		take(channel, sector + got, (size + 1) & ~1u);
		got += size;
	}
	CHECK(interrupted(channel) && in_register(channel, 2) == 3);
	return got;
}

static void check_sense(unsigned int place, uint8_t key, uint8_t asc)
{
	static const uint8_t sense[12] = { 0x03, 0, 0, 0, 18 };

	CHECK(packet_in(place, sense, 12, 0xfffe) == 18);
	CHECK(sector[2] == key && sector[12] == asc);
}

static void packets(bool threads)
{
	static const uint8_t ready[12] = { 0 };
	static const uint8_t inquiry[12] = { 0x12, 0, 0, 0, 36 };
	static const uint8_t capacity[12] = { 0x25 };
	static const uint8_t read[12] = { 0x28, 0, 0, 0, 0, 1, 0, 0, 20 };
	static const uint8_t beyond[12] = { 0xa8, 0, 0, 0, 9, 0, 0, 0, 0, 1 };
	static const uint8_t eject[12] = { 0x1b, 0, 0, 0, 2 };
	static const uint8_t wrong[12] = { 0x2a };
	int fd;

	up(threads);
	fd = add_drive(2, SCSI_DVD, MB);
	fill(other, sizeof(other));
	CHECK(pwrite(fd, other, 40960, 2048) == 40960);
	CHECK(simple(2, 0xec, 0, 0) == (IDE_GOOD | IDE_ERR));
	CHECK(in_register(1, 4) == 0x14 && in_register(1, 5) == 0xeb);
	CHECK(simple(2, 0xa1, 0, 0) == (IDE_GOOD | IDE_DRQ));
	take(1, sector, 512);
	CHECK(word(0) == 0x85c0 && in_register(1, 7) == IDE_GOOD);
	CHECK(packet_in(2, ready, 12, 0) == 0);
	CHECK(packet_in(2, inquiry, 12, 10) == 36);
	CHECK(sector[0] == 5 && sector[1] == 0x80);
	CHECK(packet_in(2, capacity, 12, 8) == 8);
	CHECK(sector[2] == 1 && sector[3] == 0xff && sector[6] == 8);
	CHECK(packet_in(2, read, 12, 2048) == 40960);
	CHECK(!memcmp(sector, other, 40960));
	CHECK(packet_in(2, beyond, 12, 2048) == 0);
	CHECK(in_register(1, 7) == (IDE_GOOD | IDE_ERR));
	CHECK(in_register(1, 1) >> 4 == 5);
	check_sense(2, 5, 0x21);
	check_sense(2, 0, 0);
	CHECK(packet_in(2, wrong, 12, 2048) == 0);
	check_sense(2, 5, 0x20);

	/* By DMA. */
	memset(fake_memory + PLACE, 0, 65536);
	list_entry(0, PLACE, 40960, true);
	packet(2, read, 12, true, 0);
	master_start(1, true);
	CHECK(settled(1) == IDE_GOOD && interrupted(1));
	CHECK(master_stop(1) == 0x64 && in_register(1, 2) == 3);
	CHECK(!memcmp(fake_memory + PLACE, other, 40960));
	list_entry(0, PLACE, 36, true);
	packet(2, inquiry, 12, true, 0);
	master_start(1, true);
	CHECK(settled(1) == IDE_GOOD && fake_memory[PLACE] == 5);
	master_stop(1);
	packet(2, ready, 12, true, 0);
	CHECK(settled(1) == IDE_GOOD);

	CHECK(packet_in(2, eject, 12, 0) == 0);
	CHECK(in_register(1, 7) == IDE_GOOD);
	CHECK(packet_in(2, ready, 12, 0) == 0);
	CHECK(in_register(1, 1) >> 4 == 2);
	check_sense(2, 2, 0x3a);
	CHECK(!lun_insert(ide_place(&ide, 2), 0, fake_image(fake_file(MB),
		true)));
	CHECK(packet_in(2, ready, 12, 0) == 0);
	check_sense(2, 6, 0x28);
	CHECK(packet_in(2, ready, 12, 0) == 0);
	CHECK(in_register(1, 7) == IDE_GOOD);
}

/* MODE SELECT of what is so already. */
static void parameters(void)
{
	static const uint8_t sense[12] = { 0x5a, 0, 0x01, 0, 0, 0, 0, 0, 255 };
	static const uint8_t select[12] = { 0x55, 0x10, 0, 0, 0, 0, 0, 0, 20 };

	up(false);
	add_drive(0, SCSI_DVD, MB);
	CHECK(packet_in(0, sense, 12, 0xfffe) == 20);
	memcpy(fake_memory + PLACE, sector, 20);
	packet(0, select, 12, false, 12);
	CHECK(settled(0) == (IDE_GOOD | IDE_DRQ) && in_register(0, 2) == 0);
	CHECK(in_register(0, 4) == 12);
	give(0, sector, 12);
	CHECK(settled(0) == (IDE_GOOD | IDE_DRQ) && in_register(0, 4) == 8);
	give(0, sector + 12, 8);
	CHECK(settled(0) == IDE_GOOD && in_register(0, 2) == 3);
	list_entry(0, PLACE, 20, true);
	packet(0, select, 12, true, 0);
	master_start(0, false);
	CHECK(settled(0) == IDE_GOOD);
	fake_memory[PLACE + 10] ^= 1;
	packet(0, select, 12, true, 0);
	master_stop(0);
	master_start(0, false);
	CHECK(settled(0) == (IDE_GOOD | IDE_ERR));
	check_sense(0, 5, 0x26);
}

/* Given up in the middle. */
static void resets(void)
{
	const struct fake_command command = { .number = 0xc8, .count = 8,
		.device = IDE_LBA };
	static const uint8_t read[12] = { 0x28, 0, 0, 0, 0, 1, 0, 0, 20 };

	up(false);
	add_drive(0, SCSI_DISK, MB);
	add_drive(2, SCSI_DVD, MB);
	list_entry(0, PLACE, 4096, true);
	tell(0, &command);
	master_start(0, true);
	port_out(controls[0], 1, 4);
	port_out(controls[0], 1, 0);
	CHECK(port_in(controls[0], 1) == IDE_BSY);
	CHECK(settled(0) == IDE_GOOD && !interrupted(0));
	CHECK(in_register(0, 3) == 1);
	/* Held until it is back. */
	master_stop(0);
	tell(0, &command);
	master_start(0, true);
	port_out(controls[0], 1, 4);
	turn();
	CHECK(port_in(controls[0], 1) == IDE_BSY);
	port_out(controls[0], 1, 0);
	CHECK(settled(0) == IDE_GOOD && !interrupted(0));
	/* The bus master is stopped. */
	master_stop(0);
	tell(0, &command);
	master_start(0, true);
	master_stop(0);
	CHECK(settled(0) == IDE_GOOD && !interrupted(0));
	packet(2, read, 12, false, 2048);
	out_register(1, 7, 0x08);
	CHECK(port_in(controls[1], 1) == IDE_BSY);
	CHECK(settled(1) == 0 && in_register(1, 4) == 0x14);
	packet(2, read, 12, false, 2048);
	CHECK(settled(1) == (IDE_GOOD | IDE_DRQ));
	out_register(1, 7, 0x08);
	CHECK(settled(1) == 0 && in_register(1, 4) == 0x14);
}

/* Everything goes on elsewhere where it was. */
static void saved(void)
{
	const struct fake_command command = { .number = 0x24, .at = 3,
		.count = 200, .is_long = true, .device = IDE_LBA };
	static uint8_t all[200 * 512], got[200 * 512];
	struct stream stream = { 0 }, again = { 0 };
	struct device *device = &ide.device;
	uint32_t at;
	int fd;

	up(false);
	fd = add_drive(0, SCSI_DISK, MB);
	fill(all, sizeof(all));
	CHECK(pwrite(fd, all, sizeof(all), 3 * 512) == sizeof(all));
	CHECK(simple(0, 0xc6, 0, 8) == IDE_GOOD);
	tell(0, &command);
	CHECK(settled(0) == (IDE_GOOD | IDE_DRQ));
	for (at = 0; at < 77776; at += 2) {
		CHECK(settled(0) & IDE_DRQ);
		take(0, got + at, 2);
	}
	device->ops->save(device, &stream);
	reset_ide();
	CHECK(in_register(0, 7) == IDE_GOOD);
	CHECK(!device->ops->load(device, &stream, device->ops->version));
	device->ops->save(device, &again);
	CHECK(stream.size == again.size &&
		!memcmp(stream.data, again.data, again.size));
	for (; at < sizeof(got); at += 2) {
		CHECK(settled(0) & IDE_DRQ);
		take(0, got + at, 2);
	}
	CHECK(settled(0) == IDE_GOOD && !memcmp(all, got, sizeof(got)));
	stream_free(&stream);
	stream_free(&again);
}

/* A state of which more was moved than there is: no byte comes from behind. */
static void saved_beyond(void)
{
	const struct fake_command command = { .number = 0xc8, .count = 8,
		.device = IDE_LBA };
	struct ide_transfer *transfer = &ide.channels[0].transfer;
	struct device *device = &ide.device;
	struct stream stream = { 0 };

	up(false);
	add_drive(0, SCSI_DISK, MB);
	memset(sector, 0x5a, sizeof(sector));
	memcpy(fake_memory + PLACE, sector, sizeof(sector));
	list_entry(0, PLACE, 4096, true);
	tell(0, &command);
	master_start(0, true);
	transfer->left = 0;
	transfer->filled = 512;
	transfer->position = IDE_BUFFER;
	device->ops->save(device, &stream);
	reset_ide();
	CHECK(!device->ops->load(device, &stream, device->ops->version));
	CHECK(transfer->position == IDE_BUFFER);
	CHECK(settled(0) == IDE_GOOD);
	CHECK(!memcmp(sector, fake_memory + PLACE, sizeof(sector)));
	stream_free(&stream);
}

/* A medium whose end is gone, and is back. */
static void in_trouble(bool threads)
{
	struct fake_command command = { .number = 0x20, .at = 1000, .count = 1,
		.device = IDE_LBA };
	struct storvsp *store;
	struct trouble critical = { 0 };
	struct disk_error error;
	unsigned int tries = 0;
	int fd;

	up(threads);
	fd = add_drive(0, SCSI_DISK, MB);
	store = ide_place(&ide, 0);
	CHECK(!ftruncate(fd, 0));
	tell(0, &command);
	while (!critical.is) {
		CHECK(tries++ < 100000);
		turn();
		usleep(threads ? 100 : 0);
		trouble_show(store, &critical);
	}
	CHECK(critical.error == -EIO && !critical.lun);
	CHECK(port_in(controls[0], 1) == IDE_BSY);
	CHECK(trouble_resume(store, &error) == -EINVAL);
	CHECK(!ftruncate(fd, MB) && pwrite(fd, "x", 1, 512000) == 1);
	CHECK(!trouble_resume(store, &error));
	CHECK(settled(0) == (IDE_GOOD | IDE_DRQ) && interrupted(0));
	take(0, sector, 512);
	CHECK(sector[0] == 'x');
	/* A guest that gives it up. */
	CHECK(!ftruncate(fd, 0));
	tell(0, &command);
	turn();
	port_out(controls[0], 1, 4);
	port_out(controls[0], 1, 0);
	CHECK(settled(0) == IDE_GOOD && !interrupted(0));
	/* Paused, saved, reset with one that waits. */
	tell(0, &command);
	turn();
	ide_pause(&ide);
	pthread_mutex_lock(&device_lock);
	CHECK(ide.channels[0].state == IDE_WORK);
	ide.device.ops->reset(&ide.device);
	pthread_mutex_unlock(&device_lock);
	ide_go(&ide);
	CHECK(settled(0) == IDE_GOOD);
	CHECK(!ftruncate(fd, MB));
	trouble_resume(store, &error);
	/* The disk goes. */
	tell(0, &command);
	CHECK(!lun_remove(store, 0));
	turn();
	CHECK(in_register(0, 7) == 0xff);
}

static struct file_ops broken;
static bool breaks;

static int broken_sync(struct file *file)
{
	(void)file;
	return breaks ? -EIO : 0;
}

/* What a flush could not save is told, and then that it works again. */
static void loses(void)
{
	const struct fake_command command = { .number = 0x30, .count = 1,
		.device = IDE_LBA };
	struct image *image;
	struct disk_error error;
	struct storvsp *store;

	up(false);
	add_drive(0, SCSI_DISK, MB);
	store = ide_place(&ide, 0);
	image = store->drives[0].image;
	broken = *image->file.ops;
	broken.sync = broken_sync;
	image->file.ops = &broken;
	breaks = true;
	CHECK(simple(0, 0xe7, 0, 0) == (IDE_GOOD | IDE_ERR));
	CHECK(in_register(0, 1) == IDE_UNC && !trouble_none(store));
	breaks = false;
	CHECK(!trouble_resume(store, &error));
	CHECK(simple(0, 0xe7, 0, 0) == IDE_GOOD);
	/* The cache is off. */
	CHECK(simple(0, 0xef, 0x82, 0) == IDE_GOOD);
	breaks = true;
	tell(0, &command);
	give(0, sector, 512);
	CHECK(settled(0) == (IDE_GOOD | IDE_ERR));
	CHECK(in_register(0, 1) == IDE_UNC && !trouble_none(store));
	breaks = false;
	CHECK(!trouble_resume(store, &error));
	tell(0, &command);
	give(0, sector, 512);
	CHECK(settled(0) == IDE_GOOD);
}

int main(int count, char **arguments)
{
	start("ide", count, arguments);
	nobody_is_there();
	function_is_there();
	signatures();
	identifies();
	by_pio(false);
	by_pio(true);
	much_by_pio();
	old_addresses();
	by_dma(false);
	by_dma(true);
	other_commands();
	trims();
	packets(false);
	packets(true);
	parameters();
	resets();
	saved();
	saved_beyond();
	in_trouble(false);
	in_trouble(true);
	loses();
	down();
	return 0;
}
