/* Guests' messages and events, and the parent's for them. docs/guests.md */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/abi/cpuid.h"
#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/string.h"
#include "bells.h"
#include "call.h"
#include "clock.h"
#include "cpu.h"
#include "tests.h"
#include "trap.h"

#define CODE(name)	name, name##_end
#define OS_ID		0x8100000000000001ull
#define FEATURES	(HV_FEATURE_PRESENT | HV_FEATURE_HV1 | \
	HV_FEATURE_HYPERCALL | HV_FEATURE_SYNIC | HV_FEATURE_SIGNAL_EVENTS)
#define WINDOW		0x10000000ull
#define AT_PAGE		0x9000u		/* hypercall page */
#define AT_INPUT	0xa000u
#define AT_VMMCALL	(AT_CODE + 7)
#define AT_SIMP		0xb000u
#define AT_SIEFP	0xc000u
#define SINT		2
#define MESSAGE		(1ull << 32)	/* the worker got it */
#define FAULT		(1ull << 33)

extern const uint8_t child_vmmcall[], child_vmmcall_end[];

static struct child child;

static uint32_t set_property(uint32_t property, uint64_t value)
{
	struct hv_set_property_in in = {child.id, property, 0, value};

	return child_call(HVCALL_SET_PARTITION_PROPERTY, &in, sizeof(in));
}

static uint32_t intercept_connections(bool on)
{
	struct hv_install_intercept_in in = {child.id,
		on ? HV_INTERCEPT_ON_EXECUTE : 0,
		HV_INTERCEPT_UNKNOWN_CONNECTION, 0};

	return child_call(HVCALL_INSTALL_INTERCEPT, &in, sizeof(in));
}

/* VP 0 makes hypercalls. */
static bool start(uint64_t features, unsigned int vps)
{
	if (!child_make(&child, 0, 0))
		return false;
	EXPECT(set_property(HV_PARTITION_SYNTHETIC_FEATURES, features),
		HV_STATUS_SUCCESS);
	EXPECT(set_property(HV_PARTITION_DOORBELL_WINDOW, WINDOW),
		HV_STATUS_SUCCESS);
	if (!child_make_vps(&child, vps))
		return false;
	child_start(&child, 0, CHILD_LONG, CODE(child_vmmcall));
	EXPECT(child_set(&child, 0, HV_REG_GUEST_OS_ID, OS_ID),
		HV_STATUS_SUCCESS);
	EXPECT(child_set(&child, 0, HV_REG_HYPERCALL, AT_PAGE | 1),
		HV_STATUS_SUCCESS);
	EXPECT(child_until(&child, 0, PORT_DONE) >> 32, 0);
	return true;
}

/* The guest's status; MESSAGE when its worker got the call, and FAULT. */
static uint64_t guest_call(uint64_t control, uint64_t rdx, uint64_t r8)
{
	const volatile struct hv_io_intercept *io = (const volatile void *)
		child.message[0]->payload;
	struct register_page *page = child.registers[0];

	page->rip = AT_CODE + 2;
	page->gpr[0] = 0xeeee;
	page->gpr[1] = control;
	page->gpr[2] = rdx;
	page->gpr[8] = r8;
	page->gpr[9] = 0;
	page->gpr[4] = AT_STACK;
	page->dirty = HV_DIRTY_GENERAL | HV_DIRTY_IP;
	if (!EXPECT(child_run(&child, 0), CHILD_INTERCEPT))
		return ~0ull;
	if (child.message[0]->type == HV_MESSAGE_HYPERCALL)
		return MESSAGE;
	EXPECT(child.message[0]->type, HV_MESSAGE_IO_PORT);
	EXPECT(page->gpr[1], control);
	EXPECT(page->gpr[2], rdx);
	EXPECT(page->gpr[8], r8);
	return io->port == PORT_TRAP ? FAULT | page->gpr[0] : page->gpr[0];
}

