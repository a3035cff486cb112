/* SPDX-License-Identifier: BSD-2-Clause
 *
 * OpenVPN (openvpn's ssl_pkt.h): the upper five bits of the first byte are the opcode, the lower
 * three the key id, 0 in a reset; then the sender's session id, 8 bytes; over TCP two bytes of
 * length before. WireGuard (wireguard.com/protocol): a type, three zero bytes, a fixed length; data
 * is padded to 16 bytes. IKE (RFC 2408, 7296): version, exchange and length at fixed places; behind
 * four zero bytes on port 4500 (RFC 3948). RDP over UDP ([MS-RDPEUDP] 2.2.2.1): a SYN padded to the
 * MTU, acknowledging -1. ICA: both ends begin with 7f 7f "ICA" 00.
 */
#include "hello.h"
#include "flow_track.h"

#define OPENVPN_RESET_CLIENT_V1 1
#define OPENVPN_RESET_SERVER_V1 2
#define OPENVPN_RESET_CLIENT_V2 7
#define OPENVPN_RESET_SERVER_V2 8
#define OPENVPN_RESET_CLIENT_V3 10
#define OPENVPN_RESET_BYTES 14 /* opcode, session id, count of acknowledgements, packet id */
#define OPENVPN_OPCODE_SHIFT 3
#define OPENVPN_KEY_ID 0x07
#define OPENVPN_ID_KNOWN 3 /* bytes of the client's session id within first_word */
#define WIREGUARD_INITIATION 0x01000000u
#define WIREGUARD_ANSWER 0x02000000u
#define WIREGUARD_COOKIE 0x03000000u
#define WIREGUARD_DATA 0x04000000u
#define WIREGUARD_INITIATION_BYTES 148
#define WIREGUARD_ANSWER_BYTES 92
#define WIREGUARD_COOKIE_BYTES 64
#define WIREGUARD_DATA_BYTES 32 /* the least, and what is more comes in blocks */
#define WIREGUARD_BLOCK 16
#define IKE_HEADER_BYTES 28
#define IKE_SPI_BYTES 8
#define IKE_VERSION_1 0x10
#define IKE_VERSION_2 0x20
#define IKE_EXCHANGE_V1_FIRST 1 /* base; aggressive is 4 (RFC 2408, 3.1) */
#define IKE_EXCHANGE_V1_LAST 6  /* transaction */
#define IKE_EXCHANGE_QUICK 32
#define IKE_EXCHANGE_NEW_GROUP 33
#define IKE_EXCHANGE_V2_FIRST 34 /* IKE_SA_INIT */
#define IKE_EXCHANGE_V2_LAST 44  /* IANA's highest */
#define RDP_UDP_MTU_LEAST 1132
#define RDP_UDP_NO_ACK 0xffffffffu
#define RDP_UDP_SYN 0x0001
#define RDP_UDP_SYN_ACK 0x0005
#define ICA_WORD 0x7f7f4943u /* 7f 7f "IC" ... */
#define ICA_REST 0x4100      /* ... "A" 00 */

/* The first payload of one direction. */
struct first {
    const struct flow *flow;
    unsigned direction;
    struct rd bytes;
    uint32_t length; /* on the wire */
};

static bool
is_client_reset(unsigned opcode)
{
    return opcode == OPENVPN_RESET_CLIENT_V1 || opcode == OPENVPN_RESET_CLIENT_V2 ||
           opcode == OPENVPN_RESET_CLIENT_V3;
}

static bool
is_server_reset(unsigned opcode)
{
    return opcode == OPENVPN_RESET_SERVER_V1 || opcode == OPENVPN_RESET_SERVER_V2;
}

/* Whether the bytes hold the start of the other end's session id. */
static bool
holds_id(struct rd r, uint32_t first_word)
{
    const uint8_t id[OPENVPN_ID_KNOWN] = { (uint8_t)(first_word >> 16), (uint8_t)(first_word >> 8),
        (uint8_t)first_word };

    return memmem(r.p, rd_left(&r), id, sizeof id) != NULL;
}

static enum hello
read_openvpn(const struct first *p)
{
    const struct flow *f = p->flow;
    struct rd r = p->bytes;
    unsigned first = rd_u8(&r), opcode = first >> OPENVPN_OPCODE_SHIFT;

    if (p->length < OPENVPN_RESET_BYTES || (first & OPENVPN_KEY_ID) != 0)
        return HELLO_NONE;
    if (is_client_reset(opcode))
        return HELLO_OPENVPN_CLIENT;
    if (!is_server_reset(opcode))
        return HELLO_NONE;
    return f->hello[!p->direction] == HELLO_OPENVPN_CLIENT &&
                   holds_id(r, f->first_word[!p->direction])
               ? HELLO_OPENVPN_SERVER_ECHO
               : HELLO_OPENVPN_SERVER;
}

static enum hello
read_openvpn_stream(const struct first *p)
{
    struct rd r = p->bytes;
    uint16_t said = rd_u16(&r);
    unsigned first = rd_u8(&r), opcode = first >> OPENVPN_OPCODE_SHIFT;
    bool is_reset = p->direction == FLOW_CLIENT ? is_client_reset(opcode) : is_server_reset(opcode);

    return is_reset && (first & OPENVPN_KEY_ID) == 0 && said >= OPENVPN_RESET_BYTES &&
                   said + sizeof said == p->length
               ? HELLO_OPENVPN_STREAM
               : HELLO_NONE;
}

