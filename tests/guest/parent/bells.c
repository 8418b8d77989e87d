/* Ports, connections, doorbells and event rings. docs/guests.md, "Events" */
/* SPDX-License-Identifier: MIT */
#include "bells.h"

#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/string.h"
#include "call.h"
#include "childsmp.h"
#include "clock.h"
#include "cpu.h"
#include "memory.h"
#include "option.h"
#include "tests.h"
#include "trap.h"

#define CODE(name)	name, name##_end
#define SINT		5
#define VECTOR		0x5bull
#define AT_BELLS	0x10000000ull	/* no memory of the child's */
#define MANY		100
#define UNSERVED	CHILD_PROBED(HV_MESSAGE_UNMAPPED_GPA, HV_ACCESS_WRITE)

extern const uint8_t child_store[], child_store_end[];

static struct child child;
static uint8_t tails[CPUS];	/* where each processor reads next */

/* The reader, as the parent's driver is. */

static volatile struct hv_event_ring *ring(void)
{
	return (volatile struct hv_event_ring *)(rdmsr(HV_MSR_SIRBP) &
		~0xfffull) + SINT;
}

static volatile struct hv_message *slot(void)
{
	return (volatile struct hv_message *)(rdmsr(HV_MSR_SIMP) & ~0xfffull);
}

static void set_enable(uint32_t msr, bool on)
{
	wrmsr(msr, (rdmsr(msr) & ~1ull) | on);
}

void bells_on(void)
{
	slot()->type = 0;
	set_enable(HV_MSR_SIMP, true);
	set_enable(HV_MSR_SIRBP, true);
	wrmsr(HV_MSR_SINT0, VECTOR);
	wrmsr(HV_MSR_SINT0 + SINT, VECTOR | HV_SINT_AS_INTERCEPT);
	wrmsr(HV_MSR_SCONTROL, 1);
}

void bells_off(void)
{
	wrmsr(HV_MSR_SINT0, HV_SINT_MASKED);
	wrmsr(HV_MSR_SINT0 + SINT, HV_SINT_MASKED);
	set_enable(HV_MSR_SIRBP, false);
	set_enable(HV_MSR_SIMP, false);
	wrmsr(HV_MSR_SCONTROL, 0);
}

static void notify_empty(void)
{
	EXPECT(call_raw(HVCALL_NOTIFY_PORT_RING_EMPTY | HVCALL_FAST, SINT, 0),
		HV_STATUS_SUCCESS);
}

uint32_t bells_next(void)
{
	volatile struct hv_event_ring *from = ring();
	uint8_t *tail = &tails[cpu_self()->index];
	uint32_t port = from->port[*tail];

	if (!port && from->full) {
		from->full = 0;
		notify_empty();
		port = from->port[*tail];
	}
	if (!port) {
		from->masked = 0;
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		port = from->port[*tail];
		if (!port)
			return 0;
		from->masked = 1;
	}
	from->port[*tail] = 0;
	*tail = (uint8_t)((*tail + 1) % HV_RING_PORTS);
	return port;
}

/* The notice is read, too. */
static void take_notice(void)
{
	EXPECT(WAIT_UNTIL(slot()->type, PATIENCE), true);
	EXPECT(slot()->type, HV_MESSAGE_SINT_INTERCEPT);
	EXPECT(slot()->size, 4);
	EXPECT(*(volatile uint32_t *)slot()->payload, SINT);
	slot()->type = 0;
	if (slot()->flags & 1)
		wrmsr(HV_MSR_EOM, 0);
}

/* What is in no message any more. */
void bells_settle(void)
{
	while (bells_next())
		;
	slot()->type = 0;
	wrmsr(HV_MSR_EOM, 0);
}

/* Ports and connections. */

uint32_t bells_port(uint64_t owner, uint64_t client, uint32_t id,
	uint32_t type, uint32_t sint)
{
	struct hv_create_port_in in = {.port_partition_id = owner,
		.port_id = id, .connection_partition_id = client, .type = type,
		.sint = sint, .vp_index = HV_ANY_VP,
		.flag_count = type == HV_PORT_EVENT ? 8 : 0};

	return child_feed(owner, HVCALL_CREATE_PORT, &in, sizeof(in), NULL);
}

