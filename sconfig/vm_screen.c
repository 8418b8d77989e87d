/* A VM's screen and keyboard: `vm screen`, again and again. */
/* SPDX-License-Identifier: MIT */
#include "vm.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "loop.h"
#include "terminal.h"
#include "vm_glyphs.h"
#include "vm_keys.h"

enum { LOOK_MS = 1000, KEYS_BYTES = 900, LINE_BYTES = 1024 };
enum { LEAVE = ']' & 0x1f, MORE = '\\' & 0x1f };

struct screen {
	struct page page;
	struct ask ask;
	struct loop_timer again;
	json_t *shown;		/* the last answer; NULL: there is none */
	char keys[KEYS_BYTES];	/* to be sent */
	bool sent;		/* there were some with what is asked */
	bool more;		/* the next key is not the guest's */
	bool moved;		/* the view does not follow the cursor */
	int top, left, rows;
	char trouble[ASK_TEXT];	/* the service's, until its next answer */
	char why[ASK_TEXT];	/* ours, until the next key */
	char line[ASK_TEXT];	/* the last one of the terminal */
};

static const char keys_text[] = "Ctrl-] back  Ctrl-\\ more keys  F1 help";
static const char more_text[] = "Arrows move  1..9 0 - = F1..F12  "
	"d Ctrl-Alt-Del  ] \\ as Ctrl  Esc goes on";

static void look(struct screen *screen)
{
	struct typed typed;

	if (screen->ask.runs)
		return;
	loop_stop(&screen->again);
	typed_clear(&typed);
	typed_table(&typed, "screen @", screen->page.subject, NULL);
	screen->sent = screen->keys[0];
	if (screen->sent)
		typed_join(&typed, "--keys=", screen->keys);
	screen->keys[0] = '\0';
	ask_begin(&screen->ask, &typed);
}

static void look_again(struct loop_timer *timer)
{
	look(timer->context);
}

static void looked(struct ask *ask)
{
	struct screen *screen = ask->context;

	strcpy(screen->trouble, ask->result ? "" : ask->error);
	/* A key that is refused changes nothing of what is seen. */
	if (ask->result || !screen->sent) {
		json_decref(screen->shown);
		screen->shown = json_incref((json_t *)ask->result);
	}
	if (screen->keys[0])
		look(screen);
	else
		loop_after(&screen->again, LOOK_MS);
}

static int number(const json_t *object, const char *key)
{
	return (int)json_integer_value(json_object_get(object, key));
}

static int clamp(int at, int size, int room)
{
	if (at > size - room)
		at = size - room;
	return at < 0 ? 0 : at;
}

/* So that a place is seen. */
static int follow(int at, int place, int room)
{
	return place < at ? place : place >= at + room ? place - room + 1 : at;
}

static void move_view(struct screen *screen, const json_t *cursor, int rows)
{
	int columns = terminal_columns();
	int x = (int)json_integer_value(json_array_get(cursor, 0));
	int y = (int)json_integer_value(json_array_get(cursor, 1));

	screen->rows = rows;
	if (cursor && !screen->moved) {
		screen->top = follow(screen->top, y, rows);
		screen->left = follow(screen->left, x, columns);
	}
	screen->top = clamp(screen->top, (int)json_array_size(
		json_object_get(screen->shown, "text")), rows);
	screen->left = clamp(screen->left, number(screen->shown, "width"),
		columns);
	if (cursor && y >= screen->top && y < screen->top + rows &&
	    x >= screen->left && x < screen->left + columns)
		terminal_cursor(y - screen->top, x - screen->left);
}

static void draw_text(struct screen *screen, int rows)
{
	const json_t *text = json_object_get(screen->shown, "text");
	char line[LINE_BYTES];
	const char *from;
	int i;

	move_view(screen, json_object_get(screen->shown, "cursor"), rows);
	for (i = 0; i < rows; i++) {
		from = json_string_value(json_array_get(text,
			(size_t)(screen->top + i)));
		vm_glyphs(from ? from : "", screen->left, line, sizeof(line));
		terminal_put(i, 0, terminal_columns(), line, STYLE_PLAIN);
	}
}

static void draw_sentence(const char *text, int rows)
{
	int i;

	for (i = 0; i < rows; i++)
		page_row(i, "");
	page_wrap(1, rows - 1, 1, terminal_columns() - 2, text);
}

/* Pictures are for viewers. */
static void draw_graphics(const struct screen *screen, int rows)
{
	const char *name = screen->page.subject;
	char host[65] = "HOST", text[ASK_TEXT];

	gethostname(host, sizeof(host) - 1);
	snprintf(text, sizeof(text), "The screen of %.63s shows graphics, %d x "
		"%d, which a terminal does not. What is typed here goes to it "
		"all the same.\n\nAny VNC viewer shows it. On your own "
		"machine:\n\n    ssh -N -L 5901:/run/socle/vms/%.63s/screen "
		"%.64s &\n    vncviewer localhost:1\n\nOr take its picture, "
		"on this machine or your own:\n\n    vm screen %.63s --png "
		"FILE", name, number(screen->shown, "width"),
		number(screen->shown, "height"), name, host, name);
	draw_sentence(text, rows);
}

