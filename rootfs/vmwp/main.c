/* vmwp: the worker process of one VM. docs/vmwp.md */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control.h"
#include "files.h"
#include "filter.h"
#include "ide/ide.h"
#include "machine.h"
#include "mshv.h"
#include "options.h"
#include "say.h"
#include "terminal.h"
#include "vm.h"
#include "vp.h"

/* What main() has besides the VM. */
struct worker {
	struct options options;
	struct vm vm;
	struct control control;
	struct terminal terminal;
	bool on_terminal;	/* --serial - */
	char boot_order[BOOTORDER_TEXT];
	int serial_fd, control_fd, viewers_fd;
};

/* The guest's interface: all that its drivers know and the hypervisor does. */
#define FEATURES ( \
	HV_SYNTHETIC_PRESENT | HV_SYNTHETIC_HV1 | HV_SYNTHETIC_VP_RUNTIME | \
	HV_SYNTHETIC_REFERENCE_COUNTER | HV_SYNTHETIC_SYNIC | \
	HV_SYNTHETIC_TIMERS | HV_SYNTHETIC_APIC | HV_SYNTHETIC_HYPERCALLS | \
	HV_SYNTHETIC_VP_INDEX | HV_SYNTHETIC_REFERENCE_TSC | \
	HV_SYNTHETIC_GUEST_IDLE | HV_SYNTHETIC_FREQUENCIES | \
	HV_SYNTHETIC_EXTENDED_RANGES | HV_SYNTHETIC_FAST_OUTPUT | \
	HV_SYNTHETIC_START_VP | HV_SYNTHETIC_DIRECT_TIMERS | \
	HV_SYNTHETIC_MASKS | HV_SYNTHETIC_FLUSH | HV_SYNTHETIC_IPI | \
	HV_SYNTHETIC_SPIN_WAIT | HV_SYNTHETIC_SIGNAL_EVENTS)

static int failed(const char *what, int error)
{
	if (mshv_status())
		say("cannot %s: %s (hypervisor status 0x%x)", what,
			strerror(-error), mshv_status());
	else
		say("cannot %s: %s", what, strerror(-error));
	return error;
}

static int read_firmware_in(struct worker *worker, int folder)
{
	struct firmware *firmware = &worker->vm.firmware;
	int error = files_read_in(folder, "bios.bin", "firmware",
		&firmware->bios, &firmware->bios_size);

	if (!error)
		error = files_read_in(folder, "vgabios.bin",
			"screen's firmware", &firmware->vga_bios,
			&firmware->vga_bios_size);
	if (error || !nicoption_count(&worker->options.nics, true))
		return error;
	/* Not every folder has one: nothing boots from the network then. */
	if (faccessat(folder, "e1000.rom", F_OK, 0))
		return 0;
	return files_read_in(folder, "e1000.rom", "network adapter's firmware",
		&firmware->net_rom, &firmware->net_rom_size);
}

static int read_firmware(struct worker *worker)
{
	int folder = files_open(worker->options.firmware,
		O_RDONLY | O_DIRECTORY), error;

	bootorder_write(&worker->options.boot, &worker->options.ide,
		worker->boot_order);
	worker->vm.firmware.boot_order = worker->boot_order;
	if (folder < 0) {
		say("cannot open the firmware's folder %s: %s",
			worker->options.firmware, strerror(-folder));
		return folder;
	}
	error = read_firmware_in(worker, folder);
	close(folder);
	return error;
}

static int read_files(struct worker *worker)
{
	struct boot_files *files = &worker->vm.files;
	const struct options *options = &worker->options;
	int error;

	if (!options->kernel)
		return read_firmware(worker);
	files->command_line = options->command_line;
	error = files_read(options->kernel, "kernel", &files->kernel,
		&files->kernel_size);
	if (!error && options->initrd)
		error = files_read(options->initrd, "initrd",
			&files->initrd, &files->initrd_size);
	return error;
}

