/* Memory that a guest can change at any time: how it is read and written. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_SHARED_H
#define VMWP_SHARED_H

#include <stddef.h>

#include <sys/uio.h>

#include "ram.h"

/*
 * Nobody but this module reads guest memory while the guest can run: a value is
 * copied once, by a function that the compiler cannot see through, then
 * checked, then used. A page is known to others by this, which is no pointer
 * and becomes none by mistake; tests/unit/test_shared.sh finds the rest.
 */
struct guest_page {
	uintptr_t only_for_shared_c;	/* 0: none */
};

/* The page of that number, or none where it is no RAM. Any number may be
 * asked. */
struct guest_page shared_page(const struct ram *ram, uint64_t number);
bool shared_is(struct guest_page page);
uint64_t shared_number(const struct ram *ram, struct guest_page page);

/* Bytes that lie in the pages in a row, from offset on. The caller knows that
 * they are within. */
void shared_copy_in(void *to, const struct guest_page *pages, size_t offset,
	size_t size);
void shared_copy_out(const struct guest_page *pages, size_t offset,
	const void *from, size_t size);

void shared_zero(const struct guest_page *pages, size_t offset, size_t size);

/* Their sum in one's complement, of words of 16 bits as they are in memory. */
uint16_t shared_sum(const struct guest_page *pages, size_t offset,
	size_t size);

/* The same bytes as parts of memory, for system calls: nobody here looks where
 * they point. Neighbours become one part; there is room for as many as pages
 * are touched. Returns how many. */
unsigned int shared_parts(const struct guest_page *pages, size_t offset,
	size_t size, struct iovec *parts);

/* A word of a page, whole. In one order with all others of all processors:
 * what is copied before a store is there before it, and after a load after. */
uint32_t shared_load(struct guest_page page, unsigned int offset);
void shared_store(
	struct guest_page page, unsigned int offset, uint32_t value);

/* By address; false, and nothing done, where it is not all RAM. */
bool shared_read(
	const struct ram *ram, uint64_t gpa, void *to, size_t size);
bool shared_write(
	const struct ram *ram, uint64_t gpa, const void *from, size_t size);

#endif
