/* The menu's line that is edited, and the columns of text. */
/* SPDX-License-Identifier: MIT */
#include "fake_terminal.h"

#include "field.h"
#include "utf8.h"

static struct field field;
static char text[FIELD_BYTES];

static void expect(const char *expected, int cursor)
{
	field_get(&field, text, sizeof(text));
	CHECK_STRING(expected, text);
	CHECK(field.bytes == strlen(expected));
	if (field.cursor != cursor)
		fprintf(stderr, "cursor %d in \"%s\"\n", field.cursor, text);
	CHECK(field.cursor == cursor);
}

static enum field_said type(const char *keys)
{
	enum field_said said = FIELD_OTHER;
	size_t size;

	for (; *keys; keys += size)
		said = field_key(&field, (int)utf8_get(keys, &size));
	return said;
}

static void test_editing(void)
{
	field_set(&field, "web", 63);
	expect("web", 3);
	CHECK(type("-1") == FIELD_CHANGED);
	expect("web-1", 5);
	CHECK(field_key(&field, PRESSED_HOME) == FIELD_MOVED);
	CHECK(field_key(&field, PRESSED_LEFT) == FIELD_MOVED);
	CHECK(field_key(&field, PRESSED_BACKSPACE) == FIELD_MOVED);
	type("x");
	expect("xweb-1", 1);
	CHECK(field_key(&field, PRESSED_DELETE) == FIELD_CHANGED);
	expect("xeb-1", 1);
	CHECK(field_key(&field, PRESSED_BACKSPACE) == FIELD_CHANGED);
	expect("eb-1", 0);
	field_key(&field, PRESSED_RIGHT);
	field_key(&field, PRESSED_RIGHT);
	CHECK(field_key(&field, 'K' & 0x1f) == FIELD_CHANGED);
	expect("eb", 2);
	CHECK(field_key(&field, PRESSED_RIGHT) == FIELD_MOVED);
	CHECK(field_key(&field, PRESSED_DELETE) == FIELD_MOVED);
	CHECK(field_key(&field, 'U' & 0x1f) == FIELD_CHANGED);
	expect("", 0);
	CHECK(field_key(&field, PRESSED_BACKSPACE) == FIELD_MOVED);
	CHECK(field_key(&field, PRESSED_END) == FIELD_MOVED);
}

static void test_others(void)
{
	static const int keys[] = { PRESSED_NONE, PRESSED_TAB, PRESSED_ENTER,
		PRESSED_ESCAPE, PRESSED_UP, PRESSED_DOWN, PRESSED_PAGE_UP,
		PRESSED_PAGE_DOWN, PRESSED_BACK_TAB, PRESSED_HELP,
		PRESSED_OTHER, PRESSED_OVER };
	size_t i;

	field_set(&field, "a", 63);
	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		CHECK(field_key(&field, keys[i]) == FIELD_OTHER);
	expect("a", 1);
}

static void test_refused(void)
{
	int key;

	field_set(&field, "", 63);
	for (key = 1; key < 0x20; key++)
		if (!strchr("\t\n\x1b\x15\x0b", key))
			CHECK(field_key(&field, key) == FIELD_REFUSED);
	CHECK(field_key(&field, 0x7f) == FIELD_REFUSED);
	for (key = 0x80; key < 0xa0; key++)
		CHECK(field_key(&field, key) == FIELD_REFUSED);
	CHECK(field_key(&field, 0xd800) == FIELD_REFUSED);
	CHECK(field_key(&field, 0x110000) == FIELD_REFUSED);
	expect("", 0);
	field.only = "0123456789";
	CHECK(type("x") == FIELD_REFUSED && type("1") == FIELD_CHANGED);
	CHECK(type("\xc3\xa4") == FIELD_REFUSED);
	expect("1", 1);
	field.only = NULL;
}

