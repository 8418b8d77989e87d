/* Entry 6: virtual machines. */
/* SPDX-License-Identifier: MIT */
#include "entries.h"

#include <stdio.h>
#include <string.h>

#include "lines.h"
#include "list.h"
#include "terminal.h"
#include "vm.h"
#include "watch.h"

/* What is wrong wins over where its guest is found. */
static const char *about(const json_t *row, char room[LIST_CELL])
{
	json_int_t problems = json_integer_value(json_object_get(row,
		"problems"));

	if (!problems)
		return lines_text(row, "address");
	snprintf(room, LIST_CELL, "%lld problem%s", (long long)problems,
		problems == 1 ? "" : "s");
	return room;
}

static const char *heartbeat(const json_t *row, char room[LIST_CELL])
{
	(void)room;
	return lines_text(row, "heartbeat");
}

static const struct list_column columns[] = {
	{ "name", "NAME", 8, NULL }, { "state", "STATE", 8, NULL },
	{ "cpu", "CPU", 3, NULL }, { "memory", "MEMORY", 6, NULL },
	{ "uptime", "UPTIME", 8, NULL },
	{ "heartbeat", "HEARTBEAT", 9, heartbeat },
	{ "address", "ADDRESS", 10, about }, { .key = NULL },
};

static void add(struct page *page);

static const struct action actions[] = {
	{ .key = PRESSED_ENTER, .text = "open", .words = "show @",
		.help = "All that the VM is and has, and what it can do.",
		.run = vm_run, .more = vm_actions },
	{ .key = 'a', .text = "add", .form = &vm_create, .run = add,
		.help = "Makes a VM." },
	VM_START,
	VM_STOP,
	VM_TURN_OFF,
	VM_SCREEN,
	VM_SERIAL,
	VM_RESUME,
	{ VM_DELETE },
	{ .key = 0 },
};

static struct list vms = {
	.page = { .title = "Virtual machines", .source = "list", .seconds = 5,
		.actions = actions, .help = "The VMs of this host, as they "
			"are now. HEARTBEAT says whether the system in the "
			"VM answers: good, lost, or none, if it has no "
			"services for that. ADDRESS is what it tells of "
			"itself; problems keep a VM from starting, its page "
			"has them. Only what a VM's state allows is offered." },
	.columns = columns,
	.empty = "There is no VM yet: a adds one.",
};

/* The new one is chosen when the list has it. */
static void add(struct page *page)
{
	char name[PAGE_SUBJECT];

	if (!vm_new(page, name))
		return;
	strcpy(page->subject, name);
	page_refresh();
}

static void run(void)
{
	list_run(&vms);
}

static bool has_problem(const json_t *row)
{
	const char *state = lines_text(row, "state");

	return json_integer_value(json_object_get(row, "problems")) ||
		strstr(state, "-Critical");
}

/* "3, 2 running, 1 with problems" */
static void status(char *text, size_t size)
{
	size_t i, running = 0, problems = 0, used;
	const json_t *row, *all = watch_vms();

	if (!all)
		return;
	json_array_foreach((json_t *)all, i, row) {
		running += !strncmp(lines_text(row, "state"), "Running", 7);
		problems += has_problem(row);
	}
	used = snprintf(text, size, "%zu", json_array_size(all));
	if (running && used < size)
		used += snprintf(text + used, size - used, ", %zu running",
			running);
	if (problems && used < size)
		snprintf(text + used, size - used, ", %zu with problems",
			problems);
}

const struct entry entry_vms = { 6, "Virtual machines", .status = status,
	.run = run, .words = "list", .actions = actions };
