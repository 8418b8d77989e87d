/* The devices of a VM, put together. */
/* SPDX-License-Identifier: MIT */
#include "machine.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "acpi.h"
#include "acpi_pm.h"
#include "display/rfb.h"
#include "i16550.h"
#include "i8254.h"
#include "i8259.h"
#include "i82093.h"
#include "ide/ide.h"
#include "integration.h"
#include "mc146818.h"
#include "mshv.h"
#include "net/e1000.h"
#include "net/netvsp.h"
#include "pci/pc.h"
#include "reset.h"
#include "say.h"
#include "serial_events.h"
#include "storage/storvsp.h"
#include "synic.h"
#include "synthetic.h"
#include "vm.h"
#include "vp.h"

/* Both sides of what the guest reads in its tables. */
_Static_assert(ACPI_PM1_EVENT == ACPI_PM_EVENT &&
	ACPI_PM1_CONTROL == ACPI_PM_CONTROL && ACPI_GPE0 == ACPI_PM_GPE0 &&
	ACPI_SCI == ACPI_PM_SCI && ACPI_S5_TYPE == ACPI_PM_S5 &&
	ACPI_IOAPIC == I82093_ADDRESS, "tables");

#define IRQ_TIMER	0
#define IRQ_KEYBOARD	1
#define IRQ_COM2	3
#define IRQ_COM1	4
#define IRQ_RTC		8
#define IRQ_MOUSE	12
#define IRQ_IDE		14	/* and 15 */
#define PIN_TIMER	2	/* the MADT's override of ISA interrupt 0 */
#define CLOSE		2000000	/* ns: two times at one moment */
#define COM1		0x3f8
#define COM2		0x2f8

struct machine {
	struct vm *vm;
	struct i8259 pic;
	struct i82093 ioapic;
	struct i8254 pit;
	struct mc146818 rtc;
	struct serial_events serial[2];
	struct i16550 uart[2];
	struct acpi_pm pm;
	struct reset reset;
	struct vmbus vmbus;
	struct synic synic;
	struct integration integration;
	bool has_vmbus;
	struct pc *pc;			/* owned; NULL: none */
	struct storvsp *storage;	/* the same */
	struct netvsp *network;		/* the same */
	struct ide *ide;		/* the same */
	struct e1000 *e1000s;		/* the same */
	unsigned int e1000_count;
	struct rfb *viewers;		/* the same */
	struct synthetic *synthetic;	/* the same */
	struct device *devices;	/* the last one made first */
	bool extint;		/* the 8259 pair's output */
	uint16_t isa_high, pci_high;	/* who drives its inputs */
};

/* Both kinds drive the same input: it is high when one of them is. */
static void set_input(struct machine *machine, uint16_t *from,
	unsigned int number, bool level)
{
	*from &= ~(1u << number);
	*from |= (uint16_t)level << number;
	i8259_set(&machine->pic, number,
		(machine->isa_high | machine->pci_high) >> number & 1);
}

/* An ISA interrupt is wired to both controllers. */
static void set_irq(void *context, unsigned int number, bool level)
{
	struct machine *machine = context;

	set_input(machine, &machine->isa_high, number, level);
	i82093_set(&machine->ioapic,
		number == IRQ_TIMER ? PIN_TIMER : number, level);
}

static struct line irq(struct machine *machine, unsigned int number)
{
	return (struct line){ set_irq, machine, number };
}

/* One of PCI's to the pair; the IOAPIC has pins of its own for them. */
static void set_pci_irq(void *context, unsigned int number, bool level)
{
	struct machine *machine = context;

	set_input(machine, &machine->pci_high, number, level);
}

/* VP 0 looks before its next entry: it must leave the guest for that. */
static void set_extint(void *context, unsigned int number, bool level)
{
	struct machine *machine = context;
	struct vm *vm = machine->vm;

	(void)number;
	if (level && !machine->extint && vm->vps) {
		vp_kick(&vm->vps[0]);
		vm_watch_kicks(vm);
	}
	machine->extint = level;
}

static void deliver(void *context, const struct msi *msi)
{
	struct machine *machine = context;
	struct vm *vm = machine->vm;
	int error;

	error = mshv_interrupt(vm->partition, msi->address, msi->data);
	if (error)
		say_limited("an interrupt, vector %u, was not delivered "
			"(hypervisor status 0x%x)", msi->data & 0xff,
			mshv_status());
}

static void off(void *context)
{
	struct machine *machine = context;

	vm_want(machine->vm, VM_WANT_OFF);
}

static void pull_reset(void *context)
{
	struct machine *machine = context;

	vm_want(machine->vm, VM_WANT_RESET);
}

