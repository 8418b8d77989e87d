/* /dev/mshv: the driver's calls with types. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_MSHV_H
#define VMWP_MSHV_H

#include <stdbool.h>
#include <stdint.h>

#include "hv.h"

/*
 * Descriptors or 0; -errno for an error. A hypercall that the hypervisor
 * refused is what the driver made of its status, mostly -EIO or -EINVAL; the
 * status of the last one of this thread is in mshv_status().
 */
/* A partition with local APICs. Without super pages or x2APIC where the
 * hypervisor has none. */
int mshv_create_partition(int device);
int mshv_initialize(int partition);
int mshv_create_vp(int partition, uint32_t index);
unsigned int mshv_status(void);

/* Guest memory at gpa is the process's memory at host from now on; _rom: the
 * guest can read and execute it. */
int mshv_map(int partition, uint64_t gpa, void *host, uint64_t size);
int mshv_map_rom(int partition, uint64_t gpa, void *host, uint64_t size);
int mshv_unmap(int partition, uint64_t gpa, void *host, uint64_t size);
/* A bit for each page: written since the last call of this. */
int mshv_written(int partition, uint64_t gpa, uint64_t size, uint64_t *bitmap);

/* Until the next message for us, -EINTR after a signal. */
int mshv_run(int vp, struct hv_message *message);
/* The register page; NULL where there is none. */
struct hv_register_page *mshv_register_page(int vp);

/* By the partition's descriptor or, from the VP's own thread, by the VP's:
 * that one waits while the VP runs. At most MSHV_REGISTERS at a time. */
#define MSHV_REGISTERS 64
int mshv_get_registers(
	int fd, uint32_t vp, struct hv_register *registers, unsigned int count);
int mshv_set_registers(int fd, uint32_t vp,
	const struct hv_register *registers, unsigned int count);
int mshv_get_lapic(int vp, struct hv_lapic *lapic);
int mshv_set_lapic(int vp, const struct hv_lapic *lapic);
/* No message is in a slot, no event flag is set. */
int mshv_clear_synic(int vp);

int mshv_get_property(int partition, uint32_t code, uint64_t *value);
int mshv_set_property(int partition, uint32_t code, uint64_t value);

/* flags: HV_TRANSLATE_*. 0 and the translation's own result in *out. */
int mshv_translate(int fd, uint32_t vp, uint64_t linear, uint64_t flags,
	struct hv_translated *out);

/* An interrupt message as a device would write it. */
int mshv_interrupt(int partition, uint64_t address, uint32_t data);

/* Of the VP's SynIC: a message of up to 240 bytes into the SINT's slot; an
 * event flag. Refused ones: mshv_status(). */
int mshv_post_message(int partition, uint32_t vp, unsigned int sint,
	uint32_t type, const void *bytes, uint32_t size);
int mshv_signal_event(
	int partition, uint32_t vp, unsigned int sint, unsigned int flag);
/* The guest's messages and events for connections that there are not come to
 * us as hypercalls. */
int mshv_take_connections(int partition);
/* The eventfd counts what is written to the eight bytes there. */
int mshv_add_bell(int partition, uint64_t gpa, int fd);

/* An irqfd and its route. The driver looks for a level interrupt's resample
 * descriptor by the vector that was ended, so its gsi must be its vector. */
struct mshv_route {
	uint32_t gsi;
	uint32_t address;
	uint32_t data;
};
int mshv_set_routes(
	int partition, const struct mshv_route *routes, unsigned int count);
/* resample: -1 for an edge interrupt. */
int mshv_add_irqfd(int partition, int fd, int resample, uint32_t gsi);
int mshv_remove_irqfd(int partition, int fd, uint32_t gsi);

#endif
