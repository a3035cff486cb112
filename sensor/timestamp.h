/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Packet time as text and back: RFC 3339, UTC, six decimals, `2023-10-17T14:03:22.123456Z`.
 *
 * Years 0000 to 9999 have a text of their own. A time beyond them, which only a damaged or hostile
 * capture can hold, is written as the nearest that has one.
 */
#ifndef SENSOR_TIMESTAMP_H
#define SENSOR_TIMESTAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TIMESTAMP_LENGTH 27
#define TIMESTAMP_SIZE (TIMESTAMP_LENGTH + 1)

/* Always writes TIMESTAMP_LENGTH characters and a NUL. */
void timestamp_print(char out[TIMESTAMP_SIZE], int64_t time_us);

/* Reads exactly the form that timestamp_print writes; false, with *time_us untouched, for any other
 * text and for dates that do not exist (leap seconds included: Unix time has none). */
bool timestamp_parse(const char *text, size_t n, int64_t *time_us);

#endif
