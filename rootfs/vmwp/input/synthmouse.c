/* The pointer of guests that know VMBus: a HID device, absolute. */
/* SPDX-License-Identifier: MIT */
#include "input/synthmouse.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#define VERSION		0x00020000u	/* 2.0; the only one that is spoken */

/* Linux drivers/hid/hid-hyperv.c. */
enum { REQUEST, RESPONSE, DEVICE_INFO, DEVICE_INFO_ACK, INPUT_REPORT };

struct head {
	uint32_t type, size;	/* of what is behind it */
};
static_assert(sizeof(struct head) == 8, "head");

struct response {
	struct head head;
	uint32_t version;
	uint8_t approved;
} __attribute__((packed));
static_assert(sizeof(struct response) == 13, "response");

/* HID 1.11, appendix E.10: a mouse; positions are those of the screen. Linux
 * looks at the byte behind the first button (14) for an old host's mistake. */
static const uint8_t description[] = {
	0x05, 0x01,		/* usage page: generic desktop */
	0x09, 0x02,		/* usage: mouse */
	0xa1, 0x01,		/* collection: application */
	0x09, 0x01,		/* usage: pointer */
	0xa1, 0x00,		/* collection: physical */
	0x05, 0x09,		/* usage page: buttons */
	0x19, 0x01, 0x29, 0x03,	/* 1 (left) to 3 (middle) */
	0x15, 0x00, 0x25, 0x01,	/* 0 to 1 */
	0x75, 0x01, 0x95, 0x03,	/* of 1 bit, 3 */
	0x81, 0x02,		/* input: data, variable, absolute */
	0x75, 0x05, 0x95, 0x01,	/* of 5 bits, 1 */
	0x81, 0x03,		/* input: constant */
	0x05, 0x01,		/* usage page: generic desktop */
	0x09, 0x30, 0x09, 0x31,	/* usages: x, y */
	0x16, 0x00, 0x00, 0x26, 0xff, 0x7f,	/* 0 to INPUT_POSITION_MAX */
	0x75, 0x10, 0x95, 0x02,	/* of 16 bits, 2 */
	0x81, 0x02,		/* input: data, variable, absolute */
	0x09, 0x38,		/* usage: wheel */
	0x15, 0x81, 0x25, 0x7f,	/* -127 to 127 */
	0x75, 0x08, 0x95, 0x01,	/* of 8 bits, 1 */
	0x81, 0x06,		/* input: data, variable, relative */
	0xc0, 0xc0,		/* end of both collections */
};
static_assert(INPUT_POSITION_MAX == 0x7fff, "positions");
static_assert(INPUT_LEFT == 1 && INPUT_RIGHT == 2 && INPUT_MIDDLE == 4,
	"buttons are the report's");

struct device_info {
	struct head head;
	uint32_t size;		/* of this and what is up to the HID's */
	uint16_t vendor, product, version;
	uint16_t reserved[11];
	/* HID 1.11, 6.2.1. */
	uint8_t hid_size, hid_type;
	uint16_t hid_version;
	uint8_t country, descriptors, report_type;
	uint16_t report_size;
	uint8_t report[sizeof(description)];
} __attribute__((packed));
static_assert(offsetof(struct device_info, hid_size) == 8 + 32, "attributes");
static_assert(offsetof(struct device_info, report) == 8 + 32 + 9, "HID");

struct report {
	struct head head;
	uint8_t buttons;
	uint16_t x, y;
	int8_t wheel;
} __attribute__((packed));
static_assert(sizeof(struct report) == 14 &&
	sizeof(struct report) <= PIPE_LETTER, "report");

static bool same_but_place(
	const struct pipe_letter *letter, const struct report *report)
{
	struct report other;

	if (letter->size != sizeof(other))
		return false;
	memcpy(&other, letter->bytes, sizeof(other));
	return other.buttons == report->buttons && !other.wheel &&
		!report->wheel;
}

