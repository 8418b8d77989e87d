/* Who changes the settings of this host: one at a time. */
/* SPDX-License-Identifier: MIT */
#include "lock.h"

#include "lockfile.h"

int lock_settings(void)
{
	return lockfile_take("/run/socle/settings.lock", true);
}
