/* Virtual processors: the loop that the parent's VPs run in. */
/* SPDX-License-Identifier: MIT */
#include "vp.h"

#include "../lib/asm.h"
#include "../lib/string.h"
#include "machine.h"
#include "memory.h"
#include "panic.h"
#include "ring.h"
#include "signal.h"
#include "stats.h"

#define EFER_LMA (1ull << 10)

const struct vp_ops *vp_ops SEALED;

unsigned int vp_rights(struct partition *partition, uint64_t gpa)
{
	struct mapping mapping;

	return vp_ops->look(partition, gpa, &mapping) &
		(MAP_READ | MAP_WRITE | MAP_EXECUTE);
}

unsigned int vp_code_bits(const struct vp *vp)
{
	struct segment code;

	vp_ops->segment(vp, VP_CS, &code);
	if (code.attributes & SEGMENT_LONG &&
			vp_ops->get(vp, VP_EFER) & EFER_LMA)
		return 64;
	return code.attributes & SEGMENT_DEFAULT ? 32 : 16;
}

/* APM v2 4.5.3 */
uint64_t vp_segment_base(const struct vp *vp, enum vp_segment which)
{
	struct segment segment;

	if (which < VP_FS && vp_code_bits(vp) == 64)
		return 0;
	vp_ops->segment(vp, which, &segment);
	return segment.base;
}

void vp_request(struct vp *vp, uint32_t request)
{
	/* Pairs with the exchange in serve_requests(). */
	__atomic_fetch_or(&vp->requests, request, __ATOMIC_SEQ_CST);
	if (vp->cpu != cpu_self())
		machine_kick(vp->cpu->index);
}

/* INIT: SDM v3 9.4.1. The VP waits for a start-up IPI then. */
static void serve_init(struct vp *vp)
{
	struct vp_entry entry = {.is_long = false};

	synic_reset(vp);
	machine_apic_reset();
	memset(vp->gpr, 0, sizeof(vp->gpr));
	vp->gpr[GPR_RDX] = cpuid(1, 0).eax;
	vp_ops->vp_reset(vp, &entry);
	vp->state = VP_WAIT_SIPI;
}

static void serve_sipi(struct vp *vp)
{
	struct vp_entry entry = {.vector = (uint8_t)__atomic_load_n(
		&vp->sipi_vector, __ATOMIC_SEQ_CST)};

	if (vp->state != VP_WAIT_SIPI)
		return;
	vp_ops->vp_reset(vp, &entry);
	vp->state = VP_RUNNING;
}

static void serve_requests(struct vp *vp)
{
	uint32_t requests = __atomic_exchange_n(&vp->requests, 0,
		__ATOMIC_SEQ_CST);

	if (requests & VP_REQUEST_INIT)
		serve_init(vp);
	if (requests & VP_REQUEST_SIPI)
		serve_sipi(vp);
	if (requests & VP_REQUEST_SIGNALS)
		signal_adopt(vp);
	if (requests & VP_REQUEST_SIGNALS)
		ring_serve(vp);
	if (requests & VP_REQUEST_NMI && vp->state == VP_RUNNING)
		vp_ops->nmi(vp);
}

enum stats_kind vp_run(struct vp *vp)
{
	struct cpu *cpu = vp->cpu;

	if (cpu->last != vp->partition) {
		cpu->last = vp->partition;
		machine_switch();
	}
	/* What it says is of another partition. */
	__atomic_store_n(&cpu->flushed, 0, __ATOMIC_SEQ_CST);
	/* Pairs with memory_flush(): who runs is set, then the generation is
	 * read; there it is the other way round. */
	__atomic_store_n(&cpu->running, vp->partition, __ATOMIC_SEQ_CST);
	return vp_ops->run(vp);
}

_Noreturn void vp_loop(struct vp *vp)
{
	for (;;) {
		if (__atomic_load_n(&panicked, __ATOMIC_RELAXED))
			panic_stop();
		if (__atomic_load_n(&vp->requests, __ATOMIC_SEQ_CST)) {
			/* More may have come meanwhile. */
			serve_requests(vp);
			continue;
		}
		if (vp->state != VP_RUNNING) {
			machine_wait_kick();
			continue;
		}
		stats_exit(vp, vp_run(vp));
	}
}
