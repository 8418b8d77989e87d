/* Pages of the parent that children have, too: how often each is mapped. All
 * with the lock of the parent's map. docs/partitions.md, "Memory". */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_FRAME_H
#define CORE_FRAME_H

#include <stdbool.h>
#include <stdint.h>

/* Bytes of heap for a machine whose RAM ends there. */
uint64_t frame_room(uint64_t ram_end);

void frame_init(uint64_t ram_end);

/* One mapping more of each page in the range; false, and nothing is done, when
 * one of them has as many as can be counted. The range is RAM. */
bool frame_use(uint64_t spa, uint64_t size);

void frame_drop(uint64_t spa, uint64_t size);

bool frame_is_used(uint64_t spa);

#endif
