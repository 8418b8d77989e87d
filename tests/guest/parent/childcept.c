/* What a child's VP does that becomes a message or an exception.
 * docs/partitions.md, "Intercepts". */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/lib/string.h"
#include "call.h"
#include "child.h"
#include "tests.h"
#include "trap.h"

#define STRING		HV_IO_STRING
#define REP		HV_IO_REP
#define CR4_OSXSAVE	0x40620ull

static const volatile void *payload(const struct child *child)
{
	return (const volatile void *)child->message[0]->payload;
}

static bool make(struct child *child)
{
	return child_make(child, 0, 1);
}

/* Begins with code given as bytes; what is behind it is HLT. */
static void start(struct child *child, enum child_mode mode, const char *code,
	unsigned int size)
{
	memset(child->memory + AT_CODE, 0xf4, 0x100);
	child_start(child, 0, mode, code, code + size);
}

struct port_case {
	enum child_mode mode;
	const char *code;
	uint8_t length, info, access;
	uint16_t port;
};

#define DX	0x1234
static const struct port_case ports[] = {
	{CHILD_REAL, "\xe4\x41", 2, 1, HV_ACCESS_READ, 0x41},
	{CHILD_REAL, "\xe5\x41", 2, 2, HV_ACCESS_READ, 0x41},
	{CHILD_REAL, "\x66\xe5\x41", 3, 4, HV_ACCESS_READ, 0x41},
	{CHILD_REAL, "\xee", 1, 1, HV_ACCESS_WRITE, DX},
	{CHILD_REAL, "\xef", 1, 2, HV_ACCESS_WRITE, DX},
	{CHILD_REAL, "\x66\xef", 2, 4, HV_ACCESS_WRITE, DX},
	{CHILD_REAL, "\x6e", 1, 1 | STRING, HV_ACCESS_WRITE, DX},
	{CHILD_REAL, "\xf3\x6d", 2, 2 | STRING | REP, HV_ACCESS_READ, DX},
	{CHILD_PROTECTED, "\xec", 1, 1, HV_ACCESS_READ, DX},
	{CHILD_PROTECTED, "\xed", 1, 4, HV_ACCESS_READ, DX},
	{CHILD_PROTECTED, "\x66\xed", 2, 2, HV_ACCESS_READ, DX},
	{CHILD_PROTECTED, "\xe7\xff", 2, 4, HV_ACCESS_WRITE, 0xff},
	{CHILD_PROTECTED, "\x6f", 1, 4 | STRING, HV_ACCESS_WRITE, DX},
	{CHILD_PROTECTED, "\xf3\x6c", 2, 1 | STRING | REP, HV_ACCESS_READ, DX},
	{CHILD_PAE, "\xf2\x6f", 2, 4 | STRING | REP, HV_ACCESS_WRITE, DX},
	{CHILD_PAE, "\xef", 1, 4, HV_ACCESS_WRITE, DX},
	{CHILD_LONG, "\xe4\x80", 2, 1, HV_ACCESS_READ, 0x80},
	{CHILD_LONG, "\xed", 1, 4, HV_ACCESS_READ, DX},
	{CHILD_LONG, "\xee", 1, 1, HV_ACCESS_WRITE, DX},
	{CHILD_LONG, "\x66\xef", 2, 2, HV_ACCESS_WRITE, DX},
	{CHILD_LONG, "\x6c", 1, 1 | STRING, HV_ACCESS_READ, DX},
	{CHILD_LONG, "\xf3\x66\x6f", 3, 2 | STRING | REP, HV_ACCESS_WRITE, DX},
	{CHILD_LONG, "\xf3\x48\x6d", 3, 4 | STRING | REP, HV_ACCESS_READ, DX},
};

static void expect_header(const struct child *child, enum child_mode mode,
	uint8_t access, unsigned int length)
{
	const volatile struct hv_intercept *header = payload(child);

	EXPECT(child->message[0]->sender, child->id);
	EXPECT(header->vp_index, 0);
	EXPECT(header->length & 15, length);
	EXPECT(header->access, access);
	EXPECT(header->rip, AT_CODE);
	EXPECT(header->rflags, 2);
	EXPECT(header->state, (mode == CHILD_REAL ? 0 : HV_STATE_CR0_PE) |
		(mode == CHILD_LONG ? HV_STATE_EFER_LMA : 0));
	EXPECT(header->cs.selector, mode == CHILD_REAL ? 0 :
		mode == CHILD_LONG ? 0x08 : 0x18);
	EXPECT(header->cs.limit, mode == CHILD_REAL ? 0xffff : 0xffffffff);
}

