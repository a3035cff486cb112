/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the program says of itself, on standard error: each cause once, the rest counted.
 *
 * A line begins with `farmwatch: `. Control characters and invalid UTF-8 (a file name may hold
 * anything) are escaped. A status line, the progress bar, is wiped before each message and drawn
 * again by its owner. May be called from any thread.
 */
#ifndef SENSOR_LOG_H
#define SENSOR_LOG_H

#include <stdint.h>

enum log_level {
    LOG_QUIET,  /* -q: failures only */
    LOG_NORMAL, /* and notes */
    LOG_VERBOSE /* -v: and details */
};

void log_set_level(enum log_level level);
enum log_level log_get_level(void);

/* A failure or loss: said at every level. The same text is said once, then counted. */
void log_failure(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Said unless -q. */
void log_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Said with -v only. */
void log_detail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* log_failure() in the shape of the `message` callbacks; context is not used. */
void log_message(void *context, const char *line);

/* Replaces the line on the terminal that is no message; NULL wipes it. Only for a terminal. */
void log_status(const char *text);

/* Messages that were not said again since they had been said before. */
uint64_t log_get_repeats(void);

#endif
