/* Guest memory: made, given to the partition, emptied. */
/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mshv.h"

#define HUGE_PAGE (2ull << 20)

/* An address where 2 MB of the guest can be 2 MB of the host. */
static void *map_aligned(int fd, uint64_t size)
{
	uint8_t *space, *start;

	space = mmap(NULL, size + HUGE_PAGE, PROT_NONE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (space == MAP_FAILED)
		return NULL;
	start = (uint8_t *)(((uintptr_t)space + HUGE_PAGE - 1) &
		~(uintptr_t)(HUGE_PAGE - 1));
	if (mmap(start, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
		fd, 0) == MAP_FAILED) {
		munmap(space, size + HUGE_PAGE);
		return NULL;
	}
	if (start > space)
		munmap(space, start - space);
	munmap(start + size, HUGE_PAGE - (start - space));
	return start;
}

int memory_init(struct memory *memory, uint64_t size)
{
	int error;

	memory->ram.size = size;
	memory->fd = memfd_create("guest", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (memory->fd < 0)
		return -errno;
	/* Nobody whom it is given can make it shorter under us. */
	if (ftruncate(memory->fd, size) ||
	    fcntl(memory->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW))
		goto fail;
	memory->ram.host = map_aligned(memory->fd, size);
	if (!memory->ram.host)
		goto fail;
	/* Advice: a host without huge pages is no error. */
	madvise(memory->ram.host, size, MADV_HUGEPAGE);
	/* No core dump of a guest. */
	madvise(memory->ram.host, size, MADV_DONTDUMP);
	return 0;
fail:
	error = -errno;
	close(memory->fd);
	memory->fd = -1;
	return error;
}

int memory_map(const struct memory *memory, int partition)
{
	struct ram_piece pieces[RAM_PIECES];
	unsigned int count = ram_pieces(&memory->ram, pieces), i;
	int error = 0;

	for (i = 0; i < count && !error; i++)
		error = mshv_map(partition, pieces[i].gpa, pieces[i].host,
			pieces[i].size);
	return error;
}

/* MADV_REMOVE frees the file's pages; the driver is told by the MMU and takes
 * them from the guest. */
int memory_clear(const struct memory *memory)
{
	if (madvise(memory->ram.host, memory->ram.size, MADV_REMOVE))
		return -errno;
	return 0;
}

void memory_exit(struct memory *memory)
{
	munmap(memory->ram.host, memory->ram.size);
	close(memory->fd);
	memory->fd = -1;
}
