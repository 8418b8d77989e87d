/* A definition's generations, as bytes: which of them counts. */
/* SPDX-License-Identifier: MIT */
#include "definition_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "definition_keys.h"

static const char *error_reason(int error)
{
	switch (error) {
	case ENOENT: return "is missing";
	case ELOOP: return "is a link, which is not followed";
	case EINVAL: return "is no file";
	case EFBIG: return "is too long";
	default: return strerror(error);
	}
}

/* NULL, with a reason and errno: EBADMSG: it is damaged. */
static struct conf *parse(const struct definition_text *from,
	const char **reason)
{
	struct conf *conf;

	errno = from->error;
	*reason = error_reason(from->error);
	if (!from->text)
		return NULL;
	errno = EBADMSG;
	*reason = "is empty";
	if (!from->size)
		return NULL;
	*reason = "is damaged: there are zero bytes in it";
	if (memchr(from->text, 0, from->size))
		return NULL;
	conf = conf_parse(from->text, from->size, definition_kinds, NULL, NULL);
	*reason = error_reason(errno);
	if (!conf)
		return NULL;
	if (conf_value(conf, "vm", "id", 0))
		return conf;
	conf_free(conf);
	*reason = "is no definition: it has no [vm] id";
	errno = EBADMSG;
	return NULL;
}

struct conf *definition_parse(const struct definition_text *current,
	const struct definition_text *previous, bool bad,
	struct definition_source *source, struct trouble *why)
{
	const char *reason, *other;
	struct conf *conf = parse(current, &reason);
	int error = errno;

	*source = (struct definition_source){ .bad = bad };
	if (conf)
		return conf;
	/* Nothing is wrong with one that there is no memory for. */
	if (error == ENOMEM) {
		trouble(why, 0, "vm.conf cannot be read: %s", reason);
		errno = error;
		return NULL;
	}
	source->previous = true;
	source->damaged = error != ENOENT;
	snprintf(source->why, sizeof(source->why), "vm.conf %s; the "
		"definition before it, vm.conf.old, counts", reason);
	conf = parse(previous, &other);
	if (conf)
		return conf;
	error = errno;
	trouble(why, 0, "there is no definition: vm.conf %s, vm.conf.old %s",
		reason, other);
	errno = error == ENOENT && source->damaged ? EBADMSG : error;
	return NULL;
}

enum generation definition_keeps(const struct definition_source *source)
{
	return source->damaged ? GENERATION_BAD : GENERATION_PREVIOUS;
}

void definition_written(struct definition_source *source)
{
	source->bad |= source->damaged;
	source->previous = source->damaged = false;
	source->why[0] = '\0';
}
