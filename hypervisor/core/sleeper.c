/* Blocked VPs of children that a timer is to wake. */
/* SPDX-License-Identifier: MIT */
#include "sleeper.h"

#include "child.h"
#include "cpu.h"
#include "vp.h"

void sleeper_add(struct vp *vp, uint64_t wake)
{
	struct cpu *cpu = cpu_self();
	struct child *child = vp->child;
	struct vp **at;

	lock_take(&cpu->sleeper_lock);
	child->wake = wake;
	for (at = &cpu->sleepers; *at && (*at)->child->wake <= wake;
			at = &(*at)->child->next_sleeper)
		;
	child->next_sleeper = *at;
	*at = vp;
	__atomic_store_n(&child->sleeps_on, cpu, __ATOMIC_SEQ_CST);
	lock_give(&cpu->sleeper_lock);
	/* The processor's timer follows. */
	synic_timers(cpu->vp);
}

/* With the lock of the list that it is in. */
static void unlink(struct cpu *cpu, struct vp *vp)
{
	struct vp **at = &cpu->sleepers;

	while (*at != vp)
		at = &(*at)->child->next_sleeper;
	*at = vp->child->next_sleeper;
	__atomic_store_n(&vp->child->sleeps_on, NULL, __ATOMIC_SEQ_CST);
}

void sleeper_remove(struct vp *vp)
{
	struct cpu *cpu = __atomic_load_n(&vp->child->sleeps_on,
		__ATOMIC_SEQ_CST);

	if (!cpu)
		return;
	lock_take(&cpu->sleeper_lock);
	if (__atomic_load_n(&vp->child->sleeps_on, __ATOMIC_SEQ_CST) == cpu)
		unlink(cpu, vp);
	lock_give(&cpu->sleeper_lock);
}

/* The first whose time has come leaves the list; NULL: none has. Who takes it
 * out pins it: it must live until it has been woken. */
static struct vp *take_due(struct cpu *cpu, uint64_t now, uint64_t *next)
{
	struct vp *vp;

	lock_take(&cpu->sleeper_lock);
	vp = cpu->sleepers;
	*next = vp ? vp->child->wake : 0;
	if (vp && vp->child->wake > now)
		vp = NULL;
	if (vp) {
		__atomic_add_fetch(&vp->child->pinned, 1, __ATOMIC_SEQ_CST);
		unlink(cpu, vp);
	}
	lock_give(&cpu->sleeper_lock);
	return vp;
}

uint64_t sleeper_run(uint64_t now)
{
	struct cpu *cpu = cpu_self();
	uint64_t next;
	struct vp *vp;

	while ((vp = take_due(cpu, now, &next)))
		child_wake_pinned(vp);
	return next;
}

void sleeper_flee(void)
{
	sleeper_run(~0ull);
}
