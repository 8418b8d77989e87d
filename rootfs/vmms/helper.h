/* The privileged process of vmms: what it is asked for, and how. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_HELPER_H
#define VMMS_HELPER_H

#include <assert.h>
#include <stdint.h>
#include <sys/types.h>

#include "image.h"
#include "name.h"
#include "store.h"

/*
 * One message for each request and reply (SOCK_SEQPACKET, a socket pair), in
 * order. What is of any length is in files in memory that come along. All that
 * is asked for is looked at as if a guest had said it. Nothing waits for
 * another process: what takes its time is a job.
 */
#define HELPER_FILE_MAX	(1u << 20)	/* bytes of one */

/* LOAD: bits of number. */
#define HELPER_NO_FILE	8		/* of those from this one on */
#define HELPER_MARKED	(1u << 16)	/* the text of MARK is there */
#define HELPER_MARK_MAX	64u		/* bytes of that text */

#define HELPER_QUEUES	16u		/* of a tap */
#define HELPER_JOBS	16u		/* at a time */
#define HELPER_UNKNOWN	0xffffffffu	/* a status that nobody has */

enum helper_type {
	/* VMs of all storage folders: reply.number of them, in a file of
	 * struct store_entry; a second one has sentences, a line each. */
	HELPER_LIST_VMS,
	/* A definition's generations: number has a bit for each that is there,
	 * or one of HELPER_NO_FILE for what is there and no definition; their
	 * files, the current one first. One that only cannot be read now is an
	 * error: it must not pass for one that is missing. HELPER_MARKED: the
	 * last file is MARK's. */
	HELPER_LOAD,
	/* The file that comes along becomes the current generation; number:
	 * what the one before becomes (enum generation). */
	HELPER_SAVE,
	HELPER_CREATE,	/* a VM, in storage, with that first definition */
	HELPER_RENAME,	/* to other; -EBUSY: its worker lives */
	/* With those of its files whose names, each ended by a zero, are in the
	 * file that comes along; one comes back as for HELPER_LIST_VMS. -EBUSY:
	 * its worker lives. */
	HELPER_DELETE,
	/* Keeps the text that comes along in the VM's folder, for LOAD; without
	 * one, what was kept goes. So the next start of the host knows who
	 * ran. */
	HELPER_MARK,

	/* Opens what a VM's definition names: file; number: 1, read only. The
	 * descriptor comes back, and reply.size. */
	HELPER_IMAGE,
	/* A job: a new disk, file as for IMAGE, of the form in disk. It has its
	 * name when the job is done; -EEXIST. */
	HELPER_DISK_CREATE,
	/* Removes such a file, which no worker should have. */
	HELPER_DISK_DELETE,
	/* The files, not the folders, in a folder of a storage folder (file:
	 * its path, or the storage folder's own) or, without file, of the VM:
	 * reply.number of struct helper_file in a file in memory, in no order.
	 * What no definition could name is left out; -ENOENT: no such one. */
	HELPER_LIST_FILES,
	/* Of storage: reply.size, reply.free (bytes). */
	HELPER_SPACE,

	/* The VM's folder in /run/socle/vms and its listening sockets: control,
	 * serial, screen; what was there goes. -EBUSY: its worker lives. */
	HELPER_SOCKETS,
	/* A tap for the adapter nic of the VM, in its switch or in none, with
	 * its guards; nic.queues descriptors, number: its MTU. It goes when
	 * all are closed. */
	HELPER_TAP,
	/* The adapter nic.number of a VM that runs is as nic says from now on:
	 * switch, VLANs, guards, addresses. Its MAC address and queues stay. */
	HELPER_TAP_CHANGE,
	HELPER_DRIVER,		/* the hypervisor's device, opened anew */
	HELPER_FIRMWARE,	/* its folder */
	/* Starts the VM's worker, as a user that nobody else has, in a cgroup
	 * of its own with those limits. The first descriptor is a file with its
	 * arguments, each ended by a zero, the second its log; the others
	 * become its own. Comes back what FIND gives. -EBUSY: one lives. */
	HELPER_WORKER,
	/* Of a worker that lives: weight and cap become those of limits. */
	HELPER_LIMITS,
	/* The worker of the VM: its pidfd, and its control socket, connected;
	 * if it could not be, the pidfd alone. number: its user. -ESRCH: there
	 * is none. */
	HELPER_FIND,
	HELPER_KILL,		/* it and what it may have made; -ESRCH */
	/* After the worker's end: sockets, folder and cgroup go, ports are
	 * forgotten, its user is free. number: its status as waitpid() has it,
	 * or HELPER_UNKNOWN. -EBUSY: it lives. No VM of that name need be
	 * there: what is not there any more is no error. */
	HELPER_ENDED,

