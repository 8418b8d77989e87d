/* /dev/mshv: the driver's calls with types. */
/* SPDX-License-Identifier: MIT */
#include "mshv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include <linux/mshv.h>

static_assert(sizeof(struct hv_message) == MSHV_RUN_VP_BUF_SZ, "message");

static _Thread_local unsigned int last_status;

unsigned int mshv_status(void)
{
	return last_status;
}

static int call(int fd, unsigned long request, void *argument)
{
	int result = ioctl(fd, request, argument);

	return result < 0 ? -errno : result;
}

/* The driver goes on by itself where a call does only some repetitions. */
static int hypercall(int fd, uint16_t code, unsigned int reps, const void *in,
	size_t in_size, void *out, size_t out_size)
{
	struct mshv_root_hvcall args = {
		.code = code,
		.reps = reps,
		.in_sz = in_size,
		.out_sz = out_size,
		.in_ptr = (uintptr_t)in,
		.out_ptr = (uintptr_t)out,
	};
	int error = call(fd, MSHV_ROOT_HVCALL, &args);

	last_status = args.status;
	if (!error && args.reps != reps)
		error = -EIO;
	return error;
}

int mshv_create_partition(int device)
{
	static const uint64_t wanted[] = {
		1 << MSHV_PT_BIT_X2APIC | 1 << MSHV_PT_BIT_GPA_SUPER_PAGES,
		1 << MSHV_PT_BIT_X2APIC, 1 << MSHV_PT_BIT_GPA_SUPER_PAGES, 0,
	};
	struct mshv_create_partition args = {
		.pt_isolation = MSHV_PT_ISOLATION_NONE,
	};
	int fd = -EINVAL;
	unsigned int i;

	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		args.pt_flags = wanted[i] | 1 << MSHV_PT_BIT_LAPIC;
		fd = call(device, MSHV_CREATE_PARTITION, &args);
		if (fd >= 0 || fd == -ENOMEM || fd == -EMFILE)
			break;
	}
	return fd;
}

int mshv_initialize(int partition)
{
	return call(partition, MSHV_INITIALIZE_PARTITION, NULL);
}

int mshv_create_vp(int partition, uint32_t index)
{
	struct mshv_create_vp args = { .vp_index = index };

	return call(partition, MSHV_CREATE_VP, &args);
}

static int set_memory(int partition, uint64_t gpa, void *host, uint64_t size,
	unsigned int flags)
{
	struct mshv_user_mem_region args = {
		.size = size,
		.guest_pfn = gpa / MSHV_HV_PAGE_SIZE,
		.userspace_addr = (uintptr_t)host,
		.flags = flags,
	};

	return call(partition, MSHV_SET_GUEST_MEMORY, &args);
}

int mshv_map(int partition, uint64_t gpa, void *host, uint64_t size)
{
	return set_memory(partition, gpa, host, size,
		1 << MSHV_SET_MEM_BIT_WRITABLE |
		1 << MSHV_SET_MEM_BIT_EXECUTABLE);
}

int mshv_map_rom(int partition, uint64_t gpa, void *host, uint64_t size)
{
	return set_memory(partition, gpa, host, size,
		1 << MSHV_SET_MEM_BIT_EXECUTABLE);
}

int mshv_written(int partition, uint64_t gpa, uint64_t size, uint64_t *bitmap)
{
	struct mshv_gpap_access_bitmap args = {
		.access_type = MSHV_GPAP_ACCESS_TYPE_DIRTY,
		.access_op = MSHV_GPAP_ACCESS_OP_CLEAR,
		.page_count = size / MSHV_HV_PAGE_SIZE,
		.gpap_base = gpa / MSHV_HV_PAGE_SIZE,
		.bitmap_ptr = (uintptr_t)bitmap,
	};

	return call(partition, MSHV_GET_GPAP_ACCESS_BITMAP, &args);
}

int mshv_unmap(int partition, uint64_t gpa, void *host, uint64_t size)
{
	return set_memory(
		partition, gpa, host, size, 1 << MSHV_SET_MEM_BIT_UNMAP);
}