static int64_t wall(void *context)
{
	struct timespec now;

	(void)context;
	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * (int64_t)NS_PER_S + now.tv_nsec;
}

static int add(struct machine *machine, struct device *device, int error)
{
	if (error)
		return error;
	device->next = machine->devices;
	machine->devices = device;
	return 0;
}

static int init_interrupts(struct machine *machine)
{
	struct vm *vm = machine->vm;
	struct line output = { set_extint, machine, 0 };
	int error;

	error = add(machine, &machine->pic.device,
		i8259_init(&machine->pic, &vm->ports, output));
	if (!error)
		error = add(machine, &machine->ioapic.device, i82093_init(
			&machine->ioapic, &vm->mmio, deliver, machine));
	return error;
}

static int init_timers(struct machine *machine)
{
	struct vm *vm = machine->vm;
	const struct ram *ram = &vm->memory.ram;
	int error;

	error = add(machine, &machine->pit.device,
		i8254_init(&machine->pit, &vm->ports, &vm->clock,
			irq(machine, IRQ_TIMER)));
	if (!error)
		error = add(machine, &machine->rtc.device,
			mc146818_init(&machine->rtc, &vm->ports, &vm->clock,
				irq(machine, IRQ_RTC), wall, NULL, 0));
	if (!error)
		mc146818_memory(&machine->rtc, ram_low_end(ram),
			ram_high_end(ram) - RAM_HIGH);
	return error;
}

static int init_serial(struct machine *machine, unsigned int number,
	unsigned int port, unsigned int line, int listener)
{
	struct vm *vm = machine->vm;
	struct serial_events *serial = &machine->serial[number];
	struct i16550 *uart = &machine->uart[number];
	int error = serial_events_init(
		serial, listener, &vm->events, &vm->lock);

	if (error)
		return error;
	error = add(machine, &uart->device,
		i16550_init(uart, &vm->ports, port, &vm->clock,
			irq(machine, line), &serialback_ops, &serial->back));
	if (!error)
		serialback_attach(&serial->back, uart);
	else
		serial_events_exit(serial);
	return error;
}

static int init_power(struct machine *machine)
{
	struct vm *vm = machine->vm;
	int error;

	error = add(machine, &machine->pm.device,
		acpi_pm_init(&machine->pm, &vm->ports, &vm->clock,
			irq(machine, ACPI_SCI), true, off, machine));
	if (!error)
		error = add(machine, &machine->reset.device,
			reset_init(&machine->reset, &vm->ports,
				machine->pc, pull_reset, machine));
	return error;
}

static void added(void *context, struct device *device)
{
	add(context, device, 0);
}

static int init_pc(struct machine *machine, const struct firmware *firmware)
{
	struct vm *vm = machine->vm;
	const struct pc_parts parts = {
		.ports = &vm->ports,
		.mmio = &vm->mmio,
		.ram = &vm->memory.ram,
		.reset = &machine->reset,
		.clock = &vm->clock,
		.irq = { set_pci_irq, machine, 0 },
		.pin = { i82093_set, &machine->ioapic, 0 },
		.keys = { irq(machine, IRQ_KEYBOARD), irq(machine, IRQ_MOUSE) },
		.pull = pull_reset,
		.context = machine,
		.partition = vm->partition,
		.windows = { &window_mshv, vm },
		.firmware = firmware,
	};

	return pc_init(machine->pc, &parts, added, machine);
}

static int init_viewers(struct machine *machine,
	const struct machine_parts *parts)
{
	struct vm *vm = machine->vm;

	machine->viewers = calloc(1, sizeof(*machine->viewers));
	if (!machine->viewers)
		return -ENOMEM;
	return rfb_init(machine->viewers, parts->viewers,
		parts->name ? parts->name : "VM", &machine->pc->screen, &machine->pc->input, &vm->lock,
		&vm->events);
}

/* One after the other: what was between them is the error, so the best of some
 * tries counts. */
static bool read_times(void *context, int64_t *now, uint64_t *guest)
{
	struct machine *machine = context;
	int64_t before, took, best = CLOSE;
	unsigned int tries;
	uint64_t time;

	for (tries = 0; tries < 5; tries++) {
		before = wall(NULL);
		if (mshv_get_property(machine->vm->partition,
			HV_PROPERTY_REFERENCE_TIME, &time))
			return false;
		took = wall(NULL) - before;
		if (took < 0 || took >= best)
			continue;
		best = took;
		*now = before + took / 2;
		*guest = time;
	}
	return best < CLOSE;
}

