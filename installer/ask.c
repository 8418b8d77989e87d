/* The questions of an installation. */
/* SPDX-License-Identifier: MIT */
#include "ask.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ask_network.h"
#include "ask_value.h"
#include "keys.h"
#include "line.h"
#include "places.h"
#include "secret.h"
#include "target.h"

enum { SHOWN = 256, SECTION = 48 };

/* Which disks there are to choose from. */
static int good_disks(struct disk **good)
{
	int i, found = 0, count = disks_read(good);

	for (i = 0; i < count; i++)
		if (!disk_why_not(&(*good)[i]))
			(*good)[found++] = (*good)[i];
	return count < 0 ? count : found;
}

static void list_disks(const struct disk *disks, int count)
{
	char size[16], content[200];
	int i;

	for (i = 0; i < count; i++) {
		disk_size_text(disks[i].bytes, size, sizeof(size));
		printf("  %2d  %-8s %8s  %-6s %s%s%s\n", i + 1, disks[i].name,
			size, disks[i].bus, disks[i].model,
			*disks[i].serial ? ", serial " : "", disks[i].serial);
		printf("      %s\n", target_content(&disks[i], content,
			sizeof(content)) ? content : "empty");
	}
}

static const struct disk *find_disk(const struct disk *disks, int count,
	const char *text)
{
	char *end;
	long number = strtol(text, &end, 10);

	if (!*end && number >= 1 && number <= count)
		return &disks[number - 1];
	return disk_named(disks, count, text);
}

/* What has data is asked for by its name. */
static bool confirm_disk(const struct disk *disk)
{
	char text[LINE_MAX_BYTES], content[200], question[128];

	if (!target_content(disk, content, sizeof(content)))
		return true;
	printf("%s is not empty: %s.\nAll of it will be erased.\n", disk->name,
		content);
	snprintf(question, sizeof(question), "Type %s to erase it, or no",
		disk->name);
	return line_ask(question, "no", "What was on it cannot be had back.",
		text) && !strcmp(text, disk->name);
}

static bool choose_disk(struct plan *plan, const struct disk *disks, int count)
{
	static const char help[] = "A number or a name of the list. What is "
		"not in it cannot be installed on:\n\"installer --report\" "
		"says why.";
	char text[LINE_MAX_BYTES];
	const struct disk *found;

	for (;;) {
		list_disks(disks, count);
		if (!line_ask("Disk for Socle Server", count == 1 ? "1" : NULL,
			help, text))
			return false;
		found = find_disk(disks, count, text);
		if (found && confirm_disk(found))
			break;
		if (!found)
			printf("There is no disk \"%s\" in the list.\n", text);
	}
	plan->disk = *found;
	plan->stick = plan_is_stick(found);
	return true;
}

static bool ask_disk(struct plan *plan)
{
	struct disk *disks;
	int count = good_disks(&disks);
	bool chosen = false;

	if (count > 0)
		chosen = choose_disk(plan, disks, count);
	else
		printf("There is no disk that Socle Server can be installed "
			"on: \"installer --report\"\nsays of each why.\n");
	if (count >= 0)
		free(disks);
	return chosen;
}

static void show_disk(const struct plan *plan, char *text)
{
	char size[16];

	disk_size_text(plan->disk.bytes, size, sizeof(size));
	snprintf(text, SHOWN, "%s, %s, %s, %.24s %s", plan->disk.name, size,
		plan->disk.bus, plan->disk.model, plan->disk.serial);
}

static bool ask_room(struct plan *plan)
{
	static const char help[] = "yes: what the system leaves of the disk "
		"becomes a volume for VMs. no: nothing but\nthe system is "
		"written, as for a flash stick; it runs from memory, and the "
		"stick may be\npulled while it does.";
	char text[LINE_MAX_BYTES];

	do {
		if (!line_ask("Use the rest of it for VMs", plan->stick ? "no" :
			"yes", help, text))
			return false;
	} while (strcmp(text, "yes") && strcmp(text, "no"));
	plan->stick = !strcmp(text, "no");
	return true;
}

static void show_room(const struct plan *plan, char *text)
{
	snprintf(text, SHOWN, plan->stick ? "none there: the system alone" :
		"the rest of the disk");
}

