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

static int
fuzz_parser_run(const struct parser *p, const uint8_t *bytes, size_t n)
{
    unsigned count = 0;
    struct parse_output out = { fuzz_parser_fact, &count };
    struct parse_input in = { .transport = PARSE_UDP };

    if (n == 0)
        return 0;
    in.transport = bytes[0] & 1 && p->transports & PARSER_TCP ? PARSE_TCP : PARSE_UDP;
    if (!(p->transports & PARSER_UDP))
        in.transport = PARSE_TCP;
    in.is_cut = bytes[0] & 2;
    in.from_client = bytes[0] & 4;
    in.destination_port = bytes[0] & 8 ? p->ports[0] : 40000;
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
        if (rd_left(&in.data) >= before)
            abort();
    }
    return 0;
}

#endif
