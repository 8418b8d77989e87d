/* Settings files: UTF-8 and blanks. */
/* SPDX-License-Identifier: MIT */
#include "conf_lines.h"

#include <string.h>

/*
 * The length of the UTF-8 character at text; 0 when there is none, or a control
 * character other than tab. The second byte's range excludes what is too long
 * for its value, surrogates, and all above U+10FFFF (RFC 3629 section 4).
 */
static size_t character(const unsigned char *text, size_t length)
{
	unsigned char low = *text == 0xe0 ? 0xa0 : *text == 0xf0 ? 0x90 : 0x80;
	unsigned char high = *text == 0xed ? 0x9f : *text == 0xf4 ? 0x8f : 0xbf;
	size_t size = *text >= 0xf0 ? 4 : *text >= 0xe0 ? 3 : 2;
	size_t i;

	if (*text < 0x80)
		return (*text >= 0x20 && *text != 0x7f) || *text == '\t';
	if (*text < 0xc2 || *text > 0xf4 || size > length ||
		text[1] < low || text[1] > high)
		return 0;
	for (i = 2; i < size; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	return size;
}

void conf_printable(char *text)
{
	size_t length = strlen(text);

	while (length) {
		size_t size = character((unsigned char *)text, length);

		if (!size || *text == '\t')
			*text = '?';
		if (!size)
			size = 1;
		text += size;
		length -= size;
	}
}

bool conf_is_text(const char *text, size_t length)
{
	while (length) {
		size_t size = character((const unsigned char *)text, length);

		if (!size)
			return false;
		text += size;
		length -= size;
	}
	return true;
}

char *conf_trim(char *text)
{
	size_t length;

	text += strspn(text, " \t");
	length = strlen(text);
	while (length && strchr(" \t", text[length - 1]))
		length--;
	text[length] = '\0';
	return text;
}
