/* disk: makes, shows, checks and converts disk images; see docs/disks.md. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "convert.h"
#include "names.h"
#include "store.h"

enum { EXIT_GOOD, EXIT_BAD, EXIT_UNUSABLE };

/* What was said beside the arguments. */
static struct {
	const char *format, *to;
	bool fixed, repair;
	uint64_t block;
} options;

struct command {
	const char *name;
	int arguments;
	int (*run)(char **arguments);
	const char *help;
};

static int wrong(const char *what, const char *name)
{
	fprintf(stderr, "disk: %s %s\n", what, name);
	return EXIT_UNUSABLE;
}

/* By the option, else by the file's name; never by what is in it. */
static bool find_format(const char *option, const char *path,
	enum disk_format *format)
{
	if (option ? format_of_name(option, format) :
		format_of_file(path, format))
		return true;
	if (option)
		wrong("there is no format", option);
	else
		wrong("--format is needed: it cannot be seen by the name of",
			path);
	return false;
}

static int open_image(struct store *store, struct disk **disk,
	const char *path, const char *format_option, bool read_only)
{
	struct disk_error error;
	enum disk_format format;
	int result;

	if (!find_format(format_option, path, &format))
		return -EINVAL;
	result = store_open(store, path, read_only);
	if (result)
		return result;
	result = disk_open(disk, &store->file, format, read_only, &error);
	if (result) {
		fprintf(stderr, "disk: %s: %s\n", path, error.text);
		store_close(store);
	}
	return result;
}

static int close_image(struct store *store, struct disk *disk, int result)
{
	int closed = disk_close(disk);

	if (!result)
		result = closed;
	if (result)
		fprintf(stderr, "disk: %s: %s\n", store->path,
			strerror(-result));
	store_close(store);
	return result ? EXIT_UNUSABLE : EXIT_GOOD;
}

static bool make_form(struct disk_form *form, const char *format_option,
	const char *path, uint64_t size)
{
	*form = (struct disk_form){ .fixed = options.fixed, .size = size,
		.block = options.block };
	return find_format(format_option, path, &form->format);
}

/* The new image, still without its name. */
static int make_image(struct store *store, const char *path,
	const struct disk_form *form)
{
	struct disk_error error;
	int result = store_create(store, path);

	if (result)
		goto out;
	result = disk_create(&store->file, form, &error);
	if (result)
		fprintf(stderr, "disk: %s: %s\n", path, error.text);
	else if (form->fixed)
		result = store_reserve(store);
out:
	if (result)
		store_drop(store);
	return result;
}

static int run_create(char **arguments)
{
	struct disk_form form;
	struct store store;
	uint64_t size;

	if (!size_of_name(arguments[1], &size))
		return wrong("this is no size:", arguments[1]);
	if (!make_form(&form, options.format, arguments[0], size) ||
	    make_image(&store, arguments[0], &form) || store_finish(&store))
		return EXIT_UNUSABLE;
	return EXIT_GOOD;
}

static uint64_t allocated(struct disk *disk)
{
	uint64_t offset, sum = 0, size = disk_facts(disk)->size;
	struct disk_extent extent;

	for (offset = 0; offset < size; offset += extent.length) {
		if (disk_map(disk, offset, size - offset, &extent, 1) != 1)
			break;
		sum += extent.there ? extent.length : 0;
	}
	return sum;
}

/* In the order in which the bytes lie, but for the first three numbers. */
static void print_id(const uint8_t *id, enum disk_format format)
{
	static const uint8_t swapped[16] = { 3, 2, 1, 0, 5, 4, 7, 6,
		8, 9, 10, 11, 12, 13, 14, 15 };
	int i;

	printf("id: ");
	for (i = 0; i < 16; i++)
		printf("%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ?
			"-" : "", id[format == DISK_VHDX ? swapped[i] : i]);
	printf("\n");
}

