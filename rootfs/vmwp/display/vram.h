/* The memory of the synthetic video device, where its guest wants it. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_DISPLAY_VRAM_H
#define VMWP_DISPLAY_VRAM_H

#include "bus.h"
#include "display/screen.h"
#include "stream.h"
#include "window.h"

#define VRAM_SIZE	(16u << 20)

struct vram {
	struct window_host host;
	struct bus *mmio;
	uint8_t *memory;	/* owned; NULL: nowhere, and none is needed */
	uint64_t at;		/* guest-physical; 0: nowhere */
	bool shown;		/* by the window; else each access is an exit */
};

/* A picture in it: where, and as what. */
struct vram_mode {
	uint32_t offset, pitch;	/* bytes */
	uint32_t width, height;
	uint32_t depth;		/* 16 or 32 bits a pixel */
};

/* host, mmio: as the guest reaches it. */
void vram_init(struct vram *vram, const struct window_host *host,
	struct bus *mmio);
/* It is nowhere, its contents are gone. */
void vram_exit(struct vram *vram);

/* 0: it is there, and empty if it was nowhere before. -EINVAL: that is no place
 * for VMBus' devices; -errno. After an error it is nowhere, or if it cannot
 * be hidden where it was. */
int vram_move(struct vram *vram, uint64_t gpa);

/* All of the mode lies within. */
bool vram_mode_good(const struct vram_mode *mode);
/* A part of the picture, which lies in the mode's and in the picture's size. */
void vram_draw(const struct vram *vram, const struct vram_mode *mode,
	struct picture *picture, const struct rectangle *part);

/* Contents; it has its place already when they are loaded. 0 or -EINVAL. */
void vram_save(const struct vram *vram, struct stream *to);
int vram_load(struct vram *vram, struct stream *from);

#endif
