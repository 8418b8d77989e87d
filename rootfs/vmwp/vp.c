/* Virtual processors: a thread for each. */
/* SPDX-License-Identifier: MIT */
#include "vp.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "exit.h"
#include "extint.h"
#include "filter.h"
#include "mshv.h"
#include "registers.h"
#include "say.h"
#include "vm.h"

#define KICK_SIGNAL SIGUSR1

/* It exists only to end the ioctl. */
static void nothing(int number)
{
	(void)number;
}

static int catch_signal(void)
{
	struct sigaction action = { .sa_handler = nothing };

	sigemptyset(&action.sa_mask);
	return sigaction(KICK_SIGNAL, &action, NULL) ? -errno : 0;
}

int vp_init(struct vp *vp, struct vm *vm, unsigned int index)
{
	vp->vm = vm;
	vp->index = index;
	vp->fd = mshv_create_vp(vm->partition, index);
	if (vp->fd < 0)
		return vp->fd;
	vp->page = mshv_register_page(vp->fd);
	return catch_signal();
}

void vp_exit(struct vp *vp)
{
	if (vp->started)
		pthread_join(vp->thread, NULL);
	if (vp->page)
		munmap(vp->page, HV_PAGE_SIZE);
	if (vp->fd >= 0)
		close(vp->fd);
	vp->fd = -1;
}

/* Not pthread_kill(): its call could reach other processes, and is forbidden.
 * One that has not begun looks what is wanted before it enters the guest. */
static void wake(struct vp *vp)
{
	pid_t tid = atomic_load(&vp->tid);

	if (tid)
		syscall(SYS_tgkill, getpid(), tid, KICK_SIGNAL);
}

void vp_kick(struct vp *vp)
{
	/* The flag first: the thread clears it before it looks what is
	 * wanted (gate()). */
	atomic_store(&vp->kick, true);
	wake(vp);
}

bool vp_kick_again(struct vp *vp)
{
	if (!atomic_load(&vp->kick) || !vp->started)
		return false;
	wake(vp);
	return true;
}

/* With the state lock held. Who paused the VM waits for the last one only. */
static void count(struct vp *vp, bool stopped)
{
	struct vm *vm = vp->vm;

	vp->stopped = stopped;
	if (!stopped)
		vm->stopped--;
	else if (++vm->stopped == vm->vp_count)
		pthread_cond_broadcast(&vm->changed);
}

/* Before each entry: waits while the VM is paused. false: it ends. */
static bool gate(struct vp *vp)
{
	struct vm *vm = vp->vm;
	bool run;

	pthread_mutex_lock(&vm->state_lock);
	atomic_store(&vp->kick, false);
	if (vm->state != VM_RUNNING) {
		count(vp, true);
		while (vm->state == VM_PAUSED)
			pthread_cond_wait(&vm->changed, &vm->state_lock);
		/* One that ends stays counted: vm_pause() must not wait. */
		if (vm->state == VM_RUNNING)
			count(vp, false);
		atomic_store(&vp->kick, false);
	}
	run = vm->state == VM_RUNNING;
	pthread_mutex_unlock(&vm->state_lock);
	return run;
}

static void *loop(void *context)
{
	struct vp *vp = context;
	int error;

	atomic_store(&vp->tid, gettid());
	filter_enter(FILTER_VP);
	while (gate(vp)) {
		if (vp->index == 0)
			extint_offer(vp);
		error = mshv_run(vp->fd, &vp->message);
		if (error == -EINTR)
			continue;
		if (!error) {
			exit_handle(vp);
			continue;
		}
		say("processor %u cannot run: %s", vp->index,
			strerror(-error));
		vm_want(vp->vm, VM_WANT_FAILED);
	}
	atomic_store(&vp->tid, 0);
	return NULL;
}

int vp_run(struct vp *vp)
{
	int error = pthread_create(&vp->thread, NULL, loop, vp);

	vp->started = !error;
	return -error;
}

static int check_set(const struct vp *vp, int error)
{
	if (error)
		say("cannot set the registers of processor %u: %s "
			"(hypervisor status 0x%x)", vp->index,
			strerror(-error), mshv_status());
	return error;
}

int vp_start(struct vp *vp, const struct start *start)
{
	return check_set(vp, registers_start(vp, start));
}

int vp_start_firmware(struct vp *vp)
{
	return check_set(vp, registers_start_firmware(vp));
}

/* As after INIT, and again waiting for SIPI but for VP 0, whose registers
 * vp_start() sets. */
int vp_reset(struct vp *vp)
{
	int error = registers_reset(vp);

	vp->ordered = 0;
	if (error)
		say("cannot reset processor %u: %s (hypervisor status 0x%x)",
			vp->index, strerror(-error), mshv_status());
	return error;
}
