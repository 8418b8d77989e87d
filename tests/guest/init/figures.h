/* The TSC at the init's start. */
/* SPDX-License-Identifier: MIT */
#ifndef INIT_FIGURES_H
#define INIT_FIGURES_H

void tell_figures(void);

#endif
