/* LUNs: what commands do with them, and how they come and go. */
/* SPDX-License-Identifier: MIT */
#include "storage/lun.h"

#include <errno.h>
#include <string.h>

#include "storage/inquiry.h"
#include "storage/storvsp.h"

static void report_luns(const struct storvsp *storvsp, bool ours,
	struct scsi_command *command)
{
	uint32_t size = 8, lun;

	for (lun = 0; ours && lun < STORVSP_LUNS; lun++) {
		if (!storvsp->drives[lun].present)
			continue;
		memset(command->data + size, 0, 8);
		command->data[size + 1] = lun;
		size += 8;
	}
	memset(command->data, 0, 8);
	scsi_put(command->data, 4, size - 8);
	if (command->answer > size)
		command->answer = size;
}

/* Of a place without a unit its LUNs and that it has none can be asked. */
static enum lun_verdict decide_absent(const struct storvsp *storvsp,
	bool ours, struct scsi_command *command)
{
	static const struct scsi_unit none = { .sector = DISK_SECTOR };
	struct scsi_unit unit = none;

	if (command->cdb[0] == 0xa0 && command->length >= 12) {
		scsi_decode(&unit, command);
		if (command->action == SCSI_LUNS)
			report_luns(storvsp, ours, command);
		return LUN_REPLY;
	}
	if (command->cdb[0] != 0x12 || command->length < 6)
		return LUN_ABSENT;
	scsi_decode(&unit, command);
	if (command->action != SCSI_FAIL)
		inquiry_absent(command);
	return LUN_REPLY;
}

static enum lun_verdict decide(struct storvsp *storvsp,
	struct request *request, struct drive *drive,
	struct scsi_command *command)
{
	scsi_decode(&drive->unit, command);
	switch (command->action) {
	case SCSI_READ:
	case SCSI_WRITE:
	case SCSI_FLUSH:
	case SCSI_UNMAP:
		request->image = drive->image;
		image_take(request->image);
		atomic_fetch_add(&storvsp->working, 1);
		return LUN_WORK;
	case SCSI_LUNS:
		report_luns(storvsp, true, command);
		break;
	default:
		break;
	}
	return LUN_REPLY;
}

uint64_t lun_disk(const struct storvsp *storvsp, unsigned int lun)
{
	return lun < STORVSP_LUNS ? atomic_load(&storvsp->disks[lun]) : 0;
}

/* Not what was there when the request came. A disc may go: the unit attention
 * says so. */
static bool is_other(const struct storvsp *storvsp,
	const struct request *request)
{
	return lun_disk(storvsp, request->packet.srb.lun) != request->serial;
}

enum lun_verdict lun_decide(struct storvsp *storvsp,
	struct request *request, struct scsi_command *command)
{
	const struct vstor_srb *srb = &request->packet.srb;
	bool ours = !srb->path && srb->target == storvsp->target;
	enum lun_verdict verdict = LUN_STOPPED;
	struct image *ejected = NULL;
	struct drive *drive = NULL;

	pthread_mutex_lock(&storvsp->lock);
	if (ours && srb->lun < STORVSP_LUNS)
		drive = &storvsp->drives[srb->lun];
	if (storvsp->critical.is) {
		;
	} else if (!drive || !drive->present) {
		verdict = decide_absent(storvsp, ours, command);
		if (drive && verdict == LUN_ABSENT)
			drive->haunted = false;
	} else if (is_other(storvsp, request)) {
		verdict = LUN_ABSENT;
	} else {
		verdict = decide(storvsp, request, drive, command);
		if (command->action == SCSI_EJECT)
			ejected = drive_eject(drive);
	}
	pthread_mutex_unlock(&storvsp->lock);
	if (ejected) {
		image_put(ejected);
		request->queue->stale = true;
	}
	return verdict;
}

bool lun_unit(struct storvsp *storvsp, unsigned int lun,
	struct scsi_unit *unit)
{
	const struct drive *drive = &storvsp->drives[lun];
	bool present;

	pthread_mutex_lock(&storvsp->lock);
	present = drive->present;
	*unit = drive->unit;
	pthread_mutex_unlock(&storvsp->lock);
	return present;
}

