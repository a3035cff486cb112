/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Runs a parser over bytes and writes the facts that it reports as one line of text, for tests to
 * compare: `login account=jdoe result=success; logout ...`. What samples must tell is checked here
 * too: a test fails with the name of the sample.
 */
#ifndef TESTS_PARSE_CHECK_H
#define TESTS_PARSE_CHECK_H

#include "../../parsers/parser.h"
#include "../../parsers/text.h"
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define PARSE_CHECK_ROOM 4096

struct parse_check {
    char facts[PARSE_CHECK_ROOM];
    size_t length;
    unsigned count;
    struct fact last;
    uint8_t nested[PARSE_CHECK_ROOM]; /* bytes handed on as a stream of their own */
    size_t nested_length;
};

static inline void
parse_check_add(struct parse_check *c, const char *format, const char *a, const char *b)
{
    int n = snprintf(c->facts + c->length, sizeof(c->facts) - c->length, format, a, b);

    if (n > 0 && c->length + (size_t)n < sizeof(c->facts))
        c->length += (size_t)n;
}

static inline void
parse_check_fact(void *context, const struct fact *f)
{
    struct parse_check *c = context;
    struct fact_value value;
    unsigned cursor = 0;

    parse_check_add(c, "%s%s", c->count > 0 ? "; " : "", fact_kind_name(f->kind));
    while (fact_next(f, &cursor, &value)) {
        char text[TEXT_ADDRESS_SIZE + 1] = "yes";

        if (value.type == FACT_TYPE_ADDRESS)
            text_from_address(text, &value.address);
        else if (value.type == FACT_TYPE_NUMBER)
            snprintf(text, sizeof(text), "%lld", (long long)value.number);
        parse_check_add(c, " %s=%s", fact_key_name(value.key),
            value.type == FACT_TYPE_TEXT ? value.text : text);
    }
    c->count++;
    c->last = *f;
}

static inline void
parse_check_nested(void *context, const uint8_t *bytes, size_t n)
{
    struct parse_check *c = context;

    if (n > 0 && n <= sizeof(c->nested) - c->nested_length) {
        memcpy(c->nested + c->nested_length, bytes, n);
        c->nested_length += n;
    }
}

static inline void
parse_check_nested_of(
    void *context, const struct parse_nested *which, const uint8_t *bytes, size_t n)
{
    (void)which;
    parse_check_nested(context, bytes, n);
}

/* Hexadecimal digits, with spaces where one likes, as bytes; their number. */
static inline size_t
parse_check_hex(uint8_t *bytes, size_t room, const char *hex)
{
    size_t n = 0;
    unsigned value;
    int used;

    while (n < room && sscanf(hex, " %2x%n", &value, &used) == 1) {
        bytes[n++] = (uint8_t)value;
        hex += used;
    }
    return n;
}

/* One message, from 198.51.100.1 to 198.51.100.2 unless its ends are given. The bytes are copied to
 * a block of their exact size, so that a sanitizer sees the first step beyond. Without a state of
 * the caller's the parser gets a fresh one. */
static inline enum parse_result
parse_check_run(const struct parser *p, struct parse_input *in, const void *bytes, size_t n,
    struct parse_check *c)
{
    struct parse_output out = { parse_check_fact, parse_check_nested, parse_check_nested_of, c };
    union parse_state fresh = { { 0 } }, *given = in->state;
    uint8_t *copy = malloc(n > 0 ? n : 1);
    enum parse_result result;

    memcpy(copy, bytes, n);
    memset(c, 0, sizeof(*c));
    in->data = rd_of(copy, n);
    if (IN6_IS_ADDR_UNSPECIFIED(&in->source))
        inet_pton(AF_INET6, "::ffff:198.51.100.1", &in->source);
    if (IN6_IS_ADDR_UNSPECIFIED(&in->destination))
        inet_pton(AF_INET6, "::ffff:198.51.100.2", &in->destination);
    in->wire_length = (uint32_t)n;
    if (given == NULL)
        in->state = &fresh;
    result = p->parse(in, &out);
    in->state = given;
    free(copy);
    return result;
}

static inline bool
parse_check_is_read(const struct parser *p, struct parse_input in, const void *bytes, size_t n)
{
    union parse_state kept;
    struct parse_check c;

    if (in.state != NULL) {
        kept = *in.state;
        in.state = &kept;
    }
    return parse_check_run(p, &in, bytes, n, &c) == PARSE_OK;
}

/* Every prefix, cut by the capture or not: no facts, never PARSE_OK, nothing consumed; and of a
 * message that is read, more is awaited of a stream. Returns the length of the first prefix that
 * breaks this, or n. */
static inline size_t
parse_check_prefixes(const struct parser *p, struct parse_input in, const void *bytes, size_t n)
{
    bool is_awaited = in.transport == PARSE_TCP && parse_check_is_read(p, in, bytes, n);
    struct parse_check c;

    for (size_t i = 0; i < n; i++)
        for (int cut = 0; cut < 2; cut++) {
            enum parse_result result;

            in.is_cut = cut == 1;
            result = parse_check_run(p, &in, bytes, i, &c);
            if (result == PARSE_OK || c.count > 0 ||
                (is_awaited && i > 0 && !in.is_cut && result != PARSE_MORE))
                return i;
        }
    return n;
}

