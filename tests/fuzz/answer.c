/* A service of another host that answers anything: what a terminal gets. */
/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "vmms/line.h"
#include "vmms/table.h"

/* Nothing that it obeys but the line's end. */
static void check_text(const unsigned char *text, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++) {
		CHECK((text[i] >= ' ' && text[i] != 0x7f) || text[i] == '\n');
		CHECK(text[i] != 0xc2 || i + 1 == size || text[i + 1] < 0x80 ||
			text[i + 1] >= 0xa0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char why[LINE_SENTENCE], *text = NULL;
	json_t *answer = line_parse((const char *)bytes, size, &line_answer,
		why);
	size_t length = 0;
	FILE *stream;

	if (!answer)
		return 0;
	stream = open_memstream(&text, &length);
	CHECK(stream);
	table_print(stream, answer);
	table_print(stream, json_object_get(answer, "result"));
	CHECK(!fclose(stream));
	check_text((unsigned char *)text, length);
	free(text);
	json_decref(answer);
	return 0;
}
