/* A program in a worker's place that does nothing. */
/* SPDX-License-Identifier: MIT */
#include <unistd.h>

int main(void)
{
	for (;;)
		pause();
}
