/* vm: asks the management service; see docs/management.md. */
/* SPDX-License-Identifier: MIT */
#include "command.h"
#include "verbs.h"

int main(int count, char **words)
{
	return command_run(verbs, words + 1, count - 1);
}
