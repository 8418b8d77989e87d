/* What the processor's machine check registers say. APM v2 chapter 9. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_MACHINE_CHECK_H
#define X86_MACHINE_CHECK_H

/* A line for each bank that holds an error. */
void machine_check_log(void);

#endif
