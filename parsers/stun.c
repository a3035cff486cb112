/* SPDX-License-Identifier: BSD-2-Clause
 *
 * STUN (RFC 8489), TURN (RFC 8656, over TCP also RFC 6062) and ICE's checks (RFC 8445): the
 * address that a host has outside, the relay's address for it, and who is at the other end. Over
 * TCP with ChannelData in between, or each message in a frame (RFC 4571). Without the magic cookie
 * (RFC 3489, Google's first clients) on the ports of STUN servers alone.
 *
 * An end that answers a Binding request with MESSAGE-INTEGRITY holds ICE's short-term credentials:
 * it is a peer, no server; so are both ends of a check that goes to who has spoken before. A TURN
 * user name belongs to an application more often than to a person (shared or made up for an hour),
 * so it is told beside the peers and never as a login.
 *
 * Checks that a relay carries (in Send and Data indications and ChannelData) name the ends of the
 * call by their user fragments, and their answers the end behind the relay. Which peer a channel
 * was bound to is not kept. Media and DTLS through the relay, and STUN within TLS or DTLS, are not
 * seen.
 */
#include "ip_address.h"
#include "stun_internal.h"
#include "text.h"

#define MASK_BYTES 16 /* the cookie and the transaction id: what addresses are masked with */
#define TYPE_BITS 0x3fffu
#define CHANNEL_MASK 0xf0u /* the first octet of ChannelData: RFC 8656, 12 */
#define CHANNEL_FIRST 0x40u
#define CHANNEL_HEADER 4u
#define ATTRIBUTES_MAX 64
#define PEERS_MAX 8
#define FAMILY_IPV4 1
#define FAMILY_IPV6 2
#define PORT_GOOGLE_FIRST 19302
#define PORT_GOOGLE_LAST 19309

enum class { CLASS_REQUEST, CLASS_INDICATION, CLASS_SUCCESS, CLASS_ERROR };

enum method {
    METHOD_BINDING = 1,
    METHOD_SHARED_SECRET = 2, /* RFC 3489 */
    METHOD_ALLOCATE = 3,
    METHOD_SEND = 6,
    METHOD_DATA = 7,
};

enum attribute {
    ATTRIBUTE_MAPPED_ADDRESS = 0x0001,
    ATTRIBUTE_USERNAME = 0x0006,
    ATTRIBUTE_INTEGRITY = 0x0008,
    ATTRIBUTE_XOR_PEER_ADDRESS = 0x0012,
    ATTRIBUTE_DATA = 0x0013,
    ATTRIBUTE_REALM = 0x0014,
    ATTRIBUTE_XOR_RELAYED_ADDRESS = 0x0016,
    ATTRIBUTE_INTEGRITY_SHA256 = 0x001c,
    ATTRIBUTE_XOR_MAPPED_ADDRESS = 0x0020,
    ATTRIBUTE_XOR_MAPPED_ADDRESS_DRAFT = 0x8020,
    ATTRIBUTE_SOFTWARE = 0x8022,
    ATTRIBUTE_PRIORITY = 0x0024, /* of ICE's checks alone, as the next three */
    ATTRIBUTE_USE_CANDIDATE = 0x0025,
    ATTRIBUTE_ICE_CONTROLLED = 0x8029,
    ATTRIBUTE_ICE_CONTROLLING = 0x802a,
};

struct endpoint {
    struct in6_addr address;
    uint16_t port;
};

struct message {
    enum class class;
    unsigned method;
    bool has_cookie, has_integrity, has_mapped, has_relayed, is_ice;
    const uint8_t *mask;
    struct rd username, realm, software, data; /* .p NULL: absent */
    struct rd fragments;                       /* of users, in the check that it carries */
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
    case ATTRIBUTE_DATA:
        m->data = value;
        return true;
    case ATTRIBUTE_SOFTWARE:
        m->software = value;
        return true;
    case ATTRIBUTE_INTEGRITY:
    case ATTRIBUTE_INTEGRITY_SHA256:
        m->has_integrity = true;
        return true;
    case ATTRIBUTE_PRIORITY:
    case ATTRIBUTE_USE_CANDIDATE:
    case ATTRIBUTE_ICE_CONTROLLED:
    case ATTRIBUTE_ICE_CONTROLLING:
        m->is_ice = true;
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
    if (m->fragments.p != NULL)
        fact_text(&f, KEY_SESSION, m->fragments.p, rd_left(&m->fragments));
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
    struct endpoint to = { in->destination, in->destination_port };
    bool is_check = m->method == METHOD_BINDING && m->has_integrity;

