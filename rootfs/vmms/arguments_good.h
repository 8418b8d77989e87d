/* What arguments' values may be. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_ARGUMENTS_GOOD_H
#define VMMS_ARGUMENTS_GOOD_H

#include "image.h"
#include "name.h"

bool good_memory(const char *value);
/* A disk's: 3M to 64T. */
bool good_size(const char *value);
/* The name of a file of a storage folder's `iso`, or the path of a file. */
bool good_disc(const char *value);
/* The name of a file in a VM's folder. */
bool good_file_name(const char *value);
bool good_switch(const char *value);
bool good_integration(const char *value);
bool good_on_off(const char *value);
bool good_place(const char *value);
bool good_format(const char *value);
bool good_new_format(const char *value);
bool good_model(const char *value);
bool good_network_action(const char *value);
bool good_settings_action(const char *value);
bool good_storage_action(const char *value);

#endif
