/* SPDX-License-Identifier: BSD-2-Clause
 *
 * JSON (RFC 8259) read strictly, step by step, through the bounds-checked cursor of rd.h: one
 * object after the other, no tree, no allocation.
 */
#ifndef SENSOR_OUTPUT_JSON_READ_H
#define SENSOR_OUTPUT_JSON_READ_H

#include "../../parsers/rd.h"

#define JSON_DEPTH_LIMIT 16  /* maps and lists within each other */
#define JSON_TEXT_LIMIT 1024 /* longest text that is taken, in bytes of UTF-8 */

enum json_kind { JSON_TEXT, JSON_INTEGER, JSON_TRUE, JSON_FALSE, JSON_NULL, JSON_MAP, JSON_OTHER };

struct json_value {
    enum json_kind kind; /* JSON_OTHER: a list or a number that is no 64-bit integer */
    int64_t integer;
    char text[JSON_TEXT_LIMIT + 1]; /* may hold NULs; always NUL-terminated */
    size_t length;
};

/* A cursor's `ok` becomes false at the first byte that is not JSON; every later step is inert. */

/* Takes "{"; the members follow by json_next_key(). */
bool json_begin(struct rd *r);
/* Takes the next key; false at the "}" (taken) or on bad input. is_first is the caller's, set to
 * true before the first. */
bool json_next_key(struct rd *r, bool *is_first, struct json_value *key);
/* Takes a value; of a map only its "{", of a list everything. */
void json_take_value(struct rd *r, struct json_value *value);
/* Takes and forgets the members of a map whose "{" was taken. */
void json_skip_map(struct rd *r);
/* True when nothing but white space is left. */
bool json_at_end(struct rd *r);

#endif
