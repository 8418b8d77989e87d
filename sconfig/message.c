/* A question below the page's body. */
/* SPDX-License-Identifier: MIT */
#include "message.h"

#include <stdio.h>

#include "page.h"
#include "terminal.h"

/* A resize and a signal are no answer. */
static int answer(const char *text)
{
	int key;

	do {
		page_question(text);
		key = page_wait();
	} while (key == PRESSED_NONE || key == PRESSED_OTHER ||
		(terminal_is_small() && key != PRESSED_OVER));
	page_question(NULL);
	return key;
}

bool message_confirm(const char *question)
{
	char text[ASK_TEXT];
	int key;

	snprintf(text, sizeof(text), "%.700s? (y/N)", question);
	key = answer(text);
	if (key != 'y' && key != 'Y')
		return false;
	page_answered();
	return true;
}
