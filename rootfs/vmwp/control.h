/* The control socket: commands for a VM. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_CONTROL_H
#define VMWP_CONTROL_H

#include <assert.h>
#include <stdint.h>

#include "events.h"

/* A message each (SOCK_SEQPACKET), in the host's byte order; both ends are on
 * one machine. Each request has one reply. */
#define CONTROL_MAGIC	0x50574d56u	/* "VMWP" */
#define CONTROL_VERSION	1u

enum control_type {
	CONTROL_STATUS = 1,
	CONTROL_PAUSE,
	CONTROL_RESUME,
	CONTROL_RESET,
	CONTROL_POWER_BUTTON,
	CONTROL_STOP,		/* the process ends, status 0 */
	CONTROL_INTEGRATION,	/* what the guest's services do */
	/* The guest shall power off, or restart, by itself. -ENOTCONN: it has
	 * no such service, or not yet; -EBUSY: it has been asked already. */
	CONTROL_SHUTDOWN,
	CONTROL_RESTART,
	CONTROL_KVP,		/* what it tells of itself, item argument */
	/* The SCSI controller: the argument is the LUN. */
	CONTROL_STORAGE,
	CONTROL_STORAGE_ADD,	/* a drive; with the image's descriptor */
	CONTROL_STORAGE_REMOVE,	/* the image may be in use a little longer */
	CONTROL_STORAGE_INSERT,	/* a disc, with its descriptor */
	CONTROL_STORAGE_EJECT,
	CONTROL_STORAGE_GROW,	/* size; 0: what the raw image has by now */
	CONTROL_STORAGE_RESUME,	/* I/O that stands still */
	/* The network adapters: the argument is the place. */
	CONTROL_NETWORK,
	CONTROL_NETWORK_ADD,	/* with the descriptors of its tap */
	/* -EAGAIN: the cable is out, and the guest shall have a little time for
	 * that; ask again, for 10 s at most. */
	CONTROL_NETWORK_REMOVE,
	CONTROL_NETWORK_CABLE,	/* in or out */
	/* The picture as PNG; its descriptor comes along with the reply. */
	CONTROL_SCREENSHOT,
	/* Text, whose descriptor comes along with the reply, or graphics. */
	CONTROL_SCREEN,
	/* -EAGAIN: the guest has not taken those before; ask again. */
	CONTROL_KEYS,
	CONTROL_POINTER,
	CONTROL_TYPES,
};

struct control_request {
	uint32_t magic, version;
	uint32_t type;
	uint32_t argument;	/* of KVP, STORAGE, NETWORK; else 0 */
};
static_assert(sizeof(struct control_request) == 16, "request");

/* Alone, or at the beginning of a larger one. */
struct control_reply {
	uint32_t magic, version;
	uint32_t type;		/* the request's */
	int32_t error;		/* 0 or -errno */
	uint32_t state;		/* enum vm_state, and CONTROL_CRITICAL */
	uint32_t processors;
	uint64_t memory;	/* bytes */
};
static_assert(sizeof(struct control_reply) == 32, "reply");
enum vm_state { VM_RUNNING, VM_PAUSED, VM_ENDED };
/* A medium has an error: the VM's I/O stands still until it is resumed. */
#define CONTROL_CRITICAL	0x10000u

struct control_service {
	uint32_t state;		/* enum ic_state */
	uint16_t major, minor;
};

enum heartbeat_state {
	HEARTBEAT_NONE,		/* the guest has no such service */
	HEARTBEAT_GOOD,
	HEARTBEAT_LOST,		/* it had, and does not answer */
	HEARTBEAT_STATES,
};

/* To INTEGRATION. */
struct control_integration {
	struct control_reply reply;
	uint32_t vmbus;		/* version; 0: not connected */
	struct control_service heartbeat, shutdown, timesync, kvp;
	uint32_t beat;		/* enum heartbeat_state */
	uint32_t missed;	/* heartbeats, in a row */
	uint32_t answered;	/* the last SHUTDOWN or RESTART was ... */
	uint32_t status;	/* ... with this; 0: it will */
	uint32_t items;		/* of KVP */
	uint64_t times;		/* messages with the parent's time */
};
static_assert(sizeof(struct control_integration) == 96, "integration");

/* To KVP; -ENOENT: there are not so many. UTF-8 that ends with a zero. */
struct control_item {
	struct control_reply reply;
	char key[776];
	char value[3080];
};
static_assert(sizeof(struct control_item) == 3888, "item");

