/* An open VHDX image in memory, and what its parts do with it. */
/* SPDX-License-Identifier: MIT */
#ifndef DISK_VHDX_IMAGE_H
#define DISK_VHDX_IMAGE_H

#include "image.h"
#include "vhdx.h"

/* Ours: a map of the file of 16 MB, and a log that is read as a whole. */
#define VHDX_FILE_MAX	(128ull << 40)
#define VHDX_LOG_MAX	(64 * MB)

/* BAT sectors in one log entry, and what comes with them on a resize. */
#define VHDX_CHANGE_SECTORS	32u
#define VHDX_CHANGE_ITEMS	(VHDX_CHANGE_SECTORS + 8)

/* What one log entry changes: sectors of the file as they will be. Their memory
 * is the log's, so there is one change at a time. */
struct vhdx_change {
	uint64_t offsets[VHDX_CHANGE_ITEMS];
	unsigned int count;
};

struct vhdx_log {
	bool open;		/* the headers name it */
	struct guid guid;
	uint64_t sequence;	/* of the next entry */
	uint32_t head;		/* where the next one begins */
	uint32_t tail;		/* the one before it; head: there is none */
	uint8_t *buffer;	/* descriptors, then sectors */
};

/* Sectors of a log that is not empty lie over those of the file. */
struct vhdx_patch {
	uint64_t offset, length;
	const struct vhdx_log_descriptor *descriptor;
	const struct vhdx_log_data *data;	/* NULL: zeros */
};

struct vhdx_replay {
	uint8_t *log;		/* twice in a row, as entries go round */
	struct vhdx_patch *patches;
	size_t count;
};

/* Each megabyte of the file: whether somebody has it. */
struct vhdx_space {
	uint64_t *used;
	uint64_t units;		/* those of the file */
	uint64_t room;		/* for so many */
	uint64_t free;
	uint64_t first;		/* none before it is free */
};

/* Space of blocks that requests may still be at. */
struct vhdx_given {
	uint64_t offset, length, epoch;
};

/* All is changed with disk->change held; pages, entries and size with
 * disk->lock, too. */
struct vhdx {
	struct disk *disk;	/* NULL: is checked only */
	struct file *file;
	struct problems *problems;
	uint64_t file_size;	/* with what a replay adds */
	uint64_t stable;	/* this much of it is on the medium */
	uint64_t fresh;		/* from here on nobody had it: zeros */
	uint64_t there;		/* the file's own, before a replay */

	struct vhdx_header header;
	int current;		/* of the two in the file */
	struct vhdx_region bat, metadata;
	uint64_t size_at;	/* the size's place in the file */

	uint64_t size;
	uint32_t block, logical, physical;
	unsigned int shift;	/* block is 1 << shift */
	uint64_t ratio;		/* payload blocks in a chunk */
	bool fixed;
	struct guid id;

	uint64_t entries;	/* of the BAT */
	uint64_t **pages;	/* of 512 each; NULL: zeros */

	struct vhdx_log log;
	struct vhdx_replay replay;
	struct vhdx_space space;
	struct vhdx_given *given;	/* the oldest first */
	size_t given_count, given_room;
};

/* vhdx_header.c: identifier and headers. Update: both in turn, synced. */
int vhdx_header_read(struct vhdx *vhdx);
int vhdx_header_update(struct vhdx *vhdx);
/* With its checksum. */
void vhdx_header_seal(struct vhdx_header *header);

/* vhdx_region.c. The table's entries of both, with its checksum. */
int vhdx_region_read(struct vhdx *vhdx);
void vhdx_region_seal(struct vhdx_region_table *table);

/* vhdx_meta.c */
int vhdx_meta_read(struct vhdx *vhdx);
/* size, block and ratio of a block are set: entries of the BAT. */
uint64_t vhdx_meta_entries(const struct vhdx *vhdx, uint64_t size);

/* vhdx_bat.c */
#define VHDX_PAGE_ENTRIES	512u

int vhdx_bat_read(struct vhdx *vhdx);
void vhdx_bat_free(struct vhdx *vhdx);
/* Payload block to entry. */
uint64_t vhdx_bat_index(const struct vhdx *vhdx, uint64_t block);
uint64_t vhdx_bat_entry(const struct vhdx *vhdx, uint64_t index);
/* So that setting an entry cannot fail. */
int vhdx_bat_reserve(struct vhdx *vhdx, uint64_t index);
void vhdx_bat_set(struct vhdx *vhdx, uint64_t index, uint64_t entry);
/* More entries; all are zero. */
int vhdx_bat_grow(struct vhdx *vhdx, uint64_t entries);
int vhdx_bat_map(const struct vhdx *vhdx, uint64_t offset, uint64_t length,
	struct disk_extent *extents, unsigned int max);

/* vhdx_space.c. Offsets and lengths in bytes; lengths are rounded up to MB. */
int vhdx_space_init(struct vhdx *vhdx);
/* file_size then covers so much more, which is free. */
int vhdx_space_lengthen(struct vhdx *vhdx, uint64_t length);
/* Back again: what is behind it is free. */
void vhdx_space_shorten(struct vhdx *vhdx, uint64_t file_size);
/* -EEXIST: it has an owner; -ERANGE: not in the file. */
int vhdx_space_claim(struct vhdx *vhdx, uint64_t offset, uint64_t length);
void vhdx_space_release(struct vhdx *vhdx, uint64_t offset, uint64_t length);
/* A free place for a block, else behind the end of the file, which file_size
 * then covers: the file itself is made longer by the caller. */
int vhdx_space_take(struct vhdx *vhdx, uint64_t length, uint64_t *offset);
/* The end of what has an owner. */
uint64_t vhdx_space_end(const struct vhdx *vhdx);

/* vhdx_replay.c: finds what is in the log; the same into the file. */
int vhdx_replay_find(struct vhdx *vhdx);
int vhdx_replay_apply(struct vhdx *vhdx);
void vhdx_replay_free(struct vhdx *vhdx);
/* Of the file with the log over it. */
int vhdx_read(struct vhdx *vhdx, uint64_t offset, void *to, size_t size);

/* vhdx_log.c */
int vhdx_log_init(struct vhdx *vhdx);
void vhdx_log_begin(struct vhdx_change *change);
/* The sector of the file at offset, to be changed: as it is at first. */
int vhdx_log_sector(struct vhdx *vhdx, struct vhdx_change *change,
	uint64_t offset, uint8_t **sector);
/* Whether it can take one more of these sectors. */
bool vhdx_log_has_room(const struct vhdx_change *change, uint64_t offset);
/* On the medium when it comes back, and in its place. */
int vhdx_log_commit(struct vhdx *vhdx, struct vhdx_change *change);
/* What was written and grown until now is on the medium. */
int vhdx_log_sync(struct vhdx *vhdx);

/* vhdx_block.c */
int vhdx_block_prepare(struct disk *disk, uint64_t offset, uint64_t length);
int vhdx_block_unmap(struct disk *disk, uint64_t offset, uint64_t length);
void vhdx_block_reclaim(struct disk *disk);

int vhdx_resize(struct disk *disk, uint64_t size);
int vhdx_create(struct file *file, const struct disk_form *form,
	struct disk_error *error);

static inline uint64_t round_up(uint64_t value, uint64_t to)
{
	return (value + to - 1) / to * to;
}

static inline uint64_t least(uint64_t one, uint64_t other)
{
	return one < other ? one : other;
}

#endif
