/* The life of a VM: workers that start, answer, hang, lie and end.
 * usage: test_machine DOCUMENT ROUNDS [SEED] */
/* SPDX-License-Identifier: MIT */
#include "machines_test.h"

#define PARTS "processors = 2\nstop-limit = 1\n" \
	"[disk ide0:0]\nfile = web.vhdx\n[dvd ide1:0]\n[disk scsi0:1]\n" \
	"file = more.vhdx\n[nic 0]\nmac = 02:53:4f:00:00:01\nswitch = lan\n"

static void test_story(void)
{
	begin(PARTS);
	wished(WISH_START, NULL);
	CHECK_STRING("state web Starting; state web Running; ", happened);
	CHECK(fake.asked[HELPER_IMAGE] == 2 && fake.asked[HELPER_TAP] == 1);
	/* A queue of the tap for each processor. */
	CHECK(fake.given == 5 + 2 + 2);
	CHECK(machine_link(web()) && web()->started);
	let_run(10);
	CHECK_STRING(BOOT, fake_vm("web")->mark);
	wished(WISH_PAUSE, NULL);
	is("Paused");
	wished(WISH_RESUME, NULL);
	is("Running");
	wished(WISH_RESET, NULL);
	wished(WISH_REBOOT, NULL);
	CHECK(fake_worker->asked[CONTROL_RESTART] == 1);
	wished(WISH_STOP, NULL);
	is("Off");
	CHECK_STRING("", web()->reason);
	let_run(10);
	CHECK_STRING("", fake_vm("web")->mark);
	finish();
}

static void test_turn_off(void)
{
	begin("");
	wished(WISH_START, NULL);
	wished(WISH_TURN_OFF, NULL);
	CHECK_STRING("", web()->reason);
	wished(WISH_STOP, "web cannot be stopped: the VM is off");
	finish();
}

/* Whatever the helper fails at, nothing is left and it says why. */
static void test_helper_fails(void)
{
	static const enum helper_type types[] = { HELPER_SOCKETS,
		HELPER_DRIVER, HELPER_FIRMWARE, HELPER_IMAGE, HELPER_TAP,
		HELPER_WORKER };
	char text[200];
	unsigned int i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		begin(PARTS);
		fake.fail[types[i]] = -EIO;
		snprintf(text, sizeof(text), "web cannot be started: the "
			"helper fails at %u", types[i]);
		wished(WISH_START, text);
		is("Off");
		CHECK(strstr(web()->reason, "the helper fails"));
		fake.fail[types[i]] = 0;
		fake.empty[types[i]] = true;
		wished(WISH_START, types[i] == HELPER_WORKER ?
			"web cannot be started: its worker cannot be watched: "
			"Bad file descriptor" : "web cannot be started: a "
			"descriptor is missing");
		fake.empty[types[i]] = false;
		/* A worker that the helper does not give away is another's. */
		if (types[i] == HELPER_WORKER) {
			service_ends();
			service_begins();
			is("Running");
		} else {
			wished(WISH_START, NULL);
		}
		wished(WISH_TURN_OFF, NULL);
		finish();
	}
}

/* A worker that is wrong from its beginning on. */
static void test_worker_fails(void)
{
	static const struct {
		enum fake_act act;
		const char *text;
	} ways[] = {
		{ FAKE_ERROR, "its worker says: Invalid argument" },
		{ FAKE_LIE, "its worker does not answer as it should" },
		{ FAKE_HANG_UP, "its worker does not answer as it should" },
		{ FAKE_HANG, "its worker did not run in 3 s" },
		{ FAKE_END, "its worker has ended: it breaks" },
	};
	char text[200];
	unsigned int i;

	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		begin(PARTS);
		fake_worker->error = -EINVAL;
		fake_worker->status = 1;
		fake_worker->act[CONTROL_STATUS] = ways[i].act;
		snprintf(text, sizeof(text), "web cannot be started: %s",
			ways[i].text);
		wished(WISH_START, text);
		state_becomes("Off");
		CHECK_STRING(ways[i].text, web()->reason);
		fake_worker->act[CONTROL_STATUS] = FAKE_GOOD;
		wished(WISH_START, NULL);
		CHECK_STRING("", web()->reason);
		wished(WISH_TURN_OFF, NULL);
		finish();
	}
}

