/* SPDX-License-Identifier: BSD-2-Clause
 *
 * STUN (RFC 8489), TURN (RFC 8656, over TCP also RFC 6062) and ICE's checks (RFC 8445): the
 * address that a host has outside, the relay's address for it, and who is at the other end. Over
 * TCP with ChannelData in between, or each message in a frame (RFC 4571). Without the magic cookie
 * (RFC 3489, Google's first clients) on the ports of STUN servers alone.
 *
 * An end that answers a Binding request with MESSAGE-INTEGRITY holds ICE's short-term credentials:
 * it is a peer, no server. A TURN user name belongs to an application more often than to a person
 * (shared or made up for an hour), so it is told beside the peers and never as a login.
 * What STUN says within TLS or DTLS is not seen.
 */
#include "ip_address.h"
#include "parser.h"
#include "text.h"

#define HEADER 20
#define MASK_BYTES 16 /* the cookie and the transaction id: what addresses are masked with */
#define TYPE_BITS 0x3fffu
#define CHANNEL_MASK 0xf0u /* the first octet of ChannelData: RFC 8656, 12 */
#define CHANNEL_FIRST 0x40u
#define ATTRIBUTES_MAX 64
#define PEERS_MAX 8
#define FAMILY_IPV4 1
#define FAMILY_IPV6 2
#define PORT_STUN 3478
#define PORT_GOOGLE_FIRST 19302
#define PORT_GOOGLE_LAST 19309

enum class { CLASS_REQUEST, CLASS_INDICATION, CLASS_SUCCESS, CLASS_ERROR };

enum method {
    METHOD_BINDING = 1,
    METHOD_SHARED_SECRET = 2, /* RFC 3489 */
    METHOD_ALLOCATE = 3,
};

enum attribute {
    ATTRIBUTE_MAPPED_ADDRESS = 0x0001,
    ATTRIBUTE_USERNAME = 0x0006,
    ATTRIBUTE_INTEGRITY = 0x0008,
    ATTRIBUTE_XOR_PEER_ADDRESS = 0x0012,
    ATTRIBUTE_REALM = 0x0014,
    ATTRIBUTE_XOR_RELAYED_ADDRESS = 0x0016,
    ATTRIBUTE_INTEGRITY_SHA256 = 0x001c,
    ATTRIBUTE_XOR_MAPPED_ADDRESS = 0x0020,
    ATTRIBUTE_XOR_MAPPED_ADDRESS_DRAFT = 0x8020,
    ATTRIBUTE_SOFTWARE = 0x8022,
};

struct endpoint {
    struct in6_addr address;
    uint16_t port;
};

struct message {
    enum class class;
    unsigned method;
    bool has_cookie, has_integrity, has_mapped, has_relayed;
    const uint8_t *mask;
    struct rd username, realm, software; /* .p NULL: absent */
    struct endpoint mapped, relayed, peers[PEERS_MAX];
    unsigned peer_count;
};

/* RFC 8489, 5: the bits of method and class are interleaved. */
static void
split_type(uint16_t type, struct message *m)
{
    m->class = (enum class)((type >> 7 & 2) | (type >> 4 & 1));
    m->method = (type & 0xfu) | (type >> 1 & 0x70u) | (type >> 2 & 0xf80u);
}

/* False when the value has another length than its family, or no such family. */
static bool
read_endpoint(struct rd value, const uint8_t *mask, struct endpoint *out)
{
    uint16_t family = rd_u16(&value); /* the upper octet is reserved, 0 */
    size_t first = family == FAMILY_IPV4 ? IP_MAPPED_PREFIX : 0;

    out->port = rd_u16(&value);
    if (family == FAMILY_IPV4)
        out->address = ip_read_v4(&value);
    else
        out->address = ip_read_v6(&value);
    if (!value.ok || rd_left(&value) > 0 || family < FAMILY_IPV4 || family > FAMILY_IPV6)
        return false;
    if (mask == NULL)
        return true;
    out->port ^= (uint16_t)(mask[0] << 8 | mask[1]);
    for (size_t i = first; i < sizeof out->address; i++)
        out->address.s6_addr[i] ^= mask[i - first];
    return true;
}

