/* SPDX-License-Identifier: BSD-2-Clause
 *
 * RDP over UDP ([MS-RDPEUDP] 2.2.2.1): the SYN of each side, padded to the MTU that it offers. The
 * session is told once both are there; what follows is DTLS and not ours.
 */
#include "parser.h"

extern const struct parser parser_rdp_udp;

#define PORT 3389
#define FLAG_SYN 0x0001
#define FLAG_ACK 0x0004
#define FLAGS_SYN_MAY 0x3005 /* SYN, ACK, CORRELATION_ID, SYNEX */
#define FLAG_LOSSY 0x0200
#define NO_ACK 0xffffffffu
#define MTU_LEAST 1132
#define MTU_MOST 1232

struct rdp_udp_state {
    bool has_request, is_told;
    uint32_t initial; /* the client's first sequence number, which the server acknowledges */
};

_Static_assert(sizeof(struct rdp_udp_state) <= PARSE_STATE_BYTES, "a flow's state is bounded");

static void
tell_session(struct rdp_udp_state *s, const struct parse_output *out)
{
    struct fact f;

    s->is_told = true;
    fact_begin(&f, FACT_SESSION_OPEN);
    fact_word(&f, KEY_APP, "RDP");
    fact_word(&f, KEY_VERSION, "RDP-UDP");
    out->fact(out->context, &f);
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct rdp_udp_state *s = (struct rdp_udp_state *)in->state;
    struct rd r = in->data;
    uint32_t acknowledged = rd_u32(&r), initial;
    uint16_t flags, up, down;

    if (s->is_told) {
        rd_skip(&in->data, rd_left(&in->data));
        return PARSE_OK;
    }
    rd_skip(&r, sizeof(uint16_t)); /* receive window */
    flags = rd_u16(&r);
    initial = rd_u32(&r);
    up = rd_u16(&r);
    down = rd_u16(&r);
    if (!r.ok || (flags & FLAG_SYN) == 0 || (flags & ~(FLAGS_SYN_MAY | FLAG_LOSSY)) != 0)
        return PARSE_NOT_MINE;
    if (up < MTU_LEAST || up > MTU_MOST || down < MTU_LEAST || down > MTU_MOST ||
        in->wire_length < MTU_LEAST)
        return PARSE_NOT_MINE;
    if ((flags & FLAG_ACK) == 0) {
        if (acknowledged != NO_ACK)
            return PARSE_NOT_MINE;
        s->has_request = true;
        s->initial = initial;
    } else if (s->has_request && acknowledged == s->initial) {
        tell_session(s, out);
    } else if (s->has_request) {
        return PARSE_NOT_MINE;
    }
    rd_skip(&in->data, rd_left(&in->data));
    return PARSE_OK;
}

const struct parser parser_rdp_udp = {
    .name = "rdp",
    .transports = PARSER_UDP,
    .ports = { PORT },
    .anywhere = true,
    .has_state = true,
    .parse = parse,
};
