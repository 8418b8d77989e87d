/* VHDX as it lies in a file (MS-VHDX 2.2-2.6). Little-endian, as we are. */
/* SPDX-License-Identifier: MIT */
#ifndef DISK_VHDX_H
#define DISK_VHDX_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "guid.h"

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "VHDX's own order");

#define KB	1024ull
#define MB	(1024 * KB)

/* 2.2: the header section, the file's first megabyte. */
#define VHDX_UNIT		MB	/* structures lie at multiples of it */
#define VHDX_HEADER_AT(i)	((1 + (i)) * 64 * KB)	/* of two */
#define VHDX_TABLE_AT(i)	((3 + (i)) * 64 * KB)	/* of two */
#define VHDX_TABLE_SIZE		(64 * KB)

/* 2.2.1 */
#define VHDX_FILE_SIGNATURE	0x656c696678646876ull	/* vhdxfile */

struct vhdx_identifier {
	uint64_t signature;
	uint16_t creator[256];
};

/* 2.2.2 */
#define VHDX_HEADER_SIGNATURE	0x64616568u	/* head */

struct vhdx_header {
	uint32_t signature;
	uint32_t checksum;
	uint64_t sequence;
	struct guid file_write;
	struct guid data_write;
	struct guid log;
	uint16_t log_version;
	uint16_t version;
	uint32_t log_length;
	uint64_t log_offset;
	uint8_t reserved[4016];
};

static_assert(sizeof(struct vhdx_header) == 4096, "2.2.2");
static_assert(offsetof(struct vhdx_header, log) == 48, "2.2.2");
static_assert(offsetof(struct vhdx_header, log_offset) == 72, "2.2.2");

/* 2.2.3 */
#define VHDX_REGION_SIGNATURE	0x69676572u	/* regi */
#define VHDX_ENTRIES_MAX	2047u	/* of regions, and of metadata */

struct vhdx_region_header {
	uint32_t signature;
	uint32_t checksum;
	uint32_t count;
	uint32_t reserved;
};

struct vhdx_region {
	struct guid guid;
	uint64_t offset;
	uint32_t length;
	uint32_t required;
};

static_assert(sizeof(struct vhdx_region_header) == 16, "2.2.3.1");
static_assert(sizeof(struct vhdx_region) == 32, "2.2.3.2");

/* Both tables of 64 KB have a header and room for 2,047 entries of 32 bytes. */
struct vhdx_region_table {
	struct vhdx_region_header header;
	struct vhdx_region entries[VHDX_ENTRIES_MAX];
	uint8_t rest[16];
};

static_assert(sizeof(struct vhdx_region_table) == VHDX_TABLE_SIZE, "2.2.3");

/* 2DC27766-F623-4200-9D64-115E9BFD4A08, and the like */
#define VHDX_REGION_BAT { { 0x66, 0x77, 0xc2, 0x2d, 0x23, 0xf6, 0x00, 0x42, \
	0x9d, 0x64, 0x11, 0x5e, 0x9b, 0xfd, 0x4a, 0x08 } }
#define VHDX_REGION_METADATA { { 0x06, 0xa2, 0x7c, 0x8b, 0x90, 0x47, 0x9a, \
	0x4b, 0xb8, 0xfe, 0x57, 0x5f, 0x05, 0x0f, 0x88, 0x6e } }

/* 2.3.1 */
#define VHDX_LOG_SECTOR		4096u
#define VHDX_ENTRY_SIGNATURE	0x65676f6cu	/* loge */
#define VHDX_ZERO_SIGNATURE	0x6f72657au	/* zero */
#define VHDX_DESC_SIGNATURE	0x63736564u	/* desc */
#define VHDX_DATA_SIGNATURE	0x61746164u	/* data */

struct vhdx_log_entry {
	uint32_t signature;
	uint32_t checksum;
	uint32_t length;
	uint32_t tail;
	uint64_t sequence;
	uint32_t descriptors;
	uint32_t reserved;
	struct guid log;
	uint64_t flushed;	/* FlushedFileOffset */
	uint64_t last;		/* LastFileOffset */
};

/* Zero descriptors have a length where data descriptors have the bytes that
 * the data sector has no room for. */
struct vhdx_log_descriptor {
	uint32_t signature;
	uint32_t trailing;
	union {
		uint64_t leading;
		uint64_t zero_length;
	};
	uint64_t offset;
	uint64_t sequence;
};

struct vhdx_log_data {
	uint32_t signature;
	uint32_t sequence_high;
	uint8_t bytes[4084];
	uint32_t sequence_low;
};