static bool
read_attribute(uint16_t type, struct rd value, struct message *m)
{
    switch (type) {
    case ATTRIBUTE_USERNAME:
        m->username = value;
        return true;
    case ATTRIBUTE_REALM:
        m->realm = value;
        return true;
    case ATTRIBUTE_SOFTWARE:
        m->software = value;
        return true;
    case ATTRIBUTE_INTEGRITY:
    case ATTRIBUTE_INTEGRITY_SHA256:
        m->has_integrity = true;
        return true;
    case ATTRIBUTE_MAPPED_ADDRESS: /* NATs rewrite it: the masked one counts */
        if (m->has_mapped)
            return true;
        return m->has_mapped = read_endpoint(value, NULL, &m->mapped);
    case ATTRIBUTE_XOR_MAPPED_ADDRESS:
    case ATTRIBUTE_XOR_MAPPED_ADDRESS_DRAFT:
        return m->has_mapped = read_endpoint(value, m->mask, &m->mapped);
    case ATTRIBUTE_XOR_RELAYED_ADDRESS:
        return m->has_relayed = read_endpoint(value, m->mask, &m->relayed);
    case ATTRIBUTE_XOR_PEER_ADDRESS:
        if (m->peer_count == PEERS_MAX)
            return true;
        return read_endpoint(value, m->mask, &m->peers[m->peer_count++]);
    default:
        return true;
    }
}

/* Google's first clients pad nothing, and RFC 3489 knows no lengths that would need it. */
static size_t
padding_of(const struct message *m, size_t length)
{
    return m->has_cookie ? -length & 3 : 0;
}

static enum parse_result
read_attributes(struct rd body, struct message *m)
{
    for (unsigned i = 0; i < ATTRIBUTES_MAX && rd_left(&body) > 0; i++) {
        uint16_t type = rd_u16(&body), length = rd_u16(&body);
        struct rd value = rd_sub(&body, length);

        rd_skip(&body, padding_of(m, length));
        if (!body.ok || !read_attribute(type, value, m))
            return PARSE_BAD;
    }
    return PARSE_OK;
}

static void
tell_peer(const char *how, const struct endpoint *e, const struct message *m,
    const struct parse_output *out)
{
    struct fact f;

    fact_begin(&f, FACT_PEER);
    fact_word(&f, KEY_HOW, how);
    fact_address(&f, KEY_ADDRESS, &e->address);
    fact_number(&f, KEY_PORT, e->port);
    if (m->realm.p != NULL && m->username.p != NULL) {
        fact_text(&f, KEY_ACCOUNT, m->username.p, rd_left(&m->username));
        fact_text(&f, KEY_REALM, m->realm.p, rd_left(&m->realm));
    }
    out->fact(out->context, &f);
}

static void
tell_software(const struct message *m, const struct parse_output *out)
{
    struct fact f;

    fact_begin(&f, FACT_BANNER);
    fact_word(&f, KEY_WHAT, m->class == CLASS_REQUEST ? "stun-client" : "stun-server");
    fact_text(&f, KEY_TEXT, m->software.p, rd_left(&m->software));
    if (fact_has(&f, KEY_TEXT))
        out->fact(out->context, &f);
}

static bool
is_same(const struct endpoint *e, const struct in6_addr *address, uint16_t port)
{
    return e->port == port && memcmp(&e->address, address, sizeof *address) == 0;
}

static void
tell(const struct message *m, const struct parse_input *in, const struct parse_output *out)
{
    struct endpoint from = { in->source, in->source_port };
    bool is_check = m->method == METHOD_BINDING && m->has_integrity;

    if (m->software.p != NULL)
        tell_software(m, out);
    for (unsigned i = 0; i < m->peer_count; i++)
        tell_peer("turn-peer", &m->peers[i], m, out);
    if (m->class != CLASS_SUCCESS)
        return;
    if (is_check)
        tell_peer("ice", &from, m, out);
    if (m->method == METHOD_ALLOCATE && m->has_relayed)
        tell_peer("turn-relayed", &m->relayed, m, out);
    if (m->has_mapped && !(is_check && is_same(&m->mapped, &in->destination, in->destination_port)))
        tell_peer("stun-mapped", &m->mapped, m, out);
}

/* The bytes, as far as there are any, are those of a header with the magic cookie. */
static bool
has_cookie(struct rd r)
{
    static const uint8_t cookie[] = { 0x21, 0x12, 0xa4, 0x42 };

    if ((rd_u16(&r) & ~TYPE_BITS) != 0 || (rd_u16(&r) & 3) != 0)
        return false;
    for (size_t i = 0; i < sizeof cookie && rd_left(&r) > 0; i++)
        if (rd_u8(&r) != cookie[i])
            return false;
    return true;
}

static bool
is_server_port(uint16_t port)
{
    return port == PORT_STUN || (port >= PORT_GOOGLE_FIRST && port <= PORT_GOOGLE_LAST);
}

