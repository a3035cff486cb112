/* SPDX-License-Identifier: BSD-2-Clause
 *
 * LLDP (IEEE 802.1AB-2005, 9): what a switch, telephone or host says of itself to its neighbour:
 * name, system, model (ANSI/TIA-1057, 10.2.6), the address it is managed by. A PDU without its end
 * mark is not read; later editions let it off, and the padding of short frames looks like one.
 */
#include "ip_address.h"
#include "parser.h"
#include "text.h"

extern const struct parser parser_lldp;

#define ETHERTYPE_LLDP 0x88cc
#define ELEMENTS_MAX 128
#define LENGTH_BITS 9
#define LENGTH_MASK 0x1ff
#define END 0
#define CHASSIS 1
#define TIME_TO_LIVE 3
#define SYSTEM_NAME 5
#define SYSTEM_DESCRIPTION 6
#define MANAGEMENT_ADDRESS 8
#define ORGANISATION 127
#define CHASSIS_IS_MAC 4
#define FAMILY_IPV4 1 /* IANA's address family numbers */
#define FAMILY_IPV6 2
#define TIA 0x0012bbu
#define TIA_MANUFACTURER 9
#define TIA_MODEL 10

static void
read_chassis(struct rd value, struct fact *f)
{
    if (rd_u8(&value) == CHASSIS_IS_MAC && rd_left(&value) == TEXT_MAC_OCTETS)
        fact_mac(f, KEY_MAC, value.p);
}

static void
read_address(struct rd value, struct fact *f)
{
    struct rd text = rd_sub(&value, rd_u8(&value));
    uint8_t family = rd_u8(&text);
    struct in6_addr address;

    if (family == FAMILY_IPV4)
        address = ip_read_v4(&text);
    else if (family == FAMILY_IPV6)
        address = ip_read_v6(&text);
    else
        return;
    if (text.ok && rd_left(&text) == 0 && ip_is_host(&address))
        fact_address(f, KEY_ADDRESS, &address);
}

static void
read_organisation(struct rd value, struct fact *f)
{
    uint32_t who = rd_u24(&value);
    uint8_t subtype = rd_u8(&value);

    if (!value.ok || who != TIA)
        return;
    if (subtype == TIA_MANUFACTURER)
        fact_text(f, KEY_VENDOR, value.p, rd_left(&value));
    else if (subtype == TIA_MODEL)
        fact_text(f, KEY_MODEL, value.p, rd_left(&value));
}

static void
read_element(unsigned type, struct rd value, struct fact *f)
{
    switch (type) {
    case CHASSIS:
        read_chassis(value, f);
        break;
    case SYSTEM_NAME:
        fact_text(f, KEY_HOST_NAME, value.p, rd_left(&value));
        break;
    case SYSTEM_DESCRIPTION:
        fact_lines(f, KEY_OS, value.p, rd_left(&value));
        break;
    case MANAGEMENT_ADDRESS:
        read_address(value, f);
        break;
    case ORGANISATION:
        read_organisation(value, f);
        break;
    default:
        break;
    }
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct rd r = in->data;
    struct fact f;

    fact_begin(&f, FACT_DEVICE);
    for (unsigned i = 0; i < ELEMENTS_MAX; i++) {
        uint16_t head = rd_u16(&r);
        unsigned type = head >> LENGTH_BITS;
        struct rd value = rd_sub(&r, head & LENGTH_MASK);

        if (!value.ok)
            return PARSE_MORE;
        if (i < TIME_TO_LIVE && type != CHASSIS + i) /* 9.1: three, in this order */
            return PARSE_BAD;
        if (type == END)
            break;
        read_element(type, value, &f);
    }
    if (fact_has(&f, KEY_HOST_NAME) || fact_has(&f, KEY_OS) || fact_has(&f, KEY_MODEL)) {
        fact_mac(&f, KEY_MAC, in->source_mac);
        out->fact(out->context, &f);
    }
    rd_skip(&r, rd_left(&r)); /* frames are padded */
    in->data = r;
    return PARSE_OK;
}

const struct parser parser_lldp = {
    .name = "lldp",
    .transports = PARSER_LINK,
    .ports = { ETHERTYPE_LLDP },
    .parse = parse,
};
