/* Other programs that switch runs. */
/* SPDX-License-Identifier: MIT */
#ifndef SWITCH_PROGRAM_H
#define SWITCH_PROGRAM_H

/*
 * Runs a program with standard streams of /dev/null and waits for its end.
 * Its status, or -errno when it did not run or did not end by itself.
 */
int program_run(char *const *arguments);
/* The same of one that speaks for itself: with our standard streams. */
int program_let_speak(char *const *arguments);

#endif
