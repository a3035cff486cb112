/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A growing run of bytes.
 */
#include "buffer.h"
#include <stdlib.h>
#include <string.h>

#define BUFFER_FIRST 4096u

static bool
grow(struct buffer *b, size_t n)
{
    size_t size = b->size > 0 ? b->size : BUFFER_FIRST;
    char *data;

    if (b->failed || n > BUFFER_LIMIT - b->length) {
        b->failed = true;
        return false;
    }
    while (size - b->length < n)
        size *= 2;
    data = realloc(b->data, size);
    if (data == NULL) {
        b->failed = true;
        return false;
    }
    b->data = data;
    b->size = size;
    return true;
}

char *
buffer_extend(struct buffer *b, size_t n)
{
    char *at;

    if (b->size - b->length < n && !grow(b, n))
        return NULL;
    at = b->data + b->length;
    b->length += n;
    return at;
}

void
buffer_add(struct buffer *b, const void *bytes, size_t n)
{
    char *at = n > 0 ? buffer_extend(b, n) : NULL;

    if (at != NULL)
        memcpy(at, bytes, n);
}

void
buffer_add_text(struct buffer *b, const char *text)
{
    buffer_add(b, text, strlen(text));
}

void
buffer_add_char(struct buffer *b, char c)
{
    char *at = buffer_extend(b, 1);

    if (at != NULL)
        *at = c;
}

void
buffer_clear(struct buffer *b)
{
    b->length = 0;
    b->failed = false;
}

void
buffer_free(struct buffer *b)
{
    free(b->data);
    *b = (struct buffer){ 0 };
}
