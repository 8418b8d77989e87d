/* installer: puts Socle Server onto a disk or a stick. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "install.h"
#include "lockfile.h"
#include "places.h"
#include "report.h"
#include "row.h"
#include "rows.h"

enum { EXIT_GOOD, EXIT_REFUSED, EXIT_UNUSABLE };

static int usage(FILE *stream, int status)
{
	fprintf(stream, "usage: installer [--report [--json] | "
		"--file FILE [--dry-run] |\n"
		"                  --spare DISK [--erase]]\n"
		"  (nothing)   asks, shows what it would do, and installs\n"
		"  --report    says what an installation finds in this "
		"machine; nothing is written\n"
		"  --json      as an array of {what, result, detail}\n"
		"  --file      installs by a socle.conf with a section "
		"[install], without a question\n"
		"  --dry-run   checks that file and says what would be done; "
		"nothing is written\n"
		"  --spare DISK [--erase]\n"
		"              makes a stick that starts this host as it is set "
		"up now; --erase:\n"
		"              also a disk that is not empty\n");
	return status;
}

static int say_report(bool as_json)
{
	json_t *rows = report();

	if (!rows) {
		fprintf(stderr, "installer: there is no memory\n");
		return EXIT_UNUSABLE;
	}
	if (as_json) {
		json_dumpf(rows, stdout, JSON_INDENT(1) | JSON_ENSURE_ASCII);
		putchar('\n');
	} else {
		rows_print(rows, stdout);
	}
	json_decref(rows);
	return fflush(stdout) ? EXIT_REFUSED : EXIT_GOOD;
}

/* What the report says, as text, for the log. The caller frees it. */
static char *report_text(void)
{
	json_t *rows = report();
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	if (rows && stream)
		rows_print(rows, stream);
	if (stream)
		fclose(stream);
	json_decref(rows);
	return text;
}

static int say_trouble(const struct trouble *why)
{
	fprintf(stderr, "installer: %s.\n", *why->text ? why->text :
		"there is no memory");
	return EXIT_REFUSED;
}

/* Nobody else installs until this process ends, and nothing is mounted of who did: the
 * disks are what they are. */
static int begin(struct trouble *why)
{
	int lock = lockfile_take(PLACE_LOCK, false);

	if (lock < 0)
		return trouble(why, lock, lock == -EWOULDBLOCK ? "another "
			"installation is at work" : "there is no place for "
			"a lock");
	install_clear();
	return 0;
}

/* What was begun is not ended half-way by a line that hangs up. */
static int do_it(struct plan *plan, struct trouble *why)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM,
		SIGTSTP, SIGPIPE };
	char *notes = report_text();
	size_t i;
	int result;

	for (i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		signal(signals[i], SIG_IGN);
	result = install(plan, notes ? notes : "", why);
	free(notes);
	return result;
}

static int by_questions(void)
{
	struct trouble why = { "" };
	struct plan plan;
	int result = begin(&why);

	if (result)
		return say_trouble(&why);
	result = ask(&plan, &why);
	if (!result)
		result = do_it(&plan, &why);
	plan_free(&plan);
	if (result == -ECANCELED) {
		printf("\nNothing was installed, nothing was written.\n");
		return EXIT_REFUSED;
	}
	if (result)
		return say_trouble(&why);
	printf("Take the medium away and restart: vm host restart\n");
	return EXIT_GOOD;
}

static void after_it(enum plan_after after)
{
	static const char *const words[] = { NULL, "restart", "stop" };

	if (after != PLAN_STAY)
		execl("/lib/socle/host", "host", words[after], (char *)NULL);
}

static int by_name(const char *disk, bool erase)
{
	struct trouble why = { "" };
	struct plan plan;
	int result = begin(&why);

	if (result)
		return say_trouble(&why);
	result = plan_spare(&plan, disk, erase, &why);
	if (!result)
		result = do_it(&plan, &why);
	plan_free(&plan);
	if (result)
		return say_trouble(&why);
	printf("It starts this host, with the settings of now.\n");
	return EXIT_GOOD;
}

static int by_file(const char *path, bool dry)
{
	struct trouble why = { "" };
	struct plan plan;
	enum plan_after after;
	int result = begin(&why);

	if (result)
		return say_trouble(&why);
	result = plan_read(&plan, path, &after, stderr, &why);
	if (!result)
		plan_print(&plan, stdout);
	if (!result && !dry)
		result = do_it(&plan, &why);
	plan_free(&plan);
	if (result)
		return say_trouble(&why);
	if (dry)
		printf("Nothing was written.\n");
	else
		after_it(after);
	return EXIT_GOOD;
}

int main(int count, char **words)
{
	bool json = count == 3 && !strcmp(words[2], "--json");
	bool dry = count == 4 && !strcmp(words[3], "--dry-run");
	bool erase = count == 4 && !strcmp(words[3], "--erase");

	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	if (count == 2 && !strcmp(words[1], "--help"))
		return usage(stdout, EXIT_GOOD);
	if ((count == 2 || json) && !strcmp(words[1], "--report"))
		return say_report(json);
	if (geteuid() && (count == 1 || !strcmp(words[1], "--file") ||
	    !strcmp(words[1], "--spare"))) {
		fprintf(stderr, "installer: only root installs.\n");
		return EXIT_REFUSED;
	}
	if (count == 1)
		return by_questions();
	if ((count == 3 || dry) && !strcmp(words[1], "--file"))
		return by_file(words[2], dry);
	if ((count == 3 || erase) && !strcmp(words[1], "--spare"))
		return by_name(words[2], erase);
	return usage(stderr, EXIT_UNUSABLE);
}
