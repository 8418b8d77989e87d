/* What is asked of a worker process about its network adapters. */
/* SPDX-License-Identifier: MIT */
#include "network.h"

#include "call.h"
#include "control.h"
#include "descriptor.h"
#include "say.h"
#include "storage.h"

#define OPEN_BOTH	2
#define PLACES		8u
#define SET_IFF		0x400454ca	/* TUNSETIFF */
#define FLAGS		0x5102		/* tap, no information, virtio, queues */

static struct control_network_request request;
static struct control_network got;
static int queues[CONTROL_QUEUES];
static unsigned int opened;

static uint32_t value_of(const char *text)
{
	uint32_t value = 0;

	for (; *text >= '0' && *text <= '9'; text++)
		value = value * 10 + (uint32_t)(*text - '0');
	return value;
}

static uint8_t digit(char letter)
{
	return letter <= '9' ? letter - '0' : (letter | 0x20) - 'a' + 10;
}

static void take_mac(const char *text)
{
	unsigned int i;

	for (i = 0; i < 6 && text[0] && text[1]; i++) {
		request.mac[i] = digit(text[0]) << 4 | digit(text[1]);
		text += text[2] ? 3 : 2;
	}
}

/* Another queue of that tap (netdevice(7)). */
static bool open_queue(const char *name)
{
	struct {
		char name[16];
		int16_t flags;
		char rest[22];
	} what = { .flags = FLAGS };
	long file = call(CALL_OPEN, (long)"/dev/net/tun", OPEN_BOTH, 0, 0, 0);
	unsigned int i;

	for (i = 0; name[i] && i < sizeof(what.name) - 1; i++)
		what.name[i] = name[i];
	if (file < 0 || call(CALL_IOCTL, file, SET_IFF, (long)&what, 0, 0))
		return false;
	queues[opened++] = (int)file;
	return true;
}

/* The worker sees the tap's descriptors only. */
static bool read_mtu(const char *name)
{
	static const char folder[] = "/sys/class/net/", file[] = "/mtu";
	char path[sizeof(folder) + 16 + sizeof(file)] = "", text[16] = "";
	unsigned int at = 0, i;
	long opened_file;

	for (i = 0; folder[i]; i++)
		path[at++] = folder[i];
	for (i = 0; name[i] && i < 16; i++)
		path[at++] = name[i];
	for (i = 0; file[i]; i++)
		path[at++] = file[i];
	opened_file = call(CALL_OPEN, (long)path, 0, 0, 0, 0);
	if (opened_file < 0 || call(CALL_READ, opened_file, (long)text,
		sizeof(text) - 1, 0, 0) <= 0)
		return false;
	request.mtu = value_of(text);
	return true;
}

static bool ask(long file)
{
	return descriptor_send(file, &request, sizeof(request), queues,
		opened) && call(CALL_READ, file, (long)&got, sizeof(got), 0,
		0) == sizeof(got) && !got.reply.error;
}

static void tell_traffic(const char *what, const struct control_traffic *of)
{
	say(what, ": ", number(of->frames[0] + of->frames[1] + of->frames[2]),
		" frames, ",
		number(of->bytes[0] + of->bytes[1] + of->bytes[2]),
		" bytes", NULL);
	say(what, ": ", number(of->errors), " errors, ",
		number(of->dropped), " dropped", NULL);
}

static void tell(void)
{
	if (!got.present)
		return;
	say("NIC ", number(got.place), ": cable ", got.cable ? "in" : "out",
		got.leaving ? ", leaving" : "", ", MTU ", number(got.mtu),
		NULL);
	say("channels ", number(got.channels), ", filter ",
		number(got.filter), NULL);
	say("NVSP ", number(got.version >> 16), ".",
		number(got.version & 0xffff), NULL);
	tell_traffic("sent", &got.sent);
	tell_traffic("received", &got.received);
}

static bool list(long file)
{
	uint32_t place;

	for (place = 0; place < PLACES; place++) {
		request.request.argument = place;
		if (!ask(file))
			return false;
		tell();
	}
	return true;
}

static bool nothing(char **words, long count)
{
	(void)words;
	return !count;
}

/* PLACE|any TAP MAC [QUEUES] */
static bool add(char **words, long count)
{
	uint32_t wanted = count == 4 ? value_of(words[3]) : 1;

	if (count < 3 || count > 4 || wanted > CONTROL_QUEUES)
		return false;
	if (same(words[0], "any"))
		request.request.argument = CONTROL_NETWORK_ANY;
	take_mac(words[2]);
	request.cable = 1;
	if (!read_mtu(words[1]))
		return false;
	while (opened < wanted)
		if (!open_queue(words[1]))
			return false;
	return true;
}

static bool place_alone(char **words, long count)
{
	(void)words;
	return count == 1;
}

static bool cable(char **words, long count)
{
	request.cable = count == 2 && same(words[1], "in");
	return count == 2;
}

static const struct word {
	const char *name;
	uint32_t type;
	/* Words behind the name, of which the first is the place. */
	bool (*fill)(char **words, long count);
} all[] = {
	{ "network", CONTROL_NETWORK, nothing },
	{ "add-nic", CONTROL_NETWORK_ADD, add },
	{ "remove-nic", CONTROL_NETWORK_REMOVE, place_alone },
	{ "cable", CONTROL_NETWORK_CABLE, cable },
};

static bool run(long file, const struct word *word, char **words, long count)
{
	request.request = (struct control_request){
		.magic = CONTROL_MAGIC, .version = CONTROL_VERSION,
		.type = word->type,
		.argument = count ? value_of(words[0]) : 0,
	};
	if (!word->fill(words, count))
		return false;
	if (word->type == CONTROL_NETWORK)
		return list(file);
	if (ask(file)) {
		tell();
		return true;
	}
	say("error ", number((unsigned long)-got.reply.error), NULL);
	return false;
}

bool network_run(long file, char **words, long count, bool *good)
{
	unsigned int i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (same(words[0], all[i].name)) {
			*good = run(file, &all[i], words + 1, count - 1);
			return true;
		}
	return false;
}
