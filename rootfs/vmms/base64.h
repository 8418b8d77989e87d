/* Bytes as letters, for JSON (RFC 4648, section 4). */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_BASE64_H
#define VMMS_BASE64_H

#include <stddef.h>

/* The caller frees it. NULL: no memory. */
char *base64_print(const void *bytes, size_t size);
/* The other way; the caller frees it. NULL: it is none, or no memory. */
void *base64_read(const char *text, size_t *size);

#endif
