/* The emulator against the processor that runs this test, and its faults. */
/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <sys/mman.h>

#include "alu.h"
#include "check.h"
#include "emulate.h"
#include "fake_guest.h"

/* Runs one instruction and RET on this processor. */
static void run_native(uint8_t *page, uint64_t *gpr, uint64_t *flags)
{
	register uint64_t r8 asm("r8") = *flags;
	register uint64_t r9 asm("r9") = (uintptr_t)page;

	asm volatile("sub $256, %%rsp\n\t"
		"push %%r8\n\tpopfq\n\tcall *%%r9\n\tpushfq\n\tpop %%r8\n\t"
		"cld\n\tadd $256, %%rsp"
		: "+a"(gpr[0]), "+c"(gpr[1]), "+d"(gpr[2]), "+b"(gpr[3]),
		  "+S"(gpr[6]), "+D"(gpr[7]), "+r"(r8), "+r"(r9)
		: : "memory", "cc", "r10", "r11");
	*flags = r8;
}

/* RBX, RSI and RDI point into the memory; the rest is in RAX, RCX, RDX. */
struct sample {
	const char *name;
	uint8_t length;
	uint8_t code[12];
	uint64_t undefined;	/* flags */
};

#define AF FLAG_AF
#define BITS (FLAG_OF | FLAG_SF | FLAG_AF | FLAG_PF)
static const struct sample samples[] = {
	{ "mov [rbx],al", 2, { 0x88, 0x03 }, 0 },
	{ "mov [rbx],ah", 2, { 0x88, 0x23 }, 0 },
	{ "mov [rbx],ax", 3, { 0x66, 0x89, 0x03 }, 0 },
	{ "mov [rbx],eax", 2, { 0x89, 0x03 }, 0 },
	{ "mov [rbx],rax", 3, { 0x48, 0x89, 0x03 }, 0 },
	{ "mov ch,[rbx]", 2, { 0x8a, 0x2b }, 0 },
	{ "mov cx,[rbx]", 3, { 0x66, 0x8b, 0x0b }, 0 },
	{ "mov ecx,[rbx]", 2, { 0x8b, 0x0b }, 0 },
	{ "mov rcx,[rbx+7]", 4, { 0x48, 0x8b, 0x4b, 0x07 }, 0 },
	{ "mov dword [rbx-4],imm", 7,
		{ 0xc7, 0x43, 0xfc, 0x78, 0x56, 0x34, 0x92 }, 0 },
	{ "mov qword [rbx],imm", 7,
		{ 0x48, 0xc7, 0x03, 0x78, 0x56, 0x34, 0x92 }, 0 },
	{ "movnti [rbx],eax", 3, { 0x0f, 0xc3, 0x03 }, 0 },
	{ "movzx ecx,byte [rbx]", 3, { 0x0f, 0xb6, 0x0b }, 0 },
	{ "movzx cx,byte [rbx]", 4, { 0x66, 0x0f, 0xb6, 0x0b }, 0 },
	{ "movzx rcx,word [rbx]", 4, { 0x48, 0x0f, 0xb7, 0x0b }, 0 },
	{ "movsx ecx,byte [rbx]", 3, { 0x0f, 0xbe, 0x0b }, 0 },
	{ "movsx rcx,word [rbx]", 4, { 0x48, 0x0f, 0xbf, 0x0b }, 0 },
	{ "movsxd rcx,[rbx]", 3, { 0x48, 0x63, 0x0b }, 0 },
	{ "add [rbx],al", 2, { 0x00, 0x03 }, 0 },
	{ "add [rbx],rax", 3, { 0x48, 0x01, 0x03 }, 0 },
	{ "add cx,[rbx]", 3, { 0x66, 0x03, 0x0b }, 0 },
	{ "add dword [rbx],-1", 3, { 0x83, 0x03, 0xff }, 0 },
	{ "adc [rbx],eax", 2, { 0x11, 0x03 }, 0 },
	{ "adc byte [rbx],0x80", 3, { 0x80, 0x13, 0x80 }, 0 },
	{ "sub [rbx],eax", 2, { 0x29, 0x03 }, 0 },
	{ "sub cl,[rbx]", 2, { 0x2a, 0x0b }, 0 },
	{ "sbb [rbx],rax", 3, { 0x48, 0x19, 0x03 }, 0 },
	{ "sbb ax,[rbx]", 3, { 0x66, 0x1b, 0x03 }, 0 },
	{ "cmp [rbx],eax", 2, { 0x39, 0x03 }, 0 },
	{ "cmp al,[rbx]", 2, { 0x3a, 0x03 }, 0 },
	{ "cmp qword [rbx],imm8", 4, { 0x48, 0x83, 0x3b, 0x85 }, 0 },
	{ "and [rbx],eax", 2, { 0x21, 0x03 }, AF },
	{ "and byte [rbx],0x0f", 3, { 0x80, 0x23, 0x0f }, AF },
	{ "or [rbx],ax", 3, { 0x66, 0x09, 0x03 }, AF },
	{ "or dword [rbx],-128", 3, { 0x83, 0x0b, 0x80 }, AF },
	{ "xor [rbx],rax", 3, { 0x48, 0x31, 0x03 }, AF },
	{ "xor ecx,[rbx]", 2, { 0x33, 0x0b }, AF },
	{ "test [rbx],eax", 2, { 0x85, 0x03 }, AF },
	{ "test byte [rbx],1", 3, { 0xf6, 0x03, 0x01 }, AF },
	{ "inc dword [rbx]", 2, { 0xff, 0x03 }, 0 },
	{ "inc byte [rbx]", 2, { 0xfe, 0x03 }, 0 },
	{ "dec qword [rbx]", 3, { 0x48, 0xff, 0x0b }, 0 },
	{ "not dword [rbx]", 2, { 0xf7, 0x13 }, 0 },
	{ "neg word [rbx]", 3, { 0x66, 0xf7, 0x1b }, 0 },
	{ "neg qword [rbx]", 3, { 0x48, 0xf7, 0x1b }, 0 },
	{ "xchg [rbx],eax", 2, { 0x87, 0x03 }, 0 },
	{ "xchg [rbx],cl", 2, { 0x86, 0x0b }, 0 },
	{ "xadd [rbx],eax", 3, { 0x0f, 0xc1, 0x03 }, 0 },
	{ "lock xadd [rbx],rdx", 5, { 0xf0, 0x48, 0x0f, 0xc1, 0x13 }, 0 },
	{ "cmpxchg [rbx],ecx", 3, { 0x0f, 0xb1, 0x0b }, 0 },
	{ "lock cmpxchg [rbx],dl", 4, { 0xf0, 0x0f, 0xb0, 0x13 }, 0 },
	{ "bt dword [rbx],7", 4, { 0x0f, 0xba, 0x23, 0x07 }, BITS },
	{ "bts dword [rbx],31", 4, { 0x0f, 0xba, 0x2b, 0x1f }, BITS },
	{ "btr qword [rbx],40", 5, { 0x48, 0x0f, 0xba, 0x33, 0x28 }, BITS },
	{ "btc word [rbx],9", 5, { 0x66, 0x0f, 0xba, 0x3b, 0x09 }, BITS },
	{ "movsb", 1, { 0xa4 }, 0 },
	{ "movsw", 2, { 0x66, 0xa5 }, 0 },
	{ "movsd", 1, { 0xa5 }, 0 },
	{ "movsq", 2, { 0x48, 0xa5 }, 0 },
	{ "stosb", 1, { 0xaa }, 0 },
	{ "stosd", 1, { 0xab }, 0 },
	{ "lodsb", 1, { 0xac }, 0 },
	{ "lodsd", 1, { 0xad }, 0 },
	{ "lodsq", 2, { 0x48, 0xad }, 0 },
	{ "cmpsb", 1, { 0xa6 }, 0 },
	{ "cmpsd", 1, { 0xa7 }, 0 },
	{ "scasb", 1, { 0xae }, 0 },
	{ "scasd", 1, { 0xaf }, 0 },
};