static enum hello
read_wireguard(const struct first *p)
{
    struct rd r = p->bytes;

    switch (rd_u32(&r)) {
    case WIREGUARD_INITIATION:
        return p->length == WIREGUARD_INITIATION_BYTES ? HELLO_WIREGUARD_INITIATION : HELLO_NONE;
    case WIREGUARD_ANSWER:
        return p->length == WIREGUARD_ANSWER_BYTES ? HELLO_WIREGUARD_ANSWER : HELLO_NONE;
    case WIREGUARD_COOKIE:
        return p->length == WIREGUARD_COOKIE_BYTES ? HELLO_WIREGUARD_ANSWER : HELLO_NONE;
    case WIREGUARD_DATA:
        return p->length >= WIREGUARD_DATA_BYTES && p->length % WIREGUARD_BLOCK == 0
                   ? HELLO_WIREGUARD_DATA
                   : HELLO_NONE;
    default:
        return HELLO_NONE;
    }
}

static bool
is_exchange(uint8_t version, uint8_t exchange)
{
    if (version == IKE_VERSION_2)
        return exchange >= IKE_EXCHANGE_V2_FIRST && exchange <= IKE_EXCHANGE_V2_LAST;
    return version == IKE_VERSION_1 &&
           ((exchange >= IKE_EXCHANGE_V1_FIRST && exchange <= IKE_EXCHANGE_V1_LAST) ||
               exchange == IKE_EXCHANGE_QUICK || exchange == IKE_EXCHANGE_NEW_GROUP);
}

static enum hello
read_ike(const struct first *p)
{
    struct rd r = p->bytes, marker = r;
    uint32_t length = p->length;
    uint8_t version, exchange;

    if (rd_u32(&marker) == 0 && length > sizeof(uint32_t)) {
        length -= (uint32_t)sizeof(uint32_t);
        r = marker;
    }
    if (length < IKE_HEADER_BYTES || rd_u64(&r) == 0)
        return HELLO_NONE;
    rd_skip(&r, IKE_SPI_BYTES + 1); /* the responder's SPI, the first payload's type */
    version = rd_u8(&r);
    exchange = rd_u8(&r);
    rd_skip(&r, 5); /* flags, message id */
    return rd_u32(&r) == length && r.ok && is_exchange(version, exchange) ? HELLO_IKE : HELLO_NONE;
}

static enum hello
read_rdp_udp(const struct first *p)
{
    struct rd r = p->bytes;
    uint32_t acknowledged = rd_u32(&r);
    uint16_t flags;

    rd_skip(&r, 2); /* receive window */
    flags = rd_u16(&r);
    if (!r.ok || p->length < RDP_UDP_MTU_LEAST || (flags & RDP_UDP_SYN) == 0)
        return HELLO_NONE;
    if (acknowledged == RDP_UDP_NO_ACK)
        return HELLO_RDP_UDP_CLIENT;
    return (flags & RDP_UDP_SYN_ACK) == RDP_UDP_SYN_ACK ? HELLO_RDP_UDP_SERVER : HELLO_NONE;
}

static enum hello
read_ica(const struct first *p)
{
    struct rd r = p->bytes;

    return rd_u32(&r) == ICA_WORD && rd_u16(&r) == ICA_REST ? HELLO_ICA : HELLO_NONE;
}

/* The first that fits stands: the strictest come first. */
static const struct {
    uint8_t protocol;
    enum hello (*read)(const struct first *p);
} readers[] = {
    { FLOW_PROTOCOL_UDP, read_ike },
    { FLOW_PROTOCOL_UDP, read_wireguard },
    { FLOW_PROTOCOL_UDP, read_rdp_udp },
    { FLOW_PROTOCOL_UDP, read_openvpn },
    { FLOW_PROTOCOL_TCP, read_openvpn_stream },
    { FLOW_PROTOCOL_TCP, read_ica },
};

void
hello_read(struct flow *f, unsigned direction, const struct packet *p)
{
    struct first first = { .flow = f,
        .direction = direction,
        .bytes = rd_of(p->payload, p->payload_captured),
        .length = p->payload_length };

    if (f->payload_packets[direction] != 1)
        return;
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++)
        if (readers[i].protocol == f->protocol && f->hello[direction] == HELLO_NONE)
            f->hello[direction] = (uint8_t)readers[i].read(&first);
}

/* What the two ends show together, in either order. */
static const struct {
    enum hello one, other;
    const char *protocol;
} pairs[] = {
    { HELLO_OPENVPN_CLIENT, HELLO_OPENVPN_SERVER_ECHO, "openvpn" },
    { HELLO_OPENVPN_STREAM, HELLO_OPENVPN_STREAM, "openvpn" },
    { HELLO_WIREGUARD_INITIATION, HELLO_WIREGUARD_ANSWER, "wireguard" },
    { HELLO_IKE, HELLO_IKE, "ipsec" },
    { HELLO_RDP_UDP_CLIENT, HELLO_RDP_UDP_SERVER, "rdp" },
    { HELLO_ICA, HELLO_ICA, "citrix" },
};

const char *
hello_protocol(const struct flow *f)
{
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if ((f->hello[0] == pairs[i].one && f->hello[1] == pairs[i].other) ||
            (f->hello[0] == pairs[i].other && f->hello[1] == pairs[i].one))
            return pairs[i].protocol;
    return NULL;
}
