/* The management service: all that its control process has. */
/* SPDX-License-Identifier: MIT */
#include "service.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "functions.h"

#define PATIENCE (10 * TIMERS_SECOND)

static void read_version(char *version, size_t size)
{
	FILE *file = fopen("/etc/socle-version", "re");

	if (!file || !fgets(version, (int)size, file))
		strcpy(version, "unknown");
	version[strcspn(version, "\n")] = '\0';
	if (file)
		fclose(file);
}

static void end(struct service *service, int error)
{
	service->error = error;
	service->events.stop = true;
}

static void told_to_end(struct signals *signals, int signal)
{
	(void)signal;
	end(signals->context, 0);
}

static int init_signals(struct service *service)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	service->signals.came = told_to_end;
	service->signals.context = service;
	return signals_init(&service->signals, &service->events, &set);
}

/* Its events are lines for all who have subscribed. */
static void tell(struct machines *machines, const char *event,
	const struct machine *machine, const char *old)
{
	struct service *service = machines->context;
	json_t *fields;

	if (!service->open)
		return;
	fields = json_pack("{s:s, s:s}", "name", machine->name, "state",
		machine_state(machine));
	if (fields && old)
		json_object_set_new(fields, "old", json_string(old));
	if (fields && machine->reason[0])
		json_object_set_new(fields, "reason",
			json_string(machine->reason));
	server_tell(&service->server, event, fields);
}

static void helper_is_gone(struct machines *machines)
{
	end(machines->context, -EPIPE);
}

/* For the system's log. */
static void say(void *context, const char *sentence)
{
	(void)context;
	fprintf(stderr, "vmms: %s\n", sentence);
}

static void begin_serving(struct service *service)
{
	int error;

	timers_stop(&service->timers, &service->patience);
	if (service->open)
		return;
	error = server_init(&service->server, service->setup.socket,
		service->setup.group, &service->events, &service->timers,
		verbs, functions);
	service->server.context = service;
	service->open = !error;
	if (error)
		end(service, error);
}

static void patience_ends(struct timer *timer)
{
	begin_serving(timer->context);
}

static void all_started(void *context, const struct outcome *outcome)
{
	struct service *service = context;

	(void)outcome;
	if (!service->machines.going_down &&
	    write(service->setup.begun, "begun\n", 6) < 0)
		say(NULL, "it cannot be kept that the VMs have begun");
}

static bool is_first(const struct service *service)
{
	return service->setup.begun >= 0 &&
		!lseek(service->setup.begun, 0, SEEK_END);
}

static void loaded(void *context, const struct outcome *outcome)
{
	struct service *service = context;
	const struct outcome_for whom = { all_started, say, service };

	begin_serving(service);
	if (outcome->refusal != REFUSALS)
		say(NULL, outcome->text);
	else if (is_first(service) &&
		autostart_begin(&service->autostart, &service->machines, &whom))
		say(NULL, "there is no memory to start VMs");
}

static int init_machines(struct service *service)
{
	const struct service_setup *setup = &service->setup;
	const struct outcome_for whom = { loaded, NULL, service };
	struct machines *machines = &service->machines;
	int error = machines_init(machines, &service->events, &service->timers,
		setup->helper, setup->storages, setup->storage_count);

	if (error)
		return error;
	strncat(machines->boot, setup->boot, sizeof(machines->boot) - 1);
	machines->tell = tell;
	machines->lost = helper_is_gone;
	machines->context = service;
	timer_init(&service->patience, patience_ends, service);
	timers_set(&service->timers, &service->patience,
		events_now() + PATIENCE);
	machines_load(machines, &whom);
	return 0;
}

int service_init(struct service *service, const struct service_setup *setup)
{
	int error;

	*service = (struct service){ .setup = *setup };
	read_version(service->version, sizeof(service->version));
	error = events_init(&service->events);
	if (error)
		return error;
	error = timers_init(&service->timers, &service->events);
	if (error)
		goto no_timers;
	error = init_signals(service);
	if (error)
		goto no_signals;
	error = init_machines(service);
	if (!error)
		return 0;
	signals_exit(&service->signals);
no_signals:
	timers_exit(&service->timers);
no_timers:
	events_exit(&service->events);
	return error;
}

int service_run(struct service *service)
{
	int error = events_run(&service->events);

	return error ? error : service->error;
}

void service_exit(struct service *service)
{
	timers_stop(&service->timers, &service->patience);
	autostart_exit(&service->autostart);
	if (service->open)
		server_exit(&service->server);
	else
		close(service->setup.socket);
	machines_exit(&service->machines);
	if (service->setup.begun >= 0)
		close(service->setup.begun);
	signals_exit(&service->signals);
	timers_exit(&service->timers);
	events_exit(&service->events);
}