uint32_t bells_connect(uint64_t client, uint64_t owner, uint32_t id,
	uint32_t type)
{
	struct hv_connect_port_in in = {.connection_partition_id = client,
		.connection_id = id, .port_partition_id = owner, .port_id = id,
		.type = type};

	return child_feed(client, HVCALL_CONNECT_PORT, &in, sizeof(in), NULL);
}

static uint32_t connect_bell(uint64_t client, uint32_t id, uint64_t gpa,
	uint64_t value, uint64_t how)
{
	struct hv_connect_port_in in = {.connection_partition_id = client,
		.connection_id = id, .port_partition_id = SELF, .port_id = id,
		.type = HV_PORT_DOORBELL, .gpa = gpa, .value = value,
		.flags = how};

	return child_feed(client, HVCALL_CONNECT_PORT, &in, sizeof(in), NULL);
}

void bells_make(uint64_t client, uint32_t id, uint64_t gpa, uint64_t value,
	uint64_t how)
{
	EXPECT(bells_port(SELF, client, id, HV_PORT_DOORBELL, SINT),
		HV_STATUS_SUCCESS);
	EXPECT(connect_bell(client, id, gpa, value, how), HV_STATUS_SUCCESS);
}

uint32_t bells_delete(uint64_t owner, uint32_t id)
{
	return call_raw(HVCALL_DELETE_PORT | HVCALL_FAST, owner, id);
}

uint32_t bells_disconnect(uint64_t client, uint32_t id, bool is_doorbell)
{
	return call_raw(HVCALL_DISCONNECT_PORT | HVCALL_FAST, client, id |
		(uint64_t)is_doorbell << 32);
}

void bells_end(uint64_t client, uint32_t id)
{
	EXPECT(bells_disconnect(client, id, true), HV_STATUS_SUCCESS);
	EXPECT(bells_delete(SELF, id), HV_STATUS_SUCCESS);
}

static bool start(void)
{
	if (!child_make(&child, 0, 1))
		return false;
	child_start_probe(&child);
	bells_on();
	return true;
}

static void finish(void)
{
	bells_settle();
	bells_off();
	child_end(&child);
}

static uint64_t write(uint64_t gpa)
{
	return child_probe(&child, CHILD_WRITE, gpa, 0x77);
}

/* The tests. */

static void once_until_read(void)
{
	uint64_t before = trap_count(VECTOR);

	if (!start())
		return;
	bells_make(child.id, 7, AT_BELLS, 0, HV_DOORBELL_ANY_VALUE);
	EXPECT(write(AT_BELLS), 0x77);
	EXPECT(WAIT_UNTIL(trap_count(VECTOR) != before, PATIENCE), true);
	EXPECT(ring()->masked, 1);
	EXPECT(write(AT_BELLS), 0x77);
	take_notice();
	EXPECT(bells_next(), 7);
	/* No interrupt before the ring was seen empty. */
	EXPECT(write(AT_BELLS), 0x77);
	EXPECT(trap_count(VECTOR), before + 1);
	EXPECT(slot()->type, 0);
	EXPECT(bells_next(), 7);
	EXPECT(bells_next(), 0);
	EXPECT(write(AT_BELLS), 0x77);
	EXPECT(WAIT_UNTIL(trap_count(VECTOR) == before + 2, PATIENCE), true);
	take_notice();
	EXPECT(bells_next(), 7);
	EXPECT(bells_next(), 0);
	/* Reads and code are the worker's. */
	EXPECT(child_probe(&child, CHILD_READ, AT_BELLS, 0), CHILD_PROBED(
		HV_MESSAGE_UNMAPPED_GPA, HV_ACCESS_READ));
	bells_end(child.id, 7);
	EXPECT(write(AT_BELLS), UNSERVED);
	finish();
}

