/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One parser under libFuzzer: the first byte chooses transport, port and direction, the rest is the
 * message. What the parsers promise is checked: facts only with PARSE_OK, and each PARSE_OK takes
 * at least a byte.
 */
#ifndef TESTS_FUZZ_PARSER_H
#define TESTS_FUZZ_PARSER_H

#include "../../parsers/parser.h"
#include <stdlib.h>

static void
fuzz_parser_fact(void *context, const struct fact *f)
{
    unsigned cursor = 0, *count = context;
    struct fact_value value;

    while (fact_next(f, &cursor, &value))
        if (fact_key_name(value.key) == NULL)
            abort();
    if (fact_kind_name(f->kind) == NULL)
        abort();
    ++*count;
}

/* Bytes handed on must be there to be read. */
static void
fuzz_parser_nested(void *context, const uint8_t *bytes, size_t n)
{
    static volatile uint8_t sum;

    (void)context;
    for (size_t i = 0; i < n; i++)
        sum = (uint8_t)(sum + bytes[i]);
}

static void
fuzz_parser_nested_of(
    void *context, const struct parse_nested *which, const uint8_t *bytes, size_t n)
{
    if (which->key == 0)
        abort();
    fuzz_parser_nested(context, bytes, n);
}

/* The parser's transports in turn where it has two. */
static enum parse_transport
fuzz_parser_transport(const struct parser *p, bool second)
{
    if ((p->transports & PARSER_TCP) && (second || !(p->transports & PARSER_UDP)))
        return PARSE_TCP;
    if (p->transports & PARSER_UDP)
        return PARSE_UDP;
    if (p->transports & PARSER_GRE)
        return PARSE_GRE;
    return p->transports & PARSER_ICMP6 ? PARSE_ICMP6 : PARSE_LINK;
}

static int
fuzz_parser_run(const struct parser *p, const uint8_t *bytes, size_t n)
{
    unsigned count = 0;
    union parse_state state = { { 0 } };
    struct parse_output out = { fuzz_parser_fact, fuzz_parser_nested, fuzz_parser_nested_of,
        &count };
    struct parse_input in = { .transport = PARSE_UDP, .state = &state };

    if (n == 0)
        return 0;
    in.transport = fuzz_parser_transport(p, bytes[0] & 1);
    in.is_cut = bytes[0] & 2;
    in.from_client = bytes[0] & 4;
    in.destination_port = bytes[0] & 8 ? p->ports[0] : 40000;
    in.is_midstream = bytes[0] & 16;
    in.after_gap = p->resyncs && bytes[0] & 32;
    in.wire_length = (uint32_t)(n - 1);
    in.data = rd_of(bytes + 1, n - 1);
    while (rd_left(&in.data) > 0) {
        size_t before = rd_left(&in.data);
        unsigned reported = count;
        enum parse_result result = p->parse(&in, &out);

        if (result != PARSE_OK) {
            if (count > reported)
                abort();
            break;
        }
        if (rd_left(&in.data) >= before ||
            (in.skip > 0 && in.skip != PARSE_SKIP_ALL && rd_left(&in.data) > 0))
            abort();
        in.skip = 0;
        if (bytes[0] & 64) /* as if the other side answered with the next message */
            in.from_client = !in.from_client;
    }
    return 0;
}

#endif
