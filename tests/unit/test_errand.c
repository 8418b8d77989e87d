/* Errands, and a privileged process that is wrong, slow or gone.
 * usage: test_errand DOCUMENT ROUNDS [SEED] */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>

#include "dialogue_pair.h"
#include "errand.h"

static bool sends_more;

static void done(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	const struct helper_reply *said = reply;
	char more[32];

	CHECK(!said == (error == -EPIPE));
	snprintf(more, sizeof(more), "%u:%u", said ? said->number : 0,
		parcel->count);
	tell_answer(context, error, more);
}

static void send_errand(const char *name, int fd);

/* From within: it is the last one then. */
static void done_and_more(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	done(context, error, reply, parcel);
	if (sends_more)
		send_errand("more", -1);
	sends_more = false;
}

static void send_errand(const char *name, int fd)
{
	struct helper_request request = { .type = HELPER_LOAD };
	struct parcel parcel = { .count = 0 };

	strcpy(request.name, name);
	if (fd >= 0)
		CHECK(!parcel_add(&parcel, fd));
	CHECK(!errand_send(&line, &request, &parcel, done_and_more,
		(void *)name));
	CHECK(!parcel.count);
}

static unsigned int descriptors(void)
{
	unsigned int count = 0;
	int fd;

	for (fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void start(void)
{
	CHECK(!errands_init(&line, &events, pair_start()));
	line.ended = pair_ended;
}

/* The next request, by name; how many descriptors came along. */
static unsigned int expect(const char *name)
{
	struct helper_request request;
	struct parcel parcel;
	unsigned int count;

	CHECK(parcel_receive(other, &request, sizeof(request),
		sizeof(request), &parcel) > 0);
	CHECK_STRING(name, request.name);
	count = parcel.count;
	parcel_empty(&parcel);
	return count;
}

static void reply(uint32_t type, uint32_t number, int fd)
{
	const struct helper_reply text = { .type = type, .number = number };

	pair_say(&text, sizeof(text), fd);
}

static void test_order(void)
{
	start();
	send_errand("a", open("/dev/null", O_RDONLY | O_CLOEXEC));
	send_errand("b", -1);
	send_errand("c", -1);
	CHECK(expect("a") == 1);
	CHECK(nothing_came());
	CHECK_STRING("", told);
	reply(HELPER_LOAD, 7, open("/dev/null", O_RDONLY | O_CLOEXEC));
	sends_more = true;
	pair_run();
	CHECK_STRING("a:0:7:1 ", told);
	CHECK(expect("b") == 0);
	reply(HELPER_LOAD, 8, -1);
	pair_run();
	CHECK(expect("c") == 0);
	reply(HELPER_LOAD, 9, -1);
	pair_run();
	CHECK(expect("more") == 0);
	reply(HELPER_LOAD, 10, -1);
	pair_run();
	CHECK_STRING("a:0:7:1 b:0:8:0 c:0:9:0 more:0:10:0 ", told);
	CHECK(nothing_came() && !ended_by);
	pair_finish();
}

/* All are told, what they hold is closed, and no more is taken. */
static void test_gone(void)
{
	struct helper_request request = { .type = HELPER_LOAD };

	start();
	send_errand("a", -1);
	send_errand("b", open("/dev/null", O_RDONLY | O_CLOEXEC));
	CHECK(expect("a") == 0);
	pair_close();
	pair_run();
	CHECK_STRING("a:-32:0:0 b:-32:0:0 ", told);
	CHECK(ended_by == -EPIPE && line.event.fd < 0);
	CHECK(errand_send(&line, &request, NULL, done, NULL) == -EPIPE);
	pair_finish();
}

static void test_wrong(uint32_t type)
{
	start();
	send_errand("a", -1);
	CHECK(expect("a") == 0);
	reply(type, 0, open("/dev/null", O_RDONLY | O_CLOEXEC));
	pair_run();
	CHECK_STRING("a:-32:0:0 ", told);
	CHECK(ended_by);
	pair_finish();
}

static void test_unasked(void)
{
	start();
	reply(HELPER_LOAD, 0, -1);
	pair_run();
	CHECK(ended_by && !told[0]);
	pair_finish();
	start();
	send_errand("a", -1);
	CHECK(send(other, "short", 5, 0) == 5);
	pair_run();
	CHECK(ended_by);
	pair_finish();
}

static void test_forgotten(void)
{
	start();
	send_errand("a", open("/dev/null", O_RDONLY | O_CLOEXEC));
	send_errand("b", open("/dev/null", O_RDONLY | O_CLOEXEC));
	pair_finish();
	CHECK_STRING("", told);
}

int main(void)
{
	unsigned int before = descriptors();

	test_order();
	test_gone();
	test_wrong(HELPER_SAVE);
	test_wrong(HELPER_TYPES);
	test_unasked();
	test_forgotten();
	CHECK(descriptors() == before);
	return 0;
}
