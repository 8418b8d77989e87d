/* What a client's message says: is it a request, and of what? */
/* SPDX-License-Identifier: MIT */
#include "decode.h"

#include <stdio.h>
#include <string.h>

#include "connection.h"
#include "line.h"
#include "server.h"

static enum refusal malformed(char *why, const char *text)
{
	strcpy(why, text);
	return REFUSE_MALFORMED;
}

/* Its fields are those of the protocol. REFUSALS: they are. */
static enum refusal check_fields(const json_t *message, char *why)
{
	static const char *const fields[] = { "version", "id", "verb", "args" };
	const char *key;
	json_t *value;
	size_t i;

	json_object_foreach((json_t *)message, key, value) {
		for (i = 0; i < sizeof(fields) / sizeof(*fields); i++)
			if (!strcmp(key, fields[i]))
				break;
		if (i == sizeof(fields) / sizeof(*fields))
			return malformed(why, "a request has \"version\", "
				"\"id\", \"verb\", \"args\", and nothing else");
	}
	if (!json_is_integer(json_object_get(message, "id")))
		return malformed(why, "\"id\" is missing, or no integer");
	if (!json_is_string(json_object_get(message, "verb")))
		return malformed(why, "\"verb\" is missing, or no string");
	value = json_object_get(message, "args");
	if (value && !json_is_object(value))
		return malformed(why, "\"args\" is no object");
	return REFUSALS;
}

static enum refusal check_version(struct connection *connection,
	const json_t *message, char *why)
{
	const json_t *version = json_object_get(message, "version");

	if (!version && connection->greeted)
		return REFUSALS;
	if (!json_is_integer(version) ||
	    json_integer_value(version) != SERVER_VERSION) {
		snprintf(why, LINE_SENTENCE, version ?
			"this service speaks version %d" :
			"the first request has no \"version\": %d",
			SERVER_VERSION);
		return REFUSE_VERSION;
	}
	connection->greeted = true;
	return REFUSALS;
}

static enum refusal check_verb(struct request *request, char *why)
{
	const char *name = json_string_value(
		json_object_get(request->message, "verb"));

	request->verb = verb_find(request->server->verbs, name);
	if (!request->verb) {
		snprintf(why, LINE_SENTENCE, "there is no such verb");
		return REFUSE_VERB;
	}
	if (request->verb->needs & VERB_ROOT && request->uid) {
		snprintf(why, LINE_SENTENCE, "%s is for root", name);
		return REFUSE_DENIED;
	}
	return verb_check(request->verb, request->args, why) ? REFUSALS :
		REFUSE_ARGUMENT;
}

enum refusal decode_request(struct request *request, char *why)
{
	enum refusal refusal = check_fields(request->message, why);

	if (refusal == REFUSALS)
		refusal = check_version(request->connection, request->message,
			why);
	return refusal == REFUSALS ? check_verb(request, why) : refusal;
}
