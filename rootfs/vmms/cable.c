/* A VM's network adapter on its way: into its definition, and, where the VM
 * runs, into the VM. */
/* SPDX-License-Identifier: MIT */
#include "cable.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "errand.h"
#include "plan.h"

#define PLACES	(2 * CONTROL_NETWORK_E1000)	/* synthetic ones, e1000s */
/* As control.h has it: how long, and how often. */
#define PATIENCE	(12 * TIMERS_SECOND)
#define PAUSE		(TIMERS_SECOND / 4)

static void cable_free(struct cable *cable)
{
	conf_free(cable->conf);
	definition_free(&cable->definition);
	free(cable);
}

__attribute__((format(printf, 3, 4)))
static void refuse(struct cable *cable, int error, const char *format, ...)
{
	char text[ASK_SENTENCE];
	va_list list;

	va_start(list, format);
	ask_print(text, format, list);
	va_end(list);
	request_refuse(cable->request, outcome_refusal(error), NULL, "%s",
		text);
	cable_free(cable);
}

static void refuse_worker(struct cable *cable, int error)
{
	refuse(cable, error, "%s runs, and does not do it: %s",
		cable->machine->name, error == -EPIPE || error == -ETIMEDOUT ?
			"it does not answer" :
		error == -EAGAIN ? "its guest does not let go" :
			strerror(-error));
}

static bool find(const struct definition *definition, unsigned int number,
	struct nic *nic)
{
	const struct nic *found = definition_nic(definition, number);

	if (found)
		*nic = *found;
	return found;
}

bool cable_mac_taken(const struct machines *machines, const uint8_t mac[6],
	const struct machine *but, unsigned int number)
{
	const struct machine *machine = machines->first;
	const struct definition *definition;
	unsigned int i;

	for (; machine; machine = machine->next) {
		definition = &machine->definition;
		for (i = 0; i < definition->nic_count; i++)
			if ((machine != but ||
				definition->nics[i].number != number) &&
			    !memcmp(definition->nics[i].port.mac, mac, 6))
				return true;
	}
	return false;
}

/* A running VM has what another address or model needs at its next start. */
static bool takes_now(const struct cable *cable)
{
	if (!machine_link(cable->machine))
		return false;
	if (!cable->was || !cable->is)
		return !(cable->was ? cable->before : cable->nic).e1000;
	return cable->before.e1000 == cable->nic.e1000 &&
		!memcmp(cable->before.port.mac, cable->nic.port.mac, 6);
}

/* False: it is refused. */
static bool look(struct cable *cable, unsigned int number)
{
	if (definition_take(&cable->definition, cable->conf)) {
		cable->definition = (struct definition){ .notes = NULL };
		refuse(cable, -ENOMEM, "there is no memory");
		return false;
	}
	cable->was = find(&cable->machine->definition, number,
		&cable->before);
	cable->is = find(&cable->definition, number, &cable->nic);
	if (cable->is && cable_mac_taken(cable->machine->machines,
		cable->nic.port.mac, cable->machine, number)) {
		refuse(cable, -EEXIST, "another adapter has this MAC address "
			"already");
		return false;
	}
	cable->now = takes_now(cable);
	return true;
}

struct cable *cable_new(struct request *request, struct machine *machine,
	unsigned int number, struct sets *sets, const char *does,
	const char *did)
{
	struct conf *conf = alter_try(request, machine, sets, does);
	struct cable *cable = conf ? calloc(1, sizeof(*cable)) : NULL;

	if (conf && !cable) {
		conf_free(conf);
		ask_no_memory(request);
	}
	if (!cable)
		return NULL;
	cable->request = request;
	cable->machine = machine;
	cable->conf = conf;
	strncpy(cable->did, did, sizeof(cable->did) - 1);
	return look(cable, number) ? cable : NULL;
}

static void save(struct cable *cable)
{
	struct conf *conf = cable->conf;

	cable->conf = NULL;
	alter_save(cable->request, cable->machine, conf, cable->now ?
		ALTER_NOW : ALTER_LATER, cable->did);
	cable_free(cable);
}

