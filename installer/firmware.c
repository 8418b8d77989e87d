/* Files that devices want and this system does not have. */
/* SPDX-License-Identifier: MIT */
#include "firmware.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "places.h"
#include "program.h"
#include "row.h"

/* _request_firmware(), drivers/base/firmware_loader/main.c: "DRIVER DEVICE:
 * Direct firmware load for FILE failed with error -2". */
static const char before[] = "Direct firmware load for ";
static const char behind[] = " failed with error";

static bool is_said(const json_t *seen, const char *file)
{
	const json_t *each;
	size_t i;

	json_array_foreach((json_t *)seen, i, each)
		if (!strcmp(json_string_value(each), file))
			return true;
	return false;
}

static void say(json_t *rows, json_t *seen, const char *at)
{
	const char *end = strstr(at, behind);
	char file[128];

	if (!end || memchr(at, '\n', (size_t)(end - at)))
		return;
	snprintf(file, sizeof(file), "%.*s", (int)(end - at), at);
	if (is_said(seen, file))
		return;
	json_array_append_new(seen, json_string(file));
	row_say(rows, "firmware", BAD, "a device wants the file %s, which "
		"is not here: an ISO that was built with SOCLE_FIRMWARE=1 has "
		"it", file);
}

void firmware_say(json_t *rows)
{
	size_t size;
	char *log = program_said(PLACE_LOG, &size);
	const char *at = log;
	json_t *seen = json_array();

	while (at && (at = strstr(at, before))) {
		at += sizeof(before) - 1;
		say(rows, seen, at);
	}
	json_decref(seen);
	free(log);
}
