/* What the headers of the interface need. */
/* SPDX-License-Identifier: MIT */
#define static_assert _Static_assert
