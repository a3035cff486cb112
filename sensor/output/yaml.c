/* SPDX-License-Identifier: BSD-2-Clause
 *
 * YAML documents through libyaml's emitter, each opened by `---`.
 *
 * libyaml knows which text cannot stand unquoted by its characters; that `yes`, `0x12`, `1:30` or
 * `12345` would be read back as something else than text is the schema's affair and decided here,
 * by YAML 1.1 (yaml.org/type) and 1.2 (the core schema) together, since readers follow either.
 */
#include "emit.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <yaml.h>

struct yaml {
    struct emitter emitter;
    struct buffer *to;
    yaml_emitter_t yaml;
};

static struct yaml *
yaml_of(struct emitter *e)
{
    return (struct yaml *)(void *)e;
}

/* Words that a reader of YAML 1.1 or 1.2 takes for a boolean, null, float or merge key. */
static const char *const reserved_words[] = { "y", "n", "yes", "no", "on", "off", "true", "false",
    "null", "~", ".nan", ".inf", "<<", "=" };

/* True when the text would be read back as text without quotes. Whatever begins like a number, a
 * date or a sexagesimal is quoted: an address or a time stamp with quotes does no harm. */
static bool
stays_text(const char *text, size_t n)
{
    if (n == 0 || strchr("+-.0123456789", text[0]) != NULL)
        return false;
    for (size_t i = 0; i < sizeof(reserved_words) / sizeof(*reserved_words); i++)
        if (strlen(reserved_words[i]) == n && strncasecmp(reserved_words[i], text, n) == 0)
            return false;
    return true;
}

static int
write_bytes(void *context, unsigned char *bytes, size_t n)
{
    struct buffer *to = context;

    buffer_add(to, bytes, n);
    return !to->failed;
}

/* Hands an event on. Should libyaml refuse it, memory is short: the document is marked failed. */
static void
emit_event(struct yaml *y, int initialized, yaml_event_t *event)
{
    if (!initialized || !yaml_emitter_emit(&y->yaml, event))
        y->to->failed = true;
}

static void
put_scalar(struct yaml *y, const char *text, size_t n, yaml_scalar_style_t style)
{
    yaml_event_t event;

    emit_event(y,
        yaml_scalar_event_initialize(
            &event, NULL, NULL, (const yaml_char_t *)text, (int)n, 1, 1, style),
        &event);
}

static void
yaml_begin(struct emitter *e)
{
    yaml_event_t event;

    emit_event(
        yaml_of(e), yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 0), &event);
}

static void
yaml_end(struct emitter *e)
{
    yaml_event_t event;

    emit_event(yaml_of(e), yaml_document_end_event_initialize(&event, 1), &event);
    yaml_emitter_flush(&yaml_of(e)->yaml);
}

static void
yaml_begin_map(struct emitter *e, enum emit_style style)
{
    yaml_event_t event;

    emit_event(yaml_of(e),
        yaml_mapping_start_event_initialize(&event, NULL, NULL, 1,
            style == EMIT_LINE ? YAML_FLOW_MAPPING_STYLE : YAML_BLOCK_MAPPING_STYLE),
        &event);
}

static void
yaml_end_map(struct emitter *e)
{
    yaml_event_t event;

    emit_event(yaml_of(e), yaml_mapping_end_event_initialize(&event), &event);
}

static void
yaml_begin_list(struct emitter *e, enum emit_style style)
{
    yaml_event_t event;

    emit_event(yaml_of(e),
        yaml_sequence_start_event_initialize(&event, NULL, NULL, 1,
            style == EMIT_LINE ? YAML_FLOW_SEQUENCE_STYLE : YAML_BLOCK_SEQUENCE_STYLE),
        &event);
}

static void
yaml_end_list(struct emitter *e)
{
    yaml_event_t event;

    emit_event(yaml_of(e), yaml_sequence_end_event_initialize(&event), &event);
}

static void
yaml_key(struct emitter *e, const char *key)
{
    put_scalar(yaml_of(e), key, strlen(key), YAML_PLAIN_SCALAR_STYLE);
}

static void
yaml_text(struct emitter *e, const char *text, size_t n)
{
    put_scalar(yaml_of(e), text, n,
        stays_text(text, n) ? YAML_ANY_SCALAR_STYLE : YAML_SINGLE_QUOTED_SCALAR_STYLE);
}

static void
yaml_plain(struct emitter *e, const char *word, size_t n)
{
    put_scalar(yaml_of(e), word, n, YAML_PLAIN_SCALAR_STYLE);
}

static void
yaml_close(struct emitter *e)
{
    yaml_emitter_delete(&yaml_of(e)->yaml);
    free(yaml_of(e));
}

static const struct emit_form yaml_form = {
    .begin = yaml_begin,
    .end = yaml_end,
    .begin_map = yaml_begin_map,
    .end_map = yaml_end_map,
    .begin_list = yaml_begin_list,
    .end_list = yaml_end_list,
    .key = yaml_key,
    .text = yaml_text,
    .time = yaml_plain, /* YAML has a type for it */
    .plain = yaml_plain,
    .close = yaml_close,
};

struct emitter *
emit_open_yaml(struct buffer *to)
{
    struct yaml *y = calloc(1, sizeof(*y));
    yaml_event_t event;

    if (y == NULL)
        return NULL;
    y->emitter.form = &yaml_form;
    y->to = to;
    if (!yaml_emitter_initialize(&y->yaml)) {
        free(y);
        return NULL;
    }
    yaml_emitter_set_output(&y->yaml, write_bytes, to);
    yaml_emitter_set_unicode(&y->yaml, 1);
    yaml_emitter_set_width(&y->yaml, -1); /* lines are never folded */
    if (!yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING) ||
        !yaml_emitter_emit(&y->yaml, &event)) {
        yaml_close(&y->emitter);
        return NULL;
    }
    return &y->emitter;
}
