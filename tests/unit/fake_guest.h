/* A guest for the emulator: memory from 0 on, nothing behind it, one port. */
/* SPDX-License-Identifier: MIT */
#ifndef FAKE_GUEST_H
#define FAKE_GUEST_H

#include "check.h"
#include "emulate.h"

#define FAKE_SIZE 0x4000u
#define FAKE_CODE 0x3000u

struct fake_guest {
	uint8_t memory[FAKE_SIZE];
	unsigned int reads, writes;
	unsigned int port, port_size, ins, outs, rows;
	uint32_t in, out;
	uint32_t all;		/* of what went out, in its order */
};

static int fake_translate(void *context, uint64_t linear, unsigned int access,
	uint64_t *gpa, struct fault *fault)
{
	(void)context;
	if (linear < FAKE_SIZE) {
		*gpa = linear;
		return 0;
	}
	*fault = (struct fault){
		.vector = VECTOR_PF,
		.has_code = true,
		.code = (access & ACCESS_WRITE ? 2 : 0) |
			(access & ACCESS_FETCH ? 0x10 : 0),
		.address = linear,
	};
	return 1;
}

static void fake_read(void *context, uint64_t gpa, void *to, unsigned int size)
{
	struct fake_guest *guest = context;

	CHECK(size >= 1 && size <= EMULATE_BYTES);
	CHECK(gpa < FAKE_SIZE && size <= HV_PAGE_SIZE - gpa % HV_PAGE_SIZE);
	memcpy(to, guest->memory + gpa, size);
	guest->reads++;
}

static void fake_write(
	void *context, uint64_t gpa, const void *from, unsigned int size)
{
	struct fake_guest *guest = context;

	CHECK(size >= 1 && size <= 8);
	CHECK(gpa < FAKE_SIZE && size <= HV_PAGE_SIZE - gpa % HV_PAGE_SIZE);
	memcpy(guest->memory + gpa, from, size);
	guest->writes++;
}

static uint32_t fake_in(void *context, uint16_t port, unsigned int size)
{
	struct fake_guest *guest = context;

	CHECK(size == 1 || size == 2 || size == 4);
	guest->port = port;
	guest->port_size = size;
	guest->in = 0x1badcafe + guest->ins++ * 0x9e3779b9u;
	return guest->in;
}

static void fake_out(
	void *context, uint16_t port, unsigned int size, uint32_t value)
{
	struct fake_guest *guest = context;

	CHECK(size == 1 || size == 2 || size == 4);
	guest->port = port;
	guest->port_size = size;
	guest->out = value;
	guest->all = guest->all * 31 + value;
	guest->outs++;
}

static inline bool fake_in_row(void *context, uint16_t port,
	unsigned int size, unsigned int count, uint64_t gpa)
{
	struct fake_guest *guest = context;
	uint32_t value;

	CHECK(count > 1 && gpa < FAKE_SIZE);
	CHECK(count * size <= HV_PAGE_SIZE - gpa % HV_PAGE_SIZE);
	for (; count; count--, gpa += size) {
		value = fake_in(context, port, size);
		fake_write(context, gpa, &value, size);
	}
	guest->rows++;
	return true;
}

static inline bool fake_out_row(void *context, uint16_t port,
	unsigned int size, unsigned int count, uint64_t gpa)
{
	struct fake_guest *guest = context;
	uint32_t value = 0;

	CHECK(count > 1 && gpa < FAKE_SIZE);
	CHECK(count * size <= HV_PAGE_SIZE - gpa % HV_PAGE_SIZE);
	for (; count; count--, gpa += size) {
		fake_read(context, gpa, &value, size);
		fake_out(context, port, size, value);
	}
	guest->rows++;
	return true;
}

static const struct emulate_ops fake_guest_ops = {
	.translate = fake_translate,
	.read = fake_read,
	.write = fake_write,
	.in = fake_in,
	.out = fake_out,
};

static inline void fake_guest_random(struct fake_guest *guest)
{
	unsigned int i;

	memset(guest, 0, sizeof(*guest));
	for (i = 0; i < FAKE_SIZE; i++)
		guest->memory[i] = random() >> 8;
}

static inline void fake_guest_segments(
	struct cpu *cpu, uint32_t limit, unsigned int code, unsigned int data)
{
	unsigned int i;

	memset(cpu, 0, sizeof(*cpu));
	for (i = 0; i < 6; i++)
		cpu->segment[i] = (struct hv_segment){
			.limit = limit,
			.attributes = i == 1 ? code : data,
		};
	cpu->rip = FAKE_CODE;
	cpu->rflags = 2;
}

static inline void fake_guest_cpu64(struct cpu *cpu)
{
	fake_guest_segments(cpu, UINT32_MAX, 0xa09b, 0xc093);
	cpu->cr0 = 0x80000001;
	cpu->efer = 0x500;
}

static inline void fake_guest_cpu32(struct cpu *cpu)
{
	fake_guest_segments(cpu, UINT32_MAX, 0xc09b, 0xc093);
	cpu->cr0 = 1;
}

static inline void fake_guest_cpu16(struct cpu *cpu)
{
	fake_guest_segments(cpu, UINT16_MAX, 0x009b, 0x0093);
}

#endif
