/* login's files, in the folder where its unit test runs. */
/* SPDX-License-Identifier: MIT */
#ifndef PATHS_H
#define PATHS_H

#define PATH_SETTINGS "settings"
#define PATH_ISSUE "issue"
#define PATH_FAILURES "failures"
#define PATH_LOCK "lock"

#endif