static int init_vmbus(struct machine *machine)
{
	struct vm *vm = machine->vm;
	int error = synic_init(&machine->synic, vm, &machine->vmbus);

	if (error == -EOPNOTSUPP)
		return 0;
	if (error)
		return error;
	error = add(machine, &machine->vmbus.device,
		vmbus_init(&machine->vmbus, &vm->memory.ram, vm->processors,
			&synic_host, &machine->synic));
	if (!error)
		error = integration_init(&machine->integration,
			&machine->vmbus, &vm->clock, read_times, machine);
	machine->has_vmbus = !error;
	return error;
}

/* Without VMBus a PC has the others alone. */
static int init_synthetic(struct machine *machine)
{
	struct vm *vm = machine->vm;
	struct pc *pc = machine->pc;

	if (!machine->has_vmbus)
		return 0;
	machine->synthetic = calloc(1, sizeof(*machine->synthetic));
	if (!machine->synthetic)
		return -ENOMEM;
	return synthetic_init(machine->synthetic, &machine->vmbus,
		&pc->screen, &pc->input, &pc->parts.windows, &vm->mmio);
}

/* Large, and not all of it is ever used: by itself. */
static int init_storage(struct machine *machine)
{
	struct vm *vm = machine->vm;

	if (!machine->has_vmbus) {
		say("this hypervisor has no VMBus for guests: no SCSI "
			"controller");
		return -ENODEV;
	}
	machine->storage = calloc(1, sizeof(*machine->storage));
	if (!machine->storage)
		return -ENOMEM;
	return storvsp_init(machine->storage, &machine->vmbus, &vm->lock,
		vm->processors, true);
}

/* After VMBus, which knows its disks, too. */
static int init_ide(struct machine *machine, unsigned int disks)
{
	struct vm *vm = machine->vm;
	const struct line lines[IDE_CHANNELS] = {
		irq(machine, IRQ_IDE), irq(machine, IRQ_IDE + 1) };

	machine->ide = calloc(1, sizeof(*machine->ide));
	if (!machine->ide)
		return -ENOMEM;
	return add(machine, &machine->ide->device, ide_init(machine->ide,
		&machine->pc->pci, &vm->ports, lines,
		machine->has_vmbus ? &machine->vmbus : NULL, disks, &vm->lock,
		true));
}

static int init_network(struct machine *machine)
{
	struct vm *vm = machine->vm;

	if (!machine->has_vmbus) {
		say("this hypervisor has no VMBus for guests: no network "
			"adapters");
		return -ENODEV;
	}
	machine->network = calloc(1, sizeof(*machine->network));
	if (!machine->network)
		return -ENOMEM;
	return netvsp_init(machine->network, &machine->vmbus, &vm->lock,
		vm->processors, true);
}

static int init_e1000s(struct machine *machine, unsigned int count)
{
	struct vm *vm = machine->vm;
	unsigned int i;
	int error = 0;

	machine->e1000s = calloc(count, sizeof(*machine->e1000s));
	if (count && !machine->e1000s)
		return -ENOMEM;
	for (i = 0; i < count && !error; i++)
		error = add(machine, &machine->e1000s[i].device,
			e1000_init(&machine->e1000s[i], &machine->pc->pci,
				E1000_SLOT + i, &vm->lock));
	machine->e1000_count = i;
	return error;
}

int machine_init(struct vm *vm, const struct machine_parts *parts)
{
	struct machine *machine = calloc(1, sizeof(*machine));
	int error = 0;

	if (!machine)
		return -ENOMEM;
	machine->vm = vm;
	if (parts->firmware) {
		machine->pc = calloc(1, sizeof(*machine->pc));
		error = machine->pc ? 0 : -ENOMEM;
	}
	if (!error)
		error = init_interrupts(machine);
	if (!error)
		error = init_timers(machine);
	if (!error)
		error = init_serial(machine, 0, COM1, IRQ_COM1, parts->serial);
	if (!error)
		error = init_serial(machine, 1, COM2, IRQ_COM2, -1);
	if (!error)
		error = init_power(machine);
	if (!error && machine->pc)
		error = init_pc(machine, parts->firmware);
	if (!error && machine->pc)
		error = init_viewers(machine, parts);
	if (!error)
		error = init_vmbus(machine);
	if (!error && machine->pc)
		error = init_synthetic(machine);
	if (!error && machine->pc)
		error = init_ide(machine, parts->ide_disks);
	if (!error && machine->pc)
		error = init_e1000s(machine, parts->e1000s);
	if (!error && parts->scsi)
		error = init_storage(machine);
	if (!error && parts->network)
		error = init_network(machine);
	/* After an error the process ends, and all of it with it. */
	vm->machine = machine;
	return error;
}

