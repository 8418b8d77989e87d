/* One VM: what all parts of the worker share, and what its VPs shall do. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_VM_H
#define VMWP_VM_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "bus.h"
#include "clock.h"
#include "control.h"
#include "events.h"
#include "linux_boot.h"
#include "memory.h"
#include "pci/pc.h"
#include "start.h"

struct machine;
struct vp;

/* What somebody wants of the whole VM; bits, done by the event loop. */
enum {
	VM_WANT_OFF = 1, VM_WANT_RESET = 2, VM_WANT_FAILED = 4,
};

struct vm {
	/* The device lock: machine, buses, clock. Taken before
	 * state_lock. */
	pthread_mutex_t lock;
	struct bus ports, mmio;
	struct clock clock;
	uint64_t clock_base;	/* CLOCK_MONOTONIC at the clock's 0 */
	uint64_t clock_ahead;	/* of the guest's reference time */
	bool clock_tied;	/* ... which that is known of */
	uint64_t clock_stopped;	/* the clock's time while it stands */
	bool clock_runs;
	struct machine *machine;

	pthread_mutex_t state_lock;	/* nothing is taken below it */
	pthread_cond_t changed;		/* state, and VPs that stopped */
	enum vm_state state;		/* of the VPs */
	unsigned int stopped;		/* VPs that do not run now */
	unsigned int wanted;		/* VM_WANT_* */

	/* Set before the threads begin. */
	int partition;
	struct memory memory;
	struct boot_files files;
	struct firmware firmware;	/* where files has no kernel */
	struct vp *vps;			/* owned */
	unsigned int vp_count;
	unsigned int processors;	/* what vp_count will be */
	struct events events;
	struct event clock_event, kick_event, want_event;
	bool no_reset;
	int status;			/* the process's exit status */
};

/* Locks, clock, event loop; partition and memory are set already. 0, -errno. */
int vm_init(struct vm *vm);
void vm_exit(struct vm *vm);

/* From any thread: asks the event loop. The calling VP stops by itself at its
 * next entry. */
void vm_want(struct vm *vm, unsigned int want);

/* In the event loop's thread, without a lock held. vm_pause() returns when no
 * VP runs; both do nothing where there is nothing to do. */
void vm_pause(struct vm *vm);
void vm_resume(struct vm *vm);
/* Image loaded, VP 0 at its entry; the VPs are paused. 0, or it is said. */
int vm_boot(struct vm *vm);
/* As after power-on, booted, and running, even if it was paused. */
void vm_reset(struct vm *vm);

/* The VPs' threads end. */
void vm_end(struct vm *vm);

/* Some VP's kick may get lost: the loop will look. Any thread. */
void vm_watch_kicks(struct vm *vm);

#endif
