/* Programs that have the screen for themselves: a shell, a VM's console. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_OUTSIDE_H
#define SCONFIG_OUTSIDE_H

/* The menu's screen goes, the program has the terminal, with the signals as they
 * usually are, until its end; then the menu's is back. First is said before.
 * Words end with NULL; the first is its path. Its exit status, or -errno. */
int outside_run(const char *const *words, const char *first);
/* The same with any key before the menu comes back: its output is to be read. */
int outside_show(const char *const *words, const char *first);

#endif
