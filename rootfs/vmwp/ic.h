/* Integration services: what all of them have in common. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_IC_H
#define VMWP_IC_H

#include "clock.h"
#include "vmbus/vmbus.h"

struct ic;

struct ic_version {
	uint16_t major, minor;
};

/* What the guest answers with. */
#define IC_GOOD		0u
#define IC_NO_MORE	0x80070103u

#define IC_HEARTBEAT	1
#define IC_KVP		2
#define IC_SHUTDOWN	3
#define IC_TIMESYNC	4

/* All with the device lock held; NULL: nothing to do. */
struct ic_ops {
	const char *name;
	uint16_t type;			/* IC_* */
	const struct ic_version *versions;
	unsigned int count;
	/* A version was agreed upon: requests can be sent. */
	void (*ready)(struct ic *ic);
	/* To the last request; any bytes. */
	void (*answer)(struct ic *ic, uint32_t status, const uint8_t *bytes,
		size_t size);
	/* What ic_wait() has asked for. */
	void (*timer)(struct ic *ic);
	/* The guest does not serve it any more. */
	void (*closed)(struct ic *ic);
	/* Besides what is in struct ic. */
	void (*save)(const struct ic *ic, struct stream *to);
	int (*load)(struct ic *ic, struct stream *from);
};

enum ic_state {
	IC_CLOSED,
	IC_NEGOTIATING,		/* a guest may take its time */
	IC_READY,
	IC_REFUSED,		/* it has none of our versions */
	IC_STATES,
};

/* First in each service's own struct. */
struct ic {
	struct channel channel;
	const struct ic_ops *ops;
	struct clock *clock;
	struct timer timer;
	enum ic_state state;
	struct ic_version framework, version;
	bool asked;		/* the guest owes an answer */
	uint8_t transaction;	/* the last request's */
};

/* Offers it for the VM's life. 0 or -errno. */
int ic_init(struct ic *ic, struct vmbus *vmbus, struct clock *clock,
	const struct ic_ops *ops, const struct guid *type,
	const struct guid *instance);
void ic_exit(struct ic *ic);

/* A request; the ready guest must not owe one. 0, or -EAGAIN: no room now. */
int ic_ask(struct ic *ic, const void *bytes, size_t size);
/* timer() after so many ns of the guest's time. */
void ic_wait(struct ic *ic, uint64_t ns);

static inline bool ic_version_is(
	const struct ic *ic, uint16_t major, uint16_t minor)
{
	return ic->version.major > major || (ic->version.major == major &&
		ic->version.minor >= minor);
}

#endif
