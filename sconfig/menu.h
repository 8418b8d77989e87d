/* The main menu. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_MENU_H
#define SCONFIG_MENU_H

/* Until it is left. */
void menu_run(void);
/* Leaves it, from an entry. */
void menu_leave(void);

#endif
