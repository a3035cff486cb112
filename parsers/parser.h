/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What every protocol parser is: a name, where to look for it, and one function from bytes to
 * facts.
 *
 * A new protocol is one file with one `const struct parser`, one row in parsers/registry.c, one
 * fuzz target. A parser allocates nothing, keeps nothing but what fits into the state that it is
 * handed, and gives up at the first byte that does not fit.
 */
#ifndef PARSERS_PARSER_H
#define PARSERS_PARSER_H

#include "fact.h"
#include "rd.h"

enum parse_result {
    PARSE_OK,       /* a whole message was read; `data` stands behind it */
    PARSE_MORE,     /* it fits so far, but ends early (cut by the capture, or more of the stream to
                       come) */
    PARSE_NOT_MINE, /* another protocol. From the parser that reads a TCP connection, at the start
                       of a message: the connection has become another protocol's (STARTTLS, behind
                       a proxy's CONNECT), and all others are asked again */
    PARSE_BAD,      /* this protocol, but a length or value lies */
    PARSE_RESULT_COUNT
};

/* IP protocol numbers, and what stands on the link without IP. */
enum parse_transport {
    PARSE_LINK = 0, /* a frame's payload; the EtherType is destination_port */
    PARSE_TCP = 6,
    PARSE_UDP = 17,
    PARSE_GRE = 47,   /* from the GRE header on, where what it carries is no IP */
    PARSE_ICMP6 = 58, /* from the ICMPv6 header on */
};

#define PARSE_LLC 1 /* PARSE_LINK: stands for the EtherType of 802.2 frames, from the DSAP on */
#define PARSE_STATE_BYTES 128
#define PARSE_SKIP_ALL UINT64_MAX

/* What a parser remembers of one flow, both directions: zeroed before its first message, kept from
 * one PARSE_OK to the next. What it writes and then returns anything else than PARSE_OK is lost
 * while it has not been chosen yet. Cast to a struct of the parser's own. */
union parse_state {
    uint8_t bytes[PARSE_STATE_BYTES];
    uint64_t align;
};

struct parse_input {
    struct rd data; /* UDP: the datagram. TCP: what is in order from the first unread byte on */
    enum parse_transport transport;
    bool from_client;  /* sent by the flow's originator */
    bool is_cut;       /* the capture kept less than the wire carried */
    bool is_midstream; /* TCP: its beginning was not seen; from_client is a guess */
    bool after_gap;    /* TCP: bytes are missing before `data` */
    bool is_nested;    /* the stream within another protocol (parse_output.nested) */
    struct in6_addr source, destination; /* of this message */
    uint16_t source_port, destination_port;
    uint32_t wire_length;           /* bytes of the datagram or segment on the wire */
    const uint8_t *source_mac;      /* of the frame; 6 bytes, NULL when unknown */
    const uint8_t *destination_mac; /* the same; PARSE_LINK alone */
    bool is_brought;   /* nested: another machine brings it (parse_nested), whose addresses
                          are not those of the client */
    int64_t time_us;   /* packet time: of what made the last byte of `data` readable */
    int64_t peer_us;   /* when the other side's newest payload came; 0: never */
    uint32_t disorder; /* TCP: grows with each segment of either direction that came early, twice or
                          not at all: a time between two messages is good when it stayed the same */
    union parse_state *state; /* never NULL for a parser with has_state */
    /* Set by the parser with PARSE_OK, TCP: so many bytes more, behind `data`'s end, belong to the
     * message and are not wanted. They are passed over as they come, or do not come. Only when
     * `data` was read to its end. PARSE_SKIP_ALL: nothing more of this direction is wanted. */
    uint64_t skip;
};

/* One of several streams within a flow, whose client may be another machine than the flow's. */
struct parse_nested {
    uint32_t key; /* tells them apart */
    bool from_client;
    struct in6_addr address; /* of the client, as far as its messages tell; zeros: unknown */
    uint8_t mac[6];          /* zeros: unknown */
};

struct parse_output {
    void (*fact)(void *context, const struct fact *f); /* copies what it keeps */
    /* Bytes of a stream carried by this message, each direction's in order and without gaps (the
     * parser's duty): read by every parser that knows its protocol anywhere, as if on TCP. No
     * bytes: what comes next is another stream. */
    void (*nested)(void *context, const uint8_t *bytes, size_t n);
    /* The same for one stream of several; also within frames without IP. */
    void (*nested_of)(
        void *context, const struct parse_nested *which, const uint8_t *bytes, size_t n);
    void *context;
};

struct parser {
    const char *name;   /* as in `protocol:` of an observation */
    uint8_t transports; /* PARSER_TCP ... */
    uint16_t ports[12]; /* zero-terminated; tried first there. PARSER_LINK: EtherTypes */
    bool anywhere;      /* recognisable by content: tried on every port */
    bool whole_stream;  /* TCP: not only the start of each direction, message after message */
    bool has_state;     /* wants parse_input.state */
    bool turns;  /* TCP: the end that was called may speak its client's part, behind other bytes of
                    the caller */
    bool shares; /* UDP: its messages may come in between those of others that share, on the same
                    ports (RFC 7983): the first one read does not end the search. No has_state */
    bool relays; /* TCP: what comes behind its messages is another protocol's, and the server only
                    carries it on */
    bool link_wide; /* PARSE_LINK: one state for all cards, since their frames go to a group's
                       address */
    bool resyncs;   /* TCP: finds the start of a message by itself, so reads on behind a gap:
                       what it says PARSE_NOT_MINE of there is passed over, segment by segment */
    bool settles; /* it says all that is to be said of the protocol: nDPI need not look at it too */
    /* Called again with what is left after each PARSE_OK while bytes remain. */
    enum parse_result (*parse)(struct parse_input *in, const struct parse_output *out);
};

#define PARSER_TCP 0x01u
#define PARSER_UDP 0x02u
#define PARSER_LINK 0x04u
#define PARSER_GRE 0x08u
#define PARSER_ICMP6 0x10u
#define PARSER_LIMIT 64 /* the flow keeps its candidates in one 64-bit mask */

/* The table, in explicit order; *count receives its length. */
const struct parser *const *parser_table(unsigned *count);

#endif
