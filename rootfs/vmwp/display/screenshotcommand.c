/* What the control socket asks of the picture. */
/* SPDX-License-Identifier: MIT */
#include "display/screenshotcommand.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "display/png.h"

/* copy: its pixels are the caller's to free. */
static int copy_picture(
	struct screen *screen, pthread_mutex_t *lock, struct picture *copy)
{
	const struct picture *picture;
	size_t size;

	copy->pixel = NULL;
	pthread_mutex_lock(lock);
	picture = screen_draw(screen);
	if (picture) {
		*copy = *picture;
		size = (size_t)picture->width * picture->height *
			sizeof(*picture->pixel);
		copy->pixel = malloc(size ? size : 1);
		if (copy->pixel)
			memcpy(copy->pixel, picture->pixel, size);
	}
	pthread_mutex_unlock(lock);
	return copy->pixel ? 0 : -ENOMEM;
}

int screenshotcommand(struct screen *screen, pthread_mutex_t *lock,
	struct control_screenshot *answer, int *fd)
{
	struct picture copy;
	int result;

	if (!screen)
		return -EOPNOTSUPP;
	result = copy_picture(screen, lock, &copy);
	if (result)
		return result;
	result = picture_to_png(&copy, &answer->size);
	free(copy.pixel);
	if (result < 0)
		return result;
	answer->width = copy.width;
	answer->height = copy.height;
	*fd = result;
	return 0;
}
