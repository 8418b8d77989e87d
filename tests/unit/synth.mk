# Unit tests of the synthetic keyboard, pointer and video with a guest that is
# not there, under ASan and UBSan. usage: make -f synth.mk check
# SPDX-License-Identifier: MIT

TESTS = test_synth_input test_synthvid
PARTS = $(addprefix vmwp/,vmbus/* shared ram say stream clock bus) \
	$(addprefix vmwp/input/,input synthkbd synthmouse) \
	$(addprefix vmwp/display/,screen synthvid synthvid_facts vram edid)
PLACES = vmwp .
include common.mk