/* The slot is full when the bell is rung: the notice comes after EOM. */
static void slot_is_full(void)
{
	uint64_t before = trap_count(VECTOR);

	if (!start())
		return;
	bells_make(child.id, 9, AT_BELLS, 0, HV_DOORBELL_ANY_VALUE);
	slot()->type = 1;
	EXPECT(write(AT_BELLS), 0x77);
	EXPECT(slot()->type, 1);
	EXPECT(slot()->flags & 1, 1);
	EXPECT(trap_count(VECTOR), before);
	slot()->type = 0;
	wrmsr(HV_MSR_EOM, 0);
	EXPECT(WAIT_UNTIL(trap_count(VECTOR) != before, PATIENCE), true);
	take_notice();
	EXPECT(bells_next(), 9);
	bells_end(child.id, 9);
	finish();
}

/* A SINT that is no intercept interrupts by itself; a masked one does not. */
static void other_sints(void)
{
	uint64_t before = trap_count(VECTOR + 1);

	if (!start())
		return;
	bells_make(child.id, 1, AT_BELLS, 0, HV_DOORBELL_ANY_VALUE);
	wrmsr(HV_MSR_SINT0 + SINT, VECTOR + 1);
	EXPECT(write(AT_BELLS), 0x77);
	EXPECT(WAIT_UNTIL(trap_count(VECTOR + 1) != before, PATIENCE), true);
	EXPECT(slot()->type, 0);
	EXPECT(bells_next(), 1);
	EXPECT(bells_next(), 0);
	wrmsr(HV_MSR_SINT0 + SINT, HV_SINT_MASKED | (VECTOR + 1));
	EXPECT(write(AT_BELLS), 0x77);
	EXPECT(bells_next(), 1);
	EXPECT(trap_count(VECTOR + 1), before + 1);
	bells_end(child.id, 1);
	finish();
}

/* A store of that size and value to the doorbell's address. */
static bool store(uint64_t gpa, unsigned int size, uint64_t value)
{
	struct register_page *page = child.registers[0];

	page->rip = AT_CODE + 2;
	page->gpr[0] = value;
	page->gpr[1] = size;
	page->gpr[3] = gpa;
	page->dirty = HV_DIRTY_GENERAL | HV_DIRTY_IP;
	EXPECT(child_run(&child, 0), CHILD_INTERCEPT);
	if (child.message[0]->type == HV_MESSAGE_IO_PORT)
		return true;
	EXPECT(child.message[0]->type, HV_MESSAGE_UNMAPPED_GPA);
	return false;
}

static void expect_store(unsigned int size, uint64_t value, bool rings,
	bool is_there)
{
	report_about("%u bytes, %lx", size, value);
	EXPECT(store(AT_BELLS, size, value), rings);
	EXPECT(bells_next(), rings && is_there ? 3 : 0);
	while (bells_next())
		;
}

static void sizes_and_values(void)
{
	static const uint64_t wants = 0x42;
	unsigned int log, trigger;

	if (!start())
		return;
	child_start(&child, 0, CHILD_LONG, CODE(child_store));
	EXPECT(child_until(&child, 0, PORT_DONE) >> 32, 0);
	for (trigger = 0; trigger <= 4; trigger++) {
		report_about("trigger %u", trigger);
		bells_make(child.id, 3, AT_BELLS, wants, trigger);
		for (log = 0; log < 4; log++) {
			bool suits = !trigger || trigger == log + 1;

			expect_store(1u << log, wants, suits, true);
			expect_store(1u << log, wants + 1, false, true);
			/* What is above is not written. */
			expect_store(1u << log, wants | 1ull << 63, suits &&
				log < 3, true);
			expect_store(1u << log, wants | 0x100, suits && !log,
				true);
		}
		bells_end(child.id, 3);
		bells_make(child.id, 3, AT_BELLS, wants, trigger |
			HV_DOORBELL_ANY_VALUE);
		for (log = 0; log < 4; log++)
			expect_store(1u << log, ~0ull, !trigger ||
				trigger == log + 1, true);
		bells_end(child.id, 3);
	}
	finish();
}

