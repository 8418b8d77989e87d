/* Modules of the guest's kernel, from /modules. */
/* SPDX-License-Identifier: MIT */
#include "modules.h"

#include "call.h"
#include "say.h"

#define ERROR_EXISTS	17

void modules_load(const char *const *paths)
{
	long file, result;

	for (; *paths; paths++) {
		file = call(CALL_OPEN, (long)*paths, 0, 0, 0, 0);
		if (file < 0)
			continue;
		result = call(CALL_FINIT_MODULE, file, (long)"", 0, 0, 0);
		if (result && result != -ERROR_EXISTS)
			check(false, *paths, number((unsigned long)-result));
		call(CALL_CLOSE, file, 0, 0, 0, 0);
	}
}