/* Turned off at any moment of its start. */
static void test_cancelled(void)
{
	struct told start, off;
	unsigned int when;

	for (when = 1; when < 12; when++) {
		begin(PARTS);
		fake.stop_at = fake.all + when;
		wish(&start, WISH_START);
		while (fake.all < fake.stop_at && !start.done)
			turn();
		fake.stop_at = 0;
		wish(&off, WISH_TURN_OFF);
		until_done(&off);
		CHECK(off.refusal == REFUSALS && start.done);
		if (start.refusal != REFUSALS)
			CHECK_STRING("web cannot be started: it is being "
				"stopped", start.text);
		is("Off");
		CHECK_STRING("", web()->reason);
		finish();
	}
}

/* What a guest does that shall shut down. */

static void running(const char *more)
{
	begin(more);
	wished(WISH_START, NULL);
}

static void test_guest_stays(void)
{
	struct told stop;

	running(PARTS);
	fake_worker->error = -ENOTCONN;
	fake_worker->act[CONTROL_SHUTDOWN] = FAKE_ERROR;
	wished(WISH_STOP, "web cannot be stopped: its guest has no service for "
		"that, or not yet");
	is("Running");
	fake_worker->act[CONTROL_SHUTDOWN] = FAKE_GOOD;
	fake_worker->will_not = 0x80004005;
	wished(WISH_STOP, "web cannot be stopped: its guest will not "
		"(0x80004005)");
	is("Running");
	fake_worker->will_not = 0;
	fake_worker->stays = true;
	wish(&stop, WISH_STOP);
	let_run(30);
	is("Stopping");
	CHECK_STRING("web: its guest is asked to shut down, and has 1 s; ",
		stop.progress);
	wished(WISH_STOP, "web cannot be stopped: the VM is being stopped");
	until_done(&stop);
	CHECK_STRING("web cannot be stopped: its guest has not shut down in "
		"1 s", stop.text);
	is("Running");
	wish(&stop, WISH_STOP);
	wished(WISH_TURN_OFF, NULL);
	CHECK(stop.done && stop.refusal == REFUSALS);
	finish();
}

static void test_service_off(void)
{
	running("integration = shutdown\n");
	wished(WISH_STOP, "web cannot be stopped: its definition keeps the "
		"host from shutting its guest down");
	wished(WISH_TURN_OFF, NULL);
	finish();
}

static void test_reboot_fails(void)
{
	running("");
	fake_worker->error = -ENOTCONN;
	fake_worker->act[CONTROL_RESTART] = FAKE_ERROR;
	wished(WISH_REBOOT, "web cannot be rebooted: its guest has no service "
		"for that, or not yet");
	fake_worker->act[CONTROL_RESTART] = FAKE_HANG_UP;
	wished(WISH_REBOOT, "web cannot be rebooted: its worker did not answer "
		"in time");
	is("Running");
	fake_worker->act[CONTROL_RESTART] = FAKE_END;
	wished(WISH_REBOOT, "web cannot be rebooted: its guest has turned it "
		"off");
	finish();
}

/* The host goes down: nobody's guest keeps it. */
static void test_going_down(void)
{
	struct outcome_for whom;
	struct told down;

	running("stop-limit = 1\n");
	fake_worker->stays = true;
	whom = told_for(&down);
	machines.going_down = true;
	machine_go_down(web(), &whom);
	until_done(&down);
	CHECK(down.refusal == REFUSALS);
	CHECK_STRING("web: its guest is asked to shut down, and has 1 s; "
		"web: its guest has not shut down in 1 s; it is turned off; ",
		down.progress);
	let_run(10);
	CHECK_STRING(BOOT, fake_vm("web")->mark);
	wished(WISH_START, "web cannot be started: the host is going down");
	finish();
	running("stop = turn-off\n");
	whom = told_for(&down);
	machine_go_down(web(), &whom);
	until_done(&down);
	CHECK(!fake_worker->asked[CONTROL_SHUTDOWN]);
	finish();
}

