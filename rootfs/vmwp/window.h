/* Memory of a device that a guest reaches without an exit. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_WINDOW_H
#define VMWP_WINDOW_H

#include <stdint.h>

/*
 * What shows host memory to the guest, passed in; a test has its own. All sizes
 * and addresses are whole pages. The device lock is held. show() and hide() give
 * 0 or -errno; what is shown must be hidden before it is shown elsewhere or its
 * memory goes. A page may only be touched by us while it is shown (a guest reads
 * and writes it at any time).
 */
struct window_ops {
	int (*show)(void *context, uint64_t gpa, void *host, uint64_t size);
	int (*hide)(void *context, uint64_t gpa, void *host, uint64_t size);
	/* A bit for each page, from the lowest: written since the last call.
	 * An error: nobody knows, and the caller takes all for written. */
	int (*written)(void *context, uint64_t gpa, uint64_t size,
		uint64_t *bitmap);
};

struct window_host {
	const struct window_ops *ops;	/* NULL: every access is an exit */
	void *context;
};

/* The guest's own memory map; the context is the struct vm. */
extern const struct window_ops window_mshv;

#endif
