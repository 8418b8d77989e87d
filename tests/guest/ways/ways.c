/* What the two ways to tell a guest of an event cost the worker, in TSC ticks:
 * SIGNAL_EVENT_DIRECT by the driver's pass-through, and an irqfd. Of a VM that
 * does not run. docs/performance.md, "The way back" */
/* SPDX-License-Identifier: MIT */
#include "mshv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define ROUNDS		64
#define SINT		2
#define VECTOR		0x60
#define APIC_ENABLED	0x1ff
#define NAME_SINT0	0x000a0000
#define NAME_SCONTROL	0x000a0010
#define NAME_SIEFP	0x000a0012
#define SIEFP		0x100001	/* page and enable */

struct machine {
	int partition, vp, bell;
};

static void need(int result, const char *what)
{
	if (result >= 0)
		return;
	fprintf(stderr, "ways: cannot %s: %s (status 0x%x)\n", what,
		strerror(-result), mshv_status());
	exit(1);
}

static void set(const struct machine *machine, uint32_t name, uint64_t value)
{
	struct hv_register pair = { .name = name, .value.reg64 = value };

	need(mshv_set_registers(machine->vp, 0, &pair, 1), "set a register");
}

static void make(struct machine *machine)
{
	struct hv_lapic lapic;
	int device = open("/dev/mshv", O_RDWR | O_CLOEXEC);

	need(device < 0 ? -errno : device, "open /dev/mshv");
	machine->partition = mshv_create_partition(device);
	need(machine->partition, "create a partition");
	need(mshv_set_property(machine->partition,
		HV_PROPERTY_SYNTHETIC_FEATURES, HV_SYNTHETIC_PRESENT |
		HV_SYNTHETIC_HV1 | HV_SYNTHETIC_SYNIC), "set features");
	need(mshv_initialize(machine->partition), "initialize it");
	machine->vp = mshv_create_vp(machine->partition, 0);
	need(machine->vp, "create a VP");
	need(mshv_get_lapic(machine->vp, &lapic), "get the APIC");
	lapic.spurious = APIC_ENABLED;
	need(mshv_set_lapic(machine->vp, &lapic), "set the APIC");
	set(machine, NAME_SCONTROL, 1);
	set(machine, NAME_SIEFP, SIEFP);
	set(machine, NAME_SINT0 + SINT, VECTOR);
}

static void make_irqfd(struct machine *machine)
{
	struct mshv_route route = { VECTOR, 0xfee00000, VECTOR + 1 };

	machine->bell = eventfd(0, EFD_CLOEXEC);
	need(machine->bell, "make an eventfd");
	need(mshv_set_routes(machine->partition, &route, 1), "set routes");
	need(mshv_add_irqfd(machine->partition, machine->bell, -1, VECTOR),
		"add an irqfd");
}

static void nothing(struct machine *machine, unsigned int round)
{
	(void)machine, (void)round;
}

/* A flag that is new, and one that is not. */
static void signal_new(struct machine *machine, unsigned int round)
{
	need(mshv_signal_event(machine->partition, 0, SINT, round), "signal");
}

static void signal_old(struct machine *machine, unsigned int round)
{
	(void)round;
	need(mshv_signal_event(machine->partition, 0, SINT, 0), "signal");
}

static void interrupt(struct machine *machine, unsigned int round)
{
	(void)round;
	need(mshv_interrupt(machine->partition, 0xfee00000, VECTOR + 2),
		"interrupt");
}

static void irqfd(struct machine *machine, unsigned int round)
{
	uint64_t one = 1;

	(void)round;
	if (write(machine->bell, &one, sizeof(one)) < 0)
		exit(1);
}

static uint64_t measure(struct machine *machine, const char *name,
	void (*work)(struct machine *machine, unsigned int round))
{
	uint64_t best = ~0ull, took;
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		took = __builtin_ia32_rdtsc();
		work(machine, i);
		took = __builtin_ia32_rdtsc() - took;
		best = took < best ? took : best;
	}
	printf("figure: %s: %llu\n", name, (unsigned long long)best);
	return best;
}

int main(void)
{
	static struct machine machine;

	make(&machine);
	make_irqfd(&machine);
	measure(&machine, "nothing", nothing);
	measure(&machine, "SIGNAL_EVENT_DIRECT, new flag", signal_new);
	measure(&machine, "SIGNAL_EVENT_DIRECT, old flag", signal_old);
	measure(&machine, "ASSERT_VIRTUAL_INTERRUPT, passed through",
		interrupt);
	measure(&machine, "irqfd", irqfd);
	return 0;
}
