/* Questions and answers, a line each. */
/* SPDX-License-Identifier: MIT */
#include "line.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define BLANKS " \t\r\n"

/* Without blanks at its ends; NULs, as a serial port makes of noise, are none of
 * it. What is too long is no answer: the next line is read. False: there is no
 * more. */
static bool read_line(char text[LINE_MAX_BYTES])
{
	size_t size, start;
	int letter;

	fflush(stdout);
	do {
		for (size = 0; (letter = getchar()) != EOF && letter != '\n';)
			if (letter && size++ < LINE_MAX_BYTES - 1)
				text[size - 1] = (char)letter;
		if (letter == EOF && !size)
			return false;
		if (size >= LINE_MAX_BYTES)
			printf("That is too long. Once more: ");
		fflush(stdout);
	} while (size >= LINE_MAX_BYTES);
	while (size && strchr(BLANKS, text[size - 1]))
		size--;
	text[size] = '\0';
	start = strspn(text, BLANKS);
	memmove(text, text + start, size - start + 1);
	return true;
}

bool line_ask(const char *question, const char *preset, const char *help,
	char text[LINE_MAX_BYTES])
{
	for (;;) {
		if (preset && *preset)
			printf("%s [%s]: ", question, preset);
		else
			printf("%s: ", question);
		if (!read_line(text) || !strcmp(text, "!"))
			return false;
		if (!strcmp(text, "?")) {
			printf("%s\n", help);
			continue;
		}
		if (!*text && preset)
			snprintf(text, LINE_MAX_BYTES, "%s", preset);
		if (*text || preset)
			return true;
	}
}

bool line_secret(const char *question, char text[LINE_MAX_BYTES])
{
	struct termios shown, hidden;
	bool terminal = !tcgetattr(STDIN_FILENO, &shown), got;

	printf("%s: ", question);
	fflush(stdout);
	if (terminal) {
		hidden = shown;
		hidden.c_lflag &= ~(tcflag_t)ECHO;
		hidden.c_lflag |= ECHONL;
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	}
	got = read_line(text);
	if (terminal)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &shown);
	return got && strcmp(text, "!");
}
