/* The menu: entries by number, with what each does. */
/* SPDX-License-Identifier: MIT */
#ifndef MENU_H
#define MENU_H

#include <stdbool.h>

struct entry {
	int number;
	const char *text;
	const char *question;  /* asked first, default No; NULL: none */
	bool (*run)(void);     /* outside the screen; true: leave the menu */
};

extern const struct entry entries[];
extern const int entry_count;

#endif
