/* login: the console's way in, and passwd: a new password. */
/* SPDX-License-Identifier: MIT */
#include "failures.h"
#include "keep.h"
#include "password.h"
#include "paths.h"
#include "prompt.h"
#include "secret.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

enum {
	PAUSE = 60, /* seconds without a key, then login starts anew */
	NAME = 64,  /* bytes of a name, with its end */
	TTY = 5,    /* the group of terminals */
};

static struct timespec issue_time;

/* Prints the notice if it is new since the last time. */
static enum prompt_refresh print_issue(void)
{
	struct stat status;
	char text[4096];
	ssize_t size;
	int file = open(PATH_ISSUE, O_RDONLY | O_CLOEXEC);

	if (file < 0)
		return PROMPT_SAME;
	if (fstat(file, &status) || (status.st_mtim.tv_sec == issue_time.tv_sec
		&& status.st_mtim.tv_nsec == issue_time.tv_nsec)) {
		close(file);
		return PROMPT_SAME;
	}
	issue_time = status.st_mtim;
	size = read(file, text, sizeof(text));
	close(file);
	printf("\r\n%.*s", size > 0 ? (int)size : 0, text);
	fflush(stdout);
	return PROMPT_PRINTED;
}

/* While this console waits for the first password, another may set it. */
static enum prompt_refresh refresh_first(void)
{
	return password_any() ? PROMPT_STOP : print_issue();
}

/*
 * Asks twice for a new password. refresh: see prompt_line(). False: given up.
 */
static bool ask_new(char *password, enum prompt_refresh (*refresh)(void))
{
	char again[SECRET_MOST];
	bool chosen = false;
	const char *refusal;

	while (!chosen) {
		if (prompt_line("New password: ", false, password,
			    SECRET_MOST, 0, refresh) != PROMPT_LINE)
			break;
		refusal = secret_refusal(password);
		if (refusal) {
			puts(refusal);
			continue;
		}
		if (prompt_line("The same again: ", false, again,
			    sizeof(again), PAUSE, NULL) != PROMPT_LINE)
			break;
		chosen = !strcmp(password, again);
		if (!chosen)
			puts("The two are not the same.");
	}
	explicit_bzero(again, sizeof(again));
	return chosen;
}

/* Sets password; true when it is set. */
static bool apply_new(const char *name, const char *password, bool only_first)
{
	switch (password_set(name, password, only_first)) {
	case PASSWORD_KEPT:
		puts("The password is set.");
		return true;
	case PASSWORD_FORGOTTEN:
		printf("The password is set. It is forgotten at the next "
			"restart: %s.\n", keep_why_nowhere());
		return true;
	case PASSWORD_UNSAVED:
		printf("The password is set. It is forgotten at the next "
			"restart: the config volume: %s.\n", strerror(errno));
		return true;
	case PASSWORD_TAKEN:
		puts("Another console has set the password meanwhile.");
		return false;
	case PASSWORD_REPLACED:
		puts("Other settings count from the next start on: the host is"
			" to be restarted first.");
		return false;
	case PASSWORD_NOBODY:
		puts("There is no administrator of that name.");
		return false;
	case PASSWORD_FAILED:
		break;
	}
	printf("The password could not be set: %s\n", strerror(errno));
	return false;
}

/* The first login sets the password. */
static bool first_login(void)
{
	char password[SECRET_MOST];
	bool done;

	puts("No password is set on this host. Choose one for root,\n"
		"at least 12 characters.\n");
	done = ask_new(password, refresh_first) &&
		apply_new("root", password, true);
	explicit_bzero(password, sizeof(password));
	return done;
}

