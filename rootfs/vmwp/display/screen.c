/* A VM's screen: one picture, whoever draws it and whoever looks. */
/* SPDX-License-Identifier: MIT */
#include "screen.h"

#include <stdlib.h>
#include <string.h>

/* What is seen while nobody draws. */
#define BLANK_WIDTH	720u
#define BLANK_HEIGHT	400u

int screen_init(struct screen *screen)
{
	memset(screen, 0, sizeof(*screen));
	screen->whole = true;
	return 0;
}

void screen_exit(struct screen *screen)
{
	free(screen->picture.pixel);
	memset(screen, 0, sizeof(*screen));
}

static const struct screen_source *shown(const struct screen *screen)
{
	unsigned int kind = SCREEN_SOURCES;

	while (kind--)
		if (screen->active[kind] && screen->source[kind].draw)
			return &screen->source[kind];
	return NULL;
}

void screen_source(struct screen *screen, enum screen_source_kind kind,
	const struct screen_source *source)
{
	const struct screen_source none = { .draw = NULL };

	screen->source[kind] = source ? *source : none;
	screen->whole = true;
}

void screen_use(struct screen *screen, enum screen_source_kind kind, bool use)
{
	if (screen->active[kind] == use)
		return;
	screen->active[kind] = use;
	screen->whole = true;
}

static void draw_blank(struct picture *picture)
{
	picture_resize(picture, BLANK_WIDTH, BLANK_HEIGHT);
	memset(picture->pixel, 0, (size_t)picture->width * picture->height *
		sizeof(*picture->pixel));
	picture_changed(picture, 0, 0, picture->width, picture->height);
}

const struct picture *screen_draw(struct screen *screen)
{
	const struct screen_source *source = shown(screen);
	struct picture *picture = &screen->picture;
	bool whole = screen->whole;

	if (!picture->pixel)
		picture->pixel = calloc(SCREEN_WIDTH_MAX * SCREEN_HEIGHT_MAX,
			sizeof(*picture->pixel));
	if (!picture->pixel)
		return NULL;
	memset(&picture->changed, 0, sizeof(picture->changed));
	screen->whole = false;
	screen->draws++;
	if (source)
		source->draw(source->context, picture, whole);
	else if (whole)
		draw_blank(picture);
	return picture;
}

bool screen_read_text(struct screen *screen, struct screen_text *text)
{
	const struct screen_source *source = shown(screen);

	memset(text, 0, sizeof(*text));
	return source && source->text && source->text(source->context, text);
}

static unsigned int within(unsigned int value, unsigned int most)
{
	return value < most ? value : most;
}

void picture_resize(
	struct picture *picture, unsigned int width, unsigned int height)
{
	width = within(width, SCREEN_WIDTH_MAX);
	height = within(height, SCREEN_HEIGHT_MAX);
	if (picture->width == width && picture->height == height)
		return;
	picture->width = width;
	picture->height = height;
	picture->changed = (struct rectangle){ 0, 0, width, height };
}

void picture_changed(struct picture *picture, unsigned int x, unsigned int y,
	unsigned int width, unsigned int height)
{
	struct rectangle *all = &picture->changed;
	unsigned int right, bottom;

	x = within(x, picture->width);
	y = within(y, picture->height);
	right = x + within(width, picture->width - x);
	bottom = y + within(height, picture->height - y);
	if (right == x || bottom == y)
		return;
	if (!all->width) {
		*all = (struct rectangle){ x, y, right - x, bottom - y };
		return;
	}
	if (right < all->x + all->width)
		right = all->x + all->width;
	if (bottom < all->y + all->height)
		bottom = all->y + all->height;
	all->x = within(x, all->x);
	all->y = within(y, all->y);
	all->width = right - all->x;
	all->height = bottom - all->y;
}