/* With RCX small: repeated forms, and a bit's number in a register. */
static const struct sample counted[] = {
	{ "rep movsb", 2, { 0xf3, 0xa4 }, 0 },
	{ "rep movsq", 3, { 0xf3, 0x48, 0xa5 }, 0 },
	{ "rep stosd", 2, { 0xf3, 0xab }, 0 },
	{ "rep stosw", 3, { 0xf3, 0x66, 0xab }, 0 },
	{ "rep lodsb", 2, { 0xf3, 0xac }, 0 },
	{ "repe cmpsb", 2, { 0xf3, 0xa6 }, 0 },
	{ "repne cmpsd", 2, { 0xf2, 0xa7 }, 0 },
	{ "repe scasb", 2, { 0xf3, 0xae }, 0 },
	{ "repne scasb", 2, { 0xf2, 0xae }, 0 },
	{ "bt [rbx],ecx", 3, { 0x0f, 0xa3, 0x0b }, BITS },
	{ "bts [rbx],rcx", 4, { 0x48, 0x0f, 0xab, 0x0b }, BITS },
	{ "btr [rbx],cx", 4, { 0x66, 0x0f, 0xb3, 0x0b }, BITS },
	{ "lock btc [rbx],ecx", 4, { 0xf0, 0x0f, 0xbb, 0x0b }, BITS },
};

