/* What is asked of a worker process about its picture. */
/* SPDX-License-Identifier: MIT */
#include "screenshot.h"

#include "call.h"
#include "control.h"
#include "say.h"
#include "storage.h"

enum { CALL_SENDFILE = 40, CALL_RECVMSG = 47 };	/* asm/unistd_64.h */
#define CREATE	01101	/* write, create, truncate */
#define RIGHTS	1	/* SCM_RIGHTS; SOL_SOCKET, too */

static struct control_screenshot got;

/* unix(7): a message with a descriptor; -1: none. */
static int receive(long file)
{
	struct { void *to; size_t size; } part = { &got, sizeof(got) };
	struct {
		size_t size;
		int level, type;
		int descriptor, padding;
	} rights = { .descriptor = -1 };
	struct {
		void *name;
		unsigned int name_size;
		void *parts;
		size_t count;
		void *control;
		size_t control_size;
		int flags;
	} message = { .parts = &part, .count = 1, .control = &rights,
		.control_size = sizeof(rights) };

	if (call(CALL_RECVMSG, file, (long)&message, 0, 0, 0) != sizeof(got) ||
	    got.reply.error || rights.type != RIGHTS)
		return -1;
	return rights.descriptor;
}

static bool take(long file, const char *path)
{
	static const struct control_request request = { CONTROL_MAGIC,
		CONTROL_VERSION, CONTROL_SCREENSHOT, 0 };
	long image, to;

	if (call(CALL_WRITE, file, (long)&request, sizeof(request), 0, 0) < 0)
		return false;
	image = receive(file);
	to = image < 0 ? -1 : call(CALL_OPEN, (long)path, CREATE, 0644, 0, 0);
	if (to < 0)
		return false;
	say("screenshot ", number(got.width), " x ", number(got.height), ", ",
		number(got.size), " bytes", NULL);
	return call(CALL_SENDFILE, to, image, 0, (long)got.size, 0) ==
		(long)got.size;
}

bool screenshot_run(long file, char **words, long count, bool *good)
{
	if (count != 2 || !same(words[0], "screenshot"))
		return false;
	*good = take(file, words[1]);
	return true;
}
