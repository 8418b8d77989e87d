/* The SCSI controller: a guest that behaves. */
/* SPDX-License-Identifier: MIT */
#include "fake_storage.h"

#include <signal.h>
#include <sys/resource.h>

#define MB	(1ull << 20)

static void expect_enumerate(void)
{
	struct vstor_packet packet;
	uint64_t id;

	pump();
	CHECK(take_answer(0, &id, &packet));
	CHECK(!id && packet.operation == VSTOR_ENUMERATE_BUS);
}

static bool none_answered(unsigned int index)
{
	struct vstor_packet packet;
	uint64_t id;

	pump();
	return !take_answer(index, &id, &packet);
}

static void test_negotiation(void)
{
	static const uint16_t good[] = { VSTOR_VERSION_8, VSTOR_VERSION_8_1,
		VSTOR_VERSION_10 };
	struct vstor_packet packet;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		up(4, false);
		connect_bus();
		open_channel(0);
		CHECK(operation(0, VSTOR_QUERY_PROPERTIES) ==
			VSTOR_INVALID_STATE);
		CHECK(operation(0, VSTOR_END_INITIALIZATION) ==
			VSTOR_INVALID_STATE);
		CHECK(operation(0, VSTOR_RESET_BUS) == VSTOR_INVALID_STATE);
		CHECK(operation(0, VSTOR_EXECUTE_SRB) == VSTOR_INVALID_STATE);
		CHECK(operation(0, VSTOR_FIBRE_CHANNEL) ==
			VSTOR_INVALID_REQUEST);
		CHECK(operation(0, 0) == VSTOR_INVALID_REQUEST);
		CHECK(operation(0, UINT32_MAX) == VSTOR_INVALID_REQUEST);
		CHECK(version(VSTOR_VERSION_10) == VSTOR_INVALID_STATE);
		CHECK(operation(0, VSTOR_BEGIN_INITIALIZATION) == VSTOR_GOOD);
		CHECK(operation(0, VSTOR_BEGIN_INITIALIZATION) ==
			VSTOR_INVALID_STATE);
		CHECK(version(0) == VSTOR_REVISION_MISMATCH);
		CHECK(version(UINT16_MAX) == VSTOR_REVISION_MISMATCH);
		CHECK(version(VSTOR_VERSION(4, 2)) == VSTOR_REVISION_MISMATCH);
		CHECK(version(VSTOR_VERSION(7, 0)) == VSTOR_REVISION_MISMATCH);
		CHECK(version(good[i]) == VSTOR_GOOD);
		CHECK(version(good[i]) == VSTOR_INVALID_STATE);
		packet = ask(0, (struct vstor_packet){
			.operation = VSTOR_QUERY_PROPERTIES });
		CHECK(packet.status == VSTOR_GOOD &&
			packet.properties.sub_channels == 3 &&
			packet.properties.flags == VSTOR_MULTI_CHANNEL &&
			packet.properties.transfer == 256 << 10);
		CHECK(ready_status(0) != SRB_SUCCESS);
		CHECK(operation(0, VSTOR_END_INITIALIZATION) == VSTOR_GOOD);
		CHECK(operation(0, VSTOR_END_INITIALIZATION) ==
			VSTOR_INVALID_STATE);
		CHECK(operation(0, VSTOR_RESET_LUN) == VSTOR_GOOD);
		CHECK(operation(0, VSTOR_RESET_BUS) == VSTOR_GOOD);
		CHECK(operation(0, VSTOR_RESET_ADAPTER) == VSTOR_GOOD);
		CHECK(ready_status(0) == SRB_INVALID_LUN);
	}
}

static void test_sub_channels(void)
{
	struct vstor_packet packet = {
		.operation = VSTOR_CREATE_SUB_CHANNELS };
	unsigned int i;

	ready(4, false);
	add_disk(0, MB);
	expect_enumerate();
	packet.sub_channels = 4;
	CHECK(ask(0, packet).status == VSTOR_INVALID_PARAMETER);
	packet.sub_channels = UINT16_MAX;
	CHECK(ask(0, packet).status == VSTOR_INVALID_PARAMETER);
	fake_nothing(&fake);
	sub_channels(3);
	for (i = 0; i < 4; i++) {
		struct fake_srb srb = { .length = 6 };

		CHECK(run_srb(i, &srb).srb_status == SRB_SUCCESS);
	}
	/* They have requests only. */
	CHECK(operation(2, VSTOR_BEGIN_INITIALIZATION) == VSTOR_INVALID_STATE);
	CHECK(operation(2, VSTOR_CREATE_SUB_CHANNELS) == VSTOR_INVALID_STATE);
	CHECK(operation(2, VSTOR_RESET_BUS) == VSTOR_GOOD);
	/* One that the guest closes can be opened again. */
	CHECK(!close_channel(3));
	open_channel(3);
	/* Without the first there are no others. */
	CHECK(close_channel(0) == 3);
	fake_nothing(&fake);
	negotiated();
	CHECK(ready_status(0) == SRB_SUCCESS);
	sub_channels(1);
	/* A guest that is another one now knows of the first only. */
	connect_bus();
	negotiated();
	sub_channels(2);
	CHECK(ready_status(0) == SRB_SUCCESS);
}