static uint64_t edge_value(void)
{
	static const uint64_t values[] = {
		0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff,
		0x80000000, 0xffffffff, INT64_MAX, 1ull << 63, UINT64_MAX,
	};
	uint64_t value = (uint64_t)random() << 42 ^
		(uint64_t)random() << 21 ^ random();

	return random() % 2 ? values[random() % 14] : value;
}

static void compare(const struct sample *sample, uint8_t *page, bool small)
{
	static struct fake_guest guest, native;
	uint64_t gpr[16], flags, at;
	struct emulator emulator;
	struct cpu cpu;
	unsigned int i;

	fake_guest_random(&guest);
	fake_guest_cpu64(&cpu);
	cpu.gpr[0] = edge_value();
	cpu.gpr[1] = small ? (uint64_t)(random() % 40) : edge_value();
	cpu.gpr[2] = edge_value();
	cpu.gpr[3] = 0x800 + random() % 0x1000;
	cpu.gpr[6] = 0x800 + random() % 0x1000;
	cpu.gpr[7] = 0x800 + random() % 0x1000;
	if (random() % 2)	/* comparisons that are equal */
		memset(guest.memory, 0, sizeof(guest.memory));
	if (random() % 2)
		cpu.gpr[0] = 0;
	at = cpu.gpr[3];
	if (random() % 2)	/* so that CMPXCHG succeeds at times */
		memcpy(&cpu.gpr[0], guest.memory + at, 8);
	cpu.rflags = 2 | FLAG_IF | (random() & (FLAGS_ARITHMETIC |
		(small ? 0 : FLAG_DF)));
	native = guest;
	memcpy(gpr, cpu.gpr, sizeof(gpr));
	flags = cpu.rflags;
	for (i = 3; i < 8; i += i == 3 ? 3 : 1)
		gpr[i] += (uintptr_t)native.memory;
	memcpy(page, sample->code, sample->length);
	page[sample->length] = 0xc3;
	run_native(page, gpr, &flags);
	for (i = 3; i < 8; i += i == 3 ? 3 : 1)
		gpr[i] -= (uintptr_t)native.memory;
	/* A register that was loaded is no address: only these three are. */
	emulate_init(&emulator, &cpu, &fake_guest_ops, &guest);
	CHECK(emulate(&emulator, sample->code, sample->length) ==
		EMULATE_DONE);
	CHECK(cpu.rip == FAKE_CODE + sample->length);
	for (i = 0; i < 16; i++)
		if (cpu.gpr[i] != gpr[i])
			fprintf(stderr, "%s: register %u\n", sample->name, i);
	CHECK(!memcmp(cpu.gpr, gpr, sizeof(gpr)));
	if ((cpu.rflags ^ flags) & ~sample->undefined)
		fprintf(stderr, "%s: flags %lx, not %lx\n", sample->name,
			(long)cpu.rflags, (long)flags);
	CHECK(!((cpu.rflags ^ flags) & ~sample->undefined));
	if (memcmp(guest.memory, native.memory, sizeof(guest.memory)))
		fprintf(stderr, "%s: memory\n", sample->name);
	CHECK(!memcmp(guest.memory, native.memory, sizeof(guest.memory)));
}

static void test_against_processor(unsigned int rounds)
{
	uint8_t *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned int i, n;

	CHECK(page != MAP_FAILED);
	for (n = 0; n < rounds; n++) {
		for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
			compare(&samples[i], page, false);
		for (i = 0; i < sizeof(counted) / sizeof(counted[0]); i++)
			compare(&counted[i], page, true);
	}
	munmap(page, 4096);
}

static struct fake_guest guest;
static struct emulator emulator;
static struct cpu cpu;

static enum emulate_result run(const char *code, unsigned int length)
{
	emulate_init(&emulator, &cpu, &fake_guest_ops, &guest);
	return emulate(&emulator, (const uint8_t *)code, length);
}

