/* What the parts of the privileged process share. */
/* SPDX-License-Identifier: MIT */
#include "helper_work.h"

#include <errno.h>
#include <string.h>

bool work_ends(const char *text, size_t size)
{
	return memchr(text, 0, size);
}

int work_send(struct work *work, const void *bytes, size_t size)
{
	int fd = parcel_file(bytes, size);

	return fd < 0 ? fd : parcel_add(work->out, fd);
}

char *work_received(struct work *work, unsigned int index, size_t *size)
{
	if (index < work->in->count)
		return parcel_read(work->in->fds[index], HELPER_FILE_MAX,
			size);
	errno = EBADF;
	return NULL;
}

int work_split(char *text, size_t size, char **words, unsigned int most)
{
	unsigned int count = 0;
	char *end = text + size;

	if (size && end[-1])
		return -EINVAL;
	while (text < end) {
		if (count == most)
			return -E2BIG;
		words[count++] = text;
		text += strlen(text) + 1;
	}
	words[count] = NULL;
	return (int)count;
}

int work_folder(struct work *work)
{
	struct store_entry entry;

	return store_open(&work->helper->store, work->request->name, &entry,
		&work->why);
}

int work_name(struct work *work)
{
	const char *name = work->request->name;

	return name_check(name, strlen(name), &work->why);
}

int work_idle(struct work *work)
{
	if (!crew_find(&work->helper->crew, work->request->name))
		return 0;
	return trouble(&work->why, -EBUSY, "the VM \"%s\" has a worker that "
		"lives", work->request->name);
}
