/* Viewers of a VM's screen: RFB (RFC 6143) by libvncserver. docs/display.md */
/* SPDX-License-Identifier: MIT */
#include "display/rfb.h"

#include <errno.h>
#include <poll.h>
#include <rfb/rfb.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "filter.h"

#define PERIOD_MS	40	/* between two looks at the screen */
#define PERIOD		(PERIOD_MS * (NS_PER_S / 1000))
#define STACK		(256u << 10)
/* A picture is sent in parts of so many bytes before they are packed: while one
 * viewer gets a part the others wait. */
#define PART		(1280u << 10)
#define WAIT_MS		5000	/* the library's steps of waiting */

enum { POLL_STOP, POLL_LISTENER, POLL_VIEWERS };

static void silent(const char *format, ...)
{
	(void)format;
}

static uint32_t *row_at(uint32_t *pixel, unsigned int width,
	const struct rectangle *where, unsigned int row)
{
	return pixel + (size_t)(where->y + row) * width + where->x;
}

/* true: its size is another. *changed: width 0: nothing. Device lock held. */
static bool copy_picture(struct rfb *rfb, struct rectangle *changed)
{
	const struct picture *picture = screen_draw(rfb->screen);
	bool resized, missed = rfb->screen->draws != rfb->draws + 1;
	unsigned int row;

	rfb->draws = rfb->screen->draws;
	*changed = (struct rectangle){ .width = 0 };
	if (!picture || !picture->width || !picture->height)
		return false;
	resized = picture->width != rfb->width ||
		picture->height != rfb->height;
	*changed = resized || missed ? (struct rectangle){ 0, 0,
		picture->width, picture->height } : picture->changed;
	for (row = 0; changed->width && row < changed->height; row++)
		memcpy(row_at(rfb->pixel, picture->width, changed, row),
			row_at(picture->pixel, picture->width, changed, row),
			changed->width * sizeof(*rfb->pixel));
	rfb->width = picture->width;
	rfb->height = picture->height;
	return resized;
}

static bool look(struct rfb *rfb, struct rectangle *changed)
{
	bool resized;

	pthread_mutex_lock(rfb->lock);
	resized = copy_picture(rfb, changed);
	pthread_mutex_unlock(rfb->lock);
	rfb->drawn = events_now();
	return resized;
}

/* As the picture has them; the library's own is another. */
static void set_format(struct rfb *rfb)
{
	rfbPixelFormat *format = &rfb->server->serverFormat;

	format->depth = 24;
	format->redShift = 16;
	format->greenShift = 8;
	format->blueShift = 0;
	rfb->server->progressiveSliceHeight =
		PART / (rfb->width * sizeof(*rfb->pixel));
}

static void resize(struct rfb *rfb)
{
	unsigned int i;

	rfbNewFramebuffer(rfb->server, (char *)rfb->pixel, rfb->width,
		rfb->height, 8, 3, sizeof(*rfb->pixel));
	set_format(rfb);
	for (i = 0; i < RFB_VIEWERS; i++)
		if (rfb->viewers[i].client && rfb->viewers[i].client->sock !=
		    RFB_INVALID_SOCKET)
			rfbSetTranslateFunction(rfb->viewers[i].client);
}

static void refresh(struct rfb *rfb)
{
	struct rectangle changed;

	if (look(rfb, &changed))
		resize(rfb);
	else if (changed.width)
		rfbMarkRectAsModified(rfb->server, changed.x, changed.y,
			changed.x + changed.width,
			changed.y + changed.height);
}

static void close_server(struct rfb *rfb)
{
	if (rfb->server)
		rfbScreenCleanup(rfb->server);
	free(rfb->pixel);
	rfb->server = NULL;
	rfb->pixel = NULL;
	rfb->width = rfb->height = 0;
}

/* With the first viewer. */
static int open_server(struct rfb *rfb)
{
	struct rectangle changed;

	rfb->pixel = calloc(SCREEN_WIDTH_MAX * SCREEN_HEIGHT_MAX,
		sizeof(*rfb->pixel));
	if (!rfb->pixel || !look(rfb, &changed))
		return -ENOMEM;
	rfb->server = rfbGetScreen(NULL, NULL, rfb->width, rfb->height, 8, 3,
		sizeof(*rfb->pixel));
	if (!rfb->server)
		return -ENOMEM;
	rfb->server->frameBuffer = (char *)rfb->pixel;
	rfb->server->desktopName = rfb->name;
	rfb->server->alwaysShared = TRUE;
	rfb->server->deferUpdateTime = 0;
	rfb->server->maxClientWait = WAIT_MS;
	rfb->server->cursor = NULL;
	viewer_prepare(rfb->server);
	set_format(rfb);
	return 0;
}

