/* A VP's registers: by its register page, else by hypercalls. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_REGISTERS_H
#define VMWP_REGISTERS_H

#include "emulate.h"
#include "vp.h"

/* All for the VP's own thread, or while it is stopped. 0 or -errno. */
int registers_load(struct vp *vp, struct cpu *cpu);
/* General registers, RIP and RFLAGS go back. */
int registers_store(struct vp *vp, const struct cpu *cpu);
/* RAX and RIP alone, for what is done often. */
int registers_finish(struct vp *vp, uint64_t rax, uint64_t rip);
int registers_inject(struct vp *vp, const struct fault *fault);

int registers_start(struct vp *vp, const struct start *start);
/* The first instruction after a reset; registers_reset() came before. */
int registers_start_firmware(struct vp *vp);
int registers_reset(struct vp *vp);

#endif
