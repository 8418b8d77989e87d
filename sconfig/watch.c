/* What changes by itself and is shown on every page. */
/* SPDX-License-Identifier: MIT */
#include "watch.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "lines.h"
#include "loop.h"
#include "page.h"

enum { HOST_MS = 10000, VMS_MS = 5000, EVENT_MS = 300, RETRY_MS = 3000 };

/* One that is asked again and again; what came last. */
struct watched {
	struct ask ask;
	struct loop_timer again;
	const char *words;
	unsigned int ms;
	json_t *result;
};

static struct watched host, vms;
static struct ask events;
static struct loop_timer listen_again, refresh, second;
static char event_line[256], trouble[ASK_TEXT];
static uint64_t trial_end;	/* of loop_now()'s clock; 0: none */
static bool trial_on;		/* still, though its end has come */

static void look(struct watched *watched)
{
	loop_stop(&watched->again);
	if (!watched->ask.runs)
		ask_table(&watched->ask, watched->words, NULL, NULL);
}

static void look_again(struct loop_timer *timer)
{
	look(timer->context);
}

/* When the number of seconds changes. */
static void tick(struct loop_timer *timer)
{
	uint64_t now = loop_now();

	loop_news();
	if (now < trial_end)
		loop_after(timer, (trial_end - now - 1) % 1000 + 1);
	else
		watch_again();
}

/* Whoever has ended it, or nobody: then it was taken back. */
static void see_trial_end(const json_t *result)
{
	snprintf(event_line, sizeof(event_line), "%s", strcmp(lines_text(result,
		"last-trial"), "confirmed") ? "The network's change was taken "
		"back: all is as it was before." :
		"The network's change is confirmed: it stays.");
	/* What the page shows is of before. */
	loop_after(&refresh, EVENT_MS);
}

/* {"trial": {"seconds": 42}} of the host. */
static void see_trial(const json_t *result)
{
	bool on = json_is_object(json_object_get(result, "trial"));
	json_int_t seconds = json_integer_value(json_object_get(
		json_object_get(result, "trial"), "seconds"));

	if (trial_on && !on)
		see_trial_end(result);
	trial_on = on;
	trial_end = seconds > 0 ? loop_now() + (uint64_t)seconds * 1000 : 0;
	if (!trial_end)
		loop_stop(&second);
	else if (!second.set)
		tick(&second);
}

static void looked(struct ask *ask)
{
	struct watched *watched = ask->context;

	json_decref(watched->result);
	watched->result = json_incref((json_t *)ask->result);
	snprintf(trouble, sizeof(trouble), "%s", ask->error);
	if (watched == &host && ask->result)
		see_trial(ask->result);
	/* It is being taken back: that takes a moment. */
	loop_after(&watched->again, watched == &host && trial_on &&
		!trial_end ?
		RETRY_MS / 3 : watched->ms);
}

static void heard(struct ask *ask, const json_t *event)
{
	const char *reason = lines_text(event, "reason");
	const char *what = lines_text(event, "event");

	(void)ask;
	snprintf(event_line, sizeof(event_line), "VM %s: %s%s%s",
		lines_text(event, "name"), strcmp(what, "state") ? what :
		lines_text(event, "state"), *reason ? ", " : "", reason);
	loop_news();
	/* Many come at once. */
	if (!refresh.set)
		loop_after(&refresh, EVENT_MS);
}

/* The answer to `subscribe`, or the stream's end. */
static void listening(struct ask *ask)
{
	if (!ask->result)
		loop_after(&listen_again, RETRY_MS);
}

static void listen(struct loop_timer *timer)
{
	(void)timer;
	ask_table(&events, "subscribe", NULL, NULL);
}

static void refresh_all(struct loop_timer *timer)
{
	(void)timer;
	page_refresh();
}

static void init(struct watched *watched, const char *words, unsigned int ms)
{
	*watched = (struct watched){ .words = words, .ms = ms };
	watched->ask.done = looked;
	watched->ask.context = watched;
	watched->again.due = look_again;
	watched->again.context = watched;
}

void watch_begin(void)
{
	init(&host, "host show", HOST_MS);
	init(&vms, "list", VMS_MS);
	events = (struct ask){ .done = listening, .event = heard };
	listen_again.due = listen;
	refresh.due = refresh_all;
	second.due = tick;
	watch_again();
	listen(NULL);
}

static void end(struct watched *watched)
{
	ask_end(&watched->ask);
	loop_stop(&watched->again);
	json_decref(watched->result);
	watched->result = NULL;
}

void watch_end(void)
{
	end(&host);
	end(&vms);
	ask_end(&events);
	loop_stop(&listen_again);
	loop_stop(&refresh);
	loop_stop(&second);
}

void watch_again(void)
{
	if (!host.words)
		return;
	look(&host);
	look(&vms);
}

const json_t *watch_host(void)
{
	return host.result;
}

const char *watch_text(const char *key)
{
	return lines_text(host.result, key);
}

const json_t *watch_vms(void)
{
	return vms.result;
}

long watch_trial(void)
{
	uint64_t now = loop_now();

	return trial_end > now ? (long)((trial_end - now + 999) / 1000) : 0;
}

const char *watch_news(void)
{
	static char line[160];

	if (watch_trial()) {
		snprintf(line, sizeof(line), "The network's change goes back "
			"in %ld s: entry 3 keeps it.", watch_trial());
		return line;
	}
	return trouble[0] ? trouble : event_line;
}

void watch_name(char *text, size_t size)
{
	const char *version = watch_text("version");
	char name[65] = "";

	gethostname(name, sizeof(name) - 1);
	snprintf(text, size, "%s  Socle Server%s%s", *watch_text("name") ?
		watch_text("name") : name, *version ? " " : "", version);
}
