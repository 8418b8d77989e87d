/* A command on its way to the service, and back. */
/* SPDX-License-Identifier: MIT */
#include "ask.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "rootfs/vmms/contents.h"
#include "rootfs/vmms/line.h"

static const char *path = CLIENT_SOCKET;

void ask_at(const char *socket)
{
	path = socket ? socket : CLIENT_SOCKET;
}

const char *ask_where(void)
{
	return path;
}

static void hang_up(struct ask *ask)
{
	if (!ask->open)
		return;
	loop_remove(&ask->source);
	client_close(&ask->client);
	ask->open = false;
}

void ask_end(struct ask *ask)
{
	hang_up(ask);
	loop_stop(&ask->failed);
	json_decref(ask->answer);
	ask->answer = NULL;
	ask->result = NULL;
	ask->runs = ask->streams = false;
}

static void finish(struct ask *ask)
{
	ask->runs = false;
	loop_news();
	ask->done(ask);
}

static const char *trouble_of(int error)
{
	switch (error) {
	case -EACCES:
		return "only root and members of the group socle may ask the "
			"management service";
	case -ENOENT:
	case -ECONNREFUSED:
		return "the management service is not there";
	case -EAGAIN:
		return "the management service does not answer";
	case -EPIPE:
		return "the management service has gone before its answer";
	case -EPROTO:
		return "what answers is not the management service";
	default:
		return strerror(-error);
	}
}

static void lose(struct ask *ask, int error)
{
	hang_up(ask);
	snprintf(ask->error, sizeof(ask->error), "%s", trouble_of(error));
	json_decref(ask->answer);
	ask->answer = NULL;
	ask->result = NULL;
	ask->streams = false;
	finish(ask);
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static void refuse(struct ask *ask, const json_t *error)
{
	const char *text = text_of(error, "text"), *hint = text_of(error,
		"hint"), *code = text_of(error, "code");

	snprintf(ask->error, sizeof(ask->error), "%s%s%s",
		text ? text : "the service refuses, and does not say why",
		hint ? ". Hint: " : "", hint ? hint : "");
	ask->missing = code && !strcmp(code, "not-found");
}

/* Takes the message over. True: the ask may have gone with it. */
static bool take_answer(struct ask *ask, json_t *message)
{
	const json_t *error = json_object_get(message, "error");
	bool streams = ask->event && !error;

	json_decref(ask->answer);
	ask->answer = message;
	ask->result = error ? NULL : json_object_get(message, "result");
	if (error)
		refuse(ask, error);
	ask->streams = streams;
	if (!streams)
		hang_up(ask);
	finish(ask);
	return !streams;
}

static void take_news(struct ask *ask, const json_t *message)
{
	const char *text = text_of(message, "progress");

	if (text) {
		snprintf(ask->progress, sizeof(ask->progress), "%s", text);
		loop_news();
		if (ask->told)
			ask->told(ask);
	} else if (ask->event && json_object_get(message, "event")) {
		ask->event(ask, message);
	}
}

/* One message. 0, or -errno; *over: the ask is not to be touched any more. */
static int take(struct ask *ask, bool *over)
{
	json_t *message;
	int error = client_next(&ask->client, &message);

	if (error)
		return error;
	if (ask->runs && client_is_answer(&ask->client, message)) {
		*over = take_answer(ask, message);
		return 0;
	}
	take_news(ask, message);
	json_decref(message);
	return 0;
}

static void ready(struct loop_source *source)
{
	struct ask *ask = source->context;
	bool over = false;
	int error = 0;

	while (!over && !error)
		error = take(ask, &over);
	if (error && error != -EAGAIN)
		lose(ask, error);
}

static void fail(struct loop_timer *timer)
{
	finish(timer->context);
}

static void fail_later(struct ask *ask, const char *why)
{
	hang_up(ask);
	snprintf(ask->error, sizeof(ask->error), "%s", why);
	ask->failed = (struct loop_timer){ .due = fail, .context = ask };
	loop_after(&ask->failed, 0);
}

static void send_words(struct ask *ask, const struct words *words)
{
	int error = client_open_now(&ask->client, path);

	if (error) {
		fail_later(ask, trouble_of(error));
		return;
	}
	ask->open = true;
	ask->source = (struct loop_source){ .fd = ask->client.fd,
		.ready = ready, .context = ask };
	loop_add(&ask->source);
	/* Who does not hear may still have said why. */
	client_send(&ask->client, words->verb->name, json_incref(words->args));
}

void ask_begin(struct ask *ask, const struct typed *typed)
{
	char why[LINE_SENTENCE];
	struct words words;

	ask_end(ask);
	ask->progress[0] = ask->error[0] = '\0';
	ask->missing = false;
	ask->runs = true;
	if (typed_read(typed, &words, why) && (!words.verb ||
	    contents_read(words.verb, words.args, false, why)))
		send_words(ask, &words);
	else
		fail_later(ask, why);
	words_exit(&words);
}

void ask_table(struct ask *ask, const char *words, const char *subject,
	const char *of)
{
	struct typed typed;

	typed_clear(&typed);
	typed_table(&typed, words, subject, of);
	ask_begin(ask, &typed);
}

void ask_said(const json_t *result, char *text, size_t size)
{
	const json_t *said = json_object_get(result, "said");
	size_t i, used = 0;
	const char *sentence, *between;

	text[0] = '\0';
	for (i = 0; i < json_array_size(said) && used < size - 1; i++) {
		sentence = json_string_value(json_array_get(said, i));
		between = !used ? "" : strchr(".;:", text[used - 1]) ? " " :
			". ";
		used += snprintf(text + used, size - used, "%s%s", between,
			sentence ? sentence : "");
	}
}
