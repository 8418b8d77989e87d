/* The command `vm`: one request for the service, and its answer. */
/* SPDX-License-Identifier: MIT */
#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "client.h"
#include "completion.h"
#include "contents.h"
#include "help.h"
#include "line.h"
#include "manual.h"
#include "refusal.h"
#include "show.h"
#include "table.h"
#include "tunnel.h"
#include "words.h"

/* Of who is turned away: 20 s. */
enum { CROWD_TRIES = 100, CROWD_PAUSE_NS = 200000000 };

/* For a program: pure ASCII, which no terminal obeys either. */
static void print_json(const json_t *value)
{
	json_dumpf(value, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII |
		JSON_ENCODE_ANY);
	putchar('\n');
}

static void complain(const char *text)
{
	fprintf(stderr, "vm: ");
	table_text(stderr, text, -1);
	fputc('\n', stderr);
}

static enum command_status refused(const json_t *error)
{
	const char *code = json_string_value(json_object_get(error, "code"));
	const char *text = json_string_value(json_object_get(error, "text"));
	const char *hint = json_string_value(json_object_get(error, "hint"));

	complain(text ? text : "the service refuses, and does not say why");
	if (hint)
		complain(hint);
	switch (code ? refusal_of(code) : REFUSALS) {
	case REFUSE_VERB:
	case REFUSE_ARGUMENT:
		return COMMAND_USAGE;
	case REFUSE_VERSION:
		return COMMAND_NO_SERVICE;
	default:
		return COMMAND_REFUSED;
	}
}

static enum command_status lost(int error)
{
	complain(error == -EPROTO ? "what answers is not the service" :
		"the service has gone before its answer");
	return COMMAND_NO_SERVICE;
}

/* One line for each, until nobody speaks or reads any more. */
static enum command_status follow(struct client *client)
{
	json_t *message;
	int error;

	while (!(error = client_next(client, &message))) {
		json_dumpf(message, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
		putchar('\n');
		json_decref(message);
		if (fflush(stdout))
			return COMMAND_DONE;
	}
	return lost(error);
}

/* A result for people. */
static enum command_status show(const json_t *result,
	const struct words *words)
{
	unsigned int needs = words->verb->needs;
	int error = 0;

	if (needs & VERB_CONSOLE)
		error = show_console(result, words);
	else if (needs & VERB_SCREEN)
		error = show_screen(result, words);
	else
		table_print(stdout, result);
	return error ? COMMAND_REFUSED : COMMAND_DONE;
}

static enum command_status answered(struct client *client,
	const struct words *words, const json_t *answer)
{
	enum command_status status = COMMAND_DONE;
	const json_t *error = json_object_get(answer, "error");
	const json_t *result = json_object_get(answer, "result");

	if (words->json)
		print_json(error ? error : result);
	if (error)
		status = refused(error);
	else if (words->verb->needs & VERB_STREAM)
		status = follow(client);
	else if (!words->json)
		status = show(result, words);
	return status;
}

static int open_client(struct client *client, const struct words *words)
{
	const char *path = words->socket ? words->socket : CLIENT_SOCKET;
	int error;

	if (words->host) {
		error = client_open_host(client, words->host);
		if (error)
			fprintf(stderr, "vm: ssh cannot be started: %s\n",
				strerror(-error));
		return error;
	}
	error = client_open(client, path);
	if (error == -EACCES)
		complain("this is for root and members of the group socle");
	else if (error == -EAGAIN)
		complain("the service does not answer");
	else if (error)
		fprintf(stderr, "vm: the service is not there: %s: %s\n", path,
			strerror(-error));
	return error;
}

static int reach(struct client *client, const struct words *words)
{
	int error = open_client(client, words);

	client->progress = complain;
	return error;
}

/* Turned away before anything was heard. */
static bool is_crowded(const json_t *answer)
{
	const char *code = json_string_value(json_object_get(
		json_object_get(answer, "error"), "code"));

	return json_is_null(json_object_get(answer, "id")) && code &&
		refusal_of(code) == REFUSE_BUSY;
}

/* Who stands in a crowd, as of a loop's commands in the background, waits. */
static enum command_status ask(struct client *client,
	const struct words *words)
{
	struct timespec pause = { .tv_nsec = CROWD_PAUSE_NS };
	enum command_status status;
	json_t *answer;
	int tries, error;

	for (tries = CROWD_TRIES;; tries--) {
		error = client_ask(client, words->verb->name,
			json_incref(words->args), &answer);
		if (error || !is_crowded(answer) || !tries)
			break;
		json_decref(answer);
		client_close(client);
		nanosleep(&pause, NULL);
		if (reach(client, words))
			return COMMAND_NO_SERVICE;
	}
	if (error)
		return lost(error);
	status = answered(client, words, answer);
	json_decref(answer);
	return status;
}

static enum command_status serve(const struct words *words)
{
	enum command_status status;
	struct client client;

	if (reach(&client, words))
		return COMMAND_NO_SERVICE;
	if (words->stdio && !words->verb)
		status = tunnel_run(client.fd, 0, 1) ? COMMAND_NO_SERVICE :
			COMMAND_DONE;
	else
		status = ask(&client, words);
	client_close(&client);
	return status;
}

static enum command_status usage(const struct words *words, const char *why)
{
	complain(why);
	if (words->verb)
		help_usage(stderr, words->verb);
	fprintf(stderr, "vm: try vm %s%s--help\n",
		words->verb ? words->verb->name : "", words->verb ? " " : "");
	return COMMAND_USAGE;
}

static enum command_status unread(const char *why)
{
	complain(why);
	return COMMAND_REFUSED;
}

enum command_status command_run(const struct verb *verbs, char **word,
	int count)
{
	enum command_status status = COMMAND_DONE;
	char why[LINE_SENTENCE];
	struct words words;

	if (!words_read(&words, verbs, word, count, why))
		status = usage(&words, why);
	else if (words.help && words.verb)
		help_verb(stdout, words.verb);
	else if (words.help)
		help_all(stdout, verbs);
	else if (words.completion)
		completion_print(stdout, verbs);
	else if (words.manual)
		manual_print(stdout, verbs);
	else if (words.verb && !contents_read(words.verb, words.args, true, why))
		status = unread(why);
	else
		status = serve(&words);
	words_exit(&words);
	if (status == COMMAND_DONE && (fflush(stdout) || ferror(stdout)))
		status = COMMAND_REFUSED;
	return status;
}