/* Nothing has changed, and the guest gets this exception. */
static void expect_fault(const char *code, unsigned int length,
	unsigned int vector, uint32_t error, uint64_t address)
{
	struct fake_guest before = guest;
	struct cpu was = cpu;

	CHECK(run(code, length) == EMULATE_FAULT);
	CHECK(emulator.fault.vector == vector);
	CHECK(emulator.fault.has_code && emulator.fault.code == error);
	CHECK(vector != VECTOR_PF || emulator.fault.address == address);
	CHECK(!memcmp(&was, &cpu, sizeof(cpu)));
	CHECK(!memcmp(&before, &guest, sizeof(guest)));
}

static void test_page_faults(void)
{
	fake_guest_random(&guest);
	fake_guest_cpu64(&cpu);
	guest.reads = guest.writes = 0;
	/* The second page of a store that crosses: nothing is written. */
	cpu.gpr[3] = FAKE_SIZE - 4;
	expect_fault("\x48\x89\x03", 3, VECTOR_PF, 2, FAKE_SIZE);
	cpu.gpr[3] = FAKE_SIZE;
	expect_fault("\x8b\x03", 2, VECTOR_PF, 0, FAKE_SIZE);
	/* The source is not read while the destination is not there: reading
	 * a device changes it. */
	cpu.gpr[6] = 0x800;
	cpu.gpr[7] = FAKE_SIZE + 8;
	expect_fault("\xa4", 1, VECTOR_PF, 2, FAKE_SIZE + 8);
	CHECK(!guest.reads && !guest.writes);
	/* A REP goes as far as it can. */
	cpu.gpr[7] = FAKE_SIZE - 3;
	cpu.gpr[1] = 10;
	CHECK(run("\xf3\xa4", 2) == EMULATE_FAULT);
	CHECK(emulator.fault.address == FAKE_SIZE);
	CHECK(cpu.gpr[1] == 7 && cpu.gpr[7] == FAKE_SIZE);
	CHECK(cpu.gpr[6] == 0x803 && cpu.rip == FAKE_CODE);
}

static void test_segments(void)
{
	fake_guest_random(&guest);
	fake_guest_cpu64(&cpu);
	cpu.gpr[3] = 0x800000000000;
	expect_fault("\x8b\x03", 2, VECTOR_GP, 0, 0);
	cpu.gpr[5] = 0x7fffffffffff;	/* by RBP: the stack's segment */
	expect_fault("\x8b\x45\x00", 3, VECTOR_SS, 0, 0);

	fake_guest_cpu32(&cpu);
	cpu.segment[3].limit = 0xfff;
	cpu.gpr[3] = 0xffd;
	expect_fault("\x8b\x03", 2, VECTOR_GP, 0, 0);
	cpu.gpr[3] = 0xffc;
	CHECK(run("\x8b\x03", 2) == EMULATE_DONE);
	cpu.rip = FAKE_CODE;
	cpu.segment[3].attributes &= ~HV_SEGMENT_WRITABLE;
	expect_fault("\x89\x03", 2, VECTOR_GP, 0, 0);
	expect_fault("\x2e\x89\x03", 3, VECTOR_GP, 0, 0);
	CHECK(run("\x8b\x03", 2) == EMULATE_DONE);
	cpu.rip = FAKE_CODE;
	cpu.segment[3].attributes = 0x0093 | HV_SEGMENT_EXPAND_DOWN;
	expect_fault("\x89\x03", 2, VECTOR_GP, 0, 0);
	cpu.gpr[3] = 0x1000;
	CHECK(run("\x89\x03", 2) == EMULATE_DONE);
	cpu.rip = FAKE_CODE;
	cpu.segment[3].attributes = 0;
	expect_fault("\x89\x03", 2, VECTOR_GP, 0, 0);
	/* A base counts, and addresses end at 4 GB. */
	cpu.segment[0].base = 0xfffff000;
	cpu.gpr[3] = 0x1800;
	cpu.gpr[0] = 0x11223344;
	CHECK(run("\x26\x89\x03", 3) == EMULATE_DONE);
	CHECK(!memcmp(guest.memory + 0x800, "\x44\x33\x22\x11", 4));
}

