/* From a terminal's bytes to keys. */
/* SPDX-License-Identifier: MIT */
#include "keyboard.h"

#include <ncurses.h>
#include <string.h>
#include <wchar.h>

#include "terminal.h"

struct meaning {
	int key, pressed;
};

static int look_up(const struct meaning *meanings, int key)
{
	for (; meanings->key; meanings++)
		if (meanings->key == key)
			return meanings->pressed;
	return 0;
}

/* What ncurses has found out. */
static int named(int key)
{
	static const struct meaning meanings[] = {
		{ KEY_UP, PRESSED_UP }, { KEY_DOWN, PRESSED_DOWN },
		{ KEY_LEFT, PRESSED_LEFT }, { KEY_RIGHT, PRESSED_RIGHT },
		{ KEY_HOME, PRESSED_HOME }, { KEY_END, PRESSED_END },
		{ KEY_FIND, PRESSED_HOME }, { KEY_SELECT, PRESSED_END },
		{ KEY_A1, PRESSED_HOME }, { KEY_C1, PRESSED_END },
		{ KEY_PPAGE, PRESSED_PAGE_UP },
		{ KEY_NPAGE, PRESSED_PAGE_DOWN },
		{ KEY_BTAB, PRESSED_BACK_TAB },
		{ KEY_BACKSPACE, PRESSED_BACKSPACE },
		{ KEY_DC, PRESSED_DELETE }, { KEY_ENTER, PRESSED_ENTER },
		{ KEY_IC, PRESSED_INSERT },
		{ KEY_F(1), PRESSED_HELP }, { KEY_HELP, PRESSED_HELP },
		{ 0, 0 },
	};
	int pressed = look_up(meanings, key);

	if (key >= KEY_F(2) && key <= KEY_F(12))
		return PRESSED_F2 + key - KEY_F(2);
	return pressed ? pressed : PRESSED_OTHER;
}

/* ESC [ ... LETTER, ESC [ NUMBER ~ and ESC O LETTER. */
static int letter_key(int letter)
{
	static const struct meaning meanings[] = {
		{ 'A', PRESSED_UP }, { 'B', PRESSED_DOWN },
		{ 'C', PRESSED_RIGHT }, { 'D', PRESSED_LEFT },
		{ 'H', PRESSED_HOME }, { 'F', PRESSED_END },
		{ 'M', PRESSED_ENTER }, { 'P', PRESSED_HELP },
		{ 'Q', PRESSED_F2 }, { 'R', PRESSED_F2 + 1 },
		{ 'S', PRESSED_F2 + 2 },
		{ 'Z', PRESSED_BACK_TAB }, { 0, 0 },
	};
	int pressed = look_up(meanings, letter);

	return pressed ? pressed : PRESSED_OTHER;
}

static int number_key(int number)
{
	static const struct meaning meanings[] = {
		{ 1, PRESSED_HOME }, { 7, PRESSED_HOME }, { 3, PRESSED_DELETE },
		{ 4, PRESSED_END }, { 8, PRESSED_END }, { 5, PRESSED_PAGE_UP },
		{ 6, PRESSED_PAGE_DOWN }, { 11, PRESSED_HELP },
		{ 2, PRESSED_INSERT }, { 12, PRESSED_F2 },
		{ 13, PRESSED_F2 + 1 }, { 14, PRESSED_F2 + 2 },
		{ 15, PRESSED_F2 + 3 }, { 17, PRESSED_F2 + 4 },
		{ 18, PRESSED_F2 + 5 }, { 19, PRESSED_F2 + 6 },
		{ 20, PRESSED_F2 + 7 }, { 21, PRESSED_F2 + 8 },
		{ 23, PRESSED_F2 + 9 }, { 24, PRESSED_F12 }, { 0, 0 },
	};
	int pressed = look_up(meanings, number);

	return pressed ? pressed : PRESSED_OTHER;
}

/* Behind ESC [ */
static int sequence(void)
{
	int byte = getch(), number = 0;

	if (byte == '[') {	/* Linux' F1 to F5: ESC [ [ A to E */
		byte = getch();
		return byte == 'A' ? PRESSED_HELP : byte > 'A' && byte <= 'E' ?
			PRESSED_F2 + byte - 'B' : PRESSED_OTHER;
	}
	for (; byte >= 0x20 && byte < 0x40; byte = getch())
		if (byte >= '0' && byte <= '9' && number < 1000)
			number = number * 10 + byte - '0';
	return byte == '~' ? number_key(number) : letter_key(byte);
}

/* Alone it is the key; the other keys' bytes come at once. */
static int escape(void)
{
	int byte = getch();

	if (byte == ERR || byte == PRESSED_ESCAPE)
		return PRESSED_ESCAPE;
	if (byte == '[')
		return sequence();
	if (byte == 'O') {
		byte = getch();
		return byte == ERR ? PRESSED_OTHER : letter_key(byte);
	}
	ungetch(byte);
	return PRESSED_ESCAPE;
}

static int control(int byte, bool raw)
{
	static const struct meaning keys[] = {
		{ '\r', PRESSED_ENTER }, { 0x7f, PRESSED_BACKSPACE },
		{ 0, 0 },
	};
	static const struct meaning others[] = {
		{ '\b', PRESSED_BACKSPACE }, { 'A' & 0x1f, PRESSED_HOME },
		{ 'E' & 0x1f, PRESSED_END }, { 'B' & 0x1f, PRESSED_PAGE_UP },
		{ 'F' & 0x1f, PRESSED_PAGE_DOWN },
		{ 'D' & 0x1f, PRESSED_DELETE }, { 'G' & 0x1f, PRESSED_HELP },
		{ 0, 0 },
	};
	int pressed = look_up(keys, byte);

	if (byte == PRESSED_ESCAPE)
		return escape();
	if (!pressed && !raw)
		pressed = look_up(others, byte);
	return pressed ? pressed : byte ? byte : PRESSED_OTHER;
}

/* A character may come in pieces. */
static int character(int byte)
{
	static mbstate_t state;
	wchar_t wide = 0;
	char one = (char)byte;
	size_t length = mbrtowc(&wide, &one, 1, &state);

	if (length == (size_t)-2)
		return PRESSED_NONE;
	if (length == (size_t)-1) {
		memset(&state, 0, sizeof(state));
		return PRESSED_OTHER;
	}
	return terminal_is_good(wide) ? (int)wide : PRESSED_OTHER;
}

int keyboard_key(bool raw)
{
	int byte, key = PRESSED_NONE;

	while (!key && (byte = getch()) != ERR)
		key = byte == KEY_RESIZE ? PRESSED_NONE :
			byte > 0xff ? named(byte) :
			byte < ' ' || byte == 0x7f ? control(byte, raw) :
			character(byte);
	return key;
}