static int make_sockets(struct worker *worker)
{
	const char *serial = worker->options.serial;
	int error;

	worker->on_terminal = serial && !strcmp(serial, "-");
	worker->vm.firmware.on_serial = worker->on_terminal;
	error = files_socket(worker->on_terminal ? NULL : serial, "serial",
		SOCK_STREAM, &worker->serial_fd);
	if (!error)
		error = files_socket(worker->options.viewers, "viewers'",
			SOCK_STREAM, &worker->viewers_fd);
	if (!error)
		error = files_socket(worker->options.control, "control",
			SOCK_SEQPACKET, &worker->control_fd);
	return error;
}

/* Linux for i386 with retpolines calls through a stack slot that it has moved
 * away from: its first repeating hypercall, a flush, jumps to a wild address. */
static uint64_t features(const struct worker *worker)
{
	return worker->vm.files.kernel && linux_boot_is_32(&worker->vm.files) ?
		FEATURES & ~HV_SYNTHETIC_FLUSH : FEATURES;
}

static int make_partition(struct worker *worker)
{
	struct vm *vm = &worker->vm;
	int device, error;

	device = files_open(worker->options.mshv, O_RDWR);
	if (device < 0)
		return failed("open /dev/mshv", device);
	vm->partition = mshv_create_partition(device);
	close(device);
	if (vm->partition < 0)
		return failed("create a partition", vm->partition);
	/* Where the hypervisor has no such features the guest does without. */
	mshv_set_property(vm->partition, HV_PROPERTY_SYNTHETIC_FEATURES,
		features(worker));
	error = mshv_initialize(vm->partition);
	if (error)
		return failed("initialize the partition", error);
	/* Where the hypervisor has no such choice an MSR that it does not know
	 * is a #GP in the guest. */
	mshv_set_property(vm->partition, HV_PROPERTY_UNIMPLEMENTED_MSR_ACTION,
		HV_MSR_ACTION_IGNORE_WRITE_READ_ZERO);
	return 0;
}

static int make_memory(struct worker *worker)
{
	struct vm *vm = &worker->vm;
	uint64_t wanted = worker->options.memory >> 20;
	uint64_t host = (uint64_t)sysconf(_SC_PHYS_PAGES) *
		(uint64_t)sysconf(_SC_PAGESIZE) >> 20;
	int error;

	/* Guest memory is lazy: this one would start, and be killed later. */
	if (wanted > host) {
		say("the host has %llu MB of memory, not %llu MB",
			(unsigned long long)host, (unsigned long long)wanted);
		return -ENOMEM;
	}
	error = memory_init(&vm->memory, worker->options.memory);
	if (error)
		return failed("make the guest's memory", error);
	error = memory_map(&vm->memory, vm->partition);
	return error ? failed("give the guest its memory", error) : 0;
}

static int make_machine(struct worker *worker)
{
	struct vm *vm = &worker->vm;
	const struct machine_parts parts = {
		.name = worker->options.name,
		.serial = worker->serial_fd,
		.viewers = worker->viewers_fd,
		.scsi = worker->options.scsi,
		.network = worker->options.network,
		.firmware = worker->options.kernel ? NULL : &vm->firmware,
		.ide_disks = ide_disks(&worker->options.ide),
		.e1000s = nicoption_count(&worker->options.nics, true),
	};
	int error = vm_init(vm);

	if (error)
		return failed("make the event loop", error);
	pthread_mutex_lock(&vm->lock);
	error = machine_init(vm, &parts);
	pthread_mutex_unlock(&vm->lock);
	if (error)
		return failed("make the devices", error);
	error = control_init(&worker->control, vm, worker->control_fd);
	return error ? failed("use the control socket", error) : 0;
}

static int open_drives(struct worker *worker)
{
	int error = option_open_all(&worker->options.drives);

	return error ? error : option_open_all(&worker->options.ide);
}

/* Nothing is opened by its name any more; nothing that was opened has been
 * looked into yet. */
static int confine_start(struct worker *worker)
{
	(void)worker;
	filter_enter(FILTER_ALL | FILTER_START);
	return 0;
}

static int add_drives(struct worker *worker)
{
	const struct drive_options *drives = &worker->options.drives;

	return option_add_all(drives,
		machine_storage(worker->vm.machine));
}

