/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Neighbour discovery for IPv6 (RFC 4861, 4): whoever solicits or advertises tells its address and
 * card. A message without a card's address in its options says nothing, nor does one from the
 * unspecified address: that is a probe for an address which nobody has yet (RFC 4862, 5.4).
 */
#include "ip_address.h"
#include "parser.h"
#include "text.h"

extern const struct parser parser_ndp;

#define ROUTER_SOLICITATION 133
#define ROUTER_ADVERTISEMENT 134
#define NEIGHBOUR_SOLICITATION 135
#define NEIGHBOUR_ADVERTISEMENT 136
#define OPTION_SOURCE_LINK 1
#define OPTION_TARGET_LINK 2
#define OPTION_UNIT 8
#define OPTIONS_MAX 32

static const struct {
    uint8_t type;
    uint8_t fixed; /* octets between the checksum and the target or the options */
    bool has_target;
    uint8_t option; /* which holds the card's address */
} messages[] = {
    { ROUTER_SOLICITATION, 4, false, OPTION_SOURCE_LINK },
    { ROUTER_ADVERTISEMENT, 12, false, OPTION_SOURCE_LINK },
    { NEIGHBOUR_SOLICITATION, 4, true, OPTION_SOURCE_LINK },
    { NEIGHBOUR_ADVERTISEMENT, 4, true, OPTION_TARGET_LINK },
};

/* The card in the options; NULL when none is there. */
static const uint8_t *
read_card(struct rd *r, uint8_t wanted)
{
    const uint8_t *card = NULL;

    for (unsigned i = 0; i < OPTIONS_MAX && rd_left(r) > 0; i++) {
        uint8_t type = rd_u8(r);
        size_t bytes = (size_t)rd_u8(r) * OPTION_UNIT;
        struct rd value;

        if (bytes == 0) /* 4.6: the whole packet is to be dropped */
            r->ok = false;
        value = rd_sub(r, bytes - 2);
        if (type == wanted && bytes == OPTION_UNIT)
            card = rd_bytes(&value, TEXT_MAC_OCTETS);
    }
    return r->ok && rd_left(r) == 0 ? card : NULL;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct rd r = in->data;
    uint8_t type = rd_u8(&r), code = rd_u8(&r);
    struct in6_addr address = in->source;
    const uint8_t *card;
    size_t i = 0;
    struct fact f;

    while (i < sizeof messages / sizeof messages[0] && messages[i].type != type)
        i++;
    if (!r.ok || i == sizeof messages / sizeof messages[0])
        return r.ok ? PARSE_NOT_MINE : PARSE_MORE;
    rd_skip(&r, 2); /* checksum */
    rd_skip(&r, messages[i].fixed);
    if (messages[i].has_target) {
        struct in6_addr target = ip_read_v6(&r);

        if (type == NEIGHBOUR_ADVERTISEMENT)
            address = target;
    }
    if (!r.ok)
        return PARSE_MORE;
    card = read_card(&r, messages[i].option);
    if (!r.ok || code != 0)
        return in->is_cut ? PARSE_MORE : PARSE_BAD;
    fact_begin(&f, FACT_DEVICE);
    fact_mac(&f, KEY_MAC, card);
    if (ip_is_host(&address) && fact_has(&f, KEY_MAC)) {
        fact_address(&f, KEY_ADDRESS, &address);
        out->fact(out->context, &f);
    }
    rd_skip(&r, rd_left(&r));
    in->data = r;
    return PARSE_OK;
}

const struct parser parser_ndp = {
    .name = "ndp",
    .transports = PARSER_ICMP6,
    .parse = parse,
};
