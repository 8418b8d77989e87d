/* A VM's screen: one picture, whoever draws it and whoever looks. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_DISPLAY_SCREEN_H
#define VMWP_DISPLAY_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCREEN_WIDTH_MAX	1920u
#define SCREEN_HEIGHT_MAX	1200u
#define SCREEN_COLUMNS_MAX	160u
#define SCREEN_ROWS_MAX		100u

struct rectangle {
	unsigned int x, y, width, height;
};

/* 32 bits a pixel, 0x00RRGGBB in the host's order, rows without a gap. */
struct picture {
	uint32_t *pixel;	/* owned by the screen; of the largest size */
	unsigned int width, height;
	/* One rectangle around all that was drawn; width 0: nothing. */
	struct rectangle changed;
};

/* Unicode characters, from the left top; attributes are VGA's. */
struct screen_text {
	unsigned int columns, rows;
	unsigned int cursor_column, cursor_row;
	bool cursor;
	uint16_t character[SCREEN_ROWS_MAX * SCREEN_COLUMNS_MAX];
	uint8_t attribute[SCREEN_ROWS_MAX * SCREEN_COLUMNS_MAX];
};

/* Who draws: VGA, or the synthetic video device. Device lock held. */
struct screen_source {
	/* What changed since the last call, or all of it, into the picture
	 * (picture_resize() first, picture_changed() after). */
	void (*draw)(void *context, struct picture *picture, bool whole);
	/* false: no text is shown, but graphics. NULL: never text. */
	bool (*text)(void *context, struct screen_text *text);
	void *context;
};

enum screen_source_kind { SCREEN_VGA, SCREEN_SYNTHETIC, SCREEN_SOURCES };

struct screen {
	struct picture picture;
	struct screen_source source[SCREEN_SOURCES];
	bool active[SCREEN_SOURCES];	/* the highest active one is shown */
	bool whole;			/* the next draw is of everything */
	/* How often it was drawn: who looks, and finds that others did in
	 * between, has missed what changed then. */
	unsigned int draws;
};

/* Memory for the picture is taken at the first draw. 0 or -errno. */
int screen_init(struct screen *screen);
void screen_exit(struct screen *screen);
/* A source comes, and goes out of use or into it. */
void screen_source(struct screen *screen, enum screen_source_kind kind,
	const struct screen_source *source);
void screen_use(struct screen *screen, enum screen_source_kind kind, bool use);

/* Brings the picture up to date. What changed is in picture.changed until the
 * next call. NULL: no memory for it. */
const struct picture *screen_draw(struct screen *screen);
bool screen_read_text(struct screen *screen, struct screen_text *text);

/* For sources. A larger size than the maximum is cut. */
void picture_resize(
	struct picture *picture, unsigned int width, unsigned int height);
void picture_changed(struct picture *picture, unsigned int x, unsigned int y,
	unsigned int width, unsigned int height);

#endif
