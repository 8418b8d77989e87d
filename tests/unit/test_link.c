/* What is said to workers, and workers that are wrong, slow or gone.
 * usage: test_link DOCUMENT ROUNDS [SEED] */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>

#include "dialogue_pair.h"
#include "link.h"

static void done(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	CHECK(!reply == (error == -EPIPE || error == -ETIMEDOUT ||
		error == -EPROTO));
	tell_answer(context, error, parcel->count ? "1" : "0");
}

/* It asks more, and takes the descriptor. */
static void done_and_more(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	int fd;

	done(context, error, reply, parcel);
	CHECK(!link_say(&line, CONTROL_STATUS, 0, done, "more"));
	fd = parcel_take(parcel, 0);
	CHECK(fd >= 0 && !close(fd));
}

/* It ends the link. */
static void done_and_exit(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	done(context, error, reply, parcel);
	dialogue_exit(&line);
}

static void start(void)
{
	CHECK(!link_init(&line, &events, &timers, pair_start()));
	line.ended = pair_ended;
}

static void expect(enum control_type type, size_t size, unsigned int fds)
{
	struct control_storage_request request;
	struct parcel parcel;

	CHECK(parcel_receive(other, &request, 1, sizeof(request), &parcel) ==
		(ssize_t)size);
	CHECK(request.request.magic == CONTROL_MAGIC);
	CHECK(request.request.type == type && parcel.count == fds);
	parcel_empty(&parcel);
}

static void reply(uint32_t type, int error, size_t size, int fd)
{
	const union control_any text = { .reply = { CONTROL_MAGIC,
		CONTROL_VERSION, type, error, 0, 1, 1 << 20 } };

	pair_say(&text, size, fd);
}

static void test_order(void)
{
	const size_t request = sizeof(struct control_request);
	struct control_storage_request disk = { .request = { CONTROL_MAGIC,
		CONTROL_VERSION, CONTROL_STORAGE_ADD, 0 } };
	struct parcel along = { .count = 0 };

	start();
	CHECK(!link_say(&line, CONTROL_PAUSE, 0, done, "pause"));
	CHECK(!parcel_add(&along, open("/dev/null", O_RDONLY | O_CLOEXEC)));
	CHECK(!link_ask(&line, &disk.request, sizeof(disk), &along, done,
		"disk"));
	CHECK(!link_say(&line, CONTROL_SCREENSHOT, 0, done_and_more, "shot"));
	expect(CONTROL_PAUSE, request, 0);
	CHECK(nothing_came());
	reply(CONTROL_PAUSE, 0, sizeof(struct control_reply), -1);
	pair_run();
	expect(CONTROL_STORAGE_ADD, sizeof(disk), 1);
	reply(CONTROL_STORAGE_ADD, -EBUSY, sizeof(struct control_storage), -1);
	pair_run();
	expect(CONTROL_SCREENSHOT, request, 0);
	reply(CONTROL_SCREENSHOT, 0, sizeof(struct control_screenshot),
		open("/dev/null", O_RDONLY | O_CLOEXEC));
	pair_run();
	expect(CONTROL_STATUS, request, 0);
	reply(CONTROL_STATUS, -EINVAL, sizeof(struct control_reply), -1);
	pair_run();
	CHECK_STRING("pause:0:0 disk:-16:0 shot:0:1 more:-22:0 ", told);
	CHECK(!ended_by && nothing_came());
	pair_finish();
}

static void test_gone(void)
{
	start();
	CHECK(!link_say(&line, CONTROL_PAUSE, 0, done, "a"));
	CHECK(!link_say(&line, CONTROL_RESUME, 0, done, "b"));
	pair_close();
	pair_run();
	CHECK_STRING("a:-32:0 b:-32:0 ", told);
	CHECK(ended_by == -EPIPE);
	CHECK(link_say(&line, CONTROL_PAUSE, 0, done, "c") == -EPIPE);
	pair_finish();
}

static void test_slow(void)
{
	start();
	line.patience = 20000000;
	CHECK(!link_say(&line, CONTROL_PAUSE, 0, done, "a"));
	pair_run();
	CHECK_STRING("a:-110:0 ", told);
	CHECK(ended_by == -ETIMEDOUT);
	pair_finish();
}

/* Of a type, with an error, and a size that it has not. */
static void test_wrong(uint32_t type, int error, size_t size)
{
	start();
	CHECK(!link_say(&line, CONTROL_KVP, 0, done, "a"));
	reply(type, error, size, open("/dev/null", O_RDONLY | O_CLOEXEC));
	pair_run();
	CHECK_STRING("a:-71:0 ", told);
	CHECK(ended_by == -EPROTO);
	pair_finish();
}

static void test_exit(void)
{
	start();
	CHECK(!link_say(&line, CONTROL_PAUSE, 0, done_and_exit, "a"));
	CHECK(!link_say(&line, CONTROL_PAUSE, 0, done, "b"));
	reply(CONTROL_PAUSE, 0, sizeof(struct control_reply), -1);
	pair_run();
	CHECK_STRING("a:0:0 ", told);
	pair_finish();
}

int main(void)
{
	test_order();
	test_gone();
	test_slow();
	test_wrong(CONTROL_PAUSE, 0, sizeof(struct control_reply));
	test_wrong(CONTROL_KVP, 0, sizeof(struct control_reply));
	test_wrong(CONTROL_KVP, 1, sizeof(struct control_item));
	test_wrong(CONTROL_KVP, -ENOENT, sizeof(struct control_item) - 1);
	test_wrong(CONTROL_KVP, -ENOENT, 8);
	test_exit();
	return 0;
}
