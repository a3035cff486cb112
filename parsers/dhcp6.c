/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DHCPv6 (RFC 8415; client FQDN RFC 4704; client's card behind a relay RFC 6939): which device, by
 * its own words, has which address. Relayed messages are read through their relays. The option
 * request, in its order, tells systems apart. A DUID is made of one of the machine's cards, or of
 * one that it once had, so no card is read from it.
 */
#include "dhcp_option.h"
#include "ip_address.h"
#include "parser.h"
#include "text.h"

extern const struct parser parser_dhcp6;

#define SOLICIT 1
#define REQUEST 3
#define CONFIRM 4
#define RENEW 5
#define REBIND 6
#define REPLY 7
#define INFORMATION_REQUEST 11
#define RELAY_FORWARD 12
#define RELAY_REPLY 13
#define TYPE_LAST 36 /* IANA's list */
#define OPTION_CLIENT_ID 1
#define OPTION_IA_NA 3
#define OPTION_IA_TA 4
#define OPTION_ADDRESS 5
#define OPTION_REQUEST 6
#define OPTION_RELAY_MESSAGE 9
#define OPTION_VENDOR_CLASS 16
#define OPTION_FQDN 39
#define OPTION_CARD 79
#define IA_NA_HEAD 12 /* id, two times */
#define IA_TA_HEAD 4
#define OPTIONS_MAX 64
#define RELAYS_MAX 8 /* HOP_COUNT_LIMIT: RFC 8415, 7.6 */
#define ETHERNET 1

struct message {
    uint8_t type;
    bool is_relayed;
    struct in6_addr client; /* link-local mostly */
    const uint8_t *card;
    struct rd id, parameters, vendor_class, fqdn, assigned, relayed;
    struct in6_addr address;
    bool has_address;
};

static bool
next_option(struct rd *r, uint16_t *code, struct rd *value)
{
    *code = rd_u16(r);
    *value = rd_sub(r, rd_u16(r));
    return value->ok;
}

/* The first address of an association that is valid for any time. */
static bool
read_association(struct rd r, size_t head, struct message *m)
{
    uint16_t code;
    struct rd value;

    rd_skip(&r, head);
    for (unsigned i = 0; i < OPTIONS_MAX && rd_left(&r) > 0; i++) {
        struct in6_addr address;
        uint32_t valid;

        if (!next_option(&r, &code, &value))
            return false;
        if (code != OPTION_ADDRESS)
            continue;
        address = ip_read_v6(&value);
        rd_skip(&value, 4); /* preferred */
        valid = rd_u32(&value);
        if (!value.ok)
            return false;
        if (!m->has_address && (valid > 0 || m->type != REPLY) && ip_is_host(&address)) {
            m->address = address;
            m->has_address = true;
        }
    }
    return r.ok;
}

static bool
read_option(uint16_t code, struct rd value, struct message *m)
{
    switch (code) {
    case OPTION_CLIENT_ID:
        m->id = value;
        break;
    case OPTION_IA_NA:
        return read_association(value, IA_NA_HEAD, m);
    case OPTION_IA_TA:
        return read_association(value, IA_TA_HEAD, m);
    case OPTION_REQUEST:
        m->parameters = value;
        break;
    case OPTION_RELAY_MESSAGE:
        m->relayed = value;
        break;
    case OPTION_VENDOR_CLASS:
        rd_skip(&value, 4); /* enterprise */
        m->vendor_class = rd_sub(&value, rd_u16(&value));
        break;
    case OPTION_FQDN:
        rd_skip(&value, 1); /* flags */
        m->fqdn = value;
        break;
    case OPTION_CARD:
        if (rd_u16(&value) == ETHERNET && rd_left(&value) == TEXT_MAC_OCTETS)
            m->card = value.p;
        break;
    default:
        break;
    }
    return true;
}

static bool
read_options(struct rd *r, struct message *m)
{
    uint16_t code;
    struct rd value;

    for (unsigned i = 0; i < OPTIONS_MAX && rd_left(r) > 0; i++)
        if (!next_option(r, &code, &value) || !read_option(code, value, m))
            return false;
    return r->ok && rd_left(r) == 0;
}

/* The message within however many relays. */
static bool
read_message(struct rd *r, struct message *m)
{
    struct rd at = text_take_rest(r);

    for (unsigned relays = 0; relays <= RELAYS_MAX; relays++) {
        m->type = rd_u8(&at);
        if (m->type == 0 || m->type > TYPE_LAST)
            return false;
        if (m->type != RELAY_FORWARD && m->type != RELAY_REPLY) {
            rd_skip(&at, 3); /* transaction */
            return at.ok && read_options(&at, m);
        }
        m->is_relayed = true;
        rd_skip(&at, 1 + sizeof(struct in6_addr)); /* hops, link */
        m->client = ip_read_v6(&at);
        m->relayed.ok = false;
        if (!read_options(&at, m) || !m->relayed.ok)
            return false;
        at = m->relayed;
    }
    return false;
}

static bool
is_from_client(const struct message *m)
{
    switch (m->type) {
    case SOLICIT:
    case REQUEST:
    case CONFIRM:
    case RENEW:
    case REBIND:
    case INFORMATION_REQUEST:
        return true;
    default:
        return false;
    }
}

static void
tell(const struct message *m, const struct parse_output *out)
{
    bool from_client = is_from_client(m);
    struct fact f;

    if (!from_client && m->type != REPLY)
        return;
    fact_begin(&f, FACT_DEVICE);
    if (m->has_address && m->type != SOLICIT)
        fact_address(&f, KEY_ADDRESS, &m->address);
    else if (ip_is_host(&m->client))
        fact_address(&f, KEY_ADDRESS, &m->client);
    fact_mac(&f, KEY_MAC, m->card);
    if (m->fqdn.ok)
        dhcp_put_labels(&f, m->fqdn);
    if (m->id.ok)
        dhcp_put_hex(&f, KEY_CLIENT_ID, m->id);
    if (from_client && m->vendor_class.ok)
        fact_text(&f, KEY_VENDOR_CLASS, m->vendor_class.p, rd_left(&m->vendor_class));
    if (from_client && m->parameters.ok)
        dhcp_put_parameters(&f, m->parameters, sizeof(uint16_t));
    if (f.length > 0)
        out->fact(out->context, &f);
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct message m = { .type = 0 };
    struct rd r = in->data;

    if (in->is_cut)
        return PARSE_MORE;
    if (!read_message(&r, &m))
        return PARSE_BAD;
    if (!m.is_relayed && is_from_client(&m)) { /* never through a router, so the card is its own */
        m.client = in->source;
        m.card = IN6_IS_ADDR_LINKLOCAL(&in->source) ? in->source_mac : NULL;
    } else if (!m.is_relayed) {
        m.client = in->destination;
    }
    tell(&m, out);
    in->data = r;
    return PARSE_OK;
}

const struct parser parser_dhcp6 = {
    .name = "dhcpv6",
    .transports = PARSER_UDP,
    .ports = { 546, 547 },
    .settles = true,
    .parse = parse,
};
