/* In a guest: sets a mode of the first screen and fills it. */
/* SPDX-License-Identifier: MIT */
/*
 * usage: picture WIDTH HEIGHT LEFT RIGHT   colours, six hexadecimal digits
 *
 * Says the driver's name and "shown", and keeps the picture until its input ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <drm.h>
#include <drm_mode.h>

#define MODES	256

static int card;

static void must(unsigned long request, void *argument, const char *what)
{
	if (!ioctl(card, request, argument))
		return;
	fprintf(stderr, "picture: %s: %s\n", what, strerror(errno));
	exit(1);
}

#define MUST(name, argument)	must(DRM_IOCTL_##name, argument, #name)

static void say_driver(void)
{
	char name[64] = "";
	struct drm_version version = {
		.name = name, .name_len = sizeof(name) - 1,
	};

	MUST(VERSION, &version);
	printf("driver %s\n", name);
}

/* The first CRTC and connector. */
static void find_screen(uint32_t *crtc, uint32_t *connector)
{
	uint32_t crtcs[16], connectors[16];
	struct drm_mode_card_res resources = {
		.crtc_id_ptr = (uintptr_t)crtcs, .count_crtcs = 16,
		.connector_id_ptr = (uintptr_t)connectors,
		.count_connectors = 16,
	};

	MUST(MODE_GETRESOURCES, &resources);
	*crtc = crtcs[0];
	*connector = connectors[0];
}

static struct drm_mode_modeinfo find_mode(uint32_t connector,
	unsigned int width, unsigned int height)
{
	static struct drm_mode_modeinfo modes[MODES];
	struct drm_mode_get_connector get = { .connector_id = connector };
	unsigned int i;

	/* The first one has the driver look which modes there are. */
	MUST(MODE_GETCONNECTOR, &get);
	get = (struct drm_mode_get_connector){
		.connector_id = connector,
		.modes_ptr = (uintptr_t)modes, .count_modes = MODES,
	};
	MUST(MODE_GETCONNECTOR, &get);
	for (i = 0; i < get.count_modes && i < MODES; i++)
		if (modes[i].hdisplay == width && modes[i].vdisplay == height)
			return modes[i];
	fprintf(stderr, "picture: no mode %u x %u among %u\n", width, height,
		get.count_modes);
	exit(1);
}

/* A frame buffer with two colours: its number. */
static uint32_t paint(unsigned int width, unsigned int height, uint32_t left,
	uint32_t right)
{
	struct drm_mode_create_dumb dumb = {
		.width = width, .height = height, .bpp = 32,
	};
	struct drm_mode_fb_cmd fb = {
		.width = width, .height = height, .bpp = 32, .depth = 24,
	};
	struct drm_mode_map_dumb map = { 0 };
	unsigned int x, y;
	uint32_t *dots;

	MUST(MODE_CREATE_DUMB, &dumb);
	fb.handle = map.handle = dumb.handle;
	fb.pitch = dumb.pitch;
	MUST(MODE_ADDFB, &fb);
	MUST(MODE_MAP_DUMB, &map);
	dots = mmap(NULL, dumb.size, PROT_READ | PROT_WRITE, MAP_SHARED, card,
		(off_t)map.offset);
	if (dots == MAP_FAILED) {
		perror("picture: mmap");
		exit(1);
	}
	for (y = 0; y < height; y++)
		for (x = 0; x < width; x++)
			dots[y * (dumb.pitch / 4) + x] =
				x < width / 2 ? left : right;
	return fb.fb_id;
}

int main(int argc, char **argv)
{
	uint32_t crtc, connector;
	struct drm_mode_crtc set = { .mode_valid = 1, .count_connectors = 1 };
	struct drm_mode_fb_dirty_cmd dirty = { 0 };
	unsigned int width, height;
	char byte;

	if (argc != 5) {
		fprintf(stderr, "usage: picture WIDTH HEIGHT LEFT RIGHT\n");
		return 2;
	}
	width = (unsigned int)strtoul(argv[1], NULL, 10);
	height = (unsigned int)strtoul(argv[2], NULL, 10);
	card = open("/dev/dri/card0", O_RDWR);
	if (card < 0) {
		perror("picture: /dev/dri/card0");
		return 1;
	}
	say_driver();
	find_screen(&crtc, &connector);
	set.mode = find_mode(connector, width, height);
	set.fb_id = paint(width, height, (uint32_t)strtoul(argv[3], NULL, 16),
		(uint32_t)strtoul(argv[4], NULL, 16));
	set.crtc_id = crtc;
	set.set_connectors_ptr = (uintptr_t)&connector;
	MUST(MODE_SETCRTC, &set);
	dirty.fb_id = set.fb_id;
	MUST(MODE_DIRTYFB, &dirty);
	puts("shown");
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		continue;
	return 0;
}
