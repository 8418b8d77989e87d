/* An 82540EM as a device: reset, save, load. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "net/e1000_serial.h"
#include "net/e1000_work.h"

void e1000_reset_all(struct e1000 *nic)
{
	nic->port = 0;
	e1000_registers_reset(nic);
}

static void e1000_reset(struct device *device)
{
	struct e1000 *nic = (struct e1000 *)device;

	pci_function_reset(&nic->function);
	e1000_reset_all(nic);
}

static void put_words(struct stream *to, const uint32_t *words,
	unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		stream_put(to, words[i], 4);
}

static void get_words(struct stream *from, uint32_t *words,
	unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		words[i] = stream_get(from, 4);
}

static void put_context(struct stream *to, const struct e1000_context *context)
{
	stream_put(to, context->ip_from, 1);
	stream_put(to, context->ip_at, 1);
	stream_put(to, context->ip_end, 2);
	stream_put(to, context->from, 1);
	stream_put(to, context->at, 1);
	stream_put(to, context->end, 2);
	stream_put(to, context->is_ipv4 | context->is_tcp << 1, 1);
	stream_put(to, context->header, 1);
	stream_put(to, context->mss, 2);
}

static bool get_context(struct stream *from, struct e1000_context *context)
{
	uint8_t bits;

	context->ip_from = stream_get(from, 1);
	context->ip_at = stream_get(from, 1);
	context->ip_end = stream_get(from, 2);
	context->from = stream_get(from, 1);
	context->at = stream_get(from, 1);
	context->end = stream_get(from, 2);
	bits = stream_get(from, 1);
	context->is_ipv4 = bits & 1;
	context->is_tcp = bits & 2;
	context->header = stream_get(from, 1);
	context->mss = stream_get(from, 2);
	return bits <= 3;
}

static void e1000_save(const struct device *device, struct stream *to)
{
	const struct e1000 *nic = (const struct e1000 *)device;
	unsigned int i;

	pci_function_save(&nic->function, to);
	stream_put(to, nic->cable, 1);
	put_words(to, nic->registers, E1000_REGISTERS);
	put_words(to, nic->address, 2 * E1000_ADDRESSES);
	put_words(to, nic->groups, E1000_WORDS);
	put_words(to, nic->vlans, E1000_WORDS);
	put_words(to, nic->counters, E1000_COUNTERS);
	for (i = 0; i < E1000_PHY; i++)
		stream_put(to, nic->phy[i], 2);
	stream_put(to, nic->wire.reading, 1);
	stream_put(to, nic->wire.count, 1);
	stream_put(to, nic->wire.in, 2);
	stream_put(to, nic->wire.out, 2);
	put_context(to, &nic->plain);
	put_context(to, &nic->large);
	stream_put(to, nic->skipping, 1);
	stream_put(to, nic->port, 4);
}

static bool load_wire(struct e1000_wire *wire, struct stream *from)
{
	uint8_t reading = stream_get(from, 1);

	wire->reading = reading;
	wire->count = stream_get(from, 1);
	wire->in = stream_get(from, 2);
	wire->out = stream_get(from, 2);
	return reading <= 1 && wire->count <= 9 && wire->in < 512 &&
		wire->out < 2 * E1000_EEPROM * 16;
}

static bool load_all(struct e1000 *nic, struct stream *from)
{
	uint8_t cable = stream_get(from, 1), skipping;
	unsigned int i;
	bool good;

	get_words(from, nic->registers, E1000_REGISTERS);
	get_words(from, nic->address, 2 * E1000_ADDRESSES);
	get_words(from, nic->groups, E1000_WORDS);
	get_words(from, nic->vlans, E1000_WORDS);
	get_words(from, nic->counters, E1000_COUNTERS);
	for (i = 0; i < E1000_PHY; i++)
		nic->phy[i] = stream_get(from, 2);
	good = load_wire(&nic->wire, from);
	good = get_context(from, &nic->plain) && good;
	good = get_context(from, &nic->large) && good;
	skipping = stream_get(from, 1);
	nic->skipping = skipping;
	nic->port = stream_get(from, 4);
	if (from->failed || !good || cable > 1 || skipping > 1 ||
	    !e1000_registers_good(nic))
		return false;
	/* The cable may be in another state by now: the guest is told. */
	if (cable != nic->cable) {
		e1000_phy_link(nic);
		e1000_interrupt(nic, E1000_CAUSE_LSC);
	}
	e1000_interrupt(nic, 0);
	e1000_kick(nic);
	return true;
}

static int e1000_load(struct device *device, struct stream *from,
	unsigned int version)
{
	struct e1000 *nic = (struct e1000 *)device;

	e1000_reset(device);
	if (version == device->ops->version &&
	    !pci_function_load(&nic->function, from) && load_all(nic, from))
		return 0;
	e1000_reset(device);
	return -EINVAL;
}

static void e1000_exit(struct device *device)
{
	pci_remove(&((struct e1000 *)device)->function);
}

const struct device_ops e1000_ops = {
	.name = "e1000",
	.version = 1,
	.reset = e1000_reset,
	.save = e1000_save,
	.load = e1000_load,
	.exit = e1000_exit,
};
