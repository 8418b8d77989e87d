/* An image in use: its file, and the disk that the library sees in it. */
/* SPDX-License-Identifier: MIT */
#include "storage/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "disk/crc32c.h"
#include "say.h"

static void set_error(struct disk_error *error, int number)
{
	snprintf(error->text, sizeof(error->text), "%s", strerror(-number));
}

/* What the descriptor's owner has opened it for is enough for us. */
static int look_at_mode(const struct image_source *source,
	struct disk_error *error)
{
	int mode = fcntl(source->fd, F_GETFL) & O_ACCMODE;

	if (mode == O_RDWR || (mode == O_RDONLY && source->read_only))
		return 0;
	snprintf(error->text, sizeof(error->text), "it was not opened for %s",
		source->read_only ? "reading" : "reading and writing");
	return -EBADF;
}

/* A file in memory never waits, but does not say so; io_uring would give all
 * of its I/O to a thread of the kernel's. For this flag it tries at once. And
 * with O_APPEND each write would go to the file's end. */
static void set_flags(int fd)
{
	int flags = fcntl(fd, F_GETFL);
	struct statfs info;
	bool in_memory = !fstatfs(fd, &info) &&
		((unsigned long)info.f_type == TMPFS_MAGIC ||
		(unsigned long)info.f_type == RAMFS_MAGIC);

	flags &= ~(O_NONBLOCK | O_APPEND);
	fcntl(fd, F_SETFL, in_memory ? flags | O_NONBLOCK : flags);
}

/* Nobody else writes it meanwhile, or reads what we write. A file system
 * without locks is as good as one before. */
static int lock(const struct image_source *source, struct disk_error *error)
{
	if (!flock(source->fd,
		(source->read_only ? LOCK_SH : LOCK_EX) | LOCK_NB) ||
	    errno != EWOULDBLOCK)
		return 0;
	snprintf(error->text, sizeof(error->text), "it is in use");
	return -EBUSY;
}

int image_reopen(struct image *image, struct disk_error *error)
{
	struct disk *old = image->disk;
	int result;

	/* It is poisoned: what it cannot say any more the log does. */
	image->disk = NULL;
	if (old)
		disk_close(old);
	result = disk_open(&image->disk, &image->file, image->format,
		image->read_only, error);
	if (result) {
		image->disk = NULL;
		return result;
	}
	atomic_store(&image->failed, false);
	return 0;
}

static int prepare(struct image *image, const struct image_source *source,
	struct disk_error *error)
{
	int result = file_of(&image->file, source->fd);

	if (result) {
		snprintf(error->text, sizeof(error->text),
			"it is neither a file nor a block device");
		return result;
	}
	result = look_at_mode(source, error);
	if (result)
		return result;
	set_flags(source->fd);
	result = lock(source, error);
	if (!result)
		result = image_reopen(image, error);
	if (result)
		return result;
	memcpy(image->id, disk_facts(image->disk)->id, sizeof(image->id));
	if (source->path)
		image->path_code = crc32c(0, source->path,
			strlen(source->path));
	return 0;
}

int image_open(struct image **image, const struct image_source *source,
	struct disk_error *error)
{
	static atomic_ullong serials;
	struct image *new = calloc(1, sizeof(*new));
	int result;

	error->text[0] = 0;
	if (!new) {
		set_error(error, -ENOMEM);
		return -ENOMEM;
	}
	atomic_init(&new->users, 1);
	new->serial = atomic_fetch_add(&serials, 1) + 1;
	new->format = source->format;
	new->read_only = source->read_only;
	snprintf(new->name, sizeof(new->name), "%s", source->name);
	result = prepare(new, source, error);
	if (result) {
		if (!error->text[0])
			set_error(error, result);
		flock(source->fd, LOCK_UN);
		free(new);
		return result;
	}
	*image = new;
	return 0;
}

bool image_tell(struct image *image, unsigned int told)
{
	unsigned int losses = file_losses(&image->file);

	if (losses == told)
		return false;
	atomic_store(&image->told, losses);
	return true;
}

void image_take(struct image *image)
{
	atomic_fetch_add(&image->users, 1);
}

void image_put(struct image *image)
{
	int error = 0;

	if (atomic_fetch_sub(&image->users, 1) != 1)
		return;
	if (image->disk)
		error = disk_close(image->disk);
	if (error && !image->read_only)
		say("%s was not closed well: %s", image->name,
			strerror(-error));
	/* The rings of the channels may have it a while. */
	flock(image->file.fd, LOCK_UN);
	close(image->file.fd);
	free(image);
}
