/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What every protocol parser is: a name, where to look for it, and one function from bytes to
 * facts.
 *
 * A new protocol is one file with one `const struct parser`, one row in parsers/registry.c, one
 * fuzz target. A parser allocates nothing, keeps nothing, and gives up at the first byte that does
 * not fit.
 */
#ifndef PARSERS_PARSER_H
#define PARSERS_PARSER_H

#include "fact.h"
#include "rd.h"

enum parse_result {
    PARSE_OK,       /* a whole message was read; `data` stands behind it */
    PARSE_MORE,     /* it fits so far, but ends early (cut by the capture, or more of the stream to
                       come) */
    PARSE_NOT_MINE, /* another protocol */
    PARSE_BAD,      /* this protocol, but a length or value lies */
    PARSE_RESULT_COUNT
};

enum parse_transport { PARSE_TCP = 6, PARSE_UDP = 17 };

struct parse_input {
    struct rd data; /* UDP: the datagram. TCP: what is in order from the first unread byte on */
    enum parse_transport transport;
    bool from_client;                    /* sent by the flow's originator */
    bool is_cut;                         /* the capture kept less than the wire carried */
    struct in6_addr source, destination; /* of this message */
    uint16_t source_port, destination_port;
    int64_t time_us; /* packet time, for protocols whose text carries no year or zone */
};

struct parse_output {
    void (*fact)(void *context, const struct fact *f); /* copies what it keeps */
    void *context;
};

struct parser {
    const char *name;   /* as in `protocol:` of an observation */
    uint8_t transports; /* bit 0 TCP, bit 1 UDP */
    uint16_t ports[6];  /* zero-terminated; tried first there */
    bool anywhere;      /* recognisable by content: tried on every port */
    bool whole_stream;  /* TCP: not only the start of each direction, message after message */
    /* Called again with what is left after each PARSE_OK while bytes remain. */
    enum parse_result (*parse)(struct parse_input *in, const struct parse_output *out);
};

#define PARSER_TCP 1u
#define PARSER_UDP 2u
#define PARSER_LIMIT 64 /* the flow keeps its candidates in one 64-bit mask */

/* The table, in explicit order; *count receives its length. */
const struct parser *const *parser_table(unsigned *count);

#endif
