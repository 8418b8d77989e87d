/* The host's state, as lines of text. */
/* SPDX-License-Identifier: MIT */
#ifndef STATE_H
#define STATE_H

enum {
	STATE_LINES = 16,
	STATE_WIDTH = 160, /* bytes of a line, with the final NUL */
};

struct state {
	int count;
	char lines[STATE_LINES][STATE_WIDTH];
};

/*
 * Collects version, name, time, load, memory, adapters, fingerprint and the
 * source of the settings. What cannot be read is left out.
 */
void state_collect(struct state *state);

#endif