/* A worker's end by itself. */
static void test_ends(void)
{
	running("");
	CHECK(!kill(fake_vm("web")->worker, SIGUSR1));
	state_becomes("Off");
	CHECK_STRING("its worker was ended by signal 10", web()->reason);
	wished(WISH_START, NULL);
	CHECK_STRING("", web()->reason);
	fake_worker->status = 1;
	fake_worker->act[CONTROL_STATUS] = FAKE_END;
	state_becomes("Off");
	CHECK_STRING("its worker has failed: it breaks", web()->reason);
	fake_worker->act[CONTROL_STATUS] = FAKE_GOOD;
	wished(WISH_START, NULL);
	fake_worker->status = 0;
	fake_worker->act[CONTROL_STATUS] = FAKE_END;
	state_becomes("Off");
	CHECK_STRING("its guest has turned it off", web()->reason);
	let_run(10);
	CHECK_STRING("", fake_vm("web")->mark);
	finish();
}

/* What a worker does at a word, and what becomes of who waits for it. */
static void test_word(enum life_wish what, enum control_type type,
	const char *before, const char *after, const char *name)
{
	static const struct {
		enum fake_act act;
		const char *why;
	} ways[] = {
		{ FAKE_ERROR, "its worker says: Invalid argument" },
		{ FAKE_LIE, "its worker did not answer in time" },
		{ FAKE_HANG_UP, "its worker did not answer in time" },
		{ FAKE_END, "its worker has failed: it breaks" },
	};
	char text[200];
	unsigned int i;

	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		running("");
		if (!strcmp(before, "Paused"))
			wished(WISH_PAUSE, NULL);
		fake_worker->error = -EINVAL;
		fake_worker->status = 1;
		fake_worker->act[type] = ways[i].act;
		snprintf(text, sizeof(text), "web cannot be %s: %s", name,
			ways[i].why);
		wished(what, text);
		is(ways[i].act == FAKE_END ? "Off" : before);
		fake_worker->act[type] = FAKE_GOOD;
		if (ways[i].act == FAKE_END)
			wished(WISH_START, NULL);
		else
			wished(what, NULL);
		if (ways[i].act != FAKE_END)
			is(after);
		wished(WISH_TURN_OFF, NULL);
		finish();
	}
}

/* One that hangs is lost, and found again. */
static void test_hangs(void)
{
	struct told pause;

	running("");
	fake_worker->act[CONTROL_PAUSE] = FAKE_HANG;
	wish(&pause, WISH_PAUSE);
	state_becomes("Stopping");
	until_done(&pause);
	CHECK_STRING("web cannot be paused: its worker does not answer",
		pause.text);
	CHECK_STRING("its worker does not answer", web()->reason);
	CHECK(web()->lost && !machine_link(web()));
	wished(WISH_STOP, "web cannot be stopped: its worker does not answer");
	wished(WISH_START, "web cannot be started: its worker does not answer");
	fake_worker->act[CONTROL_PAUSE] = FAKE_GOOD;
	state_becomes("Paused");
	CHECK(!web()->lost && !web()->reason[0]);
	wished(WISH_RESUME, NULL);
	fake_worker->act[CONTROL_STATUS] = FAKE_HANG;
	state_becomes("Stopping");
	wished(WISH_TURN_OFF, NULL);
	CHECK_STRING("", web()->reason);
	finish();
}

/* Turned off while it is asked for something. */
static void test_two_at_once(void)
{
	struct told one, other;

	begin("");
	wish(&one, WISH_START);
	wished(WISH_START, "web cannot be started: the VM is being started");
	until_done(&one);
	CHECK(one.refusal == REFUSALS);
	fake_worker->act[CONTROL_PAUSE] = FAKE_HANG;
	wish(&one, WISH_PAUSE);
	wish(&other, WISH_TURN_OFF);
	CHECK(one.done && one.refusal == REFUSE_FAILED);
	CHECK_STRING("web cannot be paused: it is being stopped", one.text);
	wish(&one, WISH_TURN_OFF);
	until_done(&other);
	CHECK(one.done && one.refusal == REFUSALS);
	CHECK(other.refusal == REFUSALS);
	finish();
}

