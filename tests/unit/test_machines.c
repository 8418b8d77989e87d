/* All VMs of the service: reading, making, changing, renaming, deleting them,
 * and those that start with the host and go down with it.
 * usage: test_machines DOCUMENT ROUNDS [SEED] */
/* SPDX-License-Identifier: MIT */
#include "machines_test.h"

#include "autostart.h"
#include "definition_keys.h"
#include "going_down.h"

#define OTHER "[vm]\nid = 0196f0aa-7dec-11d0-a765-00a0c91e6bf6\n" \
	"generation = 1\n"

static char lines[2000];

static void add_line(void *context, int line, const char *text)
{
	(void)context, (void)line;
	strcat(strcat(lines, text), "; ");
}

static void names_are(const char *expected)
{
	const struct machine *machine = machines.first;
	char names[1000] = "";

	for (; machine; machine = machine->next)
		strcat(strcat(names, machine->name), " ");
	CHECK_STRING(expected, names);
}

static void test_load(void)
{
	fake_reset();
	service_begins();
	CHECK(!machines.first && !machines.count);
	CHECK_STRING("a stray file\n", machines.odd);
	service_ends();
	fake_add("web", CONF);
	fake_add("Mail", "");
	fake_add("a", OTHER);
	service_begins();
	names_are("a Mail web ");
	CHECK(machines.count == 3);
	CHECK(machines_find(&machines, "WEB") == web());
	CHECK(!machines_find(&machines, "nobody"));
	CHECK_STRING("there is no definition: vm.conf is empty, vm.conf.old is "
		"missing", machines_find(&machines, "mail")->trouble);
	CHECK(!machine_problems(web(), add_line, NULL));
	service_ends();
	/* What cannot be read now is no reason to do without the others. */
	fake.fail[HELPER_LOAD] = -EIO;
	service_begins();
	CHECK(machine_problems(web(), add_line, NULL) == 1);
	CHECK(strstr(lines, "cannot be read: the helper fails"));
	wished(WISH_START, "web cannot be started: the definition cannot be "
		"read: the helper fails at 1");
	service_ends();
}

static void test_twins(void)
{
	fake_reset();
	fake_add("web", CONF);
	fake_add("copy", CONF);
	fake_add("one", OTHER "[nic 0]\nmac = 02:53:4f:00:00:01\n");
	service_begins();
	CHECK_STRING("", machines_find(&machines, "copy")->twin);
	CHECK_STRING("[vm] id: the VM copy has it, too", web()->twin);
	wished(WISH_START, "web cannot be started: [vm] id: the VM copy has "
		"it, too");
	service_ends();
}

static struct conf *conf_of(const char *text)
{
	struct conf *conf = conf_parse(text, strlen(text), definition_kinds,
		NULL, NULL);

	CHECK(conf);
	return conf;
}

static void create(const char *name, const char *conf, const char *refusal)
{
	struct told told;
	struct outcome_for whom = told_for(&told);

	machines_create(&machines, 0, name, conf_of(conf), &whom);
	until_done(&told);
	CHECK_STRING(refusal, told.text);
}

static void test_create(void)
{
	fake_reset();
	service_begins();
	create("web", CONF, "");
	CHECK_STRING("created web Off; ", happened);
	CHECK(web()->definition.memory == 1ull << 30);
	CHECK(!strncmp(fake_vm("web")->conf, CONF, strlen(CONF)));
	create("WEB", OTHER, "there is a VM web already");
	create("no/name", OTHER, "the name \"no/name\" has a '/'; a VM's has "
		"A-Z, a-z, 0-9, '.', '_' and '-'");
	service_ends();
}

static void save(const char *key, const char *value, const char *refusal)
{
	struct conf *conf = machines_copy(web());
	struct told told;
	struct outcome_for whom = told_for(&told);

	CHECK(conf && !conf_set(conf, "vm", key, &value, 1, NULL, NULL));
	machines_save(web(), conf, &whom);
	until_done(&told);
	CHECK_STRING(refusal, told.text);
}

