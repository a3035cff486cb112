/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reads observations as hostile input: a file of them may come from another organisation. Each line
 * is checked whole; a wrong type, a bad address or a number out of range refuses the line.
 */
#include "observation_read.h"
#include "../../parsers/text.h"
#include "../address.h"
#include "../timestamp.h"
#include "document.h"
#include "json_read.h"
#include "observation_name.h"
#include "output.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_LIMIT (64u << 10)
#define UNREADABLE_SAID 10 /* lines that are named; the rest is counted */
#define KEY_SIZE 64
#define MESSAGE_SIZE 4352 /* a path and a sentence */

#define BIT(field) (1u << (field))

static bool
take_text(const struct json_value *v, char *out, size_t room)
{
    if (v->kind != JSON_TEXT)
        return false;
    text_clean(out, room, v->text, v->length);
    return true;
}

static bool
take_number(const struct json_value *v, int64_t least, int64_t most, int64_t *out)
{
    *out = v->integer;
    return v->kind == JSON_INTEGER && v->integer >= least && v->integer <= most;
}

static bool
take_address(const struct json_value *v, struct in6_addr *out)
{
    return v->kind == JSON_TEXT && strlen(v->text) == v->length && address_parse(v->text, out);
}

static bool
take_port(const struct json_value *v, uint16_t *out)
{
    int64_t number;

    if (!take_number(v, 0, UINT16_MAX, &number))
        return false;
    *out = (uint16_t)number;
    return true;
}

