/* Verbs of a VM's life. */
/* SPDX-License-Identifier: MIT */
#include "functions.h"

#include "ask.h"
#include "going_down.h"
#include "service.h"
#include "wait.h"

static void wish(struct request *request, enum life_wish wish)
{
	struct machine *machine = ask_machine(request);
	struct outcome_for whom = ask_outcome(request);
	char text[MACHINE_SENTENCE];
	struct outcome outcome;

	if (!machine)
		return;
	if (!request->dry_run) {
		machine_wish(machine, wish, &whom);
		return;
	}
	outcome = machine_would(machine, wish, text);
	if (outcome.refusal == REFUSALS)
		ask_say(request, "%s would be %s", machine->name,
			wait_word(wish));
	else
		ask_refuse(request, &outcome);
}

void run_start(struct request *request)
{
	wish(request, WISH_START);
}

void run_stop(struct request *request)
{
	wish(request, request_flag(request, "hard") ? WISH_TURN_OFF :
		WISH_STOP);
}

void run_reboot(struct request *request)
{
	wish(request, WISH_REBOOT);
}

void run_reset(struct request *request)
{
	wish(request, WISH_RESET);
}

void run_pause(struct request *request)
{
	wish(request, WISH_PAUSE);
}

void run_resume(struct request *request)
{
	wish(request, WISH_RESUME);
}

void run_going_down(struct request *request)
{
	struct service *service = request->server->context;
	const struct outcome_for whom = ask_outcome(request);

	going_down_begin(&service->going_down, &service->machines, &whom);
}
