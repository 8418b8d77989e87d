/* The menu's VMs: what their states let them do, lines, keys, letters. */
/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <locale.h>
#include <string.h>

#include "terminal.h"
#include "vm.h"
#include "vm_glyphs.h"
#include "vm_keys.h"
#include "vm_text.h"

/* In terminal.h's place. */
int terminal_character(unsigned int character)
{
	return character < ' ' ? -1 : character == 0x4e00 ? 2 : 1;
}

static void check_may(const char *state, const char *wanted)
{
	struct page page = { .title = "VM" };
	json_t *row = json_pack("{s:s}", "state", state);
	char may[8];

	page.row = row;
	snprintf(may, sizeof(may), "%d%d%d%d%d%d", vm_is_off(&page),
		vm_is_on(&page), vm_runs(&page), vm_can_pause(&page),
		vm_can_resume(&page), vm_can_reset(&page));
	if (strcmp(may, wanted))
		printf("%s: %s, not %s\n", state, may, wanted);
	CHECK(!strcmp(may, wanted));
	json_decref(row);
}

/* As rootfs/vmms/life.c has it. */
static void test_states(void)
{
	struct page none = { .title = "no row" };

	check_may("Off", "100000");
	check_may("Starting", "010000");
	check_may("Running", "011101");
	check_may("Running-Critical", "010111");
	check_may("Paused", "010011");
	check_may("Paused-Critical", "010011");
	check_may("Stopping", "010000");
	check_may("Resetting", "010000");
	CHECK(!vm_is_off(&none) && !vm_is_on(&none) && !vm_runs(&none));
}

static void check_key(int key, const char *wanted)
{
	char text[VM_KEY] = "";
	bool known = vm_keys_name(key, text);

	CHECK(known == (wanted != NULL));
	CHECK(!wanted || !strcmp(text, wanted));
}

static void test_keys(void)
{
	check_key('a', "a");
	check_key('~', "~");
	check_key(' ', " ");
	check_key('<', "<lt>");
	check_key(PRESSED_ENTER, "<enter>");
	check_key(PRESSED_TAB, "<tab>");
	check_key(PRESSED_ESCAPE, "<esc>");
	check_key(PRESSED_BACK_TAB, "<shift-tab>");
	check_key(PRESSED_F2, "<f2>");
	check_key(PRESSED_F12, "<f12>");
	check_key(PRESSED_PAGE_DOWN, "<pagedown>");
	check_key('C' & 0x1f, "<ctrl-c>");
	check_key('Z' & 0x1f, "<ctrl-z>");
	check_key('\\' & 0x1f, "<ctrl-\\>");
	check_key('_' & 0x1f, "<ctrl-_>");
	check_key(PRESSED_NONE, NULL);
	check_key(PRESSED_HELP, NULL);
	check_key(PRESSED_OTHER, NULL);
	check_key(PRESSED_OVER, NULL);
	check_key(0x7f, NULL);
	check_key(0xf6, NULL);
}

static void check_glyphs(const char *line, int from, const char *wanted)
{
	char shown[64];

	vm_glyphs(line, from, shown, sizeof(shown));
	CHECK(!strcmp(shown, wanted));
}

static void test_glyphs(void)
{
	char small[8];

	setlocale(LC_ALL, "C.UTF-8");
	check_glyphs("", 0, "");
	check_glyphs("abc", 1, "bc");
	check_glyphs("abc", 9, "");
	check_glyphs("\u2554\u2550\u2557", 0, "\u2554\u2550\u2557");
	check_glyphs("\u2554\u2550\u2557", 1, "\u2550\u2557");
	check_glyphs("a\x1b\x7f\xff" "b", 0, "a???b");
	check_glyphs("\xe4\xb8\x80|", 0, "?|");	/* two columns wide */
	setlocale(LC_ALL, "C");
	check_glyphs("\u2554\u2550\u2557\u2551\u2588\u00e4", 0, "+-+|#?");
	vm_glyphs("0123456789", 0, small, sizeof(small));
	CHECK(strlen(small) < sizeof(small));
}

static const char vm_json[] = "{\"name\": \"web\", \"state\": \"Running\","
	"\"uptime\": 3723, \"heartbeat\": \"good\","
	"\"guest\": \"web\\u001b[2J\\nState  Off\", \"system\": \"Debian\","
	"\"addresses\": [\"192.0.2.7\", \"2001:db8::7\"],"
	"\"memory\": 2147483648, \"processors\": 2,"
	"\"running\": {\"memory\": 1073741824, \"processors\": 1},"
	"\"cpu-weight\": 100, \"cpu-cap\": 50, \"boot\": [\"dvd\", \"disk\"],"
	"\"notes\": \"\", \"start\": \"always\", \"start-order\": 10,"
	"\"start-delay\": 5, \"start-wait\": \"heartbeat\","
	"\"stop\": \"turn-off\", \"stop-limit\": 60, \"integration\": [],"
	"\"drives\": [{\"place\": \"ide1:0\", \"kind\": \"dvd\","
	" \"file\": null, \"format\": null, \"read-only\": true},"
	"{\"place\": \"scsi0:1\", \"kind\": \"disk\", \"file\": \"a.vhdx\","
	" \"format\": \"vhdx\", \"read-only\": true}], \"adapters\": [],"
	"\"problems\": [\"one\", \"two\"], \"remarks\": []}";

static void check_text(const char *json, const char *const *wanted)
{
	json_t *result = json_loads(json, 0, NULL);
	char *text;

	CHECK(result);
	text = vm_text(result);
	CHECK(text && text[strlen(text) - 1] == '\n');
	for (; *wanted; wanted++) {
		if (!strstr(text, *wanted))
			printf("%s\nis not in:\n%s", *wanted, text);
		CHECK(strstr(text, *wanted));
	}
	free(text);
	json_decref(result);
}

static void test_text(void)
{
	static const char *const wanted[] = {
		"State        Running, up 1:02:03\n",
		"PROBLEM      one\n             two\n",
		"Guest        heartbeat good, web?[2J?State  Off, Debian\n",
		"Addresses    192.0.2.7 2001:db8::7\n",
		"Memory       2G, 2 processors\nNow it has   1G, 1 processor\n",
		"Share        weight 100, at most 50 % of its processors\n",
		"Boots from   dvd disk\n",
		"Drives       ide1:0   dvd   (empty)\n"
		"             scsi0:1  disk  a.vhdx, vhdx, read-only\n",
		"Adapters     none\n",
		"order 10, after 5 s; the next waits for its heartbeat\n",
		"Stops        it is turned off with the host; 60 s for that\n",
		NULL };
	static const char *const little[] = { "State        Off\n",
		"Ended        its disk is gone\n", NULL };

	check_text(vm_json, wanted);
	check_text("{\"name\": \"web\", \"state\": \"Off\", \"reason\": "
		"\"its disk is gone\", \"problems\": [], \"remarks\": []}",
		little);
}

static void test_rows(void)
{
	json_t *vm = json_loads(vm_json, 0, NULL), *rows;

	rows = vm_rows(vm, "drives");
	CHECK(json_array_size(rows) == 2);
	CHECK(!strcmp(json_string_value(json_object_get(json_array_get(rows,
		1), "state")), "Running"));
	json_decref(rows);
	rows = vm_rows(vm, "none");
	CHECK(json_is_array(rows) && !json_array_size(rows));
	json_decref(rows);
	json_decref(vm);
}

int main(void)
{
	test_states();
	test_keys();
	test_glyphs();
	test_text();
	test_rows();
	puts("test_vm: done");
	return 0;
}
