/* From X11's symbols of keys, which RFB names, to keys of a US keyboard. */
/* SPDX-License-Identifier: MIT */
#include "display/keysym.h"

#include <stddef.h>

#include "input/input.h"

#define FIRST	0x20u	/* of the characters; their symbols are Latin-1 */
#define LAST	0x7eu
#define SHIFT	0x80u	/* in the table below: with shift */

/* X11/keysymdef.h (X Protocol, appendix A); keys of scan code set 1. */
static const uint8_t characters[LAST - FIRST + 1] = {
	[' ' - FIRST] = 0x39, ['!' - FIRST] = SHIFT | 0x02,
	['"' - FIRST] = SHIFT | 0x28, ['#' - FIRST] = SHIFT | 0x04,
	['$' - FIRST] = SHIFT | 0x05, ['%' - FIRST] = SHIFT | 0x06,
	['&' - FIRST] = SHIFT | 0x08, ['\'' - FIRST] = 0x28,
	['(' - FIRST] = SHIFT | 0x0a, [')' - FIRST] = SHIFT | 0x0b,
	['*' - FIRST] = SHIFT | 0x09, ['+' - FIRST] = SHIFT | 0x0d,
	[',' - FIRST] = 0x33, ['-' - FIRST] = 0x0c,
	['.' - FIRST] = 0x34, ['/' - FIRST] = 0x35,
	['0' - FIRST] = 0x0b, ['1' - FIRST] = 0x02, ['2' - FIRST] = 0x03,
	['3' - FIRST] = 0x04, ['4' - FIRST] = 0x05, ['5' - FIRST] = 0x06,
	['6' - FIRST] = 0x07, ['7' - FIRST] = 0x08, ['8' - FIRST] = 0x09,
	['9' - FIRST] = 0x0a, [':' - FIRST] = SHIFT | 0x27,
	[';' - FIRST] = 0x27, ['<' - FIRST] = SHIFT | 0x33,
	['=' - FIRST] = 0x0d, ['>' - FIRST] = SHIFT | 0x34,
	['?' - FIRST] = SHIFT | 0x35, ['@' - FIRST] = SHIFT | 0x03,
	['[' - FIRST] = 0x1a, ['\\' - FIRST] = 0x2b,
	[']' - FIRST] = 0x1b, ['^' - FIRST] = SHIFT | 0x07,
	['_' - FIRST] = SHIFT | 0x0c, ['`' - FIRST] = 0x29,
	['a' - FIRST] = 0x1e, ['b' - FIRST] = 0x30, ['c' - FIRST] = 0x2e,
	['d' - FIRST] = 0x20, ['e' - FIRST] = 0x12, ['f' - FIRST] = 0x21,
	['g' - FIRST] = 0x22, ['h' - FIRST] = 0x23, ['i' - FIRST] = 0x17,
	['j' - FIRST] = 0x24, ['k' - FIRST] = 0x25, ['l' - FIRST] = 0x26,
	['m' - FIRST] = 0x32, ['n' - FIRST] = 0x31, ['o' - FIRST] = 0x18,
	['p' - FIRST] = 0x19, ['q' - FIRST] = 0x10, ['r' - FIRST] = 0x13,
	['s' - FIRST] = 0x1f, ['t' - FIRST] = 0x14, ['u' - FIRST] = 0x16,
	['v' - FIRST] = 0x2f, ['w' - FIRST] = 0x11, ['x' - FIRST] = 0x2d,
	['y' - FIRST] = 0x15, ['z' - FIRST] = 0x2c,
	['{' - FIRST] = SHIFT | 0x1a, ['|' - FIRST] = SHIFT | 0x2b,
	['}' - FIRST] = SHIFT | 0x1b, ['~' - FIRST] = SHIFT | 0x29,
};

struct other {
	uint16_t symbol, key;
};