static void test_save(void)
{
	struct outcome_for whom;
	struct told one, other;

	begin("");
	save("notes", "hello", "");
	CHECK_STRING("changed web Off; ", happened);
	CHECK_STRING("hello", web()->definition.notes);
	CHECK(strstr(fake_vm("web")->conf, "notes = hello\n"));
	fake.fail[HELPER_SAVE] = -ENOSPC;
	save("notes", "more", "web cannot be changed: the helper fails at 2");
	CHECK_STRING("hello", web()->definition.notes);
	fake.fail[HELPER_SAVE] = 0;
	/* One at a time. */
	whom = told_for(&one);
	machines_save(web(), machines_copy(web()), &whom);
	whom = told_for(&other);
	machines_save(web(), machines_copy(web()), &whom);
	CHECK_STRING("web cannot be changed: its files are being changed",
		other.text);
	CHECK(other.refusal == REFUSE_BUSY && !one.done);
	wished(WISH_START, "web cannot be started: its files are being "
		"changed");
	until_done(&one);
	CHECK(one.refusal == REFUSALS);
	wished(WISH_START, NULL);
	save("notes", "runs", "");
	wished(WISH_TURN_OFF, NULL);
	finish();
}

static void renames(const char *name, const char *refusal)
{
	struct told told;
	struct outcome_for whom = told_for(&told);

	machines_rename(web(), name, &whom);
	until_done(&told);
	CHECK_STRING(refusal, told.text);
}

static void test_rename(void)
{
	begin("");
	create("mail", OTHER, "");
	renames("Mail", "there is a VM mail already");
	renames("-", "the name \"-\" begins with '-'; a VM's begins with a "
		"letter or a digit");
	wished(WISH_START, NULL);
	renames("shop", "web cannot be renamed: it is not off, but Running");
	wished(WISH_TURN_OFF, NULL);
	renames("WEB", "");
	names_are("mail WEB ");
	renames("able", "");
	names_are("able mail ");
	CHECK(fake_vm("able") && !machines_find(&machines, "web"));
	service_ends();
}

static void deletes(const char *text, bool good)
{
	struct told told;
	struct outcome_for whom = told_for(&told);

	machines_delete(web(), true, &whom);
	until_done(&told);
	CHECK_STRING(text, told.text);
	CHECK((told.refusal == REFUSALS) == good);
}

static void test_delete(void)
{
	begin("[disk ide0:0]\nfile = web.vhdx\n");
	wished(WISH_START, NULL);
	deletes("web cannot be deleted: it is not off, but Running", false);
	wished(WISH_TURN_OFF, NULL);
	fake.fail[HELPER_DELETE] = -EROFS;
	deletes("web cannot be deleted: the helper fails at 5", false);
	fake.fail[HELPER_DELETE] = 0;
	deletes("notes.txt stays\n", true);
	CHECK(!machines.first && !fake_vm("web"));
	service_ends();
}

/* The service is killed after each thing that is done. */
static void test_killed(void)
{
	struct outcome_for whom;
	struct told told;
	int way;

	for (way = 0; way < 4; way++) {
		begin("");
		fake.quit_at = fake.all + 1;
		whom = told_for(&told);
		if (way == 0)
			machines_create(&machines, 0, "new", conf_of(OTHER),
				&whom);
		else if (way == 1)
			machines_save(web(), conf_of(CONF "notes = x\n"),
				&whom);
		else if (way == 2)
			machines_rename(web(), "other", &whom);
		else
			machines_delete(web(), false, &whom);
		while (!helper_lost)
			turn();
		CHECK(told.done && told.refusal != REFUSALS);
		service_ends();
		fake.quit_at = 0;
		service_begins();
		names_are(way == 0 ? "new web " : way == 1 ? "web " :
			way == 2 ? "other " : "");
		if (way == 1)
			CHECK_STRING("x", web()->definition.notes);
		service_ends();
	}
}

/* With the host. */

static struct autostart autostart;

static void start_all(struct told *told)
{
	struct outcome_for whom = told_for(told);

	CHECK(!autostart_begin(&autostart, &machines, &whom));
	until_done(told);
	autostart_exit(&autostart);
}

static char *numbered(int number, const char *more)
{
	static char conf[400];

	snprintf(conf, sizeof(conf), "[vm]\nid = 0196f0aa-7dec-11d0-a765-"
		"00a0c91e6b%02x\ngeneration = 1\n%s", number, more);
	return conf;
}

