/* The report for who is to help: shown, or saved. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_REPORT_H
#define SCONFIG_REPORT_H

#define REPORT_FILE "/tmp/report.txt"

struct page;

/* Actions' run(). */
void report_show(struct page *page);
void report_save(struct page *page);

#endif
