/* What viewers type: symbols and keys, to one keyboard. */
/* SPDX-License-Identifier: MIT */
#include "display/typing.h"

#include "display/keysym.h"

#define LEFT	0x2au
#define RIGHT	0x36u
#define CAPS	0x3au

static bool is_held(const struct typing_held *held, unsigned int key)
{
	return held->keys[key / 8] >> key % 8 & 1;
}

static void set_held(struct typing_held *held, unsigned int key, bool down)
{
	uint8_t bit = 1u << key % 8;

	if (down)
		held->keys[key / 8] |= bit;
	else
		held->keys[key / 8] &= ~bit;
}

/* A key that is down and comes again is one that repeats. */
void typing_key(struct typing *typing, struct typing_held *held,
	unsigned int key, bool down)
{
	bool was;

	if (key >= TYPING_KEYS)
		return;
	was = is_held(held, key);
	if (!down && !was)
		return;
	if (key == LEFT && was != down)
		typing->left += down ? 1 : -1;
	if (key == RIGHT && was != down)
		typing->right += down ? 1 : -1;
	if (key == CAPS && down && !was)
		typing->caps = !typing->caps;
	set_held(held, key, down);
	input_key(typing->input, key, down);
}

/* The viewer's own shift keys, and none: for one character. */
static void turn_shift(struct typing *typing, bool on)
{
	if (typing->left || !typing->right)
		input_key(typing->input, LEFT, on);
	if (typing->right)
		input_key(typing->input, RIGHT, on);
}

static bool needs_turn(const struct typing *typing, const struct keysym *what)
{
	bool needed = what->shift == KEYSYM_SHIFTED;

	if (what->shift == KEYSYM_ANY)
		return false;
	if (what->letter && typing->caps)
		needed = !needed;
	return needed != (typing->left || typing->right);
}

void typing_symbol(struct typing *typing, struct typing_held *held,
	uint32_t symbol, bool down)
{
	struct keysym what;
	bool turn, has;

	if (!keysym_find(symbol, &what))
		return;
	turn = down && needs_turn(typing, &what);
	has = typing->left || typing->right;
	if (turn)
		turn_shift(typing, !has);
	typing_key(typing, held, what.key, down);
	if (turn)
		turn_shift(typing, has);
}

void typing_release(struct typing *typing, struct typing_held *held)
{
	unsigned int key;

	for (key = 0; key < TYPING_KEYS; key++)
		if (is_held(held, key))
			typing_key(typing, held, key, false);
}