static void test_autostart(void)
{
	struct outcome_for whom;
	static struct going_down down;
	struct told told;

	fake_reset();
	fake_add("z", numbered(1, "start = always\nstart-order = 1\n"));
	fake_add("b", numbered(2, "start = always\n"));
	strcpy(fake_add("c", numbered(3, ""))->mark, "before");
	/* Ended while nobody looked; never ran; shall not. */
	strcpy(fake_add("d", numbered(4, ""))->mark, BOOT);
	fake_add("e", numbered(5, ""));
	strcpy(fake_add("f", numbered(6, "start = nothing\n"))->mark, "before");
	fake_add("a", numbered(7, "start = always\nmemory = 7\n"));
	service_begins();
	start_all(&told);
	CHECK_STRING("z runs; a cannot be started: [vm] memory: \"7\" is "
		"not a number of MB, or one with M or G: 2M to 4096G in steps "
		"of 2M; b runs; c runs; ",
		told.progress);
	CHECK(machines_find(&machines, "d")->state == LIFE_OFF);
	/* Once more: all run. */
	start_all(&told);
	CHECK(!strstr(told.progress, "runs"));
	let_run(20);
	CHECK_STRING(BOOT, fake_vm("c")->mark);
	CHECK_STRING("", fake_vm("d")->mark);
	whom = told_for(&told);
	going_down_begin(&down, &machines, &whom);
	until_done(&told);
	CHECK(strstr(told.progress, "b: its guest is asked to shut down"));
	CHECK(strstr(told.progress, "z is off; "));
	CHECK_STRING(BOOT, fake_vm("c")->mark);
	whom = told_for(&told);
	going_down_begin(&down, &machines, &whom);
	until_done(&told);
	CHECK_STRING("", told.progress);
	service_ends();
	/* The next boot. */
	service_begins();
	strcpy(machines.boot, "next");
	strcpy(machines_find(&machines, "c")->marked, BOOT);
	start_all(&told);
	CHECK(strstr(told.progress, "c runs"));
	service_ends();
}

/* The next one waits for a delay, or a heartbeat. */
static void test_waits(void)
{
	uint64_t begun = events_now();
	struct told told;

	fake_reset();
	fake_add("a", numbered(1, "start = always\nstart-wait = heartbeat\n"));
	fake_add("b", numbered(2, "start = always\nstart-delay = 1\n"));
	fake_worker->beat = HEARTBEAT_GOOD;
	service_begins();
	start_all(&told);
	CHECK_STRING("a runs; b runs; ", told.progress);
	CHECK(events_now() - begun >= 3 * TIMERS_SECOND);
	CHECK(fake_worker->asked[CONTROL_INTEGRATION] == 1);
	service_ends();
}

/* 64 at once, turned off at once, and the service killed in between. */
static void test_many(void)
{
	struct machine *machine;
	struct told told[64];
	int i;

	/* So many of them are slow together. */
	quick.patience = 10 * TIMERS_SECOND;
	fake_reset();
	for (i = 0; i < 64; i++) {
		char name[20];

		snprintf(name, sizeof(name), "vm-%02d", i);
		fake_add(name, numbered(i, ""));
	}
	service_begins();
	for (i = 0, machine = machines.first; i < 64;
		i++, machine = machine->next) {
		struct outcome_for whom = told_for(&told[i]);

		machine_wish(machine, WISH_START, &whom);
	}
	for (i = 0; i < 64; i++) {
		until_done(&told[i]);
		CHECK(told[i].refusal == REFUSALS);
	}
	service_ends();
	service_begins();
	for (i = 0, machine = machines.first; i < 64;
		i++, machine = machine->next) {
		struct outcome_for whom = told_for(&told[i]);

		CHECK(machine->state == LIFE_RUNNING);
		machine_wish(machine, i % 2 ? WISH_TURN_OFF : WISH_STOP, &whom);
	}
	for (i = 0; i < 64; i++) {
		until_done(&told[i]);
		CHECK(told[i].refusal == REFUSALS);
	}
	service_ends();
}

int main(int argc, char **argv)
{
	(void)argc, (void)argv;
	signal(SIGPIPE, SIG_IGN);
	test_load();
	test_twins();
	test_create();
	test_save();
	test_rename();
	test_delete();
	test_killed();
	test_autostart();
	test_waits();
	test_many();
	fake_reset();
	return 0;
}
