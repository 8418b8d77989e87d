/* One viewer of a VM's screen: its messages, and what it is sent. */
/* SPDX-License-Identifier: MIT */
#include "display/viewer.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <poll.h>
#include <rfb/rfb.h>
#include <rfb/rfbregion.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "display/viewer_message.h"

#define BUDGET		64	/* messages at a time */
#define HANDSHAKE	(10 * NS_PER_S)
#define PARTIAL		(5 * NS_PER_S)
#define BEHIND		(10 * NS_PER_S)
#define HEAD		8u	/* bytes that tell any message's size */
#define ENCODINGS	1024u
#define UNKNOWN		UINT32_MAX

int viewer_init(struct viewer *viewer, rfbScreenInfoPtr server, int fd,
	struct typing *typing, pthread_mutex_t *lock)
{
	*viewer = (struct viewer){ .typing = typing, .lock = lock, .fd = -1,
		.since = events_now() };
	/* The library has sets of descriptors. */
	if (fd < FD_SETSIZE)
		viewer->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (viewer->fd < 0) {
		close(fd);
		return -EMFILE;
	}
	viewer->client = rfbNewClient(server, fd);
	if (!viewer->client) {
		close(viewer->fd);
		return -ENOTCONN;
	}
	viewer->client->clientData = viewer;
	return 0;
}

void viewer_exit(struct viewer *viewer)
{
	pthread_mutex_lock(viewer->lock);
	typing_release(viewer->typing, &viewer->held);
	if (viewer->buttons)
		input_move(viewer->typing->input, viewer->x, viewer->y, 0, 0);
	pthread_mutex_unlock(viewer->lock);
	viewer_forget_extensions(viewer->client);
	rfbClientConnectionGone(viewer->client);
	close(viewer->fd);
	viewer->client = NULL;
}

static bool is_closed(const struct viewer *viewer)
{
	return viewer->client->sock == RFB_INVALID_SOCKET;
}

/* Of a message, the type being its first byte. Others we do not have. */
static uint32_t message_size(const uint8_t *head)
{
	switch (head[0]) {
	case rfbSetPixelFormat: return sz_rfbSetPixelFormatMsg;
	case rfbSetEncodings:
		return viewer_number16(head + 2) > ENCODINGS ? UNKNOWN :
			sz_rfbSetEncodingsMsg + 4 * viewer_number16(head + 2);
	case rfbFramebufferUpdateRequest:
		return sz_rfbFramebufferUpdateRequestMsg;
	case rfbKeyEvent: return sz_rfbKeyEventMsg;
	case rfbPointerEvent: return sz_rfbPointerEventMsg;
	case rfbClientCutText: return sz_rfbClientCutTextMsg;
	case VIEWER_SET_DESKTOP_SIZE: return 8 + 16 * head[6];
	case VIEWER_QEMU:
		return head[1] == VIEWER_QEMU_KEY ? 12 : UNKNOWN;
	default: return UNKNOWN;
	}
}

/* What tells the size. */
static size_t head_size(uint8_t type)
{
	switch (type) {
	case rfbSetEncodings: return sz_rfbSetEncodingsMsg;
	case rfbPointerEvent: return sz_rfbPointerEventMsg;
	default: return HEAD;
	}
}

/* What must be there before the library may read, which waits. */
static uint32_t expected(const struct viewer *viewer, const uint8_t *head,
	size_t there)
{
	switch (viewer->client->state) {
	case RFB_PROTOCOL_VERSION: return sz_rfbProtocolVersionMsg;
	case RFB_SECURITY_TYPE: return 1;
	case RFB_INITIALISATION:
	case RFB_INITIALISATION_SHARED: return sz_rfbClientInitMsg;
	case RFB_NORMAL:
		return there < head_size(head[0]) ? HEAD : message_size(head);
	default: return UNKNOWN;
	}
}

/* The clipboard: nobody takes it. Its size may be negative in an extension. */
static bool begin_skip(struct viewer *viewer)
{
	uint8_t head[sz_rfbClientCutTextMsg];
	uint32_t size;

	if (recv(viewer->fd, head, sizeof(head), MSG_DONTWAIT) != sizeof(head))
		return false;
	size = viewer_number32(head + 4);
	viewer->skip = size > INT32_MAX ? -size : size;
	return true;
}

static bool skip(struct viewer *viewer)
{
	char nothing[4096];
	size_t size = viewer->skip < sizeof(nothing) ? viewer->skip :
		sizeof(nothing);
	ssize_t done = recv(viewer->fd, nothing, size, MSG_DONTWAIT);

	if (done > 0)
		viewer->skip -= done;
	if (!done)
		rfbCloseClient(viewer->client);
	return done > 0;
}

/* The rest will not come, or it has its time. */
static void wait_rest(struct viewer *viewer)
{
	struct pollfd polled = { viewer->fd, POLLRDHUP, 0 };

	if (!viewer->partial)
		viewer->partial = events_now();
	if (poll(&polled, 1, 0) > 0)
		rfbCloseClient(viewer->client);
}

/* One message, if it is there. false: nothing more at the moment. */
static bool receive_one(struct viewer *viewer)
{
	uint8_t head[HEAD] = { 0 };
	ssize_t there;
	uint32_t size;
	int all = 0;

	if (viewer->skip)
		return skip(viewer);
	there = recv(viewer->fd, head, sizeof(head), MSG_PEEK | MSG_DONTWAIT);
	if (there < 0 && (errno == EAGAIN || errno == EINTR)) {
		viewer->partial = 0;
		return false;
	}
	size = there > 0 ? expected(viewer, head, there) : UNKNOWN;
	if (size == UNKNOWN) {
		rfbCloseClient(viewer->client);
		return false;
	}
	if (ioctl(viewer->fd, FIONREAD, &all) || (uint32_t)all < size) {
		wait_rest(viewer);
		return false;
	}
	viewer->partial = 0;
	if (viewer->client->state == RFB_NORMAL && head[0] == rfbClientCutText)
		return begin_skip(viewer);
	rfbProcessClientMessage(viewer->client);
	return true;
}

void viewer_receive(struct viewer *viewer)
{
	int budget = BUDGET;

	while (budget-- && !is_closed(viewer) && receive_one(viewer))
		;
}

/* While it has not read the last update it gets no other: what is written now
 * has the socket's room for itself. */
void viewer_send(struct viewer *viewer, struct viewer_guard *guard)
{
	rfbClientPtr client = viewer->client;
	int queued = 0;

	if (is_closed(viewer) || client->state != RFB_NORMAL ||
	    sraRgnEmpty(client->requestedRegion) || !FB_UPDATE_PENDING(client))
		return;
	if (ioctl(viewer->fd, SIOCOUTQ, &queued) || queued) {
		if (!viewer->behind)
			viewer->behind = events_now();
		return;
	}
	viewer->behind = 0;
	viewer_guard_set(guard, viewer->fd);
	rfbUpdateClient(client);
	viewer_guard_set(guard, -1);
}

static bool late(uint64_t since, uint64_t most)
{
	return since && events_now() - since > most;
}

bool viewer_is_gone(const struct viewer *viewer)
{
	return is_closed(viewer) || late(viewer->partial, PARTIAL) ||
		late(viewer->behind, BEHIND) ||
		(viewer->client->state != RFB_NORMAL &&
		late(viewer->since, HANDSHAKE));
}