enum lun_verdict lun_command(struct storvsp *storvsp, unsigned int lun,
	struct scsi_command *command, uint64_t *serial)
{
	struct drive *drive = &storvsp->drives[lun];
	enum lun_verdict verdict = LUN_REPLY;
	struct image *ejected = NULL;

	pthread_mutex_lock(&storvsp->lock);
	if (storvsp->critical.is) {
		verdict = LUN_STOPPED;
	} else if (!drive->present) {
		verdict = LUN_ABSENT;
	} else {
		scsi_decode(&drive->unit, command);
		*serial = drive->image ? drive->image->serial : 0;
		if (command->action == SCSI_LUNS)
			report_luns(storvsp, true, command);
		if (command->action == SCSI_EJECT)
			ejected = drive_eject(drive);
	}
	pthread_mutex_unlock(&storvsp->lock);
	if (ejected) {
		image_put(ejected);
		storvsp_wake(storvsp);
	}
	return verdict;
}

enum lun_verdict lun_hold(struct storvsp *storvsp, unsigned int lun,
	uint64_t serial, struct image **image)
{
	const struct drive *drive = &storvsp->drives[lun];
	enum lun_verdict verdict = LUN_ABSENT;

	pthread_mutex_lock(&storvsp->lock);
	if (storvsp->critical.is) {
		verdict = LUN_STOPPED;
	} else if (drive->image && drive->image->serial == serial) {
		*image = drive->image;
		image_take(*image);
		atomic_fetch_add(&storvsp->working, 1);
		verdict = LUN_WORK;
	}
	pthread_mutex_unlock(&storvsp->lock);
	return verdict;
}

void lun_let_go(struct storvsp *storvsp, struct image *image)
{
	storvsp_ended(storvsp);
	image_put(image);
}

void lun_serials(struct storvsp *storvsp, uint64_t *serials)
{
	unsigned int lun;

	pthread_mutex_lock(&storvsp->lock);
	for (lun = 0; lun < STORVSP_LUNS; lun++)
		serials[lun] = storvsp->drives[lun].image ?
			storvsp->drives[lun].image->serial : 0;
	pthread_mutex_unlock(&storvsp->lock);
}

/* ATA's commands count sectors of 512 bytes. */
static bool fits(const struct storvsp *storvsp, enum scsi_kind kind,
	const struct image *image)
{
	return kind != SCSI_DISK || !storvsp->first_id ||
		disk_facts(image->disk)->logical == DISK_SECTOR;
}

int lun_add(struct storvsp *storvsp, unsigned int lun, enum scsi_kind kind,
	struct image *image)
{
	int error = 0;

	if (lun >= STORVSP_LUNS || (kind == SCSI_DISK && !image) ||
	    !fits(storvsp, kind, image))
		return -EINVAL;
	pthread_mutex_lock(&storvsp->lock);
	if (storvsp->drives[lun].present || storvsp->drives[lun].haunted)
		error = -EBUSY;
	else
		drive_add(&storvsp->drives[lun], storvsp->first_id + lun,
			kind, image);
	if (!error && kind == SCSI_DISK)
		atomic_store(&storvsp->disks[lun], image->serial);
	pthread_mutex_unlock(&storvsp->lock);
	if (!error)
		storvsp_changed(storvsp);
	return error;
}

/* The drive of the image at its place; storage lock held. */
struct drive *lun_drive_of(struct storvsp *storvsp, unsigned int lun,
	const struct image *image)
{
	struct drive *drive = &storvsp->drives[lun];

	return drive->image == image ? drive : NULL;
}

static int find(struct storvsp *storvsp, unsigned int lun,
	struct drive **drive)
{
	if (lun >= STORVSP_LUNS)
		return -EINVAL;
	*drive = &storvsp->drives[lun];
	return (*drive)->present ? 0 : -ENOENT;
}

static int find_dvd(struct storvsp *storvsp, unsigned int lun,
	struct drive **drive)
{
	int error = find(storvsp, lun, drive);

	return !error && (*drive)->unit.kind != SCSI_DVD ? -EINVAL : error;
}

