/* Text and names of keys, as what a keyboard sends. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_STROKES_H
#define VMMS_STROKES_H

#include <stdbool.h>
#include <stdint.h>

#define STROKES_KEYS	10u	/* of a stroke: four, and shift, down and up */

/* One key, with what is held beside it. */
struct stroke {
	uint32_t count;
	uint16_t key[STROKES_KEYS];	/* as struct control_keys_request */
};

/*
 * The next stroke of a text: a character, or <NAME> with ctrl-, alt- and
 * shift- before the name. *text moves on. False: there is no key for what
 * stands there.
 */
bool strokes_next(const char **text, struct stroke *stroke);

#endif
