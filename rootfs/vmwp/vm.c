/* One VM: what all parts of the worker share, and what its VPs shall do. */
/* SPDX-License-Identifier: MIT */
#include "vm.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "acpi.h"
#include "container.h"
#include "machine.h"
#include "mshv.h"
#include "pvh.h"
#include "reference.h"
#include "say.h"
#include "vp.h"

#define KICK_AGAIN 1000000ull	/* ns */

static uint64_t clock_now(struct clock *clock)
{
	struct vm *vm = container_of(clock, struct vm, clock);

	return vm->clock_runs ? events_now() - vm->clock_base :
		vm->clock_stopped;
}

static void clock_changed(struct clock *clock, uint64_t deadline)
{
	struct vm *vm = container_of(clock, struct vm, clock);

	if (!vm->clock_runs || deadline == UINT64_MAX)
		events_timer_set(vm->clock_event.fd, UINT64_MAX);
	else
		events_timer_set(vm->clock_event.fd,
			deadline + vm->clock_base);
}

/* With the device lock held, no VP running. The guest's reference time and TSC
 * stand still with our clock, from reading to reading: what a hypercall took,
 * or waited for a processor, is no difference between the clocks. */
static void clock_stop(struct vm *vm)
{
	struct reference at;

	vm->clock_tied = reference_read(vm->partition, &at);
	if (vm->clock_tied)
		vm->clock_ahead = at.when - vm->clock_base - at.time;
	vm->clock_stopped = clock_now(&vm->clock);
	mshv_set_property(vm->partition, HV_PROPERTY_TIME_FREEZE, 1);
	vm->clock_runs = false;
	/* It never goes back: somebody may have read it since. */
	if (vm->clock_tied && reference_read(vm->partition, &at) &&
	    at.time + vm->clock_ahead > vm->clock_stopped)
		vm->clock_stopped = at.time + vm->clock_ahead;
	clock_changed(&vm->clock, UINT64_MAX);
}

static void clock_go(struct vm *vm)
{
	uint64_t now = vm->clock_stopped;
	struct reference at = { .when = events_now() };

	mshv_set_property(vm->partition, HV_PROPERTY_TIME_FREEZE, 0);
	if (vm->clock_tied && reference_read(vm->partition, &at) &&
	    at.time + vm->clock_ahead > now)
		now = at.time + vm->clock_ahead;
	vm->clock_base = at.when - now;
	vm->clock_runs = true;
	clock_changed(&vm->clock, vm->clock.first ?
		vm->clock.first->deadline : UINT64_MAX);
}

static void clock_ready(struct event *event, uint32_t events)
{
	struct vm *vm = event->context;

	(void)events;
	events_drain(event->fd);
	pthread_mutex_lock(&vm->lock);
	if (vm->clock_runs)
		clock_run(&vm->clock);
	pthread_mutex_unlock(&vm->lock);
}

void vm_watch_kicks(struct vm *vm)
{
	events_timer_set(vm->kick_event.fd, events_now() + KICK_AGAIN);
}

static void kick_ready(struct event *event, uint32_t events)
{
	struct vm *vm = event->context;
	bool again = false;
	unsigned int i;

	(void)events;
	events_drain(event->fd);
	for (i = 0; i < vm->vp_count; i++)
		again |= vp_kick_again(&vm->vps[i]);
	if (again)
		vm_watch_kicks(vm);
}

void vm_want(struct vm *vm, unsigned int want)
{
	uint64_t one = 1;

	pthread_mutex_lock(&vm->state_lock);
	vm->wanted |= want;
	/* The others follow when the loop kicks them. */
	if (vm->state == VM_RUNNING)
		vm->state = VM_PAUSED;
	pthread_mutex_unlock(&vm->state_lock);
	/* An eventfd of which nobody reads 2^64 events takes this one. */
	if (write(vm->want_event.fd, &one, sizeof(one)) < 0)
		say("cannot wake the event loop: %s", strerror(errno));
}

/* With the state lock held: those that have stopped are left alone. There may
 * be many more than processors, and each signal makes one of them run. */
static void call_out(struct vm *vm)
{
	unsigned int i;

	for (i = 0; i < vm->vp_count; i++)
		if (!vm->vps[i].stopped)
			vp_kick(&vm->vps[i]);
}

static void wait_a_little(struct vm *vm)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += KICK_AGAIN;
	if (until.tv_nsec >= (long)NS_PER_S) {
		until.tv_nsec -= NS_PER_S;
		until.tv_sec++;
	}
	pthread_cond_timedwait(&vm->changed, &vm->state_lock, &until);
}

void vm_pause(struct vm *vm)
{
	pthread_mutex_lock(&vm->state_lock);
	if (vm->state == VM_RUNNING)
		vm->state = VM_PAUSED;
	while (vm->stopped < vm->vp_count) {
		call_out(vm);
		wait_a_little(vm);
	}
	pthread_mutex_unlock(&vm->state_lock);
	machine_pause(vm->machine);
	pthread_mutex_lock(&vm->lock);
	if (vm->clock_runs)
		clock_stop(vm);
	pthread_mutex_unlock(&vm->lock);
}