static void test_luns(void)
{
	struct fake_srb srb = { .length = 12, .data_in = 1, .transfer = 600,
		.page = DATA_PAGE, .cdb = { 0xa0, [8] = 2, [9] = 88 } };
	struct fake_srb inquiry = { .length = 6, .data_in = 1, .transfer = 36,
		.page = DATA_PAGE, .cdb = { 0x12, [4] = 36 } };
	struct vstor_srb answer;

	ready(1, false);
	answer = run_srb(0, &srb);
	CHECK(is_good(&answer, 8) && !scsi_get(DATA, 4));
	add_disk(7, MB);
	add_disk(63, MB);
	CHECK(!lun_add(&storvsp, 2, SCSI_DVD, NULL));
	CHECK(lun_add(&storvsp, 7, SCSI_DVD, NULL) == -EBUSY);
	CHECK(lun_add(&storvsp, 64, SCSI_DVD, NULL) == -EINVAL);
	CHECK(lun_add(&storvsp, 3, SCSI_DISK, NULL) == -EINVAL);
	/* The guest is told once for all that has come since. */
	expect_enumerate();
	CHECK(none_answered(0));
	answer = run_srb(0, &srb);
	CHECK(is_good(&answer, 32) && scsi_get(DATA, 4) == 24 &&
		DATA[9] == 2 && DATA[17] == 7 && DATA[25] == 63);
	answer = run_srb(0, &inquiry);
	CHECK(is_good(&answer, 36) && DATA[0] == 0x7f);
	inquiry.lun = 7;
	answer = run_srb(0, &inquiry);
	CHECK(is_good(&answer, 36) && DATA[0] == 0);
	inquiry.lun = 200;
	answer = run_srb(0, &inquiry);
	CHECK(is_good(&answer, 36) && DATA[0] == 0x7f);
	inquiry.lun = 1;
	inquiry.cdb[1] = 1;
	answer = run_srb(0, &inquiry);
	CHECK(sense_is(&answer, 5, 0x24, 0));
	CHECK(ready_status(1) == SRB_INVALID_LUN);
	CHECK(ready_status(255) == SRB_INVALID_LUN);
}

static void fill(uint8_t *bytes, size_t size)
{
	while (size--)
		*bytes++ = any() >> 8;
}

static void test_data(void)
{
	static uint8_t bytes[300000], file[300000];
	struct vstor_srb answer;
	struct fake_srb srb;
	int fd;

	ready(1, false);
	fd = add_disk(0, 64 * MB);
	expect_enumerate();
	/* Pages that do not begin at their beginning. */
	fill(DATA, 300000);
	memcpy(bytes, DATA, sizeof(bytes));
	srb = fake_move(0x8a, 0, 77, 512, 512);
	srb.offset = 123;
	answer = run_srb(0, &srb);
	CHECK(is_good(&answer, 512 * 512));
	CHECK(pread(fd, file, 512 * 512, 77 * 512) == 512 * 512);
	CHECK(!memcmp(file, bytes + 123, 512 * 512));
	fill(DATA, 300000);
	memcpy(bytes, DATA, sizeof(bytes));
	srb = fake_move(0x88, 0, 78, 16, 512);
	srb.page += 3;
	srb.offset = 4095;
	answer = run_srb(0, &srb);
	CHECK(is_good(&answer, 16 * 512));
	memcpy(bytes + 4 * 4096 - 1, file + 512, 16 * 512);
	CHECK(!memcmp(bytes, DATA, 300000));
	/* Forced, flushed, given back. */
	srb = fake_move(0x8a, 0, 0, 8, 512);
	srb.cdb[1] = 0x08;
	answer = run_srb(0, &srb);
	CHECK(is_good(&answer, 4096));
	srb = (struct fake_srb){ .length = 10, .data_in = 2,
		.cdb = { 0x35 } };
	answer = run_srb(0, &srb);
	CHECK(is_good(&answer, 0));
	srb = (struct fake_srb){ .length = 10, .transfer = 24,
		.page = DATA_PAGE, .cdb = { 0x42, [8] = 24 } };
	memset(DATA, 0, 24);
	scsi_put(DATA, 2, 22);
	scsi_put(DATA + 2, 2, 16);
	scsi_put(DATA + 8, 8, 77);
	scsi_put(DATA + 16, 4, 512);
	answer = run_srb(0, &srb);
	CHECK(is_good(&answer, 24));
	CHECK(pread(fd, file, 512 * 512, 77 * 512) == 512 * 512);
	memset(bytes, 0, sizeof(bytes));
	CHECK(!memcmp(file, bytes, 512 * 512));
	/* The buffer may be larger than the data. */
	memset(DATA, 0x55, 8192);
	srb = fake_move(0x88, 0, 77, 1, 512);
	srb.transfer = 8192;
	answer = run_srb(0, &srb);
	CHECK(is_good(&answer, 512) && !DATA[511] && DATA[512] == 0x55);
	/* Behind the end. */
	srb = fake_move(0x88, 0, 64 * MB / 512, 1, 512);
	answer = run_srb(0, &srb);
	CHECK(sense_is(&answer, 5, 0x21, 0));
	/* The wrong way: nothing is done. */
	srb = fake_move(0x88, 0, 0, 1, 512);
	srb.data_in = 0;
	CHECK(run_srb(0, &srb).srb_status == SRB_INVALID_REQUEST);
	srb = fake_move(0x8a, 0, 77, 1, 512);
	srb.data_in = 1;
	CHECK(run_srb(0, &srb).srb_status == SRB_INVALID_REQUEST);
	CHECK(pread(fd, file, 512, 77 * 512) == 512 && !file[0]);
	CHECK(DATA[512] == 0x55);
}

