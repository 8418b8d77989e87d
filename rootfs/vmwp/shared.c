/* Memory that a guest can change at any time: how it is read and written. */
/* SPDX-License-Identifier: MIT */
#include "shared.h"

#include <immintrin.h>
#include <string.h>

#define PAGE_SIZE 4096u

static uint8_t *bytes_of(struct guest_page page)
{
	return (uint8_t *)page.only_for_shared_c;
}

struct guest_page shared_page(const struct ram *ram, uint64_t number)
{
	struct guest_page page = { 0 };

	if (number <= UINT64_MAX / PAGE_SIZE)
		page.only_for_shared_c = (uintptr_t)ram_at(
			ram, number * PAGE_SIZE, PAGE_SIZE);
	return page;
}

bool shared_is(struct guest_page page)
{
	return page.only_for_shared_c;
}

uint64_t shared_number(const struct ram *ram, struct guest_page page)
{
	uint64_t offset = bytes_of(page) - ram->host;

	if (offset >= RAM_LOW_END)
		offset += RAM_HIGH - RAM_LOW_END;
	return offset / PAGE_SIZE;
}

static size_t piece(size_t offset, size_t size)
{
	size_t left = PAGE_SIZE - offset % PAGE_SIZE;

	return size < left ? size : left;
}

void shared_copy_in(void *to, const struct guest_page *pages, size_t offset,
	size_t size)
{
	uint8_t *at = to;
	size_t part;

	for (; size; size -= part, offset += part, at += part) {
		part = piece(offset, size);
		memcpy(at, bytes_of(pages[offset / PAGE_SIZE]) +
			offset % PAGE_SIZE, part);
	}
}

void shared_copy_out(const struct guest_page *pages, size_t offset,
	const void *from, size_t size)
{
	const uint8_t *at = from;
	size_t part;

	for (; size; size -= part, offset += part, at += part) {
		part = piece(offset, size);
		memcpy(bytes_of(pages[offset / PAGE_SIZE]) +
			offset % PAGE_SIZE, at, part);
	}
}

void shared_zero(const struct guest_page *pages, size_t offset, size_t size)
{
	size_t part;

	for (; size; size -= part, offset += part) {
		part = piece(offset, size);
		memset(bytes_of(pages[offset / PAGE_SIZE]) +
			offset % PAGE_SIZE, 0, part);
	}
}

static uint16_t fold(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

#define SUM_WORDS	8u

/* That many words at once: one instruction each, as each takes the carry of the
 * one before. Returns the last one's. */
static unsigned char sum_words(const uint8_t *at, unsigned char carry,
	unsigned long long *sum)
{
	unsigned long long word;
	unsigned int i;

#pragma GCC unroll 8
	for (i = 0; i < SUM_WORDS; i++) {
		memcpy(&word, at + i * sizeof(word), sizeof(word));
		carry = _addcarry_u64(carry, *sum, word, sum);
	}
	return carry;
}

/* Eight bytes at a time: what is carried out of the top comes in at the bottom
 * again, which is the same sum. */
static uint64_t sum_piece(const uint8_t *at, size_t size)
{
	const size_t many = SUM_WORDS * sizeof(uint64_t);
	unsigned long long sum = 0, word;
	unsigned char carry = 0;

	for (; size >= many; size -= many, at += many)
		carry = sum_words(at, carry, &sum);
	for (; size >= sizeof(word); size -= sizeof(word), at += sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		carry = _addcarry_u64(carry, sum, word, &sum);
	}
	word = 0;
	memcpy(&word, at, size);
	carry = _addcarry_u64(carry, sum, word, &sum);
	return sum + carry < sum ? 1 : sum + carry;
}

/* A piece that begins at an odd place has its words the other way round. */
uint16_t shared_sum(const struct guest_page *pages, size_t offset, size_t size)
{
	uint64_t sum = 0;
	bool odd = false;
	uint16_t part_sum;
	size_t part;

	for (; size; size -= part, offset += part) {
		part = piece(offset, size);
		part_sum = fold(sum_piece(bytes_of(pages[offset / PAGE_SIZE]) +
			offset % PAGE_SIZE, part));
		sum += odd ? __builtin_bswap16(part_sum) : part_sum;
		odd ^= part % 2;
	}
	return fold(sum);
}

unsigned int shared_parts(const struct guest_page *pages, size_t offset,
	size_t size, struct iovec *parts)
{
	unsigned int count = 0;
	uint8_t *at, *end = NULL;
	size_t part;

	for (; size; size -= part, offset += part) {
		part = piece(offset, size);
		at = bytes_of(pages[offset / PAGE_SIZE]) + offset % PAGE_SIZE;
		if (at != end)
			parts[count++] = (struct iovec){ at, 0 };
		parts[count - 1].iov_len += part;
		end = at + part;
	}
	return count;
}

uint32_t shared_load(struct guest_page page, unsigned int offset)
{
	const uint32_t *word = (uint32_t *)(bytes_of(page) + offset);

	return __atomic_load_n(word, __ATOMIC_SEQ_CST);
}

void shared_store(
	struct guest_page page, unsigned int offset, uint32_t value)
{
	uint32_t *word = (uint32_t *)(bytes_of(page) + offset);

	/* On x86 an exchange: no later load passes it. Pairs with the same
	 * in the guest between its index and its look at ours. */
	__atomic_store_n(word, value, __ATOMIC_SEQ_CST);
}

bool shared_read(
	const struct ram *ram, uint64_t gpa, void *to, size_t size)
{
	const void *from = ram_at(ram, gpa, size);

	if (from)
		memcpy(to, from, size);
	return from;
}

bool shared_write(
	const struct ram *ram, uint64_t gpa, const void *from, size_t size)
{
	void *to = ram_at(ram, gpa, size);

	if (to)
		memcpy(to, from, size);
	return to;
}
