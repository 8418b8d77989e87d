/* What is waited for: keys, the service's messages, time. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_LOOP_H
#define SCONFIG_LOOP_H

#include <stdbool.h>
#include <stdint.h>

/* A descriptor; its owner has the memory, and takes it out before that goes. */
struct loop_source {
	int fd;
	void (*ready)(struct loop_source *source);	/* it can be read */
	void *context;
	struct loop_source *next;	/* loop.c's */
};

struct loop_timer {
	void (*due)(struct loop_timer *timer);
	void *context;
	uint64_t at;			/* loop.c's, as the rest */
	bool set;
	struct loop_timer *next;
};

void loop_add(struct loop_source *source);
void loop_remove(struct loop_source *source);
/* Once, in so many milliseconds; a timer that is set is set anew. */
void loop_after(struct loop_timer *timer, unsigned int ms);
void loop_stop(struct loop_timer *timer);

/* Something that is shown has changed. */
void loop_news(void);
/*
 * The next key (terminal.h). Meanwhile whoever has a source or a timer gets his
 * turn; PRESSED_NONE when one of them said loop_news(). PRESSED_OVER from the
 * moment on that the program is to end.
 */
int loop_key(void);
/* Milliseconds of a clock that nobody sets. */
uint64_t loop_now(void);

#endif