static void test_read_only(void)
{
	struct vstor_srb answer;
	struct fake_srb srb;

	ready(1, false);
	CHECK(!lun_add(&storvsp, 0, SCSI_DISK,
		fake_image(fake_file(MB), true)));
	expect_enumerate();
	srb = fake_move(0x8a, 0, 0, 1, 512);
	answer = run_srb(0, &srb);
	CHECK(sense_is(&answer, 7, 0x27, 0));
	srb = (struct fake_srb){ .length = 10, .cdb = { 0x35 } };
	answer = run_srb(0, &srb);
	CHECK(is_good(&answer, 0));
}

static void test_dvd(void)
{
	struct fake_srb ready_srb = { .lun = 1, .length = 6 };
	struct fake_srb eject = { .lun = 1, .length = 6, .cdb = { 0x1b,
		[4] = 2 } };
	struct fake_srb srb;
	struct vstor_srb answer;
	struct image *image;
	int fd = fake_file(4 * MB);

	CHECK(pwrite(fd, "CD001", 5, 0x8001) == 5);
	ready(1, false);
	CHECK(!lun_add(&storvsp, 1, SCSI_DVD, NULL));
	CHECK(!lun_add(&storvsp, 2, SCSI_DISK,
		fake_image(fake_file(MB), false)));
	expect_enumerate();
	answer = run_srb(0, &ready_srb);
	CHECK(sense_is(&answer, 2, 0x3a, 0));
	image = fake_image(fd, true);
	CHECK(lun_insert(&storvsp, 2, image) == -EINVAL);
	CHECK(lun_insert(&storvsp, 3, image) == -ENOENT);
	CHECK(lun_insert(&storvsp, 64, image) == -EINVAL);
	CHECK(!lun_insert(&storvsp, 1, image));
	CHECK(lun_insert(&storvsp, 1, image) == -EBUSY);
	answer = run_srb(0, &ready_srb);
	CHECK(sense_is(&answer, 6, 0x28, 0));
	answer = run_srb(0, &ready_srb);
	CHECK(is_good(&answer, 0));
	srb = (struct fake_srb){ .lun = 1, .length = 10, .data_in = 1,
		.transfer = 2048, .page = DATA_PAGE,
		.cdb = { 0x28, [5] = 16, [8] = 1 } };
	answer = run_srb(0, &srb);
	CHECK(is_good(&answer, 2048) && !memcmp(DATA + 1, "CD001", 5));
	CHECK(!lun_eject(&storvsp, 1));
	CHECK(lun_eject(&storvsp, 1) == -ENOENT);
	CHECK(lun_eject(&storvsp, 2) == -EINVAL);
	answer = run_srb(0, &srb);
	CHECK(sense_is(&answer, 2, 0x3a, 0));
	/* The file is closed when nobody needs it: also by the ring. */
	pump();
	CHECK(fcntl(fd, F_GETFD) == -1);
	/* By the guest. */
	CHECK(!lun_insert(&storvsp, 1, fake_image(fake_file(MB), true)));
	answer = run_srb(0, &ready_srb);
	answer = run_srb(0, &eject);
	CHECK(is_good(&answer, 0));
	answer = run_srb(0, &ready_srb);
	CHECK(sense_is(&answer, 2, 0x3a, 0));
}

static void test_coming_and_going(void)
{
	struct vstor_srb answer;
	struct fake_srb srb = { .length = 6 };
	int fd;

	ready(1, false);
	fd = add_disk(0, MB);
	expect_enumerate();
	CHECK(ready_status(0) == SRB_SUCCESS);
	CHECK(lun_remove(&storvsp, 1) == -ENOENT);
	CHECK(lun_remove(&storvsp, 64) == -EINVAL);
	CHECK(!lun_remove(&storvsp, 0));
	expect_enumerate();
	CHECK(fcntl(fd, F_GETFD) == -1);
	/* Until the guest has seen that it went nothing takes its place. */
	CHECK(lun_add(&storvsp, 0, SCSI_DVD, NULL) == -EBUSY);
	CHECK(ready_status(0) == SRB_INVALID_LUN);
	fd = add_disk(0, MB);
	expect_enumerate();
	CHECK(ready_status(0) == SRB_SUCCESS);
	/* Larger, by its file and by the library. */
	CHECK(!ftruncate(fd, 2 * MB));
	CHECK(!lun_grow(&storvsp, 0, 0));
	expect_enumerate();
	answer = run_srb(0, &srb);
	CHECK(sense_is(&answer, 6, 0x2a, 9));
	answer = run_srb(0, &srb);
	CHECK(is_good(&answer, 0));
	CHECK(!lun_grow(&storvsp, 0, 3 * MB));
	expect_enumerate();
	answer = run_srb(0, &srb);
	CHECK(sense_is(&answer, 6, 0x2a, 9));
	srb = fake_move(0x88, 0, 3 * MB / 512 - 1, 1, 512);
	answer = run_srb(0, &srb);
	CHECK(is_good(&answer, 512));
	CHECK(lun_grow(&storvsp, 0, MB) == -ENOTSUP);
	CHECK(lun_grow(&storvsp, 1, MB) == -ENOENT);
}

static struct vstor_srb answered(unsigned int index, uint64_t expected)
{
	struct vstor_packet packet;
	uint64_t id;

	CHECK(take_answer(index, &id, &packet));
	CHECK(id == expected && packet.operation == VSTOR_COMPLETE_IO);
	return packet.srb;
}

static void file_limit(uint64_t size)
{
	struct rlimit limit = { size, RLIM_INFINITY };

	CHECK(!setrlimit(RLIMIT_FSIZE, &limit));
}

