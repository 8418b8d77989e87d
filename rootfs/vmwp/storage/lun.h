/* LUNs: what commands do with them, and how they come and go. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_STORAGE_LUN_H
#define VMWP_STORAGE_LUN_H

#include "storage/drive.h"
#include "storage/request.h"

struct storvsp;

/*
 * LUNs come and go: any thread but a queue's, without a lock. 0; -EINVAL: there
 * is no such LUN, or it is not that kind of drive, or the disk's sectors are not
 * what IDE has; -EBUSY: it is there, or
 * the guest has not noticed yet that another one went; -ENOENT: it is not there.
 * On success an image's user has become the drive's.
 */
int lun_add(struct storvsp *storvsp, unsigned int lun, enum scsi_kind kind,
	struct image *image);
int lun_remove(struct storvsp *storvsp, unsigned int lun);
int lun_insert(struct storvsp *storvsp, unsigned int lun,
	struct image *image);
int lun_eject(struct storvsp *storvsp, unsigned int lun);
/* size 0: what the file of a raw image has by now. Also the library's errors. */
int lun_grow(struct storvsp *storvsp, unsigned int lun, uint64_t size);

struct lun_view {
	bool present;
	enum scsi_kind kind;
	bool loaded, read_only, failed;
	enum disk_format format;
	uint64_t size;
	char name[IMAGE_NAME];
};
void lun_show(struct storvsp *storvsp, unsigned int lun,
	struct lun_view *drive);
/* Within the controller. */

enum lun_verdict {
	LUN_STOPPED,	/* it is kept */
	LUN_ABSENT,
	LUN_WRONG,
	LUN_REPLY,		/* the command has answered */
	LUN_WORK,		/* the request has an image's user */
};
/* Decodes and does what needs no image's data. */
enum lun_verdict lun_decide(struct storvsp *storvsp,
	struct request *request, struct scsi_command *command);
/*
 * For who reaches a drive without a channel (ide/): any thread, without a lock or
 * with the device lock, but not lun_command() and lun_let_go() with that one, as
 * they may wait for the medium.
 */
/* false: there is no drive. */
bool lun_unit(struct storvsp *storvsp, unsigned int lun,
	struct scsi_unit *unit);
/* LUN_STOPPED, LUN_ABSENT, or LUN_REPLY: decoded, with what needs no image's
 * data done, and the serial of the medium that was there; 0: none. */
enum lun_verdict lun_command(struct storvsp *storvsp, unsigned int lun,
	struct scsi_command *command, uint64_t *serial);
/* LUN_STOPPED; LUN_ABSENT: that image is not there any more; LUN_WORK: the
 * caller is its user until lun_let_go(), and counts as at work. */
enum lun_verdict lun_hold(struct storvsp *storvsp, unsigned int lun,
	uint64_t serial, struct image **image);
void lun_let_go(struct storvsp *storvsp, struct image *image);

/* Of the disk that is there now, for which a request has come; 0: none. */
uint64_t lun_disk(const struct storvsp *storvsp, unsigned int lun);
/* The image's serial of each LUN; 0: none. */
void lun_serials(struct storvsp *storvsp, uint64_t *serials);
/* The LUN's drive if it still has the image; storage lock held. */
struct drive *lun_drive_of(struct storvsp *storvsp, unsigned int lun,
	const struct image *image);

#endif