static int run_info(char **arguments)
{
	const struct disk_facts *facts;
	struct store store;
	struct disk *disk;
	char text[32];

	if (open_image(&store, &disk, arguments[0], options.format, true))
		return EXIT_UNUSABLE;
	facts = disk_facts(disk);
	printf("format: %s\n", format_name(facts->format));
	printf("kind: %s\n", facts->fixed ? "fixed" : facts->block ?
		"dynamic" : "plain");
	size_print(facts->size, text, sizeof(text));
	printf("size: %s\nbytes: %llu\n", text,
		(unsigned long long)facts->size);
	size_print(allocated(disk), text, sizeof(text));
	printf("allocated: %s\n", text);
	if (facts->block) {
		size_print(facts->block, text, sizeof(text));
		printf("block: %s\n", text);
	}
	printf("sectors: %u logical, %u physical\n", facts->logical,
		facts->physical);
	if (facts->format != DISK_RAW)
		print_id(facts->id, facts->format);
	return close_image(&store, disk, 0);
}

static const char *refusal(const struct disk *disk, uint64_t size, int error)
{
	if (error == -EINVAL)
		return "A disk has up to 64 TB, in sectors of 512 bytes.";
	return size < disk_facts(disk)->size ? "A disk can only get larger." :
		"The device is too small.";
}

static int run_resize(char **arguments)
{
	struct store store;
	struct disk *disk;
	uint64_t size;
	int result;

	if (!size_of_name(arguments[1], &size))
		return wrong("this is no size:", arguments[1]);
	if (open_image(&store, &disk, arguments[0], options.format, false))
		return EXIT_UNUSABLE;
	result = disk_resize(disk, size);
	if (result == -EINVAL || result == -ENOTSUP) {
		fprintf(stderr, "disk: %s: %s\n", arguments[0],
			refusal(disk, size, result));
		close_image(&store, disk, 0);
		return EXIT_UNUSABLE;
	}
	return close_image(&store, disk, result);
}

static void say(void *context, const char *sentence)
{
	printf("%s: %s\n", (const char *)context, sentence);
}

/* The log is written back by who opens and closes it; the store is closed. */
static int repair(struct store *store, enum disk_format format)
{
	const char *path = store->path;
	struct disk_error error;
	struct disk *disk;
	int status;

	if (disk_open(&disk, &store->file, format, false, &error)) {
		fprintf(stderr, "disk: %s: %s\n", path, error.text);
		store_close(store);
		return EXIT_UNUSABLE;
	}
	status = close_image(store, disk, 0);
	if (status == EXIT_GOOD)
		printf("%s: good; it was not closed, its log has been written "
			"back\n", path);
	return status;
}

/* What is damaged is not written to. */
static int run_check(char **arguments)
{
	enum disk_format format;
	struct store store;
	bool dirty;
	int result;

	if (!find_format(options.format, arguments[0], &format) ||
	    store_open(&store, arguments[0], !options.repair))
		return EXIT_UNUSABLE;
	result = disk_check(&store.file, format, say, arguments[0], &dirty);
	if (!result && dirty && options.repair)
		return repair(&store, format);
	store_close(&store);
	if (result < 0) {
		fprintf(stderr, "disk: %s: %s\n", arguments[0],
			strerror(-result));
		return EXIT_UNUSABLE;
	}
	if (!result)
		printf("%s: good%s\n", arguments[0], dirty ? "; it was not "
			"closed: \"disk check --repair\" writes its log back" :
			"");
	return result ? EXIT_BAD : EXIT_GOOD;
}

static int convert_into(struct disk *from, const struct file *file,
	const char *path)
{
	struct disk_form form;
	struct disk_error error;
	struct store store;
	struct disk *to;
	int result, closed;

	if (!make_form(&form, options.to, path, disk_facts(from)->size) ||
	    make_image(&store, path, &form))
		return EXIT_UNUSABLE;
	result = disk_open(&to, &store.file, form.format, false, &error);
	if (!result) {
		result = convert(from, file, to);
		closed = disk_close(to);
		result = result ? result : closed;
	}
	if (!result)
		return store_finish(&store) ? EXIT_UNUSABLE : EXIT_GOOD;
	fprintf(stderr, "disk: %s: %s\n", path, strerror(-result));
	store_drop(&store);
	return EXIT_UNUSABLE;
}