static void expect_string(const struct child *child,
	const struct port_case *port)
{
	const volatile struct hv_io_intercept *io = payload(child);
	unsigned int i;

	EXPECT(io->byte_count, 15);
	for (i = 0; i < port->length; i++)
		EXPECT(io->bytes[i], (uint8_t)port->code[i]);
	EXPECT(io->bytes[port->length], 0xf4);
	EXPECT(io->ds.selector, port->mode == CHILD_REAL ? 0 : 0x10);
	EXPECT(io->es.limit, port->mode == CHILD_REAL ? 0xffff : ~0u);
}

static void one_port(struct child *child, const struct port_case *port)
{
	const volatile struct hv_io_intercept *io = payload(child);

	start(child, port->mode, port->code, port->length);
	child_set(child, 0, HV_REG_RAX, 0x1122334455667788);
	child_set(child, 0, HV_REG_RAX + 1, 3);
	child_set(child, 0, HV_REG_RAX + 2, DX);
	child_set(child, 0, HV_REG_RAX + 6, AT_DATA);
	child_set(child, 0, HV_REG_RAX + 7, AT_DATA + 0x100);
	EXPECT(child_run(child, 0), CHILD_INTERCEPT);
	EXPECT(child->message[0]->type, HV_MESSAGE_IO_PORT);
	EXPECT(child->message[0]->size, sizeof(*io));
	expect_header(child, port->mode, port->access, port->length);
	EXPECT(io->port, port->port);
	EXPECT(io->info, port->info);
	EXPECT(io->rax, 0x1122334455667788);
	if (port->info & STRING) {
		expect_string(child, port);
		EXPECT(io->rcx, 3);
		EXPECT(io->rsi, AT_DATA);
		EXPECT(io->rdi, AT_DATA + 0x100);
	}
	/* Not dispatched again before somebody clears it. */
	EXPECT(child_get(child, 0, HV_REG_INTERCEPT_SUSPEND), 1);
	child_skip(child, 0);
	EXPECT(child_run(child, 0), CHILD_BLOCKED);
	EXPECT(child_get(child, 0, HV_REG_RIP), AT_CODE + port->length + 1);
}

static void all_ports(void)
{
	struct child child;
	unsigned int i;

	if (!make(&child))
		return;
	for (i = 0; i < sizeof(ports) / sizeof(*ports); i++) {
		report_about("port instruction %u", i);
		one_port(&child, &ports[i]);
	}
	child_end(&child);
}

/* What an instruction ends in: the vector at the trap port. */
struct fault_case {
	const char *code;
	uint8_t length, vector;
	uint32_t eax, ecx;
	uint64_t cr4;
};

