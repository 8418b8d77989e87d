/* --scsi-disk, --dvd, --ide-disk, --ide-dvd: what drives a VM starts with. */
/* SPDX-License-Identifier: MIT */
#include "storage/option.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
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

static unsigned int limit(const struct drive_options *options)
{
	return options->ide ? OPTION_IDE : OPTION_LUNS;
}

static bool new_place(const struct drive_options *options, unsigned int place)
{
	if (place >= OPTION_IDE) {
		say("the IDE controller has places 0:0, 0:1, 1:0 and 1:1");
		return false;
	}
	if (is_used(options, place)) {
		say("IDE %u:%u is given twice", place / 2, place % 2);
		return false;
	}
	return true;
}

static bool new_lun(const struct drive_options *options, unsigned int lun)
{
	if (options->ide)
		return new_place(options, lun);
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

/* Moves behind "CHANNEL:DEVICE:", where there is one. */
static bool take_place(const char **value, unsigned int *place)
{
	size_t digits = strspn(*value, "0123456789");
	const char *second = *value + digits + 1;
	size_t more = digits && (*value)[digits] == ':' ?
		strspn(second, "0123456789") : 0;

	if (!more || second[more] != ':')
		return false;
	*place = OPTION_IDE;
	if (digits == 1 && more == 1 && **value < '2' && *second < '2')
		*place = (**value - '0') * 2 + (*second - '0');
	*value = second + more + 1;
	return true;
}

/* Moves behind "NUMBER:", where there is one. */
static bool take_number(const char **value, unsigned int *lun)
{
	size_t digits = strspn(*value, "0123456789");

	if (!digits || digits >= 9 || (*value)[digits] != ':')
		return false;
	*lun = strtoul(*value, NULL, 10);
	*value += digits + 1;
	return true;
}

static bool take_lun(const struct drive_options *options, const char **value,
	unsigned int *lun)
{
	bool given = options->ide ? take_place(value, lun) :
		take_number(value, lun);

	if (!given)
		for (*lun = 0; *lun < limit(options) &&
		     is_used(options, *lun); ++*lun)
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
		say("--%s-disk takes [%s:]raw|vhdx|vhd:FILE[,read-only], "
			"not '%s'", options->ide ? "ide" : "scsi",
			options->ide ? "CHANNEL:DEVICE" : "LUN", value);
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

static int add_image(const struct drive_option *option,
	struct storvsp *storvsp, unsigned int lun, struct disk_error *error)
{
	const struct image_source source = { .fd = option->fd,
		.format = option->format, .read_only = option->read_only,
		.name = option->file,
		.path = files_is_descriptor(option->file) ? NULL :
			option->file };
	struct image *image;
	int result = image_open(&image, &source, error);

	if (result) {
		close(option->fd);
		return result;
	}
	result = lun_add(storvsp, lun, option->kind, image);
	if (result == -EINVAL)
		snprintf(error->text, sizeof(error->text),
			"an IDE disk has sectors of %u bytes", DISK_SECTOR);
	if (result)
		image_put(image);
	return result;
}

static void complain(const struct drive_option *option, bool ide,
	const char *text)
{
	if (ide)
		say("cannot use %s as IDE %u:%u: %s", option->file,
			option->lun / 2, option->lun % 2, text);
	else
		say("cannot use %s as LUN %u: %s", option->file, option->lun,
			text);
}

int option_open_all(struct drive_options *options)
{
	struct drive_option *option;
	unsigned int i;

	for (i = 0; i < options->count; i++) {
		option = &options->list[i];
		if (!option->file[0])
			continue;
		option->fd = files_open(option->file,
			option->read_only ? O_RDONLY : O_RDWR);
		if (option->fd >= 0)
			continue;
		complain(option, options->ide, strerror(-option->fd));
		return option->fd;
	}
	return 0;
}

int option_add(const struct drive_option *option, struct storvsp *storvsp,
	unsigned int lun)
{
	struct disk_error error = { "" };
	int result;

	if (!option->file[0])
		return lun_add(storvsp, lun, option->kind, NULL);
	result = add_image(option, storvsp, lun, &error);
	if (result)
		complain(option, storvsp->first_id,
			error.text[0] ? error.text : strerror(-result));
	return result;
}

int option_add_all(const struct drive_options *options,
	struct storvsp *storvsp)
{
	unsigned int i;
	int error = 0;

	for (i = 0; i < options->count && !error; i++)
		error = option_add(&options->list[i], storvsp,
			options->list[i].lun);
	return error;
}
