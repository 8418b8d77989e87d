/* The library of switches' files, in the folder where the test of volumes runs. */
/* SPDX-License-Identifier: MIT */
#ifndef SWITCH_PATHS_H
#define SWITCH_PATHS_H

#define PATH_SETTINGS "settings"
#define PATH_CONFIG "config"
#define PATH_CONFIG_SETTINGS "config/socle.conf"

#endif
