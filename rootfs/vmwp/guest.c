/* What the emulator reaches of a VM: memory, devices, ports, translation. */
/* SPDX-License-Identifier: MIT */
#include "guest.h"

#include <errno.h>
#include <string.h>

#include "mshv.h"
#include "shared.h"
#include "vp.h"

#define PF_PRESENT	0x01
#define PF_WRITE	0x02
#define PF_USER		0x04
#define PF_RESERVED	0x08
#define PF_FETCH	0x10

static void page_fault(const struct vp *vp, uint64_t linear,
	unsigned int access, uint32_t result, struct fault *fault)
{
	uint32_t code = 0;

	if (result == HV_TRANSLATED_PRIVILEGE)
		code |= PF_PRESENT;
	if (result == HV_TRANSLATED_RESERVED_BITS)
		code |= PF_PRESENT | PF_RESERVED;
	if (access & ACCESS_WRITE)
		code |= PF_WRITE;
	if (access & ACCESS_FETCH)
		code |= PF_FETCH;
	if ((vp->message.intercept.state & HV_STATE_CPL) == 3)
		code |= PF_USER;
	*fault = (struct fault){ VECTOR_PF, true, code, linear };
}

/* Unmapped memory has its page, too: a device. A walk that was refused has not
 * come that far. */
static int translate(void *context, uint64_t linear, unsigned int access,
	uint64_t *gpa, struct fault *fault)
{
	struct vp *vp = context;
	struct hv_translated out;
	uint64_t flags = HV_TRANSLATE_SET_BITS;
	int error;

	if (access & (ACCESS_READ | ACCESS_WRITE))
		flags |= HV_TRANSLATE_READ;
	if (access & ACCESS_WRITE)
		flags |= HV_TRANSLATE_WRITE;
	if (access & ACCESS_FETCH)
		flags |= HV_TRANSLATE_EXECUTE;
	error = mshv_translate(vp->fd, vp->index, linear, flags, &out);
	if (error)
		return error;
	if (out.result == HV_TRANSLATED_NO_READ ||
	    out.result == HV_TRANSLATED_NO_WRITE)
		return -EAGAIN;
	if (out.result && out.result < HV_TRANSLATED_UNMAPPED) {
		page_fault(vp, linear, access, out.result, fault);
		return 1;
	}
	*gpa = out.page * HV_PAGE_SIZE + linear % HV_PAGE_SIZE;
	return 0;
}

static bool simple(unsigned int size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

/* A part of an access that crosses pages can have any size: bytes then. */
static void device_access(struct vm *vm, uint64_t gpa, uint8_t *data,
	unsigned int size, bool write)
{
	unsigned int step = simple(size) ? size : 1, at;
	uint64_t value = 0;

	pthread_mutex_lock(&vm->lock);
	for (at = 0; at < size; at += step) {
		if (write) {
			memcpy(&value, data + at, step);
			bus_write(&vm->mmio, gpa + at, step, value);
		} else {
			value = bus_read(&vm->mmio, gpa + at, step);
			memcpy(data + at, &value, step);
		}
	}
	pthread_mutex_unlock(&vm->lock);
}

static void guest_read(
	void *context, uint64_t gpa, void *to, unsigned int size)
{
	struct vp *vp = context;

	if (!shared_read(&vp->vm->memory.ram, gpa, to, size))
		device_access(vp->vm, gpa, to, size, false);
}

static void guest_write(
	void *context, uint64_t gpa, const void *from, unsigned int size)
{
	struct vp *vp = context;
	uint8_t data[8];

	if (shared_write(&vp->vm->memory.ram, gpa, from, size))
		return;
	memcpy(data, from, size);
	device_access(vp->vm, gpa, data, size, true);
}

uint32_t guest_in(struct vm *vm, uint16_t port, unsigned int size)
{
	uint32_t value;

	pthread_mutex_lock(&vm->lock);
	value = bus_read(&vm->ports, port, size);
	pthread_mutex_unlock(&vm->lock);
	return value;
}

void guest_out(
	struct vm *vm, uint16_t port, unsigned int size, uint32_t value)
{
	pthread_mutex_lock(&vm->lock);
	bus_write(&vm->ports, port, size, value);
	pthread_mutex_unlock(&vm->lock);
}

static uint32_t ops_in(void *context, uint16_t port, unsigned int size)
{
	struct vp *vp = context;

	return guest_in(vp->vm, port, size);
}

static void ops_out(
	void *context, uint16_t port, unsigned int size, uint32_t value)
{
	struct vp *vp = context;

	guest_out(vp->vm, port, size, value);
}

/* Of RAM only, whose page stays where it is for us. */
static bool in_row(void *context, uint16_t port, unsigned int size,
	unsigned int count, uint64_t gpa)
{
	struct vm *vm = ((struct vp *)context)->vm;
	struct guest_page page =
		shared_page(&vm->memory.ram, gpa / HV_PAGE_SIZE);
	uint8_t row[HV_PAGE_SIZE];
	uint32_t value;
	unsigned int i;

	if (!shared_is(page))
		return false;
	pthread_mutex_lock(&vm->lock);
	for (i = 0; i < count; i++) {
		value = bus_read(&vm->ports, port, size);
		memcpy(row + i * size, &value, size);
	}
	pthread_mutex_unlock(&vm->lock);
	shared_copy_out(&page, gpa % HV_PAGE_SIZE, row, count * size);
	return true;
}

static bool out_row(void *context, uint16_t port, unsigned int size,
	unsigned int count, uint64_t gpa)
{
	struct vm *vm = ((struct vp *)context)->vm;
	struct guest_page page =
		shared_page(&vm->memory.ram, gpa / HV_PAGE_SIZE);
	uint8_t row[HV_PAGE_SIZE];
	uint32_t value = 0;
	unsigned int i;

	if (!shared_is(page))
		return false;
	shared_copy_in(row, &page, gpa % HV_PAGE_SIZE, count * size);
	pthread_mutex_lock(&vm->lock);
	for (i = 0; i < count; i++) {
		memcpy(&value, row + i * size, size);
		bus_write(&vm->ports, port, size, value);
	}
	pthread_mutex_unlock(&vm->lock);
	return true;
}

const struct emulate_ops guest_ops = {
	.translate = translate,
	.read = guest_read,
	.write = guest_write,
	.in = ops_in,
	.out = ops_out,
	.in_row = in_row,
	.out_row = out_row,
};
