/* A descriptor behind struct file: a file, or a block device. */
/* SPDX-License-Identifier: MIT */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static int fd_read(struct file *file, uint64_t offset, void *to, size_t size)
{
	char *at = to;
	ssize_t done;

	while (size) {
		done = pread(file->fd, at, size, offset);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return done ? -errno : -EIO;
		at += done;
		offset += done;
		size -= done;
	}
	return 0;
}

static int fd_write(struct file *file, uint64_t offset, const void *from,
	size_t size)
{
	const char *at = from;
	ssize_t done;

	while (size) {
		done = pwrite(file->fd, at, size, offset);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return done ? -errno : -EIO;
		at += done;
		offset += done;
		size -= done;
	}
	return 0;
}

/* Never again after it failed: the kernel forgets what it could not write, and
 * the next call would say that all is well. */
static int fd_sync(struct file *file)
{
	return fdatasync(file->fd) ? -errno : 0;
}

static int fd_size(struct file *file, uint64_t *size)
{
	struct stat stat;

	if (file->device)
		return ioctl(file->fd, BLKGETSIZE64, size) ? -errno : 0;
	if (fstat(file->fd, &stat))
		return -errno;
	*size = stat.st_size;
	return 0;
}

static int fd_resize(struct file *file, uint64_t size)
{
	if (file->device)
		return -EINVAL;
	return ftruncate(file->fd, size) ? -errno : 0;
}

static int write_zeros(struct file *file, uint64_t offset, uint64_t size)
{
	static const char zeros[1 << 16];
	uint64_t part;
	int result;

	for (; size; offset += part, size -= part) {
		part = size < sizeof(zeros) ? size : sizeof(zeros);
		result = fd_write(file, offset, zeros, part);
		if (result)
			return result;
	}
	return 0;
}

static int try_fallocate(struct file *file, int mode, uint64_t offset,
	uint64_t size)
{
	int result;

	do
		result = fallocate(file->fd, mode | FALLOC_FL_KEEP_SIZE,
			offset, size);
	while (result && errno == EINTR);
	return result ? -errno : 0;
}

/* A hole; else space that counts as zeros; else zeros. EINVAL: a device's part
 * of a sector. */
static int fd_zero(struct file *file, uint64_t offset, uint64_t size)
{
	int result = -EOPNOTSUPP;

	if (!size)
		return 0;
	if (!file->keep)
		result = try_fallocate(file, FALLOC_FL_PUNCH_HOLE, offset,
			size);
	if (result == -EOPNOTSUPP || result == -EINVAL)
		result = try_fallocate(file, FALLOC_FL_ZERO_RANGE, offset,
			size);
	if (result == -EOPNOTSUPP || result == -EINVAL)
		result = write_zeros(file, offset, size);
	return result;
}

static int fd_reserve(struct file *file, uint64_t offset, uint64_t size)
{
	return file->device ? 0 : try_fallocate(file, 0, offset, size);
}

static const struct file_ops fd_ops = {
	.read = fd_read,
	.write = fd_write,
	.sync = fd_sync,
	.size = fd_size,
	.resize = fd_resize,
	.zero = fd_zero,
	.reserve = fd_reserve,
};

int file_sync(struct file *file)
{
	int result = file->ops->sync(file);

	if (result)
		file_lose(file);
	return result;
}

void file_lose(struct file *file)
{
	__atomic_fetch_add(&file->losses, 1, __ATOMIC_SEQ_CST);
}

unsigned int file_losses(const struct file *file)
{
	return __atomic_load_n(&file->losses, __ATOMIC_SEQ_CST);
}

int file_of(struct file *file, int fd)
{
	struct stat stat;

	if (fstat(fd, &stat))
		return -errno;
	if (!S_ISREG(stat.st_mode) && !S_ISBLK(stat.st_mode))
		return -EINVAL;
	*file = (struct file){ .ops = &fd_ops, .fd = fd,
		.device = S_ISBLK(stat.st_mode) };
	return 0;
}