static bool ask_name(struct plan *plan)
{
	return ask_value(plan->conf, &(struct ask_value){ "host", "name",
		"Host name", "socle", "Letters, digits and hyphens." });
}

static void show_value(const struct plan *plan, const char *section,
	const char *key, const char *preset, char *text)
{
	const char *value = conf_value(plan->conf, section, key, 0);

	snprintf(text, SHOWN, "%s", value ? value : preset);
}

static void show_name(const struct plan *plan, char *text)
{
	show_value(plan, "host", "name", "socle", text);
}

/* Twice the same, or what there is. False: one wants to leave. */
static bool ask_password(struct plan *plan, const char *section)
{
	char first[LINE_MAX_BYTES], again[LINE_MAX_BYTES], hash[SECRET_HASH];
	const char *refusal, *value = hash;
	bool stays, done = false;
	bool has = conf_value(plan->conf, section, "password", 0);

	do {
		stays = line_secret(has ? "Password, empty for that of now, "
			"\"-\" for none" : "Password, empty for none", first);
		if (stays && !strcmp(first, "-"))
			conf_unset(plan->conf, section, "password");
		if (!stays || !*first || !strcmp(first, "-"))
			break;
		refusal = secret_refusal(first);
		if (refusal) {
			printf("%s\n", refusal);
			continue;
		}
		stays = line_secret("The same once more", again);
		if (stays && strcmp(first, again))
			printf("They differ.\n");
		else if (stays)
			done = secret_hash(first, hash) &&
				!conf_set(plan->conf, section, "password",
					&value, 1, NULL, NULL);
	} while (stays && !done);
	explicit_bzero(first, sizeof(first));
	explicit_bzero(again, sizeof(again));
	return stays;
}

static bool ask_access(struct plan *plan, const char *section)
{
	for (;;) {
		if (!ask_value(plan->conf, &(struct ask_value){ section, "key",
			"SSH public key", "-", "A line such as \"ssh-ed25519 "
			"AAAA... name\": the content of ~/.ssh/id_ed25519.pub "
			"at your place.\nWith a key one comes in over the "
			"network, with a password at consoles." }) ||
		    !ask_password(plan, section))
			return false;
		if (conf_value(plan->conf, section, "key", 0) ||
		    conf_value(plan->conf, section, "password", 0))
			return true;
		printf("An administrator needs a key or a password.\n");
	}
}

static void remove_administrators(struct conf *conf)
{
	const char *section;
	char name[SECTION];

	while ((section = conf_section(conf, "admin", 0))) {
		snprintf(name, sizeof(name), "%s", section);
		if (conf_unset(conf, name, NULL))
			break;
	}
}

static bool ask_administrator(struct plan *plan)
{
	static const char help[] = "An account that may manage the host and "
		"its VMs, beside those that there are. \"-\":\nnone at all; "
		"if root has no password now, the first who comes to a console "
		"sets it.";
	const char *now = conf_section(plan->conf, "admin", 0);
	const struct conf_kind *kind = conf_kind_in(host_kinds, "admin");
	char text[LINE_MAX_BYTES], section[SECTION];

	for (;;) {
		if (!line_ask("Administrator's name", now ? now + 6 : "admin",
			help, text))
			return false;
		if (!strcmp(text, "-")) {
			remove_administrators(plan->conf);
			return true;
		}
		snprintf(section, sizeof(section), "admin %.40s", text);
		if (kind->good(text))
			return ask_access(plan, section);
		printf("A name has at most 31 lower-case letters, digits, "
			"hyphens and underscores,\nthe first a letter, and is "
			"none of the system's.\n");
	}
}

static void show_administrator(const struct plan *plan, char *text)
{
	const char *section;
	size_t used = 0;
	int i;

	snprintf(text, SHOWN, conf_value(plan->conf, "login", "password", 0) ||
		conf_value(plan->conf, "login", "key", 0) ?
		"none but root, as now" :
		"none: root's password is set at a console");
	for (i = 0; (section = conf_section(plan->conf, "admin", i)) &&
		used < SHOWN; i++)
		used += (size_t)snprintf(text + used, SHOWN - used,
			"%s%s (%s%s%s)", i ? ", " : "", section + 6,
			conf_value(plan->conf, section, "key", 0) ? "key" : "",
			conf_value(plan->conf, section, "key", 0) &&
			conf_value(plan->conf, section, "password", 0) ?
			" and " : "",
			conf_value(plan->conf, section, "password", 0) ?
			"password" : "");
}

