/* VMs of the service with a helper and workers that are the test's. */
/* SPDX-License-Identifier: MIT */
#ifndef MACHINES_TEST_H
#define MACHINES_TEST_H

#include "fake_helper.h"

#define CONF "[vm]\nid = f81d4fae-7dec-11d0-a765-00a0c91e6bf6\ngeneration = 1\n"
#define BOOT "aaaa"

/* The service is not its workers' parent; linked in waitid()'s place. */
int __wrap_waitid(idtype_t type, id_t id, siginfo_t *what, int options);
int __wrap_waitid(idtype_t type, id_t id, siginfo_t *what, int options)
{
	(void)type, (void)id, (void)what, (void)options;
	errno = ECHILD;
	return -1;
}

static struct events events;
static struct timers timers;
static struct machines machines;
static char happened[4096];	/* "event NAME STATE; " */
static bool helper_lost;
static struct timer guard;

static struct machine_times quick = {
	.start = 3 * TIMERS_SECOND,
	.end = TIMERS_SECOND,
	.soon = TIMERS_SECOND / 50,
	.again = TIMERS_SECOND / 20,
	.poll = TIMERS_SECOND / 50,
	.patience = TIMERS_SECOND / 5,
};

/* What comes of something. */
struct told {
	bool done;
	enum refusal refusal;
	char text[600], hint[200], progress[2000];
};

static inline void told_done(void *context, const struct outcome *outcome)
{
	struct told *told = context;

	CHECK(!told->done);
	CHECK(outcome->refusal == REFUSALS || outcome->text);
	told->done = true;
	told->refusal = outcome->refusal;
	strcpy(told->text, outcome->text ? outcome->text : "");
	strcpy(told->hint, outcome->hint ? outcome->hint : "");
	events.stop = true;
}

static inline void told_progress(void *context, const char *sentence)
{
	struct told *told = context;

	strcat(strcat(told->progress, sentence), "; ");
}

static inline struct outcome_for told_for(struct told *told)
{
	*told = (struct told){ .done = false };
	return (struct outcome_for){ told_done, told_progress, told };
}

static inline void machines_event(struct machines *all, const char *event,
	const struct machine *machine, const char *old)
{
	size_t used = strlen(happened);

	CHECK(all == &machines);
	(void)old;
	if (used < sizeof(happened) - 200)
		sprintf(happened + used, "%s %s %s; ", event, machine->name,
			machine_state(machine));
	events.stop = true;
}

static inline void machines_lost(struct machines *all)
{
	CHECK(all == &machines);
	helper_lost = true;
	events.stop = true;
}

static inline void takes_too_long(struct timer *timer)
{
	(void)timer;
	fprintf(stderr, "it takes too long; %s\n", happened);
	exit(1);
}

static inline void turn(void)
{
	events.stop = false;
	timers_set(&timers, &guard, events_now() + 20 * TIMERS_SECOND);
	CHECK(!events_run(&events));
	timers_stop(&timers, &guard);
}

static inline void until_done(const struct told *told)
{
	while (!told->done)
		turn();
}

static inline void stop_turn(struct timer *timer)
{
	(void)timer;
	events.stop = true;
}

static inline void let_run(unsigned int milliseconds)
{
	uint64_t end = events_now() + milliseconds * 1000000ull;
	struct timer timer;

	timer_init(&timer, stop_turn, NULL);
	while (events_now() < end) {
		timers_set(&timers, &timer, end);
		turn();
	}
	timers_stop(&timers, &timer);
}

/* The service begins: nothing is known but what the helper says. */
static inline void service_begins(void)
{
	static const char *const storages[] = { "/data" };
	struct outcome_for whom;
	struct told told;

	CHECK(!events_init(&events) && !timers_init(&timers, &events));
	timer_init(&guard, takes_too_long, NULL);
	happened[0] = '\0';
	helper_lost = false;
	CHECK(!machines_init(&machines, &events, &timers, fake_begin(&events),
		storages, 1));
	strcpy(machines.boot, BOOT);
	machines.times = &quick;
	machines.tell = machines_event;
	machines.lost = machines_lost;
	whom = told_for(&told);
	machines_load(&machines, &whom);
	until_done(&told);
	CHECK(told.refusal == REFUSALS);
	happened[0] = '\0';
}

/* It is killed: nobody says good-bye. */
static inline void service_ends(void)
{
	machines_exit(&machines);
	fake_hang_up();
	timers_stop(&timers, &guard);
	timers_exit(&timers);
	events_exit(&events);
}

static inline struct machine *web(void)
{
	struct machine *machine = machines_find(&machines, "web");

	CHECK(machine);
	return machine;
}

static inline void wish(struct told *told, enum life_wish what)
{
	struct outcome_for whom = told_for(told);

	machine_wish(web(), what, &whom);
}

/* It is done, or refused with this sentence. */
static inline void wished(enum life_wish what, const char *refusal)
{
	struct told told;

	wish(&told, what);
	until_done(&told);
	CHECK_STRING(refusal ? refusal : "", told.text);
	CHECK((told.refusal == REFUSALS) == !refusal);
}

/* Until it is so, by itself. */
static inline void state_becomes(const char *state)
{
	while (strcmp(machine_state(web()), state))
		turn();
}

static inline void is(const char *state)
{
	CHECK_STRING(state, machine_state(web()));
}

/* One VM, which is off. */
static inline void begin(const char *more)
{
	char conf[2048];

	fake_reset();
	snprintf(conf, sizeof(conf), CONF "%s", more);
	fake_add("web", conf);
	service_begins();
	is("Off");
	/* What may be left of a worker has gone. */
	let_run(10);
}

/* What is left is nothing. */
static inline void finish(void)
{
	const struct fake_vm *vm = fake_vm("web");

	is("Off");
	CHECK(vm && !vm->worker && !vm->sockets);
	service_ends();
}

#endif