void vm_resume(struct vm *vm)
{
	pthread_mutex_lock(&vm->lock);
	if (!vm->clock_runs) {
		clock_go(vm);
		machine_resumed(vm->machine);
	}
	pthread_mutex_unlock(&vm->lock);
	machine_go(vm->machine);
	pthread_mutex_lock(&vm->state_lock);
	if (vm->state == VM_PAUSED)
		vm->state = VM_RUNNING;
	pthread_cond_broadcast(&vm->changed);
	pthread_mutex_unlock(&vm->state_lock);
}

static int tables_do_not_fit(const struct vm *vm)
{
	say("the ACPI tables of %u processors do not fit", vm->vp_count);
	return -ENOSPC;
}

static int boot_firmware(struct vm *vm)
{
	int error;

	pthread_mutex_lock(&vm->lock);
	error = machine_boot(vm->machine);
	pthread_mutex_unlock(&vm->lock);
	if (error == -ENOSPC)
		return tables_do_not_fit(vm);
	if (error) {
		say("cannot load the firmware: %s", strerror(-error));
		return error;
	}
	return vp_start_firmware(&vm->vps[0]);
}

int vm_boot(struct vm *vm)
{
	struct start start;
	const char *why;

	if (!vm->files.kernel)
		return boot_firmware(vm);
	vm->files.rsdp = acpi_write(&vm->memory.ram, START_FIRMWARE,
		vm->vp_count, false);
	if (!vm->files.rsdp)
		return tables_do_not_fit(vm);
	if (pvh_is(&vm->files))
		why = pvh_load(&vm->memory.ram, &vm->files, &start);
	else
		why = linux_boot_load(&vm->memory.ram, &vm->files, &start);
	if (why) {
		say("the kernel %s", why);
		return -EINVAL;
	}
	return vp_start(&vm->vps[0], &start);
}

void vm_reset(struct vm *vm)
{
	unsigned int i;
	int error;

	vm_pause(vm);
	pthread_mutex_lock(&vm->lock);
	machine_reset(vm->machine);
	pthread_mutex_unlock(&vm->lock);
	error = memory_clear(&vm->memory);
	if (error)
		say("cannot empty the guest's memory: %s", strerror(-error));
	for (i = 0; i < vm->vp_count && !error; i++)
		error = vp_reset(&vm->vps[i]);
	if (!error)
		error = vm_boot(vm);
	if (error)
		vm_want(vm, VM_WANT_FAILED);
	else
		vm_resume(vm);
}

void vm_end(struct vm *vm)
{
	pthread_mutex_lock(&vm->state_lock);
	vm->state = VM_ENDED;
	pthread_cond_broadcast(&vm->changed);
	pthread_mutex_unlock(&vm->state_lock);
}

static void stop(struct vm *vm, int status)
{
	vm_pause(vm);
	vm->status = status;
	vm->events.stop = true;
}

static void want_ready(struct event *event, uint32_t events)
{
	struct vm *vm = event->context;
	unsigned int wanted;

	(void)events;
	events_drain(event->fd);
	pthread_mutex_lock(&vm->state_lock);
	wanted = vm->wanted;
	vm->wanted = 0;
	pthread_mutex_unlock(&vm->state_lock);
	if (wanted & VM_WANT_FAILED) {
		stop(vm, 1);
	} else if (wanted & VM_WANT_OFF) {
		stop(vm, 0);
	} else if (wanted & VM_WANT_RESET && vm->no_reset) {
		stop(vm, 3);
	} else if (wanted & VM_WANT_RESET) {
		vm_reset(vm);
	}
}

static int add_event(struct vm *vm, struct event *event, int fd,
	void (*ready)(struct event *event, uint32_t events))
{
	*event = (struct event){ .fd = fd, .ready = ready, .context = vm };
	if (fd < 0)
		return fd;
	return events_watch(&vm->events, event, EPOLLIN);
}

static int init_locks(struct vm *vm)
{
	pthread_condattr_t attributes;

	pthread_mutex_init(&vm->lock, NULL);
	pthread_mutex_init(&vm->state_lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&vm->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	return 0;
}

int vm_init(struct vm *vm)
{
	int error, wake;

	vm->state = VM_PAUSED;
	vm->clock.now = clock_now;
	vm->clock.changed = clock_changed;
	vm->clock_event.fd = vm->kick_event.fd = vm->want_event.fd = -1;
	init_locks(vm);
	error = events_init(&vm->events);
	if (error)
		return error;
	wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	error = add_event(vm, &vm->clock_event, events_timer(), clock_ready);
	if (!error)
		error = add_event(
			vm, &vm->kick_event, events_timer(), kick_ready);
	if (!error)
		error = add_event(vm, &vm->want_event,
			wake < 0 ? -errno : wake, want_ready);
	return error;
}

void vm_exit(struct vm *vm)
{
	close(vm->want_event.fd);
	close(vm->kick_event.fd);
	close(vm->clock_event.fd);
	events_exit(&vm->events);
	bus_free(&vm->ports);
	bus_free(&vm->mmio);
}
