/* host: state and settings of this host, for its management service. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "change.h"
#include "clock.h"
#include "export.h"
#include "import.h"
#include "nettest.h"
#include "network.h"
#include "places.h"
#include "show.h"
#include "storage.h"

enum { EXIT_GOOD, EXIT_UNUSABLE = 2, WORDS_MAX = 1 << 10 };

struct command {
	const char *of, *name; /* of: "network", "settings", or NULL */
	int least, most;       /* words behind them */
	int (*run)(char **words, int count, struct trouble *why);
	const char *help;
};

/* words: the first is the program, the last NULL. */
static int become_words(const char *const *words, struct trouble *why)
{
	execv(words[0], (char *const *)words);
	return trouble(why, -errno, "%s: %s", words[0], strerror(errno));
}

/* With one word, or NULL. */
static int become(const char *program, const char *word, struct trouble *why)
{
	const char *const words[] = { program, word, NULL };

	return become_words(words, why);
}

static int report(char **words, int count, struct trouble *why)
{
	(void)words;
	(void)count;
	return become(PLACE_REPORT, NULL, why);
}

/* init goes on with /lib/socle/stop: VMs are stopped as they are to be. */
static int restart(char **words, int count, struct trouble *why)
{
	(void)words;
	(void)count;
	return become(PLACE_RESTART, NULL, why);
}

static int stop(char **words, int count, struct trouble *why)
{
	(void)words;
	(void)count;
	return become(PLACE_STOP, NULL, why);
}

/* The installer has the lock as long as it lives. */
static int make_stick(char **words, int count, struct trouble *why)
{
	const char *const program[] = { PLACE_INSTALLER, "--spare", words[0],
		count == 2 ? "--erase" : NULL, NULL };
	int lock;

	if (words[0][0] == '-' || (count == 2 && strcmp(words[1], "erase")))
		return trouble(why, -EINVAL, "make-stick DISK, or make-stick "
			"DISK erase");
	lock = storage_lock(why);
	if (lock < 0)
		return lock;
	fcntl(lock, F_SETFD, 0);
	return become_words(program, why);
}

static int keys(char **words, int count, struct trouble *why)
{
	(void)words;
	(void)count;
	return become(PLACE_CONF, "keys", why);
}

static const struct command commands[] = {
	{ NULL, "show", 0, 0, show, "show\t\t\t\t\tas JSON" },
	{ NULL, "report", 0, 0, report, "report\t\t\t\tas text, for support" },
	{ NULL, "restart", 0, 0, restart, "restart\t\t\t\tafter all VMs" },
	{ NULL, "stop", 0, 0, stop, "stop\t\t\t\t\tafter all VMs" },
	{ NULL, "keys", 0, 0, keys, "keys\t\t\t\t\twhat there is to set" },
	{ NULL, "set", 2, WORDS_MAX, change_set,
		"set SECTION KEY=VALUE... KEY+=VALUE... KEY-=VALUE...\n"
		"\t\t\t\t\tof host, time, dns, login, \"admin NAME\"" },
	{ NULL, "unset", 1, 1, change_unset, "unset SECTION" },
	{ NULL, "clock", 1, 1, clock_set,
		"clock \"YYYY-MM-DD HH:MM[:SS]\"\tof the host's zone" },
	{ "settings", "export", 0, 1, export_settings,
		"settings export [secrets]\t\tas a socle.conf" },
	{ "settings", "check", 1, 1, import_check,
		"settings check TEXT\t\t\twhether import would take it" },
	{ "settings", "import", 1, 1, import_settings,
		"settings import TEXT\t\t\ta socle.conf; from the next start on" },
	{ "settings", "reset", 0, 0, import_nothing,
		"settings reset\t\t\tforgets all of them, and restarts" },
	{ NULL, "make-stick", 1, 2, make_stick,
		"make-stick DISK [erase]\t\ta spare stick, which boots this host" },
	{ NULL, "storage", 1, 5, storage,
		"storage list\t\t\t\tdisks, arrays, volumes, as JSON\n"
		"  storage claim DISK NAME [--erase]\n"
		"  storage mirror DISK DISK NAME [--erase]\n"
		"  storage mirror add NAME DISK [--erase]\n"
		"  storage format NAME [--erase]\n"
		"  storage adopt DEVICE|UUID NAME\n"
		"  storage forget NAME" },
	{ "network", "set", 1, WORDS_MAX, network_set,
		"network set SECTION KEY=VALUE... [-SECTION]...\n"
		"\t\t\t\t\tof \"nic MAC\", \"bond NAME\", dns; on trial" },
	{ "network", "unset", 1, 1, network_unset,
		"network unset SECTION\t\t\ton trial" },
	{ "network", "switch", 2, 60, network_switch,
		"network switch create|set|delete NAME ...\ton trial" },
	{ "network", "confirm", 0, 0, network_confirm, "network confirm" },
	{ "network", "revert", 0, 0, network_revert, "network revert" },
	{ "network", "show", 0, 0, network_show,
		"network show\t\t\t\twhat is on trial, as JSON" },
	{ "network", "test", 0, 0, network_test,
		"network test\t\t\t\twhether it works, as JSON" },
};

enum { COMMANDS = sizeof(commands) / sizeof(*commands) };

static int usage(FILE *stream, int status)
{
	int i;

	fprintf(stream, "usage: host COMMAND\n");
	for (i = 0; i < COMMANDS; i++)
		fprintf(stream, "  %s\n", commands[i].help);
	return status;
}

static int run(const struct command *command, char **words, int count)
{
	struct trouble why = { "" };
	int result = command->run(words, count, &why);

	if (result && why.text[0])
		fprintf(stderr, "host: %s\n", why.text);
	else if (result < 0)
		fprintf(stderr, "host: %s\n", strerror(-result));
	return trouble_status(result);
}

int main(int count, char **words)
{
	const char *of = NULL;
	int i;

	count--;
	words++;
	if (count == 1 && !strcmp(words[0], "--help"))
		return usage(stdout, EXIT_GOOD);
	if (count && (!strcmp(words[0], "network") ||
	    !strcmp(words[0], "settings"))) {
		of = *words++;
		count--;
	}
	for (i = 0; count && i < COMMANDS; i++)
		if (!commands[i].of == !of &&
		    (!of || !strcmp(commands[i].of, of)) &&
		    !strcmp(commands[i].name, words[0]) &&
		    count - 1 >= commands[i].least &&
		    count - 1 <= commands[i].most)
			return run(&commands[i], words + 1, count - 1);
	return usage(stderr, EXIT_UNUSABLE);
}
