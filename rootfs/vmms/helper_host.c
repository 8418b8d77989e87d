/* The process that runs the host's commands, with all privileges. */
/* SPDX-License-Identifier: MIT */
#include "helper_host.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helper_work.h"

#define WORD_MAX	4096u	/* bytes; a line of the settings has no more */
#define TEXT_MAX	32768u	/* bytes of settings as a whole */

/* Numbers of words, of those behind the two. */
static const struct command {
	const char *name, *verb, *program;
	int least, most;
} commands[] = {
	{ "switch", "create", "/sbin/switch", 2, 32 },
	{ "switch", "set", "/sbin/switch", 2, 32 },
	{ "switch", "delete", "/sbin/switch", 1, 1 },
	{ "switch", "list", "/sbin/switch", 0, 2 },
	{ "conf", "check", "/sbin/conf", 0, 0 },
	{ "conf", "keys", "/sbin/conf", 0, 0 },
	{ "host", "show", "/lib/socle/host", 0, 0 },
	{ "host", "report", "/lib/socle/host", 0, 0 },
	{ "host", "restart", "/lib/socle/host", 0, 0 },
	{ "host", "stop", "/lib/socle/host", 0, 0 },
	{ "host", "keys", "/lib/socle/host", 0, 0 },
	{ "host", "set", "/lib/socle/host", 2, 48 },
	{ "host", "unset", "/lib/socle/host", 1, 1 },
	{ "host", "clock", "/lib/socle/host", 1, 1 },
	{ "host", "settings", "/lib/socle/host", 1, 2 },
	{ "host", "storage", "/lib/socle/host", 1, 6 },
	{ "host", "make-stick", "/lib/socle/host", 1, 2 },
	{ "host", "network", "/lib/socle/host", 1, 48 },
};

static const struct command *find(char *const *words, int count)
{
	size_t i;

	for (i = 0; count >= 2 && i < sizeof(commands) / sizeof(*commands);
	     i++)
		if (!strcmp(commands[i].name, words[0]) &&
		    !strcmp(commands[i].verb, words[1]))
			return &commands[i];
	return NULL;
}

/* No option, but for the one that programs want; no control character. */
static bool is_word(const char *word)
{
	const char *at;

	for (at = word; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			return false;
	return *word && (size_t)(at - word) <= WORD_MAX &&
		(*word != '-' || !strcmp(word, "--json"));
}

/* Settings as a whole: lines. */
static bool is_text(const char *word)
{
	const char *at;

	for (at = word; *at; at++)
		if (((unsigned char)*at < ' ' && !strchr("\n\r\t", *at)) ||
		    *at == 0x7f)
			return false;
	return *word && (size_t)(at - word) <= TEXT_MAX;
}

/* The fourth word of "host settings import TEXT", or of check. */
static bool takes_text(char *const *words, int index)
{
	return index == 3 && !strcmp(words[0], "host") &&
		!strcmp(words[1], "settings") && (!strcmp(words[2], "import") ||
			!strcmp(words[2], "check"));
}

/* The last word of "host storage", which no disk or volume can be called. */
static bool is_erase(char *const *words, int index, int count)
{
	return index == count - 1 && !strcmp(words[0], "host") &&
		!strcmp(words[1], "storage") &&
		!strcmp(words[index], "--erase");
}

int hostcommand_check(char *const *words, int count, const char **program,
	struct trouble *why)
{
	const struct command *command = find(words, count);
	int i;

	if (!command || count - 2 < command->least ||
	    count - 2 > command->most)
		return trouble(why, -EINVAL, "this is no command of the host");
	for (i = 2; i < count; i++)
		if (takes_text(words, i) ? !is_text(words[i]) :
		    !is_word(words[i]) && !is_erase(words, i, count))
			return trouble(why, -EINVAL,
				"\"%.60s\" is no word of a command", words[i]);
	*program = command->program;
	return 0;
}

static void become(const char *program, char *const *words, int output)
{
	static char *const environment[] = {
		"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", NULL };
	struct sigaction usual = { .sa_handler = SIG_DFL };
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC), number;
	sigset_t none;

	sigemptyset(&none);
	for (number = 1; number < NSIG; number++)
		sigaction(number, &usual, NULL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	umask(022);
	if (chdir("/") || dup2(null, 0) || dup2(output, 1) != 1 ||
	    dup2(output, 2) != 2 || syscall(SYS_close_range, 3, ~0u, 0))
		_exit(126);
	execve(program, words, environment);
	_exit(127);
}

/* A descriptor of the new process, or -errno. */
static int run(const char *program, char *const *words, int output)
{
	pid_t child = fork();
	int process;

	if (child < 0)
		return -errno;
	if (!child)
		become(program, words, output);
	process = (int)syscall(SYS_pidfd_open, child, 0);
	return process < 0 ? -errno : process;
}

/* For who wants to see it grow: not to be written to. */
static void show_output(struct work *work, const struct job *job)
{
	char path[40];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", job->output);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		parcel_add(work->out, fd);
}

static int start(struct work *work, char *const *words, int count)
{
	const char *program;
	int error = hostcommand_check(words, count, &program, &work->why);
	struct job *job;

	if (error)
		return error;
	job = jobs_begin(&work->helper->jobs);
	if (!job)
		return -errno;
	job->process = run(program, words, job->output);
	error = job->process < 0 ? job->process : work_job(work, job);
	if (error)
		job_drop(job);
	else
		show_output(work, job);
	return error;
}

static int host(struct work *work)
{
	char *words[HOST_WORDS + 1], *text;
	int count;
	size_t size;

	text = work_received(work, 0, &size);
	if (!text)
		return -errno;
	count = work_split(text, size, words, HOST_WORDS);
	if (count >= 0)
		count = start(work, words, count);
	free(text);
	return count;
}

int host_serve(int socket)
{
	static work_function *const functions[HELPER_TYPES] = {
		[HELPER_HOST] = host, [HELPER_JOB] = helper_job };
	static struct helper helper = { .host = -1, .functions = functions };
	int error;

	jobs_init(&helper.jobs);
	error = helper_run(&helper, socket);
	jobs_exit(&helper.jobs);
	return error;
}
