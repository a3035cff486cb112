/* SPDX-License-Identifier: BSD-2-Clause
 *
 * JSON lines (RFC 8259): one document a line, keys in order, UTF-8 as it is.
 *
 * Text is clean UTF-8 by the time it comes here; `"`, `\` and, should any be left, control
 * characters are escaped. Nothing is allocated but the buffer.
 */
#include "emit.h"
#include <stdlib.h>
#include <string.h>

struct json {
    struct emitter emitter;
    struct buffer *to;
    bool needs_comma; /* before the next key or item */
};

static struct json *
json_of(struct emitter *e)
{
    return (struct json *)(void *)e;
}

/* Before a value: the comma that parts it from the one before, unless a key stands there. */
static void
part(struct json *j)
{
    if (j->needs_comma)
        buffer_add_char(j->to, ',');
}

static bool
must_escape(char c)
{
    return c == '"' || c == '\\' || (unsigned char)c < 0x20;
}

static void
put_escape(struct buffer *to, char c)
{
    static const char hex[] = "0123456789abcdef";
    char escape[6] = { '\\', 'u', '0', '0', hex[(c >> 4) & 15], hex[c & 15] };

    if (c == '"' || c == '\\') {
        escape[1] = c;
        buffer_add(to, escape, 2);
    } else {
        buffer_add(to, escape, sizeof(escape));
    }
}

static void
put_string(struct buffer *to, const char *text, size_t n)
{
    const char *end = text + n;

    buffer_add_char(to, '"');
    while (text < end) {
        const char *from = text;

        while (text < end && !must_escape(*text))
            text++;
        buffer_add(to, from, (size_t)(text - from));
        if (text < end)
            put_escape(to, *text++);
    }
    buffer_add_char(to, '"');
}

static void
json_begin(struct emitter *e)
{
    json_of(e)->needs_comma = false;
}

static void
json_end(struct emitter *e)
{
    buffer_add_char(json_of(e)->to, '\n');
}

static void
json_open(struct emitter *e, char bracket)
{
    part(json_of(e));
    buffer_add_char(json_of(e)->to, bracket);
    json_of(e)->needs_comma = false;
}

static void
json_shut(struct emitter *e, char bracket)
{
    buffer_add_char(json_of(e)->to, bracket);
    json_of(e)->needs_comma = true;
}

static void
json_begin_map(struct emitter *e, enum emit_style style)
{
    (void)style;
    json_open(e, '{');
}

static void
json_end_map(struct emitter *e)
{
    json_shut(e, '}');
}

static void
json_begin_list(struct emitter *e, enum emit_style style)
{
    (void)style;
    json_open(e, '[');
}

static void
json_end_list(struct emitter *e)
{
    json_shut(e, ']');
}

static void
json_key(struct emitter *e, const char *key)
{
    struct json *j = json_of(e);

    part(j);
    put_string(j->to, key, strlen(key));
    buffer_add_char(j->to, ':');
    j->needs_comma = false;
}

static void
json_text(struct emitter *e, const char *text, size_t n)
{
    part(json_of(e));
    put_string(json_of(e)->to, text, n);
    json_of(e)->needs_comma = true;
}

static void
json_plain(struct emitter *e, const char *word, size_t n)
{
    part(json_of(e));
    buffer_add(json_of(e)->to, word, n);
    json_of(e)->needs_comma = true;
}

static void
json_close(struct emitter *e)
{
    free(json_of(e));
}

static const struct emit_form json_form = {
    .begin = json_begin,
    .end = json_end,
    .begin_map = json_begin_map,
    .end_map = json_end_map,
    .begin_list = json_begin_list,
    .end_list = json_end_list,
    .key = json_key,
    .text = json_text,
    .time = json_text,
    .plain = json_plain,
    .close = json_close,
};

struct emitter *
emit_open_json(struct buffer *to)
{
    struct json *j = calloc(1, sizeof(*j));

    if (j == NULL)
        return NULL;
    j->emitter.form = &json_form;
    j->to = to;
    return &j->emitter;
}
