/* The privileged process: new disks, made by a process without privileges. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "confine.h"
#include "disk/disk.h"
#include "helper_files.h"
#include "store_folder.h"

#define MAKER_FILES	16u

/* VHD is only read. */
static bool is_form(const struct helper_disk *disk)
{
	return (disk->format == DISK_RAW || disk->format == DISK_VHDX) &&
		disk->size >= DISK_SIZE_MIN && disk->size <= DISK_SIZE_MAX &&
		!(disk->size % DISK_SECTOR) && disk->block <= UINT32_MAX &&
		disk->fixed <= 1;
}

/* The program does what it does for an administrator; the image is its
 * CONFINE_FIRST. */
static int start_maker(struct work *work, struct job *job)
{
	const struct helper *helper = work->helper;
	const struct helper_disk *disk = &work->request->disk;
	char size[24], block[24], image[8];
	char *words[] = { "disk", "create", image, size, "--format",
		disk->format == DISK_RAW ? "raw" : "vhdx",
		disk->fixed ? "--fixed" : NULL, NULL, NULL, NULL };
	char **end = words + 6 + disk->fixed;
	const struct confinement confinement = {
		.id = helper->first_user + helper->users,
		.root = helper->root, .cgroup = -1, .log = job->output,
		.fds = &job->file.fd, .fd_count = 1,
		.threads = HELPER_JOBS, .files = MAKER_FILES,
	};
	const char *step;

	snprintf(image, sizeof(image), "%u", CONFINE_FIRST);
	snprintf(size, sizeof(size), "%" PRIu64, disk->size);
	snprintf(block, sizeof(block), "%" PRIu64, disk->block);
	if (disk->block) {
		end[0] = "--block";
		end[1] = block;
	}
	job->process = confine_start(&confinement, helper->disk, words, &step);
	return job->process >= 0 ? 0 : trouble(&work->why, job->process,
		"a disk cannot be made: %s: %s", step,
		strerror(-job->process));
}

/* A folder that can be written to, not one that is only named. */
static int open_file(struct work *work, struct newfile *file)
{
	const char *name;
	int place = files_place(work, &name), at, folder, error;

	if (place < 0)
		return place;
	at = image_folder(place, &name);
	close(place);
	folder = at < 0 ? at : folder_open(at, ".");
	if (at >= 0)
		close(at);
	error = folder < 0 ? folder : newfile_begin(file, folder, name);
	return error ? trouble(&work->why, error, "the file %.160s cannot be "
		"made: %s", work->request->file, strerror(-error)) : 0;
}

int helper_disk_create(struct work *work)
{
	struct jobs *jobs = &work->helper->jobs;
	struct job *job;
	int error;

	if (!is_form(&work->request->disk))
		return trouble(&work->why, -EINVAL, "a disk has 1 MB to 64 TB "
			"in sectors of 512 bytes, as raw or vhdx");
	job = jobs_begin(jobs);
	if (!job)
		return -errno;
	error = open_file(work, &job->file);
	if (!error)
		error = start_maker(work, job);
	if (!error)
		error = work_job(work, job);
	if (error)
		job_drop(job);
	return error;
}
