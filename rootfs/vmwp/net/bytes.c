/* Where the bytes of a guest's packet lie: pieces of its pages in a row. */
/* SPDX-License-Identifier: MIT */
#include "net/bytes.h"

#include <string.h>

#define PAGE_SIZE	4096u

void bytes_init(struct bytes *bytes)
{
	bytes->count = bytes->page_count = 0;
	bytes->total = 0;
}

bool bytes_add(struct bytes *bytes, const struct guest_page *pages,
	uint32_t offset, uint32_t size)
{
	if (bytes->count == BYTES_PIECES)
		return false;
	bytes->pieces[bytes->count++] =
		(struct bytes_piece){ pages, offset, size };
	bytes->total += size;
	return true;
}

/* The numbers are not aligned within the packet. */
static bool take_pages(struct bytes *bytes, const struct ram *ram,
	const uint8_t *numbers, uint32_t count)
{
	struct guest_page *page = &bytes->pages[bytes->page_count];
	uint64_t number;
	uint32_t i;

	if (count > BYTES_PAGES - bytes->page_count)
		return false;
	for (i = 0; i < count; i++) {
		memcpy(&number, numbers + i * sizeof(number), sizeof(number));
		page[i] = shared_page(ram, number);
		if (!shared_is(page[i]))
			return false;
	}
	bytes->page_count += count;
	return true;
}

bool bytes_add_ranges(struct bytes *bytes, const struct ram *ram,
	uint32_t count, const uint8_t *from, uint32_t size)
{
	uint32_t head[2], pages;
	const struct guest_page *first;

	for (; count; count--) {
		if (size < sizeof(head))
			return false;
		memcpy(head, from, sizeof(head));
		from += sizeof(head);
		size -= sizeof(head);
		if (head[1] >= PAGE_SIZE || head[0] > BYTES_PAGES * PAGE_SIZE)
			return false;
		pages = (head[0] + head[1] + PAGE_SIZE - 1) / PAGE_SIZE;
		first = &bytes->pages[bytes->page_count];
		if (pages > size / 8 || !take_pages(bytes, ram, from, pages) ||
		    !bytes_add(bytes, first, head[1], head[0]))
			return false;
		from += pages * 8;
		size -= pages * 8;
	}
	return true;
}

/* The piece in which at is, which becomes an offset in that. */
static const struct bytes_piece *find(const struct bytes *bytes, uint32_t *at)
{
	const struct bytes_piece *piece = bytes->pieces;

	while (*at >= piece->size && piece + 1 < bytes->pieces + bytes->count)
		*at -= piece++->size;
	return piece;
}

void bytes_copy(const struct bytes *bytes, uint32_t at, void *to,
	uint32_t size)
{
	const struct bytes_piece *piece;
	uint8_t *out = to;
	uint32_t part;

	if (!size)
		return;
	for (piece = find(bytes, &at); size; piece++, at = 0) {
		part = piece->size - at < size ? piece->size - at : size;
		shared_copy_in(out, piece->pages, (size_t)piece->offset + at,
			part);
		out += part;
		size -= part;
	}
}

unsigned int bytes_parts(const struct bytes *bytes, uint32_t at, uint32_t size,
	struct iovec *parts)
{
	const struct bytes_piece *piece;
	unsigned int count = 0;
	uint32_t part;

	if (!size)
		return 0;
	for (piece = find(bytes, &at); size; piece++, at = 0) {
		part = piece->size - at < size ? piece->size - at : size;
		count += shared_parts(piece->pages, (size_t)piece->offset + at,
			part, parts + count);
		size -= part;
	}
	return count;
}
