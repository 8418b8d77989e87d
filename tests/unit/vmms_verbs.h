/* The verbs of the tests' service and of their command. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_VMMS_VERBS_H
#define TESTS_VMMS_VERBS_H

#include "verb.h"

static const struct verb_argument echo_arguments[] = {
	{ "text", VERB_TEXT, VERB_PLACED, 0, 60000, NULL, "any text" },
	{ .name = NULL },
};

static const struct verb_argument tell_arguments[] = {
	{ "count", VERB_NUMBER, 0, 0, 100000, NULL, NULL },
	{ "size", VERB_NUMBER, 0, 0, 100000, NULL, NULL },
	{ .name = NULL },
};

static const struct verb_argument later_arguments[] = {
	{ "name", VERB_TEXT, VERB_NEEDED | VERB_PLACED | VERB_OBJECT, 0, 63,
		NULL, "the name of a VM" },
	{ "ms", VERB_NUMBER, 0, 0, 100000, NULL, NULL },
	{ "hard", VERB_FLAG, 0, 0, 0, NULL, "without asking its guest" },
	{ "set", VERB_PAIRS, VERB_PLACED, 0, 0, NULL, "settings" },
	{ "with", VERB_LIST, 0, 0, 0, NULL, "the name of a switch" },
	{ .name = NULL },
};

static const struct verb serving_verbs[] = {
	{ "version", NULL, 0, "says what speaks", NULL, NULL },
	{ "echo", echo_arguments, 0, "says a text", "vm echo hello\n", NULL },
	{ "subscribe", NULL, VERB_STREAM, "says what happens", NULL, NULL },
	{ "tell", tell_arguments, 0, "makes events", NULL, NULL },
	{ "later", later_arguments, VERB_CHANGES, "takes its time", NULL, NULL },
	{ "log", NULL, 0, "says what was done", NULL, NULL },
	{ "count", NULL, 0, "counts", NULL, NULL },
	{ "disk fail", later_arguments, 0, "is refused", NULL, NULL },
	{ "list", NULL, 0, "lists VMs", NULL, NULL },
	{ "reign", NULL, VERB_ROOT, "is for root", NULL, NULL },
	{ "progress", NULL, 0, "says how far it is", NULL, NULL },
	{ .name = NULL },
};

#endif
