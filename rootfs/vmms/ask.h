/* What the verbs' functions share: from a request to a VM, and to an answer. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_ASK_H
#define VMMS_ASK_H

#include <stdarg.h>

#include "line.h"
#include "machines.h"
#include "request.h"

#define ASK_SENTENCE	(LINE_SENTENCE * 2)

struct machines *ask_machines(const struct request *request);
/* The VM that it names; NULL: there is none, and it is refused. */
struct machine *ask_machine(struct request *request);
/* The same, and its definition can be read. */
struct machine *ask_defined(struct request *request);

/* It is done: a result whose "said" has these sentences, a line each. Lines may
 * be NULL. */
void ask_done(struct request *request, const char *lines);
void ask_say(struct request *request, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* A printable sentence that others may have had a part in. */
void ask_print(char text[ASK_SENTENCE], const char *format, va_list list);
void ask_no_memory(struct request *request);

/* Whose outcome is the end of the request, and its answer. */
struct outcome_for ask_outcome(struct request *request);
/* For other outcomes: a refusal as it is. */
void ask_refuse(struct request *request, const struct outcome *outcome);
/* An outcome_progress, whose context is a request. */
void ask_progress(void *request, const char *sentence);

#endif