static const struct fault_case faults[] = {
	{"\x0f\x01\xd8", 3, VECTOR_UD, 0x1000, 0, 0},	/* VMRUN */
	{"\x0f\x01\xd9", 3, VECTOR_UD, 0, 0, 0},	/* VMMCALL */
	{"\x0f\x01\xda", 3, VECTOR_UD, 0x1000, 0, 0},	/* VMLOAD */
	{"\x0f\x01\xdb", 3, VECTOR_UD, 0x1000, 0, 0},	/* VMSAVE */
	{"\x0f\x01\xdc", 3, VECTOR_UD, 0, 0, 0},	/* STGI */
	{"\x0f\x01\xdd", 3, VECTOR_UD, 0, 0, 0},	/* CLGI */
	{"\x0f\x01\xde", 3, VECTOR_UD, 0, 0, 0},	/* SKINIT */
	{"\x0f\x01\xdf", 3, VECTOR_UD, 0, 1, 0},	/* INVLPGA */
	{"\x0f\x01\xc1", 3, VECTOR_UD, 0, 0, 0},	/* VMCALL */
	{"\x0f\x01\xc8", 3, VECTOR_UD, 0, 0, 0},	/* MONITOR */
	{"\x0f\x01\xc9", 3, VECTOR_UD, 0, 0, 0},	/* MWAIT */
	{"\x0f\x01\xfd", 3, VECTOR_UD, 0, 0, 0},	/* RDPRU */
	{"\x0f\x33", 2, VECTOR_GP, 0, 0, 0},		/* RDPMC */
	{"\x0f\x01\xd1", 3, VECTOR_UD, 1, 0, 0},	/* XSETBV */
	{"\x0f\x01\xd1", 3, VECTOR_GP, 0, 0, CR4_OSXSAVE},
	{"\x0f\x01\xd1", 3, VECTOR_GP, 2, 0, CR4_OSXSAVE},
	{"\x0f\x01\xd1", 3, VECTOR_GP, 5, 0, CR4_OSXSAVE},
	{"\x0f\x01\xd1", 3, VECTOR_GP, 0x101, 0, CR4_OSXSAVE},
	{"\x0f\x01\xd1", 3, VECTOR_GP, 0x80000001, 0, CR4_OSXSAVE},
	{"\x0f\x01\xd1", 3, VECTOR_GP, 0x23, 0, CR4_OSXSAVE},
	{"\x0f\x01\xd1", 3, VECTOR_GP, 1, 1, CR4_OSXSAVE},
	{"\x0f\x01\xd1\xe6\xe9", 5, 3, 3, 0, CR4_OSXSAVE},
	{"\x0f\x32", 2, VECTOR_GP, 0, 0xc0010117, 0},	/* VM_HSAVE_PA */
	{"\x0f\x30", 2, VECTOR_GP, 0, 0xc0010117, 0},
	{"\x0f\x32", 2, VECTOR_GP, 0, 0x40000000, 0},
	{"\x0f\x30", 2, VECTOR_GP, 0x1000, 0xc0000080, 0},	/* SVME */
	{"\x0f\x32", 2, VECTOR_GP, 0, 0x12345, 0},
	{"\x0f\x0b", 2, VECTOR_UD, 0, 0, 0},
	{"\xcc", 1, 3, 0, 0, 0},
	{"\xcd\x77", 2, 0x77, 0, 0, 0},
	{"\xf1", 1, 1, 0, 0, 0},			/* INT1 */
	{"\x0f\x08\xe6\xe9", 4, 0x55, 0x55, 0, 0},	/* INVD */
	{"\x0f\x09\xe6\xe9", 4, 0x56, 0x56, 0, 0},	/* WBINVD */
};

static void all_faults(void)
{
	struct child child;
	unsigned int i;

	if (!make(&child))
		return;
	for (i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
		const struct fault_case *fault = &faults[i];

		report_about("instruction %u, EAX %x, ECX %x", i, fault->eax,
			fault->ecx);
		start(&child, CHILD_LONG, fault->code, fault->length);
		if (fault->cr4)
			child_set(&child, 0, HV_REG_CR4, fault->cr4);
		child_set(&child, 0, HV_REG_RAX, fault->eax);
		child_set(&child, 0, HV_REG_RAX + 1, fault->ecx);
		child_set(&child, 0, HV_REG_RAX + 2, 0);
		EXPECT(child_until(&child, 0, PORT_TRAP) & 0xff,
			fault->vector);
		EXPECT(child_get(&child, 0, HV_REG_RSP) != AT_STACK,
			fault->code[fault->length - 1] != '\xe9');
	}
	child_end(&child);
}

static uint32_t intercept(const struct child *child, uint32_t type,
	uint32_t access, uint64_t parameter)
{
	struct hv_install_intercept_in in = {child->id, access, type,
		parameter};

	return child_call(HVCALL_INSTALL_INTERCEPT, &in, sizeof(in));
}

static uint32_t set_property(const struct child *child, uint32_t property,
	uint64_t value)
{
	struct hv_set_property_in in = {child->id, property, 0, value};

	return child_call(HVCALL_SET_PARTITION_PROPERTY, &in, sizeof(in));
}

#define UNKNOWN_MSR	0x12345
#define RDMSR_OUT	"\x0f\x32\xe7\x80"
#define WRMSR_OUT	"\x0f\x30\xe7\x80"

static void begin_msr(struct child *child, const char *code)
{
	start(child, CHILD_LONG, code, 4);
	child_set(child, 0, HV_REG_RAX, 0x1111);
	child_set(child, 0, HV_REG_RAX + 1, UNKNOWN_MSR);
	child_set(child, 0, HV_REG_RAX + 2, 0x2222);
}

