/* Verbs for the host. */
/* SPDX-License-Identifier: MIT */
#include "functions.h"

#include <string.h>

#include "command_words.h"

static struct command_words *words_of(struct request *request,
	const char *verb)
{
	struct command_words *words = calloc(1, sizeof(*words));

	if (!words) {
		ask_no_memory(request);
		return NULL;
	}
	command_words_add(words, "host");
	command_words_add(words, verb);
	return words;
}

static void run(struct command_words *words, struct request *request,
	void (*done)(struct request *request, const char *output))
{
	command_words_run(words, request, done);
	free(words);
}

static void showed(struct request *request, const char *output)
{
	json_t *result = json_loads(output, JSON_REJECT_DUPLICATES, NULL);

	if (result)
		request_answer(request, result);
	else
		request_refuse(request, REFUSE_FAILED, NULL,
			"what the host says of itself is not to be read");
}

static void simply(struct request *request, const char *verb,
	void (*done)(struct request *request, const char *output))
{
	struct command_words *words = words_of(request, verb);

	if (words)
		run(words, request, done);
}

void run_host_show(struct request *request)
{
	simply(request, "show", showed);
}

void run_host_report(struct request *request)
{
	simply(request, "report", command_words_said);
}

static void goes_down(struct request *request, const char *output)
{
	(void)output;
	ask_say(request, "the host goes down, as soon as its VMs are stopped");
}

void run_host_restart(struct request *request)
{
	simply(request, "restart", goes_down);
}

void run_host_stop(struct request *request)
{
	simply(request, "stop", goes_down);
}

static bool begins(const char *section, const char *kind)
{
	size_t size = strlen(kind);

	return !strncmp(section, kind, size) &&
		(!section[size] || section[size] == ' ');
}

/* What may cut the administrator off is tried first. */
static bool is_network(const char *section)
{
	return begins(section, "nic") || begins(section, "bond") ||
		begins(section, "dns");
}

/* False: it is refused. */
static bool settable(struct request *request)
{
	const char *section = request_text(request, "section");
	bool set = json_object_get(request->args, "set");

	if (begins(section, "switch") || begins(section, "port")) {
		request_refuse(request, REFUSE_ARGUMENT, "vm switch set, vm "
			"nic set", "host set: switches and their ports have "
			"verbs of their own");
		return false;
	}
	if (set != request_flag(request, "remove"))
		return true;
	request_refuse(request, REFUSE_ARGUMENT, NULL, set ?
		"host set: a section that is removed has no settings" :
		"host set: KEY=VALUE is missing");
	return false;
}

void run_host_set(struct request *request)
{
	const char *section = request_text(request, "section");
	bool network = is_network(section);
	bool remove = request_flag(request, "remove");
	struct command_words *words;

	if (!settable(request))
		return;
	words = words_of(request, network ? "network" :
		remove ? "unset" : "set");
	if (!words)
		return;
	if (network)
		command_words_add(words, remove ? "unset" : "set");
	command_words_add(words, section);
	command_words_pairs(words, json_object_get(request->args, "set"));
	run(words, request, command_words_said);
}

void run_host_clock(struct request *request)
{
	struct command_words *words = words_of(request, "clock");

	if (!words)
		return;
	command_words_add(words, request_text(request, "time"));
	run(words, request, command_words_said);
}

/* Arguments that an action of the settings needs, and whether it takes secrets. */
static const struct settings_action {
	const char *name;
	bool file, erase, secrets;
	const char *why;	/* when it has others */
} settings_actions[] = {
	{ "export", false, false, true,
		"export has --secrets, and nothing else" },
	{ "import", true, false, false,
		"import has a file, or - for standard input, and nothing else" },
	{ "reset", false, true, false, "reset forgets all settings of this "
		"host: --erase says that this is meant" },
};

static bool fits(const struct request *request,
	const struct settings_action *action)
{
	return !request_text(request, "file") == !action->file &&
		request_flag(request, "erase") == action->erase &&
		(action->secrets || !request_flag(request, "secrets"));
}

static bool settings_good(struct request *request)
{
	const char *name = request_text(request, "action");
	const struct settings_action *action = settings_actions;

	while (strcmp(action->name, name))
		action++;
	if (fits(request, action))
		return true;
	request_refuse(request, REFUSE_ARGUMENT, NULL, "host settings: %s",
		action->why);
	return false;
}

static void forgot(struct request *request, const char *output)
{
	(void)output;
	ask_say(request, "the settings are forgotten; the host goes down, as "
		"soon as its VMs are stopped");
}

/* A dry run of an import checks all that an import does. */
void run_host_settings(struct request *request)
{
	const char *action = request_text(request, "action");
	const char *text = request_text(request, "file");
	struct command_words *words = settings_good(request) ?
		words_of(request, "settings") : NULL;

	if (!words)
		return;
	words->looks = !strcmp(action, "export") || text;
	command_words_add(words, text && request->dry_run ? "check" : action);
	if (text)
		command_words_add(words, text);
	if (request_flag(request, "secrets"))
		command_words_add(words, "secrets");
	run(words, request, request_flag(request, "erase") ? forgot :
		command_words_said);
}

void run_host_storage(struct request *request)
{
	const json_t *each, *what = json_object_get(request->args, "what");
	struct command_words *words = words_of(request, "storage");
	size_t i;

	if (!words)
		return;
	words->looks = !strcmp(request_text(request, "action"), "list");
	command_words_add(words, request_text(request, "action"));
	json_array_foreach((json_t *)what, i, each)
		command_words_add(words, json_string_value(each));
	if (request_flag(request, "erase"))
		command_words_add(words, "--erase");
	run(words, request, words->looks ? showed : command_words_said);
}

void run_host_stick(struct request *request)
{
	struct command_words *words = words_of(request, "make-stick");

	if (!words)
		return;
	words->teller = "installer";
	command_words_add(words, request_text(request, "disk"));
	if (request_flag(request, "erase"))
		command_words_add(words, "erase");
	run(words, request, command_words_said);
}

void run_host_network(struct request *request)
{
	const char *action = request_text(request, "action");
	struct command_words *words = words_of(request, "network");

	if (!words)
		return;
	words->looks = !strcmp(action, "show") || !strcmp(action, "test");
	command_words_add(words, action);
	run(words, request, words->looks ? showed : command_words_said);
}
