/* Integration services: what all of them have in common. */
/* SPDX-License-Identifier: MIT */
#include "ic.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "container.h"
#include "say.h"

/* Most that a packet of either side has (the guest's driver: four pages). */
#define PACKET_MAX	16384u
#define BUDGET		16	/* packets at a time */

#define PIPE_DATA	1
#define NEGOTIATE	0
#define FLAG_TRANSACTION 1
#define FLAG_REQUEST	2
#define FLAG_RESPONSE	4

/* include/linux/hyperv.h: struct vmbuspipe_hdr and struct icmsg_hdr. */
struct head {
	uint32_t pipe, pipe_size;	/* PIPE_DATA; bytes behind it */
	struct ic_version framework;
	uint16_t type;
	struct ic_version version;
	uint16_t size;			/* bytes behind this struct */
	uint32_t status;
	uint8_t transaction, flags;
	uint8_t reserved[2];
} __attribute__((packed));
static_assert(sizeof(struct head) == 28, "head");
#define PIPE_HEAD	8u

struct negotiation {
	uint16_t frameworks, versions;
	uint32_t reserved;
	struct ic_version list[2 + 8];	/* first frameworks */
};
static_assert(offsetof(struct negotiation, list) == 8, "negotiation");

static const struct ic_version frameworks[] = { { 1, 0 }, { 3, 0 } };
#define FRAMEWORKS	2u

static int send(struct ic *ic, uint16_t type, const void *bytes, size_t size)
{
	struct packet packet = { .type = PACKET_IN_BAND };
	uint8_t buffer[PACKET_MAX];
	struct head head = {
		.pipe = PIPE_DATA,
		.pipe_size = sizeof(head) - PIPE_HEAD + size,
		.framework = ic->framework,
		.type = type,
		.version = ic->version,
		.size = size,
		.transaction = ic->transaction,
		.flags = FLAG_TRANSACTION | FLAG_REQUEST,
	};

	memcpy(buffer, &head, sizeof(head));
	memcpy(buffer + sizeof(head), bytes, size);
	return channel_send(
		&ic->channel, &packet, buffer, sizeof(head) + size);
}

int ic_ask(struct ic *ic, const void *bytes, size_t size)
{
	int error;

	assert(ic->state == IC_READY && !ic->asked &&
		size <= PACKET_MAX - sizeof(struct head));
	ic->transaction++;
	error = send(ic, ic->ops->type, bytes, size);
	ic->asked = !error;
	return error;
}

void ic_wait(struct ic *ic, uint64_t ns)
{
	clock_arm(ic->clock, &ic->timer, ic->clock->now(ic->clock) + ns);
}

static void expired(struct timer *timer)
{
	struct ic *ic = container_of(timer, struct ic, timer);

	if (ic->ops->timer)
		ic->ops->timer(ic);
}

static int negotiate(struct ic *ic)
{
	struct negotiation offer = {
		.frameworks = FRAMEWORKS,
		.versions = ic->ops->count,
	};

	memcpy(offer.list, frameworks, sizeof(frameworks));
	memcpy(offer.list + FRAMEWORKS, ic->ops->versions,
		ic->ops->count * sizeof(offer.list[0]));
	ic->framework = ic->version = (struct ic_version){ 0 };
	ic->transaction = 0;
	return send(ic, NEGOTIATE, &offer, offsetof(struct negotiation, list) +
		(FRAMEWORKS + ic->ops->count) * sizeof(offer.list[0]));
}

static bool among(const struct ic_version *version,
	const struct ic_version *list, unsigned int count)
{
	for (; count; count--, list++)
		if (version->major == list->major &&
		    version->minor == list->minor)
			return true;
	return false;
}

/* One framework and one version, of those that were offered. */
static void negotiated(struct ic *ic, const uint8_t *bytes, size_t size)
{
	struct negotiation answer = { 0 };

	ic->asked = false;
	memcpy(&answer, bytes, size < sizeof(answer) ? size : sizeof(answer));
	if (answer.frameworks != 1 || answer.versions != 1 ||
	    !among(&answer.list[0], frameworks, FRAMEWORKS) ||
	    !among(&answer.list[1], ic->ops->versions, ic->ops->count)) {
		ic->state = IC_REFUSED;
		return;
	}
	ic->framework = answer.list[0];
	ic->version = answer.list[1];
	ic->state = IC_READY;
	if (ic->ops->ready)
		ic->ops->ready(ic);
}

/* What is no answer to the last request is for nobody: it may be one to a
 * request of before the channel was closed. */
