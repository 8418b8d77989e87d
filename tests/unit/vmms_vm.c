/* vm, with the verbs of the tests' service. */
/* SPDX-License-Identifier: MIT */
#include "command.h"
#include "vmms_verbs.h"

int main(int count, char **words)
{
	return command_run(serving_verbs, words + 1, count - 1);
}
