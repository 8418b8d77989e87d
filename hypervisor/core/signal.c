/* Signals to the parent's scheduler: the messages SCHEDULER_VP_SIGNAL_PAIR in
 * the slot of SINT 0, and those that wait behind it, SINT_INTERCEPT among them.
 * Only the processor itself uses its list, so it has no lock. */
/* SPDX-License-Identifier: MIT */
#include "signal.h"

#include "../abi/message.h"
#include "child.h"
#include "machine.h"
#include "partition.h"
#include "sleeper.h"
#include "stats.h"
#include "vp.h"

/* From processors whose VP takes no messages any more. */
static struct lock lock = LOCK_INIT(LOCK_SLEEPERS);	/* all below */
static struct vp *orphans;

/* The oldest first. */
static void append(struct vp *to, struct vp *vp)
{
	vp->child->next_signal = NULL;
	if (to->signal_last)
		to->signal_last->child->next_signal = vp;
	else
		to->signal_first = vp;
	to->signal_last = vp;
}

static struct vp *remove(struct vp *to)
{
	struct vp *vp = to->signal_first;

	to->signal_first = vp->child->next_signal;
	if (!to->signal_first)
		to->signal_last = NULL;
	return vp;
}

/* Some of its event rings have ports in them. */
static void post_notice(struct vp *to)
{
	struct hv_sint_intercept notice = {
		(uint32_t)__builtin_ctz(to->ring_notices)};

	to->ring_notices &= to->ring_notices - 1;
	synic_post(to, HV_INTERCEPTION_SINT, HV_MESSAGE_SINT_INTERCEPT,
		&notice, sizeof(notice));
}

static void post_signals(struct vp *to)
{
	struct hv_signal_pair pair = {0};

	while (to->signal_first && pair.vp_count < HV_SIGNAL_PAIRS) {
		struct vp *vp = remove(to);

		pair.partition_id[pair.vp_count] = vp->partition->id;
		pair.vp_index[pair.vp_count++] = vp->index;
		/* From here on the VP may end, or be in another list. */
		__atomic_store_n(&vp->child->listed, false, __ATOMIC_SEQ_CST);
	}
	synic_post(to, HV_INTERCEPTION_SINT, HV_MESSAGE_SIGNAL_PAIR, &pair,
		sizeof(pair));
}

static bool has_next(const struct vp *to)
{
	return to->signal_first || to->ring_notices;
}

void signal_next(struct vp *to)
{
	if (!has_next(to) || !synic_slot_free(to, HV_INTERCEPTION_SINT))
		return;
	/* There is a next one for a ring only after its reader has come. */
	if (to->ring_notices)
		post_notice(to);
	else
		post_signals(to);
	if (has_next(to))
		synic_slot_free(to, HV_INTERCEPTION_SINT);
}

/* VP 0 gets what this processor's VP cannot tell. */
static void hand_over(struct vp *from)
{
	bool any = false;

	lock_take(&lock);
	while (from->signal_first) {
		struct vp *vp = remove(from);

		vp->child->next_signal = orphans;
		orphans = vp;
		any = true;
	}
	lock_give(&lock);
	if (any)
		vp_request(parent->vp[0], VP_REQUEST_SIGNALS);
}

void signal_send(struct vp *vp)
{
	struct vp *to = cpu_self()->vp;

	/* The parent's driver wants to see 0 before it hears of the VP. */
	vp->stats.page[STATS_VP_DISPATCH_BLOCKED] = 0;
	/* One that still waits in a list says the same. */
	if (__atomic_exchange_n(&vp->child->listed, true, __ATOMIC_SEQ_CST))
		return;
	__atomic_add_fetch(&vp->child->signals, 1, __ATOMIC_SEQ_CST);
	append(to, vp);
	if (to->index && !synic_is_on(to))
		hand_over(to);
	else
		signal_next(to);
}

void signal_flee(struct vp *from)
{
	sleeper_flee();
	hand_over(from);
}

/* Nobody wants to hear of a VP whose partition ends; it waits for that. */
static void purge(struct vp *to)
{
	struct vp *vp = to->signal_first, *next;

	to->signal_first = to->signal_last = NULL;
	for (; vp; vp = next) {
		next = vp->child->next_signal;
		if (__atomic_load_n(&vp->partition->state, __ATOMIC_SEQ_CST) ==
				PARTITION_ENDING)
			__atomic_store_n(&vp->child->listed, false,
				__ATOMIC_SEQ_CST);
		else
			append(to, vp);
	}
}

void signal_forget(void)
{
	unsigned int i;

	for (i = 0; i < machine.cpu_count; i++)
		vp_request(parent->vp[i], VP_REQUEST_SIGNALS);
}

void signal_adopt(struct vp *to)
{
	struct vp *vp, *next;

	lock_take(&lock);
	/* VP 0 is asked to; others may take no messages themselves. */
	vp = to->index ? NULL : orphans;
	if (vp)
		orphans = NULL;
	lock_give(&lock);
	for (; vp; vp = next) {
		next = vp->child->next_signal;
		append(to, vp);
	}
	purge(to);
	signal_next(to);
}
