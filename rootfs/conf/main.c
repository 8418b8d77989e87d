/* conf: reads and changes a host's settings file; see docs/settings.md. */
/* SPDX-License-Identifier: MIT */
#include "conf.h"
#include "kept.h"
#include "keys.h"
#include "lock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_GOOD, EXIT_BAD, EXIT_UNUSABLE };

static const char *path = "/run/socle/socle.conf";

struct command {
	const char *name;
	int least, most; /* arguments */
	int (*run)(char **arguments, int count);
	const char *help;
};

/* Counts what it prints in *context. */
static void print_problem(void *context, int line, const char *text)
{
	int *problems = context;

	if (line)
		fprintf(stderr, "%s:%d: %s\n", path, line, text);
	else
		fprintf(stderr, "%s: %s\n", path, text);
	++*problems;
}

static struct conf *open_settings(conf_report *report, int *problems)
{
	struct conf *conf = conf_read(path, host_kinds, report, problems);

	if (!conf)
		fprintf(stderr, "conf: %s cannot be read: %s\n", path,
			strerror(errno));
	return conf;
}

static int run_check(char **arguments, int count)
{
	int problems = 0;
	struct conf *conf = open_settings(print_problem, &problems);

	(void)arguments;
	(void)count;
	if (!conf)
		return EXIT_UNUSABLE;
	host_check(conf, print_problem, &problems);
	conf_free(conf);
	return problems ? EXIT_BAD : EXIT_GOOD;
}

static int run_get(char **arguments, int count)
{
	struct conf *conf = open_settings(NULL, NULL);
	const char *value;
	int i;

	(void)count;
	if (!conf)
		return EXIT_UNUSABLE;
	for (i = 0; (value = conf_value(conf, arguments[0], arguments[1], i));
		i++)
		puts(value);
	conf_free(conf);
	return i ? EXIT_GOOD : EXIT_BAD;
}

static int run_list(char **arguments, int count)
{
	struct conf *conf = open_settings(NULL, NULL);
	const char *section;
	int i;

	if (!conf)
		return EXIT_UNUSABLE;
	for (i = 0; (section = conf_section(
			     conf, count ? arguments[0] : NULL, i)); i++)
		puts(section);
	conf_free(conf);
	return EXIT_GOOD;
}

/* Frees conf. */
static int written(struct conf *conf, int result)
{
	conf_free(conf);
	if (!result)
		return EXIT_GOOD;
	fprintf(stderr, "conf: %s cannot be written: %s\n", path,
		strerror(-result));
	return EXIT_UNUSABLE;
}

static int finish(struct conf *conf)
{
	kept_forget(conf);
	return written(conf, conf_write(conf, path));
}

static int set(char **arguments, int count)
{
	int problems = 0;
	struct conf *conf = conf_read(path, host_kinds, NULL, NULL);
	int result;

	if (!conf && errno == ENOENT)
		conf = conf_new(host_kinds);
	if (!conf) {
		fprintf(stderr, "conf: %s cannot be read: %s\n", path,
			strerror(errno));
		return EXIT_UNUSABLE;
	}
	result = conf_set(conf, arguments[0], arguments[1],
		(const char *const *)arguments + 2, count - 2, print_problem,
		&problems);
	if (!result)
		return finish(conf);
	conf_free(conf);
	return result == -EINVAL ? EXIT_BAD : EXIT_UNUSABLE;
}

static int unset(char **arguments, int count)
{
	struct conf *conf = open_settings(NULL, NULL);

	if (!conf)
		return EXIT_UNUSABLE;
	if (!conf_unset(conf, arguments[0], count > 1 ? arguments[1] : NULL))
		return finish(conf);
	conf_free(conf);
	fprintf(stderr, "conf: %s has no such setting\n", path);
	return EXIT_BAD;
}

/* Without a lock there is nobody else; see lock.h. */
static int locked(int (*change)(char **arguments, int count),
	char **arguments, int count)
{
	int lock = lock_settings();
	int status = change(arguments, count);

	if (lock >= 0)
		close(lock);
	return status;
}

static int run_set(char **arguments, int count)
{
	return locked(set, arguments, count);
}

static int run_unset(char **arguments, int count)
{
	return locked(unset, arguments, count);
}

static int run_keys(char **arguments, int count)
{
	const struct conf_kind *kind;
	const struct conf_key *key;

	(void)arguments;
	(void)count;
	for (kind = host_kinds; kind->name; kind++)
		for (key = kind->keys; key->name; key++)
			printf("%s\t%s\t%s\t%s\n", kind->name, key->name,
				key->repeats ? "repeats" : "once", key->takes);
	return EXIT_GOOD;
}

/* The path among the arguments. */
static int run_newest(char **arguments, int count)
{
	int newest = kept_newest(arguments + 1, count - 1, arguments[0]);

	if (newest >= 0)
		puts(arguments[newest + 1]);
	return newest >= 0 ? EXIT_GOOD : EXIT_BAD;
}

/* What is by hand in the first file becomes the next of the host's settings. */
static int run_number(char **arguments, int count)
{
	struct kept own, next;
	struct conf *conf;
	int result;

	path = arguments[1];
	kept_read(path, &own);
	if (own.number != KEPT_BY_HAND)
		return EXIT_GOOD;
	conf = open_settings(NULL, NULL);
	if (!conf)
		return EXIT_UNUSABLE;
	result = kept_next(arguments + 1, count - 1, arguments[0], &next);
	if (!result)
		result = kept_write(conf, path, &next);
	return written(conf, result);
}

static const struct command commands[] = {
	{ "check", 0, 0, run_check, "check\t\t\tnames every problem" },
	{ "get", 2, 2, run_get, "get SECTION KEY\t\tprints the values" },
	{ "list", 0, 1, run_list, "list [KIND]\t\tprints the sections" },
	{ "set", 3, 1 << 16, run_set, "set SECTION KEY VALUE...\treplaces" },
	{ "unset", 1, 2, run_unset, "unset SECTION [KEY]\tremoves" },
	{ "keys", 0, 0, run_keys, "keys\t\t\tprints what there is to set" },
	{ "newest", 2, 1 << 10, run_newest,
		"newest HOST FILE...\twhich of several copies counts" },
	{ "number", 2, 1 << 10, run_number,
		"number HOST FILE...\tthe first, when it is by hand" },
};

enum { COMMANDS = sizeof(commands) / sizeof(*commands) };

static int usage(FILE *stream, int status)
{
	int i;

	fprintf(stream, "usage: conf [-f FILE] COMMAND\n");
	for (i = 0; i < COMMANDS; i++)
		fprintf(stream, "  %s\n", commands[i].help);
	return status;
}

int main(int count, char **arguments)
{
	int i;

	count--;
	arguments++;
	if (count >= 2 && !strcmp(arguments[0], "-f")) {
		path = arguments[1];
		count -= 2;
		arguments += 2;
	}
	if (count && !strcmp(arguments[0], "--help"))
		return usage(stdout, EXIT_GOOD);
	for (i = 0; count && i < COMMANDS; i++) {
		const struct command *command = &commands[i];

		if (strcmp(arguments[0], command->name))
			continue;
		if (count - 1 < command->least || count - 1 > command->most)
			break;
		return command->run(arguments + 1, count - 1);
	}
	return usage(stderr, EXIT_UNUSABLE);
}