/* A volume that is full: writes wait, and are done when there is room. */
static void test_full(void)
{
	struct trouble critical;
	struct lun_view drive;
	struct disk_error error;
	struct vstor_srb answer;
	struct fake_srb srb;
	char bytes[8];
	int fd;

	signal(SIGXFSZ, SIG_IGN);
	ready(2, false);
	sub_channels(1);
	fd = add_disk(5, 4 * MB);
	add_disk(6, MB);
	expect_enumerate();
	CHECK(trouble_resume(&storvsp, &error) == -EALREADY);
	memcpy(DATA, "written!", 8);
	srb = fake_move(0x8a, 5, 4096, 8, 512);
	file_limit(MB);
	CHECK(send_srb(0, 1, &srb));
	CHECK(none_answered(0));
	file_limit(RLIM_INFINITY);
	trouble_show(&storvsp, &critical);
	CHECK(critical.is && critical.lun == 5 && critical.error == -EFBIG &&
		!strcmp(critical.name, "test"));
	lun_show(&storvsp, 5, &drive);
	CHECK(drive.present && drive.failed && drive.size == 4 * MB);
	/* All I/O of the VM stands still, on all channels. */
	srb.lun = 6;
	srb.cdb[9] = srb.cdb[8] = 0;
	CHECK(send_srb(1, 2, &srb));
	CHECK(none_answered(1) && none_answered(0));
	CHECK(lun_grow(&storvsp, 6, 2 * MB) == -EBUSY);
	CHECK(!trouble_resume(&storvsp, &error));
	pump();
	answer = answered(0, 1);
	CHECK(is_good(&answer, 4096));
	answer = answered(1, 2);
	CHECK(is_good(&answer, 4096));
	CHECK(pread(fd, bytes, 8, 4096 * 512) == 8 &&
		!memcmp(bytes, "written!", 8));
	trouble_show(&storvsp, &critical);
	CHECK(!critical.is);
}

/* A medium whose end is gone, and is back. */
static void test_gone(void)
{
	struct trouble critical;
	struct disk_error error;
	struct vstor_srb answer;
	struct fake_srb srb;
	int fd;

	ready(1, false);
	fd = add_disk(0, 4 * MB);
	expect_enumerate();
	CHECK(!ftruncate(fd, 0));
	srb = fake_move(0x88, 0, 4096, 8, 512);
	CHECK(send_srb(0, 1, &srb));
	CHECK(none_answered(0));
	trouble_show(&storvsp, &critical);
	CHECK(critical.is && critical.error == -EIO);
	/* Something that has not come back yet. */
	storvsp.working++;
	CHECK(trouble_resume(&storvsp, &error) == -EBUSY);
	storvsp.working--;
	/* It cannot be opened so: nothing changes. */
	CHECK(trouble_resume(&storvsp, &error) == -EINVAL && error.text[0]);
	CHECK(none_answered(0));
	trouble_show(&storvsp, &critical);
	CHECK(critical.is && critical.error == -EINVAL);
	CHECK(!ftruncate(fd, 4 * MB) && pwrite(fd, "x", 1, 2 * MB) == 1);
	CHECK(!trouble_resume(&storvsp, &error));
	pump();
	answer = answered(0, 1);
	CHECK(is_good(&answer, 4096) && DATA[0] == 'x');
	/* The drive went meanwhile: what was kept finds nothing, and never
	 * another drive. */
	CHECK(!ftruncate(fd, 0));
	CHECK(send_srb(0, 2, &srb));
	CHECK(none_answered(0));
	CHECK(!lun_remove(&storvsp, 0));
	expect_enumerate();
	CHECK(!trouble_resume(&storvsp, &error));
	pump();
	CHECK(answered(0, 2).srb_status == SRB_INVALID_LUN);
	/* Nor that one, even if the guest had been told before. */
	fd = add_disk(0, 4 * MB);
	expect_enumerate();
	CHECK(!ftruncate(fd, 0));
	CHECK(send_srb(0, 3, &srb));
	CHECK(none_answered(0));
	CHECK(!lun_remove(&storvsp, 0));
	storvsp.drives[0].haunted = false;
	add_disk(0, 4 * MB);
	expect_enumerate();
	CHECK(!trouble_resume(&storvsp, &error));
	pump();
	CHECK(answered(0, 3).srb_status == SRB_INVALID_LUN);
}

/* A place of the IDE controller: another name, and its target. */
static void test_ide_place(void)
{
	static uint8_t sector[512];
	struct vstor_srb answer;
	struct fake_srb srb;
	struct image *image;
	int fd;

	ide_place_number = 3;
	ready(4, false);
	CHECK(storvsp.count == 1 && storvsp.target == 1);
	fd = add_disk(0, 4 * MB);
	expect_enumerate();
	CHECK(storvsp.drives[0].unit.id[3] == STORVSP_IDE_ID + 3);
	srb = fake_move(0x8a, 0, 8, 8, 512);
	memset(DATA, 0x5a, 4096);
	answer = run_srb(0, &srb);
	CHECK(is_good(&answer, 4096));
	CHECK(pread(fd, sector, 512, 4096) == 512 && sector[511] == 0x5a);
	/* Nobody is where the other drive would be. */
	storvsp.target = 0;
	CHECK(send_srb(0, 1, &srb));
	storvsp.target = 1;
	pump();
	CHECK(answered(0, 1).srb_status == SRB_INVALID_LUN);
	/* The emulated path's user holds the same image. */
	CHECK(lun_hold(&storvsp, 0, lun_disk(&storvsp, 0), &image) ==
		LUN_WORK);
	memset(sector, 0xa5, sizeof(sector));
	CHECK(!disk_write(image->disk, 0, sector, sizeof(sector)));
	srb = fake_move(0x88, 0, 0, 8, 512);
	answer = run_srb(0, &srb);
	CHECK(is_good(&answer, 4096) && DATA[0] == 0xa5 && !DATA[512]);
	CHECK(!lun_remove(&storvsp, 0));
	expect_enumerate();
	CHECK(disk_facts(image->disk)->size == 4 * MB);
	lun_let_go(&storvsp, image);
	CHECK(!storvsp.working);
	ide_place_number = -1;
}