/* mtu: of a new one's tap. */
static int tell(struct cable *cable, enum control_type command,
	uint32_t place, uint32_t mtu, struct parcel *parcel,
	dialogue_done *done)
{
	struct control_network_request request = {
		.request = { CONTROL_MAGIC, CONTROL_VERSION, command, place },
		.mtu = mtu,
	};
	struct dialogue *link = machine_link(cable->machine);

	if (command == CONTROL_NETWORK_ADD ||
	    command == CONTROL_NETWORK_CABLE)
		request.cable = cable->is && cable->nic.port.of[0];
	if (command == CONTROL_NETWORK_ADD)
		memcpy(request.mac, cable->nic.port.mac, sizeof(request.mac));
	return link ? link_ask(link, &request.request, sizeof(request),
		parcel, done, cable) : -EPIPE;
}

static void told(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	struct cable *cable = context;

	(void)reply;
	(void)parcel;
	if (error)
		refuse_worker(cable, error);
	else
		save(cable);
}

static void let_go(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	struct cable *cable = context;

	if (error != -EAGAIN || events_now() >= cable->limit)
		told(context, error, reply, parcel);
	else
		timers_set(cable->machine->machines->timers, &cable->timer,
			events_now() + PAUSE);
}

static void remove_now(struct timer *timer)
{
	struct cable *cable = timer->context;
	int error = tell(cable, CONTROL_NETWORK_REMOVE, cable->place, 0, NULL,
		let_go);

	if (error)
		refuse_worker(cable, error);
}

/* It is known which one of the worker's it is. */
static void found(struct cable *cable)
{
	int error;

	if (!cable->is) {
		cable->limit = events_now() + PATIENCE;
		timer_init(&cable->timer, remove_now, cable);
		remove_now(&cable->timer);
		return;
	}
	error = tell(cable, CONTROL_NETWORK_CABLE, cable->place, 0, NULL, told);
	if (error)
		refuse_worker(cable, error);
}

static void look_at_next(struct cable *cable);

static void looked(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	const struct control_network *nic = reply;
	struct cable *cable = context;

	(void)parcel;
	if (error == -EPIPE || error == -ETIMEDOUT || error == -EPROTO) {
		refuse_worker(cable, error);
	} else if (!error && nic->present &&
		!memcmp(nic->mac, cable->before.port.mac, 6)) {
		found(cable);
	} else {
		cable->place++;
		look_at_next(cable);
	}
}

/* Places are the worker's. One that came since its start may be none. */
static void look_at_next(struct cable *cable)
{
	int error;

	if (cable->place == PLACES) {
		cable->now = false;
		save(cable);
		return;
	}
	error = tell(cable, CONTROL_NETWORK, cable->place, 0, NULL, looked);
	if (error)
		refuse_worker(cable, error);
}

static void refuse_helper(struct cable *cable, int error,
	const struct helper_reply *said)
{
	refuse(cable, error, "%s", said && said->text[0] ? said->text :
		strerror(-error));
}

static void tap_changed(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	struct cable *cable = context;

	(void)parcel;
	if (error)
		refuse_helper(cable, error, reply);
	else
		look_at_next(cable);
}

static void tap_made(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	const struct helper_reply *said = reply;
	struct parcel taps = { .count = 0 };
	struct cable *cable = context;

	if (error) {
		refuse_helper(cable, error, reply);
		return;
	}
	taps = *parcel;
	parcel->count = 0;
	error = tell(cable, CONTROL_NETWORK_ADD, CONTROL_NETWORK_ANY,
		said->number, &taps, told);
	parcel_empty(&taps);
	if (error)
		refuse_worker(cable, error);
}

static void ask_tap(struct cable *cable, enum helper_type type,
	dialogue_done *done)
{
	struct helper_request errand = { .type = type };
	int error;

	strcpy(errand.name, cable->machine->name);
	plan_nic(&errand.nic, &cable->definition, &cable->nic);
	error = errand_send(&cable->machine->machines->errands, &errand, NULL,
		done, cable);
	if (error)
		refuse_helper(cable, error, NULL);
}

void cable_go(struct cable *cable)
{
	if (!cable->now)
		save(cable);
	else if (!cable->was)
		ask_tap(cable, HELPER_TAP, tap_made);
	else if (cable->is)
		ask_tap(cable, HELPER_TAP_CHANGE, tap_changed);
	else
		look_at_next(cable);
}