void machine_exit(struct machine *machine)
{
	struct device *device, *next;
	unsigned int i;

	if (machine->viewers) {
		rfb_exit(machine->viewers);
		free(machine->viewers);
	}
	machine_pause(machine);
	for (device = machine->devices; device; device = next) {
		next = device->next;
		if (device->ops->exit)
			device->ops->exit(device);
	}
	if (machine->synthetic) {
		synthetic_exit(machine->synthetic);
		free(machine->synthetic);
	}
	if (machine->storage) {
		storvsp_exit(machine->storage);
		free(machine->storage);
	}
	if (machine->ide) {
		ide_free(machine->ide);
		free(machine->ide);
	}
	for (i = 0; i < machine->e1000_count; i++)
		e1000_free(&machine->e1000s[i]);
	free(machine->e1000s);
	if (machine->network) {
		netvsp_exit(machine->network);
		free(machine->network);
	}
	if (machine->has_vmbus) {
		integration_exit(&machine->integration);
		synic_exit(&machine->synic);
	}
	serial_events_exit(&machine->serial[0]);
	serial_events_exit(&machine->serial[1]);
	if (machine->pc) {
		pc_exit(machine->pc);
		free(machine->pc);
	}
	free(machine);
}

void machine_reset(struct machine *machine)
{
	const struct ram *ram = &machine->vm->memory.ram;
	struct device *device;

	for (device = machine->devices; device; device = device->next)
		if (device->ops->reset)
			device->ops->reset(device);
	mc146818_memory(&machine->rtc, ram_low_end(ram),
		ram_high_end(ram) - RAM_HIGH);
}

int machine_boot(struct machine *machine)
{
	return machine->pc ?
		pc_boot(machine->pc, machine->vm->processors) : -ENODEV;
}

void machine_serve(struct machine *machine, int client)
{
	serialback_serve(&machine->serial[0].back, client);
}

void machine_flush(struct machine *machine)
{
	serialback_flush(&machine->serial[0].back);
}

void machine_pause(struct machine *machine)
{
	unsigned int i;

	if (machine->storage)
		storvsp_pause(machine->storage);
	if (machine->ide)
		ide_pause(machine->ide);
	if (machine->network)
		netvsp_pause(machine->network);
	for (i = 0; i < machine->e1000_count; i++)
		e1000_pause(&machine->e1000s[i]);
}

void machine_go(struct machine *machine)
{
	unsigned int i;

	if (machine->storage)
		storvsp_go(machine->storage);
	if (machine->ide)
		ide_go(machine->ide);
	if (machine->network)
		netvsp_go(machine->network);
	for (i = 0; i < machine->e1000_count; i++)
		e1000_go(&machine->e1000s[i]);
}

void machine_press_power(struct machine *machine)
{
	acpi_pm_press(&machine->pm);
}

struct integration *machine_integration(struct machine *machine)
{
	return machine->has_vmbus ? &machine->integration : NULL;
}

struct storvsp *machine_storage(struct machine *machine)
{
	return machine->storage;
}

struct ide *machine_ide(struct machine *machine)
{
	return machine->ide;
}

struct netvsp *machine_network(struct machine *machine)
{
	return machine->network;
}

struct e1000 *machine_e1000s(struct machine *machine)
{
	return machine->e1000s;
}

unsigned int machine_e1000_count(const struct machine *machine)
{
	return machine->e1000_count;
}

struct screen *machine_screen(struct machine *machine)
{
	return machine->pc ? &machine->pc->screen : NULL;
}

struct input *machine_input(struct machine *machine)
{
	return machine->pc ? &machine->pc->input : NULL;
}

uint16_t machine_post(struct machine *machine, uint32_t connection,
	const void *bytes, uint32_t size)
{
	if (!machine->has_vmbus)
		return HV_STATUS_INVALID_CONNECTION_ID;
	return vmbus_message(&machine->vmbus, connection, bytes, size);
}

void machine_room(struct machine *machine)
{
	if (machine->has_vmbus)
		vmbus_room(&machine->vmbus);
}

void machine_resumed(struct machine *machine)
{
	if (machine->has_vmbus)
		ic_timesync_set(&machine->integration.timesync);
}

void machine_eoi(struct machine *machine, uint8_t vector)
{
	i82093_eoi(&machine->ioapic, vector);
}

bool machine_extint(const struct machine *machine)
{
	return machine->extint;
}

uint8_t machine_acknowledge(struct machine *machine)
{
	return i8259_acknowledge(&machine->pic);
}
