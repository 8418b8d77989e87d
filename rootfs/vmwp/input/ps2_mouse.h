/* A mouse as the IBM PS/2 has it, with a wheel as Microsoft's IntelliMouse. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_INPUT_PS2_MOUSE_H
#define VMWP_INPUT_PS2_MOUSE_H

#include "input/ps2_queue.h"

struct ps2_mouse {
	struct ps2_queue queue;
	bool streaming;		/* events come by themselves */
	bool remote, wrap;
	bool twice;		/* scaling 2:1; kept, not done */
	uint8_t id;		/* 0, or 3: it has a wheel */
	uint8_t rate, resolution;
	uint8_t knocks[3];	/* the last rates: 200, 100, 80: id 3 */
	uint8_t command;	/* that waits for its argument; 0: none */
	int x, y;		/* where the pointer was told to be, in counts */
	int dx, dy, dz;		/* that have not been sent; y, z down */
	uint8_t buttons, sent;	/* as they are, and as they were sent */
	void (*ready)(void *context);
	void *context;
};

void ps2_mouse_init(struct ps2_mouse *mouse, void (*ready)(void *context),
	void *context);
void ps2_mouse_reset(struct ps2_mouse *mouse);

/* The pointer goes to a place; counts right and down from the left top, 0 to
 * 32767; buttons as input.h has them; wheel: steps up. */
void ps2_mouse_move(struct ps2_mouse *mouse, unsigned int x, unsigned int y,
	unsigned int buttons, int wheel);

/* The controller's side. ready() is not called from within. */
void ps2_mouse_write(struct ps2_mouse *mouse, uint8_t byte);
bool ps2_mouse_read(struct ps2_mouse *mouse, uint8_t *byte);

void ps2_mouse_save(const struct ps2_mouse *mouse, struct stream *to);
/* false: it cannot be so. */
bool ps2_mouse_load(struct ps2_mouse *mouse, struct stream *from);

#endif