/* A guest without a driver has nothing to notice. */
int lun_remove(struct storvsp *storvsp, unsigned int lun)
{
	struct image *image = NULL;
	struct drive *drive;
	bool known;
	int error;

	pthread_mutex_lock(storvsp->device_lock);
	known = storvsp->state == STORVSP_READY;
	pthread_mutex_unlock(storvsp->device_lock);
	pthread_mutex_lock(&storvsp->lock);
	error = find(storvsp, lun, &drive);
	if (!error) {
		image = drive_remove(drive);
		atomic_store(&storvsp->disks[lun], 0);
		drive->haunted = known;
	}
	pthread_mutex_unlock(&storvsp->lock);
	if (image)
		image_put(image);
	if (!error)
		storvsp_changed(storvsp);
	return error;
}

int lun_insert(struct storvsp *storvsp, unsigned int lun,
	struct image *image)
{
	struct drive *drive;
	int error;

	pthread_mutex_lock(&storvsp->lock);
	error = find_dvd(storvsp, lun, &drive);
	if (!error && drive->image)
		error = -EBUSY;
	if (!error)
		drive_insert(drive, image);
	pthread_mutex_unlock(&storvsp->lock);
	return error;
}

int lun_eject(struct storvsp *storvsp, unsigned int lun)
{
	struct image *image = NULL;
	struct drive *drive;
	int error;

	pthread_mutex_lock(&storvsp->lock);
	error = find_dvd(storvsp, lun, &drive);
	if (!error && !drive->image)
		error = -ENOENT;
	if (!error)
		image = drive_eject(drive);
	pthread_mutex_unlock(&storvsp->lock);
	if (image)
		image_put(image);
	storvsp_wake(storvsp);
	return error;
}

static int resize(struct image *image, uint64_t size)
{
	int error;

	if (!size && image->format != DISK_RAW)
		return -EINVAL;
	if (!size) {
		error = image->file.ops->size(&image->file, &size);
		if (error)
			return error;
		size -= size % DISK_SECTOR;
	}
	return disk_resize(image->disk, size);
}

/* It counts as at work: it is not opened anew meanwhile. */
int lun_grow(struct storvsp *storvsp, unsigned int lun, uint64_t size)
{
	struct image *image = NULL;
	struct drive *drive;
	int error;

	pthread_mutex_lock(&storvsp->lock);
	error = find(storvsp, lun, &drive);
	if (!error && drive->unit.kind != SCSI_DISK)
		error = -EINVAL;
	if (!error && storvsp->critical.is)
		error = -EBUSY;
	if (!error) {
		image = drive->image;
		image_take(image);
		atomic_fetch_add(&storvsp->working, 1);
	}
	pthread_mutex_unlock(&storvsp->lock);
	if (error)
		return error;
	error = resize(image, size);
	/* Data would go on as if nothing had happened. */
	if (error && disk_poisoned(image->disk))
		trouble_begin(storvsp, lun, image, error);
	pthread_mutex_lock(&storvsp->lock);
	drive = lun_drive_of(storvsp, lun, image);
	if (!error && drive)
		drive_resized(drive);
	pthread_mutex_unlock(&storvsp->lock);
	storvsp_ended(storvsp);
	image_put(image);
	if (!error)
		storvsp_changed(storvsp);
	return error;
}

void lun_show(struct storvsp *storvsp, unsigned int lun,
	struct lun_view *shown)
{
	const struct drive *drive;

	*shown = (struct lun_view){ 0 };
	if (lun >= STORVSP_LUNS)
		return;
	pthread_mutex_lock(&storvsp->lock);
	drive = &storvsp->drives[lun];
	shown->present = drive->present;
	shown->kind = drive->unit.kind;
	shown->loaded = drive->unit.loaded;
	shown->read_only = drive->unit.read_only;
	shown->size = drive->unit.size;
	if (drive->image) {
		shown->format = drive->image->format;
		shown->failed = atomic_load(&drive->image->failed);
		memcpy(shown->name, drive->image->name, IMAGE_NAME);
	}
	pthread_mutex_unlock(&storvsp->lock);
}
