/* What the control socket asks of screen, keyboard and pointer. */
/* SPDX-License-Identifier: MIT */
#include "display/screencommand.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "display/screen.h"
#include "input/input.h"

#define SPACE	' '

/* One of the first 65,536 characters: 3 bytes at most. */
static char *put_character(char *to, unsigned int character)
{
	if (character < 0x80) {
		*to++ = character;
		return to;
	}
	if (character < 0x800) {
		*to++ = 0xc0 | character >> 6;
	} else {
		*to++ = 0xe0 | character >> 12;
		*to++ = 0x80 | (character >> 6 & 0x3f);
	}
	*to++ = 0x80 | (character & 0x3f);
	return to;
}

static char *put_row(char *to, const uint16_t *row, unsigned int columns)
{
	unsigned int i;

	while (columns && row[columns - 1] == SPACE)
		columns--;
	for (i = 0; i < columns; i++)
		to = put_character(to, row[i]);
	*to++ = '\n';
	return to;
}

static int write_text(const char *text, size_t size, int fd)
{
	ssize_t written = write(fd, text, size);

	if (written < 0)
		return -errno;
	if ((size_t)written != size)
		return -EIO;
	if (lseek(fd, 0, SEEK_SET) || fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL |
			F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE))
		return -errno;
	return 0;
}

/* A file with these bytes: its descriptor or -errno. */
static int file_of(const char *text, size_t size)
{
	int fd = memfd_create("text", MFD_CLOEXEC | MFD_ALLOW_SEALING), error;

	if (fd < 0)
		return -errno;
	error = write_text(text, size, fd);
	if (!error)
		return fd;
	close(fd);
	return error;
}

static int text_file(const struct screen_text *text, uint64_t *size)
{
	char *bytes = malloc(text->rows * (text->columns * 3 + 1u) + 1u);
	char *to = bytes;
	unsigned int row;
	int result;

	if (!bytes)
		return -ENOMEM;
	for (row = 0; row < text->rows; row++)
		to = put_row(to, text->character + row * text->columns,
			text->columns);
	*size = to - bytes;
	result = file_of(bytes, *size);
	free(bytes);
	return result;
}

static int show_text(const struct screen_text *text,
	struct control_screen *answer, int *fd)
{
	int result = text_file(text, &answer->size);

	if (result < 0)
		return result;
	*fd = result;
	answer->text = 1;
	answer->width = text->columns;
	answer->height = text->rows;
	answer->cursor = text->cursor;
	answer->cursor_column = text->cursor_column;
	answer->cursor_row = text->cursor_row;
	return 0;
}

static int show_graphics(
	const struct picture *picture, struct control_screen *answer)
{
	if (!picture)
		return -ENOMEM;
	answer->width = picture->width;
	answer->height = picture->height;
	return 0;
}

int screencommand(struct screen *screen, pthread_mutex_t *lock,
	struct control_screen *answer, int *fd)
{
	struct screen_text *text;
	int error = 0;
	bool shown;

	if (!screen)
		return -EOPNOTSUPP;
	text = malloc(sizeof(*text));
	if (!text)
		return -ENOMEM;
	pthread_mutex_lock(lock);
	shown = screen_read_text(screen, text);
	if (!shown)
		error = show_graphics(screen_draw(screen), answer);
	pthread_mutex_unlock(lock);
	if (shown)
		error = show_text(text, answer, fd);
	free(text);
	return error;
}

int screencommand_keys(struct input *input, pthread_mutex_t *lock,
	const struct control_keys_request *request)
{
	unsigned int i;
	int error = 0;

	if (!input)
		return -EOPNOTSUPP;
	if (request->request.argument || request->reserved ||
	    request->count > CONTROL_KEYS_MAX)
		return -EPROTO;
	pthread_mutex_lock(lock);
	if (input_key_room(input) < request->count)
		error = -EAGAIN;
	for (i = 0; !error && i < request->count; i++)
		input_key(input, request->key[i] & ~CONTROL_KEY_UP,
			!(request->key[i] & CONTROL_KEY_UP));
	pthread_mutex_unlock(lock);
	return error;
}

int screencommand_pointer(struct input *input, pthread_mutex_t *lock,
	const struct control_pointer_request *request)
{
	if (!input)
		return -EOPNOTSUPP;
	if (request->request.argument || request->x > INPUT_POSITION_MAX ||
	    request->y > INPUT_POSITION_MAX)
		return -EPROTO;
	pthread_mutex_lock(lock);
	input_move(input, request->x, request->y, request->buttons,
		request->wheel);
	pthread_mutex_unlock(lock);
	return 0;
}
