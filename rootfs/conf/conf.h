/* Settings files: sections of `key = value`, kept line by line. */
/* SPDX-License-Identifier: MIT */
#ifndef CONF_H
#define CONF_H

#include <stdbool.h>
#include <stddef.h>

enum {
	CONF_FILE_MAX = 1 << 20, /* bytes of a file */
	CONF_LINE_MAX = 4096,    /* bytes of a line, without its end */
	CONF_LINES_MAX = 4096,   /* lines of a file: bounds every search */
};

/* A key that a section may have. */
struct conf_key {
	const char *name;
	bool repeats;            /* may stand more than once */
	const char *takes;       /* for messages: "a number from 1 to 4094" */
	bool (*good)(const char *value);
};

/* A kind of section, `[kind]` or `[kind argument]`. */
struct conf_kind {
	const char *name;
	const char *argument;    /* what the argument is, NULL: takes none */
	bool (*good)(const char *argument);
	const struct conf_key *keys; /* ends with .name == NULL */
};

struct conf;

/*
 * Called for every problem. line counts from 1; 0: the whole file. text is a
 * sentence that ends without a period, printable whatever the file has in it,
 * and valid during the call only.
 */
typedef void conf_report(void *context, int line, const char *text);

/*
 * Reads path by the table kinds (ends with .name == NULL; not copied). Bad
 * lines are reported and otherwise only kept for writing. Returns NULL with
 * errno set when the file cannot be read or is larger than CONF_FILE_MAX or
 * CONF_LINES_MAX (EFBIG). The caller frees the result with conf_free().
 *
 * A section in several pieces is one section. Of a key that may not repeat the
 * first good value counts. Arguments of sections are kept in lower case.
 */
struct conf *conf_read(const char *path, const struct conf_kind *kinds,
	conf_report *report, void *context);

/* The same of text in memory, which is not kept. */
struct conf *conf_parse(const char *text, size_t size,
	const struct conf_kind *kinds, conf_report *report, void *context);

/*
 * Reports again what was said of lines that are still there, and returns how
 * many they are. wrong: those that are none, or whose value or section does not
 * fit; else those of an unknown name, and those that stand twice. report may be
 * NULL.
 */
int conf_complaints(const struct conf *conf, bool wrong, conf_report *report,
	void *context);

/* An empty file of this table. NULL: no memory. */
struct conf *conf_new(const struct conf_kind *kinds);
void conf_free(struct conf *conf);

/*
 * The kind of a section, and the key of that name (length bytes) in it. NULL: a
 * table has no such.
 */
const struct conf_kind *conf_kind_in(const struct conf_kind *kinds,
	const char *section);
const struct conf_key *conf_key_in(const struct conf_kind *kinds,
	const char *section, const char *name, size_t length);

/*
 * The index-th good value of key in section, NULL when there are not so many.
 * section is a header without brackets: "host", "nic 52:54:00:12:34:56". The
 * text belongs to conf and lives until the next change.
 */
const char *conf_value(const struct conf *conf, const char *section,
	const char *key, int index);

/* The index-th section, each once; kind NULL: any. NULL: no more. */
const char *conf_section(const struct conf *conf, const char *kind, int index);

/*
 * The number of the line where section has its first value of key, or with key
 * NULL its header. 0: nowhere.
 */
int conf_line(const struct conf *conf, const char *section, const char *key);

/*
 * Replaces all values of a key by count new ones, checked first and without
 * blanks at their ends, and lines whose value it does not take; the section is
 * added when missing. 0, -EINVAL after a report (line 0), or -ENOMEM.
 */
int conf_set(struct conf *conf, const char *section, const char *key,
	const char *const *values, int count, conf_report *report,
	void *context);

/*
 * Removes a key, values that did not count included, or with key NULL a
 * section; unknown sections and the comment above the next header stay. 0, or
 * -ENOENT.
 */
int conf_unset(struct conf *conf, const char *section, const char *key);

/*
 * Makes a key of a section of to what it is in from, or with key NULL all of
 * the section. 0 or -ENOMEM.
 */
int conf_copy(const struct conf *from, struct conf *to, const char *section,
	const char *key);

/*
 * A '?' in the place of each byte that is no UTF-8, or cut off, and of control
 * characters: what a sentence may quote.
 */
void conf_printable(char *text);

/*
 * What conf_write() would write, which the caller frees, with a zero behind its
 * size. NULL with errno: EFBIG, ENOMEM.
 */
char *conf_text(const struct conf *conf, size_t *size);

/*
 * Writes path so that after a power cut either the old or the new file is
 * there: new file, fsync, rename, fsync of the folder. Mode 0600. 0 or -errno
 * (-EFBIG: conf_read() would refuse it).
 */
int conf_write(const struct conf *conf, const char *path);

#endif