/* A raw file's last bytes are not lost silently. */
static bool is_whole(struct store *store, const struct disk *disk)
{
	uint64_t size;

	if (disk_facts(disk)->format != DISK_RAW)
		return true;
	if (store->file.ops->size(&store->file, &size) ||
	    size % DISK_SECTOR == 0)
		return true;
	fprintf(stderr, "disk: %s: The last %u bytes are no whole sector.\n",
		store->path, (unsigned int)(size % DISK_SECTOR));
	return false;
}

static int run_convert(char **arguments)
{
	struct store store;
	struct disk *disk;
	int status = EXIT_UNUSABLE;

	if (open_image(&store, &disk, arguments[0], options.format, true))
		return EXIT_UNUSABLE;
	if (is_whole(&store, disk))
		status = convert_into(disk, &store.file, arguments[1]);
	disk_close(disk);
	store_close(&store);
	return status;
}

static const struct command commands[] = {
	{ "create", 2, run_create, "create FILE SIZE\tan empty image" },
	{ "info", 1, run_info, "info FILE\t\twhat it is" },
	{ "resize", 2, run_resize, "resize FILE SIZE\tmakes it larger" },
	{ "check", 1, run_check, "check FILE\t\tnames every problem; "
		"ends with 1 if there are any" },
	{ "convert", 2, run_convert, "convert FROM TO\tinto a new image" },
};

enum { COMMANDS = sizeof(commands) / sizeof(*commands) };

static int usage(FILE *stream, int status)
{
	int i;

	fprintf(stream, "usage: disk COMMAND [OPTION...]\n");
	for (i = 0; i < COMMANDS; i++)
		fprintf(stream, "  %s\n", commands[i].help);
	fprintf(stream, "Sizes: a number, or with K, M, G, T.\n"
		"  --format raw|vhdx|vhd   of FILE or FROM; default: by the "
		"name's end,\n"
		"                          .raw .img .iso .vhdx .vhd\n"
		"  --to raw|vhdx           of TO, likewise\n"
		"  --fixed                 a new image has all its space\n"
		"  --block SIZE            of a new image; default 32M\n"
		"  --repair                check: an image that was not closed "
		"is, its log written\n"
		"                          back; what is damaged stays as it "
		"is\n"
		"It ends with 0 when all is well, with 2 when it could not be "
		"done.\nA number for create's FILE is an inherited descriptor.\n"
		);
	return status;
}

/* Nobody shall believe that another command repairs. */
static int run(const struct command *command, char **arguments)
{
	if (options.repair && command->run != run_check)
		return wrong("wrong option:", "--repair");
	return command->run(arguments);
}

static bool take_option(const char *name, const char *value)
{
	uint64_t block;

	if (!strcmp(name, "--format"))
		options.format = value;
	else if (!strcmp(name, "--to"))
		options.to = value;
	else if (!strcmp(name, "--block") && size_of_name(value, &block) &&
		block && block <= UINT32_MAX)
		options.block = block;
	else
		return false;
	return true;
}

/* Options may stand anywhere; the rest stays, in its order. -1: wrong. */
static int take_options(char **arguments, int count)
{
	int i, left = 0;

	for (i = 0; i < count; i++) {
		if (strncmp(arguments[i], "--", 2))
			arguments[left++] = arguments[i];
		else if (!strcmp(arguments[i], "--fixed"))
			options.fixed = true;
		else if (!strcmp(arguments[i], "--repair"))
			options.repair = true;
		else if (i + 1 == count ||
			!take_option(arguments[i], arguments[i + 1])) {
			wrong("wrong option:", arguments[i]);
			return -1;
		} else
			i++;
	}
	return left;
}

int main(int count, char **arguments)
{
	int i;

	if (count == 2 && !strcmp(arguments[1], "--help"))
		return usage(stdout, EXIT_GOOD);
	count = take_options(arguments + 1, count - 1);
	for (i = 0; count > 0 && i < COMMANDS; i++)
		if (!strcmp(arguments[1], commands[i].name) &&
		    count - 1 == commands[i].arguments)
			return run(&commands[i], arguments + 2);
	return usage(stderr, EXIT_UNUSABLE);
}