/* Beside it, across it, from the page before into it. */
static void addresses(void)
{
	unsigned int i;

	if (!start())
		return;
	child_start(&child, 0, CHILD_LONG, CODE(child_store));
	EXPECT(child_until(&child, 0, PORT_DONE) >> 32, 0);
	bells_make(child.id, 3, AT_BELLS + 0x100, 0, HV_DOORBELL_ANY_VALUE);
	bells_make(child.id, 4, CHILD_PAGES * HV_PAGE_SIZE, 0,
		HV_DOORBELL_ANY_VALUE);
	for (i = 0xf0; i < 0x110; i++) {
		report_about("offset %x", i);
		EXPECT(store(AT_BELLS + i, 4, 0), i == 0x100);
	}
	EXPECT(bells_next(), 3);
	/* The fault is at the bell, the write is not. */
	EXPECT(store(CHILD_PAGES * HV_PAGE_SIZE - 2, 4, 0), false);
	EXPECT(bells_next(), 0);
	EXPECT(store(CHILD_PAGES * HV_PAGE_SIZE, 4, 0), true);
	EXPECT(bells_next(), 4);
	/* Memory comes before a bell. */
	EXPECT(child_map(child.id, AT_BELLS, child.memory, 1, CHILD_ALL),
		HV_STATUS_SUCCESS);
	EXPECT(store(AT_BELLS + 0x100, 4, 0), true);
	EXPECT(bells_next(), 0);
	bells_end(child.id, 3);
	bells_end(child.id, 4);
	finish();
}

/* The page with the instruction goes away: it comes first. */
static void code_is_away(void)
{
	struct register_page *page = child.registers[0];
	const volatile struct hv_memory_intercept *memory =
		(const volatile void *)&child.message[0]->payload;

	if (!start())
		return;
	page = child.registers[0];
	memory = (const volatile void *)child.message[0]->payload;
	bells_make(child.id, 3, AT_BELLS, 0, HV_DOORBELL_ANY_VALUE);
	EXPECT(write(AT_BELLS), 0x77);
	EXPECT(bells_next(), 3);
	EXPECT(child_map(child.id, AT_CODE, NULL, 1, HV_MAP_NO_ACCESS),
		HV_STATUS_SUCCESS);
	page->rip = AT_CODE + 2;
	page->dirty = HV_DIRTY_IP;
	EXPECT(child_run(&child, 0), CHILD_INTERCEPT);
	EXPECT(child.message[0]->type, HV_MESSAGE_GPA_INTERCEPT);
	EXPECT(memory->gpa & ~0xfffull, AT_CODE);
	EXPECT(bells_next(), 0);
	EXPECT(child_map(child.id, AT_CODE, child.memory + AT_CODE, 1,
		CHILD_ALL), HV_STATUS_SUCCESS);
	EXPECT(child_run(&child, 0), CHILD_INTERCEPT);
	EXPECT(child.message[0]->type, HV_MESSAGE_IO_PORT);
	EXPECT(bells_next(), 3);
	bells_end(child.id, 3);
	finish();
}

static void make_many(void)
{
	uint32_t id;

	for (id = 1; id <= MANY; id++)
		bells_make(child.id, id, AT_BELLS + 8 * id, 0,
			HV_DOORBELL_ANY_VALUE);
}

/* More ports than a ring has places: none is lost, none comes twice. */
static void more_than_a_ring(void)
{
	uint32_t id;

	if (!start())
		return;
	make_many();
	for (id = 1; id <= MANY; id++)
		EXPECT(write(AT_BELLS + 8 * id), 0x77);
	for (id = 1; id <= MANY; id += 3)
		EXPECT(write(AT_BELLS + 8 * id), 0x77);
	EXPECT(ring()->full, 1);
	take_notice();
	for (id = 1; id <= MANY; id++)
		EXPECT(bells_next(), id);
	EXPECT(bells_next(), 0);
	for (id = 1; id <= MANY; id++)
		bells_end(child.id, id);
	finish();
}