static bool ask_net(struct plan *plan)
{
	return ask_network(plan->conf);
}

static void show_net(const struct plan *plan, char *text)
{
	ask_network_show(plan->conf, text, SHOWN);
}

static bool ask_zone(struct plan *plan)
{
	return ask_value(plan->conf, &(struct ask_value){ "host", "timezone",
		"Time zone", "UTC", "Such as Europe/Berlin or "
		"America/New_York." });
}

static void show_zone(const struct plan *plan, char *text)
{
	show_value(plan, "host", "timezone", "UTC", text);
}

static bool ask_ntp(struct plan *plan)
{
	return ask_value(plan->conf, &(struct ask_value){ "time", "ntp",
		"Time servers, blanks between", "pool.ntp.org",
		"Names or addresses." });
}

static void show_ntp(const struct plan *plan, char *text)
{
	show_value(plan, "time", "ntp", "pool.ntp.org", text);
}

static bool ask_keyboard(struct plan *plan)
{
	return ask_value(plan->conf, &(struct ask_value){ "host", "keyboard",
		"Keyboard's layout", "us", "A country: be br ca ch ch-fr cz "
		"de dk ee es fi fr gb hr hu ie is it jp latam lt lv\nnl no pl "
		"pt ro se si sk tr us, or dvorak, us-intl." });
}

static void show_keyboard(const struct plan *plan, char *text)
{
	show_value(plan, "host", "keyboard", "us", text);
}

static const struct {
	const char *name;
	bool (*ask)(struct plan *plan); /* false: one wants to leave */
	void (*show)(const struct plan *plan, char *text);
} questions[] = {
	{ "Disk", ask_disk, show_disk },
	{ "Room for VMs", ask_room, show_room },
	{ "Host name", ask_name, show_name },
	{ "Administrators", ask_administrator, show_administrator },
	{ "Network", ask_net, show_net },
	{ "Time zone", ask_zone, show_zone },
	{ "Time servers", ask_ntp, show_ntp },
	{ "Keyboard", ask_keyboard, show_keyboard },
};

enum { QUESTIONS = sizeof(questions) / sizeof(*questions) };

static void complain(void *context, int line, const char *text)
{
	(void)context;
	(void)line;
	printf("Not yet: %s.\n", text);
}

static void review(const struct plan *plan)
{
	char text[SHOWN];
	int i;

	printf("\nNothing has been written yet. This is what will be:\n");
	for (i = 0; i < QUESTIONS; i++) {
		questions[i].show(plan, text);
		printf("  %d  %-14s %.60s\n", i + 1, questions[i].name, text);
	}
}

/* 1: install; 0: not yet; -1: leave. */
static int decide(struct plan *plan)
{
	char text[LINE_MAX_BYTES];
	char *end;
	long number;

	review(plan);
	if (!line_ask("A number to change it, \"install\", or \"!\" to leave",
		NULL, "With \"install\" the disk is written.", text))
		return -1;
	number = strtol(text, &end, 10);
	if (*end || number < 1 || number > QUESTIONS)
		return !strcmp(text, "install") && !host_check(plan->conf,
			complain, NULL);
	if (!questions[number - 1].ask(plan))
		return -1;
	/* Another disk may be of another kind. */
	return number == 1 && !ask_room(plan) ? -1 : 0;
}

int ask(struct plan *plan, struct trouble *why)
{
	int i, decided;

	memset(plan, 0, sizeof(*plan));
	plan->conf = conf_read(PLACE_SETTINGS, host_kinds, NULL, NULL);
	if (!plan->conf)
		plan->conf = conf_new(host_kinds);
	if (!plan->conf)
		return trouble(why, -ENOMEM, "there is no memory");
	conf_unset(plan->conf, "install", NULL);
	printf("Enter takes what stands in [brackets], ? explains, ! leaves; "
		"nothing is written\nbefore all has been asked.\n\n");
	for (i = 0; i < QUESTIONS; i++)
		if (!questions[i].ask(plan))
			return -ECANCELED;
	do
		decided = decide(plan);
	while (!decided);
	return decided > 0 ? 0 : -ECANCELED;
}