	/* A job: one of the host's commands (helper_host.h). The file that
	 * comes along has its words, each ended by a zero. */
	HELPER_HOST,
	/* What a job came to, after its end: number: the job; reply.number: its
	 * status as waitpid() has it. A file with what it said comes back. A
	 * disk has its name then, or is gone. -EBUSY: it is at work. */
	HELPER_JOB,
	HELPER_TYPES,
};

/*
 * A job is another process: the reply to what begins it has its number in
 * reply.number and its pidfd; of HOST perhaps a second descriptor, to read what it
 * has said so far. When that is readable it is HELPER_JOB's turn,
 * once. -EAGAIN: there are too many at work.
 */

/* DISK_CREATE: what disk.h's disk_create() takes. */
struct helper_disk {
	uint64_t size, block;	/* bytes; block 0: the format's own */
	uint32_t format;	/* enum disk_format */
	uint32_t fixed;
};
static_assert(sizeof(struct helper_disk) == 24, "disk");

/* WORKER, LIMITS: of its cgroup. */
struct helper_limits {
	uint64_t memory;	/* bytes, of all; LIMITS: no matter */
	uint32_t weight;	/* 1 to 10000 */
	uint32_t cap;		/* percent of one processor; 0: none */
};
static_assert(sizeof(struct helper_limits) == 16, "limits");

/* TAP, TAP_CHANGE: struct port of define.h, without pointers or rests. */
#define HELPER_ADDRESSES	16
struct helper_nic {
	uint8_t id[16];		/* the VM's */
	uint32_t number;	/* of the adapter, 0 to 7 */
	uint32_t queues;	/* 1 to HELPER_QUEUES; TAP_CHANGE: no matter */
	uint8_t mac[6];
	uint16_t native;	/* VLAN; 0: a trunk without one */
	uint32_t trunk;		/* 1: tagged counts */
	uint32_t guards;	/* GUARD_... */
	uint32_t addresses;
	uint32_t reserved;
	char of[16];		/* the switch; "": none */
	uint64_t tagged[64];	/* a bit for each VLAN */
	char address[HELPER_ADDRESSES][48];
};
static_assert(sizeof(struct helper_nic) == 1344, "nic");

struct helper_request {
	uint32_t type;
	uint32_t storage;
	uint32_t number;
	uint32_t reserved;
	char name[NAME_SIZE];	/* the VM's */
	char other[NAME_SIZE];
	char file[IMAGE_SIZE];
	union {
		struct helper_disk disk;
		struct helper_limits limits;
		struct helper_nic nic;
	};
};
static_assert(sizeof(struct helper_request) == 2000, "request");

struct helper_reply {
	uint32_t type;		/* the request's */
	int32_t error;		/* 0 or -errno */
	uint32_t number;
	uint32_t reserved;
	uint64_t size, free;	/* bytes */
	char text[256];		/* why not, in a sentence; or empty */
};
static_assert(sizeof(struct helper_reply) == 288, "reply");

/* LIST_FILES. */
struct helper_file {
	char name[256];
	uint64_t size;		/* bytes */
	uint64_t used;		/* bytes that it has on the medium */
	int64_t changed;	/* seconds since 1970 */
};
static_assert(sizeof(struct helper_file) == 280, "file");

/* What the process is started with. */
struct helper_setup {
	const char *const *storages;	/* folders: image.h; made if missing */
	int storage_count;
	const char *program;		/* vmwp */
	const char *disk;		/* the program that makes disks */
	const char *firmware;		/* folder */
	const char *driver;		/* device */
	const char *run;		/* folder of the sockets' folders */
	const char *cgroup;		/* folder of workers' cgroups */
	gid_t administrators;		/* of serial and screen sockets */
	uid_t first_user;		/* workers' */
	uint32_t users;			/* of them; one more makes disks */
};

/*
 * What a process does that has all privileges still: opens what it needs, gives
 * up all that it does not, and serves until the socket's other end is closed:
 * 0; or -errno, with a sentence if the beginning did not work. A request that
 * is none ends it, too: -EPROTO. Workers and jobs live on.
 */
int helper_serve(const struct helper_setup *setup, int socket,
	struct trouble *why);

/* What the process has: helper_work.h. */
struct helper;

/* Serves as helper_serve() does, with what is there. */
int helper_run(struct helper *helper, int socket);

#endif
