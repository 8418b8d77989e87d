/* The sections and keys of a host's socle.conf; see docs/settings.md. */
/* SPDX-License-Identifier: MIT */
#ifndef KEYS_H
#define KEYS_H

#include "conf.h"

/* The table for conf_read(). */
extern const struct conf_kind host_kinds[];

/*
 * What no single line shows: bonds without adapters or with shared ones,
 * gateways without an address. Returns the number of problems reported.
 */
int host_check(const struct conf *conf, conf_report *report, void *context);

/* A password hash that login accepts: yescrypt or sha512crypt. */
bool good_hash(const char *value);

/*
 * The name of a time zone: in form, and as a file of the zoneinfo folder, if
 * there is one.
 */
bool good_zone_in(const char *folder, const char *value);

/*
 * The keyboard layouts, as "NAME=whose|...": those of rootfs/packages/keymaps.
 */
#define KEYBOARDS \
	"be=Belgium|br=Brazil|ca=Canada, French|ch=Switzerland, German|" \
	"ch-fr=Switzerland, French|cz=Czechia|de=Germany|dk=Denmark|" \
	"dvorak=Dvorak|ee=Estonia|es=Spain|fi=Finland|fr=France|" \
	"gb=United Kingdom|hr=Croatia|hu=Hungary|ie=Ireland|is=Iceland|" \
	"it=Italy|jp=Japan|latam=Latin America|lt=Lithuania|lv=Latvia|" \
	"nl=Netherlands|no=Norway|pl=Poland|pt=Portugal|ro=Romania|" \
	"se=Sweden|si=Slovenia|sk=Slovakia|tr=Turkey|us=United States|" \
	"us-intl=US with dead keys"

/* One of these. */
bool good_keyboard(const char *value);

/* What other tables take, too. A number has no sign and no leading zero. */
bool good_number(const char *value, long low, long high);
bool good_yes_no(const char *value);
bool good_address(const char *value); /* IPv4 or IPv6 */
bool good_mac(const char *value);     /* unicast */
bool good_switch_name(const char *value);
bool good_volume_name(const char *value);
bool good_uuid(const char *value);
bool good_vlan(const char *value);
bool good_vlans(const char *value);   /* "10,20-29" */
bool good_guards(const char *value);

#endif
