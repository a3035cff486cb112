/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mDNS (RFC 6762) and what DNS-SD (RFC 6763) says by it: names asked for, services offered, and of
 * the machine that answers its host name, addresses, model and system. A question carries answers
 * too, those of others that the asker knows already: they say nothing about a device. A sleep proxy
 * answers for machines that sleep; their model is then told of the proxy's address.
 */
#include "dns_message.h"
#include "parser.h"
#include "text.h"
#include <strings.h>

extern const struct parser parser_mdns;

#define PORT_MDNS 5353
#define NAMES_TOLD 16 /* of one message */
#define HOSTS_TOLD 8
#define CLASS_MASK 0x7fff /* the upper bit: forget older records (10.2) */
#define LOCAL ".local"
#define SRV_HEAD 6 /* priority, weight, port */

/* What one machine says of itself in one message. */
struct machine {
    struct dns_name host;
    struct rd model, os;
};

static void
tell_name(const struct dns_name *name, const struct parse_output *out)
{
    struct fact f;

    fact_begin(&f, FACT_NAME);
    fact_word(&f, KEY_WHAT, "mdns");
    dns_put_name(&f, name);
    out->fact(out->context, &f);
}

static void
put_host(struct fact *f, const struct dns_name *name)
{
    size_t n = name->length, suffix = sizeof LOCAL - 1;

    if (n > suffix && strncasecmp(name->text + n - suffix, LOCAL, suffix) == 0)
        n -= suffix;
    fact_text(f, KEY_HOST_NAME, name->text, n);
}

static bool
is_group(const struct in6_addr *a)
{
    return IN6_IS_ADDR_MULTICAST(a) || (IN6_IS_ADDR_V4MAPPED(a) && a->s6_addr[12] >> 4 == 0xe);
}

static void
tell_host(const struct dns_name *name, const struct in6_addr *address, const struct parse_input *in,
    const struct parse_output *out)
{
    struct fact f;

    fact_begin(&f, FACT_DEVICE);
    fact_address(&f, KEY_ADDRESS, address);
    if (IN6_ARE_ADDR_EQUAL(address, &in->source) && is_group(&in->destination)) /* not routed */
        fact_mac(&f, KEY_MAC, in->source_mac);
    put_host(&f, name);
    out->fact(out->context, &f);
}

/* Keys that name the hardware: of device-info and casting devices, of printers (RFC 6763, 6; the
 * vendors' service descriptions). */
static void
read_text(struct rd data, struct machine *machine)
{
    static const char *const keys[] = { "model=", "md=", "ty=" };

    while (rd_left(&data) > 0) {
        struct rd pair = rd_sub(&data, rd_u8(&data));

        for (size_t i = 0; i < sizeof keys / sizeof keys[0] && !machine->model.ok; i++) {
            struct rd value = pair;
            size_t n = strlen(keys[i]);

            if (rd_left(&value) > n && strncasecmp((const char *)value.p, keys[i], n) == 0) {
                rd_skip(&value, n);
                machine->model = value;
            }
        }
    }
}

static void
read_system(struct rd data, struct machine *machine)
{
    rd_skip(&data, rd_u8(&data)); /* processor */
    machine->os = rd_sub(&data, rd_u8(&data));
}

static void
read_record(const struct dns_message *m, const struct dns_record *record, struct machine *machine)
{
    struct rd data = record->data;

    if (record->type == DNS_TYPE_TXT) {
        read_text(data, machine);
    } else if (record->type == DNS_TYPE_HINFO) {
        read_system(data, machine);
        machine->host = record->name;
    } else if (record->type == DNS_TYPE_SRV) {
        rd_skip(&data, SRV_HEAD);
        if (!dns_read_name(m, &data, &machine->host))
            machine->host.length = 0;
    }
}

/* A service's instance is what a pointer leads to, and whatever has a place (SRV). */
static bool
read_instance(const struct dns_message *m, const struct dns_record *record, struct dns_name *name)
{
    struct rd data = record->data;

    *name = record->name;
    return record->type == DNS_TYPE_SRV ||
           (record->type == DNS_TYPE_PTR && dns_read_name(m, &data, name));
}

static void
tell_machine(
    const struct machine *machine, const struct parse_input *in, const struct parse_output *out)
{
    struct fact f;

    if (!machine->model.ok && !machine->os.ok)
        return;
    fact_begin(&f, FACT_DEVICE);
    fact_address(&f, KEY_ADDRESS, &in->source);
    put_host(&f, &machine->host);
    if (machine->os.ok)
        fact_text(&f, KEY_OS, machine->os.p, rd_left(&machine->os));
    if (machine->model.ok)
        fact_text(&f, KEY_MODEL, machine->model.p, rd_left(&machine->model));
    out->fact(out->context, &f);
}

static void
tell_records(
    const struct dns_message *m, const struct parse_input *in, const struct parse_output *out)
{
    struct dns_walk walk = dns_records(m);
    struct machine machine = { .host.length = 0 };
    struct dns_record record;
    struct dns_name name;
    struct in6_addr address;
    unsigned names = 0, hosts = 0;

    while (dns_next_record(m, &walk, &record)) {
        if ((record.class_number & CLASS_MASK) != DNS_CLASS_IN || record.section == DNS_AUTHORITY)
            continue;
        if (names < NAMES_TOLD && read_instance(m, &record, &name)) {
            tell_name(&name, out);
            names++;
        }
        if (!m->is_response)
            continue;
        read_record(m, &record, &machine);
        if (hosts < HOSTS_TOLD && dns_record_address(&record, &address)) {
            tell_host(&record.name, &address, in, out);
            hosts++;
        }
    }
    tell_machine(&machine, in, out);
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct dns_message m;
    struct dns_name name;
    struct rd r;

    if (in->is_cut)
        return PARSE_MORE;
    if (!dns_check(in->data, &m) || m.opcode != DNS_OPCODE_QUERY)
        return PARSE_BAD;
    r = m.body;
    for (unsigned i = 0; i < m.questions && dns_next_question(&m, &r, &name); i++)
        tell_name(&name, out);
    tell_records(&m, in, out);
    rd_skip(&in->data, rd_left(&in->data));
    return PARSE_OK;
}

const struct parser parser_mdns = {
    .name = "mdns",
    .transports = PARSER_UDP,
    .ports = { PORT_MDNS },
    .settles = true,
    .parse = parse,
};
