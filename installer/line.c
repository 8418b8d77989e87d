/* Questions and answers, a line each. */
/* SPDX-License-Identifier: MIT */
#include "line.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* Without blanks at its ends. False: there is no more. */
static bool read_line(char text[LINE_MAX_BYTES])
{
	char *start, *end;
	int letter;

	fflush(stdout);
	if (!fgets(text, LINE_MAX_BYTES, stdin))
		return false;
	/* What is too long is no answer; its rest is none to the next. */
	if (!strchr(text, '\n')) {
		while ((letter = getchar()) != EOF && letter != '\n')
			;
		if (strlen(text) == LINE_MAX_BYTES - 1) {
			printf("That is too long.\n");
			*text = '\0';
		}
	}
	start = text + strspn(text, " \t\r\n");
	end = start + strlen(start);
	while (end > start && strchr(" \t\r\n", end[-1]))
		end--;
	*end = '\0';
	memmove(text, start, (size_t)(end - start) + 1);
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
