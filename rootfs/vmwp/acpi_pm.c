/* ACPI's fixed hardware: power button, sleep, timer (as in Intel's PIIX4). */
/* SPDX-License-Identifier: MIT */
#include "acpi_pm.h"

#include "container.h"

#include <errno.h>
#include <string.h>

#define HZ		3579545u
#define PM_SIZE		16
#define GPE_SIZE	4

/* Offsets of bytes in the two blocks. */
#define STATUS		0
#define ENABLE		2
#define CONTROL		4
#define TIMER		8
#define GPE_ENABLE	2

/* ACPI 4.8.3.1, PM1 event registers; 4.8.3.2, PM1 control. */
#define PM1_TIMER	0x0001
#define PM1_BUTTON	0x0100
#define PM1_EVENTS	0x0721	/* timer, global, power, sleep button, RTC */
#define CONTROL_SCI_EN	0x0001
#define CONTROL_BM_RLD	0x0002
#define CONTROL_TYPE	0x1c00
#define CONTROL_SLP_EN	0x2000

/* All its bits since the VM began; the guest sees the lower ones. */
static uint64_t timer_value(const struct acpi_pm *pm)
{
	unsigned __int128 now = pm->clock->now(pm->clock);

	return (uint64_t)(now * HZ / NS_PER_S) + pm->base;
}

/* The top bit changes each time the others wrap: the overflow event. */
static unsigned int top_bit(const struct acpi_pm *pm)
{
	return pm->wide ? 31 : 23;
}

static void arm(struct acpi_pm *pm)
{
	unsigned __int128 next = (pm->seen + 1) << top_bit(pm);

	if (!(pm->enable & ~pm->status & PM1_TIMER)) {
		clock_disarm(pm->clock, &pm->timer);
		return;
	}
	next = (uint64_t)(next - pm->base);
	clock_arm(pm->clock, &pm->timer, (next * NS_PER_S + HZ - 1) / HZ);
}

static void drive(struct acpi_pm *pm)
{
	line_set(&pm->sci, pm->status & pm->enable);
	arm(pm);
}

static void update(struct acpi_pm *pm)
{
	uint64_t changes = timer_value(pm) >> top_bit(pm);

	if (changes != pm->seen)
		pm->status |= PM1_TIMER;
	pm->seen = changes;
	drive(pm);
}

static void expired(struct timer *timer)
{
	update(container_of(timer, struct acpi_pm, timer));
}

void acpi_pm_press(struct acpi_pm *pm)
{
	pm->status |= PM1_BUTTON;
	update(pm);
}

static uint64_t pm_read(void *context, uint64_t offset, unsigned int size)
{
	struct acpi_pm *pm = context;
	uint64_t value[2], result = 0;
	uint8_t bytes[PM_SIZE];
	unsigned int i;

	update(pm);
	value[0] = pm->status | (uint32_t)pm->enable << 16 |
		(uint64_t)pm->control << 32;
	value[1] = timer_value(pm) & (pm->wide ? 0xffffffff : 0xffffff);
	for (i = 0; i < PM_SIZE; i++)
		bytes[i] = value[i / 8] >> i % 8 * 8;
	for (i = 0; i < size; i++)
		result |= (uint64_t)bytes[offset + i] << i * 8;
	return result;
}

/* Sleep type and enable are in one byte, so that a write of bytes is enough.
 * Other sleeps than S5 are not in the DSDT: nothing happens. */
static void write_control(struct acpi_pm *pm, bool high, uint8_t value)
{
	if (!high) {
		pm->control &= ~CONTROL_BM_RLD;
		pm->control |= value & CONTROL_BM_RLD;
		return;
	}
	pm->control &= ~CONTROL_TYPE;
	pm->control |= value << 8 & CONTROL_TYPE;
	if (value << 8 & CONTROL_SLP_EN &&
			(pm->control & CONTROL_TYPE) >> 10 == ACPI_PM_S5)
		pm->off(pm->context);
}

static void write_byte(struct acpi_pm *pm, unsigned int offset, uint8_t value)
{
	unsigned int shift = offset % 2 * 8;

	switch (offset & ~1u) {
	case STATUS:
		pm->status &= ~(value << shift);
		break;
	case ENABLE:
		pm->enable &= ~(0xff << shift);
		pm->enable |= value << shift & PM1_EVENTS;
		break;
	case CONTROL:
		write_control(pm, offset % 2, value);
		break;
	}
}

