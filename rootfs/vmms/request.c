/* What a client has asked, until it is answered. */
/* SPDX-License-Identifier: MIT */
#include "request.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "decode.h"
#include "line.h"
#include "server.h"

const char *request_text(const struct request *request, const char *name)
{
	return json_string_value(json_object_get(request->args, name));
}

int64_t request_number(const struct request *request, const char *name,
	int64_t otherwise)
{
	const json_t *value = json_object_get(request->args, name);

	return value ? json_integer_value(value) : otherwise;
}

bool request_flag(const struct request *request, const char *name)
{
	return json_is_true(json_object_get(request->args, name));
}

void request_subscribe(struct request *request)
{
	if (request->connection)
		request->connection->subscribed = true;
}

/* Also one that is not in the list. */
static void take_out(struct request *request)
{
	struct request **link = &request->server->requests;

	while (*link && *link != request)
		link = &(*link)->next;
	if (*link)
		*link = request->next;
}

static void free_request(struct request *request)
{
	take_out(request);
	json_decref(request->message);
	json_decref(request->id);
	free(request->object);
	free(request);
}

/* The message is taken over. */
static void finish(struct request *request, json_t *message)
{
	struct connection *connection = request->connection;
	struct server *server = request->server;
	bool others = request->object && server->timers;

	free_request(request);
	if (others)
		timers_set(server->timers, &server->next, 0);
	if (connection) {
		connection->request = NULL;
		connection_say(connection, message);
		connection_go_on(connection);
	}
	json_decref(message);
}

void request_answer(struct request *request, json_t *result)
{
	finish(request, json_pack("{s:O, s:o}", "id", request->id, "result",
		result ? result : json_object()));
}

json_t *request_error(json_t *id, enum refusal refusal, json_t *text,
	const char *hint)
{
	json_t *error = json_pack("{s:s, s:o}", "code", refusal_word(refusal),
		"text", text);

	if (error && hint)
		json_object_set_new(error, "hint", json_string(hint));
	return json_pack("{s:o, s:o}", "id", id, "error", error);
}

void request_refuse(struct request *request, enum refusal refusal,
	const char *hint, const char *format, ...)
{
	va_list list;
	json_t *text;

	va_start(list, format);
	text = line_sentence(format, list);
	va_end(list);
	finish(request, request_error(json_incref(request->id), refusal, text,
		hint));
}

void request_progress(struct request *request, const char *format, ...)
{
	json_t *message;
	va_list list;

	if (!request->connection)
		return;
	va_start(list, format);
	message = json_pack("{s:O, s:o}", "id", request->id, "progress",
		line_sentence(format, list));
	va_end(list);
	connection_say(request->connection, message);
	json_decref(message);
}

void request_leave(struct request *request)
{
	struct server *server = request->server;

	request->connection = NULL;
	if (request->begun)
		return;
	free_request(request);
	if (server->timers)
		timers_set(server->timers, &server->next, 0);
}

static enum refusal check_count(const struct request *request, char *why)
{
	const struct server_limits *limits = &request->server->limits;
	const struct request *other = request->server->requests;
	unsigned int all = 0, of_user = 0;

	for (; other; other = other->next) {
		all++;
		of_user += other->uid == request->uid;
	}
	if (all < limits->requests && of_user < limits->requests_of_user)
		return REFUSALS;
	snprintf(why, LINE_SENTENCE, "%u requests%s are not done yet",
		all < limits->requests ? of_user : all,
		all < limits->requests ? " of yours" : "");
	return REFUSE_BUSY;
}

/* Two names that differ only in case are one. */
static bool must_wait(const struct request *request)
{
	const struct request *other = request->server->requests;

	for (; request->object && other != request; other = other->next)
		if (other->object && !strcasecmp(other->object,
			request->object))
			return true;
	return false;
}

static void run(struct request *request)
{
	const struct server *server = request->server;

	request->begun = true;
	server->runs[request->verb - server->verbs](request);
}

static void queue(struct request *request)
{
	struct request **link = &request->server->requests;

	while (*link)
		link = &(*link)->next;
	*link = request;
	request->connection->request = request;
	if (!must_wait(request))
		run(request);
}

void request_next(struct server *server)
{
	struct request *request = server->requests;

	while (request && (request->begun || must_wait(request)))
		request = request->next;
	if (!request)
		return;
	timers_set(server->timers, &server->next, 0);
	run(request);
}

static struct request *make(struct connection *connection, json_t *message)
{
	struct request *request = calloc(1, sizeof(*request));
	json_t *id = json_object_get(message, "id");

	if (!request)
		return NULL;
	request->server = connection->server;
	request->connection = connection;
	request->uid = connection->peer.uid;
	request->message = message;
	request->id = json_is_integer(id) ? json_incref(id) : json_null();
	request->args = json_object_get(message, "args");
	return request;
}

/* What it is about, where others have to wait. False: no memory. */
static bool name_object(struct request *request)
{
	const char *object = verb_object(request->verb, request->args);

	request->dry_run = request_flag(request, VERB_DRY_RUN);
	if (!(request->verb->needs & VERB_CHANGES) || request->dry_run ||
	    !object)
		return true;
	request->object = strdup(object);
	return request->object;
}

void request_begin(struct connection *connection, const char *line,
	size_t size)
{
	char why[LINE_SENTENCE];
	json_t *message = line_parse(line, size, &line_request, why);
	struct request *request = message ? make(connection, message) : NULL;
	enum refusal refusal;

	if (!request) {
		connection_refuse(connection, REFUSE_MALFORMED,
			message ? "there is no memory" : why, false);
		json_decref(message);
		return;
	}
	refusal = decode_request(request, why);
	if (refusal == REFUSALS)
		refusal = check_count(request, why);
	if (refusal != REFUSALS)
		request_refuse(request, refusal, NULL, "%s", why);
	else if (!name_object(request))
		request_refuse(request, REFUSE_FAILED, NULL,
			"there is no memory");
	else
		queue(request);
}