/* What the guest reads. */
static uint64_t peek(uint64_t gpa)
{
	struct register_page *page = child.registers[0];

	page->rip = AT_CODE + 2;
	page->gpr[3] = gpa;
	page->gpr[9] = 1;
	page->dirty = HV_DIRTY_GENERAL | HV_DIRTY_IP;
	EXPECT(child_run(&child, 0), CHILD_INTERCEPT);
	EXPECT(child.message[0]->type, HV_MESSAGE_IO_PORT);
	return page->gpr[0];
}

static uint64_t signal(uint32_t id, uint64_t flag)
{
	return guest_call(HVCALL_SIGNAL_EVENT | HVCALL_FAST, id | flag << 32,
		0);
}

static uint64_t post(uint32_t id, uint32_t type, uint32_t size)
{
	struct hv_post_message_in *in = (void *)(child.memory + AT_INPUT);

	memset(in, 0, sizeof(*in));
	in->connection_id = id;
	in->type = type;
	in->size = size;
	memcpy(in->payload, "from a guest", 13);
	return guest_call(HVCALL_POST_MESSAGE, AT_INPUT, 0);
}

/* The window's doorbells, by number. */
static void window(void)
{
	if (!start(FEATURES, 1))
		return;
	bells_on();
	bells_make(child.id, 11, WINDOW + 8 * 5, 0, HV_DOORBELL_ANY_VALUE);
	bells_make(child.id, 12, WINDOW + 8 * 6, 3, 4);
	bells_make(child.id, 13, WINDOW + 8 * 0xffffff, 0,
		HV_DOORBELL_ANY_VALUE);
	EXPECT(signal(5, 0), HV_STATUS_SUCCESS);
	EXPECT(bells_next(), 11);
	EXPECT(signal(5, 0xffff), HV_STATUS_SUCCESS);
	EXPECT(bells_next(), 11);
	report_about("the flag is the value");
	EXPECT(signal(6, 3), HV_STATUS_SUCCESS);
	EXPECT(bells_next(), 12);
	EXPECT(signal(6, 2), HV_STATUS_INVALID_CONNECTION_ID);
	EXPECT(signal(0xffffff, 0), HV_STATUS_SUCCESS);
	EXPECT(bells_next(), 13);
	report_about("no such number");
	/* The driver's numbers are no names for the guest. */
	EXPECT(signal(11, 0), HV_STATUS_INVALID_CONNECTION_ID);
	EXPECT(signal(5 | 1u << 24, 0), HV_STATUS_INVALID_CONNECTION_ID);
	EXPECT(signal(5 | 1u << 31, 0), HV_STATUS_INVALID_CONNECTION_ID);
	EXPECT(signal(5, 0x10000), HV_STATUS_INVALID_PARAMETER);
	EXPECT(bells_next(), 0);
	report_about("in memory");
	memcpy(child.memory + AT_INPUT, "\5\0\0\0\0\0\0", 8);
	EXPECT(guest_call(HVCALL_SIGNAL_EVENT, AT_INPUT, 0),
		HV_STATUS_SUCCESS);
	EXPECT(bells_next(), 11);
	report_about("without a window");
	EXPECT(set_property(HV_PARTITION_DOORBELL_WINDOW, 0),
		HV_STATUS_SUCCESS);
	EXPECT(signal(5, 0), HV_STATUS_INVALID_CONNECTION_ID);
	bells_end(child.id, 11);
	bells_end(child.id, 12);
	bells_end(child.id, 13);
	bells_off();
	child_end(&child);
}

static void expect_message(uint64_t control, uint64_t rdx)
{
	const volatile struct hv_hypercall_intercept *message =
		(const volatile void *)child.message[0]->payload;

	EXPECT(message->rcx, control);
	EXPECT(message->rdx, rdx);
	EXPECT(message->rax, 0xeeee);
	EXPECT(message->header.rip, AT_VMMCALL);
	EXPECT(message->header.length & 15, 3);
	EXPECT(child.message[0]->sender, child.id);
	EXPECT(child.registers[0]->rip, AT_VMMCALL);
}