static void turn_until_given(struct queue *queue)
{
	unsigned int turns = 0;

	while (!queue->in_kernel) {
		CHECK(turns++ < 100);
		queue_turn(queue, false);
	}
}

/* The same, with what else comes. */
static struct vstor_srb answered_among(unsigned int index, uint64_t expected)
{
	struct vstor_packet packet;
	struct vstor_srb answer = { 0 };
	uint64_t id;

	pump();
	while (take_answer(index, &id, &packet))
		if (packet.operation == VSTOR_COMPLETE_IO && id == expected)
			answer = packet.srb;
	CHECK(answer.length);
	return answer;
}

/* A medium is taken out, and what was under way fails: no trouble. */
static void test_taken_out(void)
{
	struct fake_srb srb = fake_move(0x88, 0, 4096, 8, 512);
	struct vstor_srb answer;
	int fd;

	ready(1, false);
	fd = add_disk(0, 4 * MB);
	expect_enumerate();
	CHECK(!ftruncate(fd, 0));
	CHECK(send_srb(0, 1, &srb));
	turn_until_given(&storvsp.queues[0]);
	CHECK(!lun_remove(&storvsp, 0));
	CHECK(answered_among(0, 1).srb_status == SRB_INVALID_LUN);
	CHECK(trouble_none(&storvsp) && fcntl(fd, F_GETFD) == -1);
	/* A disc. */
	fd = fake_file(4 * MB);
	CHECK(!lun_add(&storvsp, 1, SCSI_DVD, fake_image(fd, true)));
	expect_enumerate();
	CHECK(!ftruncate(fd, 0));
	srb = fake_move(0xa8, 1, 0, 0, 0);
	srb.cdb[5] = 4;
	srb.cdb[9] = 1;
	srb.transfer = 2048;
	srb.data_in = 1;
	CHECK(send_srb(0, 2, &srb));
	turn_until_given(&storvsp.queues[0]);
	CHECK(!lun_eject(&storvsp, 1));
	answer = answered_among(0, 2);
	CHECK(sense_is(&answer, 2, 0x3a, 0));
	CHECK(trouble_none(&storvsp) && fcntl(fd, F_GETFD) == -1);
}

/* What waits on one channel is for the disk of before, even when the guest has
 * been told on another one, and the next disk is there. */
static void test_old_requests(void)
{
	struct fake_srb srb = fake_move(0x88, 5, 4096, 8, 512);
	struct vstor_packet packet;
	struct disk_error error;
	bool told = false;
	unsigned int i;
	uint64_t id;
	char byte;
	int fd;

	ready(2, false);
	sub_channels(1);
	fd = add_disk(5, 4 * MB);
	add_disk(0, MB);
	expect_enumerate();
	CHECK(!ftruncate(fd, 0));
	CHECK(send_srb(0, 1, &srb));
	CHECK(none_answered(0));
	memset(DATA, 0x5a, 4096);
	srb = fake_move(0x8a, 0, 0, 8, 512);
	CHECK(send_srb(0, 2, &srb) && send_srb(1, 3, &srb));
	CHECK(none_answered(0) && none_answered(1));
	CHECK(!lun_remove(&storvsp, 0));
	CHECK(!ftruncate(fd, 4 * MB));
	CHECK(!trouble_resume(&storvsp, &error));
	for (i = 0; i < 100; i++)
		queue_turn(&storvsp.queues[0], false);
	while (take_answer(0, &id, &packet))
		if (id == 2)
			told = packet.srb.srb_status == SRB_INVALID_LUN;
	CHECK(told);
	fd = add_disk(0, MB);
	pump();
	CHECK(answered(1, 3).srb_status == SRB_INVALID_LUN);
	CHECK(pread(fd, &byte, 1, 0) == 1 && !byte);
	expect_enumerate();
	CHECK(ready_status(0) == SRB_SUCCESS);
}

/* Another disc in the drive is a unit attention for what was kept. */
static void test_other_disc(void)
{
	struct fake_srb srb = { .lun = 1, .length = 10, .data_in = 1,
		.transfer = 2048, .page = DATA_PAGE,
		.cdb = { 0x28, [4] = 4, [8] = 1 } };
	struct disk_error error;
	struct vstor_srb answer;
	int fd = fake_file(4 * MB);

	ready(1, false);
	CHECK(!lun_add(&storvsp, 1, SCSI_DVD, fake_image(fd, true)));
	expect_enumerate();
	CHECK(!ftruncate(fd, 0));
	CHECK(send_srb(0, 1, &srb));
	CHECK(none_answered(0));
	CHECK(!lun_eject(&storvsp, 1));
	CHECK(!lun_insert(&storvsp, 1, fake_image(fake_file(4 * MB),
		true)));
	CHECK(!trouble_resume(&storvsp, &error));
	pump();
	answer = answered(0, 1);
	CHECK(sense_is(&answer, 6, 0x28, 0));
}