static void draw(struct page *page, int row, int rows)
{
	struct screen *screen = (struct screen *)page;

	(void)row;
	if (!screen->shown)
		draw_sentence(screen->trouble[0] ? screen->trouble : "...",
			rows);
	else if (json_object_get(screen->shown, "text"))
		draw_text(screen, rows);
	else
		draw_graphics(screen, rows);
}

static void add(struct screen *screen, const char *text)
{
	if (strlen(screen->keys) + strlen(text) >= sizeof(screen->keys)) {
		snprintf(screen->why, sizeof(screen->why), "The VM has not "
			"taken what was typed before: wait a little.");
		return;
	}
	strcat(screen->keys, text);
	screen->moved = false;
	look(screen);
}

static void type(struct screen *screen, int key)
{
	char text[VM_KEY];

	if (vm_keys_name(key, text))
		add(screen, text);
	else
		snprintf(screen->why, sizeof(screen->why), "A VM's keyboard, "
			"one of the United States, has no key for that.");
}

/* True: the view has moved, the next key is for us, too. */
static bool move(struct screen *screen, int key)
{
	switch (key) {
	case PRESSED_UP:
		screen->top--;
		break;
	case PRESSED_DOWN:
		screen->top++;
		break;
	case PRESSED_LEFT:
		screen->left -= 8;
		break;
	case PRESSED_RIGHT:
		screen->left += 8;
		break;
	case PRESSED_PAGE_UP:
		screen->top -= screen->rows;
		break;
	case PRESSED_PAGE_DOWN:
		screen->top += screen->rows;
		break;
	default:
		return false;
	}
	screen->moved = true;
	return true;
}

/* Keys that a terminal does not have, or that are ours. */
static void press_more(struct screen *screen, int key)
{
	static const char digits[] = "1234567890-=";
	const char *digit = key > 0 && key < 0x80 ? strchr(digits, key) : NULL;
	char text[VM_KEY];

	if (move(screen, key))
		return;
	screen->more = false;
	if (digit) {
		snprintf(text, sizeof(text), "<f%d>", (int)(digit - digits) + 1);
		add(screen, text);
	} else if (key == 'd') {
		add(screen, "<ctrl-alt-delete>");
	} else if (key == ']' || key == '\\') {
		type(screen, key & 0x1f);
	}
}

static void press(struct screen *screen, int key)
{
	if (key == PRESSED_NONE || key == PRESSED_OTHER ||
	    key == PRESSED_OVER)
		return;
	screen->why[0] = '\0';
	if (key == LEAVE)
		screen->page.over = true;
	else if (screen->more)
		press_more(screen, key);
	else if (key == MORE)
		screen->more = true;
	else
		type(screen, key);
}

static void say(struct screen *screen)
{
	const char *why = screen->why[0] ? screen->why :
		screen->shown ? screen->trouble : "";

	if (screen->more)
		snprintf(screen->line, sizeof(screen->line), "%s", more_text);
	else if (*why)
		snprintf(screen->line, sizeof(screen->line), "%.120s", why);
	else
		snprintf(screen->line, sizeof(screen->line), "VM %.30s  %s",
			screen->page.subject, keys_text);
	screen->page.keys = screen->line;
}

void vm_screen_run(struct page *page)
{
	struct screen screen = { .page = { .title = "Screen of @",
		.draw = draw, .types = true, .whole = true, .help = "The "
		"screen of the VM, once a second, and its keyboard: what is "
		"typed goes to it, but for these keys. Ctrl-] comes back to "
		"the menu; the VM goes on. F1 is this help. Ctrl-\\ makes the "
		"next key one of ours: digits, - and = are F1 to F12 of the "
		"VM, d is Ctrl-Alt-Delete, ] and \\ are Ctrl-] and Ctrl-\\, "
		"and arrows move the view of a screen that is larger than "
		"this terminal, until another key is typed. Letters are as "
		"on a keyboard of the United States.\n\nThe command that "
		"does the same is vm screen NAME, and vm screen NAME --keys "
		"TEXT." } };

	strcpy(screen.page.subject, page->subject);
	screen.ask = (struct ask){ .done = looked, .context = &screen };
	screen.again = (struct loop_timer){ .due = look_again,
		.context = &screen };
	page_open(&screen.page);
	terminal_raw(true);
	look(&screen);
	while (!screen.page.over) {
		say(&screen);
		press(&screen, page_key(&screen.page));
	}
	terminal_raw(false);
	ask_end(&screen.ask);
	loop_stop(&screen.again);
	json_decref(screen.shown);
	page_close(&screen.page);
	page_refresh();
}
