/* An image in use: its file, and the disk that the library sees in it. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_STORAGE_IMAGE_H
#define VMWP_STORAGE_IMAGE_H

#include <stdatomic.h>

#include "disk/disk.h"

#define IMAGE_NAME	256u	/* with its ending zero */

struct image {
	atomic_uint users;
	uint64_t serial;	/* no other image of this process has it */
	struct file file;
	enum disk_format format;
	bool read_only;
	uint8_t id[16];		/* of its format; zeros: it has none */
	uint32_t path_code;	/* of the path, or 0 */
	char name[IMAGE_NAME];

	/* Changed only while no request uses it (trouble_resume()). NULL:
	 * it could not be opened again. */
	struct disk *disk;
	/* Its medium had an error since it was opened. */
	atomic_bool failed;
	/* Of the file's losses: a flush has told them. */
	atomic_uint told;
};

struct image_source {
	int fd;			/* owned by the image from success on */
	enum disk_format format;
	bool read_only;
	const char *name;	/* in messages */
	/* Where it is, as configured; in ids of images that have none. NULL:
	 * there is only the descriptor. */
	const char *path;
};

/* With one user. 0, or -errno and a sentence. */
int image_open(struct image **image, const struct image_source *source,
	struct disk_error *error);
void image_take(struct image *image);
/* Asked by a flush, with image->told of its beginning: must it say that what was
 * acknowledged may be gone? That counts as told then. Any thread. */
bool image_tell(struct image *image, unsigned int told);
/* The last one closes it; that waits for the medium. */
void image_put(struct image *image);
/* Closed and opened again on its file. Nobody is at work on it. */
int image_reopen(struct image *image, struct disk_error *error);

#endif