/* A place of the ring's files is not taken from requests that use it. */
static void test_busy_file(void)
{
	struct queue *queue;
	struct vstor_srb answer;
	struct fake_srb srb = fake_move(0x88, 0, 0, 8, 512);
	unsigned int i;

	ready(1, false);
	queue = &storvsp.queues[0];
	add_disk(0, MB);
	expect_enumerate();
	answer = run_srb(0, &srb);
	CHECK(is_good(&answer, 4096));
	queue->file[0]++;
	queue->busy[0]++;
	CHECK(send_srb(0, 1, &srb));
	for (i = 0; i < 8; i++)
		queue_turn(queue, false);
	CHECK(queue->fresh.first && !queue->done.first && !queue->in_kernel);
	queue->busy[0]--;
	queue->stuck = false;
	pump();
	answer = answered(0, 1);
	CHECK(is_good(&answer, 4096));
}

static int try_operation(void (*prepare)(struct io_uring_sqe *sqe))
{
	struct io_uring *ring = &storvsp.queues[0].ring;
	struct io_uring_sqe *sqe = io_uring_get_sqe(ring);
	struct io_uring_cqe *cqe;
	int result;

	prepare(sqe);
	sqe->user_data = 77;
	CHECK(io_uring_submit_and_wait(ring, 1) >= 0);
	CHECK(!io_uring_peek_cqe(ring, &cqe) && cqe->user_data == 77);
	result = cqe->res;
	io_uring_cqe_seen(ring, cqe);
	return result;
}

static uint8_t tried;

static void do_operation(struct io_uring_sqe *sqe)
{
	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = tried;
	sqe->flags = IOSQE_FIXED_FILE;
}

static void do_open(struct io_uring_sqe *sqe)
{
	io_uring_prep_openat(sqe, AT_FDCWD, "/", O_RDONLY, 0);
}

/* Of any descriptor, not of the ring's files. */
static void do_sync(struct io_uring_sqe *sqe)
{
	io_uring_prep_fsync(sqe, 0, 0);
}

/* Of the ring's files, with a flag that nobody needs. */
static void do_linked(struct io_uring_sqe *sqe)
{
	io_uring_prep_fsync(sqe, 0, 0);
	sqe->flags = IOSQE_FIXED_FILE | IOSQE_IO_LINK;
}

/* Those that are for disks are not asked. Newer kernels have more operations
 * than our headers; what a kernel does not have it refuses otherwise. */
static void test_operations(void)
{
	static const uint8_t known[] = { IORING_OP_READV, IORING_OP_WRITEV,
		IORING_OP_FSYNC, IORING_OP_POLL_ADD };
	int result;

	for (tried = 0; tried < 80; tried++) {
		if (memchr(known, tried, sizeof(known)))
			continue;
		result = try_operation(do_operation);
		CHECK(result == -EACCES || (result == -EINVAL &&
			tried >= IORING_OP_LAST));
	}
}

/* The ring can do nothing but what it is for. */
static void test_ring(void)
{
	struct io_uring *ring;
	uint32_t most[2] = { 1, 1 };

	ready(1, false);
	ring = &storvsp.queues[0].ring;
	test_operations();
	CHECK(try_operation(do_open) == -EACCES);
	CHECK(try_operation(do_sync) == -EACCES);
	CHECK(try_operation(do_linked) == -EACCES);
	CHECK(io_uring_unregister_files(ring) == -EACCES);
	CHECK(io_uring_register_iowq_max_workers(ring, most) == -EACCES);
}

/* No bell is lost: what comes while the controller goes to sleep is seen. */
static void test_bells(void)
{
	struct fake_srb srb = { .length = 6 };
	unsigned int i, pause;
	volatile unsigned int waste;

	ready(1, true);
	add_disk(0, MB);
	usleep(10000);
	for (i = 0; i < 20000; i++) {
		CHECK(send_srb(0, 2 * i, &srb));
		pause = any() % (1u << any() % 18);
		for (waste = 0; waste < pause; waste++)
			;
		CHECK(send_srb(0, 2 * i + 1, &srb));
		if (!i)
			expect_enumerate();
		answered(0, 2 * i);
		answered(0, 2 * i + 1);
	}
}

static int open_again(int fd, int flags, bool read_only)
{
	struct image_source source = { .format = DISK_RAW,
		.read_only = read_only, .name = "again" };
	struct disk_error error;
	struct image *image;
	char path[64];
	int result;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	source.fd = open(path, flags | O_CLOEXEC);
	CHECK(source.fd >= 0);
	result = image_open(&image, &source, &error);
	CHECK(!result == !error.text[0]);
	if (result)
		close(source.fd);
	else if (lun_add(&storvsp, 3, SCSI_DISK, image))
		image_put(image);
	return result;
}

/* How a descriptor was opened is looked at, as a guest would see the errors of
 * it, or worse; and a file that nobody has is free at once. */
static void test_descriptors(void)
{
	struct fake_srb srb = fake_move(0x8a, 3, 8, 8, 512);
	struct vstor_srb answer;
	int fd = fake_file(MB);
	char byte;

	ready(1, false);
	CHECK(open_again(fd, O_RDONLY, false) == -EBADF);
	CHECK(open_again(fd, O_WRONLY, false) == -EBADF);
	CHECK(open_again(fd, O_WRONLY, true) == -EBADF);
	CHECK(!open_again(fd, O_RDWR | O_APPEND, false));
	expect_enumerate();
	memset(DATA, 0x77, 4096);
	answer = run_srb(0, &srb);
	CHECK(is_good(&answer, 4096));
	CHECK(pread(fd, &byte, 1, 4096) == 1 && byte == 0x77);
	CHECK(lseek(fd, 0, SEEK_END) == MB);
	CHECK(open_again(fd, O_RDWR, false) == -EBUSY);
	/* The channel's ring has not let it go yet. */
	CHECK(!lun_remove(&storvsp, 3) && storvsp.queues[0].file[3]);
	storvsp.drives[3].haunted = false;
	CHECK(!open_again(fd, O_RDWR, false));
	expect_enumerate();
	CHECK(open_again(fd, O_RDONLY, true) == -EBUSY);
	CHECK(!lun_remove(&storvsp, 3));
	storvsp.drives[3].haunted = false;
	CHECK(!open_again(fd, O_RDONLY, true));
	expect_enumerate();
	CHECK(!open_again(fd, O_RDWR, true));
	close(fd);
}

