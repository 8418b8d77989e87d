/* What an installation finds here, before anything is written. */
/* SPDX-License-Identifier: MIT */
#ifndef INSTALLER_REPORT_H
#define INSTALLER_REPORT_H

#include <jansson.h>

/*
 * Rows {what, result, detail} as rows.h has them: machine, processor, memory,
 * hypervisor, each adapter, each disk, and what is in the way. The caller gives the
 * reference back. NULL: there is no memory.
 */
json_t *report(void);

#endif