/* Ports that end while they are in the ring, or wait for it. */
static void ends_while_queued(void)
{
	uint32_t id, seen = 0, from_list = 0;

	if (!start())
		return;
	make_many();
	for (id = 1; id <= MANY; id++)
		EXPECT(write(AT_BELLS + 8 * id), 0x77);
	for (id = 2; id <= MANY; id += 2)
		bells_end(child.id, id);
	for (id = MANY; id > MANY - 4; id--)
		EXPECT(bells_delete(SELF, id), id % 2 ? HV_STATUS_SUCCESS :
			HV_STATUS_INVALID_PORT_ID);
	while ((id = bells_next())) {
		seen++;
		from_list += id > HV_RING_PORTS;
		EXPECT(id <= HV_RING_PORTS || (id % 2 && id <= MANY - 4),
			true);
	}
	EXPECT(seen - from_list, HV_RING_PORTS);
	EXPECT(from_list, (MANY - HV_RING_PORTS) / 2 - 2);
	/* A connection without its port is served, and rings nothing. */
	EXPECT(write(AT_BELLS + 8 * (MANY - 1)), 0x77);
	EXPECT(bells_next(), 0);
	/* The others end with their partition. */
	finish();
	for (id = 1; id <= MANY; id++)
		bells_delete(SELF, id);
	child_withdraw(SELF);
}

/* Rings that are turned off and on: what is in them is not lost. */
static void off_and_on(void)
{
	uint64_t before;
	uint32_t id;

	if (!start())
		return;
	make_many();
	EXPECT(write(AT_BELLS + 8), 0x77);
	EXPECT(bells_next(), 1);
	for (id = 2; id <= MANY; id++)
		EXPECT(write(AT_BELLS + 8 * id), 0x77);
	EXPECT(bells_next(), 2);
	slot()->type = 0;
	bells_off();
	EXPECT(write(AT_BELLS + 8), 0x77);
	EXPECT(ring()->port[tails[cpu_self()->index]], 0);
	before = trap_count(VECTOR);
	bells_on();
	EXPECT(WAIT_UNTIL(trap_count(VECTOR) != before ||
		slot()->type || ring()->full, PATIENCE), true);
	for (id = 0; bells_next(); id++)
		;
	EXPECT(id, MANY - 1);
	for (id = 1; id <= MANY; id++)
		bells_end(child.id, id);
	finish();
}

