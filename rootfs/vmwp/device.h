/* What all devices of a VM have in common. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_DEVICE_H
#define VMWP_DEVICE_H

#include "bus.h"
#include "clock.h"
#include "line.h"
#include "stream.h"

struct device;

/* Any of them may be NULL. All with the VM's device lock held. */
struct device_ops {
	const char *name;	/* of the section in a saved state */
	unsigned int version;	/* of what save() writes */
	void (*reset)(struct device *device);	/* the VM's reset line */
	void (*save)(const struct device *device, struct stream *to);
	/* -EINVAL for values that the device cannot have; the device is as
	 * after a reset then. */
	int (*load)(struct device *device, struct stream *from,
		unsigned int version);
	void (*exit)(struct device *device);
};

/* First in each device's own struct. */
struct device {
	const struct device_ops *ops;
	struct device *next;	/* the VM's list, in the order of init */
};

/*
 * A device's file: constants, state struct (in its header), handlers, save,
 * load, ops, init, exit. Its init takes the state struct, the buses, the clock
 * and the lines that it needs, all passed in, so that a test can make two:
 *
 *   int i8254_init(struct i8254 *pit, struct bus *ports, struct clock *clock,
 *           struct line line);
 *
 * 0 or -errno; after an error nothing is left behind.
 */

#endif