/* Real mode: 16-bit addresses, segments times 16, high halves kept. */
static void test_real_mode(void)
{
	fake_guest_random(&guest);
	fake_guest_cpu16(&cpu);
	cpu.segment[3].base = 0x100;
	cpu.gpr[3] = 0xabcd0700;
	cpu.gpr[6] = 0x10;
	cpu.gpr[0] = 0x5a;
	CHECK(run("\x88\x00", 2) == EMULATE_DONE);	/* mov [bx+si],al */
	CHECK(guest.memory[0x810] == 0x5a);
	cpu.rip = FAKE_CODE;
	cpu.segment[0].base = 0x200;
	cpu.gpr[7] = 0x12340000 | 0x600;
	cpu.gpr[1] = 0x77770003;
	CHECK(run("\xf3\xaa", 2) == EMULATE_DONE);
	CHECK(!memcmp(guest.memory + 0x800, "\x5a\x5a\x5a", 3));
	CHECK(cpu.gpr[7] == 0x12340603 && cpu.gpr[1] == 0x77770000);
	cpu.rip = FAKE_CODE;
	cpu.gpr[3] = 0xffff;
	cpu.gpr[6] = 0;
	expect_fault("\x89\x00", 2, VECTOR_GP, 0, 0);
}

static void test_ports(void)
{
	fake_guest_random(&guest);
	fake_guest_cpu64(&cpu);
	cpu.gpr[2] = 0xffff03f8;
	cpu.gpr[6] = 0x900;
	cpu.gpr[1] = 3;
	CHECK(run("\xf3\x6e", 2) == EMULATE_DONE);	/* rep outsb */
	CHECK(guest.port == 0x3f8 && guest.port_size == 1);
	CHECK(guest.outs == 3 && guest.out == guest.memory[0x902]);
	cpu.rip = FAKE_CODE;
	cpu.gpr[7] = 0xa00;
	CHECK(run("\x6d", 1) == EMULATE_DONE);		/* insd */
	CHECK(guest.port_size == 4 && cpu.gpr[7] == 0xa04);
	CHECK(!memcmp(guest.memory + 0xa00, &guest.in, 4));
	/* The page is not there: the port is not read. */
	cpu.rip = FAKE_CODE;
	cpu.gpr[7] = FAKE_SIZE;
	guest.port_size = 0;
	expect_fault("\x6c", 1, VECTOR_PF, 2, FAKE_SIZE);
	CHECK(!guest.port_size);
}

static void test_chunk(void)
{
	fake_guest_random(&guest);
	fake_guest_cpu64(&cpu);
	cpu.gpr[7] = 0;
	cpu.gpr[1] = 0x1800;
	CHECK(run("\xf3\xaa", 2) == EMULATE_DONE);
	CHECK(cpu.rip == FAKE_CODE && cpu.gpr[1] == 0x800);
	CHECK(run("\xf3\xaa", 2) == EMULATE_DONE);
	CHECK(cpu.rip == FAKE_CODE + 2 && !cpu.gpr[1]);
}

static void test_fetch_and_unknown(void)
{
	fake_guest_random(&guest);
	fake_guest_cpu64(&cpu);
	memcpy(guest.memory + FAKE_CODE, "\xc7\x03\x01\x02\x03\x04", 6);
	cpu.gpr[3] = 0x1000;
	CHECK(run("\xc7", 1) == EMULATE_DONE);
	CHECK(!memcmp(guest.memory + 0x1000, "\x01\x02\x03\x04", 4));
	cpu.rip = FAKE_CODE;
	CHECK(run("", 0) == EMULATE_DONE && emulator.length == 6);
	/* Code that ends where memory does. */
	cpu.rip = FAKE_SIZE - 1;
	guest.memory[FAKE_SIZE - 1] = 0xc7;
	CHECK(run("", 0) == EMULATE_FAULT);
	CHECK(emulator.fault.vector == VECTOR_PF);
	CHECK(emulator.fault.code == 0x10);
	CHECK(emulator.fault.address == FAKE_SIZE);
	cpu.rip = FAKE_CODE;
	CHECK(run("\x0f\xa2", 2) == EMULATE_UNKNOWN);
	CHECK_STRING("cpuid (0f a2)", emulator.text);
	CHECK(run("\x06", 1) == EMULATE_UNKNOWN);
	CHECK_STRING("no instruction (06)", emulator.text);
}

int main(int argc, char **argv)
{
	unsigned int rounds = argc > 1 ? atoi(argv[1]) : 2000;
	unsigned int seed = argc > 2 ? atoi(argv[2]) : 1;

	srandom(seed);
	test_against_processor(rounds / 10 + 1);
	test_page_faults();
	test_segments();
	test_real_mode();
	test_ports();
	test_chunk();
	test_fetch_and_unknown();
	printf("emulate: seed %u, good\n", seed);
	return 0;
}
