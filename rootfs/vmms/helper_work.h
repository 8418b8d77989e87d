/* What the parts of the privileged process share. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_HELPER_WORK_H
#define VMMS_HELPER_WORK_H

#include "crew.h"
#include "helper.h"
#include "jobs.h"
#include "parcel.h"

struct work;
typedef int work_function(struct work *work);

/* What the process has; descriptors are -1 where there is nothing. */
struct helper {
	struct store store;
	int program, disk;	/* vmwp, and what makes disks */
	int firmware;		/* folder */
	const char *driver;	/* path */
	const char *root;	/* confine.h */
	int run;		/* folder of the sockets' folders */
	struct cgroups cgroups;
	struct crew crew;
	struct jobs jobs;
	int host;		/* the process that does HOST; helper_host.h */
	gid_t administrators;
	uid_t first_user;	/* workers' */
	uint32_t users;
	work_function *const *functions;	/* HELPER_TYPES of them */
};

/* A request at work; out: what goes back. */
struct work {
	struct helper *helper;
	const struct helper_request *request;
	struct parcel *in, *out;
	uint32_t number;
	uint64_t size, free;
	struct trouble why;
};

/* All of them; helper_run() has the usual ones. */
extern work_function *const helper_functions[HELPER_TYPES];

/* Whether a text of a request ends within its size. */
bool work_ends(const char *text, size_t size);
/* These bytes go back in a file. 0 or -errno. */
int work_send(struct work *work, const void *bytes, size_t size);
/* The bytes of the index-th descriptor that came along, which the caller frees;
 * NULL with errno. */
char *work_received(struct work *work, unsigned int index, size_t *size);
/* Words that end with a zero each: how many, or -E2BIG, -EINVAL. words has room
 * for one more, which becomes NULL. */
int work_split(char *text, size_t size, char **words, unsigned int most);
/* The folder of the VM that is named: a descriptor or -errno. */
int work_folder(struct work *work);
/* The name of a VM that may be none: 0 or -EINVAL. */
int work_name(struct work *work);
/* What a job's beginning gives back. 0 or -errno. */
int work_job(struct work *work, struct job *job);
/* -EBUSY while the VM's worker lives. */
int work_idle(struct work *work);

/* helper_vms.c */
work_function helper_list_vms, helper_load, helper_save, helper_create,
	helper_rename, helper_delete, helper_mark;
/* helper_files.c */
work_function helper_image, helper_disk_delete, helper_list_files,
	helper_space;
/* helper_disk.c */
work_function helper_disk_create;
/* helper_worker.c */
work_function helper_sockets, helper_driver, helper_firmware, helper_worker,
	helper_limits, helper_find, helper_kill, helper_ended;
/* helper_nic.c */
work_function helper_tap, helper_tap_change;
int work_forget_taps(struct work *work);	/* of the VM; 0 or -errno */
/* helper_job.c */
work_function helper_host, helper_job;

#endif
