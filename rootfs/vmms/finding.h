/* What is found in a definition, as sentences that name the key. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_FINDING_H
#define VMMS_FINDING_H

#include "conf.h"

struct findings {
	const struct conf *conf;
	conf_report *report; /* NULL: they are counted only */
	void *context;
	int count;
};

/* Of a key, or with key NULL of the section itself. */
void finding(struct findings *findings, const char *section, const char *key,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