int mshv_run(int vp, struct hv_message *message)
{
	return call(vp, MSHV_RUN_VP, message);
}

struct hv_register_page *mshv_register_page(int vp)
{
	void *page = mmap(NULL, HV_PAGE_SIZE, PROT_READ | PROT_WRITE,
		MAP_SHARED, vp,
		(off_t)MSHV_VP_MMAP_OFFSET_REGISTERS * HV_PAGE_SIZE);

	return page == MAP_FAILED ? NULL : page;
}

int mshv_get_registers(
	int fd, uint32_t vp, struct hv_register *registers, unsigned int count)
{
	struct {
		struct hv_get_registers header;
		uint32_t names[MSHV_REGISTERS];
	} in = { .header.vp = vp };
	union hv_value out[MSHV_REGISTERS];
	unsigned int i;
	int error;

	if (!count || count > MSHV_REGISTERS)
		return -EINVAL;
	for (i = 0; i < count; i++)
		in.names[i] = registers[i].name;
	error = hypercall(fd, HVCALL_GET_VP_REGISTERS, count, &in,
		sizeof(in.header) + count * sizeof(in.names[0]), out,
		count * sizeof(out[0]));
	for (i = 0; !error && i < count; i++)
		registers[i].value = out[i];
	return error;
}

int mshv_set_registers(int fd, uint32_t vp,
	const struct hv_register *registers, unsigned int count)
{
	struct {
		struct hv_set_registers header;
		struct hv_register registers[MSHV_REGISTERS];
	} in = { .header.vp = vp };

	if (!count || count > MSHV_REGISTERS)
		return -EINVAL;
	memcpy(in.registers, registers, count * sizeof(*registers));
	return hypercall(fd, HVCALL_SET_VP_REGISTERS, count, &in,
		sizeof(in.header) + count * sizeof(*registers), NULL, 0);
}

/* The driver wants a whole page, at a page's start. */
static int vp_state(int vp, unsigned long request, unsigned int type,
	void *state, size_t size)
{
	struct mshv_get_set_vp_state args = {
		.type = type,
		.buf_sz = HV_PAGE_SIZE,
	};
	void *page = aligned_alloc(HV_PAGE_SIZE, HV_PAGE_SIZE);
	int error;

	if (!page)
		return -ENOMEM;
	memset(page, 0, HV_PAGE_SIZE);
	memcpy(page, state, size);
	args.buf_ptr = (uintptr_t)page;
	error = call(vp, request, &args);
	memcpy(state, page, size);
	free(page);
	return error;
}

int mshv_get_lapic(int vp, struct hv_lapic *lapic)
{
	memset(lapic, 0, sizeof(*lapic));
	return vp_state(vp, MSHV_GET_VP_STATE, MSHV_VP_STATE_LAPIC, lapic,
		sizeof(*lapic));
}

int mshv_set_lapic(int vp, const struct hv_lapic *lapic)
{
	struct hv_lapic copy = *lapic;

	return vp_state(vp, MSHV_SET_VP_STATE, MSHV_VP_STATE_LAPIC, &copy,
		sizeof(copy));
}

int mshv_clear_synic(int vp)
{
	char nothing = 0;
	int error = vp_state(vp, MSHV_SET_VP_STATE, MSHV_VP_STATE_SIMP,
		&nothing, sizeof(nothing));

	return error ? error : vp_state(vp, MSHV_SET_VP_STATE,
		MSHV_VP_STATE_SIEFP, &nothing, sizeof(nothing));
}

int mshv_get_property(int partition, uint32_t code, uint64_t *value)
{
	struct hv_get_property in = { .code = code };

	return hypercall(partition, HVCALL_GET_PARTITION_PROPERTY, 0, &in,
		sizeof(in), value, sizeof(*value));
}

int mshv_set_property(int partition, uint32_t code, uint64_t value)
{
	struct hv_set_property in = { .code = code, .value = value };

	return hypercall(partition, HVCALL_SET_PARTITION_PROPERTY, 0, &in,
		sizeof(in), NULL, 0);
}

