/* The words that a form's fields become. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_FORM_WORDS_H
#define SCONFIG_FORM_WORDS_H

#include "form.h"

/* A field's value; sets: it is said, even if it is empty. */
void form_words_add(struct typed *typed, const struct form_field *field,
	const char *value, bool sets);
/* How many bytes the verb takes at this field's place. */
size_t form_words_most(const struct form *form,
	const struct form_field *field);
/* The field that a sentence of the service's or the verb's is about, or -1. */
int form_words_meant(const struct form *form, const char *sentence);

#endif
