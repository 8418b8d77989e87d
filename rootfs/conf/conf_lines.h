/* The lines of settings files: what conf's own files share. */
/* SPDX-License-Identifier: MIT */
#ifndef CONF_LINES_H
#define CONF_LINES_H

#include "conf.h"

enum line_type {
	LINE_TEXT,    /* blank, comment, or bad: kept, means nothing */
	LINE_SECTION,
	LINE_FOREIGN, /* a bad header: what follows it is not ours */
	LINE_VALUE,
	LINE_SHADOW,  /* a good value that an earlier one overrides */
	LINE_WRONG,   /* a known key with a value that it does not take */
};

struct line {
	enum line_type type;
	char *text;    /* as in the file, without line end */
	char *section; /* header in its normal form, NULL outside a section */
	char *key;     /* LINE_VALUE, LINE_SHADOW, LINE_WRONG only */
	char *value;   /* LINE_VALUE and LINE_SHADOW only */
	char *complaint; /* what was said of it when it was read, or NULL */
	bool first;    /* LINE_SECTION: no header before it names the same */
	bool wrong;    /* more than unknown, or there twice */
};

struct conf {
	const struct conf_kind *kinds;
	struct line *lines;
	int count;
	int room;
};

/* Makes room for one line at index and clears it; NULL: no memory. */
struct line *conf_insert(struct conf *conf, int index);
void conf_remove(struct conf *conf, int index);

/* Whether line is a value of key, with or without effect. */
bool conf_names(const struct line *line, const char *section, const char *key);

struct reporter {
	conf_report *report;
	void *context;
	int line;
	struct line *keep; /* the line that it is said of, or NULL */
};

void conf_complain(const struct reporter *reporter, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Of what may be right for a later version, or does no harm. */
void conf_remark(const struct reporter *reporter, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The kind of a section in its normal form. */
const struct conf_kind *conf_kind_of(
	const struct conf *conf, const char *section);

/*
 * Brings a header to its normal form: one space, argument in lower case. The
 * caller frees it. NULL after a complaint.
 */
char *conf_normal_section(const struct conf *conf, const char *header,
	const struct reporter *reporter);

/* The key name if value may stand for it in section; NULL after a complaint. */
const struct conf_key *conf_check_value(const struct conf *conf,
	const char *section, const char *name, const char *value,
	const struct reporter *reporter);

/* True for UTF-8 without control characters other than tab. */
bool conf_is_text(const char *text, size_t length);

/* Cuts blanks off both ends, in place. */
char *conf_trim(char *text);

#endif
