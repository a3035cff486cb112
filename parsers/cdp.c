/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Cisco Discovery Protocol, versions 1 and 2: what a router, switch or telephone says of itself to
 * its neighbour: name, system, platform, addresses. Cisco's "Understanding CDP frame formats"
 * describes it:
 *
 *   802.2 SNAP 00000c 2000 | version 8 | time to live 8 | checksum 16 | elements
 *   element: type 16 | length 16, with these four octets | value
 *   address: protocol type 8 | length 8 | protocol | length 16 | address
 */
#include "ip_address.h"
#include "parser.h"
#include "text.h"

extern const struct parser parser_cdp;

#define HEAD_BYTES 4
#define VERSION_LAST 2
#define ELEMENTS_MAX 64
#define ADDRESSES_MAX 16
#define DEVICE_ID 0x0001
#define ADDRESSES 0x0002
#define SOFTWARE 0x0005
#define PLATFORM 0x0006
#define MANAGEMENT 0x0016

static const uint8_t snap[] = { 0xaa, 0xaa, 0x03, 0x00, 0x00, 0x0c, 0x20, 0x00 };

/* IPv4 by its NLPID, IPv6 by its EtherType in 802.2. */
static const uint8_t ipv4[] = { 0xcc };
static const uint8_t ipv6[] = { 0xaa, 0xaa, 0x03, 0x00, 0x00, 0x00, 0x86, 0xdd };

static bool
is(const struct rd *r, const uint8_t *bytes, size_t n)
{
    return r->ok && rd_left(r) == n && memcmp(r->p, bytes, n) == 0;
}

/* The first that a host may have. */
static void
read_addresses(struct rd r, struct fact *f)
{
    uint32_t count = rd_u32(&r);

    for (uint32_t i = 0; r.ok && i < count && i < ADDRESSES_MAX; i++) {
        struct rd protocol, value;
        struct in6_addr address;

        rd_skip(&r, 1); /* how the protocol is written */
        protocol = rd_sub(&r, rd_u8(&r));
        value = rd_sub(&r, rd_u16(&r));
        if (is(&protocol, ipv4, sizeof ipv4))
            address = ip_read_v4(&value);
        else if (is(&protocol, ipv6, sizeof ipv6))
            address = ip_read_v6(&value);
        else
            continue;
        if (value.ok && rd_left(&value) == 0 && ip_is_host(&address))
            fact_address(f, KEY_ADDRESS, &address);
    }
}

static void
read_element(uint16_t type, struct rd value, struct fact *f)
{
    if (type == DEVICE_ID)
        fact_text(f, KEY_HOST_NAME, value.p, rd_left(&value));
    else if (type == SOFTWARE)
        fact_lines(f, KEY_OS, value.p, rd_left(&value));
    else if (type == PLATFORM)
        fact_text(f, KEY_MODEL, value.p, rd_left(&value));
    else if (type == ADDRESSES || type == MANAGEMENT)
        read_addresses(value, f);
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct rd r = in->data, head = rd_sub_upto(&r, sizeof snap);
    uint8_t version;
    struct fact f;

    if (!head.ok || memcmp(snap, head.p, rd_left(&head)) != 0)
        return PARSE_NOT_MINE;
    version = rd_u8(&r);
    rd_skip(&r, 1 + 2); /* time to live, checksum */
    if (!r.ok)
        return PARSE_MORE;
    if (version == 0 || version > VERSION_LAST)
        return PARSE_BAD;
    fact_begin(&f, FACT_DEVICE);
    for (unsigned i = 0; i < ELEMENTS_MAX && rd_left(&r) > 0; i++) {
        uint16_t type = rd_u16(&r), length = rd_u16(&r);
        struct rd value = rd_sub(&r, (size_t)length - HEAD_BYTES); /* too small: too large */

        if (!value.ok)
            return in->is_cut ? PARSE_MORE : PARSE_BAD;
        read_element(type, value, &f);
    }
    fact_mac(&f, KEY_MAC, in->source_mac);
    if (!in->is_cut && fact_has(&f, KEY_HOST_NAME))
        out->fact(out->context, &f);
    rd_skip(&r, rd_left(&r));
    in->data = r;
    return PARSE_OK;
}

const struct parser parser_cdp = {
    .name = "cdp",
    .transports = PARSER_LINK,
    .ports = { PARSE_LLC },
    .parse = parse,
};
