/* vm console, vm screen: a VM's serial port, its screen, its keyboard. */
/* SPDX-License-Identifier: MIT */
#include "functions.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "base64.h"
#include "strokes.h"

/* Of a picture: its letters and the rest fit into what a client may leave
 * unread (server.h). */
#define PICTURE_MOST	(740u << 10)
#define TEXT_MOST	(1u << 20)
/* A guest needs a little time for what was typed. */
#define GLANCE		(TIMERS_SECOND * 3 / 10)
#define AGAIN		(TIMERS_SECOND / 50)
#define PATIENCE	(30 * TIMERS_SECOND)

/* By its VM's name: it may be deleted while a timer waits. */
struct watching {
	struct request *request;
	const char *keys;	/* that are left to type */
	struct stroke stroke;
	struct timer timer;
	uint64_t limit;
};

/* NULL: it is gone, or does not hear. */
static struct dialogue *watched(const struct watching *watching)
{
	struct machine *machine = machines_find(
		ask_machines(watching->request),
		request_text(watching->request, "name"));

	return machine ? machine_link(machine) : NULL;
}

/* Its worker; NULL: it has none that hears, and it is refused. */
static struct dialogue *link_of(struct request *request,
	struct machine *machine)
{
	struct dialogue *link = machine_link(machine);

	if (!link)
		request_refuse(request, REFUSE_STATE,
			machine->state == LIFE_OFF ? "vm start starts it" :
			NULL, "%s is not running: it is %s", machine->name,
			machine_state(machine));
	return link;
}

void run_console(struct request *request)
{
	struct machine *machine = ask_machine(request);

	if (!machine || !link_of(request, machine))
		return;
	request_answer(request, json_pack("{s:o, s:o}",
		"serial", json_sprintf("/run/socle/vms/%s/serial",
			machine->name),
		"screen", json_sprintf("/run/socle/vms/%s/screen",
			machine->name)));
}

static void fail(struct watching *watching, int error)
{
	request_refuse(watching->request, outcome_refusal(error), NULL,
		"the screen of %s is not to be had: %s",
		request_text(watching->request, "name"), error == -EPIPE ||
		error == -ETIMEDOUT ? "the VM does not answer" :
		error == -EAGAIN ? "its guest takes no keys" :
		error == -EOPNOTSUPP ? "the VM has none" : strerror(-error));
	free(watching);
}

static char *content_of(struct parcel *parcel, size_t most, size_t *size)
{
	int fd = parcel_take(parcel, 0);
	char *bytes = fd < 0 ? NULL : parcel_read(fd, most, size);

	if (fd >= 0)
		close(fd);
	return bytes;
}

static void pictured(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	const struct control_screenshot *said = reply;
	struct watching *watching = context;
	char *bytes, *letters;
	size_t size = 0;

	bytes = error ? NULL : content_of(parcel, PICTURE_MOST, &size);
	letters = bytes ? base64_print(bytes, size) : NULL;
	free(bytes);
	if (!letters) {
		fail(watching, error ? error : -EFBIG);
		return;
	}
	request_answer(watching->request, json_pack("{s:I, s:I, s:s}",
		"width", (json_int_t)said->width,
		"height", (json_int_t)said->height, "png", letters));
	free(letters);
	free(watching);
}

/* What is no text of a screen is shown as such. */
static json_t *rows_of(char *text)
{
	json_t *rows = json_array();
	char *end;

	for (; text && *text; text = end) {
		end = strchr(text, '\n');
		if (end)
			*end++ = '\0';
		conf_printable(text);
		json_array_append_new(rows, json_string(text));
	}
	return rows;
}

static void read_text(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	const struct control_screen *said = reply;
	struct watching *watching = context;
	size_t size = 0;
	json_t *result;
	char *text;

	if (error) {
		fail(watching, error);
		return;
	}
	result = json_pack("{s:I, s:I}", "width", (json_int_t)said->width,
		"height", (json_int_t)said->height);
	text = said->text ? content_of(parcel, TEXT_MOST, &size) : NULL;
	if (text)
		json_object_set_new(result, "text", rows_of(text));
	if (text && said->cursor)
		json_object_set_new(result, "cursor", json_pack("[I, I]",
			(json_int_t)said->cursor_column,
			(json_int_t)said->cursor_row));
	free(text);
	request_answer(watching->request, result);
	free(watching);
}

static void look(struct watching *watching)
{
	struct dialogue *link = watched(watching);
	bool png = request_text(watching->request, "png");
	int error = !link ? -EPIPE : png ?
		link_say(link, CONTROL_SCREENSHOT, 0, pictured, watching) :
		link_say(link, CONTROL_SCREEN, 0, read_text, watching);

	if (error)
		fail(watching, error);
}

static void glance(struct timer *timer)
{
	look(timer->context);
}

static void type(struct timer *timer);

static void set_timer(struct watching *watching,
	void (*expired)(struct timer *timer), uint64_t delay)
{
	timer_init(&watching->timer, expired, watching);
	timers_set(ask_machines(watching->request)->timers, &watching->timer,
		events_now() + delay);
}

/* The stroke is taken, or shall be tried again. */
static void typed(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	struct watching *watching = context;

	(void)reply;
	(void)parcel;
	if (error == -EAGAIN && events_now() < watching->limit) {
		set_timer(watching, type, AGAIN);
		return;
	}
	if (error) {
		fail(watching, error);
		return;
	}
	if (!*watching->keys) {
		set_timer(watching, glance, GLANCE);
		return;
	}
	strokes_next(&watching->keys, &watching->stroke);
	type(&watching->timer);
}

static void type(struct timer *timer)
{
	struct watching *watching = timer->context;
	struct dialogue *link = watched(watching);
	struct control_keys_request request = {
		.request = { CONTROL_MAGIC, CONTROL_VERSION, CONTROL_KEYS, 0 },
		.count = watching->stroke.count,
	};
	int error;

	memcpy(request.key, watching->stroke.key,
		sizeof(watching->stroke.key));
	error = link ? link_ask(link, &request.request, sizeof(request), NULL,
		typed, watching) : -EPIPE;
	if (error)
		fail(watching, error);
}

/* Nothing is typed of what cannot be typed to its end. */
static bool can_type(struct request *request, const char *keys)
{
	struct stroke stroke;

	while (*keys)
		if (!strokes_next(&keys, &stroke)) {
			request_refuse(request, REFUSE_ARGUMENT,
				"vm screen --help names the keys",
				"there is no key for \"%.20s\"", keys);
			return false;
		}
	return true;
}

void run_screen(struct request *request)
{
	const char *keys = request_text(request, "keys");
	struct machine *machine = ask_machine(request);
	struct watching *watching;

	if (!machine || !link_of(request, machine) ||
	    (keys && !can_type(request, keys)))
		return;
	watching = calloc(1, sizeof(*watching));
	if (!watching) {
		ask_no_memory(request);
		return;
	}
	watching->request = request;
	watching->limit = events_now() + PATIENCE;
	if (!keys || !*keys) {
		look(watching);
		return;
	}
	watching->keys = keys;
	strokes_next(&watching->keys, &watching->stroke);
	timer_init(&watching->timer, type, watching);
	type(&watching->timer);
}
