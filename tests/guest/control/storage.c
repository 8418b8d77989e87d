/* What is asked of a worker process about its drives. */
/* SPDX-License-Identifier: MIT */
#include "storage.h"

#include "call.h"
#include "control.h"
#include "descriptor.h"
#include "disk/disk.h"
#include "say.h"

#define OPEN_BOTH	2
#define LUNS		64u

static const char *const formats[DISK_FORMATS] = {
	[DISK_RAW] = "raw", [DISK_VHDX] = "vhdx", [DISK_VHD] = "vhd",
};

static struct control_storage_request request;
static struct control_storage got;
static long image = -1;

bool same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

/* With K, M or G. */
static uint64_t size_of(const char *text)
{
	uint64_t value = 0;

	for (; *text >= '0' && *text <= '9'; text++)
		value = value * 10 + (uint64_t)(*text - '0');
	switch (*text) {
	case 'K': return value << 10;
	case 'M': return value << 20;
	case 'G': return value << 30;
	default: return value;
	}
}

static bool ask(long file)
{
	return descriptor_send(file, &request, sizeof(request),
		&(int){ (int)image }, image >= 0) && call(CALL_READ, file, (long)&got,
		sizeof(got), 0, 0) == sizeof(got) && !got.reply.error;
}

static void tell_critical(void)
{
	if (got.critical)
		say("critical: LUN ", number(got.critical_lun), ", error ",
			number((unsigned long)-got.critical_error), ", ",
			got.critical_name, NULL);
	else
		say("no error", NULL);
}

static void tell(uint32_t lun)
{
	if (got.present)
		say("LUN ", number(lun), ": ", got.kind == CONTROL_DVD ?
			"dvd" : "disk", got.loaded ? " " : " empty ",
			number(got.size), got.read_only ? " read-only " : " ",
			got.name, got.failed ? ", failed" : "", NULL);
}

static bool list(long file)
{
	uint32_t lun;

	for (lun = 0; lun < LUNS; lun++) {
		request.request.argument = lun;
		if (!ask(file))
			return false;
		tell(lun);
	}
	tell_critical();
	return true;
}

static bool name_image(const char *path, bool read_only)
{
	unsigned int i;

	for (i = 0; path[i] && i < sizeof(request.name) - 1; i++)
		request.name[i] = path[i];
	request.read_only = read_only;
	image = call(CALL_OPEN, (long)path, read_only ? 0 : OPEN_BOTH, 0, 0,
		0);
	return image >= 0;
}

static bool name_format(const char *name)
{
	for (; request.format < DISK_FORMATS; request.format++)
		if (same(formats[request.format], name))
			return true;
	return false;
}

static bool add(char **words, long count)
{
	request.kind = CONTROL_DISK;
	return (count == 3 || (count == 4 && same(words[3], "read-only"))) &&
		name_format(words[1]) && name_image(words[2], count == 4);
}

static bool add_dvd(char **words, long count)
{
	request.kind = CONTROL_DVD;
	return count == 1 || (count == 2 && name_image(words[1], true));
}

static bool insert(char **words, long count)
{
	request.kind = CONTROL_DVD;
	return count == 2 && name_image(words[1], true);
}

static bool lun_alone(char **words, long count)
{
	(void)words;
	return count == 1;
}

static bool grow(char **words, long count)
{
	if (count == 2)
		request.size = size_of(words[1]);
	return count == 2;
}

static bool nothing(char **words, long count)
{
	(void)words;
	return !count;
}

static const struct word {
	const char *name;
	uint32_t type;
	/* Words behind the name, of which the first is the LUN. */
	bool (*fill)(char **words, long count);
} all[] = {
	{ "storage", CONTROL_STORAGE, nothing },
	{ "add", CONTROL_STORAGE_ADD, add },
	{ "add-dvd", CONTROL_STORAGE_ADD, add_dvd },
	{ "remove", CONTROL_STORAGE_REMOVE, lun_alone },
	{ "insert", CONTROL_STORAGE_INSERT, insert },
	{ "eject", CONTROL_STORAGE_EJECT, lun_alone },
	{ "grow", CONTROL_STORAGE_GROW, grow },
	{ "recover", CONTROL_STORAGE_RESUME, nothing },
};

static bool run(long file, const struct word *word, char **words, long count)
{
	request.request = (struct control_request){
		.magic = CONTROL_MAGIC, .version = CONTROL_VERSION,
		.type = word->type,
		.argument = count ? (uint32_t)size_of(words[0]) : 0,
	};
	if (!word->fill(words, count))
		return false;
	if (word->type == CONTROL_STORAGE)
		return list(file);
	if (ask(file))
		return true;
	say("error ", number((unsigned long)-got.reply.error), ": ", got.text,
		NULL);
	return false;
}

bool storage_run(long file, char **words, long count, bool *good)
{
	unsigned int i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (same(words[0], all[i].name)) {
			*good = run(file, &all[i], words + 1, count - 1);
			return true;
		}
	return false;
}
