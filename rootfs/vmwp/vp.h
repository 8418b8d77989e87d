/* Virtual processors: a thread for each. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_VP_H
#define VMWP_VP_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "hv.h"
#include "start.h"

struct vm;

/* Its thread's own, or anybody's while it is stopped, but for kick. */
struct vp {
	struct vm *vm;
	unsigned int index;	/* and its APIC id */
	int fd;
	struct hv_register_page *page;	/* NULL: registers by hypercall */
	struct hv_message message;	/* of the last exit */
	unsigned int tries;	/* of an instruction that must wait */
	uint64_t ordered;	/* notices; with the device lock (order.h) */
	pthread_t thread;
	atomic_int tid;		/* of the kernel; 0: it does not run */
	bool started;
	bool stopped;		/* vm->state_lock: counted in vm->stopped */
	atomic_bool kick;	/* it shall leave the guest; docs/vmwp.md */
};

/* Makes the VP; 0 or -errno. */
int vp_init(struct vp *vp, struct vm *vm, unsigned int index);
void vp_exit(struct vp *vp);
/* Its thread begins, and waits: the VM is paused. */
int vp_run(struct vp *vp);

/* Out of the guest, once; any thread. */
void vp_kick(struct vp *vp);
/* The same once more if it has not been seen; whether that was needed. */
bool vp_kick_again(struct vp *vp);

/* While it is stopped: 0, or an error that is said. */
int vp_start(struct vp *vp, const struct start *start);
int vp_start_firmware(struct vp *vp);
int vp_reset(struct vp *vp);

#endif
