/* Errors of a medium: all I/O stands still until it is resumed. */
/* SPDX-License-Identifier: MIT */
#include "storage/trouble.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "say.h"
#include "storage/storvsp.h"

#define PATIENCE 5		/* s, for requests that have not come back */

bool trouble_none(struct storvsp *storvsp)
{
	bool works;

	pthread_mutex_lock(&storvsp->lock);
	works = !storvsp->critical.is;
	pthread_mutex_unlock(&storvsp->lock);
	return works;
}

bool trouble_begin(struct storvsp *storvsp, unsigned int lun,
	struct image *image, int error)
{
	struct trouble *critical = &storvsp->critical;
	bool first, there;

	disk_poison(image->disk, error);
	atomic_store(&image->failed, true);
	pthread_mutex_lock(&storvsp->lock);
	there = lun_drive_of(storvsp, lun, image);
	first = there && !critical->is;
	if (first) {
		*critical = (struct trouble){
			.is = true, .lun = lun, .error = error };
		snprintf(critical->name, sizeof(critical->name), "%s",
			image->name);
	}
	pthread_mutex_unlock(&storvsp->lock);
	if (first && storvsp->first_id)
		say("critical: an IDE disk, %s: %s; its I/O stands still",
			image->name, strerror(-error));
	else if (first)
		say("critical: LUN %u, %s: %s; the VM's I/O stands still",
			lun, image->name, strerror(-error));
	return there;
}

static int reopen(struct storvsp *storvsp, unsigned int lun,
	struct image *image, struct disk_error *error)
{
	struct drive *drive;
	int result = image_reopen(image, error);

	pthread_mutex_lock(&storvsp->lock);
	drive = lun_drive_of(storvsp, lun, image);
	if (!result && drive &&
	    drive->unit.size != disk_facts(image->disk)->size /
	    drive->unit.sector * drive->unit.sector)
		drive_resized(drive);
	if (result && drive) {
		storvsp->critical.lun = lun;
		storvsp->critical.error = result;
		snprintf(storvsp->critical.name,
			sizeof(storvsp->critical.name), "%s", image->name);
	}
	pthread_mutex_unlock(&storvsp->lock);
	return result;
}

/* The image of a LUN, if it has failed; the caller puts it. */
static struct image *failed_image(struct storvsp *storvsp, unsigned int lun)
{
	struct image *image;

	pthread_mutex_lock(&storvsp->lock);
	image = storvsp->drives[lun].image;
	if (image && !atomic_load(&image->failed) && image->disk &&
	    !disk_poisoned(image->disk))
		image = NULL;
	if (image)
		image_take(image);
	pthread_mutex_unlock(&storvsp->lock);
	return image;
}

static int reopen_all(struct storvsp *storvsp, struct disk_error *error)
{
	struct image *image;
	unsigned int lun;
	int result = 0;

	for (lun = 0; lun < STORVSP_LUNS && !result; lun++) {
		image = failed_image(storvsp, lun);
		if (!image)
			continue;
		result = reopen(storvsp, lun, image, error);
		image_put(image);
	}
	return result;
}

/* Who asked can ask again; a medium may take what time it wants. */
static int wait_for_all(struct storvsp *storvsp)
{
	struct timespec until;
	int result = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PATIENCE;
	pthread_mutex_lock(&storvsp->lock);
	while (storvsp->critical.is && atomic_load(&storvsp->working) &&
	       !result)
		result = pthread_cond_timedwait(
			&storvsp->idle, &storvsp->lock, &until);
	if (result)
		result = -EBUSY;
	else if (!storvsp->critical.is)
		result = -EALREADY;
	pthread_mutex_unlock(&storvsp->lock);
	return result;
}

int trouble_resume(struct storvsp *storvsp, struct disk_error *error)
{
	int result;

	error->text[0] = 0;
	result = wait_for_all(storvsp);
	if (!result)
		result = reopen_all(storvsp, error);
	if (result)
		return result;
	pthread_mutex_lock(&storvsp->lock);
	storvsp->critical.is = false;
	pthread_mutex_unlock(&storvsp->lock);
	say("the VM's I/O goes on");
	storvsp_wake(storvsp);
	return 0;
}

void trouble_show(struct storvsp *storvsp,
	struct trouble *critical)
{
	pthread_mutex_lock(&storvsp->lock);
	*critical = storvsp->critical;
	pthread_mutex_unlock(&storvsp->lock);
}
