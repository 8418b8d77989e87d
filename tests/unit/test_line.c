/* Messages, the bytes that wait, and what verbs are given. */
/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <stdbool.h>
#include <stdint.h>

#include "buffer.h"
#include "line.h"
#include "refusal.h"
#include "verb.h"

static char why[LINE_SENTENCE];

static json_t *parse(const char *text)
{
	return line_parse(text, strlen(text), &line_request, why);
}

static void refused(const char *text, size_t size, const char *part)
{
	CHECK(!line_parse(text, size, &line_request, why));
	if (!strstr(why, part))
		fprintf(stderr, "\"%s\" is not in \"%s\"\n", part, why);
	CHECK(strstr(why, part));
}

static void test_good_lines(void)
{
	static const char *const good[] = { "{}", " { } ", "{\"a\":1}",
		"{\"a\":\"\\u00e4\\\\\\\"[[[[[[[[[[[[\"}",
		"{\"a\":[[[[[[[]]]]]]]}", "{\"a\":-9223372036854775808}" };
	size_t i, size;
	json_t *object, *again;
	char *line;

	for (i = 0; i < sizeof(good) / sizeof(*good); i++) {
		object = parse(good[i]);
		CHECK(object);
		line = line_print(object, &size);
		CHECK(line && size && line[size - 1] == '\n');
		CHECK(!memchr(line, '\n', size - 1));
		again = line_parse(line, size - 1, &line_request, why);
		CHECK(json_equal(object, again));
		free(line);
		json_decref(object);
		json_decref(again);
	}
}

static void test_bad_lines(void)
{
	static const char *const bad[] = { "", " ", "{", "}", "[", "{\"a\"}",
		"{\"a\":}", "{,}", "{\"a\":1,}", "{}{}", "{\"a\":01}", "nul",
		"{\"a\":\"\\ud800\"}", "{\"a\":\"\\u0000\"}", "{'a':1}",
		"{\"a\":\"\xff\"}", "{\"a\":\"\xc0\x80\"}", "{\"\xed\xa0\x80\":1}",
		"{\"a\":9223372036854775808}", "{\"a\":1e999}", "{\"a\":\"\t\"}",
		"{\"a\":NaN}", "{\"a\":1}\f", "\xef\xbb\xbf{}" };
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		refused(bad[i], strlen(bad[i]), "not JSON");
	refused("{\"a\":1,\"a\":1}", 13, "duplicate");
	refused("{\"a\":\"\0\"}", 9, "not JSON");
	refused("{}\0", 3, "not JSON");
	refused("[]", 2, "no object");
	refused("{\"a\":[[[[[[[[]]]]]]]]}", 22, "8 deep");
}

static void test_limits(void)
{
	static char text[LINE_BYTES + 2];
	json_t *object;
	size_t i;

	memset(text, ' ', sizeof(text));
	memcpy(text, "{}", 2);
	object = line_parse(text, LINE_BYTES, &line_request, why);
	CHECK(object);
	json_decref(object);
	refused(text, LINE_BYTES + 1, "longer than 65536");
	memset(text, '[', LINE_BYTES);
	refused(text, LINE_BYTES, "deep");
	memset(text, ',', LINE_BYTES);
	refused(text, LINE_BYTES, "1024 values");
	for (i = 0; i < LINE_BYTES; i += 2)
		memcpy(text + i, "{}", 2);
	refused(text, LINE_BYTES, "1024 values");
}

static json_t *sentence(const char *format, ...)
{
	va_list list;
	json_t *text;

	va_start(list, format);
	text = line_sentence(format, list);
	va_end(list);
	return text;
}

/* What is cut is cut between characters. */
static void test_sentences(void)
{
	char long_text[1024];
	json_t *text;
	size_t i;

	for (i = 505; i < 515; i++) {
		memset(long_text, 'x', sizeof(long_text));
		strcpy(long_text + i, "\xf0\x9f\x97\xbf\xc3\xa4 end");
		text = sentence("%s", long_text);
		CHECK(json_string_length(text) >= 505 &&
			json_string_length(text) < 512);
		json_decref(text);
	}
	text = sentence("%s %d", "\xc3\xa4", 5);
	CHECK_STRING("\xc3\xa4 5", json_string_value(text));
	json_decref(text);
	text = sentence("%s", "\xff end");
	CHECK_STRING("this cannot be said in UTF-8", json_string_value(text));
	json_decref(text);
}

