/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DHCP (RFC 2131, options RFC 2132, client FQDN RFC 4702): which device, by its own words, has
 * which address. A REQUEST names host and address at once; the ACK confirms the address and brings
 * the mask. The parameter request list, in its order, tells systems apart.
 */
#include "dhcp_option.h"
#include "ip_address.h"
#include "parser.h"
#include "text.h"

extern const struct parser parser_dhcp;

#define PORT_SERVER 67
#define PORT_CLIENT 68
#define OP_REQUEST 1
#define OP_REPLY 2
#define ETHERNET 1
#define CHADDR_BYTES 16
#define SNAME_BYTES 64
#define FILE_BYTES 128
#define MAGIC 0x63825363u /* RFC 2131, 3 */
#define OPTION_PAD 0
#define OPTION_MASK 1
#define OPTION_HOST_NAME 12
#define OPTION_ADDRESS 50
#define OPTION_OVERLOAD 52
#define OPTION_TYPE 53
#define OPTION_PARAMETERS 55
#define OPTION_CLASS 60
#define OPTION_CLIENT_ID 61
#define OPTION_FQDN 81
#define OPTION_END 255
#define OPTIONS_MAX 128
#define OVERLOAD_FILE 1
#define OVERLOAD_SNAME 2
#define JOINED_BYTES 512  /* of all options that come in parts */
#define FQDN_HEAD 3       /* flags and two obsolete codes */
#define FQDN_ENCODED 0x04 /* as labels, not as text */
#define TYPE_REQUEST 3
#define TYPE_ACK 5
#define TYPE_INFORM 8 /* those behind it ask about leases of others, or force a renewal */
#define TYPE_LAST 18  /* RFC 6926, 7724 */

struct message {
    uint8_t op, type;
    bool is_cut;
    struct rd mac;
    struct in6_addr client, assigned;
    struct rd option[256];
    bool has[256];
    uint8_t joined[JOINED_BYTES]; /* those of several parts, whole */
    size_t joined_length;
};

/* One more part of an option: both are laid one behind the other. What finds no room is left out,
 * and what is there already: some say a thing twice. */
static void
join(struct message *m, struct rd *option, struct rd more)
{
    size_t before = rd_left(option), n = rd_left(&more);
    uint8_t *at = m->joined + m->joined_length;

    if (n == 0 || before + n > JOINED_BYTES - m->joined_length ||
        (before == n && memcmp(option->p, more.p, n) == 0))
        return;
    if (before > 0)
        memcpy(at, option->p, before);
    memcpy(at + before, more.p, n);
    m->joined_length += before + n;
    *option = rd_of(at, before + n);
}

static bool
read_options(struct rd *r, struct message *m)
{
    for (unsigned n = 0; n < OPTIONS_MAX && rd_left(r) > 0;) {
        uint8_t code = rd_u8(r);
        struct rd value;

        if (code == OPTION_PAD)
            continue;
        if (code == OPTION_END) {
            rd_skip(r, rd_left(r)); /* padding */
            return true;
        }
        value = rd_sub(r, rd_u8(r));
        if (!value.ok)
            return false;
        if (m->has[code])
            join(m, &m->option[code], value);
        else
            m->option[code] = value;
        m->has[code] = true;
        n++;
    }
    return rd_left(r) == 0 && !m->is_cut; /* some leave the end out, against RFC 2131, 3 */
}

/* The options, and those in the fields for names. */
static bool
read_all_options(struct rd *r, struct rd sname, struct rd file, struct message *m)
{
    uint8_t overload;

    if (!read_options(r, m))
        return false;
    overload = rd_peek(&m->option[OPTION_OVERLOAD]);
    return ((overload & OVERLOAD_FILE) == 0 || read_options(&file, m)) &&
           ((overload & OVERLOAD_SNAME) == 0 || read_options(&sname, m));
}

