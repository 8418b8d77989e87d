/* NMIs for a virtual processor: one at a time, the next after its IRET. There
 * is no virtual NMI masking to rely on. APM v2 15.20, 15.21. */
/* SPDX-License-Identifier: MIT */
#include "svm.h"

#include "../../core/child.h"

static void inject(struct vp *vp)
{
	struct vmcb *vmcb = vmcb_of(vp);

	vmcb->event = EVENT_VALID | EVENT_NMI | 2;
	vmcb->intercepts[0] |= INTERCEPT_IRET;
	svm_of(vp)->nmi_masked = true;
	svm_of(vp)->nmi_pending = false;
}

void svm_nmi(struct vp *vp)
{
	struct svm_vp *svm = svm_of(vp);

	if (svm->nmi_masked || svm->vmcb->event & EVENT_VALID ||
			(vp->child && vp->child->event.pending) ||
			svm->vmcb->shadow & 1) {
		svm->nmi_pending = true;
		/* With an event under way, ask to be called after it. */
		if (!svm->nmi_masked)
			svm_nmi_done(vp);
		return;
	}
	inject(vp);
}

/* The IRET itself has not been executed yet. The next NMI comes when the VP
 * takes interrupts again, which is after it. */
void svm_nmi_done(struct vp *vp)
{
	struct svm_vp *svm = svm_of(vp);

	svm->vmcb->intercepts[0] &= ~INTERCEPT_IRET;
	svm->nmi_masked = false;
	if (svm->nmi_pending)
		svm_window(vp);
}

void svm_window(struct vp *vp)
{
	struct vmcb *vmcb = vmcb_of(vp);

	vmcb->v_intr |= V_IRQ | V_IGNORE_TPR;
	vmcb->intercepts[0] |= INTERCEPT_VINTR;
}

void svm_nmi_window(struct vp *vp)
{
	struct svm_vp *svm = svm_of(vp);

	svm->vmcb->v_intr &= ~(V_IRQ | V_IGNORE_TPR);
	svm->vmcb->intercepts[0] &= ~INTERCEPT_VINTR;
	if (svm->nmi_pending)
		svm_nmi(vp);
}
