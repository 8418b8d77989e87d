/* The screen of guests that know VMBus. */
/* SPDX-License-Identifier: MIT */
#include "display/synthvid.h"

#include <errno.h>
#include <string.h>

#include "display/synthvid_facts.h"
#include "display/synthvid_protocol.h"
#include "say.h"

#define MEGABYTES	(VRAM_SIZE >> 20)

static unsigned int minor(uint32_t version)
{
	return version >> 16;
}

static bool version_good(uint32_t version)
{
	return (version & 0xffff) == SYNTHVID_MAJOR &&
		minor(version) <= SYNTHVID_MINOR_MAX;
}

static void answer(struct synthvid *video, uint32_t type, const void *bytes,
	size_t size)
{
	struct synthvid_head head = { type, sizeof(head) + size };
	uint8_t buffer[PIPE_MESSAGE];

	assert(sizeof(head) + size <= sizeof(buffer));
	memcpy(buffer, &head, sizeof(head));
	memcpy(buffer + sizeof(head), bytes, size);
	pipe_send(&video->pipe, buffer, sizeof(head) + size);
}

static void update_use(struct synthvid *video)
{
	screen_use(video->screen, SCREEN_SYNTHETIC,
		video->version && video->active && video->vram.at);
}

/* As at first. */
static void forget(struct synthvid *video)
{
	video->version = 0;
	video->active = false;
	update_use(video);
	vram_exit(&video->vram);
}

static void on_version(struct synthvid *video, const uint8_t *bytes)
{
	struct synthvid_version_response response = { .outputs = 1 };
	uint32_t version;

	memcpy(&version, bytes, sizeof(version));
	forget(video);
	response.version = version;
	if (version_good(version)) {
		video->version = version;
		response.accepted = SYNTHVID_ACCEPTED;
	}
	answer(video, SYNTHVID_VERSION_RESPONSE, &response, sizeof(response));
}

static void tell(struct synthvid *video, uint32_t type, unsigned int most)
{
	uint8_t buffer[SYNTHVID_FACTS];

	answer(video, type, buffer, synthvid_fact(
		type, minor(video->version), most, buffer));
}

/* Linux takes another context in the answer for a refusal. */
static void on_location(struct synthvid *video, const uint8_t *bytes)
{
	struct synthvid_vram_location location;
	uint64_t context;
	int error = 0;

	memcpy(&location, bytes, sizeof(location));
	if (location.is_specified)
		error = vram_move(&video->vram, location.gpa);
	else
		vram_exit(&video->vram);
	if (error)
		say_limited("synthetic video: its memory cannot lie at %#llx",
			(unsigned long long)location.gpa);
	update_use(video);
	video->screen->whole = true;
	context = error ? ~location.context : location.context;
	answer(video, SYNTHVID_VRAM_LOCATION_ACK, &context, sizeof(context));
	if (!error && location.is_specified)
		tell(video, SYNTHVID_FEATURE_CHANGE, 0);
}

static void set_mode(struct synthvid *video,
	const struct synthvid_situation *situation)
{
	const struct vram_mode mode = {
		.offset = situation->offset, .pitch = situation->pitch,
		.width = situation->width, .height = situation->height,
		.depth = situation->depth,
	};

	if (!situation->outputs || !situation->active) {
		video->active = false;
	} else if (vram_mode_good(&mode)) {
		video->active = true;
		video->mode = mode;
		video->dirty = (struct rectangle){
			0, 0, mode.width, mode.height };
	} else {
		say_limited("synthetic video: no picture of %u x %u, %u bits",
			mode.width, mode.height, mode.depth);
	}
}

/* One that cannot be changes nothing. */
static void on_situation(struct synthvid *video, const uint8_t *bytes)
{
	struct synthvid_situation situation;
	uint64_t context;

	memcpy(&situation, bytes, sizeof(situation));
	set_mode(video, &situation);
	update_use(video);
	context = situation.context;
	answer(video, SYNTHVID_SITUATION_UPDATE_ACK, &context,
		sizeof(context));
}

static int64_t within(int64_t value, uint32_t most)
{
	if (value < 0)
		return 0;
	return value < most ? value : most;
}

static void add_dirty(struct synthvid *video,
	const struct synthvid_rectangle *rectangle)
{
	struct rectangle *all = &video->dirty;
	int64_t left = within(rectangle->left, video->mode.width);
	int64_t right = within(rectangle->right, video->mode.width);
	int64_t top = within(rectangle->top, video->mode.height);
	int64_t bottom = within(rectangle->bottom, video->mode.height);

	if (left >= right || top >= bottom)
		return;
	if (all->width) {
		if (left > all->x)
			left = all->x;
		if (top > all->y)
			top = all->y;
		if (right < all->x + all->width)
			right = all->x + all->width;
		if (bottom < all->y + all->height)
			bottom = all->y + all->height;
	}
	*all = (struct rectangle){ left, top, right - left, bottom - top };
}

static void on_dirt(struct synthvid *video, const uint8_t *bytes, size_t size)
{
	struct synthvid_rectangle rectangle;
	struct synthvid_dirt dirt;
	unsigned int i;

	memcpy(&dirt, bytes, sizeof(dirt));
	bytes += sizeof(dirt);
	if (!video->active || dirt.output ||
	    (size - sizeof(dirt)) / sizeof(rectangle) < dirt.count)
		return;
	for (i = 0; i < dirt.count; i++, bytes += sizeof(rectangle)) {
		memcpy(&rectangle, bytes, sizeof(rectangle));
		add_dirty(video, &rectangle);
	}
}

