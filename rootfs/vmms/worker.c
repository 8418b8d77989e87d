/* A VM's worker: its process, and what is said to it. */
/* SPDX-License-Identifier: MIT */
#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conf.h"
#include "whole.h"

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void process_ended(struct process *process, int status)
{
	struct worker *worker = process->context;

	(void)status;
	worker->ended(worker);
}

static void link_ended(struct dialogue *link, int error)
{
	struct worker *worker = link->context;

	timers_stop(worker->timers, &worker->poll);
	worker->lost(worker, error);
}

/* The next one when this is answered: a slow worker is not asked twice. */
static void polled(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	struct worker *worker = context;

	(void)parcel;
	if (!reply)
		return;
	timers_set(worker->timers, &worker->poll, events_now() + worker->pause);
	if (!error)
		worker->told(worker, reply);
}

static void poll_worker(struct timer *timer)
{
	struct worker *worker = timer->context;

	if (worker_hears(worker) && link_say(&worker->link, CONTROL_STATUS, 0,
		polled, worker))
		timers_set(worker->timers, timer, events_now() + worker->pause);
}

void worker_init(struct worker *worker, struct events *events,
	struct timers *timers)
{
	*worker = (struct worker){ .events = events, .timers = timers,
		.pause = WORKER_PAUSE, .patience = WORKER_PATIENCE,
		.process = { .event = { .fd = -1 } },
		.link = { .event = { .fd = -1 } }, .log = -1 };
	timer_init(&worker->poll, poll_worker, worker);
}

void worker_exit(struct worker *worker)
{
	timers_stop(worker->timers, &worker->poll);
	if (worker->link.events)
		dialogue_exit(&worker->link);
	if (worker->process.events)
		process_forget(&worker->process);
	close_one(&worker->log);
}

/* The worker cannot put it on its medium, and nobody has to empty it. */
int worker_log(void)
{
	int fd = memfd_create("log", MFD_CLOEXEC | MFD_ALLOW_SEALING), error;

	if (fd < 0)
		return -errno;
	if (!ftruncate(fd, WORKER_LOG) && fcntl(fd, F_ADD_SEALS,
		F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) >= 0)
		return fd;
	error = -errno;
	close(fd);
	return error;
}

int worker_attach(struct worker *worker, int process, int log)
{
	int error;

	worker_exit(worker);
	worker->log = log;
	worker->process.ended = process_ended;
	worker->process.context = worker;
	error = process_watch(&worker->process, worker->events, process);
	if (!error)
		return 0;
	close(process);
	close_one(&worker->log);
	return error;
}

int worker_connect(struct worker *worker, int socket)
{
	int error;

	timers_stop(worker->timers, &worker->poll);
	if (worker->link.events)
		dialogue_exit(&worker->link);
	error = link_init(&worker->link, worker->events, worker->timers,
		socket);
	if (error) {
		close(socket);
		return error;
	}
	worker->link.patience = worker->patience;
	worker->link.ended = link_ended;
	worker->link.context = worker;
	return 0;
}

void worker_watch(struct worker *worker)
{
	timers_set(worker->timers, &worker->poll, 0);
}

bool worker_is_there(const struct worker *worker)
{
	return worker->process.event.fd >= 0;
}

bool worker_hears(const struct worker *worker)
{
	return worker->link.event.fd >= 0;
}

/* A line of a file in /proc, or "". */
static void read_line(const char *path, const char *begin, char *line,
	size_t size)
{
	FILE *file = fopen(path, "re");

	line[0] = '\0';
	while (file && fgets(line, (int)size, file) &&
		strncmp(line, begin, strlen(begin)))
		line[0] = '\0';
	if (file)
		fclose(file);
}

/* The 22nd field, behind a name that may have anything in it: proc(5). */
static bool read_start(const char *line, unsigned long long *ticks)
{
	const char *rest = strrchr(line, ')');
	int field;

	for (field = 2; rest && field < 22; field++) {
		rest = strchr(rest, ' ');
		rest = rest ? rest + 1 : NULL;
	}
	return rest && sscanf(rest, "%llu", ticks) == 1;
}

/* No suspended time is in between: a host is not suspended. */
uint64_t worker_started(const struct worker *worker)
{
	long second = sysconf(_SC_CLK_TCK);
	unsigned long long ticks;
	char path[64], line[1024];
	int pid;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d",
		worker->process.event.fd);
	read_line(path, "Pid:", line, sizeof(line));
	if (sscanf(line, "Pid: %d", &pid) != 1 || pid <= 0 || second <= 0)
		return events_now();
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	read_line(path, "", line, sizeof(line));
	return read_start(line, &ticks) ?
		ticks * (TIMERS_SECOND / (uint64_t)second) : events_now();
}

/* Of what is not zeros; without the line's end. */
static const char *last_line(char *text, size_t size)
{
	while (size && (!text[size - 1] || text[size - 1] == '\n'))
		size--;
	text[size] = '\0';
	while (size && text[size - 1] != '\n' && text[size - 1])
		size--;
	return text + size;
}

void worker_last_words(const struct worker *worker, const char *name,
	char *text, size_t size)
{
	char *all = worker->log < 0 ? NULL : malloc(WORKER_LOG + 1);
	ssize_t got = all ? whole_read(worker->log, all, WORKER_LOG) : 0;
	const char *line = got > 0 ? last_line(all, (size_t)got) : "";
	size_t own = strlen(name);

	if (!strncmp(line, "vmwp ", 5) && !strncmp(line + 5, name, own) &&
	    !strncmp(line + 5 + own, ": ", 2))
		line += own + 7;
	text[0] = '\0';
	strncat(text, line, size - 1);
	conf_printable(text);
	free(all);
}
