/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The packet decoder's entry points, its names, and what it remembers of the layers it passed.
 */
#include "packet_internal.h"

#define LINKTYPE_ETHERNET 1

static const char *const result_names[PACKET_RESULT_COUNT] = {
    [PACKET_OK] = "ok",
    [PACKET_FRAGMENT] = "fragment",
    [PACKET_NOT_IP] = "not-ip",
    [PACKET_CUT] = "cut",
    [PACKET_UNKNOWN_LINK] = "unknown-link",
    [PACKET_BAD_LINK] = "bad-link",
    [PACKET_BAD_IP_VERSION] = "bad-ip-version",
    [PACKET_BAD_IP_HEADER] = "bad-ip-header",
    [PACKET_BAD_EXTENSION] = "bad-extension",
    [PACKET_BAD_TRANSPORT] = "bad-transport",
    [PACKET_BAD_TUNNEL] = "bad-tunnel",
    [PACKET_TOO_DEEP] = "too-deep",
};

static const char *const layer_names[LAYER_KIND_COUNT] = {
    [LAYER_VLAN] = "vlan",
    [LAYER_MPLS] = "mpls",
    [LAYER_PPPOE] = "pppoe",
    [LAYER_PPP] = "ppp",
    [LAYER_GRE] = "gre",
    [LAYER_ERSPAN] = "erspan",
    [LAYER_VXLAN] = "vxlan",
    [LAYER_GENEVE] = "geneve",
    [LAYER_IPIP] = "ipip",
    [LAYER_6IN4] = "6in4",
    [LAYER_TEREDO] = "teredo",
    [LAYER_GTPU] = "gtp-u",
    [LAYER_L2TP] = "l2tp",
    [LAYER_AH] = "ah",
    [LAYER_PBB] = "pbb",
};

bool
packet_push(struct packet *out, enum packet_layer_kind kind, uint32_t id)
{
    if (out->layer_count == PACKET_LAYERS)
        return false;
    out->layers[out->layer_count++] = (struct packet_layer){ .kind = (uint8_t)kind, .id = id };
    return true;
}

/* The finaliser of MurmurHash3 (public domain): every bit of the input reaches every bit. */
static uint32_t
scramble(uint32_t h)
{
    h ^= h >> 16;
    h *= 0x85ebca6bU;
    h ^= h >> 13;
    h *= 0xc2b2ae35U;
    return h ^ h >> 16;
}

void
packet_mix(struct packet *out, uint32_t id)
{
    /* The golden ratio keeps id 0 on an empty hash from giving 0; 0 itself means "no layer". */
    uint32_t h = scramble(out->encapsulation * 31 + id + 0x9e3779b9U);

    out->encapsulation = h == 0 ? 1 : h;
}

static uint32_t
address_hash(const struct in6_addr *a)
{
    struct rd r = rd_of(a, sizeof *a);
    uint32_t h = 0;

    while (rd_left(&r) > 0)
        h = scramble(h + rd_u32(&r));
    return h;
}

void
packet_mix_ends(struct packet *out)
{
    packet_mix(out, address_hash(&out->source) + address_hash(&out->destination));
}

enum packet_result
packet_not_ip(struct packet *out, const struct span *s)
{
    out->link_payload = s->rd;
    return PACKET_NOT_IP;
}

enum packet_result
packet_decode(struct packet *out, uint32_t link_type, const uint8_t *frame, uint32_t captured,
    uint32_t length)
{
    struct span s = { .rd = rd_of(frame, captured) };

    /* Some writers leave the length on the wire 0. */
    s.missing = length > captured ? length - captured : 0;
    out->ip = NULL;
    out->ip_captured = out->ip_length = 0;
    out->ip_version = out->ttl = out->protocol = 0;
    out->is_cut = false;
    out->source_port = out->destination_port = 0;
    out->spi = 0;
    out->transport = out->payload = NULL;
    out->payload_captured = out->payload_length = 0;
    out->layer_count = 0;
    out->encapsulation = 0;
    out->source_mac = out->destination_mac = NULL;
    out->ether_type = 0;
    if (link_type == LINKTYPE_ETHERNET)
        return packet_ethernet(out, &s); /* nearly all traffic: no look-up */
    return packet_link(out, &s, link_type);
}

enum packet_result
packet_decode_ip(struct packet *out, const uint8_t *ip, uint32_t captured, uint32_t length)
{
    struct span s = { .rd = rd_of(ip, captured) };

    s.missing = length > captured ? length - captured : 0;
    return packet_ip(out, &s);
}

const char *
packet_result_name(enum packet_result result)
{
    return (unsigned)result < PACKET_RESULT_COUNT ? result_names[result] : "unknown";
}

const char *
packet_layer_name(enum packet_layer_kind kind)
{
    return (unsigned)kind < LAYER_KIND_COUNT ? layer_names[kind] : "unknown";
}