/* Sixteen lower-case hexadecimal digits. */
static bool
take_id(const struct json_value *v, uint64_t *out)
{
    uint64_t id = 0;

    if (v->kind != JSON_TEXT || v->length != 16)
        return false;
    for (size_t i = 0; i < v->length; i++) {
        char c = v->text[i];

        if ((c < '0' || c > '9') && (c < 'a' || c > 'f'))
            return false;
        id = id << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    *out = id;
    return true;
}

static bool
take_transport(const struct json_value *v, uint8_t *out)
{
    int64_t number = v->integer;

    if (v->kind == JSON_TEXT)
        number = document_transport_of(v->text);
    else if (v->kind != JSON_INTEGER)
        return false;
    if (number < 0 || number > UINT8_MAX)
        return false;
    *out = (uint8_t)number;
    return true;
}

static bool
take_field(struct observation *o, enum observation_field field, const struct json_value *v)
{
    int64_t number = 0;

    switch (field) {
    case FIELD_TIME:
        return v->kind == JSON_TEXT && timestamp_parse(v->text, v->length, &o->time_us);
    case FIELD_KIND:
        o->fact.kind = v->kind == JSON_TEXT ? (uint8_t)fact_kind_of(v->text) : FACT_NONE;
        return o->fact.kind != FACT_NONE;
    case FIELD_PROTOCOL:
        return take_text(v, o->protocol, sizeof(o->protocol));
    case FIELD_CAPTURE:
        return take_text(v, o->capture, sizeof(o->capture));
    case FIELD_PACKET:
        if (!take_number(v, 0, INT64_MAX, &number))
            return false;
        o->packet = (uint64_t)number;
        return true;
    case FIELD_FLOW:
        o->has_flow = true;
        return take_id(v, &o->flow);
    case FIELD_SOURCE:
        return take_address(v, &o->source);
    case FIELD_SOURCE_PORT:
        return take_port(v, &o->source_port);
    case FIELD_DESTINATION:
        return take_address(v, &o->destination);
    case FIELD_DESTINATION_PORT:
        return take_port(v, &o->destination_port);
    case FIELD_ENCAPSULATION:
        return take_text(v, o->encapsulation, sizeof(o->encapsulation));
    case FIELD_TRANSPORT:
        return take_transport(v, &o->transport);
    case FIELD_COUNT:
        break;
    }
    return false;
}

/* A value of the fact; false when it is of another type than the key's. */
static bool
take_fact(struct fact *f, enum fact_key key, const struct json_value *v)
{
    struct in6_addr address;

    switch (fact_key_type(key)) {
    case FACT_TYPE_TEXT:
        if (v->kind != JSON_TEXT)
            return false;
        fact_text(f, key, v->text, v->length);
        return true;
    case FACT_TYPE_NUMBER:
        if (v->kind != JSON_INTEGER)
            return false;
        fact_number(f, key, v->integer);
        return true;
    case FACT_TYPE_ADDRESS:
        if (!take_address(v, &address))
            return false;
        fact_address(f, key, &address);
        return true;
    case FACT_TYPE_FLAG:
        if (v->kind == JSON_TRUE)
            fact_flag(f, key);
        return v->kind == JSON_TRUE || v->kind == JSON_FALSE;
    }
    return false;
}

/* The key as fact.h names it ("device.mac" for "mac" within "device"). */
static enum fact_key
key_within(const char *map, size_t map_length, const struct json_value *key)
{
    char name[KEY_SIZE];
    size_t n = map_length + 1 + key->length;

    if (n > sizeof(name))
        return KEY_NONE;
    memcpy(name, map, map_length);
    name[map_length] = '.';
    memcpy(name + map_length + 1, key->text, key->length);
    return observation_name_find(name, n).key;
}

struct reading {
    struct observation *o;
    struct json_value key, value;
    unsigned seen; /* BIT() of each field */
    uint64_t unknown;
};

/* The members of a map within an observation, whose name is the key at hand. */
static bool
read_inner(struct rd *r, struct reading *g)
{
    char map[KEY_SIZE];
    size_t map_length = g->key.length;
    bool is_first = true;

    memcpy(map, g->key.text, map_length);

    while (json_next_key(r, &is_first, &g->key)) {
        enum fact_key key = key_within(map, map_length, &g->key);

        json_take_value(r, &g->value);
        if (g->value.kind == JSON_MAP)
            json_skip_map(r);
        if (key == KEY_NONE)
            g->unknown++;
        else if (r->ok && !take_fact(&g->o->fact, key, &g->value))
            return false;
    }
    return true;
}

static bool
read_member(struct rd *r, struct reading *g)
{
    struct observation_name name = observation_name_find(g->key.text, g->key.length);
    enum observation_field field = name.field;
    enum fact_key key = name.key;

    json_take_value(r, &g->value);
    if (!r->ok)
        return true; /* the caller sees it */
    if (g->value.kind == JSON_MAP && field == FIELD_COUNT && key == KEY_NONE &&
        g->key.length < KEY_SIZE)
        return read_inner(r, g);
    if (g->value.kind == JSON_MAP)
        json_skip_map(r);
    if (field != FIELD_COUNT) {
        g->seen |= BIT(field);
        return take_field(g->o, field, &g->value);
    }
    if (key != KEY_NONE)
        return take_fact(&g->o->fact, key, &g->value);
    g->unknown++;
    return true;
}

const char *
observation_read_json(const void *line, size_t n, struct observation *out, uint64_t *unknown)
{
    const unsigned wanted = BIT(FIELD_TIME) | BIT(FIELD_KIND);
    const unsigned flow = BIT(FIELD_FLOW) | BIT(FIELD_SOURCE) | BIT(FIELD_DESTINATION);
    struct observation o = { 0 };
    struct reading g = { .o = &o };
    struct rd r = rd_of(line, n);
    bool is_first = true;

    fact_begin(&o.fact, FACT_NONE);
    if (!json_begin(&r))
        return "expected an object";
    while (json_next_key(&r, &is_first, &g.key))
        if (!read_member(&r, &g))
            return (g.seen & BIT(FIELD_KIND)) != 0 && o.fact.kind == FACT_NONE
                       ? "its kind is not known to this version"
                       : "a value is of another kind than its key wants";
    if (!json_at_end(&r))
        return "not well-formed JSON, or a text or nesting past the limit";
    if ((g.seen & wanted) != wanted)
        return "time or kind is missing";
    if ((g.seen & flow) != 0 && (g.seen & flow) != flow)
        return "flow, source and destination belong together";
    if (o.fact.overflowed)
        return "more values than an observation holds";
    *unknown += g.unknown;
    *out = o;
    return NULL;
}

/* A file being read line by line. */
struct lines {
    int fd;
    char bytes[LINE_LIMIT];
    size_t used, next; /* bytes read, and where the next line begins */
    bool at_end;
    int error; /* errno of a read that failed */
};

static void
fill(struct lines *l)
{
    ssize_t n;

    memmove(l->bytes, l->bytes + l->next, l->used - l->next);
    l->used -= l->next;
    l->next = 0;
    do
        n = read(l->fd, l->bytes + l->used, sizeof(l->bytes) - l->used);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        l->error = errno;
    if (n <= 0)
        l->at_end = true;
    else
        l->used += (size_t)n;
}

/* The next line without its newline; false at the end. *is_long: it was longer than LINE_LIMIT and
 * is given as empty. */
static bool
next_line(struct lines *l, const char **line, size_t *n, bool *is_long)
{
    *is_long = false;
    for (;;) {
        char *from = l->bytes + l->next;
        char *newline = memchr(from, '\n', l->used - l->next);
        size_t left = l->used - l->next;

        if (newline != NULL || (l->at_end && (left > 0 || *is_long))) {
            *line = from;
            *n = newline != NULL ? (size_t)(newline - from) : left;
            l->next += *n + (newline != NULL ? 1 : 0);
            if (*is_long)
                *n = 0;
            return true;
        }
        if (l->at_end)
            return false;
        if (left == sizeof(l->bytes)) {
            *is_long = true;
            l->next = l->used;
        }
        fill(l);
    }
}

static bool
is_blank(const char *line, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
            return false;
    return true;
}

struct report {
    const char *path;
    void (*message)(void *context, const char *line);
    void *context;
    uint64_t unreadable, unknown;
};

static void
say(const struct report *p, const char *text)
{
    char message[MESSAGE_SIZE];

    snprintf(message, sizeof(message), "%s: %s", p->path, text);
    p->message(p->context, message);
}

static void
note_unreadable(struct report *p, uint64_t number, const char *why)
{
    char text[256];

    if (++p->unreadable > UNREADABLE_SAID)
        return;
    snprintf(text, sizeof(text), "line %" PRIu64 ": %s; the line is left out", number, why);
    say(p, text);
}

/* What is said once, at the end; the result of observations_read(). */
static int
conclude(const struct report *p, int error)
{
    char text[256];

    if (p->unreadable > UNREADABLE_SAID) {
        snprintf(text, sizeof(text), "%" PRIu64 " lines in all were left out", p->unreadable);
        say(p, text);
    }
    if (p->unknown > 0) {
        snprintf(text, sizeof(text),
            "%" PRIu64 " keys are not known to this version and were ignored", p->unknown);
        say(p, text);
    }
    if (error != 0)
        say(p, strerror(error));
    return p->unreadable > 0 || error != 0 ? 1 : 0;
}

int
observations_read(const char *path, void (*each)(void *context, const struct observation *o),
    void *each_context, void (*message)(void *context, const char *line), void *context)
{
    bool is_stdin = strcmp(path, "-") == 0, is_long;
    struct report p = {
        .path = is_stdin ? "standard input" : path, .message = message, .context = context
    };
    struct lines *l = calloc(1, sizeof(*l));
    struct stat status;
    const char *line;
    size_t n;
    int result, error = 0;

    if (l == NULL)
        error = ENOMEM;
    else if ((l->fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)) < 0 ||
             fstat(l->fd, &status) != 0)
        error = errno;
    else if (S_ISDIR(status.st_mode))
        error = EISDIR;
    if (error != 0) {
        say(&p, strerror(error));
        if (l != NULL && l->fd > STDIN_FILENO)
            close(l->fd);
        free(l);
        return 1;
    }
    for (uint64_t number = 1; next_line(l, &line, &n, &is_long); number++) {
        struct observation o;
        const char *why = NULL;

        if (!is_long && is_blank(line, n))
            continue;
        why = is_long ? "longer than 64 KiB" : observation_read_json(line, n, &o, &p.unknown);
        if (why != NULL) {
            note_unreadable(&p, number, why);
            continue;
        }
        o.order = number;
        each(each_context, &o);
    }
    result = conclude(&p, l->error);
    if (!is_stdin)
        close(l->fd);
    free(l);
    return result;
}