static struct fake_srb flush_srb(void)
{
	return (struct fake_srb){ .length = 10, .cdb = { 0x35 } };
}

/* What may be lost is said, once; and never "good" instead. */
static void test_flush_errors(void)
{
	struct fake_srb srb = flush_srb(), write_srb;
	struct trouble critical;
	struct disk_error error;
	struct vstor_srb answer;
	struct image *image;
	int ends[2];

	ready(2, false);
	add_disk(0, 4 * MB);
	expect_enumerate();
	answer = run_srb(0, &srb);
	CHECK(is_good(&answer, 0));
	/* In the file's place one that cannot be synced. */
	CHECK(!pipe(ends));
	CHECK(io_uring_register_files_update(
		&storvsp.queues[0].ring, 0, &ends[1], 1) == 1);
	answer = run_srb(0, &srb);
	CHECK(sense_is(&answer, 3, 0x0c, 0));
	trouble_show(&storvsp, &critical);
	CHECK(critical.is && critical.error == -EINVAL);
	CHECK(send_srb(0, 1, &srb));
	CHECK(none_answered(0));
	storvsp.queues[0].file[0] = 0;
	CHECK(!trouble_resume(&storvsp, &error));
	pump();
	answer = answered(0, 1);
	CHECK(is_good(&answer, 0));
	/* A forced write without room has lost nothing. */
	file_limit(MB);
	write_srb = fake_move(0x8a, 0, 4096, 8, 512);
	write_srb.cdb[1] = 0x08;
	CHECK(send_srb(0, 2, &write_srb));
	CHECK(none_answered(0));
	file_limit(RLIM_INFINITY);
	CHECK(!trouble_resume(&storvsp, &error));
	pump();
	answer = answered(0, 2);
	CHECK(is_good(&answer, 4096));
	answer = run_srb(0, &srb);
	CHECK(is_good(&answer, 0));
	/* One whose sync failed has used up what the kernel knew: a pipe takes
	 * the data. */
	CHECK(io_uring_register_files_update(
		&storvsp.queues[0].ring, 0, &ends[1], 1) == 1);
	CHECK(send_srb(0, 7, &write_srb));
	CHECK(none_answered(0));
	trouble_show(&storvsp, &critical);
	CHECK(critical.is && critical.error == -EINVAL);
	storvsp.queues[0].file[0] = 0;
	CHECK(!trouble_resume(&storvsp, &error));
	pump();
	answer = answered(0, 7);
	CHECK(is_good(&answer, 4096));
	answer = run_srb(0, &srb);
	CHECK(sense_is(&answer, 3, 0x0c, 0));
	answer = run_srb(0, &srb);
	CHECK(is_good(&answer, 0));
	/* All that are there are told what the kernel told one of them. */
	sub_channels(1);
	answer = run_srb(1, &srb);
	CHECK(is_good(&answer, 0));
	CHECK(io_uring_register_files_update(
		&storvsp.queues[0].ring, 0, &ends[1], 1) == 1);
	CHECK(send_srb(0, 5, &srb) && send_srb(1, 6, &srb));
	turn_until_given(&storvsp.queues[1]);
	turn_until_given(&storvsp.queues[0]);
	pump();
	answer = answered(0, 5);
	CHECK(sense_is(&answer, 3, 0x0c, 0));
	answer = answered(1, 6);
	CHECK(sense_is(&answer, 3, 0x0c, 0));
	storvsp.queues[0].file[0] = 0;
	CHECK(!trouble_resume(&storvsp, &error));
	answer = run_srb(0, &srb);
	CHECK(is_good(&answer, 0));
	/* Another request was told while a flush was under way. */
	CHECK(send_srb(0, 3, &srb));
	turn_until_given(&storvsp.queues[0]);
	image = storvsp.drives[0].image;
	file_lose(&image->file);
	pump();
	answer = answered(0, 3);
	CHECK(sense_is(&answer, 3, 0x0c, 0));
	answer = run_srb(0, &srb);
	CHECK(is_good(&answer, 0));
	/* One that comes after it does not take it from one that was there. */
	CHECK(send_srb(0, 4, &srb));
	turn_until_given(&storvsp.queues[0]);
	file_lose(&image->file);
	answer = run_srb(1, &srb);
	CHECK(sense_is(&answer, 3, 0x0c, 0));
	answer = answered(0, 4);
	CHECK(sense_is(&answer, 3, 0x0c, 0));
	answer = run_srb(1, &srb);
	CHECK(is_good(&answer, 0));
	close(ends[0]);
	close(ends[1]);
}

static int fail_to_sync(struct file *file)
{
	(void)file;
	return -ENOSPC;
}

