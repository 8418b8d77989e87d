/* Where settings are kept. Unit tests put a header of their own first. */
/* SPDX-License-Identifier: MIT */
#ifndef KEEP_PATHS_H
#define KEEP_PATHS_H

#define PATH_CONFIG "/config"                 /* the host's own volume */
#define PATH_SECOND "/volumes/*/.socle"       /* and data volumes' folders */
#define PATH_FILE "/socle.conf"               /* in each */
#define PATH_WRITTEN "/run/socle/kept-number" /* the last number written */
#define PATH_REPLACED "/run/socle/settings-replaced" /* by import or reset */
#define PATH_COMMAND_LINE "/proc/cmdline"
#define PATH_LOOK_AGAIN "/lib/socle/config"

#endif
