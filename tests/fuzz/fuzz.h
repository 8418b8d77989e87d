/* What the fuzz targets share: the input, taken piece by piece. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* libFuzzer's entry; main.c calls it where there is none. A finding ends the
 * process. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct input {
	const uint8_t *at;
	size_t left;
};

/* Zeros behind the end. */
static inline void input_take(struct input *input, void *to, size_t size)
{
	size_t there = size < input->left ? size : input->left;

	memset(to, 0, size);
	memcpy(to, input->at, there);
	input->at += there;
	input->left -= there;
}

static inline uint8_t input_byte(struct input *input)
{
	uint8_t value;

	input_take(input, &value, sizeof(value));
	return value;
}

static inline uint32_t input_word(struct input *input)
{
	uint32_t value;

	input_take(input, &value, sizeof(value));
	return value;
}

#endif