static void expect_msr(struct child *child, const char *code, uint8_t access)
{
	const volatile struct hv_msr_intercept *msr = payload(child);

	begin_msr(child, code);
	EXPECT(child_run(child, 0), CHILD_INTERCEPT);
	EXPECT(child->message[0]->type, HV_MESSAGE_MSR);
	expect_header(child, CHILD_LONG, access, 2);
	EXPECT(msr->msr, UNKNOWN_MSR);
	EXPECT(msr->rax, 0x1111);
	EXPECT(msr->rdx, 0x2222);
	child_skip(child, 0);
	EXPECT(child_until(child, 0, PORT_DONE), 0x1111);
}

static void unknown_msrs(void)
{
	struct child child;

	if (!make(&child))
		return;
	report_about("exception");
	begin_msr(&child, RDMSR_OUT);
	EXPECT(child_until(&child, 0, PORT_TRAP), 0x1100 + VECTOR_GP);
	begin_msr(&child, WRMSR_OUT);
	EXPECT(child_until(&child, 0, PORT_TRAP), 0x1100 + VECTOR_GP);
	report_about("zero");
	EXPECT(set_property(&child, HV_PARTITION_MSR_ACTION, 2),
		HV_STATUS_PROPERTY_VALUE_OUT_OF_RANGE);
	EXPECT(set_property(&child, HV_PARTITION_MSR_ACTION, 1),
		HV_STATUS_SUCCESS);
	begin_msr(&child, RDMSR_OUT);
	EXPECT(child_until(&child, 0, PORT_DONE), 0);
	begin_msr(&child, WRMSR_OUT);
	EXPECT(child_until(&child, 0, PORT_DONE), 0x1111);
	report_about("message");
	EXPECT(intercept(&child, HV_INTERCEPT_MSR, HV_INTERCEPT_ON_READ |
		HV_INTERCEPT_ON_WRITE, 0), HV_STATUS_SUCCESS);
	expect_msr(&child, RDMSR_OUT, HV_ACCESS_READ);
	expect_msr(&child, WRMSR_OUT, HV_ACCESS_WRITE);
	child_end(&child);
}

#define CPUID_OUT	"\x0f\xa2\x89\xd8\xe7\x80"	/* and EBX */

static uint32_t register_leaf(const struct child *child, uint32_t eax,
	uint32_t ebx)
{
	struct hv_cpuid_result_in in = {.partition_id = child->id,
		.type = HV_INTERCEPT_CPUID, .eax = eax,
		.ebx_result = {ebx, ~0u}};

	return child_feed(child->id, HVCALL_REGISTER_INTERCEPT_RESULT, &in,
		sizeof(in), NULL);
}

static uint64_t child_ebx(struct child *child, uint32_t leaf)
{
	start(child, CHILD_LONG, CPUID_OUT, 6);
	child_set(child, 0, HV_REG_RAX, leaf);
	child_set(child, 0, HV_REG_RAX + 1, 0);
	return child_until(child, 0, PORT_DONE);
}

static void cpuids(void)
{
	const volatile struct hv_cpuid_intercept *cpuid;
	struct child child;
	unsigned int i;

	if (!make(&child))
		return;
	cpuid = payload(&child);
	EXPECT(child_ebx(&child, 0x40000001), 0);
	EXPECT(register_leaf(&child, 0x40000001, 0x1234567),
		HV_STATUS_SUCCESS);
	EXPECT(child_ebx(&child, 0x40000001), 0x1234567);
	EXPECT(register_leaf(&child, 0x40000001, 0x7654321),
		HV_STATUS_SUCCESS);
	EXPECT(child_ebx(&child, 0x40000001), 0x7654321);
	EXPECT(child_ebx(&child, 0), 0x68747541);
	/* More than one page of them. */
	for (i = 0; i < 200; i++)
		EXPECT(register_leaf(&child, 0x50000000 + i, i),
			HV_STATUS_SUCCESS);
	for (i = 0; i < 200; i += 33)
		EXPECT(child_ebx(&child, 0x50000000 + i), i);
	EXPECT(intercept(&child, HV_INTERCEPT_CPUID, HV_INTERCEPT_ON_EXECUTE,
		0), HV_STATUS_SUCCESS);
	start(&child, CHILD_LONG, CPUID_OUT, 6);
	child_set(&child, 0, HV_REG_RAX, 0x40000001);
	child_set(&child, 0, HV_REG_RAX + 1, 0x77);
	EXPECT(child_run(&child, 0), CHILD_INTERCEPT);
	EXPECT(child.message[0]->type, HV_MESSAGE_CPUID);
	expect_header(&child, CHILD_LONG, HV_ACCESS_EXECUTE, 2);
	EXPECT(cpuid->rax, 0x40000001);
	EXPECT(cpuid->rcx, 0x77);
	EXPECT(cpuid->default_rbx, 0x7654321);
	child_end(&child);
}

