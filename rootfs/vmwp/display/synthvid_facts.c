/* What the synthetic video device tells of itself. */
/* SPDX-License-Identifier: MIT */
#include "display/synthvid_facts.h"

#include <string.h>

#include "display/edid.h"
#include "display/screen.h"
#include "display/synthvid_protocol.h"

static_assert(SYNTHVID_EDID == EDID_SIZE, "EDID");
static_assert(sizeof(struct synthvid_resolutions) <= SYNTHVID_FACTS, "room");

static const struct synthvid_resolution resolutions[] = {
	{ 1024, 768 },		/* as EDID prefers it */
	{ 640, 480 }, { 800, 600 }, { 1152, 864 }, { 1280, 720 },
	{ 1280, 800 }, { 1280, 1024 }, { 1366, 768 }, { 1440, 900 },
	{ 1600, 900 }, { 1600, 1200 }, { 1680, 1050 }, { 1920, 1080 },
	{ SCREEN_WIDTH_MAX, SCREEN_HEIGHT_MAX },
};
#define COUNT	(sizeof(resolutions) / sizeof(resolutions[0]))
static_assert(COUNT <= SYNTHVID_RESOLUTIONS, "resolutions");

/* What we want to be told: not the pointer, as a viewer has its own. */
static size_t features(unsigned int minor, uint8_t *to)
{
	const struct synthvid_feature_change change = {
		.dirt = 1, .situation = 1 };

	memcpy(to, &change, sizeof(change));
	if (minor < SYNTHVID_MINOR_EDID)
		return sizeof(change);
	edid_get(to + sizeof(change));
	return sizeof(change) + SYNTHVID_EDID;
}

static size_t list(unsigned int most, uint8_t *to)
{
	struct synthvid_resolutions message = {
		.count = most < COUNT ? most : COUNT };

	edid_get(message.edid);
	memcpy(message.list, resolutions, sizeof(resolutions));
	memcpy(to, &message, sizeof(message));
	return offsetof(struct synthvid_resolutions, list) +
		message.count * sizeof(message.list[0]);
}

/* Generation 1, and nothing that it could do: zeros. */
static size_t zeros(size_t size, uint8_t *to)
{
	memset(to, 0, size);
	return size;
}

size_t synthvid_fact(uint32_t type, unsigned int minor, unsigned int most,
	uint8_t to[SYNTHVID_FACTS])
{
	switch (type) {
	case SYNTHVID_FEATURE_CHANGE: return features(minor, to);
	case SYNTHVID_RESOLUTION_RESPONSE: return list(most, to);
	case SYNTHVID_BIOS_INFO_RESPONSE:
		return zeros(sizeof(struct synthvid_bios_info), to);
	case SYNTHVID_CAPABILITY_RESPONSE:
		return zeros(sizeof(struct synthvid_capability), to);
	default: return 0;
	}
}
