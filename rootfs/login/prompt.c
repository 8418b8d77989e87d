/* Line input, byte by byte, so that a fresh notice never tears a line. */
/* SPDX-License-Identifier: MIT */
#include "prompt.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { CTRL_C = 3, CTRL_D = 4, BACKSPACE = 8, CTRL_U = 21, DELETE = 127 };

static void print(const char *text)
{
	while (*text) {
		ssize_t done = write(STDOUT_FILENO, text, strlen(text));

		if (done <= 0)
			return;
		text += done;
	}
}

/* Waits for a byte. False: a second passed. */
static bool next_byte(char *byte)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	int ready = poll(&in, 1, 1000);

	if (!ready || (ready < 0 && errno == EINTR))
		return false;
	if (ready < 0 || read(STDIN_FILENO, byte, 1) != 1)
		exit(EXIT_FAILURE);
	return true;
}

/* Takes the last character (of UTF-8) off text. */
static size_t erase(const char *text, size_t length, bool echo)
{
	if (!length)
		return 0;
	do
		length--;
	while (length && (text[length] & 0xc0) == 0x80);
	if (echo)
		print("\b \b");
	return length;
}

static size_t put(char *text, size_t length, size_t size, char byte, bool echo)
{
	if ((unsigned char)byte < 0x20 || length + 1 >= size)
		return length;
	text[length] = byte;
	if (echo)
		print((char[]){ byte, 0 });
	return length + 1;
}

static enum prompt_result read_line(const char *prompt, bool echo, char *text,
	size_t size, int seconds, enum prompt_refresh (*refresh)(void))
{
	enum prompt_refresh news;
	size_t length = 0;
	int quiet = 0;
	char byte;

	for (;;) {
		if (!next_byte(&byte)) {
			if (seconds && ++quiet >= seconds)
				return PROMPT_CANCEL;
			news = !length && refresh ? refresh() : PROMPT_SAME;
			if (news == PROMPT_STOP)
				return PROMPT_CANCEL;
			if (news == PROMPT_PRINTED)
				print(prompt);
			continue;
		}
		quiet = 0;
		if (byte == CTRL_C || (byte == CTRL_D && !length))
			return PROMPT_CANCEL;
		if (byte == '\r' || byte == '\n')
			break;
		if (byte == BACKSPACE || byte == DELETE)
			length = erase(text, length, echo);
		else if (byte == CTRL_U)
			while (length)
				length = erase(text, length, echo);
		else
			length = put(text, length, size, byte, echo);
	}
	text[length] = '\0';
	return PROMPT_LINE;
}

enum prompt_result prompt_line(const char *prompt, bool echo, char *text,
	size_t size, int seconds, enum prompt_refresh (*refresh)(void))
{
	struct termios before, raw;
	enum prompt_result result;

	text[0] = '\0';
	if (tcgetattr(STDIN_FILENO, &before))
		exit(EXIT_FAILURE);
	raw = before;
	raw.c_lflag &= ~(ICANON | ECHO | ISIG | IEXTEN);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw))
		exit(EXIT_FAILURE);
	print(prompt);
	result = read_line(prompt, echo, text, size, seconds, refresh);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
	print("\r\n");
	return result;
}
