/* Any bytes for a keyboard controller, keys and moves in between. */
/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>

#include "input/i8042.h"
#include "vmwp.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static struct machine machine;
static struct i8042 controller;
static struct input input;

static void pull(void *context)
{
	(void)context;
}

static void begin(void)
{
	struct line irq[2];

	machine_init(&machine);
	irq[0] = machine_input(&machine, 1);
	irq[1] = machine_input(&machine, 12);
	CHECK(!i8042_init(&controller, &machine.ports, &machine.clock, irq,
		&input, NULL, pull, NULL));
}

static void reload(uint8_t at, uint8_t change)
{
	struct device *device = &controller.device;
	struct stream stream;

	save(device, &stream);
	stream.data[at % stream.size] ^= change;
	device->ops->load(device, &stream, device->ops->version);
	stream_free(&stream);
}

static void run(uint8_t kind, uint8_t first, uint8_t second)
{
	switch (kind % 8) {
	case 0: out(&machine, 0x60, first); break;
	case 1: out(&machine, 0x64, first); break;
	case 2: in(&machine, 0x60); break;
	case 3: input_key(&input, first | second << 8, kind & 8); break;
	case 4:
		input_move(&input, first << 7, second << 7, kind >> 4,
			(int8_t)first);
		break;
	case 5: machine_pass(&machine, first * (MS / 4)); break;
	case 6: reload(first, second); break;
	default:
		out(&machine, 0x64, first);
		out(&machine, 0x60, second);
		break;
	}
	CHECK(controller.keyboard.queue.count <= PS2_QUEUE &&
		controller.mouse.queue.count <= PS2_QUEUE &&
		controller.keyboard.count <= PS2_BACKLOG);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	begin();
	for (; size >= 3; bytes += 3, size -= 3)
		run(bytes[0], bytes[1], bytes[2]);
	controller.device.ops->exit(&controller.device);
	CHECK(machine.wake == UINT64_MAX);
	bus_free(&machine.ports);
	return 0;
}
