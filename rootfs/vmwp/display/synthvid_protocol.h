/* Synthetic video's messages, as they are on the wire. No code. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_DISPLAY_SYNTHVID_PROTOCOL_H
#define VMWP_DISPLAY_SYNTHVID_PROTOCOL_H

#include <assert.h>
#include <stdint.h>

/* Facts from the guest's side (Linux drivers/gpu/drm/hyperv) and from another
 * host (OpenVMM, uidevices). */

#define SYNTHVID_MAJOR		3u	/* in the lower half; minors above */
#define SYNTHVID_MINOR_MAX	5u
#define SYNTHVID_MINOR_EDID	4u	/* FEATURE_CHANGE has one */
#define SYNTHVID_ACCEPTED	2u

enum synthvid_type {
	SYNTHVID_VERSION_REQUEST = 1,
	SYNTHVID_VERSION_RESPONSE = 2,
	SYNTHVID_VRAM_LOCATION = 3,
	SYNTHVID_VRAM_LOCATION_ACK = 4,
	SYNTHVID_SITUATION_UPDATE = 5,
	SYNTHVID_SITUATION_UPDATE_ACK = 6,
	SYNTHVID_POINTER_POSITION = 7,
	SYNTHVID_POINTER_SHAPE = 8,
	SYNTHVID_FEATURE_CHANGE = 9,
	SYNTHVID_DIRT = 10,
	SYNTHVID_BIOS_INFO_REQUEST = 11,
	SYNTHVID_BIOS_INFO_RESPONSE = 12,
	SYNTHVID_RESOLUTION_REQUEST = 13,
	SYNTHVID_RESOLUTION_RESPONSE = 14,
	SYNTHVID_CAPABILITY_REQUEST = 15,
	SYNTHVID_CAPABILITY_RESPONSE = 16,
};

struct synthvid_head {
	uint32_t type;
	uint32_t size;		/* with this; guests differ in it */
};
static_assert(sizeof(struct synthvid_head) == 8, "head");

struct synthvid_version_response {
	uint32_t version;
	uint8_t accepted, outputs;
} __attribute__((packed));
static_assert(sizeof(struct synthvid_version_response) == 6, "version");

struct synthvid_vram_location {
	uint64_t context;
	uint8_t is_specified;
	uint64_t gpa;
} __attribute__((packed));
static_assert(sizeof(struct synthvid_vram_location) == 17, "location");

struct synthvid_situation {
	uint64_t context;
	uint8_t outputs;	/* 1 */
	uint8_t active;
	uint32_t offset;	/* in the memory, bytes */
	uint8_t depth;		/* bits a pixel */
	uint32_t width, height;
	uint32_t pitch;		/* bytes from row to row */
} __attribute__((packed));
static_assert(sizeof(struct synthvid_situation) == 27, "situation");

struct synthvid_feature_change {
	uint8_t dirt, position, shape, situation;	/* wanted */
};
static_assert(sizeof(struct synthvid_feature_change) == 4, "feature");

struct synthvid_rectangle {
	int32_t left, top, right, bottom;	/* the latter are outside */
};
static_assert(sizeof(struct synthvid_rectangle) == 16, "rectangle");

struct synthvid_dirt {
	uint8_t output, count;
	/* rectangles */
};
static_assert(sizeof(struct synthvid_dirt) == 2, "dirt");

#define SYNTHVID_EDID		128u
#define SYNTHVID_RESOLUTIONS	16u	/* that we tell at most */

struct synthvid_resolution {
	uint16_t width, height;
};

struct synthvid_resolutions {
	uint8_t edid[SYNTHVID_EDID];
	uint8_t count, preferred, is_standard;
	struct synthvid_resolution list[SYNTHVID_RESOLUTIONS];
} __attribute__((packed));
static_assert(sizeof(struct synthvid_resolutions) == 131 + 4 * 16, "list");

struct synthvid_bios_info {
	uint32_t stop_supported;	/* generation 2 */
	uint8_t reserved[12];
};
static_assert(sizeof(struct synthvid_bios_info) == 16, "BIOS");

struct synthvid_capability {
	uint32_t lock_on_disconnect;
	uint32_t reserved[15];
};
static_assert(sizeof(struct synthvid_capability) == 64, "capability");

#endif