/* What nobody here knows is the worker's. */
static void unknown(void)
{
	if (!start(FEATURES, 1))
		return;
	EXPECT(signal(1, 0), HV_STATUS_INVALID_CONNECTION_ID);
	EXPECT(post(1, 1, 13), HV_STATUS_INVALID_CONNECTION_ID);
	EXPECT(intercept_connections(true), HV_STATUS_SUCCESS);
	EXPECT(signal(1, 2), MESSAGE);
	expect_message(HVCALL_SIGNAL_EVENT | HVCALL_FAST, 1 | 2ull << 32);
	EXPECT(post(4, 1, 13), MESSAGE);
	expect_message(HVCALL_POST_MESSAGE, AT_INPUT);
	EXPECT(post(~0u, 1, 240), MESSAGE);
	report_about("what is wrong anyway");
	EXPECT(post(4, 0, 13), HV_STATUS_INVALID_PARAMETER);
	EXPECT(post(4, 1u << 31, 13), HV_STATUS_INVALID_PARAMETER);
	EXPECT(post(4, 1, 241), HV_STATUS_INVALID_PARAMETER);
	EXPECT(post(4, 1, ~0u), HV_STATUS_INVALID_PARAMETER);
	EXPECT(signal(1, 1ull << 16), HV_STATUS_INVALID_PARAMETER);
	EXPECT(guest_call(HVCALL_POST_MESSAGE, AT_INPUT + 4, 0),
		HV_STATUS_INVALID_ALIGNMENT);
	EXPECT(intercept_connections(false), HV_STATUS_SUCCESS);
	EXPECT(signal(1, 0), HV_STATUS_INVALID_CONNECTION_ID);
	child_end(&child);
}

/* The input's page was taken away: it comes back first. */
static void input_is_away(void)
{
	if (!start(FEATURES, 1))
		return;
	EXPECT(intercept_connections(true), HV_STATUS_SUCCESS);
	post(4, 1, 13);
	EXPECT(child_map(child.id, AT_INPUT, NULL, 1, HV_MAP_NO_ACCESS),
		HV_STATUS_SUCCESS);
	child.registers[0]->rip = AT_CODE + 2;
	child.registers[0]->dirty = HV_DIRTY_IP;
	EXPECT(child_run(&child, 0), CHILD_INTERCEPT);
	EXPECT(child.message[0]->type, HV_MESSAGE_GPA_INTERCEPT);
	EXPECT(child_map(child.id, AT_INPUT, child.memory + AT_INPUT, 1,
		CHILD_ALL), HV_STATUS_SUCCESS);
	EXPECT(child_run(&child, 0), CHILD_INTERCEPT);
	EXPECT(child.message[0]->type, HV_MESSAGE_HYPERCALL);
	child_end(&child);
}

static void privileges(void)
{
	if (start(FEATURES & ~HV_FEATURE_SIGNAL_EVENTS, 1)) {
		EXPECT(signal(1, 0), HV_STATUS_ACCESS_DENIED);
		EXPECT(post(1, 1, 0), HV_STATUS_INVALID_CONNECTION_ID);
		child_end(&child);
	}
	if (start(FEATURES & ~HV_FEATURE_SYNIC, 1)) {
		EXPECT(signal(1, 0), HV_STATUS_INVALID_CONNECTION_ID);
		EXPECT(post(1, 1, 0), HV_STATUS_ACCESS_DENIED);
		child_end(&child);
	}
}

