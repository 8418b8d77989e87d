/* Ids of units, as a guest sees them: the same after each start, and not the same
 * for two LUNs. */
/* SPDX-License-Identifier: MIT */
#include "fake_storage.h"

#include "storage/command.h"
#include "storage/option.h"

#define MB	(1ull << 20)

struct id {
	uint8_t serial[32], naa[8];
};

/* Pages 80 and 83, which must agree. */
static struct id id_of(unsigned int lun)
{
	struct fake_srb srb = { .lun = lun, .length = 6, .data_in = 1,
		.transfer = 255, .page = DATA_PAGE,
		.cdb = { 0x12, 1, 0x80, [4] = 255 } };
	struct vstor_srb answer = run_srb(0, &srb);
	struct id id;

	CHECK(is_good(&answer, 36) && DATA[3] == 32);
	memcpy(id.serial, DATA + 4, 32);
	srb.cdb[2] = 0x83;
	answer = run_srb(0, &srb);
	CHECK(is_good(&answer, 60));
	CHECK(!memcmp(DATA + 4, "\2\1\0\50Msft    ", 12) &&
		!memcmp(DATA + 16, id.serial, 32));
	CHECK(!memcmp(DATA + 48, "\1\3\0\10", 4) && DATA[52] >> 4 == 3);
	memcpy(id.naa, DATA + 52, 8);
	return id;
}

static bool same(const struct id *a, const struct id *b)
{
	bool serials = !memcmp(a->serial, b->serial, 32);

	CHECK(serials == !memcmp(a->naa, b->naa, 8));
	return serials;
}

static char folder[] = "storage-ids-XXXXXX";

static const char *path_of(const char *name)
{
	static char paths[4][64];
	static unsigned int next;
	char *path = paths[next++ % 4];

	snprintf(path, 64, "%s/%s", folder, name);
	return path;
}

static void make(const char *name, enum disk_format format)
{
	const struct disk_form form = { .format = format, .size = 4 * MB,
		.block = format == DISK_VHDX ? MB : 0 };
	int fd = open(path_of(name), O_RDWR | O_CREAT | O_EXCL, 0600);
	struct disk_error error;
	struct file file;

	CHECK(fd >= 0 && !file_of(&file, fd));
	CHECK(!disk_create(&file, &form, &error) && !close(fd));
}

/* As on the command line; %s: a file of the folder, or of a descriptor. */
static bool option(struct drive_options *options, const char *format,
	const char *file)
{
	char value[128];

	snprintf(value, sizeof(value), format, file);
	return format[0] == 'D' ? option_dvd(options, value + 1) :
		option_disk(options, value);
}

/* A descriptor of the file, by another number each time. */
static const char *number_of(const char *name)
{
	static char numbers[4][8];
	static unsigned int next, least = 100;
	int fd = open(path_of(name), O_RDWR);
	char *number = numbers[next++ % 4];

	CHECK(fd >= 0);
	least += 17;
	snprintf(number, 8, "%d", fcntl(fd, F_DUPFD, least));
	CHECK(!close(fd) && atoi(number) >= (int)least);
	return number;
}

#define LUNS 8u

/* A start of the worker: all ids. */
static void boot(struct id *ids)
{
	struct drive_options options = { 0 };
	unsigned int i;

	ready(1, false);
	CHECK(option(&options, "0:vhdx:%s", path_of("a.vhdx")));
	CHECK(option(&options, "1:vhdx:%s", number_of("b.vhdx")));
	CHECK(option(&options, "2:raw:%s", path_of("a.raw")));
	CHECK(option(&options, "3:raw:%s,read-only", path_of("b.raw")));
	CHECK(option(&options, "4:raw:%s,read-only", path_of("b.raw")));
	CHECK(option(&options, "5:raw:%s", number_of("c.raw")));
	CHECK(option(&options, "D6:%s", ""));
	CHECK(option(&options, "D7:%s", number_of("disc")));
	CHECK(!option_open_all(&options));
	CHECK(!option_add_all(&options, &storvsp));
	pump();
	side[0].in.control[FAKE_READ] = side[0].in.control[FAKE_WRITE];
	for (i = 0; i < LUNS; i++)
		ids[i] = id_of(i);
}

static void test_starts(void)
{
	struct id first[LUNS], second[LUNS];
	unsigned int i, j;

	boot(first);
	boot(second);
	for (i = 0; i < LUNS; i++) {
		CHECK(same(&first[i], &second[i]));
		for (j = 0; j < i; j++)
			CHECK(!same(&first[i], &first[j]));
	}
}

static struct id alone(const char *format, const char *file, unsigned int lun)
{
	struct drive_options options = { 0 };

	ready(1, false);
	CHECK(option(&options, format, file));
	CHECK(!option_open_all(&options));
	CHECK(!option_add_all(&options, &storvsp));
	pump();
	side[0].in.control[FAKE_READ] = side[0].in.control[FAKE_WRITE];
	return id_of(lun);
}

/* What the documentation says that they are made of. */
static void test_parts(void)
{
	struct id a = alone("0:vhdx:%s", path_of("a.vhdx"), 0), b;

	b = alone("9:vhdx:%s", number_of("a.vhdx"), 9);
	CHECK(same(&a, &b));
	CHECK(!rename(path_of("a.vhdx"), path_of("z.vhdx")));
	b = alone("0:vhdx:%s", path_of("z.vhdx"), 0);
	CHECK(same(&a, &b));
	a = alone("2:raw:%s", path_of("a.raw"), 2);
	CHECK(!memcmp(a.serial, "52415702", 8));
	b = alone("3:raw:%s", path_of("a.raw"), 3);
	CHECK(!same(&a, &b));
	b = alone("2:raw:%s", path_of("b.raw"), 2);
	CHECK(!same(&a, &b));
	a = alone("2:raw:%s", number_of("a.raw"), 2);
	CHECK(!memcmp(a.serial, "52415702000000000", 16));
	b = alone("2:raw:%s", number_of("b.raw"), 2);
	CHECK(same(&a, &b));
}

/* One that comes by the control socket is the one of the command line. */
static void test_control_socket(void)
{
	struct id a = alone("2:raw:%s", path_of("a.raw"), 2), b;
	struct control_storage_request request = {
		.request = { .type = CONTROL_STORAGE_ADD, .argument = 2 },
		.kind = CONTROL_DISK, .format = DISK_RAW };
	struct control_storage answer = { 0 };
	int fd = open(path_of("a.raw"), O_RDWR);

	ready(1, false);
	snprintf(request.name, sizeof(request.name), "%s", path_of("a.raw"));
	CHECK(!command_storage(&storvsp, 2, &request, &fd, &answer) &&
		fd < 0);
	pump();
	side[0].in.control[FAKE_READ] = side[0].in.control[FAKE_WRITE];
	b = id_of(2);
	CHECK(same(&a, &b));
}

int main(int count, char **arguments)
{
	static const char *const names[] = { "z.vhdx", "b.vhdx", "a.raw",
		"b.raw", "c.raw", "disc" };
	unsigned int i;

	start("test_storage_ids", count, arguments);
	CHECK(mkdtemp(folder));
	make("a.vhdx", DISK_VHDX);
	for (i = 1; i < 6; i++)
		make(names[i], i == 1 ? DISK_VHDX : DISK_RAW);
	test_starts();
	test_parts();
	test_control_socket();
	down();
	for (i = 0; i < 6; i++)
		CHECK(!unlink(path_of(names[i])));
	CHECK(!rmdir(folder));
	return 0;
}
