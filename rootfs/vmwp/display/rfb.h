/* Viewers of a VM's screen: RFB (RFC 6143) by libvncserver. docs/display.md */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_DISPLAY_RFB_H
#define VMWP_DISPLAY_RFB_H

#include <pthread.h>

#include "display/screen.h"
#include "display/typing.h"
#include "display/viewer.h"
#include "events.h"

#define RFB_VIEWERS	4u

/*
 * One thread of its own serves all viewers. It holds the device lock for copies
 * and keys only. While nobody looks it sleeps, and there is no copy.
 */
struct rfb {
	/* Set at the beginning. */
	struct screen *screen;
	pthread_mutex_t *lock;	/* the device lock */
	const char *name;
	int listener, stop;	/* stop: an eventfd */
	bool runs;
	pthread_t thread;

	/* The thread's. */
	struct _rfbScreenInfo *server;	/* libvncserver's; NULL: nobody looks */
	uint32_t *pixel;	/* a copy of the picture; of the largest size */
	unsigned int width, height;
	unsigned int draws;	/* the screen's, at the last copy */
	uint64_t drawn;		/* when, ns */
	struct typing typing;	/* the device lock's, too */
	struct viewer viewers[RFB_VIEWERS];
	struct viewer_guard guard;
};

/*
 * listener: a socket that listens, owned from success on; -1: nobody can look,
 * and nothing is done. name: what viewers call the screen; not copied. The loop
 * ends what a viewer does not read. 0 or -errno.
 */
int rfb_init(struct rfb *rfb, int listener, const char *name,
	struct screen *screen, struct input *input, pthread_mutex_t *lock,
	struct events *events);
/* Viewers are cut off. The device lock is not held. */
void rfb_exit(struct rfb *rfb);

#endif
