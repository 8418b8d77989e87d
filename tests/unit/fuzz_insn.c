/* The instruction decoder on anything: no byte beyond the buffer is read, and
 * the answer depends on nothing else. usage: fuzz_insn COUNT [SEED]; or with
 * clang -fsanitize=fuzzer -Dmain=unused_main. */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include "insn.h"

#include <time.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy of exactly this size, so that ASan sees every step beyond it. */
static bool decode(struct insn *insn, const uint8_t *bytes, size_t count,
	unsigned int bits)
{
	uint8_t *copy = malloc(count);
	bool done;

	CHECK(copy || !count);
	if (count)
		memcpy(copy, bytes, count);
	memset(insn, 0xa5, sizeof(*insn));
	done = insn_decode(insn, copy, count, bits);
	free(copy);
	return done;
}

static void check_size(unsigned int size)
{
	CHECK(size == 1 || size == 2 || size == 4 || size == 8);
}

static void check_move(const struct insn *insn)
{
	CHECK(insn->has_memory && insn->data < 16);
	CHECK(!insn->high || (insn->width == 1 && insn->data < 4));
	CHECK(!insn->has_immediate || insn->kind == INSN_STORE);
	CHECK(!insn->sign || insn->kind == INSN_LOAD);
	check_size(insn->size);
	check_size(insn->width);
	CHECK(insn->size <= insn->width);
	CHECK(insn->bits == 64 || insn->size <= 4);
}

static void check_fields(const struct insn *insn)
{
	CHECK(insn->length >= 1 && insn->length <= INSN_MAX);
	CHECK(!insn->truncated && insn->kind <= INSN_EXCHANGE);
	CHECK(insn->base < 16 || insn->base == INSN_NONE);
	CHECK(insn->index < 16 || insn->index == INSN_NONE);
	CHECK(insn->segment <= INSN_GS && insn->map <= INSN_OTHER_MAP);
	check_size(insn->scale);
	check_size(insn->operand_size);
	check_size(insn->address_size);
	if (insn->kind != INSN_OTHER)
		check_move(insn);
}

/* In an array of exactly 16 registers. */
static void check_address(const struct insn *insn)
{
	uint64_t *gpr = calloc(16, sizeof(*gpr));
	uint64_t address;

	CHECK(gpr);
	memset(gpr, 0xee, 16 * sizeof(*gpr));
	address = insn_address(insn, gpr, UINT64_MAX, UINT64_MAX);
	CHECK(insn->bits == 64 || address <= UINT32_MAX);
	free(gpr);
}

static bool same(const struct insn *one, const struct insn *two)
{
	return one->length == two->length && one->kind == two->kind &&
		one->map == two->map && one->opcode == two->opcode &&
		one->modrm == two->modrm && one->base == two->base &&
		one->index == two->index && one->scale == two->scale &&
		one->segment == two->segment && one->data == two->data &&
		one->displacement == two->displacement &&
		one->immediate == two->immediate;
}

/* An instruction needs all of its bytes and no more. */
static void check_lengths(const struct insn *insn, const uint8_t *bytes)
{
	struct insn other;
	unsigned int count;

	CHECK(decode(&other, bytes, insn->length, insn->bits));
	CHECK(same(insn, &other));
	for (count = 0; count < insn->length; count++)
		CHECK(!decode(&other, bytes, count, insn->bits) &&
			other.truncated);
}

/* What is undefined stays so with more bytes. */
static void check_refusal(const uint8_t *bytes, size_t size, unsigned int bits)
{
	uint8_t longer[INSN_MAX + 1] = { 0 };
	struct insn insn;

	if (size > INSN_MAX)
		size = INSN_MAX;
	memcpy(longer, bytes, size);
	CHECK(!decode(&insn, longer, sizeof(longer), bits));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct insn insn;
	unsigned int bits;

	if (!size)
		return 0;
	bits = 16u << *data % 3;
	if (decode(&insn, data + 1, size - 1, bits)) {
		CHECK(insn.bits == bits && insn.length <= size - 1);
		check_fields(&insn);
		check_address(&insn);
		check_lengths(&insn, data + 1);
	} else if (insn.truncated) {
		CHECK(size - 1 < INSN_MAX);
	} else {
		check_refusal(data + 1, size - 1, bits);
	}
	return 0;
}

static unsigned long long state;

/* xorshift64: repeatable from its seed. */
static unsigned int draw(unsigned int below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 11) % below;
}

/* Random bytes, half of them from those that begin or lengthen something. */
static size_t draw_input(uint8_t *data, size_t room)
{
	static const uint8_t bytes[] = {
		0x66, 0x67, 0x2e, 0x65, 0xf0, 0xf2, 0xf3, 0x40, 0x4f, 0x0f,
		0x38, 0x3a, 0xc4, 0xc5, 0x62, 0x8f, 0xe1, 0xe9, 0xf1, 0x89,
		0x8b, 0xc7, 0x87, 0xa1, 0xb6, 0x04, 0x05, 0x44, 0x84, 0x25,
	};
	size_t size = draw(room + 1), i;

	for (i = 0; i < size; i++)
		data[i] = draw(2) ? draw(256) : bytes[draw(sizeof(bytes))];
	return size;
}

int main(int count, char **arguments)
{
	long rounds = count > 1 ? atol(arguments[1]) : 1000, i;
	unsigned long seed = count > 2 ? strtoul(arguments[2], NULL, 0) :
		(unsigned long)time(NULL);
	uint8_t data[20];

	printf("fuzz_insn: %ld rounds of 100, seed %lu\n", rounds, seed);
	fflush(stdout);
	state = seed * 2 + 1;
	for (i = 0; i < rounds * 100; i++)
		LLVMFuzzerTestOneInput(data, draw_input(data, sizeof(data)));
	return 0;
}
