/* Settings files: reading, looking up, changing, writing. */
/* SPDX-License-Identifier: MIT */
#include "conf.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum line_type {
	LINE_TEXT,    /* blank, comment, or bad: kept, means nothing */
	LINE_SECTION,
	LINE_FOREIGN, /* a bad header: what follows it is not ours */
	LINE_VALUE,
	LINE_SHADOW,  /* a good value that an earlier one overrides */
};

struct line {
	enum line_type type;
	char *text;    /* as in the file, without line end */
	char *section; /* header in its normal form, NULL outside a section */
	char *key;     /* LINE_VALUE and LINE_SHADOW only, as is value */
	char *value;
	bool first;    /* LINE_SECTION: no header before it names the same */
};

struct conf {
	const struct conf_kind *kinds;
	struct line *lines;
	int count;
	int room;
};

struct reporter {
	conf_report *report;
	void *context;
	int line;
};

static void complain(const struct reporter *reporter, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void complain(const struct reporter *reporter, const char *format, ...)
{
	char text[512];
	va_list arguments;

	if (!reporter->report)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	reporter->report(reporter->context, reporter->line, text);
}

static void line_clear(struct line *line)
{
	free(line->text);
	free(line->section);
	free(line->key);
	free(line->value);
}

/* Makes room for one line at index and clears it; NULL: no memory. */
static struct line *line_insert(struct conf *conf, int index)
{
	struct line *line;

	if (conf->count == conf->room) {
		int room = conf->room ? conf->room * 2 : 64;

		line = realloc(conf->lines, room * sizeof(*line));
		if (!line)
			return NULL;
		conf->lines = line;
		conf->room = room;
	}
	line = &conf->lines[index];
	memmove(line + 1, line, (conf->count - index) * sizeof(*line));
	memset(line, 0, sizeof(*line));
	conf->count++;
	return line;
}

static void line_remove(struct conf *conf, int index)
{
	struct line *line = &conf->lines[index];

	line_clear(line);
	conf->count--;
	memmove(line, line + 1, (conf->count - index) * sizeof(*line));
}

/* Cuts blanks off both ends, in place. */
static char *trim(char *text)
{
	size_t length;

	text += strspn(text, " \t");
	length = strlen(text);
	while (length && strchr(" \t", text[length - 1]))
		length--;
	text[length] = '\0';
	return text;
}

static const struct conf_kind *find_kind(
	const struct conf_kind *kinds, const char *name, size_t length)
{
	for (; kinds->name; kinds++)
		if (strlen(kinds->name) == length &&
			!strncmp(kinds->name, name, length))
			return kinds;
	return NULL;
}

/* The kind of a section in its normal form. */
static const struct conf_kind *kind_of(
	const struct conf *conf, const char *section)
{
	return find_kind(conf->kinds, section, strcspn(section, " "));
}

static const struct conf_key *find_key(
	const struct conf_kind *kind, const char *name)
{
	const struct conf_key *key;

	for (key = kind->keys; key->name; key++)
		if (!strcmp(key->name, name))
			return key;
	return NULL;
}

/*
 * Brings a header to its normal form: one space, argument in lower case.
 * NULL after a complaint.
 */
static char *normal_section(const struct conf *conf, const char *header,
	const struct reporter *reporter)
{
	size_t length = strcspn(header, " \t");
	const char *argument = header + length + strspn(header + length, " \t");
	const struct conf_kind *kind =
		find_kind(conf->kinds, header, length);
	char *section;
	char *at;

	if (!kind) {
		complain(reporter, "unknown section [%.80s]", header);
		return NULL;
	}
	if (!kind->argument != !*argument ||
		(*argument && !kind->good(argument))) {
		complain(reporter, "section [%.80s]: %s takes %s", header,
			kind->name,
			kind->argument ? kind->argument : "no argument");
		return NULL;
	}
	if (asprintf(&section, "%s%s%s", kind->name, *argument ? " " : "",
		    argument) < 0)
		return NULL;
	for (at = section; *at; at++)
		if (*at >= 'A' && *at <= 'Z')
			*at += 'a' - 'A';
	return section;
}

/*
 * The length of the UTF-8 character at text; 0 when there is none, or a control
 * character other than tab. The second byte's range excludes what is too long
 * for its value, surrogates, and all above U+10FFFF (RFC 3629 section 4).
 */
static size_t character(const unsigned char *text, size_t length)
{
	unsigned char low = *text == 0xe0 ? 0xa0 : *text == 0xf0 ? 0x90 : 0x80;
	unsigned char high = *text == 0xed ? 0x9f : *text == 0xf4 ? 0x8f : 0xbf;
	size_t size = *text >= 0xf0 ? 4 : *text >= 0xe0 ? 3 : 2;
	size_t i;

	if (*text < 0x80)
		return (*text >= 0x20 && *text != 0x7f) || *text == '\t';
	if (*text < 0xc2 || *text > 0xf4 || size > length ||
		text[1] < low || text[1] > high)
		return 0;
	for (i = 2; i < size; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	return size;
}

/* True for UTF-8 without control characters other than tab. */
static bool good_text(const char *text, size_t length)
{
	while (length) {
		size_t size = character((const unsigned char *)text, length);

		if (!size)
			return false;
		text += size;
		length -= size;
	}
	return true;
}

/* Reads `[header]` out of text; NULL after a complaint. */
static char *parse_section(const struct conf *conf, char *text,
	const struct reporter *reporter)
{
	size_t length = strlen(text);

	if (text[length - 1] != ']') {
		complain(reporter, "a section header ends with ]");
		return NULL;
	}
	text[length - 1] = '\0';
	return normal_section(conf, trim(text + 1), reporter);
}

/* Whether value may stand for key in section; complains if not. */
static const struct conf_key *check_value(const struct conf *conf,
	const char *section, const char *name, const char *value,
	const struct reporter *reporter)
{
	const struct conf_key *key = find_key(kind_of(conf, section), name);

	if (!key) {
		complain(reporter, "[%s] has no key \"%.80s\"", section, name);
		return NULL;
	}
	if (!good_text(value, strlen(value)) || !key->good(value)) {
		complain(reporter, "[%s] %s: \"%.80s\" is not %s", section,
			name, value, key->takes);
		return NULL;
	}
	return key;
}

/*
 * Reads `key = value` out of text into line; complains when it is not good.
 * False: no memory.
 */
static bool parse_value(const struct conf *conf, struct line *line, char *text,
	const char *section, const struct reporter *reporter)
{
	char *value = strchr(text, '=');
	const struct conf_key *key;

	if (!value) {
		complain(reporter,
			"not a section, a comment or \"key = value\"");
		return true;
	}
	*value++ = '\0';
	text = trim(text);
	value = trim(value);
	key = check_value(conf, section, text, value, reporter);
	if (!key)
		return true;
	line->key = strdup(text);
	line->value = strdup(value);
	if (!line->key || !line->value)
		return false;
	line->type = LINE_VALUE;
	if (!key->repeats && conf_line(conf, section, text) != reporter->line) {
		complain(reporter, "[%s] %s stands twice; the first one counts",
			section, text);
		line->type = LINE_SHADOW;
	}
	return true;
}

/* A copy of a line as a string. A NUL would end it: it becomes another control
 * character, so that the line stays as bad as it was. */
static char *keep(const char *start, size_t length)
{
	char *text = malloc(length + 1);
	size_t i;

	if (!text)
		return NULL;
	for (i = 0; i < length; i++)
		text[i] = start[i] ? start[i] : 1;
	text[length] = '\0';
	return text;
}

/* Makes a header line of line, and its section, or "", the *section. */
static bool parse_header(struct conf *conf, struct line *line, char *text,
	char **section, const struct reporter *reporter)
{
	free(*section);
	*section = parse_section(conf, text, reporter);
	if (!*section) {
		line->type = LINE_FOREIGN;
		*section = strdup("");
		return *section;
	}
	line->section = strdup(*section);
	line->first = !conf_line(conf, *section, NULL);
	line->type = LINE_SECTION;
	return line->section;
}

/*
 * Takes one line in. *section is the section it stands in and is replaced by a
 * header; NULL: none, "" a bad one, whose lines are passed over in silence.
 */
static bool parse_line(struct conf *conf, const char *start, size_t length,
	char **section, const struct reporter *reporter)
{
	struct line *line = line_insert(conf, conf->count);
	char copy[CONF_LINE_MAX + 1];
	char *text;

	if (!line)
		return false;
	line->text = keep(start, length);
	if (!line->text)
		return false;
	if (length > CONF_LINE_MAX) {
		complain(reporter, "longer than %d bytes", CONF_LINE_MAX);
		return true;
	}
	if (!good_text(start, length)) {
		complain(reporter, "not text in UTF-8");
		return true;
	}
	memcpy(copy, start, length);
	copy[length] = '\0';
	text = trim(copy);
	if (*text == '[')
		return parse_header(conf, line, text, section, reporter);
	if (!*text || *text == '#' || (*section && !**section))
		return true;
	if (!*section) {
		complain(reporter, "stands before the first [section]");
		return true;
	}
	line->section = strdup(*section);
	if (!line->section)
		return false;
	return parse_value(conf, line, text, *section, reporter);
}

static int parse(struct conf *conf, const char *text, size_t size,
	struct reporter *reporter)
{
	const char *end = text + size;
	char *section = NULL;
	int result = 0;

	while (end - text >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		text += 3;
	while (!result && text < end) {
		const char *stop = memchr(text, '\n', end - text);
		const char *next = stop ? stop + 1 : end;

		if (!stop)
			stop = end;
		while (stop > text && stop[-1] == '\r')
			stop--;
		if (++reporter->line > CONF_LINES_MAX)
			result = -EFBIG;
		else if (!parse_line(conf, text, stop - text, &section,
				 reporter))
			result = -ENOMEM;
		text = next;
	}
	free(section);
	return result;
}

/* The file's content, which the caller frees; NULL with errno. */
static char *load(const char *path, size_t *size)
{
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *text = NULL;
	struct stat status;
	ssize_t got = 1;

	*size = 0;
	if (file < 0)
		return NULL;
	if (fstat(file, &status) < 0)
		goto out;
	errno = EINVAL;
	if (!S_ISREG(status.st_mode))
		goto out;
	text = malloc(CONF_FILE_MAX + 1);
	while (text && got > 0 && *size <= CONF_FILE_MAX) {
		got = read(file, text + *size, CONF_FILE_MAX + 1 - *size);
		if (got > 0)
			*size += got;
	}
	if (text && (got < 0 || *size > CONF_FILE_MAX)) {
		free(text);
		text = NULL;
		errno = got < 0 ? errno : EFBIG;
	}
out:
	close(file);
	return text;
}

struct conf *conf_new(const struct conf_kind *kinds)
{
	struct conf *conf = calloc(1, sizeof(*conf));

	if (conf)
		conf->kinds = kinds;
	return conf;
}

void conf_free(struct conf *conf)
{
	int i;

	if (!conf)
		return;
	for (i = 0; i < conf->count; i++)
		line_clear(&conf->lines[i]);
	free(conf->lines);
	free(conf);
}

struct conf *conf_read(const char *path, const struct conf_kind *kinds,
	conf_report *report, void *context)
{
	struct reporter reporter = { report, context, 0 };
	struct conf *conf;
	int result;
	size_t size;
	char *text = load(path, &size);

	if (!text)
		return NULL;
	conf = conf_new(kinds);
	result = conf ? parse(conf, text, size, &reporter) : -ENOMEM;
	free(text);
	if (!result)
		return conf;
	conf_free(conf);
	errno = -result;
	return NULL;
}

/* A value of key, with or without effect. */
static bool names_key(
	const struct line *line, const char *section, const char *key)
{
	return line->key && !strcmp(line->key, key) &&
		!strcasecmp(line->section, section);
}

static bool is_value(
	const struct line *line, const char *section, const char *key)
{
	return line->type == LINE_VALUE && names_key(line, section, key);
}

const char *conf_value(const struct conf *conf, const char *section,
	const char *key, int index)
{
	int i;

	for (i = 0; i < conf->count; i++)
		if (is_value(&conf->lines[i], section, key) && !index--)
			return conf->lines[i].value;
	return NULL;
}

int conf_line(const struct conf *conf, const char *section, const char *key)
{
	int i;

	for (i = 0; i < conf->count; i++) {
		const struct line *line = &conf->lines[i];

		if (key ? is_value(line, section, key) :
			line->type == LINE_SECTION &&
			!strcasecmp(line->section, section))
			return i + 1;
	}
	return 0;
}

const char *conf_section(const struct conf *conf, const char *kind, int index)
{
	int i;

	for (i = 0; i < conf->count; i++) {
		const struct line *line = &conf->lines[i];

		if (line->type != LINE_SECTION || !line->first)
			continue;
		if (kind && strcmp(kind_of(conf, line->section)->name, kind))
			continue;
		if (!index--)
			return line->section;
	}
	return NULL;
}

/* Adds a line of text, which is printed by format, in section at index. */
static struct line *add_line(struct conf *conf, int index, const char *section,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

static struct line *add_line(struct conf *conf, int index, const char *section,
	const char *format, ...)
{
	struct line *line = line_insert(conf, index);
	va_list arguments;

	if (!line)
		return NULL;
	va_start(arguments, format);
	if (vasprintf(&line->text, format, arguments) < 0)
		line->text = NULL;
	va_end(arguments);
	line->section = strdup(section);
	if (line->text && line->section)
		return line;
	line_remove(conf, index);
	return NULL;
}

/* Adds `key = value` at index. */
static int add_value(struct conf *conf, int index, const char *section,
	const char *key, const char *value)
{
	struct line *line =
		add_line(conf, index, section, "%s = %s", key, value);

	if (!line)
		return -ENOMEM;
	line->key = strdup(key);
	line->value = strdup(value);
	if (!line->key || !line->value) {
		line_remove(conf, index);
		return -ENOMEM;
	}
	line->type = LINE_VALUE;
	return 0;
}

/* Adds a header at the end, after a blank line; its index or -ENOMEM. */
static int add_section(struct conf *conf, const char *section)
{
	struct line *line;

	if (conf->count && !add_line(conf, conf->count, section, "%s", ""))
		return -ENOMEM;
	line = add_line(conf, conf->count, section, "[%s]", section);
	if (!line)
		return -ENOMEM;
	line->type = LINE_SECTION;
	line->first = true;
	return conf->count - 1;
}

/*
 * Removes all values of a key, those without effect too, or they would come to
 * life; the index of the first one, or -1.
 */
static int remove_values(
	struct conf *conf, const char *section, const char *key)
{
	int first = -1;
	int i;

	for (i = conf->count - 1; i >= 0; i--) {
		if (!names_key(&conf->lines[i], section, key))
			continue;
		line_remove(conf, i);
		first = i;
	}
	return first;
}

static bool is_header(const struct line *line)
{
	return line->type == LINE_SECTION || line->type == LINE_FOREIGN;
}

/* The line after the last value of the section whose header is at index. */
static int section_end(const struct conf *conf, int index)
{
	int end = index + 1;
	int i;

	for (i = end; i < conf->count; i++) {
		if (is_header(&conf->lines[i]))
			break;
		if (conf->lines[i].key)
			end = i + 1;
	}
	return end;
}

/* Checks all that conf_set() needs before it changes anything. */
static char *check_set(const struct conf *conf, const char *header,
	const char *key, const char *const *values, int count,
	const struct reporter *reporter)
{
	char *section = normal_section(conf, header, reporter);
	const struct conf_key *known = NULL;
	int i;

	if (!section)
		return NULL;
	for (i = 0; i < count; i++) {
		known = check_value(conf, section, key, values[i], reporter);
		if (!known || strlen(key) + strlen(values[i]) + 3 >
				CONF_LINE_MAX)
			goto bad;
	}
	if (count < 1 || (count > 1 && !known->repeats)) {
		complain(reporter, "[%s] %s takes one value", section, key);
		goto bad;
	}
	return section;
bad:
	free(section);
	return NULL;
}

int conf_set(struct conf *conf, const char *header, const char *key,
	const char *const *values, int count, conf_report *report,
	void *context)
{
	struct reporter reporter = { report, context, 0 };
	char *section = check_set(conf, header, key, values, count, &reporter);
	int result = 0;
	int at;
	int i;

	if (!section)
		return -EINVAL;
	at = remove_values(conf, section, key);
	if (at < 0) {
		at = conf_line(conf, section, NULL) - 1;
		if (at < 0)
			at = add_section(conf, section);
		if (at < 0)
			result = at;
		else
			at = section_end(conf, at);
	}
	for (i = 0; i < count && !result; i++)
		result = add_value(conf, at + i, section, key, values[i]);
	free(section);
	return result;
}

static bool is_comment(const struct line *line)
{
	return line->text[strspn(line->text, " \t")] == '#';
}

/*
 * The line after the piece of a section whose header is at index. A comment
 * just above the next header belongs to that one.
 */
static int piece_end(const struct conf *conf, int index)
{
	int end = index + 1;

	while (end < conf->count && !is_header(&conf->lines[end]))
		end++;
	if (end == conf->count)
		return end;
	while (end > index + 1 && is_comment(&conf->lines[end - 1]))
		end--;
	return end;
}

int conf_unset(struct conf *conf, const char *section, const char *key)
{
	int result = -ENOENT;
	int at, end;

	if (key)
		return remove_values(conf, section, key) < 0 ? -ENOENT : 0;
	while ((at = conf_line(conf, section, NULL) - 1) >= 0) {
		for (end = piece_end(conf, at); end > at; end--)
			line_remove(conf, at);
		result = 0;
	}
	return result;
}

/* Whether conf_read() takes what conf_write() would write. */
static bool fits(const struct conf *conf)
{
	size_t size = 0;
	int i;

	for (i = 0; i < conf->count; i++)
		size += strlen(conf->lines[i].text) + 1;
	return size <= CONF_FILE_MAX && conf->count <= CONF_LINES_MAX;
}

static int write_lines(const struct conf *conf, int file)
{
	FILE *stream = fdopen(file, "w");
	int result = 0;
	int i;

	if (!stream) {
		result = -errno;
		close(file);
		return result;
	}
	for (i = 0; i < conf->count; i++)
		fprintf(stream, "%s\n", conf->lines[i].text);
	if (fflush(stream) || fsync(file) || ferror(stream))
		result = errno ? -errno : -EIO;
	if (fclose(stream) && !result)
		result = -errno;
	return result;
}

static int sync_folder(const char *path)
{
	char *copy = strdup(path);
	int result = 0;
	int folder;

	if (!copy)
		return -ENOMEM;
	folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0 || fsync(folder))
		result = -errno;
	if (folder >= 0)
		close(folder);
	free(copy);
	return result;
}

int conf_write(const struct conf *conf, const char *path)
{
	char *new;
	int result;
	int file;

	if (!fits(conf))
		return -EFBIG;
	if (asprintf(&new, "%s.XXXXXX", path) < 0)
		return -ENOMEM;
	file = mkostemp(new, O_CLOEXEC); /* mode 0600 */
	result = file < 0 ? -errno : write_lines(conf, file);
	if (file >= 0 && !result && rename(new, path))
		result = -errno;
	if (file >= 0 && result)
		unlink(new);
	free(new);
	return result ? result : sync_folder(path);
}
