/* Registers of a child's VP as the parent sees them: by name, and in the
 * register page. Only by who has claimed the VP. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_REGISTER_H
#define CORE_REGISTER_H

#include <stdbool.h>
#include <stdint.h>

struct vp;
union hv_register_value;

/* Fills the register page, after an intercept. */
void register_page_store(struct vp *vp);

/* Takes what the parent changed in it since then. */
void register_page_load(struct vp *vp);

/* One register; false for a name that there is not, or a value that no processor
 * has. While the VP is dispatched its FPU and debug registers are elsewhere. */
bool register_read(const struct vp *vp, uint32_t name,
	union hv_register_value *value);
bool register_write(struct vp *vp, uint32_t name,
	const union hv_register_value *value);

#endif