static void test_critical(void)
{
	running(PARTS);
	fake_worker->flags = CONTROL_CRITICAL;
	state_becomes("Running-Critical");
	wished(WISH_STOP, "web cannot be stopped: a disk of the VM has an "
		"error, and its guest waits");
	fake_worker->error = -EIO;
	fake_worker->act[CONTROL_STORAGE_RESUME] = FAKE_ERROR;
	wished(WISH_RESUME, "web cannot be resumed: the medium is no better");
	is("Running-Critical");
	fake_worker->act[CONTROL_STORAGE_RESUME] = FAKE_GOOD;
	wished(WISH_RESUME, NULL);
	CHECK(fake_worker->asked[CONTROL_STORAGE_RESUME] == 4);
	state_becomes("Running");
	wished(WISH_RESUME, "web cannot be resumed: the VM is running");
	wished(WISH_TURN_OFF, NULL);
	finish();
}

/* A worker that cannot be killed. */
static void test_kill_fails(void)
{
	char text[100];

	running("");
	fake.fail[HELPER_KILL] = -EPERM;
	snprintf(text, sizeof(text), "web cannot be turned off: the helper "
		"fails at %d", HELPER_KILL);
	wished(WISH_TURN_OFF, text);
	is("Stopping");
	fake.fail[HELPER_KILL] = 0;
	wished(WISH_TURN_OFF, NULL);
	finish();
}

/* The service is killed after each thing that its helper did, and begins
 * again. */
static bool killed_at(unsigned int when)
{
	struct told told;
	bool over;

	begin(PARTS);
	fake.quit_at = fake.all + when;
	wish(&told, WISH_START);
	while (!helper_lost && !told.done)
		turn();
	over = told.done;
	service_ends();
	fake.quit_at = 0;
	service_begins();
	is(fake_vm("web")->worker ? "Running" : "Off");
	let_run(10);
	if (fake_vm("web")->worker)
		CHECK_STRING(BOOT, web()->marked);
	else
		CHECK(!fake_vm("web")->sockets);
	if (web()->state == LIFE_OFF)
		wished(WISH_START, NULL);
	CHECK(web()->started <= events_now());
	CHECK(web()->started > events_now() - 5 * TIMERS_SECOND);
	wished(WISH_STOP, NULL);
	finish();
	return over;
}

static void test_killed(void)
{
	unsigned int when = 1;

	while (!killed_at(when))
		when++;
	CHECK(when >= 8);
}

static void test_found(void)
{
	running("");
	wished(WISH_PAUSE, NULL);
	service_ends();
	service_begins();
	is("Paused");
	wished(WISH_RESUME, NULL);
	service_ends();
	fake_worker->act[CONTROL_STATUS] = FAKE_HANG;
	service_begins();
	is("Stopping");
	CHECK_STRING("its worker does not answer", web()->reason);
	fake_worker->act[CONTROL_STATUS] = FAKE_GOOD;
	state_becomes("Running");
	service_ends();
	/* It ends while nobody looks; so it did not run when the host went
	 * down. */
	CHECK(!kill(fake_vm("web")->worker, SIGKILL));
	CHECK(waitpid(fake_vm("web")->worker, NULL, 0) > 0);
	fake_vm("web")->worker = 0;
	CHECK_STRING(BOOT, fake_vm("web")->mark);
	service_begins();
	is("Off");
	let_run(10);
	CHECK_STRING("", fake_vm("web")->mark);
	finish();
}

int main(int argc, char **argv)
{
	(void)argc, (void)argv;
	signal(SIGPIPE, SIG_IGN);
	test_story();
	test_turn_off();
	test_helper_fails();
	test_worker_fails();
	test_cancelled();
	test_guest_stays();
	test_service_off();
	test_reboot_fails();
	test_going_down();
	test_ends();
	test_word(WISH_PAUSE, CONTROL_PAUSE, "Running", "Paused", "paused");
	test_word(WISH_RESUME, CONTROL_RESUME, "Paused", "Running", "resumed");
	test_word(WISH_RESET, CONTROL_RESET, "Running", "Running", "reset");
	test_hangs();
	test_two_at_once();
	test_critical();
	test_kill_fails();
	test_killed();
	test_found();
	fake_reset();
	return 0;
}
