/* Changes on trial, and at once: what is in effect, what stays, what goes. */
/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "change.h"
#include "keys.h"
#include "lock.h"
#include "network.h"
#include "paths.h"
#include "places.h"
#include "settings.h"
#include "trial.h"

#define WORDS(...) ((char *[]){ __VA_ARGS__, NULL })
#define NIC "nic 52:54:00:00:00:01"

static struct trouble why;

int lock_settings(void)
{
	int lock = open("settings.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	CHECK(lock >= 0 && !flock(lock, LOCK_EX));
	return lock;
}

static void put(const char *path, const char *text, mode_t mode)
{
	FILE *file = fopen(path, "w");

	CHECK(file && fputs(text, file) >= 0 && !fclose(file));
	CHECK(!chmod(path, mode));
}

static const char *get(const char *path)
{
	static char text[8192];
	FILE *file = fopen(path, "r");

	if (!file)
		return "";
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	return text;
}

/* What was called since the last time. */
static const char *calls(void)
{
	static char text[8192];

	strcpy(text, get("calls"));
	unlink("calls");
	return text;
}

static bool on_trial(void)
{
	return !access(PLACE_TRIAL "/sections", F_OK);
}

static int count_of(char **words)
{
	int count = 0;

	while (words[count])
		count++;
	return count;
}

static int call(int (*function)(char **words, int count,
	struct trouble *trouble), char **words)
{
	why.text[0] = '\0';
	return function(words, count_of(words), &why);
}

static void test_confirm(void)
{
	put(PATH_SETTINGS, "# mine\n[host]\nname = a\n", 0600);
	CHECK(!call(network_set, WORDS(NIC, "address=192.0.2.1/24",
		"mtu=1400")));
	CHECK_STRING("network again\n", calls());
	CHECK_STRING("# mine\n[host]\nname = a\n\n[" NIC "]\n"
		"address = 192.0.2.1/24\nmtu = 1400\n", get(PATH_SETTINGS));
	CHECK(on_trial() && trial_is_watched());
	CHECK(call(network_set, WORDS(NIC, "mtu=1500")) == -EBUSY);
	CHECK(call(network_switch, WORDS("create", "lan", "type=private"))
		== -EBUSY);
	CHECK_STRING("", calls());
	CHECK(!call(network_confirm, WORDS(NULL)));
	CHECK(!on_trial() && strstr(get(PATH_SETTINGS), "1400"));
	CHECK_STRING("confirmed\n", get(PLACE_TRIAL_LAST));
	CHECK(call(network_confirm, WORDS(NULL)) == -ENOENT);
	CHECK(call(network_revert, WORDS(NULL)) == -ENOENT);
}

/* Settings that were imported are what the next start has: nothing of those that
 * are in effect is put into them. */
static void test_replaced(void)
{
	put(PATH_SETTINGS, "[host]\nname = a\n", 0600);
	CHECK(!call(network_set, WORDS(NIC, "mtu=1400")));
	put("replaced", "", 0600);
	CHECK(call(network_confirm, WORDS(NULL)) == -EBUSY);
	CHECK(on_trial());
	CHECK(!call(network_revert, WORDS(NULL)) && !on_trial());
	CHECK_STRING("network again\nnetwork again\n", calls());
	CHECK(call(network_set, WORDS(NIC, "mtu=1400")) == -EBUSY);
	CHECK(call(network_switch, WORDS("create", "lan", "type=private")) ==
		-EBUSY);
	CHECK(call(change_set, WORDS("host", "name=b")) == -EBUSY);
	CHECK_STRING("other settings count from the next start on: the host is "
		"to be restarted first", why.text);
	CHECK(call(change_unset, WORDS("host")) == -EBUSY && !on_trial());
	CHECK(strstr(get(PATH_SETTINGS), "name = a\n"));
	CHECK(!strstr(get(PATH_SETTINGS), "mtu"));
	CHECK_STRING("", calls());
	CHECK(!unlink("replaced"));
}

/* Others have changed something else meanwhile: that stays. */
static void test_revert(void)
{
	put(PATH_SETTINGS, "[host]\nname = a\n[" NIC "]\naddress = none\n",
		0600);
	CHECK(!call(network_set, WORDS("bond bond0", "nics="
		"52:54:00:00:00:01 52:54:00:00:00:02", "mode=lacp", "-" NIC)));
	CHECK_STRING("[host]\nname = a\n[bond bond0]\nnics = "
		"52:54:00:00:00:01 52:54:00:00:00:02\nmode = lacp\n",
		get(PATH_SETTINGS));
	CHECK(!call(change_set, WORDS("host", "name=b")));
	CHECK_STRING("network again\napply host\n", calls());
	CHECK(!call(network_revert, WORDS(NULL)));
	CHECK_STRING("network again\n", calls());
	CHECK_STRING("[host]\nname = b\n\n[" NIC "]\naddress = none\n",
		get(PATH_SETTINGS));
	CHECK(!on_trial());
	CHECK_STRING("reverted\n", get(PLACE_TRIAL_LAST));
}

static void refuse(int error, const char *sentence, char **words)
{
	CHECK(call(network_set, words) == error);
	CHECK_STRING(sentence, why.text);
	CHECK_STRING("[host]\nname = a\n", get(PATH_SETTINGS));
	CHECK(!on_trial() && !*calls());
}

static void test_refusals(void)
{
	put(PATH_SETTINGS, "[host]\nname = a\n", 0600);
	refuse(-EINVAL, "\"host\" is none of \"nic MAC\", \"bond NAME\" and "
		"dns", WORDS("host", "name=b"));
	refuse(-EINVAL, "[" NIC "]: what is to be set?", WORDS(NIC));
	refuse(-ENOENT, "the settings have no [" NIC "]", WORDS("-" NIC));
	refuse(-EINVAL, "[" NIC "] mtu: \"1\" is not a number from 576 to "
		"9216", WORDS(NIC, "mtu=1"));
	refuse(-EINVAL, "[" NIC "] has no key \"x\"", WORDS(NIC, "x=1"));
	refuse(-EINVAL, "[bond bond0] nics is missing",
		WORDS("bond bond0", "mode=lacp"));
	refuse(-EINVAL, "[" NIC "] gateway: has no effect without an "
		"address/prefix", WORDS(NIC, "gateway=192.0.2.1"));
	CHECK(call(change_set, WORDS(NIC, "mtu=1400")) == -EINVAL);
	CHECK_STRING("[" NIC "] is changed by: host network set", why.text);
	CHECK(call(change_set, WORDS("garden", "a=b")) == -EINVAL);
	CHECK(call(change_set, WORDS("admin ann", "password=plain")) ==
		-EINVAL);
	CHECK_STRING("[admin ann] password is not a hash that begins with $y$ "
		"or $6$", why.text);
	CHECK(call(change_unset, WORDS("admin ann")) == -ENOENT);
	CHECK_STRING("[host]\nname = a\n", get(PATH_SETTINGS));
}

/* Several values of a key, by one word. */
static void test_lists(void)
{
	put(PATH_SETTINGS, "[time]\nntp = a\n", 0600);
	CHECK(!call(change_set, WORDS("time", "ntp= b  c ")));
	CHECK_STRING("[time]\nntp = b\nntp = c\n", get(PATH_SETTINGS));
	CHECK(!call(change_set, WORDS("time", "ntp+=d")));
	CHECK(!call(change_set, WORDS("time", "ntp+=b")));
	CHECK(!call(change_set, WORDS("time", "ntp-=c")));
	CHECK_STRING("[time]\nntp = d\nntp = b\n", get(PATH_SETTINGS));
	CHECK(call(change_set, WORDS("time", "ntp-=c")) == -ENOENT);
	CHECK(!call(change_set, WORDS("time", "ntp-=b")));
	CHECK(!call(change_set, WORDS("time", "ntp-=d")));
	CHECK_STRING("[time]\n", get(PATH_SETTINGS));
	CHECK(call(change_set, WORDS("host", "name+=d")) == -EINVAL);
	CHECK_STRING("[host] name takes one value", why.text);
	CHECK(call(change_set, WORDS("host", "+=d")) == -EINVAL);
	CHECK(call(change_set, WORDS("host", "=d")) == -EINVAL);
	CHECK(call(change_set, WORDS("host", "name")) == -EINVAL);
	calls();
}

/* As many as there is room for, one more, and far more than one word sets. */
static void test_many(void)
{
	struct conf *from, *to = conf_new(host_kinds);
	char word[512] = "ntp=", lines[1024] = "[time]\n";
	int i;

	put(PATH_SETTINGS, "[time]\nntp = a\n", 0600);
	for (i = 0; i < 128; i++)
		strcat(word, "b ");
	CHECK(call(change_set, WORDS("time", word, "zone=x")) == -EINVAL);
	CHECK_STRING("zone=x: too many", why.text);
	CHECK(call(change_set, WORDS("time", word, "ntp=c")) == -EINVAL);
	CHECK(call(change_set, WORDS("time", word)) == -EINVAL);
	CHECK_STRING("[time]\nntp = a\n", get(PATH_SETTINGS));
	for (i = 0; i < 70; i++)
		strcat(lines, "ntp = a\n");
	put(PATH_SETTINGS, lines, 0600);
	from = conf_read(PATH_SETTINGS, host_kinds, NULL, NULL);
	CHECK(from && to && !conf_copy(from, to, "time", NULL));
	CHECK(conf_value(to, "time", "ntp", 69));
	CHECK(!conf_value(to, "time", "ntp", 70));
	conf_free(from);
	conf_free(to);
	calls();
}

/* A bond takes its adapters from what they were. */
static void test_members(void)
{
	put(PATH_SETTINGS, "[" NIC "]\naddress = none\n", 0600);
	CHECK(!call(network_set, WORDS("bond bond0",
		"nics=52:54:00:00:00:02 52:54:00:00:00:01")));
	CHECK(!strstr(get(PATH_SETTINGS), "[nic"));
	CHECK(!call(network_revert, WORDS(NULL)));
	CHECK(strstr(get(PATH_SETTINGS), "[" NIC "]"));
	CHECK(!strstr(get(PATH_SETTINGS), "bond"));
	CHECK(!call(network_unset, WORDS(NIC)));
	CHECK(!strstr(get(PATH_SETTINGS), "[nic"));
	CHECK(!call(network_revert, WORDS(NULL)));
	CHECK(!call(network_set, WORDS("dns", "server=192.0.2.1 192.0.2.2")));
	CHECK(strstr(get(PATH_SETTINGS),
		"server = 192.0.2.1\nserver = 192.0.2.2\n"));
	CHECK(!call(network_revert, WORDS(NULL)));
	CHECK(!strstr(get(PATH_SETTINGS), "192.0.2"));
	calls();
}

/* As what a switch command has changed of the settings. */
static void test_switch(void)
{
	put(PATH_SETTINGS, "[host]\nname = a\n", 0600);
	put("switch", "#!/bin/sh\necho switch \"$@\" >> calls\nexit 1\n",
		0700);
	CHECK(call(network_switch, WORDS("create", "lan", "x=y")) == 1);
	CHECK_STRING("switch --trial create lan x=y\n", calls());
	CHECK(!on_trial());
	CHECK(call(network_switch, WORDS("create", "../lan")) == -EINVAL);
	put("switch", "#!/bin/sh\necho switch \"$@\" >> calls\n"
		"[ $2 != create ] || printf '[switch lan]\\ntype = private\\n'"
		" >> settings\n", 0700);
	CHECK(!call(network_switch, WORDS("create", "lan", "type=private")));
	CHECK(on_trial());
	CHECK(!call(network_revert, WORDS(NULL)));
	CHECK_STRING("switch --trial create lan type=private\n"
		"switch --trial delete lan\nnetwork again\n", calls());
	CHECK_STRING("[host]\nname = a\n", get(PATH_SETTINGS));
	/* One that goes comes back. */
	put(PATH_SETTINGS, "[switch lan]\ntype = private\n", 0600);
	put("switch", "#!/bin/sh\necho switch \"$@\" >> calls\n"
		"[ \"$2\" != delete ] || : > settings\n", 0700);
	CHECK(!call(network_switch, WORDS("delete", "lan")));
	CHECK_STRING("", get(PATH_SETTINGS));
	CHECK(!call(network_revert, WORDS(NULL)));
	CHECK_STRING("[switch lan]\ntype = private\n", get(PATH_SETTINGS));
	CHECK_STRING("switch --trial delete lan\nswitch start\nnetwork again\n",
		calls());
}

/* In the process that watches. */
static void over(struct trial *trial)
{
	put("over", trial->sections[0], 0600);
	trial_end();
	trial_free(trial);
}

static void begin(int seconds)
{
	struct trial trial = { .count = 0 };
	struct conf *conf = conf_new(host_kinds);

	CHECK(!trial_add(&trial, conf, NIC, &why));
	CHECK(!trial_begin(&trial, seconds, over, &why));
	CHECK(trial_left(&trial) <= seconds);
	conf_free(conf);
	trial_free(&trial);
}

static void test_time(void)
{
	int i;

	unlink("over");
	begin(1);
	for (i = 0; i < 100 && (on_trial() || access("over", F_OK)); i++)
		usleep(50000);
	CHECK_STRING(NIC, get("over"));
	/* One that has ended before does nothing to the next. */
	unlink("over");
	begin(1);
	trial_end();
	begin(60);
	sleep(3);
	CHECK(on_trial() && access("over", F_OK));
	trial_end();
}

/* Nobody watches: it is taken back by the next who comes. What is none goes. */
static void test_remains(void)
{
	put(PATH_SETTINGS, "[" NIC "]\nmtu = 1400\n[host]\nname = a\n", 0600);
	CHECK(!mkdir(PLACE_TRIAL, 0700));
	put(PLACE_TRIAL "/sections", "99999\n" NIC "\n", 0600);
	put(PLACE_TRIAL "/before", "[" NIC "]\nmtu = 1300\n", 0600);
	CHECK(call(network_set, WORDS(NIC, "mtu=1")) == -EINVAL);
	CHECK(!on_trial() && strstr(get(PATH_SETTINGS), "1300"));
	CHECK(!mkdir(PLACE_TRIAL, 0700));
	put(PLACE_TRIAL "/sections", "x\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"
		"a line that is much longer than any name of a section can "
		"be, and goes on\n", 0600);
	CHECK(!call(network_set, WORDS(NIC, "mtu=1200")));
	CHECK(on_trial() && !call(network_revert, WORDS(NULL)));
	CHECK(strstr(get(PATH_SETTINGS), "1300"));
	calls();
}

int main(void)
{
	freopen("/dev/null", "w", stdout);
	put("network", "#!/bin/sh\necho network \"$@\" >> calls\n", 0700);
	put("apply", "#!/bin/sh\necho apply \"$@\" >> calls\n", 0700);
	trial_end();
	calls();
	unlink("replaced");
	test_confirm();
	test_replaced();
	test_revert();
	test_refusals();
	test_lists();
	test_many();
	test_members();
	test_switch();
	test_time();
	test_remains();
	return 0;
}