    if (m->software.p != NULL)
        tell_software(m, out);
    for (unsigned i = 0; i < m->peer_count; i++)
        tell_peer("turn-peer", &m->peers[i], m, out);
    /* Who checks an end that has spoken checks a peer, and each end is the other's. */
    if (m->class == CLASS_REQUEST && m->method == METHOD_BINDING && m->is_ice && in->peer_us != 0) {
        tell_peer("ice", &from, m, out);
        tell_peer("ice", &to, m, out);
    }
    if (m->class != CLASS_SUCCESS)
        return;
    if (is_check)
        tell_peer("ice", &from, m, out);
    if (m->method == METHOD_ALLOCATE && m->has_relayed)
        tell_peer("turn-relayed", &m->relayed, m, out);
    if (m->has_mapped && !(is_check && is_same(&m->mapped, &in->destination, in->destination_port)))
        tell_peer("stun-mapped", &m->mapped, m, out);
}

bool
stun_has_cookie(struct rd r)
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
    return port == STUN_PORT || (port >= PORT_GOOGLE_FIRST && port <= PORT_GOOGLE_LAST);
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

static enum parse_result
take_message(struct rd *r, struct message *m)
{
    struct rd id, body;
    uint16_t length;

    *m = (struct message){ .has_cookie = stun_has_cookie(*r) };
    split_type(rd_u16(r), m);
    length = rd_u16(r);
    id = rd_sub(r, MASK_BYTES);
    body = rd_sub(r, length);
    m->mask = id.p;
    return body.ok ? read_attributes(body, m) : PARSE_MORE;
}

/* Whether what a relay carries is one of ICE's checks, or the answer to one. */
static bool
take_check(struct rd carried, struct message *check)
{
    return rd_left(&carried) >= STUN_HEADER && stun_has_cookie(carried) &&
           take_message(&carried, check) == PARSE_OK && rd_left(&carried) == 0 &&
           check->method == METHOD_BINDING && check->has_integrity;
}

/* Whoever answers says where the check came from: to a client, from his peer; to the peer, from the
 * client's address at the relay. */
static void
tell_answer(const struct message *check, bool by_client, const struct endpoint *peer,
    const struct parse_output *out)
{
    if (check->class != CLASS_SUCCESS)
        return;
    if (check->has_mapped)
        tell_peer(by_client ? "ice" : "turn-relayed", &check->mapped, check, out);
    if (!by_client && peer != NULL)
        tell_peer("ice", peer, check, out);
}

enum parse_result
stun_message(struct rd *r, const struct parse_input *in, const struct parse_output *out)
{
    struct message m, check;
    enum parse_result result = take_message(r, &m);
    bool is_carrier = m.class == CLASS_INDICATION && m.peer_count == 1 &&
                      (m.method == METHOD_SEND || m.method == METHOD_DATA);

    if (result != PARSE_OK)
        return result;
    is_carrier = is_carrier && take_check(m.data, &check);
    if (is_carrier && check.class == CLASS_REQUEST)
        m.fragments = check.username;
    tell(&m, in, out);
    if (is_carrier)
        tell_answer(&check, m.method == METHOD_SEND, &m.peers[0], out);
    return PARSE_OK;
}

bool
stun_is_channel(struct rd r)
{
    return (rd_peek(&r) & CHANNEL_MASK) == CHANNEL_FIRST;
}

bool
stun_carried(struct rd carried, bool by_client, const struct parse_output *out)
{
    struct message check;

    if (!take_check(carried, &check))
        return false;
    tell_answer(&check, by_client, NULL, out);
    return true;
}

/* RFC 8656, 12.4: channel, length; over UDP padded or not. Only a check shows that it is that. */
static enum parse_result
parse_channel(struct parse_input *in, const struct parse_output *out)
{
    struct rd r = in->data, carried;
    uint32_t length;

    rd_skip(&r, 2);
    length = rd_u16(&r);
    if (!r.ok)
        return PARSE_MORE;
    if (length < STUN_HEADER || in->wire_length < CHANNEL_HEADER + length ||
        in->wire_length > CHANNEL_HEADER + length + (-length & 3) || !stun_has_cookie(r))
        return PARSE_NOT_MINE;
    carried = rd_sub(&r, length);
    if (!carried.ok)
        return PARSE_MORE;
    if (!stun_carried(carried, in->from_client, out))
        return PARSE_NOT_MINE;
    rd_skip(&in->data, rd_left(&in->data));
    return PARSE_OK;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct rd r = in->data, header = in->data;
    enum parse_result result;

    if (stun_is_channel(r))
        return parse_channel(in, out);
    if (!stun_has_cookie(r) && !may_be_classic(r, in))
        return PARSE_NOT_MINE;
    rd_skip(&header, 2);
    if (in->wire_length != STUN_HEADER + (uint32_t)rd_u16(&header) && header.ok)
        return PARSE_NOT_MINE;
    result = stun_message(&r, in, out);
    if (result == PARSE_OK)
        in->data = r;
    return result;
}

const struct parser parser_stun = {
    .name = "stun",
    .transports = PARSER_UDP,
    .ports = { STUN_PORT },
    .anywhere = true,
    .shares = true,
    .parse = parse,
};
