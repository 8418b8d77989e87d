/* What arguments' values may be. */
/* SPDX-License-Identifier: MIT */
#include "arguments_good.h"

#include <string.h>

#include "definition_keys.h"
#include "disk/names.h"
#include "keys.h"

#define SIZE_LEAST	(3ull << 20)
#define SIZE_MOST	(64ull << 40)

static bool one_of(const char *const *words, const char *value)
{
	return definition_word(words, value, strlen(value)) >= 0;
}

bool good_memory(const char *value)
{
	uint64_t bytes;

	return definition_memory(value, &bytes);
}

bool good_size(const char *value)
{
	uint64_t bytes;

	return size_of_name(value, &bytes) && bytes >= SIZE_LEAST &&
		bytes <= SIZE_MOST;
}

bool good_disc(const char *value)
{
	return image_good(value);
}

bool good_file_name(const char *value)
{
	return image_good(value) && !image_is_path(value);
}

bool good_switch(const char *value)
{
	return good_switch_name(value);
}

bool good_integration(const char *value)
{
	return one_of(words_integration, value);
}

bool good_on_off(const char *value)
{
	static const char *const words[] = { "on", "off", NULL };

	return one_of(words, value);
}

bool good_place(const char *value)
{
	unsigned int place;
	bool ide;

	return definition_place(value, &ide, &place);
}

bool good_format(const char *value)
{
	enum disk_format format;

	return format_of_name(value, &format);
}

bool good_new_format(const char *value)
{
	static const char *const words[] = { "vhdx", "raw", NULL };

	return one_of(words, value);
}

bool good_model(const char *value)
{
	return one_of(words_model, value);
}

bool good_settings_action(const char *value)
{
	static const char *const words[] = { "export", "import", "reset",
		NULL };

	return one_of(words, value);
}

bool good_storage_action(const char *value)
{
	static const char *const words[] = { "list", "claim", "mirror",
		"format", "adopt", "forget", NULL };

	return one_of(words, value);
}

bool good_network_action(const char *value)
{
	static const char *const words[] = { "confirm", "revert", "show",
		"test", NULL };

	return one_of(words, value);
}