static inline const char *
parse_check_result_name(enum parse_result result)
{
    static const char *const names[PARSE_RESULT_COUNT] = { "OK", "MORE", "NOT_MINE", "BAD" };

    return names[result];
}

/* Names a message of several, for what is said when a test fails. */
struct parse_check_name {
    char text[128];
};

static inline struct parse_check_name
parse_check_step(const char *name, size_t step)
{
    struct parse_check_name n;

    snprintf(n.text, sizeof n.text, "%s, %zu", name, step);
    return n;
}

static inline struct parse_check_name
parse_check_of(const char *session, const char *name)
{
    struct parse_check_name n;

    snprintf(n.text, sizeof n.text, "%s: %s", session, name);
    return n;
}

static inline void
parse_check_skips(const struct parse_input *in, const char *name, uint64_t skip)
{
    if (in->skip != skip)
        fail_msg("%s: skip %llu", name, (unsigned long long)in->skip);
}

/* The bytes have this result and tell these facts. Returns what was told. */
static inline struct parse_check
parse_check_bytes_tell(const struct parser *p, struct parse_input *in, const char *name,
    const void *bytes, size_t n, enum parse_result result, const char *facts)
{
    struct parse_check c;
    enum parse_result got = parse_check_run(p, in, bytes, n, &c);

    if (got != result || strcmp(c.facts, facts) != 0)
        fail_msg("%s: %s, \"%s\"", name, parse_check_result_name(got), c.facts);
    return c;
}

static inline struct parse_check
parse_check_tells(const struct parser *p, struct parse_input *in, const char *name, const char *hex,
    enum parse_result result, const char *facts)
{
    uint8_t bytes[PARSE_CHECK_ROOM];
    size_t n = parse_check_hex(bytes, sizeof bytes, hex);

    return parse_check_bytes_tell(p, in, name, bytes, n, result, facts);
}

/* The same for a message that is read, to its last byte and no further. */
static inline struct parse_check
parse_check_reads(const struct parser *p, struct parse_input *in, const char *name, const char *hex,
    const char *facts)
{
    struct parse_check c = parse_check_tells(p, in, name, hex, PARSE_OK, facts);

    if (rd_left(&in->data) > 0)
        fail_msg("%s: %zu bytes left", name, rd_left(&in->data));
    parse_check_skips(in, name, 0);
    return c;
}

static inline void
parse_check_no_prefix_tells(
    const struct parser *p, struct parse_input in, const char *name, const char *hex)
{
    uint8_t bytes[PARSE_CHECK_ROOM];
    size_t n = parse_check_hex(bytes, sizeof bytes, hex);
    size_t good = parse_check_prefixes(p, in, bytes, n);

    if (good != n)
        fail_msg("%s: prefix of %zu bytes", name, good);
}

/* Every prefix in a stream tells nothing and waits for the message's end, or, where that is not
 * awaited, passes over what is to come. */
static inline void
parse_check_pieces(const struct parser *p, struct parse_input in, const char *name, const char *hex,
    bool is_awaited)
{
    uint8_t bytes[PARSE_CHECK_ROOM];
    size_t n = parse_check_hex(bytes, sizeof bytes, hex);

    for (size_t cut = 0; cut < n; cut++) {
        struct parse_input part = in;
        struct parse_check c;
        enum parse_result result = parse_check_run(p, &part, bytes, cut, &c);

        if (c.count > 0 || (result == PARSE_OK && cut + part.skip != n) ||
            (result != PARSE_OK && result != PARSE_MORE))
            fail_msg("%s: prefix of %zu bytes", name, cut);
        if (result == PARSE_OK && is_awaited)
            fail_msg("%s: passed over after %zu bytes", name, cut);
    }
}

/* A message, what is told of it, and how the last fact is paired. */
struct parse_message {
    const char *name, *hex, *facts;
    uint8_t pairing;
    uint32_t transaction;
};

/* Messages that have nothing to do with one another. */
static inline void
parse_check_messages(const struct parser *p, struct parse_input given,
    const struct parse_message *list, size_t count)
{
    for (const struct parse_message *m = list; m < list + count; m++) {
        struct parse_input in = given;
        struct fact last = parse_check_reads(p, &in, m->name, m->hex, m->facts).last;

        if (last.pairing != m->pairing || last.transaction != m->transaction)
            fail_msg("%s: pairing %u, transaction %u", m->name, last.pairing, last.transaction);
    }
}

struct parse_sample {
    const char *name, *hex, *facts;
};

/* Messages of one connection, both directions, in order: an answer is paired with the newest
 * request before it. */
static inline void
parse_check_connection(
    const struct parser *p, struct parse_input given, const struct parse_sample *list, size_t count)
{
    union parse_state memory = { { 0 } };
    uint32_t asked = 0;

    given.state = &memory;
    for (const struct parse_sample *s = list; s < list + count; s++) {
        struct parse_input in = given;
        struct fact last = parse_check_reads(p, &in, s->name, s->hex, s->facts).last;

        if (last.pairing == FACT_REQUEST)
            asked = last.transaction;
        else if (last.pairing == FACT_ANSWER && last.transaction != asked)
            fail_msg("%s: answers %u instead of %u", s->name, last.transaction, asked);
        if (last.pairing != FACT_ANSWER && strncmp(s->facts, "login result=", 13) == 0)
            fail_msg("%s: a result of nobody's that is no answer", s->name);
    }
}

#endif