/* Against one that never moves. */
static void test_buffer(unsigned int seed)
{
	static unsigned char model[1 << 20];
	size_t first = 0, last = 0, size, i;
	unsigned char bytes[700];
	struct buffer buffer;
	int round;

	buffer_init(&buffer, 5000);
	for (round = 0; round < 2000; round++) {
		size = rand_r(&seed) % sizeof(bytes);
		for (i = 0; i < size; i++)
			bytes[i] = rand_r(&seed);
		CHECK(buffer_put(&buffer, bytes, size) ==
			(size <= 5000 - (last - first)));
		if (size <= 5000 - (last - first)) {
			memcpy(model + last, bytes, size);
			last += size;
		}
		CHECK(buffer.used == last - first && buffer.room <= 5000);
		CHECK(!buffer.used || !memcmp(buffer_peek(&buffer),
			model + first, buffer.used));
		size = rand_r(&seed) % (2 * sizeof(bytes));
		if (size > buffer.used)
			size = buffer.used;
		buffer_take(&buffer, size);
		first += size;
		CHECK(buffer.used || !buffer.bytes);
	}
	buffer_exit(&buffer);
}

static bool good_name(const char *text)
{
	return !strcmp(text, "web");
}

static const struct verb_argument arguments[] = {
	{ "name", VERB_TEXT, VERB_NEEDED | VERB_OBJECT, 0, 0, good_name,
		"a name" },
	{ "size", VERB_NUMBER, 0, -5, 5, NULL, NULL },
	{ "hard", VERB_FLAG, 0, 0, 0, NULL, "at once" },
	{ "list", VERB_LIST, 0, 0, 4, NULL, NULL },
	{ "set", VERB_PAIRS, 0, 0, 0, NULL, "settings" },
	{ .name = NULL },
};

static const struct verb verbs[] = {
	{ "do", arguments, VERB_CHANGES, "does", NULL, NULL },
	{ "disk add", NULL, 0, "adds", NULL, NULL },
	{ .name = NULL },
};

static bool takes(const struct verb *verb, const char *text)
{
	json_t *args = parse(text);
	bool good;

	CHECK(args);
	why[0] = '\0';
	good = verb_check(verb, args, why);
	CHECK(good == !why[0]);
	json_decref(args);
	return good;
}

static void test_verbs(void)
{
	const struct verb *verb = verb_find(verbs, "do");
	json_t *args;

	CHECK(verb == verbs && verb_find(verbs, "disk add") == verbs + 1);
	CHECK(!verb_find(verbs, "disk") && !verb_find(verbs, ""));
	CHECK(takes(verb, "{\"name\":\"web\"}"));
	CHECK(takes(verb, "{\"name\":\"web\",\"size\":-5,\"hard\":false,"
		"\"dry-run\":true,\"list\":[\"abcd\",\"\"],"
		"\"set\":{\"a\":\"\"}}"));
	CHECK(!takes(verb, "{}"));
	CHECK_STRING("do: name is missing", why);
	CHECK(!takes(verb, "{\"name\":\"mail\"}"));
	CHECK_STRING("do: name is not a name", why);
	CHECK(!takes(verb, "{\"name\":1}"));
	CHECK(!takes(verb, "{\"name\":null}"));
	CHECK(!takes(verb, "{\"name\":\"web\",\"size\":6}"));
	CHECK_STRING("do: size is not a number from -5 to 5", why);
	CHECK(!takes(verb, "{\"name\":\"web\",\"size\":1.0}"));
	CHECK(!takes(verb, "{\"name\":\"web\",\"hard\":1}"));
	CHECK_STRING("do: hard is not true or false", why);
	CHECK(!takes(verb, "{\"name\":\"web\",\"list\":[\"abcde\"]}"));
	CHECK_STRING("do: list is not a list of texts", why);
	CHECK(!takes(verb, "{\"name\":\"web\",\"list\":[[]]}"));
	CHECK(!takes(verb, "{\"name\":\"web\",\"list\":[\"\\u001b\"]}"));
	CHECK(!takes(verb, "{\"name\":\"web\",\"set\":{\"\":\"\"}}"));
	CHECK(!takes(verb, "{\"name\":\"web\",\"set\":{\"a\":1}}"));
	CHECK_STRING("do: set is not settings", why);
	CHECK(!takes(verb, "{\"name\":\"web\",\"hart\":true}"));
	CHECK_STRING("do takes no \"hart\"", why);
	CHECK(takes(verbs + 1, "{}"));
	CHECK(!takes(verbs + 1, "{\"dry-run\":true}"));
	args = parse("{\"name\":\"web\"}");
	CHECK_STRING("web", verb_object(verb, args));
	CHECK(!verb_object(verbs + 1, args) && !verb_object(verb, NULL));
	json_decref(args);
}

static void test_words(void)
{
	int i;

	for (i = 0; i < REFUSALS; i++)
		CHECK((int)refusal_of(refusal_word((enum refusal)i)) == i);
	CHECK(refusal_of("nothing") == REFUSALS);
}

int main(int count, char **words)
{
	unsigned int seed = count > 2 ? strtoul(words[2], NULL, 0) : 1;

	test_good_lines();
	test_bad_lines();
	test_limits();
	test_sentences();
	test_buffer(seed);
	test_verbs();
	test_words();
	return 0;
}
