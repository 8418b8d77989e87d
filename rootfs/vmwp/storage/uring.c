/* io_uring, made for disks and nothing else. */
/* SPDX-License-Identifier: MIT */
#include "storage/uring.h"

/* io_uring passes by seccomp: what the ring can do is said once and for all
 * before it can do anything. */
static int restrict_ring(struct io_uring *ring)
{
	static const uint8_t known[] = { IORING_OP_READV, IORING_OP_WRITEV,
		IORING_OP_FSYNC, IORING_OP_POLL_ADD };
	struct io_uring_restriction list[sizeof(known) + 2] = { 0 };
	unsigned int i;

	for (i = 0; i < sizeof(known); i++) {
		list[i].opcode = IORING_RESTRICTION_SQE_OP;
		list[i].sqe_op = known[i];
	}
	list[i].opcode = IORING_RESTRICTION_SQE_FLAGS_REQUIRED;
	list[i++].sqe_flags = IOSQE_FIXED_FILE;
	list[i].opcode = IORING_RESTRICTION_REGISTER_OP;
	list[i].register_op = IORING_REGISTER_FILES_UPDATE;
	return io_uring_register_restrictions(
		ring, list, sizeof(list) / sizeof(list[0]));
}

int uring_make(struct io_uring *ring, unsigned int entries, const int *files,
	unsigned int count)
{
	int error;

	error = io_uring_queue_init(entries, ring,
		IORING_SETUP_R_DISABLED | IORING_SETUP_SINGLE_ISSUER |
		IORING_SETUP_DEFER_TASKRUN);
	if (error)
		return error;
	error = io_uring_register_files(ring, files, count);
	if (!error)
		error = restrict_ring(ring);
	if (error)
		io_uring_queue_exit(ring);
	return error;
}