/* Bytes that a message must have at least; UINT32_MAX: nobody takes it. The
 * pointer is not drawn: a viewer has one. */
static uint32_t least(uint32_t type)
{
	switch (type) {
	case SYNTHVID_VERSION_REQUEST: return sizeof(uint32_t);
	case SYNTHVID_VRAM_LOCATION:
		return sizeof(struct synthvid_vram_location);
	case SYNTHVID_SITUATION_UPDATE:
		return sizeof(struct synthvid_situation);
	case SYNTHVID_DIRT: return sizeof(struct synthvid_dirt);
	case SYNTHVID_RESOLUTION_REQUEST: return 1;
	case SYNTHVID_BIOS_INFO_REQUEST:
	case SYNTHVID_CAPABILITY_REQUEST: return 0;
	default: return UINT32_MAX;
	}
}

static void obey(struct synthvid *video, uint32_t type, const uint8_t *bytes,
	size_t size)
{
	switch (type) {
	case SYNTHVID_VRAM_LOCATION: on_location(video, bytes); break;
	case SYNTHVID_SITUATION_UPDATE: on_situation(video, bytes); break;
	case SYNTHVID_DIRT: on_dirt(video, bytes, size); break;
	case SYNTHVID_RESOLUTION_REQUEST:
		tell(video, SYNTHVID_RESOLUTION_RESPONSE, bytes[0]);
		break;
	case SYNTHVID_BIOS_INFO_REQUEST:
		tell(video, SYNTHVID_BIOS_INFO_RESPONSE, 0);
		break;
	case SYNTHVID_CAPABILITY_REQUEST:
		tell(video, SYNTHVID_CAPABILITY_RESPONSE, 0);
		break;
	}
}

static void take(struct pipe *pipe, const uint8_t *bytes, size_t size)
{
	struct synthvid *video = (struct synthvid *)pipe;
	struct synthvid_head head;

	if (size < sizeof(head))
		return;
	memcpy(&head, bytes, sizeof(head));
	bytes += sizeof(head);
	size -= sizeof(head);
	if (size < least(head.type))
		return;
	if (head.type == SYNTHVID_VERSION_REQUEST)
		on_version(video, bytes);
	else if (video->version)
		obey(video, head.type, bytes, size);
}

static void closed(struct pipe *pipe)
{
	forget((struct synthvid *)pipe);
}

static void draw(void *context, struct picture *picture, bool whole)
{
	struct synthvid *video = context;
	const struct vram_mode *mode = &video->mode;
	struct rectangle part = whole ? (struct rectangle){
		0, 0, mode->width, mode->height } : video->dirty;

	picture_resize(picture, mode->width, mode->height);
	video->dirty.width = 0;
	if (!part.width)
		return;
	vram_draw(&video->vram, mode, picture, &part);
	picture_changed(picture, part.x, part.y, part.width, part.height);
}

static void save(const struct pipe *pipe, struct stream *to)
{
	const struct synthvid *video = (const struct synthvid *)pipe;

	stream_put(to, video->version, 4);
	stream_put(to, video->vram.at, 8);
	stream_put(to, video->active, 1);
	stream_put(to, video->mode.offset, 4);
	stream_put(to, video->mode.pitch, 4);
	stream_put(to, video->mode.width, 4);
	stream_put(to, video->mode.height, 4);
	stream_put(to, video->mode.depth, 4);
	vram_save(&video->vram, to);
}

static int load_mode(struct synthvid *video, struct stream *from)
{
	uint32_t active = stream_get(from, 1);

	video->mode.offset = stream_get(from, 4);
	video->mode.pitch = stream_get(from, 4);
	video->mode.width = stream_get(from, 4);
	video->mode.height = stream_get(from, 4);
	video->mode.depth = stream_get(from, 4);
	if (from->failed || active > 1 ||
	    (active && !vram_mode_good(&video->mode)))
		return -EINVAL;
	video->active = active;
	return 0;
}

static int load(struct pipe *pipe, struct stream *from)
{
	struct synthvid *video = (struct synthvid *)pipe;
	uint32_t version = stream_get(from, 4);
	uint64_t at = stream_get(from, 8);

	forget(video);
	if ((version && !version_good(version)) ||
	    (!version && at) || load_mode(video, from) ||
	    (!version && video->active) ||
	    (at && vram_move(&video->vram, at)) ||
	    vram_load(&video->vram, from))
		return -EINVAL;
	video->version = version;
	update_use(video);
	video->screen->whole = true;
	return 0;
}

static const struct pipe_ops ops = {
	.framed = true,
	.take = take,
	.closed = closed,
	.save = save,
	.load = load,
};

int synthvid_init(struct synthvid *video, struct vmbus *vmbus,
	struct screen *screen, const struct window_host *host,
	struct bus *mmio)
{
	static const struct pipe_identity identity = {
		.type = { 0xda0a7802, 0xe377, 0x4aac,
			{ 0x8e, 0x77, 0x05, 0x58, 0xeb, 0x10, 0x73, 0xf8 } },
		.instance = { 0x5620e0c7, 0x8062, 0x4dce,
			{ 0xae, 0xb7, 0x52, 0x0c, 0x7e, 0xf7, 0x61, 0x71 } },
		.mmio_megabytes = MEGABYTES,
	};
	const struct screen_source source = { .draw = draw,
		.context = video };

	*video = (struct synthvid){ .screen = screen };
	vram_init(&video->vram, host, mmio);
	screen_source(screen, SCREEN_SYNTHETIC, &source);
	return pipe_init(&video->pipe, vmbus, &ops, &identity);
}

void synthvid_exit(struct synthvid *video)
{
	vram_exit(&video->vram);
}