/* Each status of the four calls. */
static void port_statuses(void)
{
	static const struct {
		uint32_t offset, value, status;
	} wrong[] = {
#define PORT(field) offsetof(struct hv_create_port_in, field)
		{PORT(port_id), 0, HV_STATUS_INVALID_PORT_ID},
		{PORT(port_id), 1u << 24, HV_STATUS_INVALID_PORT_ID},
		{PORT(port_id), 1u << 31 | 1, HV_STATUS_INVALID_PORT_ID},
		{PORT(port_vtl), 1, HV_STATUS_INVALID_PARAMETER},
		{PORT(port_vtl), 1u << 8, HV_STATUS_INVALID_PARAMETER},
		{PORT(type), 0, HV_STATUS_INVALID_PARAMETER},
		{PORT(type), HV_PORT_MESSAGE, HV_STATUS_INVALID_PARAMETER},
		{PORT(type), HV_PORT_EVENT, HV_STATUS_INVALID_PARAMETER},
		{PORT(type), HV_PORT_MONITOR, HV_STATUS_INVALID_PARAMETER},
		{PORT(type), 5, HV_STATUS_INVALID_PARAMETER},
		{PORT(type), ~0u, HV_STATUS_INVALID_PARAMETER},
		{PORT(sint), 16, HV_STATUS_INVALID_PARAMETER},
		{PORT(sint), ~0u, HV_STATUS_INVALID_PARAMETER},
		{PORT(vp_index), 0x7fff, HV_STATUS_INVALID_VP_INDEX},
		{PORT(vp_index), ~1u, HV_STATUS_INVALID_VP_INDEX},
		{PORT(flag_base), 1, HV_STATUS_INVALID_PARAMETER},
		{PORT(port_partition_id), 0, HV_STATUS_INVALID_PARTITION_ID},
		{PORT(connection_partition_id), 0,
			HV_STATUS_INVALID_PARTITION_ID},
	};
	unsigned int i;

	if (!start())
		return;
	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct hv_create_port_in in = {.port_partition_id = 1,
			.port_id = 5, .connection_partition_id = child.id,
			.type = HV_PORT_DOORBELL, .sint = SINT,
			.vp_index = HV_ANY_VP};

		report_about("create %u", i);
		memcpy((char *)&in + wrong[i].offset, &wrong[i].value, 4);
		EXPECT(child_call(HVCALL_CREATE_PORT, &in, sizeof(in)),
			wrong[i].status);
	}
	EXPECT(bells_port(SELF, child.id, 5, HV_PORT_DOORBELL, SINT),
		HV_STATUS_SUCCESS);
	EXPECT(bells_port(SELF, child.id, 5, HV_PORT_DOORBELL, SINT),
		HV_STATUS_INVALID_PORT_ID);
	EXPECT(bells_port(child.id, SELF, 5, HV_PORT_DOORBELL, SINT),
		HV_STATUS_INVALID_PARAMETER);
	EXPECT(bells_port(child.id, SELF, 5, HV_PORT_EVENT, SINT),
		HV_STATUS_SUCCESS);
	EXPECT(bells_delete(child.id, 5), HV_STATUS_SUCCESS);
	EXPECT(bells_delete(child.id, 5), HV_STATUS_INVALID_PORT_ID);
	EXPECT(bells_delete(NOBODY, 5), HV_STATUS_INVALID_PARTITION_ID);
	EXPECT(bells_delete(SELF, 1u << 24 | 5), HV_STATUS_INVALID_PORT_ID);
	EXPECT(bells_delete(SELF, 5), HV_STATUS_SUCCESS);
	finish();
}

static void connection_statuses(void)
{
	static const struct {
		uint32_t offset, value, status;
	} wrong[] = {
#define CONNECTION(field) offsetof(struct hv_connect_port_in, field)
		{CONNECTION(connection_id), 1u << 24,
			HV_STATUS_INVALID_CONNECTION_ID},
		{CONNECTION(connection_vtl), 1, HV_STATUS_INVALID_PARAMETER},
		{CONNECTION(port_id), 6, HV_STATUS_INVALID_PORT_ID},
		{CONNECTION(port_id), 1u << 24 | 5,
			HV_STATUS_INVALID_PORT_ID},
		{CONNECTION(type), HV_PORT_EVENT,
			HV_STATUS_INVALID_PARAMETER},
		{CONNECTION(type), 0, HV_STATUS_INVALID_PARAMETER},
		{CONNECTION(flags), 5, HV_STATUS_INVALID_PARAMETER},
		{CONNECTION(flags), 8, HV_STATUS_INVALID_PARAMETER},
		{CONNECTION(flags) + 4, 1, HV_STATUS_INVALID_PARAMETER},
		{CONNECTION(gpa) + 4, 1u << 31, HV_STATUS_INVALID_PARAMETER},
		{CONNECTION(connection_partition_id), 1,
			HV_STATUS_ACCESS_DENIED},
		{CONNECTION(connection_partition_id), 0,
			HV_STATUS_INVALID_PARTITION_ID},
		{CONNECTION(port_partition_id), 0,
			HV_STATUS_INVALID_PARTITION_ID},
	};
	unsigned int i;

	if (!start())
		return;
	EXPECT(bells_port(SELF, child.id, 5, HV_PORT_DOORBELL, SINT),
		HV_STATUS_SUCCESS);
	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct hv_connect_port_in in = {
			.connection_partition_id = child.id,
			.connection_id = 5, .port_partition_id = 1,
			.port_id = 5, .type = HV_PORT_DOORBELL,
			.gpa = AT_BELLS};

		report_about("connect %u", i);
		memcpy((char *)&in + wrong[i].offset, &wrong[i].value, 4);
		EXPECT(child_call(HVCALL_CONNECT_PORT, &in, sizeof(in)),
			wrong[i].status);
	}
	EXPECT(connect_bell(child.id, 5, AT_BELLS, 0, 0), HV_STATUS_SUCCESS);
	EXPECT(connect_bell(child.id, 5, AT_BELLS, 0, 0),
		HV_STATUS_OPERATION_DENIED);
	/* Another space of names. */
	EXPECT(bells_disconnect(child.id, 5, false),
		HV_STATUS_INVALID_CONNECTION_ID);
	EXPECT(call_raw(HVCALL_DISCONNECT_PORT | HVCALL_FAST, child.id,
		5 | 2ull << 32), HV_STATUS_INVALID_PARAMETER);
	EXPECT(bells_disconnect(child.id, 5, true), HV_STATUS_SUCCESS);
	EXPECT(bells_disconnect(child.id, 5, true),
		HV_STATUS_INVALID_CONNECTION_ID);
	EXPECT(bells_delete(SELF, 5), HV_STATUS_SUCCESS);
	finish();
}