static struct viewer *free_viewer(struct rfb *rfb)
{
	unsigned int i;

	for (i = 0; i < RFB_VIEWERS; i++)
		if (!rfb->viewers[i].client)
			return &rfb->viewers[i];
	return NULL;
}

static bool nobody(const struct rfb *rfb)
{
	unsigned int i;

	for (i = 0; i < RFB_VIEWERS; i++)
		if (rfb->viewers[i].client)
			return false;
	return true;
}

static void take_viewer(struct rfb *rfb)
{
	struct viewer *viewer = free_viewer(rfb);
	int fd = accept4(rfb->listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	if (!viewer || (!rfb->server && open_server(rfb))) {
		close(fd);
		return;
	}
	viewer_init(viewer, rfb->server, fd, &rfb->typing, rfb->lock);
}

static void drop_gone(struct rfb *rfb, bool all)
{
	unsigned int i;

	for (i = 0; i < RFB_VIEWERS; i++)
		if (rfb->viewers[i].client &&
		    (all || viewer_is_gone(&rfb->viewers[i])))
			viewer_exit(&rfb->viewers[i]);
	if (nobody(rfb))
		close_server(rfb);
}

static void serve(struct rfb *rfb)
{
	struct viewer *viewer;

	if (rfb->server && events_now() - rfb->drawn >= PERIOD)
		refresh(rfb);
	for (viewer = rfb->viewers; viewer < rfb->viewers + RFB_VIEWERS;
	     viewer++) {
		if (!viewer->client)
			continue;
		viewer_receive(viewer);
		viewer_send(viewer, &rfb->guard);
	}
	drop_gone(rfb, false);
}

/* A message that is not whole is no reason to wake up. */
static struct pollfd poll_viewer(const struct viewer *viewer)
{
	return (struct pollfd){ viewer->client ? viewer->fd : -1,
		viewer->partial ? POLLRDHUP : POLLIN, 0 };
}

static void wait_for(struct rfb *rfb, struct pollfd *polled)
{
	unsigned int i;

	polled[POLL_STOP] = (struct pollfd){ rfb->stop, POLLIN, 0 };
	polled[POLL_LISTENER] = (struct pollfd){ rfb->listener, POLLIN, 0 };
	for (i = 0; i < RFB_VIEWERS; i++)
		polled[POLL_VIEWERS + i] = poll_viewer(&rfb->viewers[i]);
	poll(polled, POLL_VIEWERS + RFB_VIEWERS,
		rfb->server ? PERIOD_MS : -1);
}

static void *run(void *context)
{
	struct pollfd polled[POLL_VIEWERS + RFB_VIEWERS];
	struct rfb *rfb = context;

	filter_enter(FILTER_VIEWERS);
	for (;;) {
		wait_for(rfb, polled);
		if (polled[POLL_STOP].revents)
			break;
		/* Who has gone makes room for who comes. */
		serve(rfb);
		if (polled[POLL_LISTENER].revents)
			take_viewer(rfb);
	}
	drop_gone(rfb, true);
	return NULL;
}

/* Signals are other threads'. */
static int begin(struct rfb *rfb)
{
	pthread_attr_t attributes;
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&rfb->thread, &attributes, run, rfb);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	if (!error)
		pthread_setname_np(rfb->thread, "viewers");
	return -error;
}

int rfb_init(struct rfb *rfb, int listener, const char *name,
	struct screen *screen, struct input *input, pthread_mutex_t *lock,
	struct events *events)
{
	int error;

	*rfb = (struct rfb){ .screen = screen, .lock = lock, .name = name,
		.listener = listener, .typing.input = input };
	if (listener < 0)
		return 0;
	rfbLog = silent;
	rfbErr = silent;
	rfb->stop = eventfd(0, EFD_CLOEXEC);
	if (rfb->stop < 0)
		return -errno;
	error = viewer_guard_init(&rfb->guard, events);
	if (!error) {
		error = begin(rfb);
		if (error)
			viewer_guard_exit(&rfb->guard);
	}
	if (error)
		close(rfb->stop);
	rfb->runs = !error;
	return error;
}

void rfb_exit(struct rfb *rfb)
{
	if (!rfb->runs)
		return;
	eventfd_write(rfb->stop, 1);
	pthread_join(rfb->thread, NULL);
	viewer_guard_exit(&rfb->guard);
	close(rfb->stop);
	close(rfb->listener);
	rfb->runs = false;
}
