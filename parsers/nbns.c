/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The NetBIOS name service (RFC 1002, 4.2): which names were asked for, and which machine registers
 * or answers for its own name at which address. A name service (WINS) answers for others; the
 * address in its answer is theirs. A node status answer lists a machine's names, with its card.
 */
#include "ip_address.h"
#include "netbios.h"
#include "parser.h"
#include "text.h"
#include <stdio.h>

extern const struct parser parser_nbns;

#define OPCODE_QUERY 0
#define OPCODE_REGISTRATION 5
#define OPCODE_RELEASE 6
#define OPCODE_WAIT 7
#define OPCODE_REFRESH 8
#define OPCODE_REFRESH_TOO 9 /* RFC 1002 has both */
#define OPCODE_MULTIHOMED 15
#define TYPE_NAME 0x20
#define TYPE_STATUS 0x21
#define FLAG_GROUP 0x8000
#define NAMES_TOLD 8
#define ADDRESSES_TOLD 8
#define STATUS_NAMES_MAX 64
#define STATUS_ANY '*'

/* What a name stands for, by its last octet (Microsoft's list of NetBIOS suffixes). */
static const struct {
    uint8_t suffix;
    const char *service;
} services[] = {
    { NETBIOS_WORKSTATION, "workstation" },
    { 0x03, "messenger" },
    { 0x1b, "domain-master-browser" },
    { 0x1c, "domain-controllers" },
    { 0x1d, "master-browser" },
    { 0x1e, "browser-elections" },
    { NETBIOS_SERVER, "server" },
};

static void
put_service(struct fact *f, uint8_t suffix)
{
    char number[sizeof "0x00"];

    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++)
        if (services[i].suffix == suffix) {
            fact_word(f, KEY_SERVICE, services[i].service);
            return;
        }
    snprintf(number, sizeof number, "0x%02x", suffix);
    fact_word(f, KEY_SERVICE, number);
}

/* Whether each is a name of NetBIOS: nothing is said of a message before that. */
static bool
are_names(const struct dns_message *m)
{
    struct rd r = m->body;
    struct dns_name encoded;
    struct netbios_name name;

    for (unsigned i = 0; i < m->questions && i < NAMES_TOLD; i++)
        if (!dns_next_question(m, &r, &encoded) || !netbios_decode(&encoded, &name))
            return false;
    return true;
}

static void
tell_questions(const struct dns_message *m, const struct parse_output *out)
{
    struct rd r = m->body;
    struct dns_name encoded;
    struct netbios_name name;

    for (unsigned i = 0; i < m->questions && i < NAMES_TOLD; i++) {
        struct fact f;

        if (!dns_next_question(m, &r, &encoded) || !netbios_decode(&encoded, &name) ||
            rd_peek(&name.text) == STATUS_ANY)
            continue;
        fact_begin(&f, FACT_NAME);
        fact_word(&f, KEY_WHAT, "nbns");
        fact_text(&f, KEY_NAME, name.text.p, rd_left(&name.text));
        put_service(&f, name.suffix);
        out->fact(out->context, &f);
    }
}

/* A list of flags and addresses. */
static void
tell_addresses(const struct netbios_name *name, struct rd data, const struct parse_output *out)
{
    for (unsigned i = 0; i < ADDRESSES_TOLD && rd_left(&data) > 0; i++) {
        bool is_group = (rd_u16(&data) & FLAG_GROUP) != 0;
        struct in6_addr address = ip_read_v4(&data);
        struct fact f;

        if (!data.ok || !ip_is_host(&address))
            return;
        fact_begin(&f, FACT_DEVICE);
        fact_address(&f, KEY_ADDRESS, &address);
        if (netbios_is_host(name, is_group))
            fact_text(&f, KEY_HOST_NAME, name->text.p, rd_left(&name->text));
        else if (is_group && name->suffix == NETBIOS_WORKSTATION)
            fact_text(&f, KEY_DOMAIN, name->text.p, rd_left(&name->text));
        else
            return;
        out->fact(out->context, &f);
    }
}

static void
tell_status(struct rd data, const struct parse_input *in, const struct parse_output *out)
{
    uint8_t count = rd_u8(&data);
    struct fact f;

    fact_begin(&f, FACT_DEVICE);
    fact_address(&f, KEY_ADDRESS, &in->source);
    for (unsigned i = 0; i < count && i < STATUS_NAMES_MAX; i++) {
        struct netbios_name name;
        bool is_name = netbios_read_name(rd_sub(&data, NETBIOS_NAME + 1), &name);
        bool is_group = (rd_u16(&data) & FLAG_GROUP) != 0;

        if (!data.ok || !is_name)
            return;
        if (netbios_is_host(&name, is_group))
            fact_text(&f, KEY_HOST_NAME, name.text.p, rd_left(&name.text));
        else if (is_group && name.suffix == NETBIOS_WORKSTATION)
            fact_text(&f, KEY_DOMAIN, name.text.p, rd_left(&name.text));
    }
    fact_mac(&f, KEY_MAC, rd_bytes(&data, TEXT_MAC_OCTETS));
    if (fact_has(&f, KEY_HOST_NAME))
        out->fact(out->context, &f);
}

static void
tell_records(
    const struct dns_message *m, const struct parse_input *in, const struct parse_output *out)
{
    struct dns_walk walk = dns_records(m);
    struct dns_record record;
    struct netbios_name name;

    while (dns_next_record(m, &walk, &record)) {
        if (!netbios_decode(&record.name, &name))
            continue;
        if (record.type == TYPE_NAME)
            tell_addresses(&name, record.data, out);
        else if (record.type == TYPE_STATUS && m->is_response)
            tell_status(record.data, in, out);
    }
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct dns_message m;

    if (in->is_cut)
        return PARSE_MORE;
    if (!dns_check(in->data, &m) ||
        (m.opcode > OPCODE_REFRESH_TOO && m.opcode != OPCODE_MULTIHOMED) || !are_names(&m))
        return PARSE_BAD;
    tell_questions(&m, out);
    if (m.rcode == 0 && m.opcode != OPCODE_RELEASE && m.opcode != OPCODE_WAIT)
        tell_records(&m, in, out);
    rd_skip(&in->data, rd_left(&in->data));
    return PARSE_OK;
}

const struct parser parser_nbns = {
    .name = "nbns",
    .transports = PARSER_UDP,
    .ports = { 137 },
    .settles = true,
    .parse = parse,
};
