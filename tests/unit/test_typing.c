/* What viewers type: symbols become keys of a US keyboard. */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include "display/keysym.h"
#include "display/typing.h"

#define SHIFT_L	0xffe1u
#define SHIFT_R	0xffe2u
#define CAPS	0xffe5u

/* What the keyboard got: "1e+ 1e- ..." */
static char got[4096];

static void key(void *context, unsigned int code, bool down)
{
	size_t end = strlen(got);

	(void)context;
	snprintf(got + end, sizeof(got) - end, "%x%c ", code,
		down ? '+' : '-');
}

static struct input input;
static struct typing typing;
static struct typing_held held, others;

static void begin(void)
{
	static const struct input_sink sink = { .key = key };

	memset(&input, 0, sizeof(input));
	memset(&held, 0, sizeof(held));
	memset(&others, 0, sizeof(others));
	typing = (struct typing){ .input = &input };
	input_keyboard(&input, INPUT_PS2, &sink);
	input_use_keyboard(&input, INPUT_PS2, true);
	got[0] = 0;
}

static void press(uint32_t symbol)
{
	typing_symbol(&typing, &held, symbol, true);
	typing_symbol(&typing, &held, symbol, false);
}

static void down(uint32_t symbol)
{
	typing_symbol(&typing, &held, symbol, true);
}

static void up(uint32_t symbol)
{
	typing_symbol(&typing, &held, symbol, false);
}

static void expect(const char *keys)
{
	CHECK_STRING(keys, got);
	got[0] = 0;
}

static void test_characters(void)
{
	begin();
	press('a');
	expect("1e+ 1e- ");
	press('A');
	expect("2a+ 1e+ 2a- 1e- ");
	down(SHIFT_L);
	press('A');
	up(SHIFT_L);
	expect("2a+ 1e+ 1e- 2a- ");
	/* A keyboard where this character needs no shift, and one where it
	 * does. */
	press('"');
	expect("2a+ 28+ 2a- 28- ");
	down(SHIFT_R);
	press('/');
	press(' ');
	up(SHIFT_R);
	expect("36+ 36- 35+ 36+ 35- 39+ 39- 36- ");
}

static void test_caps(void)
{
	begin();
	press(CAPS);
	press('A');
	press('1');
	press('a');
	expect("3a+ 3a- 1e+ 1e- 2+ 2- 2a+ 1e+ 2a- 1e- ");
	press(CAPS);
	press('a');
	expect("3a+ 3a- 1e+ 1e- ");
}

static void test_others(void)
{
	begin();
	press(0xff0d);
	press(0xff52);
	press(0xff13);
	press(0xff61);
	press(0xffc9);
	expect("1c+ 1c- 148+ 148- 200+ 200- 137+ 137- 58+ 58- ");
	press(0);
	press(0x1f);
	press(0x7f);
	press(0xff00);
	press(UINT32_MAX);
	typing_key(&typing, &held, TYPING_KEYS, true);
	typing_key(&typing, &held, UINT32_MAX, true);
	expect("");
}

/* Nothing comes up that was not down; a viewer that goes lets all go. */
static void test_release(void)
{
	begin();
	up('a');
	expect("");
	down(SHIFT_L);
	down(0xffe3);
	down('X');
	down('X');
	typing_symbol(&typing, &others, SHIFT_L, true);
	expect("2a+ 1d+ 2d+ 2d+ 2a+ ");
	typing_release(&typing, &held);
	expect("1d- 2a- 2d- ");
	CHECK(typing.left == 1 && !typing.right);
	typing_release(&typing, &others);
	CHECK(!typing.left);
}

/* Each printable character has its own pair of key and shift. */
static void test_all(void)
{
	bool seen[2][0x80] = { { false } };
	struct keysym what;
	uint32_t symbol;

	for (symbol = 0x20; symbol < 0x7f; symbol++) {
		CHECK(keysym_find(symbol, &what) && what.key < 0x80);
		CHECK(!seen[what.shift == KEYSYM_SHIFTED][what.key]);
		seen[what.shift == KEYSYM_SHIFTED][what.key] = true;
	}
	for (symbol = 0; symbol < 0x20000; symbol++)
		CHECK(!keysym_find(symbol, &what) ||
			(what.key && what.key < TYPING_KEYS));
}

int main(void)
{
	test_characters();
	test_caps();
	test_others();
	test_release();
	test_all();
	return 0;
}
