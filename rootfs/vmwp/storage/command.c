/* What the control socket asks of the SCSI controller, or of an IDE place. */
/* SPDX-License-Identifier: MIT */
#include "storage/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "storage/storvsp.h"

static_assert(sizeof(((struct control_storage *)0)->name) == IMAGE_NAME &&
	sizeof(((struct control_storage *)0)->text) ==
	sizeof(((struct disk_error *)0)->text), "they fit");

/* A name stands in log lines: letters that cannot forge one. */
static bool name_good(const char *name, size_t size)
{
	const char *at;

	if (!memchr(name, 0, size) || !*name)
		return false;
	for (at = name; *at; at++)
		if ((uint8_t)*at < ' ' || *at == 0x7f)
			return false;
	return true;
}

static int open_image(const struct control_storage_request *request, int *fd,
	struct image **image, struct control_storage *answer)
{
	struct image_source source = {
		.fd = *fd,
		.format = request->format,
		.read_only = request->read_only || request->format == DISK_VHD,
		.name = request->name,
		.path = request->name,
	};
	struct disk_error error = { "" };
	int result;

	if (*fd < 0)
		return -EBADF;
	if (request->format >= DISK_FORMATS || request->read_only > 1 ||
	    !name_good(request->name, sizeof(request->name)))
		return -EINVAL;
	if (request->kind == CONTROL_DVD) {
		if (request->format != DISK_RAW)
			return -EINVAL;
		source.read_only = true;
	}
	result = image_open(image, &source, &error);
	memcpy(answer->text, error.text, sizeof(answer->text));
	if (!result)
		*fd = -1;
	return result;
}

static int add(struct storvsp *storvsp, unsigned int lun,
	const struct control_storage_request *request, int *fd,
	struct control_storage *answer)
{
	enum scsi_kind kind = request->kind == CONTROL_DVD ?
		SCSI_DVD : SCSI_DISK;
	struct image *image = NULL;
	int error = 0;

	if (request->kind != CONTROL_DISK && request->kind != CONTROL_DVD)
		return -EINVAL;
	if (kind == SCSI_DISK || *fd >= 0)
		error = open_image(request, fd, &image, answer);
	if (error)
		return error;
	error = lun_add(storvsp, lun, kind, image);
	if (error && image)
		image_put(image);
	return error;
}

static int insert(struct storvsp *storvsp, unsigned int lun,
	const struct control_storage_request *request, int *fd,
	struct control_storage *answer)
{
	struct image *image;
	int error;

	if (request->kind != CONTROL_DVD)
		return -EINVAL;
	error = open_image(request, fd, &image, answer);
	if (error)
		return error;
	error = lun_insert(storvsp, lun, image);
	if (error)
		image_put(image);
	return error;
}

static int resume(struct storvsp *storvsp, struct control_storage *answer)
{
	struct disk_error error;
	int result = trouble_resume(storvsp, &error);

	memcpy(answer->text, error.text, sizeof(answer->text));
	return result;
}

static int act(struct storvsp *storvsp, unsigned int lun,
	const struct control_storage_request *request, int *fd,
	struct control_storage *answer)
{
	switch (request->request.type) {
	case CONTROL_STORAGE_ADD:
		return add(storvsp, lun, request, fd, answer);
	case CONTROL_STORAGE_REMOVE:
		return lun_remove(storvsp, lun);
	case CONTROL_STORAGE_INSERT:
		return insert(storvsp, lun, request, fd, answer);
	case CONTROL_STORAGE_EJECT:
		return lun_eject(storvsp, lun);
	case CONTROL_STORAGE_GROW:
		return lun_grow(storvsp, lun, request->size);
	case CONTROL_STORAGE_RESUME:
		return resume(storvsp, answer);
	default:
		return lun < STORVSP_LUNS ? 0 : -EINVAL;
	}
}

/* As a request names it. */
static uint32_t request_place(const struct storvsp *storvsp, unsigned int lun)
{
	return storvsp->first_id ?
		CONTROL_IDE + storvsp->first_id - STORVSP_IDE_ID : lun;
}

static void show(struct storvsp *storvsp, unsigned int lun,
	struct control_storage *answer)
{
	struct trouble critical;
	struct lun_view drive;

	lun_show(storvsp, lun, &drive);
	trouble_show(storvsp, &critical);
	answer->present = drive.present;
	answer->kind = drive.kind == SCSI_DVD ? CONTROL_DVD : CONTROL_DISK;
	answer->loaded = drive.loaded;
	answer->read_only = drive.read_only;
	answer->failed = drive.failed;
	answer->format = drive.format;
	answer->size = drive.size;
	memcpy(answer->name, drive.name, sizeof(answer->name));
	answer->critical = critical.is;
	if (!critical.is)
		return;
	answer->critical_lun = request_place(storvsp, critical.lun);
	answer->critical_error = critical.error;
	memcpy(answer->critical_name, critical.name,
		sizeof(answer->critical_name));
}

int command_storage(struct storvsp *storvsp, unsigned int lun,
	const struct control_storage_request *request, int *fd,
	struct control_storage *answer)
{
	int error;

	if (!storvsp)
		return -EOPNOTSUPP;
	error = act(storvsp, lun, request, fd, answer);
	show(storvsp, lun, answer);
	return error;
}
