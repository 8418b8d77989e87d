/* A VM's keyboard and pointer: one of each, whichever device the guest uses. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_INPUT_INPUT_H
#define VMWP_INPUT_INPUT_H

#include <stdbool.h>
#include <stdint.h>

/* A key is its make code of scan code set 1 (IBM PC/AT); with INPUT_E0 those
 * that have that byte before it. Pause and Print Screen are keys, too. */
#define INPUT_E0	0x100u
#define INPUT_PAUSE	0x200u
#define INPUT_PRINT	(INPUT_E0 | 0x37u)

#define INPUT_POSITION_MAX	32767u
#define INPUT_LEFT	0x1u
#define INPUT_RIGHT	0x2u
#define INPUT_MIDDLE	0x4u

/* Who takes it. Device lock held. NULL: not taken by it. */
struct input_sink {
	void (*key)(void *context, unsigned int key, bool down);
	/* How often keys can go down or up now; NULL: enough. */
	unsigned int (*room)(void *context);
	/* x, y: 0 to INPUT_POSITION_MAX over the whole screen; wheel: steps up,
	 * negative down. */
	void (*pointer)(void *context, unsigned int x, unsigned int y,
		unsigned int buttons, int wheel);
	void *context;
};

/* The synthetic devices are used while the guest's driver has them open. */
enum input_sink_kind { INPUT_PS2, INPUT_SYNTHETIC, INPUT_SINKS };

struct input {
	struct input_sink keyboard[INPUT_SINKS], pointer[INPUT_SINKS];
	bool keyboard_active[INPUT_SINKS], pointer_active[INPUT_SINKS];
};

void input_keyboard(struct input *input, enum input_sink_kind kind,
	const struct input_sink *sink);
void input_pointer(struct input *input, enum input_sink_kind kind,
	const struct input_sink *sink);
void input_use_keyboard(
	struct input *input, enum input_sink_kind kind, bool use);
void input_use_pointer(
	struct input *input, enum input_sink_kind kind, bool use);

/* To the highest active one. An unknown key is dropped. */
void input_key(struct input *input, unsigned int key, bool down);
/* How many of these will not be lost. */
unsigned int input_key_room(const struct input *input);
void input_move(struct input *input, unsigned int x, unsigned int y,
	unsigned int buttons, int wheel);

#endif
