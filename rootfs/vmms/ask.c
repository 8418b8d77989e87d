/* What the verbs' functions share: from a request to a VM, and to an answer. */
/* SPDX-License-Identifier: MIT */
#include "ask.h"

#include <stdio.h>
#include <string.h>

#include "service.h"

struct machines *ask_machines(const struct request *request)
{
	struct service *service = request->server->context;

	return &service->machines;
}

struct machine *ask_machine(struct request *request)
{
	const char *name = request_text(request, "name");
	struct machine *machine = machines_find(ask_machines(request), name);

	if (!machine)
		request_refuse(request, REFUSE_ABSENT, "vm list shows all",
			"there is no VM %s", name);
	return machine;
}

struct machine *ask_defined(struct request *request)
{
	struct machine *machine = ask_machine(request);

	if (!machine || machine->conf)
		return machine;
	request_refuse(request, REFUSE_FAILED, "vm delete removes it, and a "
		"good vm.conf in its folder mends it", "the definition of %s "
		"cannot be read: %s", machine->name, machine->trouble);
	return NULL;
}

static json_t *lines_of(const char *text)
{
	json_t *lines = json_array();
	size_t size;

	for (; text && *text; text += size + (text[size] == '\n')) {
		size = strcspn(text, "\n");
		json_array_append_new(lines, json_stringn(text, size));
	}
	return lines;
}

void ask_done(struct request *request, const char *lines)
{
	request_answer(request, json_pack("{s:o}", "said", lines_of(lines)));
}

void ask_print(char text[ASK_SENTENCE], const char *format, va_list list)
{
	vsnprintf(text, ASK_SENTENCE, format, list);
	conf_printable(text);
}

void ask_say(struct request *request, const char *format, ...)
{
	char text[ASK_SENTENCE];
	va_list list;

	va_start(list, format);
	ask_print(text, format, list);
	va_end(list);
	ask_done(request, text);
}

void ask_no_memory(struct request *request)
{
	request_refuse(request, REFUSE_FAILED, NULL, "there is no memory");
}

void ask_refuse(struct request *request, const struct outcome *outcome)
{
	request_refuse(request, outcome->refusal, outcome->hint, "%s",
		outcome->text ? outcome->text : "it did not work");
}

void ask_progress(void *request, const char *sentence)
{
	request_progress(request, "%s", sentence);
}

static void finish(void *context, const struct outcome *outcome)
{
	struct request *request = context;

	if (outcome->refusal == REFUSALS)
		ask_done(request, outcome->text);
	else
		ask_refuse(request, outcome);
}

struct outcome_for ask_outcome(struct request *request)
{
	return (struct outcome_for){ finish, ask_progress, request };
}
