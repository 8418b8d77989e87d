/* Sentences for whoever started the worker, on standard error. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_SAY_H
#define VMWP_SAY_H

/* A line, with the VM's name before it. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same for what a guest causes: a few lines, then silence. */
void say_limited(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The name; not copied. */
void say_name(const char *name);

#endif
