/* The library of switches' files, in the folder where host's unit test runs. */
/* SPDX-License-Identifier: MIT */
#ifndef SWITCH_PATHS_H
#define SWITCH_PATHS_H

#define PATH_SETTINGS "settings"
#define PATH_NETWORK "./network"

#endif