static void intercept_kinds(void)
{
	static const uint32_t kinds = 1u << HV_INTERCEPT_IO_PORT |
		1u << HV_INTERCEPT_MSR | 1u << HV_INTERCEPT_CPUID |
		1u << HV_INTERCEPT_EXCEPTION | 1u << HV_INTERCEPT_HYPERCALL |
		1u << HV_INTERCEPT_UNKNOWN_CONNECTION |
		1u << HV_INTERCEPT_RETARGET;
	struct child child;
	uint32_t type;

	if (!make(&child))
		return;
	for (type = 0; type < 20; type++) {
		report_about("type %u", type);
		EXPECT(intercept(&child, type, 1, 3), kinds >> type & 1 ?
			HV_STATUS_SUCCESS : HV_STATUS_INVALID_PARAMETER);
		EXPECT(intercept(&child, type, 8, 3),
			HV_STATUS_INVALID_PARAMETER);
		EXPECT(intercept(&child, type, ~0u, 3),
			HV_STATUS_INVALID_PARAMETER);
		intercept(&child, type, 0, 3);
	}
	EXPECT(intercept(&child, HV_INTERCEPT_EXCEPTION, 4, 2),
		HV_STATUS_INVALID_PARAMETER);
	EXPECT(intercept(&child, HV_INTERCEPT_EXCEPTION, 4, 32),
		HV_STATUS_INVALID_PARAMETER);
	EXPECT(intercept(&child, HV_INTERCEPT_EXCEPTION, 4, ~0ull),
		HV_STATUS_INVALID_PARAMETER);
	child_end(&child);
}

/* The bytes of a load from linear 0x123456789000, which is in no table. */
#define LOAD_FAR "\x48\xb8\x00\x90\x78\x56\x34\x12\x00\x00\x8b\x00"

static void exceptions(void)
{
	const volatile struct hv_exception_intercept *exception;
	struct child child;

	if (!make(&child))
		return;
	exception = payload(&child);
	EXPECT(intercept(&child, HV_INTERCEPT_EXCEPTION, 4, VECTOR_UD),
		HV_STATUS_SUCCESS);
	EXPECT(intercept(&child, HV_INTERCEPT_EXCEPTION, 4, VECTOR_PF),
		HV_STATUS_SUCCESS);
	start(&child, CHILD_LONG, "\x0f\x0b", 2);
	EXPECT(child_run(&child, 0), CHILD_INTERCEPT);
	EXPECT(child.message[0]->type, HV_MESSAGE_EXCEPTION);
	expect_header(&child, CHILD_LONG, HV_ACCESS_EXECUTE, 0);
	EXPECT(exception->vector, VECTOR_UD);
	EXPECT(exception->info, 0);
	EXPECT(exception->bytes[0], 0x0f);
	EXPECT(exception->gpr[4], AT_STACK);
	start(&child, CHILD_LONG, LOAD_FAR, 12);
	EXPECT(child_run(&child, 0), CHILD_INTERCEPT);
	EXPECT(exception->vector, VECTOR_PF);
	EXPECT(exception->info, HV_EXCEPTION_HAS_CODE);
	EXPECT(exception->code, 0);
	EXPECT(exception->parameter, 0x123456789000);
	report_about("not any more");
	EXPECT(intercept(&child, HV_INTERCEPT_EXCEPTION, 0, VECTOR_UD),
		HV_STATUS_SUCCESS);
	start(&child, CHILD_LONG, "\x0f\x0b", 2);
	EXPECT(child_until(&child, 0, PORT_TRAP) & 0xff, VECTOR_UD);
	child_end(&child);
}

