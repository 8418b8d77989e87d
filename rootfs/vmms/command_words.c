/* The words of one of the host's commands, which the helper runs. */
/* SPDX-License-Identifier: MIT */
#include "command_words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "line.h"

struct running {
	struct request *request;
	void (*done)(struct request *request, const char *output);
	const char *hint, *teller;
};

void command_words_add(struct command_words *words, const char *word)
{
	size_t size = strlen(word) + 1;

	if (size > sizeof(words->bytes) - words->size) {
		words->failed = true;
		return;
	}
	memcpy(words->bytes + words->size, word, size);
	words->size += size;
}

void command_words_pairs(struct command_words *words, const json_t *pairs)
{
	char word[2 * VERB_TEXT_BYTES + LINE_SENTENCE * 8];
	const char *key;
	json_t *value;
	int size;

	json_object_foreach((json_t *)pairs, key, value) {
		size = snprintf(word, sizeof(word), "%s=%s", key,
			json_string_value(value));
		if (size < 0 || (size_t)size >= sizeof(word))
			words->failed = true;
		command_words_add(words, word);
	}
}

/* Without the program's name before it, and as one sentence. */
static void sentence_of(const char *output, char *text, size_t room)
{
	size_t name = strspn(output, "abcdefghijklmnopqrstuvwxyz");
	size_t size;

	if (!strncmp(output + name, ": ", 2))
		output += name + 2;
	size = strcspn(output, "\n");
	snprintf(text, room, "%.*s", (int)(size < room ? size : room - 1),
		output);
	conf_printable(text);
}

static const char *last_line(const char *output)
{
	size_t size = strlen(output);

	while (size && output[size - 1] == '\n')
		size--;
	while (size && output[size - 1] != '\n')
		size--;
	return output + size;
}

/* "teller: why", wherever it is: two streams are not always in order. */
static const char *complaint(const char *output, const char *teller)
{
	const char *at = output, *found = last_line(output);
	size_t size = strlen(teller);

	for (; *at; at += strcspn(at, "\n"), at += *at == '\n')
		if (!strncmp(at, teller, size) && at[size] == ':')
			found = at;
	return found;
}

/* What it says in the end. */
static const char *result_of(const struct running *running,
	const struct job_end *end)
{
	if (!running->teller)
		return end->output;
	return end->status ? complaint(end->output, running->teller) :
		last_line(end->output);
}

/* But for why it failed, which is the end. */
static void said(void *context, const char *line)
{
	struct running *running = context;
	size_t size = strlen(running->teller);
	char text[2 * LINE_SENTENCE];

	if (!strncmp(line, running->teller, size) && line[size] == ':')
		return;
	snprintf(text, sizeof(text), "%.500s", line);
	conf_printable(text);
	if (*text)
		request_progress(running->request, "%s", text);
}

static void ended(void *context, const struct job_end *end)
{
	struct running *running = context;
	struct request *request = running->request;
	char text[2 * LINE_SENTENCE];

	if (!end->error && !end->status) {
		running->done(request, result_of(running, end));
		free(running);
		return;
	}
	sentence_of(end->error ? end->why : result_of(running, end), text,
		sizeof(text));
	if (!text[0])
		snprintf(text, sizeof(text), "it did not work: %s",
			end->error ? strerror(-end->error) :
			"the command said nothing");
	request_refuse(request, end->error ? outcome_refusal(end->error) :
		end->status == 1 ? REFUSE_STATE : REFUSE_FAILED,
		running->hint, "%s", text);
	free(running);
}

static void say_dry(const struct command_words *words,
	struct request *request)
{
	char text[LINE_SENTENCE];
	size_t at = 0, used = 0;

	text[0] = '\0';
	while (at < words->size && used < sizeof(text) - 1) {
		used += (size_t)snprintf(text + used, sizeof(text) - used,
			"%s%s", used ? " " : "", words->bytes + at);
		at += strlen(words->bytes + at) + 1;
	}
	ask_say(request, "the host would do: %s", text);
}

static int begin(const struct command_words *words, struct running *running)
{
	struct helper_request errand = { .type = HELPER_HOST };
	struct parcel parcel = { .count = 0 };
	int fd = parcel_file(words->bytes, words->size);

	if (fd < 0)
		return fd;
	parcel_add(&parcel, fd);
	return job_begin(ask_machines(running->request), &errand, &parcel,
		running->teller ? said : NULL, ended, running);
}

void command_words_run(const struct command_words *words,
	struct request *request,
	void (*done)(struct request *request, const char *output))
{
	struct running *running;
	int error;

	if (words->failed) {
		request_refuse(request, REFUSE_ARGUMENT, NULL,
			"that is too much for one command");
		return;
	}
	if (request->dry_run && !words->looks) {
		say_dry(words, request);
		return;
	}
	running = calloc(1, sizeof(*running));
	if (running)
		*running = (struct running){ request, done, words->hint,
			words->teller };
	error = running ? begin(words, running) : -ENOMEM;
	if (!error)
		return;
	free(running);
	request_refuse(request, outcome_refusal(error), NULL,
		"the host cannot be asked: %s", strerror(-error));
}

void command_words_said(struct request *request, const char *output)
{
	char *text = strdup(output);
	char *at;

	if (!text) {
		ask_no_memory(request);
		return;
	}
	for (at = text; *at; at++)
		if ((unsigned char)*at < ' ' && *at != '\n' && *at != '\t')
			*at = '?';
	ask_done(request, text);
	free(text);
}

void command_words_switches(struct request *request, const char *name,
	void (*done)(struct request *request, const char *output))
{
	struct command_words *words = calloc(1, sizeof(*words));

	if (!words) {
		ask_no_memory(request);
		return;
	}
	words->looks = true;
	words->hint = name ? "vm switch list shows all" : NULL;
	command_words_add(words, "switch");
	command_words_add(words, "list");
	command_words_add(words, "--json");
	if (name)
		command_words_add(words, name);
	command_words_run(words, request, done);
	free(words);
}

void command_words_with_switch(struct request *request,
	void (*go)(struct request *request, const char *output))
{
	const char *vswitch = request_text(request, "switch");

	if (vswitch)
		command_words_switches(request, vswitch, go);
	else
		go(request, NULL);
}
