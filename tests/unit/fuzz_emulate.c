/* Random instructions and registers: the emulator must stay within bounds. */
/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>

#include "alu.h"
#include "fake_guest.h"

static uint64_t any64(void)
{
	return (uint64_t)random() << 42 ^ (uint64_t)random() << 21 ^ random();
}

static void any_cpu(struct cpu *cpu)
{
	unsigned int i;

	switch (random() % 3) {
	case 0: fake_guest_cpu64(cpu); break;
	case 1: fake_guest_cpu32(cpu); break;
	default: fake_guest_cpu16(cpu); break;
	}
	for (i = 0; i < 16; i++)
		cpu->gpr[i] = any64() % 4 ? any64() % (FAKE_SIZE + 64) :
			any64();
	cpu->rflags |= random() & (FLAGS_ARITHMETIC | FLAG_DF);
	if (random() % 4 == 0)
		cpu->segment[random() % 6] = (struct hv_segment){
			.base = any64(), .limit = any64(),
			.attributes = random(),
		};
	if (random() % 8 == 0)
		cpu->rip = any64();
	cpu->cr4 = any64();
}

/* Half of the bytes begin like what is known, so that much is done. */
static void any_code(uint8_t *code)
{
	static const uint8_t starts[] = {
		0x88, 0x89, 0x8a, 0x8b, 0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5,
		0xa6, 0xa7, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf, 0x6c, 0x6d,
		0x6e, 0x6f, 0xc6, 0xc7, 0xf6, 0xf7, 0xfe, 0xff, 0x80, 0x81,
		0x83, 0x00, 0x01, 0x29, 0x86, 0x87, 0x0f, 0x0f, 0x0f, 0x0f,
	};
	static const uint8_t prefixes[] = {
		0xf3, 0xf2, 0xf0, 0x66, 0x67, 0x48, 0x44, 0x64, 0x2e,
	};
	unsigned int i, at = 0;

	for (i = 0; i < EMULATE_BYTES; i++)
		code[i] = random() >> 8;
	if (random() % 2)
		return;
	while (at < 3 && random() % 3 == 0)
		code[at++] = prefixes[random() % sizeof(prefixes)];
	code[at] = starts[random() % sizeof(starts)];
}

static uint64_t done, faults, rows;

static const struct emulate_ops ops_with_rows = {
	.translate = fake_translate,
	.read = fake_read,
	.write = fake_write,
	.in = fake_in,
	.out = fake_out,
	.in_row = fake_in_row,
	.out_row = fake_out_row,
};

/* INS and OUTS with REP: in rows it is the same as one by one. */
static void row(struct fake_guest *guest)
{
	static struct fake_guest other;
	static const uint8_t ports[] = { 0x6c, 0x6d, 0x6e, 0x6f };
	uint8_t code[EMULATE_BYTES] = { 0x66, 0x67, 0xf3 };
	unsigned int from = random() % 3;
	struct emulator one, many;
	struct cpu cpu, same;
	enum emulate_result result;

	any_cpu(&cpu);
	code[3] = ports[random() % 4];
	if (random() % 4)
		cpu.gpr[1] = random() % 6000;
	if (random() % 2)
		cpu.rflags &= ~(uint64_t)FLAG_DF;
	same = cpu;
	other = *guest;
	emulate_init(&one, &cpu, &fake_guest_ops, guest);
	emulate_init(&many, &same, &ops_with_rows, &other);
	result = emulate(&one, code + from, EMULATE_BYTES - from);
	CHECK(emulate(&many, code + from, EMULATE_BYTES - from) == result);
	CHECK(!memcmp(&cpu, &same, sizeof(cpu)));
	CHECK(!memcmp(guest->memory, other.memory, sizeof(other.memory)));
	CHECK(guest->ins == other.ins && guest->outs == other.outs);
	CHECK(guest->all == other.all && guest->writes == other.writes);
	if (result == EMULATE_FAULT)
		CHECK(!memcmp(&one.fault, &many.fault, sizeof(one.fault)));
	rows += other.rows - guest->rows;
}

static void one(struct fake_guest *guest)
{
	uint8_t code[EMULATE_BYTES];
	struct emulator emulator;
	struct cpu cpu, was;
	unsigned int count = random() % 3 ? EMULATE_BYTES :
		random() % (EMULATE_BYTES + 1);

	any_cpu(&cpu);
	any_code(code);
	was = cpu;
	guest->reads = guest->writes = guest->outs = 0;
	emulate_init(&emulator, &cpu, &fake_guest_ops, guest);
	switch (emulate(&emulator, code, count)) {
	case EMULATE_DONE:
		CHECK(cpu.rip == was.rip || cpu.rip == was.rip +
			emulator.length || (uint32_t)cpu.rip ==
			(uint32_t)(was.rip + emulator.length));
		done++;
		break;
	case EMULATE_FAULT:
		CHECK(cpu.rip == was.rip);
		CHECK(emulator.fault.vector == VECTOR_PF ||
			emulator.fault.vector == VECTOR_GP ||
			emulator.fault.vector == VECTOR_SS);
		faults++;
		break;
	case EMULATE_UNKNOWN:
		CHECK(emulator.text[0]);
		CHECK(!memcmp(&was, &cpu, sizeof(cpu)) && !guest->writes);
		break;
	default:
		CHECK(!"the fake translation has no errors");
	}
	/* Only what it may change: segments and modes stay. */
	CHECK(!memcmp(was.segment, cpu.segment, sizeof(cpu.segment)));
	CHECK(guest->writes <= 2 * EMULATE_CHUNK + 4);
	CHECK(!((was.rflags ^ cpu.rflags) & ~(FLAGS_ARITHMETIC | FLAG_RF)));
}

int main(int argc, char **argv)
{
	unsigned int rounds = argc > 1 ? atoi(argv[1]) : 2000, i;
	unsigned int seed = argc > 2 ? atoi(argv[2]) : 1;
	static struct fake_guest guest;

	srandom(seed);
	fake_guest_random(&guest);
	for (i = 0; i < rounds * 100; i++)
		one(&guest);
	for (i = 0; i < rounds; i++)
		row(&guest);
	printf("emulate: seed %u, %lu done, %lu faults, %lu rows\n", seed,
		(unsigned long)done, (unsigned long)faults,
		(unsigned long)rows);
	CHECK(done && faults && rows);
	return 0;
}
