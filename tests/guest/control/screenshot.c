/* What is asked of a worker process about its picture. */
/* SPDX-License-Identifier: MIT */
#include "screenshot.h"

#include "call.h"
#include "control.h"
#include "descriptor.h"
#include "say.h"
#include "storage.h"

enum { CALL_SENDFILE = 40 };	/* asm/unistd_64.h */
#define CREATE	01101	/* write, create, truncate */

static struct control_screenshot got;

static bool take(long file, const char *path)
{
	static const struct control_request request = { CONTROL_MAGIC,
		CONTROL_VERSION, CONTROL_SCREENSHOT, 0 };
	int image;
	long to;

	if (call(CALL_WRITE, file, (long)&request, sizeof(request), 0, 0) < 0)
		return false;
	if (descriptor_receive(file, &got, sizeof(got), &image) !=
	    sizeof(got) || got.reply.error)
		return false;
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