/* Of places that wait only the last matters. */
static void pointer(void *context, unsigned int x, unsigned int y,
	unsigned int buttons, int wheel)
{
	struct synthmouse *mouse = context;
	const struct report report = {
		.head = { INPUT_REPORT, sizeof(report) - sizeof(struct head) },
		.buttons = buttons, .x = x, .y = y, .wheel = wheel,
	};
	struct pipe_letter *last = pipe_last(&mouse->pipe);

	if (last && same_but_place(last, &report))
		memcpy(last->bytes, &report, sizeof(report));
	else
		pipe_post(&mouse->pipe, &report, sizeof(report));
}

static void set_state(struct synthmouse *mouse, enum synthmouse_state state)
{
	mouse->state = state;
	input_use_pointer(
		mouse->input, INPUT_SYNTHETIC, state == SYNTHMOUSE_READY);
}

static void describe(struct synthmouse *mouse)
{
	struct device_info info = {
		.head = { DEVICE_INFO, sizeof(info) - sizeof(struct head) },
		.size = offsetof(struct device_info, hid_size) -
			sizeof(struct head),
		.vendor = 0x045e,
		.product = 0x0621,
		.version = 0x0203,
		.hid_size = offsetof(struct device_info, report) -
			offsetof(struct device_info, hid_size),
		.hid_type = 0x21,
		.hid_version = 0x0101,
		.descriptors = 1,
		.report_type = 0x22,
		.report_size = sizeof(description),
	};

	memcpy(info.report, description, sizeof(description));
	if (!pipe_send(&mouse->pipe, &info, sizeof(info)))
		set_state(mouse, SYNTHMOUSE_DESCRIBED);
}

static void negotiate(struct synthmouse *mouse, uint32_t version)
{
	const struct response response = {
		.head = { RESPONSE, sizeof(response) - sizeof(struct head) },
		.version = version,
		.approved = version == VERSION,
	};

	set_state(mouse, SYNTHMOUSE_CLOSED);
	if (!pipe_send(&mouse->pipe, &response, sizeof(response)) &&
	    response.approved)
		describe(mouse);
}

static void take(struct pipe *pipe, const uint8_t *bytes, size_t size)
{
	struct synthmouse *mouse = (struct synthmouse *)pipe;
	struct head head;
	uint32_t version;

	if (size < sizeof(head))
		return;
	memcpy(&head, bytes, sizeof(head));
	if (head.type == REQUEST && size >= sizeof(head) + sizeof(version)) {
		memcpy(&version, bytes + sizeof(head), sizeof(version));
		negotiate(mouse, version);
	} else if (head.type == DEVICE_INFO_ACK &&
		   mouse->state == SYNTHMOUSE_DESCRIBED) {
		set_state(mouse, SYNTHMOUSE_READY);
	}
}

static void closed(struct pipe *pipe)
{
	set_state((struct synthmouse *)pipe, SYNTHMOUSE_CLOSED);
}

static void save(const struct pipe *pipe, struct stream *to)
{
	const struct synthmouse *mouse = (const struct synthmouse *)pipe;

	stream_put(to, mouse->state, 1);
}

static int load(struct pipe *pipe, struct stream *from)
{
	uint32_t state = stream_get(from, 1);

	if (from->failed || state >= SYNTHMOUSE_STATES)
		return -EINVAL;
	set_state((struct synthmouse *)pipe, state);
	return 0;
}

static const struct pipe_ops ops = {
	.framed = true,
	.take = take,
	.closed = closed,
	.save = save,
	.load = load,
};

int synthmouse_init(
	struct synthmouse *mouse, struct vmbus *vmbus, struct input *input)
{
	static const struct pipe_identity identity = {
		.type = { 0xcfa8b69e, 0x5b4a, 0x4cc0,
			{ 0xb9, 0x8b, 0x8b, 0xa1, 0xa1, 0xf3, 0xf9, 0x5a } },
		.instance = { 0x58f75a6d, 0xd949, 0x4320,
			{ 0x99, 0xe1, 0xa2, 0xa2, 0x57, 0x6d, 0x58, 0x1c } },
	};
	const struct input_sink sink = { .pointer = pointer,
		.context = mouse };

	*mouse = (struct synthmouse){ .input = input };
	input_pointer(input, INPUT_SYNTHETIC, &sink);
	return pipe_init(&mouse->pipe, vmbus, &ops, &identity);
}
