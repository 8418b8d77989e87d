/* The volume of the settings, in the folder where a unit test runs. */
/* SPDX-License-Identifier: MIT */
#ifndef KEEP_PATHS_H
#define KEEP_PATHS_H

#define PATH_CONFIG "config"
#define PATH_SECOND "volumes/*/.socle"
#define PATH_FILE "/socle.conf"
#define PATH_WRITTEN "written"
#define PATH_REPLACED "replaced"
#define PATH_COMMAND_LINE "cmdline"
#define PATH_LOOK_AGAIN "/bin/true"

#endif