/* N6: what is the parent's alone. */
static void parents_calls(void)
{
	static const uint16_t codes[] = {HVCALL_CREATE_PORT,
		HVCALL_CONNECT_PORT, HVCALL_DELETE_PORT,
		HVCALL_DISCONNECT_PORT, HVCALL_NOTIFY_PORT_RING_EMPTY,
		HVCALL_POST_MESSAGE_DIRECT, HVCALL_SIGNAL_EVENT_DIRECT};
	uint64_t *in = (uint64_t *)(child.memory + AT_INPUT);
	unsigned int i, j;

	if (!start(~0ull & ~HV_FEATURE_GUEST_IDLE, 1))
		return;
	in = (uint64_t *)(child.memory + AT_INPUT);
	for (i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
		const uint64_t ids[] = {0, 1, 2, child.id, SELF, NOBODY};

		for (j = 0; j < sizeof(ids) / sizeof(*ids); j++) {
			report_about("call %x of %lx", codes[i], ids[j]);
			in[0] = in[2] = ids[j];
			EXPECT(guest_call(codes[i], AT_INPUT, AT_INPUT +
				0x800), HV_STATUS_ACCESS_DENIED);
			EXPECT(guest_call(codes[i] | HVCALL_FAST, ids[j], 1),
				HV_STATUS_ACCESS_DENIED);
		}
	}
	child_end(&child);
}

static void synic_on(void)
{
	EXPECT(child_set(&child, 0, HV_REG_SIMP, AT_SIMP | 1),
		HV_STATUS_SUCCESS);
	EXPECT(child_set(&child, 0, HV_REG_SIEFP, AT_SIEFP | 1),
		HV_STATUS_SUCCESS);
	EXPECT(child_set(&child, 0, HV_REG_SINT0 + SINT, 0x60),
		HV_STATUS_SUCCESS);
	EXPECT(child_set(&child, 0, HV_REG_SCONTROL, 1), HV_STATUS_SUCCESS);
}

static struct hv_post_direct_in post_in(uint8_t size)
{
	struct hv_post_direct_in in = {.partition_id = child.id,
		.sint = SINT};
	struct hv_message message = {.type = 0x1234, .size = size,
		.sender = 0x8877665544332211};

	memset(message.payload, 0x5a, sizeof(message.payload));
	memcpy(in.message, &message, sizeof(message));
	return in;
}

static uint32_t signal_direct(uint64_t id, uint32_t vp, uint8_t sint,
	uint16_t flag)
{
	struct hv_signal_direct_in in = {id, vp, 0, sint, flag};

	return child_call(HVCALL_SIGNAL_EVENT_DIRECT, &in, sizeof(in));
}

static void post_direct(void)
{
	struct hv_post_direct_in in;
	uint64_t at = AT_SIMP + 256 * SINT;

	if (!start(FEATURES, 1))
		return;
	in = post_in(240);
	EXPECT(child_call(HVCALL_POST_MESSAGE_DIRECT, &in, sizeof(in)),
		HV_STATUS_INVALID_SYNIC_STATE);
	synic_on();
	EXPECT(child_call(HVCALL_POST_MESSAGE_DIRECT, &in, sizeof(in)),
		HV_STATUS_SUCCESS);
	EXPECT(peek(at), 0x1234 | 240ull << 32);
	EXPECT(peek(at + 8), 0x8877665544332211);
	EXPECT(peek(at + 16), 0x5a5a5a5a5a5a5a5a);
	EXPECT(peek(at + 248), 0x5a5a5a5a5a5a5a5a);
	EXPECT(child_call(HVCALL_POST_MESSAGE_DIRECT, &in, sizeof(in)),
		HV_STATUS_INSUFFICIENT_BUFFERS);
	EXPECT(peek(at), 0x1234 | 240ull << 32 | 1ull << 40);
	child_end(&child);
}

