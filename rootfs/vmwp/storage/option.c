/* --scsi-disk and --dvd: which LUN has what at the VM's start. */
/* SPDX-License-Identifier: MIT */
#include "storage/option.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "say.h"
#include "storage/storvsp.h"

#define READ_ONLY	",read-only"

static const struct {
	const char *name;
	enum disk_format format;
} formats[] = {
	{ "raw:", DISK_RAW }, { "vhdx:", DISK_VHDX }, { "vhd:", DISK_VHD },
};

static bool is_used(const struct drive_options *options, unsigned int lun)
{
	unsigned int i;

	for (i = 0; i < options->count; i++)
		if (options->list[i].lun == lun)
			return true;
	return false;
}

static bool new_lun(const struct drive_options *options, unsigned int lun)
{
	if (lun >= OPTION_LUNS) {
		say("LUNs are 0 to %u", OPTION_LUNS - 1);
		return false;
	}
	if (is_used(options, lun)) {
		say("LUN %u is given twice", lun);
		return false;
	}
	return true;
}

/* Moves behind "NUMBER:", where there is one. */
static bool take_lun(const struct drive_options *options, const char **value,
	unsigned int *lun)
{
	size_t digits = strspn(*value, "0123456789");

	if (digits && digits < 9 && (*value)[digits] == ':') {
		*lun = strtoul(*value, NULL, 10);
		*value += digits + 1;
		return new_lun(options, *lun);
	}
	for (*lun = 0; *lun < OPTION_LUNS && is_used(options, *lun); ++*lun)
		;
	return new_lun(options, *lun);
}

static bool take_format(const char **value, enum disk_format *format)
{
	unsigned int i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		size_t length = strlen(formats[i].name);

		if (strncmp(*value, formats[i].name, length))
			continue;
		*format = formats[i].format;
		*value += length;
		return true;
	}
	return false;
}

static bool set_file(struct drive_option *option, const char *file,
	size_t length)
{
	if (length >= OPTION_FILE) {
		say("an image's path has at most %u letters", OPTION_FILE - 1);
		return false;
	}
	memcpy(option->file, file, length);
	return true;
}

/* Without the ending that says so. */
static size_t take_read_only(const char *value, bool *read_only)
{
	size_t length = strlen(value), end = strlen(READ_ONLY);

	*read_only = length > end && !strcmp(value + length - end, READ_ONLY);
	return *read_only ? length - end : length;
}

bool option_disk(struct drive_options *options, const char *value)
{
	struct drive_option option = { .kind = SCSI_DISK };
	const char *rest = value;
	size_t length;

	if (!take_lun(options, &rest, &option.lun))
		return false;
	if (!take_format(&rest, &option.format) || !*rest) {
		say("--scsi-disk takes [LUN:]raw|vhdx|vhd:FILE[,read-only], "
			"not '%s'", value);
		return false;
	}
	length = take_read_only(rest, &option.read_only);
	if (!set_file(&option, rest, length))
		return false;
	/* Nothing writes this format. */
	option.read_only |= option.format == DISK_VHD;
	options->list[options->count++] = option;
	return true;
}

bool option_dvd(struct drive_options *options, const char *value)
{
	struct drive_option option = { .kind = SCSI_DVD, .format = DISK_RAW,
		.read_only = true };

	if (!take_lun(options, &value, &option.lun) ||
	    !set_file(&option, value, strlen(value)))
		return false;
	options->list[options->count++] = option;
	return true;
}

static bool is_number(const char *file)
{
	return !file[strspn(file, "0123456789")];
}

static int open_file(const struct drive_option *option)
{
	int flags = (option->read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC |
		O_NONBLOCK, fd;

	if (!is_number(option->file)) {
		fd = open(option->file, flags);
		return fd < 0 ? -errno : fd;
	}
	fd = strlen(option->file) < 7 ? atoi(option->file) : -1;
	if (fd < 3 || fcntl(fd, F_SETFD, FD_CLOEXEC))
		return -EBADF;
	return fd;
}

static int add_image(const struct drive_option *option,
	struct storvsp *storvsp, int fd, struct disk_error *error)
{
	const struct image_source source = { .fd = fd,
		.format = option->format, .read_only = option->read_only,
		.name = option->file,
		.path = is_number(option->file) ? NULL : option->file };
	struct image *image;
	int result = image_open(&image, &source, error);

	if (result) {
		close(fd);
		return result;
	}
	return lun_add(storvsp, option->lun, option->kind, image);
}

static int add(const struct drive_option *option, struct storvsp *storvsp)
{
	struct disk_error error = { "" };
	int result;

	if (!option->file[0])
		return lun_add(storvsp, option->lun, option->kind, NULL);
	result = open_file(option);
	if (result >= 0)
		result = add_image(option, storvsp, result, &error);
	if (result)
		say("cannot use %s as LUN %u: %s", option->file, option->lun,
			error.text[0] ? error.text : strerror(-result));
	return result;
}

int option_add_all(const struct drive_options *options,
	struct storvsp *storvsp)
{
	unsigned int i;
	int error = 0;

	for (i = 0; i < options->count && !error; i++)
		error = add(&options->list[i], storvsp);
	return error;
}