static const struct other others[] = {
	{ 0xfe03, INPUT_E0 | 0x38 },	/* ISO_Level3_Shift: right Alt */
	{ 0xfe20, 0x0f },		/* ISO_Left_Tab */
	{ 0xff08, 0x0e },		/* BackSpace */
	{ 0xff09, 0x0f },		/* Tab */
	{ 0xff0a, 0x1c },		/* Linefeed */
	{ 0xff0d, 0x1c },		/* Return */
	{ 0xff13, INPUT_PAUSE },
	{ 0xff14, 0x46 },		/* Scroll_Lock */
	{ 0xff15, INPUT_PRINT },	/* Sys_Req */
	{ 0xff1b, 0x01 },		/* Escape */
	{ 0xff50, INPUT_E0 | 0x47 },	/* Home */
	{ 0xff51, INPUT_E0 | 0x4b },	/* Left */
	{ 0xff52, INPUT_E0 | 0x48 },	/* Up */
	{ 0xff53, INPUT_E0 | 0x4d },	/* Right */
	{ 0xff54, INPUT_E0 | 0x50 },	/* Down */
	{ 0xff55, INPUT_E0 | 0x49 },	/* Page_Up */
	{ 0xff56, INPUT_E0 | 0x51 },	/* Page_Down */
	{ 0xff57, INPUT_E0 | 0x4f },	/* End */
	{ 0xff61, INPUT_PRINT },
	{ 0xff63, INPUT_E0 | 0x52 },	/* Insert */
	{ 0xff67, INPUT_E0 | 0x5d },	/* Menu */
	{ 0xff6b, INPUT_PAUSE },	/* Break */
	{ 0xff7e, INPUT_E0 | 0x38 },	/* Mode_switch */
	{ 0xff7f, 0x45 },		/* Num_Lock */
	{ 0xff8d, INPUT_E0 | 0x1c },	/* KP_Enter */
	{ 0xff95, 0x47 },		/* KP_Home */
	{ 0xff96, 0x4b },		/* KP_Left */
	{ 0xff97, 0x48 },		/* KP_Up */
	{ 0xff98, 0x4d },		/* KP_Right */
	{ 0xff99, 0x50 },		/* KP_Down */
	{ 0xff9a, 0x49 },		/* KP_Page_Up */
	{ 0xff9b, 0x51 },		/* KP_Page_Down */
	{ 0xff9c, 0x4f },		/* KP_End */
	{ 0xff9d, 0x4c },		/* KP_Begin */
	{ 0xff9e, 0x52 },		/* KP_Insert */
	{ 0xff9f, 0x53 },		/* KP_Delete */
	{ 0xffaa, 0x37 },		/* KP_Multiply */
	{ 0xffab, 0x4e },		/* KP_Add */
	{ 0xffac, 0x53 },		/* KP_Separator */
	{ 0xffad, 0x4a },		/* KP_Subtract */
	{ 0xffae, 0x53 },		/* KP_Decimal */
	{ 0xffaf, INPUT_E0 | 0x35 },	/* KP_Divide */
	{ 0xffb0, 0x52 }, { 0xffb1, 0x4f }, { 0xffb2, 0x50 },	/* KP_0 on */
	{ 0xffb3, 0x51 }, { 0xffb4, 0x4b }, { 0xffb5, 0x4c },
	{ 0xffb6, 0x4d }, { 0xffb7, 0x47 }, { 0xffb8, 0x48 },
	{ 0xffb9, 0x49 },
	{ 0xffbe, 0x3b }, { 0xffbf, 0x3c }, { 0xffc0, 0x3d },	/* F1 on */
	{ 0xffc1, 0x3e }, { 0xffc2, 0x3f }, { 0xffc3, 0x40 },
	{ 0xffc4, 0x41 }, { 0xffc5, 0x42 }, { 0xffc6, 0x43 },
	{ 0xffc7, 0x44 }, { 0xffc8, 0x57 }, { 0xffc9, 0x58 },
	{ 0xffe1, 0x2a },		/* Shift_L */
	{ 0xffe2, 0x36 },		/* Shift_R */
	{ 0xffe3, 0x1d },		/* Control_L */
	{ 0xffe4, INPUT_E0 | 0x1d },	/* Control_R */
	{ 0xffe5, 0x3a },		/* Caps_Lock */
	{ 0xffe7, INPUT_E0 | 0x5b },	/* Meta_L */
	{ 0xffe8, INPUT_E0 | 0x5c },	/* Meta_R */
	{ 0xffe9, 0x38 },		/* Alt_L */
	{ 0xffea, INPUT_E0 | 0x38 },	/* Alt_R */
	{ 0xffeb, INPUT_E0 | 0x5b },	/* Super_L */
	{ 0xffec, INPUT_E0 | 0x5c },	/* Super_R */
	{ 0xffff, INPUT_E0 | 0x53 },	/* Delete */
};

static bool find_character(uint32_t symbol, struct keysym *found)
{
	bool capital = symbol >= 'A' && symbol <= 'Z';
	uint8_t entry = characters[(capital ? symbol + 'a' - 'A' : symbol) -
		FIRST];

	*found = (struct keysym){
		.key = entry & ~SHIFT,
		.shift = capital || entry & SHIFT ? KEYSYM_SHIFTED :
			KEYSYM_PLAIN,
		.letter = capital || (symbol >= 'a' && symbol <= 'z'),
	};
	/* A space is one with shift, too. */
	if (symbol == ' ')
		found->shift = KEYSYM_ANY;
	return entry;
}

bool keysym_find(uint32_t symbol, struct keysym *found)
{
	size_t i;

	if (symbol >= FIRST && symbol <= LAST)
		return find_character(symbol, found);
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (others[i].symbol != symbol)
			continue;
		*found = (struct keysym){ .key = others[i].key };
		return true;
	}
	return false;
}