static void hypercalls(void)
{
	const volatile struct hv_hypercall_intercept *hypercall;
	struct child child;

	if (!make(&child))
		return;
	hypercall = payload(&child);
	EXPECT(intercept(&child, HV_INTERCEPT_HYPERCALL, 4, 0),
		HV_STATUS_SUCCESS);
	start(&child, CHILD_LONG, "\x0f\x01\xd9", 3);
	child_set(&child, 0, HV_REG_RAX + 1, 0x48);
	child_set(&child, 0, HV_REG_RAX + 8, 0x8888);
	EXPECT(child_run(&child, 0), CHILD_INTERCEPT);
	EXPECT(child.message[0]->type, HV_MESSAGE_HYPERCALL);
	expect_header(&child, CHILD_LONG, HV_ACCESS_EXECUTE, 3);
	EXPECT(hypercall->rcx, 0x48);
	EXPECT(hypercall->r8, 0x8888);
	child_end(&child);
}

static void expect_dead(struct child *child, uint32_t type)
{
	EXPECT(child_run(child, 0), CHILD_INTERCEPT);
	EXPECT(child->message[0]->type, type);
	EXPECT(child_run(child, 0), CHILD_BLOCKED);
	EXPECT(child_assert(child, HV_INTERRUPT_NMI, 0, 0, 0),
		HV_STATUS_SUCCESS);
	EXPECT(child_run(child, 0), CHILD_BLOCKED);
}

static void dead(void)
{
	union hv_register_value nothing = {{0, 0}};
	struct child child;

	if (!make(&child))
		return;
	report_about("triple fault");
	start(&child, CHILD_LONG, "\x0f\x0b", 2);
	EXPECT(child_set_pair(child.id, 0, HV_REG_IDTR, &nothing),
		HV_STATUS_SUCCESS);
	expect_dead(&child, HV_MESSAGE_UNRECOVERABLE);
	report_about("long mode without PAE");
	start(&child, CHILD_LONG, "\xe7\x80", 2);
	child_set(&child, 0, HV_REG_CR4, 0);
	expect_dead(&child, HV_MESSAGE_INVALID_STATE);
	report_about("INIT: the first VP starts at the reset vector");
	EXPECT(child_assert(&child, HV_INTERRUPT_INIT, 0, 0, 0),
		HV_STATUS_SUCCESS);
	EXPECT(child_run(&child, 0), CHILD_INTERCEPT);
	EXPECT(child.message[0]->type, HV_MESSAGE_UNMAPPED_GPA);
	EXPECT(((const volatile struct hv_memory_intercept *)payload(&child))->
		gpa, 0xfffffff0);
	report_about("made good");
	start(&child, CHILD_LONG, "\xe7\x80", 2);
	EXPECT(child_until(&child, 0, PORT_DONE) >> 32, 0);
	child_end(&child);
}

/* Exceptions of the parent: what arrives, and what is on the stack. */
static void pending(void)
{
	static const uint32_t has_code = 1u << 8 | 1u << 10 | 1u << 11 |
		1u << 12 | 1u << 13 | 1u << 14 | 1u << 17;
	struct child child;
	uint64_t vector;

	if (!make(&child))
		return;
	/* QEMU takes 31 for a vector that no exception has. */
	for (vector = 0; vector < 31; vector++) {
		bool code = has_code >> vector & 1;
		uint64_t value = HV_PENDING | HV_PENDING_EXCEPTION << 1 |
			vector << 16 | (code ? HV_PENDING_HAS_CODE |
			0x1238ull << 32 : 0);
		uint64_t rsp;

		report_about("vector %lu", vector);
		start(&child, CHILD_LONG, "\x90", 1);
		EXPECT(child_set(&child, 0, HV_REG_PENDING_INTERRUPTION,
			value), vector == VECTOR_NMI ?
			HV_STATUS_INVALID_REGISTER_VALUE : HV_STATUS_SUCCESS);
		if (vector == VECTOR_NMI)
			continue;
		EXPECT(child_get(&child, 0, HV_REG_PENDING_INTERRUPTION),
			value);
		EXPECT(child_until(&child, 0, PORT_TRAP) & 0xff, vector);
		rsp = child_get(&child, 0, HV_REG_RSP);
		EXPECT(AT_STACK - rsp, code ? 48 : 40);
		EXPECT(*(uint64_t *)(child.memory + rsp), code ? 0x1238 :
			AT_CODE);
		EXPECT(child_get(&child, 0, HV_REG_PENDING_INTERRUPTION), 0);
	}
	child_end(&child);
}

/* Events of other kinds, while the table that leads to their handler is
 * missing: they wait for it. */
