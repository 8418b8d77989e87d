/* Who may come in, and by which way, as JSON. */
/* SPDX-License-Identifier: MIT */
#include "show_access.h"

#include <stdio.h>
#include <string.h>

#include "places.h"
#include "show_sections.h"

static json_t *account(const struct conf *conf, const char *section,
	const char *name, json_t *keys)
{
	json_t *list = show_values(conf, section, "key");
	json_t *object = json_object();

	json_object_set_new(object, "name", json_string(name));
	json_object_set_new(object, "keys",
		json_integer((json_int_t)json_array_size(list)));
	json_object_set_new(object, "password",
		json_boolean(conf_value(conf, section, "password", 0)));
	json_object_set_new(keys, section, list);
	return object;
}

/* Those that init asks for a login on: "tty1::respawn:/sbin/getty ...". */
static json_t *consoles(void)
{
	FILE *file = fopen(PLACE_INITTAB, "re");
	json_t *list = json_array();
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (strstr(line, ":respawn:/sbin/getty ")) {
			line[strcspn(line, ":")] = '\0';
			json_array_append_new(list, json_string(line));
		}
	if (file)
		fclose(file);
	return list;
}

void show_access(json_t *object, const struct conf *conf)
{
	json_t *list = json_array(), *keys = json_object();
	json_t *root = account(conf, "login", "root", keys);
	const char *section;
	int i;

	for (i = 0; (section = conf_section(conf, "admin", i)); i++)
		json_array_append_new(list, account(conf, section,
			section + strlen("admin "), keys));
	json_object_set_new(object, "administrators", list);
	json_object_set_new(object, "root", root);
	json_object_set_new(object, "keys", keys);
	json_object_set_new(object, "consoles", consoles());
}
