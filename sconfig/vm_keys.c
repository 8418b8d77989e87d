/* Keys of this terminal, as `vm screen --keys` takes them. */
/* SPDX-License-Identifier: MIT */
#include "vm_keys.h"

#include <stdio.h>

#include "terminal.h"

static const struct { int key; const char *name; } names[] = {
	{ PRESSED_ENTER, "enter" }, { PRESSED_TAB, "tab" },
	{ PRESSED_ESCAPE, "esc" }, { PRESSED_BACKSPACE, "backspace" },
	{ PRESSED_DELETE, "delete" }, { PRESSED_INSERT, "insert" },
	{ PRESSED_HOME, "home" }, { PRESSED_END, "end" },
	{ PRESSED_UP, "up" }, { PRESSED_DOWN, "down" },
	{ PRESSED_LEFT, "left" }, { PRESSED_RIGHT, "right" },
	{ PRESSED_PAGE_UP, "pageup" }, { PRESSED_PAGE_DOWN, "pagedown" },
	{ PRESSED_BACK_TAB, "shift-tab" }, { '<', "lt" },
};

static bool put_name(int key, char text[VM_KEY])
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].key == key) {
			snprintf(text, VM_KEY, "<%s>", names[i].name);
			return true;
		}
	return false;
}

bool vm_keys_name(int key, char text[VM_KEY])
{
	if (put_name(key, text))
		return true;
	if (key >= PRESSED_F2 && key <= PRESSED_F12)
		snprintf(text, VM_KEY, "<f%d>", key - PRESSED_F2 + 2);
	else if (key > 0 && key < ' ')
		snprintf(text, VM_KEY, "<ctrl-%c>", key <= 26 ? key + 'a' - 1 :
			key + '@');
	else if (key >= ' ' && key < 0x7f)
		snprintf(text, VM_KEY, "%c", key);
	else
		return false;
	return true;
}