static enum parse_result
read_message(struct rd *r, struct message *m)
{
    uint8_t hardware, length;
    struct rd chaddr, sname, file;

    m->op = rd_u8(r);
    hardware = rd_u8(r);
    length = rd_u8(r);
    rd_skip(r, 1 + 4 + 2 + 2); /* hops, xid, secs, flags */
    m->client = ip_read_v4(r);
    m->assigned = ip_read_v4(r);
    rd_skip(r, 4 + 4); /* next server, relay */
    chaddr = rd_sub(r, CHADDR_BYTES);
    sname = rd_sub(r, SNAME_BYTES);
    file = rd_sub(r, FILE_BYTES);
    if (rd_u32(r) != MAGIC || !r->ok)
        return r->ok ? PARSE_NOT_MINE : PARSE_MORE;
    if ((m->op != OP_REQUEST && m->op != OP_REPLY) || length > CHADDR_BYTES)
        return PARSE_BAD;
    if (hardware == ETHERNET && length == TEXT_MAC_OCTETS)
        m->mac = rd_sub(&chaddr, TEXT_MAC_OCTETS);
    if (!read_all_options(r, sname, file, m))
        return PARSE_BAD;
    if (m->has[OPTION_TYPE])
        m->type = rd_u8(&m->option[OPTION_TYPE]);
    return m->type > TYPE_LAST ? PARSE_BAD : PARSE_OK;
}

/* RFC 4702, 2: text, or labels. */
static void
put_fqdn(struct fact *f, struct rd value)
{
    uint8_t flags = rd_u8(&value);

    rd_skip(&value, FQDN_HEAD - 1);
    if (!value.ok)
        return;
    if ((flags & FQDN_ENCODED) == 0) {
        fact_text(f, KEY_HOST_NAME, value.p, rd_left(&value));
        return;
    }
    dhcp_put_labels(f, value);
}

static void
put_mask(struct fact *f, struct rd value)
{
    uint32_t mask = rd_u32(&value);

    if (value.ok && mask != 0 && (~mask & (~mask + 1)) == 0) /* ones, then zeros */
        fact_number(f, KEY_PREFIX_LENGTH, __builtin_popcount(mask));
}

static void
put_address(struct fact *f, struct message *m)
{
    struct in6_addr asked = ip_read_v4(&m->option[OPTION_ADDRESS]);

    if (m->op == OP_REPLY && m->type != TYPE_ACK)
        return; /* an offer is not yet an address, and a refusal none */
    if (m->op == OP_REPLY && ip_is_host(&m->assigned))
        fact_address(f, KEY_ADDRESS, &m->assigned);
    else if (ip_is_host(&m->client))
        fact_address(f, KEY_ADDRESS, &m->client);
    else if (m->type == TYPE_REQUEST && m->has[OPTION_ADDRESS] && ip_is_host(&asked))
        fact_address(f, KEY_ADDRESS, &asked);
}

static void
tell(struct message *m, const struct parse_output *out)
{
    struct fact f;

    fact_begin(&f, FACT_DEVICE);
    put_address(&f, m);
    fact_mac(&f, KEY_MAC, m->mac.p);
    if (m->has[OPTION_HOST_NAME])
        fact_text(&f, KEY_HOST_NAME, m->option[OPTION_HOST_NAME].p,
            rd_left(&m->option[OPTION_HOST_NAME]));
    if (m->has[OPTION_FQDN])
        put_fqdn(&f, m->option[OPTION_FQDN]);
    if (m->op == OP_REPLY) {
        put_mask(&f, m->option[OPTION_MASK]);
    } else {
        if (m->has[OPTION_CLASS])
            fact_text(
                &f, KEY_VENDOR_CLASS, m->option[OPTION_CLASS].p, rd_left(&m->option[OPTION_CLASS]));
        if (m->has[OPTION_CLIENT_ID])
            dhcp_put_hex(&f, KEY_CLIENT_ID, m->option[OPTION_CLIENT_ID]);
        if (m->has[OPTION_PARAMETERS])
            dhcp_put_parameters(&f, m->option[OPTION_PARAMETERS], 1);
    }
    if (f.length > 0 && m->type <= TYPE_INFORM)
        out->fact(out->context, &f);
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct message m = { .is_cut = in->is_cut };
    struct rd r = in->data;
    enum parse_result result = read_message(&r, &m);

    if (result == PARSE_BAD && in->is_cut)
        return PARSE_MORE;
    if (result != PARSE_OK)
        return result;
    tell(&m, out);
    in->data = r;
    return PARSE_OK;
}

const struct parser parser_dhcp = {
    .name = "dhcp",
    .transports = PARSER_UDP,
    .ports = { PORT_SERVER, PORT_CLIENT },
    .settles = true,
    .parse = parse,
};
