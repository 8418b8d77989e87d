/* Memory of a device that a guest reaches without an exit: by /dev/mshv. */
/* SPDX-License-Identifier: MIT */
#include "window.h"

#include "mshv.h"
#include "vm.h"

static int show(void *context, uint64_t gpa, void *host, uint64_t size)
{
	const struct vm *vm = context;

	return mshv_map(vm->partition, gpa, host, size);
}

static int hide(void *context, uint64_t gpa, void *host, uint64_t size)
{
	const struct vm *vm = context;

	return mshv_unmap(vm->partition, gpa, host, size);
}

static int written(
	void *context, uint64_t gpa, uint64_t size, uint64_t *bitmap)
{
	const struct vm *vm = context;

	return mshv_written(vm->partition, gpa, size, bitmap);
}

const struct window_ops window_mshv = { show, hide, written };
