/* What viewers do: keys, pointer, the format that they want. */
/* SPDX-License-Identifier: MIT */
#include <rfb/rfb.h>
#include <stdlib.h>

#include "display/viewer.h"
#include "display/viewer_message.h"

#define QEMU_ENCODING	(-258)

/* RFB's buttons (RFC 6143, 7.5.5). */
#define MASK_LEFT	0x01
#define MASK_MIDDLE	0x02
#define MASK_RIGHT	0x04
#define MASK_UP		0x08
#define MASK_DOWN	0x10

static void on_key(rfbBool down, rfbKeySym symbol, rfbClientPtr client)
{
	struct viewer *viewer = client->clientData;

	pthread_mutex_lock(viewer->lock);
	typing_symbol(viewer->typing, &viewer->held, symbol, down);
	pthread_mutex_unlock(viewer->lock);
}

static unsigned int scale(int at, int size)
{
	if (at <= 0 || size <= 1)
		return 0;
	if (at >= size)
		at = size - 1;
	return (uint64_t)at * INPUT_POSITION_MAX / (size - 1);
}

static unsigned int buttons_of(uint8_t mask)
{
	return (mask & MASK_LEFT ? INPUT_LEFT : 0) |
		(mask & MASK_MIDDLE ? INPUT_MIDDLE : 0) |
		(mask & MASK_RIGHT ? INPUT_RIGHT : 0);
}

/* A step of the wheel is a button that goes down. */
static void on_pointer(int mask, int x, int y, rfbClientPtr client)
{
	struct viewer *viewer = client->clientData;
	uint8_t pressed = mask & ~viewer->mask;

	viewer->mask = mask;
	viewer->x = scale(x, client->screen->width);
	viewer->y = scale(y, client->screen->height);
	viewer->buttons = buttons_of(mask);
	pthread_mutex_lock(viewer->lock);
	input_move(viewer->typing->input, viewer->x, viewer->y,
		viewer->buttons, !!(pressed & MASK_UP) -
		!!(pressed & MASK_DOWN));
	pthread_mutex_unlock(viewer->lock);
}

static bool format_good(const rfbPixelFormat *format)
{
	unsigned int bits = format->bitsPerPixel;

	if (bits != 8 && bits != 16 && bits != 32)
		return false;
	if (!format->trueColour)
		return bits == 8;
	return format->redShift < bits && format->greenShift < bits &&
		format->blueShift < bits && format->redMax < 1u << 12 &&
		format->greenMax < 1u << 12 && format->blueMax < 1u << 12;
}

/* The library shifts by what the viewer says. */
static rfbBool on_format(rfbClientPtr client)
{
	if (format_good(&client->format))
		return rfbSetTranslateFunction(client);
	rfbCloseClient(client);
	return FALSE;
}

/* Codes of scan code set 1; the highest bit stands for 0xe0. */
static unsigned int qemu_key(uint32_t code)
{
	if (code == 0xc6)
		return INPUT_PAUSE;
	if (code == 0x54)
		return INPUT_PRINT;
	return code & 0x80 ? INPUT_E0 | (code & 0x7f) : code;
}

/* Behind the type: subtype, down (2 bytes), symbol, code (4 each). */
static rfbBool on_qemu(
	rfbClientPtr client, void *data, const rfbClientToServerMsg *message)
{
	struct viewer *viewer = client->clientData;
	uint8_t bytes[11];
	uint32_t code;

	(void)data;
	if (message->type != VIEWER_QEMU)
		return FALSE;
	if (rfbReadExact(client, (char *)bytes, sizeof(bytes)) <= 0) {
		rfbCloseClient(client);
		return TRUE;
	}
	code = viewer_number32(bytes + 7);
	pthread_mutex_lock(viewer->lock);
	if (!code)
		typing_symbol(viewer->typing, &viewer->held,
			viewer_number32(bytes + 3), viewer_number16(bytes + 1));
	else if (code <= 0xff)
		typing_key(viewer->typing, &viewer->held, qemu_key(code),
			viewer_number16(bytes + 1));
	pthread_mutex_unlock(viewer->lock);
	return TRUE;
}

/* An empty rectangle says that we know the message. */
static rfbBool use_qemu(rfbClientPtr client, void **data, int encoding)
{
	static const uint8_t update[16] = { rfbFramebufferUpdate, 0, 0, 1,
		[12] = 0xff, 0xff, 0xfe, 0xfe };

	(void)data;
	if (encoding != QEMU_ENCODING)
		return FALSE;
	if (rfbWriteExact(client, (const char *)update, sizeof(update)) < 0)
		rfbCloseClient(client);
	return TRUE;
}

static int qemu_encodings[] = { QEMU_ENCODING, 0 };

static rfbProtocolExtension qemu = {
	.pseudoEncodings = qemu_encodings,
	.enablePseudoEncoding = use_qemu,
	.handleMessage = on_qemu,
};

void viewer_prepare(rfbScreenInfoPtr server)
{
	server->kbdAddEvent = on_key;
	server->ptrAddEvent = on_pointer;
	server->setTranslateFunction = on_format;
	rfbRegisterProtocolExtension(&qemu);
}

/* The library forgets them. */
void viewer_forget_extensions(rfbClientPtr client)
{
	rfbExtensionData *extension = client->extensions, *next;

	for (; extension; extension = next) {
		next = extension->next;
		free(extension);
	}
	client->extensions = NULL;
}