int mshv_translate(int fd, uint32_t vp, uint64_t linear, uint64_t flags,
	struct hv_translated *out)
{
	struct hv_translate in = {
		.vp = vp,
		.flags = flags,
		.page = linear / HV_PAGE_SIZE,
	};

	return hypercall(fd, HVCALL_TRANSLATE_VIRTUAL_ADDRESS, 0, &in,
		sizeof(in), out, sizeof(*out));
}

/* SDM v3 10.11: the message's address and data. */
int mshv_interrupt(int partition, uint64_t address, uint32_t data)
{
	struct hv_assert_interrupt in = {
		.type = data >> 8 & 7,
		.destination = address >> 12 & 0xff,
		.vector = data & 0xff,
	};

	if (data & 1 << 15)
		in.flags |= HV_INTERRUPT_LEVEL;
	if (address & 1 << 2)
		in.flags |= HV_INTERRUPT_LOGICAL;
	return hypercall(partition, HVCALL_ASSERT_VIRTUAL_INTERRUPT, 0, &in,
		sizeof(in), NULL, 0);
}

int mshv_post_message(int partition, uint32_t vp, unsigned int sint,
	uint32_t type, const void *bytes, uint32_t size)
{
	struct hv_post_message in = {
		.vp = vp, .sint = sint, .type = type, .size = size,
	};

	if (size > sizeof(in.payload))
		return -EMSGSIZE;
	memcpy(in.payload, bytes, size);
	return hypercall(partition, HVCALL_POST_MESSAGE_DIRECT, 0, &in,
		sizeof(in), NULL, 0);
}

int mshv_signal_event(
	int partition, uint32_t vp, unsigned int sint, unsigned int flag)
{
	struct hv_signal_event in = { .vp = vp, .sint = sint, .flag = flag };
	struct hv_signaled out;

	return hypercall(partition, HVCALL_SIGNAL_EVENT_DIRECT, 0, &in,
		sizeof(in), &out, sizeof(out));
}

int mshv_take_connections(int partition)
{
	struct hv_install_intercept in = {
		.access = HV_INTERCEPT_EXECUTE,
		.type = HV_INTERCEPT_UNKNOWN_CONNECTION,
	};

	return hypercall(partition, HVCALL_INSTALL_INTERCEPT, 0, &in,
		sizeof(in), NULL, 0);
}

int mshv_add_bell(int partition, uint64_t gpa, int fd)
{
	struct mshv_user_ioeventfd args = { .addr = gpa, .len = 8, .fd = fd };

	return call(partition, MSHV_IOEVENTFD, &args);
}

int mshv_set_routes(
	int partition, const struct mshv_route *routes, unsigned int count)
{
	struct mshv_user_irq_table *table;
	unsigned int i;
	int error;

	table = calloc(1, sizeof(*table) + count * sizeof(table->entries[0]));
	if (!table)
		return -ENOMEM;
	table->nr = count;
	for (i = 0; i < count; i++) {
		table->entries[i].gsi = routes[i].gsi;
		table->entries[i].address_lo = routes[i].address;
		table->entries[i].data = routes[i].data;
	}
	error = call(partition, MSHV_SET_MSI_ROUTING, table);
	free(table);
	return error;
}

int mshv_add_irqfd(int partition, int fd, int resample, uint32_t gsi)
{
	struct mshv_user_irqfd args = {
		.fd = fd,
		.resamplefd = resample,
		.gsi = gsi,
		.flags = resample < 0 ? 0 : 1 << MSHV_IRQFD_BIT_RESAMPLE,
	};

	return call(partition, MSHV_IRQFD, &args);
}

int mshv_remove_irqfd(int partition, int fd, uint32_t gsi)
{
	struct mshv_user_irqfd args = {
		.fd = fd,
		.gsi = gsi,
		.flags = 1 << MSHV_IRQFD_BIT_DEASSIGN,
	};

	return call(partition, MSHV_IRQFD, &args);
}