static int add_ide_drives(struct worker *worker)
{
	struct ide *ide = machine_ide(worker->vm.machine);

	return ide ? ide_add_all(ide, &worker->options.ide) : 0;
}

static int add_nics(struct worker *worker)
{
	return nicoption_add_all(&worker->options.nics,
		machine_network(worker->vm.machine),
		machine_e1000s(worker->vm.machine));
}

static int make_processors(struct worker *worker)
{
	struct vm *vm = &worker->vm;
	unsigned int count = worker->options.processors, i;
	int error;

	vm->vps = calloc(count, sizeof(*vm->vps));
	if (!vm->vps)
		return failed("make the processors", -ENOMEM);
	for (i = 0; i < count; i++) {
		error = vp_init(&vm->vps[i], vm, i);
		if (error)
			return failed("make a processor", error);
		vm->vp_count++;
	}
	return 0;
}

/* Who is never reset needs its image only now. */
static int boot(struct worker *worker)
{
	struct vm *vm = &worker->vm;
	int error = vm_boot(vm);

	if (!error && vm->no_reset) {
		files_drop(&vm->files.kernel);
		files_drop(&vm->files.initrd);
	}
	return error;
}

static void end(void *context)
{
	struct worker *worker = context;

	vm_want(&worker->vm, VM_WANT_OFF);
}

static int make_terminal(struct worker *worker)
{
	struct vm *vm = &worker->vm;
	int client;

	if (!worker->on_terminal)
		return 0;
	client = terminal_init(&worker->terminal, STDIN_FILENO, STDOUT_FILENO,
		end, worker);
	if (client < 0)
		return failed("use the terminal", client);
	pthread_mutex_lock(&vm->lock);
	machine_serve(vm->machine, client);
	pthread_mutex_unlock(&vm->lock);
	return 0;
}

/* They wait: the VM is paused. */
static int start_processors(struct worker *worker)
{
	struct vm *vm = &worker->vm;
	unsigned int i;
	int error;

	for (i = 0; i < vm->vp_count; i++) {
		error = vp_run(&vm->vps[i]);
		if (error)
			return failed("start a processor's thread", error);
	}
	return 0;
}

/* The only threads that begin later are those of network adapters. */
static int confine(struct worker *worker)
{
	(void)worker;
	filter_enter(FILTER_EVENTS | FILTER_NETWORK);
	return 0;
}

static int run(struct worker *worker)
{
	int error;

	vm_resume(&worker->vm);
	error = events_run(&worker->vm.events);
	return error ? failed("wait for events", error) : 0;
}

/* In this order. After an error the process ends: what it had is descriptors
 * and memory, which the kernel takes back. */
static int (*const steps[])(struct worker *worker) = {
	read_files,
	make_sockets,
	make_partition,
	make_memory,
	make_machine,
	add_nics,
	make_processors,
	open_drives,
	confine_start,
	add_drives,
	add_ide_drives,
	boot,
	make_terminal,
	start_processors,
	confine,
	run,
};

static void tear_down(struct worker *worker)
{
	struct vm *vm = &worker->vm;
	unsigned int i;

	vm_end(vm);
	for (i = 0; i < vm->vp_count; i++)
		vp_exit(&vm->vps[i]);
	free(vm->vps);
	if (worker->on_terminal)
		machine_flush(vm->machine);
	control_exit(&worker->control);
	machine_exit(vm->machine);
	if (worker->on_terminal)
		terminal_exit(&worker->terminal);
	vm_exit(vm);
	memory_exit(&vm->memory);
	close(vm->partition);
}

int main(int argc, char **argv)
{
	static struct worker worker;
	unsigned int i;

	signal(SIGPIPE, SIG_IGN);
	switch (options_read(&worker.options, argc, argv)) {
	case OPTIONS_HELP: return 0;
	case OPTIONS_WRONG: return 1;
	default: break;
	}
	say_name(worker.options.name);
	if (filter_begin())
		return 1;
	worker.vm.no_reset = worker.options.no_reset;
	worker.vm.processors = worker.options.processors;
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (steps[i](&worker))
			return 1;
	tear_down(&worker);
	return worker.vm.status;
}
