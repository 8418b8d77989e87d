/* Counts of the mappings that children have of the parent's pages. */
/* SPDX-License-Identifier: MIT */
#include "frame.h"

#include "../abi/hypercall.h"
#include "page.h"
#include "panic.h"

#define MOST	255

static uint8_t *count;
static uint64_t frames;

uint64_t frame_room(uint64_t ram_end)
{
	return (ram_end >> HV_PAGE_SHIFT) + HV_PAGE_SIZE;
}

void frame_init(uint64_t ram_end)
{
	frames = ram_end >> HV_PAGE_SHIFT;
	count = page_take_run((frames + HV_PAGE_SIZE - 1) / HV_PAGE_SIZE);
}

bool frame_use(uint64_t spa, uint64_t size)
{
	uint64_t first = spa >> HV_PAGE_SHIFT, pages = size >> HV_PAGE_SHIFT;
	uint64_t i;

	ASSERT(first < frames && pages <= frames - first);
	for (i = 0; i < pages; i++) {
		if (count[first + i] == MOST)
			return false;
	}
	for (i = 0; i < pages; i++)
		count[first + i]++;
	return true;
}

void frame_drop(uint64_t spa, uint64_t size)
{
	uint64_t first = spa >> HV_PAGE_SHIFT, pages = size >> HV_PAGE_SHIFT;
	uint64_t i;

	ASSERT(first < frames && pages <= frames - first);
	for (i = 0; i < pages; i++) {
		ASSERT(count[first + i]);
		count[first + i]--;
	}
}

bool frame_is_used(uint64_t spa)
{
	return spa >> HV_PAGE_SHIFT < frames && count[spa >> HV_PAGE_SHIFT];
}
