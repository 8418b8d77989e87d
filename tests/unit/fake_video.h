/* A guest with synthetic video, for tests: its window of memory. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FAKE_VIDEO_H
#define TESTS_FAKE_VIDEO_H

#include "display/synthvid.h"
#include "display/synthvid_protocol.h"
#include "dsdt.h"
#include "fake_synth.h"

#define VIDEO	1u	/* relid */
#define PLACE	(DSDT_VMBUS_MMIO + 0x100000ull)
#define LAST	(DSDT_VMBUS_MMIO + DSDT_VMBUS_MMIO_SIZE - VRAM_SIZE)

/* What the guest sees at an address: one window at most. */
static struct seen {
	uint64_t gpa;
	uint8_t *host;
	unsigned int shows;
	int show_error, hide_error;
} seen;

static inline int fake_show(
	void *context, uint64_t gpa, void *host, uint64_t size)
{
	CHECK(context == &seen && !seen.host && size == VRAM_SIZE);
	CHECK(gpa >= DSDT_VMBUS_MMIO && gpa <= LAST && gpa % 4096 == 0 &&
		(uintptr_t)host % 4096 == 0);
	if (seen.show_error)
		return seen.show_error;
	seen.gpa = gpa;
	seen.host = host;
	seen.shows++;
	return 0;
}

static inline int fake_hide(
	void *context, uint64_t gpa, void *host, uint64_t size)
{
	CHECK(context == &seen && seen.host == host && seen.gpa == gpa &&
		size == VRAM_SIZE);
	if (seen.hide_error)
		return seen.hide_error;
	seen.host = NULL;
	return 0;
}

static const struct window_ops fake_window = { fake_show, fake_hide, NULL };

static struct screen screen;
static struct synthvid video;
static struct bus mmio;

/* window: false, and every access is an exit. */
static inline void fresh_video(bool window)
{
	const struct window_host host = {
		window ? &fake_window : NULL, &seen };

	if (vmbus.device.ops) {
		seen.hide_error = 0;
		synthvid_exit(&video);
		screen_exit(&screen);
		CHECK(!seen.host && !mmio.count);
		bus_free(&mmio);
	}
	memset(&seen, 0, sizeof(seen));
	fresh_bus();
	CHECK(!screen_init(&screen));
	CHECK(!synthvid_init(&video, &vmbus, &screen, &host, &mmio));
	connect_guest();
	open_channel(VIDEO);
}

struct video_message {
	struct synthvid_head head;
	uint8_t body[4090];
};

static inline void tell_video(uint32_t type, const void *bytes, uint32_t size)
{
	struct video_message message = { .head = { type, 8 + size } };

	memcpy(message.body, bytes, size);
	put_framed(VIDEO, &message, 8 + size);
}

/* The next one must be of that type; how many bytes it has. */
static inline uint32_t get_video(uint32_t type, void *to, uint32_t room)
{
	struct video_message message;
	int size = get_framed(VIDEO, &message, sizeof(message));

	CHECK(size >= 8 && message.head.type == type &&
		message.head.size == (uint32_t)size);
	CHECK((uint32_t)size - 8 <= room);
	memcpy(to, message.body, size - 8);
	return size - 8;
}

static inline void no_video(void)
{
	struct video_message message;

	CHECK(get_framed(VIDEO, &message, sizeof(message)) == -1);
}

static inline uint8_t ask_version(unsigned int major, unsigned int minor)
{
	const uint32_t version = minor << 16 | major;
	struct synthvid_version_response response;

	tell_video(SYNTHVID_VERSION_REQUEST, &version, sizeof(version));
	CHECK(get_video(SYNTHVID_VERSION_RESPONSE, &response,
		sizeof(response)) == sizeof(response));
	CHECK(response.version == version && response.outputs == 1);
	return response.accepted;
}

/* Whether it was accepted, as Linux looks at it. */
static inline bool ask_place(uint64_t gpa)
{
	const struct synthvid_vram_location location = { 4711, 1, gpa };
	uint64_t context;
	uint8_t features[200];

	tell_video(SYNTHVID_VRAM_LOCATION, &location, sizeof(location));
	CHECK(get_video(SYNTHVID_VRAM_LOCATION_ACK, &context, 8) == 8);
	if (context != 4711)
		return false;
	CHECK(get_video(SYNTHVID_FEATURE_CHANGE, features,
		sizeof(features)) >= 4);
	CHECK(features[0] && !features[1] && !features[2]);
	return true;
}

static inline void ask_mode(uint32_t width, uint32_t height, uint8_t depth,
	uint32_t pitch, uint32_t offset)
{
	const struct synthvid_situation situation = {
		.context = 12, .outputs = 1, .active = 1, .offset = offset,
		.depth = depth, .width = width, .height = height,
		.pitch = pitch,
	};
	uint64_t context;

	tell_video(SYNTHVID_SITUATION_UPDATE, &situation, sizeof(situation));
	CHECK(get_video(SYNTHVID_SITUATION_UPDATE_ACK, &context, 8) == 8);
	CHECK(context == 12);
}

static inline void tell_dirt(int32_t left, int32_t top, int32_t right,
	int32_t bottom)
{
	struct {
		struct synthvid_dirt dirt;
		struct synthvid_rectangle rectangle;
	} __attribute__((packed)) message = {
		{ 0, 1 }, { left, top, right, bottom } };

	tell_video(SYNTHVID_DIRT, &message, sizeof(message));
}

#endif