/* A medium that fails while an image grows is not used as if it had not. */
static void test_failed_growth(void)
{
	struct fake_srb srb = flush_srb();
	const struct file_ops *whole;
	struct file_ops broken;
	struct file *file;
	struct disk_error error;
	struct vstor_srb answer;

	ready(1, false);
	add_disk(0, 4 * MB);
	expect_enumerate();
	CHECK(lun_grow(&storvsp, 0, 4 * MB + 1) == -EINVAL);
	CHECK(trouble_none(&storvsp));
	file = &storvsp.drives[0].image->file;
	whole = file->ops;
	broken = *whole;
	broken.sync = fail_to_sync;
	file->ops = &broken;
	CHECK(lun_grow(&storvsp, 0, 8 * MB) == -ENOSPC);
	file->ops = whole;
	CHECK(!trouble_none(&storvsp));
	CHECK(send_srb(0, 1, &srb));
	CHECK(none_answered(0));
	CHECK(!trouble_resume(&storvsp, &error));
	pump();
	/* The file is longer by now. */
	answer = answered(0, 1);
	CHECK(sense_is(&answer, 6, 0x2a, 0x09));
	answer = run_srb(0, &srb);
	CHECK(sense_is(&answer, 3, 0x0c, 0));
	CHECK(!lun_grow(&storvsp, 0, 16 * MB));
}

/* More than there are slots, and answers that nobody takes. */
static void test_flood(void)
{
	struct fake_srb srb = { .length = 6 };
	struct vstor_packet packet;
	unsigned int sent = 0, got = 0, rounds;
	uint64_t id;

	ready(1, false);
	add_disk(0, MB);
	expect_enumerate();
	while (sent < 20000 && send_srb(0, sent, &srb))
		sent++;
	CHECK(sent > QUEUE_DEPTH);
	for (rounds = 0; rounds < 1000 && got < 5 * sent; rounds++) {
		pump();
		CHECK(storvsp.queues[0].used <= QUEUE_DEPTH);
		while (take_answer(0, &id, &packet)) {
			CHECK(packet.operation == VSTOR_COMPLETE_IO);
			got++;
			/* Ids of those under way may be used again. */
			if (send_srb(0, id, &srb))
				sent++;
		}
		if (fake_load(&side[0].out, FAKE_PENDING))
			ring_bell(0);
		if (got > 5000)
			break;
		ring_bell(0);
	}
	CHECK(got > 5000);
}

static void check_refused_load(struct stream *state, size_t size)
{
	struct stream part = { 0 };

	stream_put_bytes(&part, state->data, size);
	CHECK(vmbus.device.ops->load(&vmbus.device, &part, 1) == -EINVAL);
	CHECK(storvsp.state == STORVSP_CLOSED && !storvsp.version);
	stream_free(&part);
}

/* Saved with requests of all kinds: kept, and answered without room. */
static void test_saved(void)
{
	struct stream first, second;
	struct disk_error error;
	struct vstor_srb answer;
	struct fake_srb srb;
	size_t size;
	int fd;

	ready(4, false);
	sub_channels(3);
	fd = add_disk(0, 4 * MB);
	expect_enumerate();
	CHECK(!lun_grow(&storvsp, 0, 8 * MB));
	expect_enumerate();
	storvsp.drives[0].unit.attention.key = 0;
	CHECK(!ftruncate(fd, 0));
	srb = fake_move(0x88, 0, 4096, 8, 512);
	CHECK(send_srb(1, 11, &srb) && send_srb(2, 12, &srb));
	CHECK(none_answered(1) && none_answered(2));
	CHECK(!ftruncate(fd, 8 * MB) && pwrite(fd, "x", 1, 2 * MB) == 1);
	save(&vmbus.device, &first);
	CHECK(!trouble_resume(&storvsp, &error));
	CHECK(!vmbus.device.ops->load(&vmbus.device, &first, 1));
	save(&vmbus.device, &second);
	CHECK(first.size == second.size &&
		!memcmp(first.data, second.data, first.size));
	pump();
	answer = answered(1, 11);
	CHECK(is_good(&answer, 4096));
	answer = answered(2, 12);
	CHECK(is_good(&answer, 4096) && DATA[0] == 'x');
	CHECK(ready_status(0) == SRB_SUCCESS);
	for (size = 0; size < first.size; size++)
		check_refused_load(&first, size);
	stream_free(&first);
	stream_free(&second);
	check_bad_loads(&vmbus.device, 2000);
}

/* A guest's memory does not change any more once its channel is closed. */
static void test_close(void)
{
	struct fake_srb srb;
	unsigned int i;

	ready(2, true);
	add_disk(0, 16 * MB);
	expect_enumerate();
	for (i = 0; i < 200; i++) {
		srb = fake_move(0x88, 0, any() % 1024, 512, 512);
		send_srb(0, i, &srb);
		if (i % 10)
			continue;
		close_channel(0);
		memset(DATA, 0x5a, SCSI_TRANSFER);
		usleep(any() % 500);
		CHECK(DATA[0] == 0x5a && !memcmp(DATA, DATA + 1,
			SCSI_TRANSFER - 1));
		negotiated();
	}
}

int main(int count, char **arguments)
{
	start("test_storvsp", count, arguments);
	test_negotiation();
	test_sub_channels();
	test_luns();
	test_data();
	test_read_only();
	test_dvd();
	test_coming_and_going();
	test_full();
	test_gone();
	test_ide_place();
	test_taken_out();
	test_old_requests();
	test_other_disc();
	test_busy_file();
	test_ring();
	test_bells();
	test_descriptors();
	test_flush_errors();
	test_failed_growth();
	test_flood();
	test_saved();
	test_close();
	down();
	return 0;
}
