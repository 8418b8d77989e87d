/* A picture as PNG. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_DISPLAY_PNG_H
#define VMWP_DISPLAY_PNG_H

#include "display/screen.h"

/* In a sealed memfd, to be read from its beginning; owned by the caller.
 * *size: bytes. The descriptor, or -errno; -EINVAL: the picture is empty. */
int picture_to_png(const struct picture *picture, uint64_t *size);

#endif