static void pending_missing(void)
{
	static const struct {
		uint64_t type, vector, length;
	} kinds[] = {
		{HV_PENDING_EXTERNAL, 0x44, 0},
		{HV_PENDING_EXCEPTION, 6, 0},
		{HV_PENDING_SOFTWARE, 0x45, 2},
		{HV_PENDING_SOFTWARE_EXCEPTION, 3, 1},
	};
	struct child child;
	unsigned int i, away;

	if (!make(&child))
		return;
	for (i = 0; i < 8; i++) {
		away = i & 1;
		report_about("type %lu, %s", kinds[i / 2].type, away ?
			"IDT away" : "all there");
		start(&child, CHILD_LONG, "\xcd\x45", 2);
		EXPECT(child_set(&child, 0, HV_REG_PENDING_INTERRUPTION,
			HV_PENDING | kinds[i / 2].type << 1 |
			kinds[i / 2].length << 5 | kinds[i / 2].vector << 16),
			HV_STATUS_SUCCESS);
		if (away) {
			child_unmap(child.id, AT_IDT, 1, 0);
			EXPECT(child_run(&child, 0), CHILD_INTERCEPT);
			EXPECT(child.message[0]->type,
				HV_MESSAGE_UNMAPPED_GPA);
			child_map(child.id, AT_IDT, child.memory + AT_IDT, 1,
				CHILD_ALL);
		}
		EXPECT(child_until(&child, 0, PORT_TRAP) & 0xff,
			kinds[i / 2].vector);
		EXPECT(*(uint64_t *)(child.memory + child_get(&child, 0,
			HV_REG_RSP)), AT_CODE + kinds[i / 2].length);
	}
	child_end(&child);
}

/* Pages on the way to what an instruction wants come one after the other. */
static void missing_pages(void)
{
	static const uint32_t ways[] = {AT_PML4, AT_PDPT, AT_STACK - 0x1000,
		AT_IDT, AT_GDT, AT_STUBS, AT_CODE};
	const volatile struct hv_memory_intercept *memory;
	struct child child;
	unsigned int i, j;

	if (!make(&child))
		return;
	memory = payload(&child);
	for (i = 0; i < 2; i++) {
		start(&child, CHILD_LONG, "\x0f\x0b", 2);
		for (j = 0; j < sizeof(ways) / sizeof(*ways); j++)
			child_map(child.id, ways[j], NULL, 1, i ?
				HV_MAP_NO_ACCESS : HV_MAP_NO_ACCESS);
		for (j = 0; j < sizeof(ways) / sizeof(*ways); j++) {
			if (!EXPECT(child_run(&child, 0), CHILD_INTERCEPT))
				break;
			report_about("missing %lx", memory->gpa);
			EXPECT(child.message[0]->type,
				HV_MESSAGE_GPA_INTERCEPT);
			EXPECT(memory->gpa < CHILD_PAGES * HV_PAGE_SIZE, true);
			child_map(child.id, memory->gpa & ~0xfffull,
				child.memory + (memory->gpa & ~0xfffull), 1,
				CHILD_ALL);
		}
		EXPECT(child_until(&child, 0, PORT_TRAP) & 0xff, VECTOR_UD);
	}
	child_end(&child);
}

/* #DB in its own handler: the parent's clock goes on. HOSTILE N12. */
static void endless(void)
{
	struct child child;

	if (!make(&child))
		return;
	start(&child, CHILD_LONG, "\xf1", 1);
	/* mov $AT_STACK, %esp; int1 */
	memcpy(child.memory + AT_STUBS + 8, "\xbc\x00\xe0\x00\x00\xf1", 6);
	EXPECT(child_run(&child, 0), CHILD_READY);
	report_about("RIP is in the stub");
	EXPECT_BETWEEN(child_get(&child, 0, HV_REG_RIP), AT_STUBS,
		AT_STUBS + 32);
	child_end(&child);
}

const struct test childcept_tests[] = {
	{"childcept: ports", all_ports},
	{"childcept: instructions there are not", all_faults},
	{"childcept: MSRs that nobody knows", unknown_msrs},
	{"childcept: CPUID", cpuids},
	{"childcept: kinds of intercepts", intercept_kinds},
	{"childcept: exceptions", exceptions},
	{"childcept: hypercalls", hypercalls},
	{"childcept: dead, and made good", dead},
	{"childcept: exceptions of the parent", pending},
	{"childcept: events whose way is missing", pending_missing},
	{"childcept: pages that come one after the other", missing_pages},
	{"childcept: exceptions without an end", endless},
	{0},
};
