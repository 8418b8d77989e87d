/* Devices eight bits wide: a wider access is bytes, from the lowest up. */
/* SPDX-License-Identifier: MIT */
#include "isa.h"

static uint64_t isa_read(void *context, uint64_t offset, unsigned int size)
{
	const struct isa_ports *ports = context;
	uint64_t value = 0;
	unsigned int i;

	if (!ports->ops->read)
		return UINT64_MAX;
	for (i = 0; i < size; i++)
		value |= (uint64_t)ports->ops->read(ports->context,
			ports->start + offset + i) << (i * 8);
	return value;
}

static void isa_write(
	void *context, uint64_t offset, unsigned int size, uint64_t value)
{
	const struct isa_ports *ports = context;
	unsigned int i;

	for (i = 0; i < size && ports->ops->write; i++)
		ports->ops->write(ports->context,
			ports->start + offset + i, value >> (i * 8));
}

static const struct bus_ops isa_bus_ops = {
	.read = isa_read,
	.write = isa_write,
};

int isa_add(struct bus *bus, struct isa_ports *ports, unsigned int count)
{
	unsigned int i;
	int error;

	for (i = 0; i < count; i++) {
		error = bus_add(bus, ports[i].start, ports[i].count,
			&isa_bus_ops, &ports[i]);
		if (error) {
			isa_remove(bus, ports, i);
			return error;
		}
	}
	return 0;
}

void isa_remove(
	struct bus *bus, const struct isa_ports *ports, unsigned int count)
{
	while (count--)
		bus_remove(bus, ports[count].start);
}
