/* Port and memory-mapped I/O: who answers at which address. */
/* SPDX-License-Identifier: MIT */
#include "bus.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The first range that ends after address. */
static unsigned int bus_find(const struct bus *bus, uint64_t address)
{
	unsigned int low = 0, high = bus->count;

	while (low < high) {
		unsigned int middle = low + (high - low) / 2;
		const struct bus_range *range = &bus->range[middle];

		if (address >= range->start &&
				address - range->start >= range->size)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Who answers to all bytes of an access; NULL: nobody, or more than one. */
static const struct bus_range *bus_owner(const struct bus *bus,
	uint64_t address, unsigned int size)
{
	unsigned int index = bus_find(bus, address);
	const struct bus_range *range = &bus->range[index];

	if (index == bus->count || address < range->start)
		return NULL;
	return range->size - (address - range->start) >= size ? range : NULL;
}

/* Whether a range has any byte of an access; one over the end of the address
 * space might. */
static bool bus_touches(const struct bus *bus, uint64_t address,
	unsigned int size)
{
	unsigned int index = bus_find(bus, address);

	if (address > UINT64_MAX - size)
		return true;
	return index < bus->count && bus->range[index].start < address + size;
}

static uint64_t mask(unsigned int size)
{
	return size >= 8 ? UINT64_MAX : (1ull << (size * 8)) - 1;
}

int bus_add(struct bus *bus, uint64_t start, uint64_t size,
	const struct bus_ops *ops, void *context)
{
	unsigned int index = bus_find(bus, start);
	struct bus_range *range;

	if (!size || start > UINT64_MAX - (size - 1))
		return -EINVAL;
	if (index < bus->count && (bus->range[index].start <= start ||
			bus->range[index].start - start < size))
		return -EEXIST;
	range = realloc(bus->range, (bus->count + 1) * sizeof(*range));
	if (!range)
		return -ENOMEM;
	bus->range = range;
	memmove(range + index + 1, range + index,
		(bus->count - index) * sizeof(*range));
	range[index] = (struct bus_range){start, size, ops, context};
	bus->count++;
	return 0;
}

void bus_remove(struct bus *bus, uint64_t start)
{
	unsigned int index = bus_find(bus, start);

	if (index == bus->count || bus->range[index].start != start)
		return;
	bus->count--;
	memmove(bus->range + index, bus->range + index + 1,
		(bus->count - index) * sizeof(*bus->range));
}

void bus_free(struct bus *bus)
{
	free(bus->range);
	memset(bus, 0, sizeof(*bus));
}

uint64_t bus_read(struct bus *bus, uint64_t address, unsigned int size)
{
	const struct bus_range *range = bus_owner(bus, address, size);
	uint64_t value = 0;
	unsigned int i;

	if (range) {
		if (!range->ops->read)
			return mask(size);
		return mask(size) & range->ops->read(range->context,
			address - range->start, size);
	}
	if (size == 1 || !bus_touches(bus, address, size))
		return mask(size);
	for (i = 0; i < size; i++)
		value |= bus_read(bus, address + i, 1) << (i * 8);
	return value;
}

void bus_write(struct bus *bus, uint64_t address, unsigned int size,
	uint64_t value)
{
	const struct bus_range *range = bus_owner(bus, address, size);
	unsigned int i;

	if (range) {
		if (range->ops->write)
			range->ops->write(range->context,
				address - range->start, size,
				value & mask(size));
		return;
	}
	if (size == 1 || !bus_touches(bus, address, size))
		return;
	for (i = 0; i < size; i++)
		bus_write(bus, address + i, 1, value >> (i * 8));
}

bool bus_has(const struct bus *bus, uint64_t address)
{
	return bus_owner(bus, address, 1);
}