/* All pages come back, in whatever order ports and connections end. */
static void pages_come_back(void)
{
	static const uint32_t ids[] = {1, 63, 64, 0x7fff, 0x8000, 0xffffff};
	unsigned int stash, i, round;

	child_withdraw(SELF);
	stash = child_stash();
	for (round = 0; round < 4; round++) {
		if (!start())
			return;
		for (i = 0; i < sizeof(ids) / sizeof(*ids); i++)
			bells_make(child.id, ids[i], AT_BELLS + ids[i], 0, 0);
		for (i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
			if (round & 1)
				EXPECT(bells_disconnect(child.id, ids[i],
					true), HV_STATUS_SUCCESS);
			if (round & 2)
				EXPECT(bells_delete(SELF, ids[i]),
					HV_STATUS_SUCCESS);
		}
		finish();
		for (i = 0; i < sizeof(ids) / sizeof(*ids); i++)
			bells_delete(SELF, ids[i]);
		child_withdraw(SELF);
		EXPECT(child_stash(), stash);
	}
}

static void window(void)
{
	struct hv_set_property_in in = {.partition_id = child.id,
		.property = HV_PARTITION_DOORBELL_WINDOW};
	static const uint64_t wrong[] = {1, 8, 0x800, AT_BELLS + 8, ~0ull,
		~0xfffull, 1ull << 63};
	unsigned int i;

	if (!start())
		return;
	in.partition_id = child.id;
	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		report_about("window %lx", wrong[i]);
		in.value = wrong[i];
		EXPECT(child_call(HVCALL_SET_PARTITION_PROPERTY, &in,
			sizeof(in)), HV_STATUS_PROPERTY_VALUE_OUT_OF_RANGE);
	}
	in.value = AT_BELLS;
	EXPECT(child_call(HVCALL_SET_PARTITION_PROPERTY, &in, sizeof(in)),
		HV_STATUS_SUCCESS);
	EXPECT(child_call(HVCALL_GET_PARTITION_PROPERTY, &in, sizeof(in)),
		HV_STATUS_SUCCESS);
	EXPECT(child_out()[0], AT_BELLS);
	in.partition_id = SELF;
	EXPECT(child_call(HVCALL_SET_PARTITION_PROPERTY, &in, sizeof(in)),
		HV_STATUS_ACCESS_DENIED);
	finish();
}

const struct test bell_tests[] = {
	{"bell: once until it is read", once_until_read},
	{"bell: the message slot is full", slot_is_full},
	{"bell: SINTs that are no intercepts", other_sints},
	{"bell: sizes and values", sizes_and_values},
	{"bell: addresses", addresses},
	{"bell: the instruction's page is away", code_is_away},
	{"bell: more ports than a ring holds", more_than_a_ring},
	{"bell: ports end while they are queued", ends_while_queued},
	{"bell: rings are turned off and on", off_and_on},
	{"bell: statuses of ports", port_statuses},
	{"bell: statuses of connections", connection_statuses},
	{"bell: pages come back", pages_come_back},
	{"bell: the window's place", window},
	{0},
};
