/* What the host does for a VM's guest. */
/* SPDX-License-Identifier: MIT */
#include "vm.h"

#include <string.h>

#include "list.h"
#include "terminal.h"

static bool is(const struct page *page, const char *state)
{
	const char *now = json_string_value(json_object_get(page->row,
		"now"));

	return now && !strcmp(now, state);
}

static bool is_on(const struct page *page)
{
	return is(page, "on");
}

static bool is_off(const struct page *page)
{
	return is(page, "off");
}

const struct action vm_service_actions[] = {
	{ .key = PRESSED_ENTER, .text = "switch off",
		.words = "integration % @ off", .may = is_on,
		.sample = "time",
		.help = "The VM's guest is not offered it." },
	{ .key = PRESSED_ENTER, .text = "switch on",
		.words = "integration % @ on", .may = is_off,
		.sample = "time",
		.help = "The VM's guest is offered it." },
	{ .key = 0 },
};

static const char *about(const json_t *row, char room[LIST_CELL])
{
	static const char *const texts[][2] = {
		{ "shutdown", "the guest can be asked to shut down, reboot" },
		{ "time", "its clock follows the host's" },
		{ "heartbeat", "it says that it is alive" },
		{ "exchange", "it tells its name, system and addresses" },
	};
	const char *name = json_string_value(json_object_get(row, "service"));
	size_t i;

	(void)room;
	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (name && !strcmp(texts[i][0], name))
			return texts[i][1];
	return "";
}

static const struct list_column columns[] = {
	{ "service", "SERVICE", 9, NULL }, { "now", "NOW", 3, NULL },
	{ "about", "WHAT IT IS", 0, about }, { .key = NULL },
};

/* {"name": "web", "time": "on", ...} */
static json_t *rows_of(const struct page *page, const json_t *result)
{
	json_t *rows = json_array(), *state;
	const char *name;

	(void)page;
	json_object_foreach((json_t *)result, name, state)
		if (strcmp(name, "name"))
			json_array_append_new(rows, json_pack("{s:s, s:O}",
				"service", name, "now", state));
	return rows;
}

static struct list services = {
	.page = { .title = "Services for the guest of %",
		.source = "integration %", .seconds = 5,
		.actions = vm_service_actions, .help = "What the host offers "
			"the system in the VM, which needs Hyper-V's drivers "
			"for it. A VM that runs has a change from its next "
			"start on." },
	.columns = columns, .make = rows_of,
};

void vm_services_run(struct page *page)
{
	strcpy(services.page.of, page->subject);
	list_run(&services);
}