/* Of the STORAGE types: this is the request. One descriptor may come along. */
struct control_storage_request {
	struct control_request request;
	uint32_t kind;		/* ADD, INSERT: CONTROL_DISK, CONTROL_DVD */
	uint32_t format;	/* enum disk_format; a disc is raw */
	uint32_t read_only;
	uint32_t reserved;
	uint64_t size;		/* of GROW */
	char name[256];		/* of the image; a raw one's id, too */
};
static_assert(sizeof(struct control_storage_request) == 296, "storage");
/* The argument: a LUN, or this and a place, 0:0, 0:1, 1:0, 1:1, of the IDE
 * controller. A medium's trouble is an IDE place's own; RESUME goes there. */
#define CONTROL_IDE	0x100u
#define CONTROL_DISK	1u
#define CONTROL_DVD	2u

/* To each of them. */
struct control_storage {
	struct control_reply reply;
	uint32_t present, kind, loaded, read_only, failed, format;
	uint64_t size;		/* bytes */
	uint32_t critical, critical_lun;	/* of that controller, or place */
	int32_t critical_error;	/* -errno */
	uint32_t reserved;
	char name[256];
	char critical_name[256];
	char text[200];		/* why ADD, INSERT, RESUME did not work */
};
static_assert(sizeof(struct control_storage) == 792, "storage");

/* Of the NETWORK types: this is the request. One descriptor for each queue of the
 * tap may come along, CONTROL_QUEUES at most. */
struct control_network_request {
	/* Place; ADD: or _ANY. Those of e1000s come behind, in the options'
	 * order; they stay. */
	struct control_request request;
	uint32_t mtu;		/* ADD; 0: 1,500 */
	uint32_t cable;		/* ADD, CABLE: 1 it is in */
	uint8_t mac[6];		/* ADD */
	uint16_t reserved;
};
static_assert(sizeof(struct control_network_request) == 32, "network");
#define CONTROL_NETWORK_ANY	0xffffffffu
#define CONTROL_NETWORK_E1000	8u	/* the first one's place */
#define CONTROL_QUEUES		16u

/* Frames to one, to a group, to all. */
struct control_traffic {
	uint64_t frames[3], bytes[3];
	uint64_t errors, dropped;
};

/* To each of them. */
struct control_network {
	struct control_reply reply;
	uint32_t present, place, cable, leaving;
	uint32_t mtu;
	uint32_t channels;	/* that the guest has open */
	uint32_t version;	/* of NVSP; 0: none yet */
	uint32_t filter;	/* of NDIS; 0: it wants no frames */
	uint8_t mac[6];
	uint8_t reserved[2];
	struct control_traffic sent, received;	/* by the guest */
};
static_assert(sizeof(struct control_network) == 200, "network");

/* To SCREENSHOT. */
struct control_screenshot {
	struct control_reply reply;
	uint32_t width, height;
	uint64_t size;		/* of the PNG, bytes */
};
static_assert(sizeof(struct control_screenshot) == 48, "screenshot");

/* To SCREEN. */
struct control_screen {
	struct control_reply reply;
	uint32_t text;		/* 1; 0: graphics */
	uint32_t width, height;	/* columns and rows, or dots */
	uint32_t cursor;	/* 1: it is to be seen ... */
	uint32_t cursor_column, cursor_row;	/* ... there, from 0 */
	uint64_t size;		/* of the text: UTF-8, a line for each row */
};
static_assert(sizeof(struct control_screen) == 64, "screen");

/* Of KEYS: this is the request. */
#define CONTROL_KEYS_MAX	64u
#define CONTROL_KEY_UP		0x8000u	/* the key is let go */
struct control_keys_request {
	struct control_request request;
	uint32_t count, reserved;
	uint16_t key[CONTROL_KEYS_MAX];	/* codes of input/input.h */
};
static_assert(sizeof(struct control_keys_request) == 152, "keys");

/* Of POINTER: this is the request; units as input/input.h has them. */
struct control_pointer_request {
	struct control_request request;
	uint32_t x, y, buttons;
	int32_t wheel;
};
static_assert(sizeof(struct control_pointer_request) == 32, "pointer");

/* Any of the replies. */
union control_any {
	struct control_reply reply;
	struct control_integration integration;
	struct control_item item;
	struct control_storage storage;
	struct control_network network;
	struct control_screenshot screenshot;
	struct control_screen screen;
};

struct vm;

struct control {
	struct vm *vm;
	struct event listener, client;
};

/* fd: a connected socket, or one that listens. It is owned from success on.
 * When a client goes the VM runs on; a listener takes the next one. */
int control_init(struct control *control, struct vm *vm, int fd);
void control_exit(struct control *control);

#endif