/* N8 */
static void direct_statuses(void)
{
	static const struct {
		uint32_t offset, value, status;
	} wrong[] = {
#define POST(field) offsetof(struct hv_post_direct_in, field)
		{POST(sint), 16, HV_STATUS_INVALID_PARAMETER},
		{POST(sint), 0x100 | SINT, HV_STATUS_INVALID_PARAMETER},
		{POST(sint), ~0u, HV_STATUS_INVALID_PARAMETER},
		{POST(vtl), 1, HV_STATUS_INVALID_PARAMETER},
		{POST(message), 0, HV_STATUS_INVALID_PARAMETER},
		{POST(message) + 4, 241, HV_STATUS_INVALID_PARAMETER},
		{POST(message) + 4, 255, HV_STATUS_INVALID_PARAMETER},
		{POST(vp_index), 1, HV_STATUS_INVALID_VP_INDEX},
		{POST(vp_index), 512, HV_STATUS_INVALID_VP_INDEX},
		{POST(vp_index), ~0u, HV_STATUS_INVALID_VP_INDEX},
		{POST(partition_id), 1, HV_STATUS_ACCESS_DENIED},
		{POST(partition_id), 0, HV_STATUS_INVALID_PARTITION_ID},
	};
	unsigned int i;

	if (!start(FEATURES, 1))
		return;
	synic_on();
	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct hv_post_direct_in in = post_in(16);

		report_about("post %u", i);
		memcpy((char *)&in + wrong[i].offset, &wrong[i].value, 4);
		EXPECT(child_call(HVCALL_POST_MESSAGE_DIRECT, &in,
			sizeof(in)), wrong[i].status);
	}
	for (i = 0; i < 16; i++)
		EXPECT(peek(AT_SIMP + 256 * i), 0);
	report_about("signals");
	EXPECT(signal_direct(child.id, 0, SINT, 2048),
		HV_STATUS_INVALID_PARAMETER);
	EXPECT(signal_direct(child.id, 0, SINT, 0xffff),
		HV_STATUS_INVALID_PARAMETER);
	EXPECT(signal_direct(child.id, 0, 16, 0),
		HV_STATUS_INVALID_PARAMETER);
	EXPECT(signal_direct(child.id, 0, 255, 0),
		HV_STATUS_INVALID_PARAMETER);
	EXPECT(signal_direct(child.id, 1, SINT, 0),
		HV_STATUS_INVALID_VP_INDEX);
	EXPECT(signal_direct(child.id, ~0u, SINT, 0),
		HV_STATUS_INVALID_VP_INDEX);
	EXPECT(signal_direct(SELF, 0, SINT, 0), HV_STATUS_ACCESS_DENIED);
	EXPECT(signal_direct(NOBODY, 0, SINT, 0),
		HV_STATUS_INVALID_PARTITION_ID);
	EXPECT(signal_direct(child.id, 0, SINT + 1, 0),
		HV_STATUS_INVALID_SYNIC_STATE);
	for (i = 0; i < 16 * 256; i += 8)
		EXPECT(peek(AT_SIEFP + i), 0);
	child_end(&child);
}

static void signal_directly(void)
{
	uint64_t at = AT_SIEFP + 256 * SINT;

	if (!start(FEATURES, 1))
		return;
	EXPECT(signal_direct(child.id, 0, SINT, 0),
		HV_STATUS_INVALID_SYNIC_STATE);
	synic_on();
	EXPECT(signal_direct(child.id, 0, SINT, 0), HV_STATUS_SUCCESS);
	EXPECT(child_out()[0], 1);
	EXPECT(signal_direct(child.id, 0, SINT, 2047), HV_STATUS_SUCCESS);
	EXPECT(peek(at), 1);
	EXPECT(peek(at + 248), 1ull << 63);
	report_about("again");
	EXPECT(signal_direct(child.id, 0, SINT, 0), HV_STATUS_SUCCESS);
	EXPECT(child_out()[0], 0);
	child_end(&child);
}