static bool
may_be_classic(struct rd r, const struct parse_input *in)
{
    struct message m;
    uint16_t type = rd_u16(&r);

    split_type(type, &m);
    return (is_server_port(in->source_port) || is_server_port(in->destination_port)) &&
           (type & ~TYPE_BITS) == 0 &&
           (m.method == METHOD_BINDING || m.method == METHOD_SHARED_SECRET);
}

/* One message at the start of *r. */
static enum parse_result
read_message(struct rd *r, const struct parse_input *in, const struct parse_output *out)
{
    struct message m = { .has_cookie = has_cookie(*r) };
    struct rd id, body;
    uint16_t length;
    enum parse_result result;

    split_type(rd_u16(r), &m);
    length = rd_u16(r);
    id = rd_sub(r, MASK_BYTES);
    body = rd_sub(r, length);
    m.mask = id.p;
    if (!body.ok)
        return PARSE_MORE;
    result = read_attributes(body, &m);
    if (result == PARSE_OK)
        tell(&m, in, out);
    return result;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct rd r = in->data, header = in->data;
    enum parse_result result;

    if (!has_cookie(r) && !may_be_classic(r, in))
        return PARSE_NOT_MINE;
    rd_skip(&header, 2);
    if (in->wire_length != HEADER + (uint32_t)rd_u16(&header) && header.ok)
        return PARSE_NOT_MINE;
    result = read_message(&r, in, out);
    if (result == PARSE_OK)
        in->data = r;
    return result;
}

/* ---- over TCP ---- */

enum framing { FRAMING_UNKNOWN, FRAMING_BARE, FRAMING_RFC4571 };

struct state {
    uint8_t framing;
};

_Static_assert(sizeof(struct state) <= PARSE_STATE_BYTES, "the flow keeps no more");

/* What belongs to the message and is not read: some of it may not have come yet. */
static enum parse_result
pass_over(struct parse_input *in, struct rd r, size_t length)
{
    size_t here = length < rd_left(&r) ? length : rd_left(&r);

    rd_skip(&r, here);
    in->data = r;
    in->skip = length - here;
    return PARSE_OK;
}

/* A frame holds a STUN message or media. Only STUN shows that these are frames. */
static enum parse_result
read_frame(struct parse_input *in, struct state *s, const struct parse_output *out)
{
    struct rd r = in->data, frame;
    size_t length = rd_u16(&r);
    enum parse_result result;

    if (!r.ok)
        return PARSE_MORE;
    if (length < HEADER || !has_cookie(r)) {
        if (s->framing == FRAMING_UNKNOWN)
            return PARSE_NOT_MINE;
        return pass_over(in, r, length);
    }
    frame = rd_sub(&r, length);
    if (!frame.ok)
        return PARSE_MORE;
    result = read_message(&frame, in, out);
    if (result == PARSE_MORE || (result == PARSE_OK && rd_left(&frame) > 0))
        return PARSE_BAD;
    if (result == PARSE_OK) {
        s->framing = FRAMING_RFC4571;
        in->data = r;
    }
    return result;
}

static enum parse_result
read_channel_data(struct parse_input *in)
{
    struct rd r = in->data;
    size_t length;

    rd_skip(&r, 2); /* the channel */
    length = rd_u16(&r);
    return r.ok ? pass_over(in, r, length + (-length & 3)) : PARSE_MORE;
}

static enum parse_result
parse_stream(struct parse_input *in, const struct parse_output *out)
{
    struct state *s = (struct state *)(void *)in->state->bytes;
    struct rd r = in->data;
    enum parse_result result;

    if (s->framing == FRAMING_RFC4571)
        return read_frame(in, s, out);
    if (s->framing == FRAMING_BARE && (rd_peek(&r) & CHANNEL_MASK) == CHANNEL_FIRST)
        return read_channel_data(in);
    if (!has_cookie(r))
        return s->framing == FRAMING_UNKNOWN ? read_frame(in, s, out) : PARSE_NOT_MINE;
    result = read_message(&r, in, out);
    if (result == PARSE_OK) {
        s->framing = FRAMING_BARE;
        in->data = r;
    }
    return result;
}

const struct parser parser_stun = {
    .name = "stun",
    .transports = PARSER_UDP,
    .ports = { PORT_STUN },
    .anywhere = true,
    .shares = true,
    .parse = parse,
};

const struct parser parser_stun_stream = {
    .name = "stun",
    .transports = PARSER_TCP,
    .ports = { PORT_STUN },
    .anywhere = true,
    .has_state = true,
    .parse = parse_stream,
};
