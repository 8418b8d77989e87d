/* Hostile guests, N7: another processor rewrites the input of calls. */
/* SPDX-License-Identifier: MIT */
#include "rows.h"

#define WORDS 512
static volatile uint64_t in[WORDS] __attribute__((aligned(4096)));
static volatile uint64_t out[WORDS] __attribute__((aligned(4096)));
static uint64_t longest;
static uint32_t processors;

/* Not with the other's random numbers: it is at any place in its own. */
static void scribble(void)
{
	static const uint64_t list[] = { 0, 1, 0, 1, 1, 0, 16, 255, 240, 241,
		2, 3, ~0ull, 1ull << 63, 0xffffffff, 0x100000000, 4096, 8 };
	uint32_t state = 12345;

	for (;;) {
		state = state * 1664525 + 1013904223;
		in[state >> 23] = list[(state >> 8) %
			(sizeof(list) / sizeof(list[0]))];
	}
}

static void begin(void)
{
	processors = hv_processors();
	CHECK(processors >= 2);
	hv_start(1, scribble);
}

static const struct kind {
	uint16_t code;
	uint16_t head;		/* bytes before list or variable part */
	bool reps, variable, answers;
} kinds[] = {
	{ HVCALL_FLUSH_SPACE, 24, false, false, false },
	{ HVCALL_FLUSH_LIST, 24, true, false, false },
	{ HVCALL_FLUSH_SPACE_EX, 32, false, true, false },
	{ HVCALL_FLUSH_LIST_EX, 32, true, true, false },
	{ HVCALL_SEND_IPI, 16, false, false, false },
	{ HVCALL_SEND_IPI_EX, 24, false, true, false },
	{ HVCALL_GET_VP_INDEX_FROM_APIC_ID, 16, true, false, true },
	{ HVCALL_POST_MESSAGE, 256, false, false, false },
	{ HVCALL_SIGNAL_EVENT, 8, false, false, false },
};

static const uint16_t statuses[] = { HV_STATUS_SUCCESS,
	HV_STATUS_INVALID_HYPERCALL_INPUT, HV_STATUS_INVALID_PARAMETER,
	HV_STATUS_ACCESS_DENIED, HV_STATUS_INVALID_CONNECTION_ID,
	HV_STATUS_INSUFFICIENT_BUFFERS };

static void check_status(uint16_t status)
{
	unsigned int i;

	for (i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (status == statuses[i])
			return;
	say("guest: status ");
	say_number(status);
	say("\n");
	CHECK(!"a status of the call's");
}

/* What a good caller writes; the other may be faster. */
static void prepare(const struct kind *kind, uint32_t quads)
{
	unsigned int i;

	for (i = 0; i < kind->head / 8u; i++)
		in[i] = 0;
	if (kind->answers)
		in[0] = HV_PARTITION_ID_SELF;
	if (kind->code == HVCALL_SEND_IPI || kind->code == HVCALL_SEND_IPI_EX)
		in[0] = 100;
	if (kind->code == HVCALL_POST_MESSAGE) {
		in[0] = 1;
		in[1] = 1 | (uint64_t)below(260) << 32;
	}
	/* A set with that many banks. */
	if (kind->variable)
		in[kind->head / 8 - 1] = (1ull << quads) - 1;
}

/* Each answer was checked before it was given; nothing is written behind. */
static void check_answers(uint32_t given)
{
	unsigned int i;

	for (i = 0; i < given; i++)
		CHECK(out[i] < processors);
	for (; i < WORDS; i++)
		CHECK(out[i] == 0x5555555555555555ull);
}

static void step(void)
{
	const struct kind *kind = &PICK(kinds);
	uint32_t quads = kind->variable ? below(20) : 0;
	uint32_t reps = kind->reps ? 1 + below(400) : 0, i;
	uint64_t result, before;

	for (i = 0; i < WORDS && kind->answers; i++)
		out[i] = 0x5555555555555555ull;
	prepare(kind, quads);
	before = hv_time();
	result = hv_call(kind->code | VARIABLE(quads) | REPS(reps),
		quad_of((const void *)in), quad_of((const void *)out));
	before = hv_time() - before;
	if (before > longest)
		longest = before;
	check_status(STATUS(result));
	CHECK(DONE(result) <= reps);
	if (STATUS(result) == HV_STATUS_SUCCESS) {
		CHECK(DONE(result) == reps);
		taken++;
	} else {
		refused++;
	}
	if (kind->answers)
		check_answers(DONE(result));
}

static void end(void)
{
	say("guest: the longest call, us: ");
	say_number(longest < 0xffffffff ? (uint32_t)longest / 10 : ~0u);
	say("\n");
}

const struct row row_race = { "n7", begin, step, end };