/* Ports of a child: here the guest's own. */
static void ports(void)
{
	uint64_t at = AT_SIMP + 256 * SINT;

	if (!start(FEATURES, 1))
		return;
	synic_on();
	EXPECT(bells_port(child.id, child.id, 7, HV_PORT_MESSAGE, SINT),
		HV_STATUS_SUCCESS);
	EXPECT(bells_port(child.id, child.id, 8, HV_PORT_EVENT, SINT),
		HV_STATUS_SUCCESS);
	EXPECT(post(7, 1, 13), HV_STATUS_INVALID_CONNECTION_ID);
	EXPECT(bells_connect(child.id, child.id, 7, HV_PORT_MESSAGE),
		HV_STATUS_SUCCESS);
	EXPECT(bells_connect(child.id, child.id, 8, HV_PORT_EVENT),
		HV_STATUS_SUCCESS);
	report_about("messages");
	EXPECT(post(7, 0x77, 12), HV_STATUS_SUCCESS);
	EXPECT(peek(at), 0x77 | 12ull << 32);
	EXPECT(peek(at + 8), 7);
	EXPECT(peek(at + 16), 0x672061206d6f7266);
	EXPECT(post(7, 0x77, 12), HV_STATUS_INSUFFICIENT_BUFFERS);
	EXPECT(post(8, 0x77, 12), HV_STATUS_INVALID_PORT_ID);
	report_about("events");
	EXPECT(signal(8, 7), HV_STATUS_SUCCESS);
	EXPECT(peek(AT_SIEFP + 256 * SINT), 1 << 7);
	EXPECT(signal(8, 8), HV_STATUS_INVALID_PARAMETER);
	EXPECT(signal(8, 0xffff), HV_STATUS_INVALID_PARAMETER);
	EXPECT(signal(7, 0), HV_STATUS_INVALID_PORT_ID);
	report_about("deleted");
	EXPECT(bells_delete(child.id, 7), HV_STATUS_SUCCESS);
	EXPECT(post(7, 0x77, 12), HV_STATUS_INVALID_PORT_ID);
	EXPECT(bells_disconnect(child.id, 7, true),
		HV_STATUS_INVALID_CONNECTION_ID);
	EXPECT(bells_disconnect(child.id, 7, false), HV_STATUS_SUCCESS);
	EXPECT(post(7, 0x77, 12), HV_STATUS_INVALID_CONNECTION_ID);
	child_end(&child);
}

/* A port in a child that ends, and one whose VP is not there. */
static void ports_of_others(void)
{
	struct child other;

	if (!start(FEATURES, 1))
		return;
	if (!child_make(&other, 1, 0))
		return;
	EXPECT(bells_port(other.id, child.id, 9, HV_PORT_EVENT, SINT),
		HV_STATUS_SUCCESS);
	EXPECT(bells_port(other.id, SELF, 10, HV_PORT_EVENT, SINT),
		HV_STATUS_SUCCESS);
	EXPECT(bells_connect(child.id, other.id, 10, HV_PORT_EVENT),
		HV_STATUS_ACCESS_DENIED);
	EXPECT(bells_connect(child.id, other.id, 9, HV_PORT_EVENT),
		HV_STATUS_SUCCESS);
	EXPECT(signal(9, 0), HV_STATUS_INVALID_VP_INDEX);
	report_about("the parent's own");
	EXPECT(bells_connect(SELF, other.id, 10, HV_PORT_EVENT),
		HV_STATUS_SUCCESS);
	EXPECT(call_raw(HVCALL_SIGNAL_EVENT | HVCALL_FAST, 10, 0),
		HV_STATUS_INVALID_VP_INDEX);
	child_end(&other);
	EXPECT(signal(9, 0), HV_STATUS_INVALID_PORT_ID);
	EXPECT(call_raw(HVCALL_SIGNAL_EVENT | HVCALL_FAST, 10, 0),
		HV_STATUS_INVALID_PORT_ID);
	EXPECT(bells_disconnect(SELF, 10, false), HV_STATUS_SUCCESS);
	EXPECT(call_raw(HVCALL_SIGNAL_EVENT | HVCALL_FAST, 10, 0),
		HV_STATUS_INVALID_CONNECTION_ID);
	child_end(&child);
}

const struct test event_tests[] = {
	{"event: POST_MESSAGE_DIRECT", post_direct},
	{"event: SIGNAL_EVENT_DIRECT", signal_directly},
	{"event: nobody, nowhere, too much", direct_statuses},
	{"event: ports of a child", ports},
	{"event: ports of another child", ports_of_others},
	{"event: a guest's in the doorbell window", window},
	{"event: unknown connections", unknown},
	{"event: the message's page is away", input_is_away},
	{"event: privileges", privileges},
	{"event: calls that are the parent's", parents_calls},
	{0},
};
