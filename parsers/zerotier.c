/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ZeroTier (docs.zerotier.com/protocol, "VL1"): whoever is new to a peer says HELLO in clear, with
 * its identity, whose address is the packet's source; all else is encrypted behind the header.
 *
 *     ID 8 | destination 5 | source 5 | flags, cipher, hops 1 | MAC 8 | verb 1 |
 *     version 1 | major 1, minor 1, revision 2 | timestamp 8 | address 5, type 1, key 64 ...
 *
 * The session is told when the peer answers from the address that was asked for. One that is picked
 * up in its middle is not known.
 */
#include "tunnel.h"
#include <string.h>

#define APP "ZeroTier"
#define PORT 9993
#define ADDRESS_BYTES 5
#define HELLO_BYTES 111 /* up to the key's end */
#define HEADER_BYTES 28 /* verb included */
#define CIPHER 0x38     /* of flags: 0 is none but the MAC */
#define VERB_HELLO 1
#define VERSION_LEAST 4 /* ZeroTier 0.6, of 2014 */
#define VERSION_MOST 31 /* 13 in 2024 */
#define TYPE_C25519 0

extern const struct parser parser_zerotier;

struct state {
    bool is_told;
    bool has_asked[2]; /* by who sends */
    uint8_t source[2][ADDRESS_BYTES], destination[2][ADDRESS_BYTES];
};

_Static_assert(sizeof(struct state) <= PARSE_STATE_BYTES, "the flow keeps no more");

struct header {
    const uint8_t *destination, *source; /* NULL when cut */
    uint8_t flags, verb;
};

static struct header
read_header(struct rd *r)
{
    struct header h;

    rd_skip(r, 8);
    h.destination = rd_bytes(r, ADDRESS_BYTES);
    h.source = rd_bytes(r, ADDRESS_BYTES);
    h.flags = rd_u8(r);
    rd_skip(r, 8);
    h.verb = rd_u8(r);
    return h;
}

static bool
is_address(const uint8_t *a, const uint8_t *b)
{
    return memcmp(a, b, ADDRESS_BYTES) == 0;
}

static enum parse_result
read_hello(const struct header *h, struct rd r, struct state *s, const struct parse_input *in)
{
    unsigned side = in->from_client;
    uint8_t version = rd_u8(&r);
    const uint8_t *address;

    if ((h->flags & CIPHER) != 0 || h->verb != VERB_HELLO || in->wire_length < HELLO_BYTES)
        return PARSE_NOT_MINE;
    rd_skip(&r, 12);
    address = rd_bytes(&r, ADDRESS_BYTES);
    if (rd_u8(&r) != TYPE_C25519 || !r.ok)
        return r.ok || !in->is_cut ? PARSE_NOT_MINE : PARSE_MORE;
    if (version < VERSION_LEAST || version > VERSION_MOST || !is_address(address, h->source) ||
        is_address(h->source, h->destination))
        return PARSE_NOT_MINE;
    s->has_asked[side] = true;
    memcpy(s->source[side], h->source, ADDRESS_BYTES);
    memcpy(s->destination[side], h->destination, ADDRESS_BYTES);
    return PARSE_OK;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct state *s = (struct state *)(void *)in->state->bytes;
    struct rd r = in->data;
    struct header h = read_header(&r);
    unsigned other = !in->from_client;
    enum parse_result result = PARSE_OK;
    bool answers;

    if (in->wire_length < HEADER_BYTES)
        return PARSE_NOT_MINE;
    if (!r.ok)
        return PARSE_MORE;
    answers = s->has_asked[other] && is_address(h.source, s->destination[other]) &&
              is_address(h.destination, s->source[other]);
    if (!answers && !s->has_asked[in->from_client])
        result = read_hello(&h, r, s, in);
    if (result != PARSE_OK)
        return result;
    if (answers && !s->is_told) {
        s->is_told = true;
        tunnel_tell_session(out, APP, NULL);
    }
    rd_skip(&in->data, rd_left(&in->data));
    return PARSE_OK;
}

const struct parser parser_zerotier = {
    .name = "zerotier",
    .transports = PARSER_UDP,
    .ports = { PORT },
    .anywhere = true,
    .has_state = true,
    .parse = parse,
};