static void test_utf8(void)
{
	field_set(&field, "", 12);
	CHECK(type("Gr\xc3\xbc\xc3\x9f" "e ") == FIELD_CHANGED);
	expect("Gr\xc3\xbc\xc3\x9f" "e ", 6);
	/* 4 bytes are left. */
	CHECK(type("\xe6\x97\xa5") == FIELD_CHANGED);
	CHECK(type("\xe6\x97\xa5") == FIELD_FULL);
	CHECK(type("x") == FIELD_CHANGED && type("y") == FIELD_FULL);
	expect("Gr\xc3\xbc\xc3\x9f" "e \xe6\x97\xa5x", 8);
	field_key(&field, PRESSED_LEFT);
	CHECK(field_key(&field, PRESSED_BACKSPACE) == FIELD_CHANGED);
	expect("Gr\xc3\xbc\xc3\x9f" "e x", 6);
	/* What is no UTF-8, and what is too long. */
	field_set(&field, "a\xff" "b\xc3", 63);
	expect("a?b?", 4);
	field_set(&field, "\xc3\xa4\xc3\xa4\xc3\xa4", 5);
	expect("\xc3\xa4\xc3\xa4", 2);
}

static void test_bytes(void)
{
	static const char *const bad[] = { "\xc0\x80", "\xed\xa0\x80",
		"\xf4\x90\x80\x80", "\xe2\x82", "\x80", "\xfe" };
	unsigned int all[] = { 0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000,
		0xffff, 0x10000, 0x10ffff };
	char bytes[UTF8_MOST + 1] = "";
	size_t i, size;

	for (i = 1; i < sizeof(all) / sizeof(*all); i++) {
		memset(bytes, 0, sizeof(bytes));
		size = utf8_put(all[i], bytes);
		CHECK(size == utf8_size(all[i]));
		CHECK(utf8_get(bytes, &size) == all[i]);
		CHECK(size == utf8_size(all[i]));
	}
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		CHECK(utf8_get(bad[i], &size) == '?' && size == 1);
}

/* Whatever is typed, the cursor is within the field. */
static void test_scrolling(void)
{
	int i, keys[] = { 'a', 0x65e5, PRESSED_LEFT, PRESSED_LEFT,
		PRESSED_HOME, PRESSED_END, PRESSED_BACKSPACE, 'b', 0x301 };

	fake_begin(24, 80);
	field_set(&field, "", 3000);
	for (i = 0; i < 4000; i++) {
		field_key(&field, i < 1500 ? keys[i & 1] :
			keys[(unsigned int)i * 7919u % 9]);
		field_draw(&field, 3, 10, 20, true);
		CHECK(fake.cursor_row == 3 && fake.cursor_column > 10 &&
			fake.cursor_column < 30);
	}
	CHECK(fake.cells[3][9] == L'\u00b7' && fake.cells[3][30] == L'\u00b7');
	/* All is seen again when it is short. */
	field_key(&field, 'U' & 0x1f);
	type("end");
	field_draw(&field, 3, 10, 20, true);
	CHECK(!wmemcmp(&fake.cells[3][10], L" end ", 5));
	/* Narrow ones, too. */
	for (i = 3; i < 10; i++)
		field_draw(&field, 3, 10, i, true);
}

static void test_columns(void)
{
	fake_begin(24, 80);
	CHECK(terminal_width("\xe6\x97\xa5x") == 3);
	CHECK(terminal_width("a\x1b[2J\xff") == 6);
	CHECK(terminal_fitting("\xe6\x97\xa5x", 1) == 0);
	CHECK(terminal_fitting("\xe6\x97\xa5x", 2) == 3);
	terminal_put(0, 0, 6, "a\x1b\x9b\xc2\x9b\n", STYLE_PLAIN);
	CHECK(!wmemcmp(fake.cells[0], L"a???? ", 6));
	terminal_put(0, 0, 4, "abcdef", STYLE_PLAIN);
	CHECK(!wmemcmp(fake.cells[0], L"abc~? ", 6));
	/* A wide one that does not fit in any more. */
	terminal_put(1, 0, 4, "ab\xe6\x97\xa5\xe6\x97\xa5", STYLE_PLAIN);
	CHECK(!wmemcmp(fake.cells[1], L"ab~ \u00b7", 5));
	terminal_put(2, 78, 40, "abcdef", STYLE_PLAIN);
	CHECK(!wmemcmp(&fake.cells[2][78], L"a~\u00b7", 3));
}

int main(void)
{
	fake_begin(24, 80);
	test_editing();
	test_others();
	test_refused();
	test_utf8();
	test_bytes();
	test_scrolling();
	test_columns();
	return 0;
}
