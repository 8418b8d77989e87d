/* A VGA's picture: drawn when somebody looks. */
/* SPDX-License-Identifier: MIT */
#include "display/vga_draw.h"

#include <string.h>

#include "display/vga.h"
#include "display/vga_lines.h"
#include "display/vga_memory.h"
#include "display/vga_text.h"
#include "display/vga_window.h"

static void draw_blank(struct picture *picture)
{
	memset(picture->pixel, 0, (size_t)picture->width * picture->height *
		sizeof(*picture->pixel));
	picture_changed(picture, 0, 0, picture->width, picture->height);
}

static void draw(struct vga *vga, const struct vga_mode *mode,
	struct picture *picture, bool whole)
{
	uint32_t colours[256];

	vga_mode_colours(vga, mode, colours);
	switch (mode->kind) {
	case VGA_BLANK:
		if (whole)
			draw_blank(picture);
		break;
	case VGA_TEXT:
		vga_text_draw(vga, mode, colours, picture, whole);
		break;
	default:
		vga_lines_draw(vga, mode, colours, picture, whole);
		break;
	}
}

/* What text modes have written is not looked for: they compare cells. */
void vga_draw(void *context, struct picture *picture, bool whole)
{
	struct vga *vga = context;
	struct vga_mode mode;

	vga_mode_read(vga, &mode);
	if (vga->whole || memcmp(&mode, &vga->mode, sizeof(mode)))
		whole = true;
	vga->whole = false;
	memcpy(&vga->mode, &mode, sizeof(mode));
	picture_resize(picture, mode.width, mode.height);
	draw(vga, &mode, picture, whole);
	if (mode.kind != VGA_TEXT)
		memset(vga->dirty, 0, sizeof(vga->dirty));
}

bool vga_read_text(void *context, struct screen_text *text)
{
	struct vga *vga = context;
	struct vga_mode mode;

	vga_mode_read(vga, &mode);
	/* One that is dark can be read, too. */
	if (!mode.columns)
		return false;
	vga_text_read(vga, &mode, text);
	return true;
}
