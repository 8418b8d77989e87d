/* Messages with descriptors: unix(7). */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_CONTROL_DESCRIPTOR_H
#define TESTS_CONTROL_DESCRIPTOR_H

#include <stdbool.h>
#include <stddef.h>

/* A message of a socket, with copies of count descriptors, CONTROL_QUEUES at most.
 * Whether it went. */
bool descriptor_send(long file, const void *from, size_t size,
	const int *descriptors, unsigned int count);
/*
 * The next message, up to size bytes of it: how many came, or -errno;
 * *descriptor is the caller's, -1: none came with it.
 */
long descriptor_receive(long file, void *to, size_t size, int *descriptor);

#endif
