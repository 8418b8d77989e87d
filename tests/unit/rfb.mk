# Unit tests of what looks at a VM's screen, under ASan and UBSan. Needs
# libvncserver-dev, libpng-dev. usage: make -f rfb.mk check
# SPDX-License-Identifier: MIT

TESTS = test_screenshot test_typing test_rfb
PARTS = $(addprefix vmwp/display/,screen png screenshotcommand rfb viewer* \
	keysym typing) $(addprefix vmwp/,input/input events say filter \
	filter_rules callfilter)
PLACES = vmwp .
LIBRARIES = -lvncserver -lpng16 -lz
include common.mk
