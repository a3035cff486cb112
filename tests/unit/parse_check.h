/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Runs a parser over bytes and writes the facts that it reports as one line of text, for tests to
 * compare: `login account=jdoe result=success; logout ...`.
 */
#ifndef TESTS_PARSE_CHECK_H
#define TESTS_PARSE_CHECK_H

#include "../../parsers/parser.h"
#include "../../parsers/text.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* One message from 198.51.100.1 to 198.51.100.2. The bytes are copied to a block of their exact
 * size, so that a sanitizer sees the first step beyond. Without a state of the caller's the parser
 * gets a fresh one. */
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
    inet_pton(AF_INET6, "::ffff:198.51.100.1", &in->source);
    inet_pton(AF_INET6, "::ffff:198.51.100.2", &in->destination);
    in->wire_length = (uint32_t)n;
    if (given == NULL)
        in->state = &fresh;
    result = p->parse(in, &out);
    in->state = given;
    free(copy);
    return result;
}

/* Every prefix, cut by the capture or not: no facts, never PARSE_OK, nothing consumed. Returns the
 * length of the first prefix that breaks this, or n. */
static inline size_t
parse_check_prefixes(const struct parser *p, struct parse_input in, const void *bytes, size_t n)
{
    struct parse_check c;

    for (size_t i = 0; i < n; i++)
        for (int cut = 0; cut < 2; cut++) {
            in.is_cut = cut == 1;
            if (parse_check_run(p, &in, bytes, i, &c) == PARSE_OK || c.count > 0)
                return i;
        }
    return n;
}

#endif
