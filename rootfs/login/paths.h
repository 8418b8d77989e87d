/* Where login finds its files. Unit tests put a header of their own first. */
/* SPDX-License-Identifier: MIT */
#ifndef PATHS_H
#define PATHS_H

#define PATH_SETTINGS "/run/socle/socle.conf" /* in effect now */
#define PATH_ISSUE "/run/issue"
#define PATH_FAILURES "/run/login/failures"
#define PATH_LOCK "/run/login/lock"

#endif
