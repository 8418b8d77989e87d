/* Where the bytes of a guest's packet lie: pieces of its pages in a row. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_NET_BYTES_H
#define VMWP_NET_BYTES_H

#include "shared.h"

#define BYTES_PIECES	65u	/* a section and 64 ranges */
#define BYTES_PAGES	128u	/* of the ranges */

struct bytes_piece {
	const struct guest_page *pages;	/* of a list, or of ours below */
	uint32_t offset, size;
};

struct bytes {
	unsigned int count, page_count;
	uint32_t total;
	struct bytes_piece pieces[BYTES_PIECES];
	struct guest_page pages[BYTES_PAGES];
};

void bytes_init(struct bytes *bytes);
/* More of them: within pages that outlive this; the caller has looked. false:
 * there are too many pieces. */
bool bytes_add(struct bytes *bytes, const struct guest_page *pages,
	uint32_t offset, uint32_t size);
/* Ranges as a GPA direct packet has them: their count, and the bytes behind
 * its header. false: they do not add up, or name what is no RAM. */
bool bytes_add_ranges(struct bytes *bytes, const struct ram *ram,
	uint32_t count, const uint8_t *from, uint32_t size);

/* Both: at and size are within the total. The parts are for system calls, as
 * shared_parts(): BYTES_PARTS at most. */
void bytes_copy(const struct bytes *bytes, uint32_t at, void *to,
	uint32_t size);
unsigned int bytes_parts(const struct bytes *bytes, uint32_t at, uint32_t size,
	struct iovec *parts);
#define BYTES_PARTS	(BYTES_PIECES + BYTES_PAGES + 3)

#endif
