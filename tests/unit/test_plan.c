/* What workers are started with.
 * usage: test_plan DOCUMENT ROUNDS [SEED] */
/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <errno.h>

#include "definition_keys.h"
#include "plan.h"

#define VM "[vm]\nid = f81d4fae-7dec-11d0-a765-00a0c91e6bf6\n"

static struct plan plan;

/* All adapters' taps came, and their MTU is 9000. */
static void add_nics(const struct definition *definition)
{
	unsigned int i = 0, nic;

	while (i < plan.count) {
		nic = plan.descriptors[i].index;
		if (plan.descriptors[i].kind != PLAN_NIC) {
			i++;
			continue;
		}
		CHECK(!plan_add_nic(&plan, definition, nic, i, 9000));
		while (i < plan.count && plan.descriptors[i].index == nic)
			i++;
	}
}

/* As one line; what the definition says is taken by its own reader. */
static const char *words_of(const char *text)
{
	static char line[4096];
	struct definition definition;
	struct conf *conf = conf_parse(text, strlen(text), definition_kinds,
		NULL, NULL);
	size_t i;

	CHECK(conf && !definition_take(&definition, conf));
	CHECK(!plan_make(&plan, &definition, "web"));
	add_nics(&definition);
	CHECK(plan.size < sizeof(line) && plan.size > 0);
	CHECK(!plan.words[plan.size - 1]);
	memcpy(line, plan.words, plan.size);
	for (i = 0; i + 1 < plan.size; i++)
		if (!line[i])
			line[i] = ' ';
	definition_free(&definition);
	conf_free(conf);
	return line;
}

static void has(unsigned int number, enum plan_kind kind, unsigned int index)
{
	const struct plan_descriptor *found =
		&plan.descriptors[number - CONFINE_FIRST];

	CHECK(number - CONFINE_FIRST < plan.count);
	CHECK(found->kind == kind && found->index == index);
}

static void test_least(void)
{
	CHECK_STRING("vmwp --name web --memory 1024M --processors 1 --mshv 3 "
		"--firmware 4 --control 5 --serial 6 --vnc 7 --boot disk,dvd "
		"--scsi --network", words_of(VM));
	CHECK(plan.count == 5);
	has(3, PLAN_DRIVER, 0);
	has(7, PLAN_SCREEN, 0);
	plan_free(&plan);
}

static void test_all(void)
{
	CHECK_STRING("vmwp --name web --memory 4096M --processors 3 --mshv 3 "
		"--firmware 4 --control 5 --serial 6 --vnc 7 --boot dvd "
		"--scsi --network --ide-disk 0:0:vhdx:8 --ide-dvd 1:0: "
		"--ide-dvd 1:1:9 --scsi-disk 63:raw:10,read-only --dvd 2:11 "
		"--nic tap=12+13+14,mac=02:53:4f:00:00:07,mtu=9000 "
		"--nic tap=15,mac=02:53:4f:00:00:08,cable=out,model=e1000,"
		"mtu=9000",
		words_of(VM "memory = 4G\nprocessors = 3\nboot = dvd\n"
		"[disk ide0:0]\nfile = a.vhdx\n"
		"[dvd ide1:0]\n"
		"[dvd ide1:1]\nfile = /data/iso/a.iso\n"
		"[disk scsi0:63]\nfile = b.raw\nformat = raw\n"
		"read-only = yes\n"
		"[dvd scsi0:2]\nfile = c.iso\n"
		"[nic 0]\nmac = 02:53:4f:00:00:07\nswitch = lan\n"
		"[nic 5]\nmac = 02:53:4f:00:00:08\nmodel = e1000\n"));
	CHECK(plan.count == 13);
	has(8, PLAN_DRIVE, 0);
	has(9, PLAN_DRIVE, 2);
	has(10, PLAN_DRIVE, 3);
	has(11, PLAN_DRIVE, 4);
	has(12, PLAN_NIC, 0);
	has(14, PLAN_NIC, 0);
	has(15, PLAN_NIC, 1);
	plan_free(&plan);
}

static void test_many(void)
{
	static struct drive drives[CONFINE_FDS];
	struct definition definition = { .memory = 2 << 20, .processors = 1,
		.drives = drives, .drive_count = CONFINE_FDS - 5 };

	CHECK(!plan_make(&plan, &definition, "web"));
	CHECK(plan.count == CONFINE_FDS);
	has(CONFINE_FIRST + CONFINE_FDS - 1, PLAN_DRIVE, CONFINE_FDS - 6);
	plan_free(&plan);
	definition.drive_count++;
	CHECK(plan_make(&plan, &definition, "web") == -E2BIG);
}

/* No more queues than a tap has, and all that there may be fit. */
static void test_queues(void)
{
	static struct drive drives[68];
	static struct nic nics[8];
	struct definition definition = { .memory = 2 << 20, .processors = 64,
		.drives = drives, .drive_count = 68, .nics = nics,
		.nic_count = 8 };
	struct helper_nic asked;

	CHECK(!plan_make(&plan, &definition, "web"));
	CHECK(plan.count == 5 + 68 + 8 * HELPER_QUEUES);
	plan_nic(&asked, &definition, &nics[7]);
	CHECK(asked.queues == HELPER_QUEUES);
	plan_free(&plan);
}

int main(void)
{
	test_least();
	test_all();
	test_many();
	test_queues();
	return 0;
}
