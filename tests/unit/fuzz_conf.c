/* Random changes to settings files: reading must be safe, and what is written
 * must read back with the same meaning. usage: fuzz_conf COUNT [SEED] */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include "conf.h"
#include "keys.h"

#include <time.h>

static const char start[] = "# settings\n[host]\nname = branch-7\n"
	"timezone = UTC\n[time]\nntp = 10.0.0.1\n[dns]\nserver = ::1\n"
	"[nic 52:54:00:12:34:56]\naddress = 10.0.0.5/8\nvlan = 10\n"
	"[bond bond0]\nnics = 52:54:00:00:00:01 52:54:00:00:00:02\n";

static unsigned long long state;

/* xorshift64: repeatable from its seed. */
static unsigned int draw(unsigned int below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 11) % below;
}

static size_t mutate(char *text, size_t size, size_t room)
{
	static const char bytes[] = "[]=#\n\r\t :/.0az$\xff\xc3";
	unsigned int changes = 1 + draw(8);

	while (changes--) {
		size_t at = draw(size);
		size_t length = 1 + draw(16);

		switch (draw(4)) {
		case 0:
			text[at] = bytes[draw(sizeof(bytes))];
			break;
		case 1:
			text[at] = draw(256);
			break;
		case 2: /* cut */
			if (at + length < size) {
				memmove(text + at, text + at + length,
					size - at - length);
				size -= length;
			}
			break;
		case 3: /* double */
			if (at + length < size && size + length < room) {
				memmove(text + at + length, text + at,
					size - at);
				size += length;
			}
			break;
		}
	}
	return size;
}

static void ignore(void *context, int line, const char *text)
{
	(void)context;
	(void)line;
	(void)text;
}

static void put(const char *text, size_t size)
{
	FILE *file = fopen("fuzz", "w");

	CHECK(file && fwrite(text, 1, size, file) == size);
	CHECK(!fclose(file));
}

static void same_values(const struct conf *one, const struct conf *two,
	const char *section, const char *key)
{
	const char *value;
	int i;

	for (i = 0; (value = conf_value(one, section, key, i)); i++)
		CHECK_STRING(value, conf_value(two, section, key, i));
	CHECK(!conf_value(two, section, key, i));
}

static void same(const struct conf *one, const struct conf *two)
{
	const struct conf_key *key;
	const char *section;
	int i;

	for (i = 0; (section = conf_section(one, NULL, i)); i++) {
		const struct conf_kind *kind = host_kinds;

		CHECK_STRING(section, conf_section(two, NULL, i));
		while (strncmp(kind->name, section, strlen(kind->name)))
			kind++;
		for (key = kind->keys; key->name; key++)
			same_values(one, two, section, key->name);
	}
	CHECK(!conf_section(two, NULL, i));
}

/* Sets or removes something, which must then be so. */
static void change(struct conf *conf)
{
	static const char *const values[] = { "9.9.9.9", "fe80::1" };

	switch (draw(4)) {
	case 0:
		CHECK(!conf_set(conf, "dns", "server", values, 2, NULL, NULL));
		CHECK_STRING("9.9.9.9", conf_value(conf, "dns", "server", 0));
		CHECK_STRING("fe80::1", conf_value(conf, "dns", "server", 1));
		CHECK(!conf_value(conf, "dns", "server", 2));
		break;
	case 1:
		conf_unset(conf, "host", "name");
		CHECK(!conf_value(conf, "host", "name", 0));
		break;
	case 2:
		conf_unset(conf, "dns", NULL);
		CHECK(!conf_line(conf, "dns", NULL));
		break;
	}
}

int main(int count, char **arguments)
{
	long rounds = count > 1 ? atol(arguments[1]) : 1000;
	unsigned long seed = count > 2 ? strtoul(arguments[2], NULL, 0) :
		(unsigned long)time(NULL);
	char text[2048];

	printf("fuzz_conf: %ld rounds, seed %lu\n", rounds, seed);
	fflush(stdout);
	state = seed * 2 + 1;
	while (rounds--) {
		struct conf *one, *two;
		size_t size;

		memcpy(text, start, sizeof(start) - 1);
		size = mutate(text, sizeof(start) - 1, sizeof(text));
		put(text, size);
		one = conf_read("fuzz", host_kinds, NULL, NULL);
		CHECK(one);
		host_check(one, ignore, NULL);
		change(one);
		CHECK(!conf_write(one, "fuzz"));
		two = conf_read("fuzz", host_kinds, NULL, NULL);
		CHECK(two);
		same(one, two);
		conf_free(one);
		conf_free(two);
	}
	return 0;
}