static void take(struct ic *ic, const uint8_t *bytes, size_t size)
{
	struct head head;

	if (size < sizeof(head))
		return;
	memcpy(&head, bytes, sizeof(head));
	bytes += sizeof(head);
	size -= sizeof(head);
	if (!ic->asked || !(head.flags & FLAG_RESPONSE) || head.size > size ||
	    head.transaction != ic->transaction)
		return;
	if (ic->state == IC_NEGOTIATING && head.type == NEGOTIATE) {
		negotiated(ic, bytes, head.size);
	} else if (ic->state == IC_READY && head.type == ic->ops->type) {
		ic->asked = false;
		if (ic->ops->answer)
			ic->ops->answer(ic, head.status, bytes, head.size);
	}
}

static bool ic_signal(struct channel *channel)
{
	struct ic *ic = (struct ic *)channel;
	uint8_t buffer[PACKET_MAX];
	struct packet packet;
	unsigned int budget = BUDGET;
	int result;

	while (budget--) {
		result = channel_receive(
			channel, &packet, buffer, sizeof(buffer));
		if (!result || !channel_is_open(channel))
			return false;
		if (result == 1 && packet.type == PACKET_IN_BAND)
			take(ic, buffer + packet.data,
				packet.size - packet.data);
	}
	return true;
}

static int ic_open(struct channel *channel)
{
	struct ic *ic = (struct ic *)channel;

	ic->state = IC_NEGOTIATING;
	return 0;
}

/* A ring that has no room for that is the guest's own choice. */
static void ic_start(struct channel *channel)
{
	struct ic *ic = (struct ic *)channel;

	ic->asked = !negotiate(ic);
}

static void ic_close(struct channel *channel)
{
	struct ic *ic = (struct ic *)channel;

	clock_disarm(ic->clock, &ic->timer);
	ic->state = IC_CLOSED;
	ic->asked = false;
	if (ic->ops->closed)
		ic->ops->closed(ic);
}

static void save_version(const struct ic_version *version, struct stream *to)
{
	stream_put(to, version->major, 2);
	stream_put(to, version->minor, 2);
}

static struct ic_version load_version(struct stream *from)
{
	struct ic_version version = { .major = stream_get(from, 2) };

	version.minor = stream_get(from, 2);
	return version;
}

/* The timer as what is left of its time. */
static void ic_save(const struct channel *channel, struct stream *to)
{
	const struct ic *ic = (const struct ic *)channel;
	uint64_t now = ic->clock->now(ic->clock), left = 0;

	if (ic->timer.armed && ic->timer.deadline > now)
		left = ic->timer.deadline - now;
	stream_put(to, ic->state, 1);
	stream_put(to, ic->asked, 1);
	stream_put(to, ic->transaction, 1);
	save_version(&ic->framework, to);
	save_version(&ic->version, to);
	stream_put(to, ic->timer.armed, 1);
	stream_put(to, left, 8);
	if (ic->ops->save)
		ic->ops->save(ic, to);
}

static bool state_good(const struct ic *ic)
{
	switch (ic->state) {
	case IC_NEGOTIATING:
		return true;
	case IC_READY:
		return among(&ic->framework, frameworks, FRAMEWORKS) &&
			among(&ic->version, ic->ops->versions,
				ic->ops->count);
	case IC_REFUSED:
		return !ic->asked;
	default:
		return false;
	}
}

static int ic_load(struct channel *channel, struct stream *from)
{
	struct ic *ic = (struct ic *)channel;
	uint32_t state = stream_get(from, 1), asked = stream_get(from, 1);
	uint32_t armed;
	uint64_t left;

	ic->state = state;
	ic->asked = asked;
	ic->transaction = stream_get(from, 1);
	ic->framework = load_version(from);
	ic->version = load_version(from);
	armed = stream_get(from, 1);
	left = stream_get(from, 8);
	if (!from->failed && state < IC_STATES && asked <= 1 && armed <= 1 &&
	    left < 1ull << 60 && state_good(ic) &&
	    (!ic->ops->load || !ic->ops->load(ic, from))) {
		if (armed)
			ic_wait(ic, left);
		return 0;
	}
	ic_close(channel);
	return -EINVAL;
}

static const struct channel_ops ic_channel_ops = {
	.open = ic_open,
	.start = ic_start,
	.close = ic_close,
	.signal = ic_signal,
	.save = ic_save,
	.load = ic_load,
};

int ic_init(struct ic *ic, struct vmbus *vmbus, struct clock *clock,
	const struct ic_ops *ops, const struct guid *type,
	const struct guid *instance)
{
	ic->ops = ops;
	ic->clock = clock;
	ic->timer.expired = expired;
	ic->channel.ops = &ic_channel_ops;
	ic->channel.present = true;
	ic->channel.offer = (struct channel_offer){
		.type = *type,
		.instance = *instance,
		.flags = VMBUS_OFFER_ENUMERATE | VMBUS_OFFER_PIPE,
		.user = { VMBUS_PIPE_MESSAGES },
	};
	return vmbus_add(vmbus, &ic->channel);
}

void ic_exit(struct ic *ic)
{
	clock_disarm(ic->clock, &ic->timer);
}
