/* A command of `vm` as it would be typed: what is asked, and what is shown. */
/* SPDX-License-Identifier: MIT */
#include "typed.h"

#include <stdio.h>
#include <string.h>

#include "rootfs/vmms/line.h"
#include "rootfs/vmms/verbs.h"

void typed_clear(struct typed *typed)
{
	typed->count = 0;
	typed->used = 0;
	typed->failed = false;
}

/* More of the last word, behind which is a zero. */
static void append(struct typed *typed, const char *text, size_t size)
{
	if (typed->failed || size >= TYPED_BYTES - typed->used) {
		typed->failed = true;
		return;
	}
	memcpy(typed->bytes + typed->used, text, size);
	typed->used += size;
	typed->bytes[typed->used] = '\0';
}

static void begin(struct typed *typed)
{
	if (typed->count == TYPED_WORDS ||
	    typed->used + 2 >= TYPED_BYTES) {
		typed->failed = true;
		return;
	}
	if (typed->count)
		typed->used++;
	typed->bytes[typed->used] = '\0';
	typed->at[typed->count++] = typed->used;
}

void typed_join(struct typed *typed, const char *start, const char *rest)
{
	begin(typed);
	append(typed, start, strlen(start));
	append(typed, rest, strlen(rest));
}

void typed_add(struct typed *typed, const char *word)
{
	typed_join(typed, word, "");
}

/* One word; what comes behind it. */
static const char *add_from(struct typed *typed, const char *at,
	const char *subject, const char *of)
{
	bool quoted = false;

	begin(typed);
	for (; *at && (quoted || *at != ' '); at++)
		if (*at == '\'')
			quoted = !quoted;
		else if (*at == '@')
			append(typed, subject, strlen(subject));
		else if (*at == '%')
			append(typed, of, strlen(of));
		else
			append(typed, at, 1);
	return at;
}

void typed_table(struct typed *typed, const char *words, const char *subject,
	const char *of)
{
	words += strspn(words, " ");
	while (*words) {
		words = add_from(typed, words, subject ? subject : "",
			of ? of : "");
		words += strspn(words, " ");
	}
}

const char *typed_word(const struct typed *typed, int index)
{
	return typed->bytes + typed->at[index];
}

bool typed_read(const struct typed *typed, struct words *words, char *why)
{
	char *list[TYPED_WORDS];
	int i;

	for (i = 0; i < typed->count; i++)
		list[i] = (char *)typed_word(typed, i);
	/* Too much for a command: none of it is one. */
	return words_read(words, verbs, list, typed->failed ? 0 : typed->count,
		why);
}

static bool is_plain(const char *word)
{
	return *word && !word[strspn(word, "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+.,:/@%")];
}

static size_t put(char *line, size_t size, size_t used, const char *text)
{
	int added = snprintf(line + used, size - used, "%s", text);

	return used + added < size ? used + added : size - 1;
}

/* KEY="two words" reads better than "KEY=two words". */
static size_t put_quoted(char *line, size_t size, size_t used,
	const char *word)
{
	const char *sign = strchr(word, '=');
	char key[64] = "";
	char one[2] = "";

	if (sign && sign - word < (int)sizeof(key) - 1) {
		snprintf(key, sizeof(key), "%.*s", (int)(sign + 1 - word),
			word);
		if (!is_plain(key))
			key[0] = '\0';
	}
	used = put(line, size, used, key);
	word += strlen(key);
	if (is_plain(word) || (*key && !*word))
		return put(line, size, used, word);
	used = put(line, size, used, "\"");
	for (; *word; word++) {
		one[0] = *word;
		if (strchr("\"\\$`", *word))
			used = put(line, size, used, "\\");
		used = put(line, size, used, one);
	}
	return put(line, size, used, "\"");
}

void typed_print(const struct typed *typed, char *line, size_t size)
{
	size_t used = put(line, size, 0, "vm");
	int i;

	for (i = 0; i < typed->count; i++) {
		used = put(line, size, used, " ");
		used = put_quoted(line, size, used, typed_word(typed, i));
	}
}
