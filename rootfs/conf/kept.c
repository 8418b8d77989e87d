/* Copies of a host's settings: which of several is the newest good one. */
/* SPDX-License-Identifier: MIT */
#include "kept.h"

#include "conf_lines.h"
#include "keys.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define START "# kept "

enum { KEPT_LINE = 64 };

/* Far from any overflow. */
#define KEPT_MOST (INT64_C(1) << 53)

/* Goes on from sum, which is 0 at the begin. */
static uint32_t sum_of(uint32_t sum, const char *text, size_t size)
{
	int bit;

	sum = ~sum;
	while (size--) {
		sum ^= (unsigned char)*text++;
		for (bit = 0; bit < 8; bit++)
			sum = sum >> 1 ^ (sum & 1 ? 0xedb88320u : 0);
	}
	return ~sum;
}

static bool is_kept(const char *line)
{
	return !strncmp(line, START, strlen(START));
}

/* Where the last line begins; the text ends with a line's end. */
static const char *last_line(const char *text, size_t size)
{
	const char *at = size > 1 ? memrchr(text, '\n', size - 1) : NULL;

	return at ? at + 1 : text;
}

/* Somebody's own: settings, all of them good, and nothing that no editor writes. */
static int64_t by_hand(const char *text, size_t size)
{
	struct conf *conf = memchr(text, '\0', size) ? NULL :
		conf_parse(text, size, host_kinds, NULL, NULL);
	bool good = conf && conf_section(conf, NULL, 0) &&
		!conf_complaints(conf, true, NULL, NULL);

	conf_free(conf);
	return good ? KEPT_BY_HAND : KEPT_BAD;
}

static void read_line(struct kept *kept, const char *text, size_t size)
{
	const char *line = last_line(text, size);
	int64_t number;
	uint32_t sum;
	int before = 0;
	char end;

	kept->number = is_kept(line) ? KEPT_BAD : by_hand(text, size);
	if (sscanf(line, START "%" SCNd64 " %12[0-9a-f] %n%8" SCNx32 "%c",
		&number, kept->host, &before, &sum, &end) == 4 &&
	    end == '\n' && number > 0 && number <= KEPT_MOST &&
	    strlen(kept->host) == KEPT_HOST &&
	    sum_of(0, text, (size_t)(line + before - text)) == sum)
		kept->number = number;
	else
		*kept->host = '\0';
}

/* A data volume may be anybody's: neither a link nor what never ends is read. */
static FILE *open_file(const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat about;

	if (file >= 0 && !fstat(file, &about) && S_ISREG(about.st_mode))
		return fdopen(file, "r");
	if (file >= 0)
		close(file);
	return NULL;
}

void kept_read(const char *path, struct kept *kept)
{
	FILE *file = open_file(path);
	char *text = malloc(CONF_FILE_MAX + 1);
	size_t size = file && text ? fread(text, 1, CONF_FILE_MAX, file) : 0;

	kept->number = KEPT_BAD;
	*kept->host = '\0';
	if (file && text && !ferror(file)) {
		text[size] = '\0';
		read_line(kept, text, size);
	}
	if (file)
		fclose(file);
	free(text);
}

int kept_newest(char *const *paths, int count, const char *host)
{
	struct kept newest = { 0, "" }, each;
	int i, found = -1;

	if (host)
		snprintf(newest.host, sizeof(newest.host), "%s", host);
	for (i = 0; i < count; i++) {
		kept_read(paths[i], &each);
		if (!i && each.number == KEPT_BY_HAND)
			return i;
		/* Without a name the first place's is the host's. */
		if (!i && !*newest.host)
			memcpy(newest.host, each.host, sizeof(each.host));
		if (each.number <= newest.number ||
		    strcmp(each.host, newest.host))
			continue;
		newest = each;
		found = i;
	}
	return found;
}

int kept_new_host(struct kept *kept)
{
	unsigned char bytes[KEPT_HOST / 2];
	int i;

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return -errno;
	for (i = 0; i < KEPT_HOST / 2; i++)
		snprintf(kept->host + 2 * i, 3, "%02x", bytes[i]);
	return 0;
}

int kept_next(char *const *paths, int count, const char *host,
	struct kept *next)
{
	struct kept each;
	int i;

	next->number = 0;
	snprintf(next->host, sizeof(next->host), "%s", host ? host : "");
	for (i = 0; i < count; i++) {
		kept_read(paths[i], &each);
		if (!*next->host)
			memcpy(next->host, each.host, sizeof(each.host));
		if (each.number > next->number &&
		    !strcmp(each.host, next->host))
			next->number = each.number;
	}
	next->number++;
	return *next->host ? 0 : kept_new_host(next);
}

void kept_forget(struct conf *conf)
{
	int i;

	for (i = conf->count - 1; i >= 0; i--)
		if (is_kept(conf->lines[i].text))
			conf_remove(conf, i);
}

int kept_write(struct conf *conf, const char *path, const struct kept *kept)
{
	char line[KEPT_LINE];
	struct line *last;
	size_t size, before;
	uint32_t sum;
	char *text;

	kept_forget(conf);
	text = conf_text(conf, &size);
	if (!text)
		return -errno;
	before = (size_t)snprintf(line, sizeof(line), START "%" PRId64 " %s ",
		kept->number, kept->host);
	sum = sum_of(sum_of(0, text, size), line, before);
	snprintf(line + before, sizeof(line) - before, "%08" PRIx32, sum);
	free(text);
	last = conf_insert(conf, conf->count);
	if (!last)
		return -ENOMEM;
	last->text = strdup(line);
	last->section = strdup("");
	if (last->text && last->section)
		return conf_write(conf, path);
	conf_remove(conf, conf->count - 1);
	return -ENOMEM;
}
