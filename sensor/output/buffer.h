/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Bytes to be written, in memory that grows once and is then used again and again.
 */
#ifndef SENSOR_OUTPUT_BUFFER_H
#define SENSOR_OUTPUT_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#define BUFFER_LIMIT (8u << 20) /* no document comes near; a bound all the same */

struct buffer {
    char *data;
    size_t length, size;
    bool failed; /* latched when memory or BUFFER_LIMIT ran out: what is there is incomplete */
};

/* n bytes at the end to be filled in, or NULL (failed is latched). */
char *buffer_extend(struct buffer *b, size_t n);
void buffer_add(struct buffer *b, const void *bytes, size_t n);
void buffer_add_text(struct buffer *b, const char *text);
void buffer_add_char(struct buffer *b, char c);
/* Empties it and clears failed; the memory stays. */
void buffer_clear(struct buffer *b);
void buffer_free(struct buffer *b);

#endif