static void pm_write(
	void *context, uint64_t offset, unsigned int size, uint64_t value)
{
	struct acpi_pm *pm = context;
	unsigned int i;

	update(pm);
	for (i = 0; i < size; i++)
		write_byte(pm, offset + i, value >> i * 8);
	update(pm);
}

/* No event is there yet; the enable bits are kept as the guest wrote them. */
static uint64_t gpe_read(void *context, uint64_t offset, unsigned int size)
{
	struct acpi_pm *pm = context;

	(void)size;
	return (uint64_t)pm->gpe_enable << 16 >> offset * 8;
}

static void gpe_write(
	void *context, uint64_t offset, unsigned int size, uint64_t value)
{
	struct acpi_pm *pm = context;
	unsigned int i;

	for (i = 0; i < size; i++) {
		unsigned int shift = (offset + i) % 2 * 8;

		if (offset + i < GPE_ENABLE)
			continue;
		pm->gpe_enable &= ~(0xff << shift);
		pm->gpe_enable |= (value >> i * 8 & 0xff) << shift;
	}
}

static const struct bus_ops pm_ops = {
	.read = pm_read,
	.write = pm_write,
};

static const struct bus_ops gpe_ops = {
	.read = gpe_read,
	.write = gpe_write,
};

static void acpi_pm_reset(struct device *device)
{
	struct acpi_pm *pm = (struct acpi_pm *)device;

	pm->status = 0;
	pm->enable = 0;
	pm->control = CONTROL_SCI_EN;
	pm->gpe_enable = 0;
	pm->seen = timer_value(pm) >> top_bit(pm);
	update(pm);
}

static void acpi_pm_save(const struct device *device, struct stream *to)
{
	const struct acpi_pm *pm = (const struct acpi_pm *)device;

	stream_put(to, pm->status, 2);
	stream_put(to, pm->enable, 2);
	stream_put(to, pm->control, 2);
	stream_put(to, pm->gpe_enable, 2);
	stream_put(to, timer_value(pm), 8);
	stream_put(to, pm->seen, 8);
}

/* The timer goes on from where it was, whatever the clock did. */
static int acpi_pm_load(
	struct device *device, struct stream *from, unsigned int version)
{
	struct acpi_pm *pm = (struct acpi_pm *)device;
	uint64_t timer, base = pm->base;

	pm->status = stream_get(from, 2);
	pm->enable = stream_get(from, 2);
	pm->control = stream_get(from, 2);
	pm->gpe_enable = stream_get(from, 2);
	timer = stream_get(from, 8);
	pm->seen = stream_get(from, 8);
	if (version != device->ops->version || from->failed ||
			pm->status & ~PM1_EVENTS || pm->enable & ~PM1_EVENTS ||
			(pm->control & ~(CONTROL_TYPE | CONTROL_BM_RLD)) !=
			CONTROL_SCI_EN || timer >> 62 ||
			pm->seen > timer >> top_bit(pm)) {
		pm->base = base;
		acpi_pm_reset(device);
		return -EINVAL;
	}
	pm->base += timer - timer_value(pm);
	drive(pm);
	return 0;
}

static void acpi_pm_exit(struct device *device)
{
	struct acpi_pm *pm = (struct acpi_pm *)device;

	clock_disarm(pm->clock, &pm->timer);
	bus_remove(pm->bus, ACPI_PM_EVENT);
	bus_remove(pm->bus, ACPI_PM_GPE0);
}

static const struct device_ops acpi_pm_ops = {
	.name = "acpi_pm",
	.version = 1,
	.reset = acpi_pm_reset,
	.save = acpi_pm_save,
	.load = acpi_pm_load,
	.exit = acpi_pm_exit,
};

int acpi_pm_init(struct acpi_pm *pm, struct bus *ports, struct clock *clock,
	struct line sci, bool wide, void (*off)(void *context), void *context)
{
	int error;

	memset(pm, 0, sizeof(*pm));
	pm->device.ops = &acpi_pm_ops;
	pm->bus = ports;
	pm->clock = clock;
	pm->timer.expired = expired;
	pm->sci = sci;
	pm->wide = wide;
	pm->off = off;
	pm->context = context;
	error = bus_add(ports, ACPI_PM_EVENT, PM_SIZE, &pm_ops, pm);
	if (error)
		return error;
	error = bus_add(ports, ACPI_PM_GPE0, GPE_SIZE, &gpe_ops, pm);
	if (error) {
		bus_remove(ports, ACPI_PM_EVENT);
		return error;
	}
	acpi_pm_reset(&pm->device);
	return 0;
}