/* One attempt with this name. */
static bool attempt(const char *name, const char *terminal)
{
	char password[SECRET_MOST];
	bool good = false;
	int locked;

	if (prompt_line("Password: ", false, password, sizeof(password), PAUSE,
		    NULL) != PROMPT_LINE)
		return false;
	locked = failures_take();
	if (!locked)
		good = password_is(name, password);
	explicit_bzero(password, sizeof(password));
	if (good) {
		failures_clear();
		return true;
	}
	if (locked > 0) {
		printf("Locked after %d failed logins: try again in %d s.\n",
			FAILURES_MOST, locked);
	} else {
		syslog(LOG_WARNING, "failed login on %s", terminal);
		sleep(2);
		puts("Login incorrect");
	}
	fflush(stdout);
	return false;
}

/* Fills name when it is logged in. */
static bool log_in(const char *terminal, char name[NAME])
{
	char host[65] = "socle";
	char prompt[80];

	print_issue();
	strcpy(name, "root");
	if (!password_any())
		return first_login();
	gethostname(host, sizeof(host) - 1);
	snprintf(prompt, sizeof(prompt), "%s login: ", host);
	if (prompt_line(prompt, true, name, NAME, 0, print_issue) !=
		PROMPT_LINE || !*name)
		return false;
	return attempt(name, terminal);
}

/* The terminal and the process become the account's. False: errno. */
static bool become(const struct passwd *account)
{
	return !fchown(STDIN_FILENO, account->pw_uid, TTY) &&
		!fchmod(STDIN_FILENO, 0620) &&
		!(account->pw_uid ? initgroups(account->pw_name,
			account->pw_gid) : setgroups(0, NULL)) &&
		!setgid(account->pw_gid) && !setuid(account->pw_uid);
}

/* Becomes the account's login shell. */
static void start_session(const char *name, const char *terminal)
{
	const struct passwd *account = getpwnam(name);
	const char *term = getenv("TERM");
	char type[64];

	snprintf(type, sizeof(type), "%s", term ? term : "vt100");
	if (!account) {
		printf("There is no account %s yet.\n", name);
		return;
	}
	syslog(LOG_NOTICE, "login: %s on %s", name, terminal);
	closelog();
	if (clearenv() || !become(account)) {
		perror("login");
		return;
	}
	setenv("TERM", type, 1);
	setenv("HOME", account->pw_dir, 1);
	setenv("USER", account->pw_name, 1);
	setenv("LOGNAME", account->pw_name, 1);
	setenv("SHELL", account->pw_shell, 1);
	setenv("PATH", "/sbin:/usr/sbin:/bin:/usr/bin", 1);
	setenv("LANG", "C.UTF-8", 1);
	umask(022);
	if (chdir(account->pw_dir))
		fprintf(stderr, "login: no folder %s\n", account->pw_dir);
	execl("/bin/sh", "-sh", (char *)NULL);
	perror("login: /bin/sh");
}

static int change_password(const char *name)
{
	char password[SECRET_MOST];
	bool done = ask_new(password, NULL) && apply_new(name, password, false);

	explicit_bzero(password, sizeof(password));
	return done ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Until somebody is logged in. */
static void serve(const char *terminal)
{
	char name[NAME];

	openlog("login", 0, LOG_AUTHPRIV);
	while (!log_in(terminal, name))
		issue_time.tv_sec = 0;
	start_session(name, terminal);
}

int main(int count, char **arguments)
{
	const char *name = strrchr(arguments[0], '/');
	const char *terminal;

	name = name ? name + 1 : arguments[0];
	if (geteuid()) {
		fprintf(stderr, "%s: only root may call this\n", name);
		return EXIT_FAILURE;
	}
	terminal = ttyname(STDIN_FILENO);
	if (!terminal) {
		fprintf(stderr, "%s: needs a terminal\n", name);
		return EXIT_FAILURE;
	}
	if (!strcmp(name, "passwd"))
		return change_password(count > 1 ? arguments[1] : "root");
	if (count > 1 && !strcmp(arguments[1], "--passwd"))
		return change_password("root");
	if (!strncmp(terminal, "/dev/", 5))
		terminal += 5;
	serve(terminal);
	return EXIT_FAILURE;
}
