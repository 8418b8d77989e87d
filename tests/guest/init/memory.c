/* What the guest looks at: its memory. */
/* SPDX-License-Identifier: MIT */
#include "checks.h"

#include "call.h"
#include "say.h"

#define PAGE		4096ul
#define SOME		(64ul << 20)
#define PIECE		(1ul << 20)
#define PIECES		8192

/* Documentation/admin-guide/mm/pagemap.rst */
#define PAGEMAP_FRAME	((1ull << 55) - 1)
#define PAGEMAP_PRESENT	(1ull << 63)

static unsigned long mix(unsigned long value)
{
	return (value ^ value >> 13) * 0x9e3779b1ul + 0x7f4a7c15ul;
}

static void fill(unsigned long *piece, size_t size, unsigned long seed)
{
	size_t i;

	for (i = 0; i < size / sizeof(*piece); i++)
		piece[i] = seed = mix(seed);
}

/* Words that are not what was written. */
static unsigned long wrong(const unsigned long *piece, size_t size,
	unsigned long seed)
{
	unsigned long count = 0;
	size_t i;

	for (i = 0; i < size / sizeof(*piece); i++) {
		seed = mix(seed);
		count += piece[i] != seed;
	}
	return count;
}

static unsigned long pages_above_4g(const uint8_t *memory, size_t size)
{
	long file = call(CALL_OPEN, (long)"/proc/self/pagemap", 0, 0, 0, 0);
	unsigned long count = 0;
	uint64_t entry;
	size_t at;

	for (at = 0; file >= 0 && at < size; at += PAGE) {
		entry = call_number(file,
			(unsigned long)(memory + at) / PAGE * 8);
		count += entry & PAGEMAP_PRESENT &&
			(entry & PAGEMAP_FRAME) >= 0x100000;
	}
	return count;
}

/* Linux gives memory above 4 GB first where there is some. */
void check_high_memory(void)
{
	unsigned long *memory = call_memory(SOME), pages, bad;

	if (!memory) {
		check(false, "memory", "none");
		return;
	}
	fill(memory, SOME, 4);
	pages = pages_above_4g((const uint8_t *)memory, SOME);
	bad = wrong(memory, SOME, 4);
	say("pages above 4 GB, of ", number(SOME / PAGE), ": ", number(pages),
		NULL);
	check(!bad, "wrong words in 64 MB", number(bad));
}

/* One piece in each step is checked, and written anew. */
void check_memory(void)
{
	static unsigned long *pieces[PIECES], seeds[PIECES];
	unsigned long count = 0, bad, round, free[16] = { 0 };
	unsigned long i;

	/* struct sysinfo: uptime, three loads, totalram, freeram. */
	call(CALL_SYSINFO, (long)free, 0, 0, 0, 0);
	while (count < PIECES && (count + 1) * PIECE < free[5] / 4 * 3) {
		pieces[count] = call_memory(PIECE);
		if (!pieces[count])
			break;
		fill(pieces[count], PIECE, seeds[count] = count + 1);
		count++;
	}
	for (round = 1;; round++) {
		for (i = 0, bad = 0; i < count; i++) {
			bad += wrong(pieces[i], PIECE, seeds[i]);
			seeds[i] += count;
			fill(pieces[i], PIECE, seeds[i]);
		}
		check(!bad && count, "wrong words in a round", number(bad));
		say("round ", number(round), " over ", number(count), " MB",
			NULL);
	}
}