static_assert(sizeof(struct vhdx_log_entry) == 64, "2.3.1.1");
static_assert(offsetof(struct vhdx_log_entry, log) == 32, "2.3.1.1");
static_assert(sizeof(struct vhdx_log_descriptor) == 32, "2.3.1.3");
static_assert(sizeof(struct vhdx_log_data) == VHDX_LOG_SECTOR, "2.3.1.4");

/* 2.5.1 */
#define VHDX_BAT_STATE		0x7ull
#define VHDX_BAT_RESERVED	0xffff8ull
#define VHDX_BAT_OFFSET		(~0xfffffull)

enum vhdx_state {
	VHDX_NOT_PRESENT = 0,
	VHDX_UNDEFINED = 1,
	VHDX_ZERO = 2,
	VHDX_UNMAPPED = 3,
	VHDX_FULLY_PRESENT = 6,
	VHDX_PARTIALLY_PRESENT = 7,
};

/* 2.4: sectors whose bits are in one sector bitmap block. */
#define VHDX_CHUNK_SECTORS	(1ull << 23)
#define VHDX_BLOCK_MIN		(1 * MB)
#define VHDX_BLOCK_MAX		(256 * MB)
#define VHDX_SIZE_MAX		(64ull << 40)

/* 2.6.1 */
#define VHDX_METADATA_SIGNATURE	0x617461646174656dull	/* metadata */
#define VHDX_ITEM_LENGTH_MAX	(1 * MB)
#define VHDX_USER_ITEMS_MAX	1024u
#define VHDX_ITEM_USER		1u
#define VHDX_ITEM_VIRTUAL_DISK	2u
#define VHDX_ITEM_REQUIRED	4u

struct vhdx_metadata_header {
	uint64_t signature;
	uint16_t reserved;
	uint16_t count;
	uint8_t reserved2[20];
};

struct vhdx_item {
	struct guid guid;
	uint32_t offset;
	uint32_t length;
	uint32_t flags;
	uint32_t reserved;
};

struct vhdx_metadata_table {
	struct vhdx_metadata_header header;
	struct vhdx_item entries[VHDX_ENTRIES_MAX];
};

static_assert(sizeof(struct vhdx_metadata_header) == 32, "2.6.1.1");
static_assert(sizeof(struct vhdx_item) == 32, "2.6.1.2");
static_assert(sizeof(struct vhdx_metadata_table) == VHDX_TABLE_SIZE, "2.6.1");

/* 2.6.2 */
#define VHDX_ITEM_PARAMETERS { { 0x37, 0x67, 0xa1, 0xca, 0x36, 0xfa, 0x43, \
	0x4d, 0xb3, 0xb6, 0x33, 0xf0, 0xaa, 0x44, 0xe7, 0x6b } }
#define VHDX_ITEM_SIZE { { 0x24, 0x42, 0xa5, 0x2f, 0x1b, 0xcd, 0x76, 0x48, \
	0xb2, 0x11, 0x5d, 0xbe, 0xd8, 0x3b, 0xf4, 0xb8 } }
#define VHDX_ITEM_ID { { 0xab, 0x12, 0xca, 0xbe, 0xe6, 0xb2, 0x23, 0x45, \
	0x93, 0xef, 0xc3, 0x09, 0xe0, 0x00, 0xc7, 0x46 } }
#define VHDX_ITEM_LOGICAL { { 0x1d, 0xbf, 0x41, 0x81, 0x6f, 0xa9, 0x09, \
	0x47, 0xba, 0x47, 0xf2, 0x33, 0xa8, 0xfa, 0xab, 0x5f } }
#define VHDX_ITEM_PHYSICAL { { 0xc7, 0x48, 0xa3, 0xcd, 0x5d, 0x44, 0x71, \
	0x44, 0x9c, 0xc9, 0xe9, 0x88, 0x52, 0x51, 0xc5, 0x56 } }
#define VHDX_ITEM_LOCATOR { { 0x2d, 0x5f, 0xd3, 0xa8, 0x0b, 0xb3, 0x4d, \
	0x45, 0xab, 0xf7, 0xd3, 0xd8, 0x48, 0x34, 0xab, 0x0c } }

/* 2.6.2.1 */
#define VHDX_LEAVE_ALLOCATED	1u
#define VHDX_HAS_PARENT		2u

struct vhdx_parameters {
	uint32_t block;
	uint32_t flags;
};

static_assert(sizeof(struct vhdx_parameters) == 8, "2.6.2.1");

#endif
