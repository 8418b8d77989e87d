/* A VM's definition, as text of anybody's, and a change of it. */
/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include <stdlib.h>

#include "check.h"
#include "definition.h"
#include "definition_change.h"
#include "definition_check.h"
#include "definition_keys.h"

#define WORD	64u

static const char *const storages[] = { "/data", "/mnt/stick" };
static const struct definition_home home = { storages, 2, 0, "web" };

/* A sentence, which every terminal and JSON may have. */
static void say(void *context, int line, const char *text)
{
	char copy[1024];

	(void)context;
	CHECK(line >= 0 && text[0] && strlen(text) < sizeof(copy));
	strcpy(copy, text);
	conf_printable(copy);
	CHECK_STRING(text, copy);
}

/* Up to a zero, which is not part of it. */
static void take_word(struct input *input, char word[WORD])
{
	size_t i;

	for (i = 0; i < WORD - 1 && (word[i] = input_byte(input)); i++)
		;
	word[i] = 0;
}

/* What is taken keeps to what vmms and the worker count on. */
static void check_definition(const struct conf *conf)
{
	struct definition is;
	unsigned int i;

	CHECK(!definition_take(&is, conf));
	CHECK(is.memory >= 2u << 20 && is.memory <= 4ull << 40);
	CHECK(is.processors >= 1 && is.processors <= DEFINITION_PROCESSORS);
	CHECK(is.boots >= 1 && is.boots <= BOOT_KINDS);
	CHECK(is.cpu_cap >= 1 && is.cpu_cap <= 100 && is.stop_limit);
	CHECK(is.nic_count <= DEFINITION_NICS);
	for (i = 0; i < is.drive_count; i++) {
		CHECK(is.drives[i].place < (is.drives[i].ide ?
			DEFINITION_IDE : DEFINITION_SCSI));
		CHECK(!is.drives[i].file || !strstr(is.drives[i].file, "/.."));
		CHECK(!is.drives[i].dvd || is.drives[i].read_only);
	}
	for (i = 0; i < is.nic_count; i++)
		CHECK(!(is.nics[i].port.mac[0] & 1) &&
			is.nics[i].port.native <= 4094);
	definition_free(&is);
}

/* Written and read, it means the same. */
static void check_again(const struct conf *conf)
{
	size_t size;
	char *text = conf_text(conf, &size);
	struct conf *again;

	CHECK(text);
	again = conf_parse(text, size, definition_kinds, NULL, NULL);
	free(text);
	CHECK(again && definition_check(again, &home, say, NULL) ==
		definition_check(conf, &home, say, NULL));
	CHECK(definition_remarks(again, say, NULL) ==
		definition_remarks(conf, say, NULL));
	check_definition(again);
	conf_free(again);
}

/* A change that is taken brings no problem. */
static void change(struct conf *conf, struct input *input)
{
	char section[WORD], key[WORD], text[WORD];
	const char *values[] = { text };
	const struct definition_set set = { section, key, values,
		input_byte(input) % 4 ? 1 : 0 };
	int before = definition_check(conf, &home, NULL, NULL);
	struct trouble why = { "" };
	int result;

	take_word(input, section);
	take_word(input, key);
	take_word(input, text);
	result = definition_change(conf, &home, &set, 1, &why);
	CHECK(!result == !why.text[0]);
	if (result)
		say(NULL, 0, why.text);
	if (!result)
		CHECK(definition_check(conf, &home, NULL, NULL) <= before);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct input input = { bytes, size };
	bool changes = input_byte(&input) % 2;
	struct conf *conf;

	conf = conf_parse((const char *)input.at, input.left,
		definition_kinds, say, NULL);
	CHECK(conf || input.left > CONF_LINES_MAX);
	if (!conf)
		return 0;
	check_definition(conf);
	if (changes) {
		/* The change is the end of the text, where it began. */
		input.at += input.left / 2;
		input.left -= input.left / 2;
		change(conf, &input);
	}
	check_again(conf);
	conf_free(conf);
	return 0;
}
