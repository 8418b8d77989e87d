/* Messages with descriptors: unix(7). */
/* SPDX-License-Identifier: MIT */
#include "descriptor.h"

#include "call.h"
#include "control.h"

enum { CALL_SENDMSG = 46, CALL_RECVMSG = 47 };	/* asm/unistd_64.h */
enum { HEAD = 16, RIGHTS = 1 };	/* SCM_RIGHTS; SOL_SOCKET, too */

struct rights {
	size_t size;
	int level, type;
	int descriptors[CONTROL_QUEUES];
};

/* The kernel's msghdr with one part. */
static long transfer(long number, long file, const void *bytes, size_t size,
	struct rights *rights, size_t room)
{
	struct { const void *at; size_t size; } part = { bytes, size };
	struct {
		void *name;
		unsigned int name_size;
		void *parts;
		size_t count;
		void *control;
		size_t control_size;
		int flags;
	} message = { .parts = &part, .count = 1,
		.control = room ? rights : NULL, .control_size = room };

	return call(number, file, (long)&message, 0, 0, 0);
}

bool descriptor_send(long file, const void *from, size_t size,
	const int *descriptors, unsigned int count)
{
	struct rights rights = { HEAD + count * sizeof(int), RIGHTS, RIGHTS,
		{ 0 } };
	unsigned int i;

	for (i = 0; i < count; i++)
		rights.descriptors[i] = descriptors[i];
	return transfer(CALL_SENDMSG, file, from, size, &rights,
		count ? (rights.size + 7) & ~7ul : 0) == (long)size;
}

long descriptor_receive(long file, void *to, size_t size, int *descriptor)
{
	struct rights rights = { .descriptors = { -1 } };
	long came = transfer(CALL_RECVMSG, file, to, size, &rights,
		HEAD + 2 * sizeof(int));

	*descriptor = rights.type == RIGHTS ? rights.descriptors[0] : -1;
	return came;
}
