/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DNS (RFC 1035) and LLMNR (RFC 4795): which names were asked for, whoever answered, and which
 * addresses a name was answered with, under the name first asked for, however many aliases lie
 * between. Dynamic updates (RFC 2136) name the zone, and the host that registers itself;
 * notifications (RFC 1996) the zone. A message is read to its end before anything is said of it,
 * so that what merely sits on port 53 is not taken for DNS; one that the capture cut must be a
 * plain question. A look-up over TLS or HTTPS is not seen.
 */
#include "dns_message.h"
#include "parser.h"
#include "text.h"
#include <stdio.h>
#include <strings.h>

extern const struct parser parser_dns;

#define PORT_LLMNR 5355
#define HEADER_BYTES 12
#define ANSWERS_TOLD 16 /* of one message */
#define ZONE_V4 ".in-addr.arpa"
#define ZONE_V6 ".ip6.arpa"
#define V6_NIBBLES 32

static void
tell_questions(const struct dns_message *m, const char *what, const struct parse_output *out)
{
    struct rd r = m->body;
    struct dns_name name;

    for (unsigned i = 0; i < m->questions && dns_next_question(m, &r, &name); i++) {
        struct fact f;

        dns_lower(&name);
        fact_begin(&f, FACT_NAME);
        fact_word(&f, KEY_WHAT, what);
        dns_put_name(&f, &name);
        out->fact(out->context, &f);
    }
}

static bool
takes_end(struct rd *text, const char *end)
{
    size_t n = strlen(end);

    if (rd_left(text) < n || strncasecmp((const char *)text->end - n, end, n) != 0)
        return false;
    text->end -= n;
    return true;
}

/* RFC 1035, 3.5: four numbers, the last first. */
static bool
read_reverse_v4(struct rd text, struct in6_addr *address)
{
    uint8_t octets[4];
    struct rd part;
    uint64_t n;

    for (unsigned i = 4; i-- > 0;) {
        if (i == 0)
            part = text_take_rest(&text);
        else if (!text_take_until(&text, ".", &part))
            return false;
        if (!text_to_number(part, &n) || n > UINT8_MAX)
            return false;
        octets[i] = (uint8_t)n;
    }
    *address = (struct in6_addr){
        .s6_addr = { [10] = 0xff, [11] = 0xff, [12] = octets[0], octets[1], octets[2], octets[3] }
    };
    return true;
}

/* RFC 3596, 2.5: 32 hexadecimal digits, the last first. */
static bool
read_reverse_v6(struct rd text, struct in6_addr *address)
{
    memset(address, 0, sizeof *address);
    for (unsigned i = V6_NIBBLES; i-- > 0;) {
        int value = text_hex_value(rd_u8(&text));

        if (!text.ok || value < 0 || (i > 0 && rd_u8(&text) != '.'))
            return false;
        address->s6_addr[i / 2] |= (uint8_t)(i % 2 == 0 ? value << 4 : value);
    }
    return text.ok && rd_left(&text) == 0;
}

static bool
read_reverse(const struct dns_name *name, struct in6_addr *address)
{
    struct rd text = rd_of(name->text, name->length);

    if (takes_end(&text, ZONE_V4))
        return read_reverse_v4(text, address);
    return takes_end(&text, ZONE_V6) && read_reverse_v6(text, address);
}

static void
tell_address(const char *what, const struct dns_name *name, const struct in6_addr *address,
    const struct parse_output *out)
{
    struct dns_name lower = *name;
    struct fact f;

    dns_lower(&lower);
    fact_begin(&f, FACT_NAME);
    fact_word(&f, KEY_WHAT, what);
    dns_put_name(&f, &lower);
    fact_address(&f, KEY_ADDRESS, address);
    out->fact(out->context, &f);
}

/* Of a machine that answers for itself, and of no other. */
static void
tell_device(
    const struct dns_name *name, const struct in6_addr *address, const struct parse_output *out)
{
    struct fact f;

    fact_begin(&f, FACT_DEVICE);
    fact_address(&f, KEY_ADDRESS, address);
    fact_text(&f, KEY_HOST_NAME, name->text, name->length);
    out->fact(out->context, &f);
}

/* The answer is a chain: aliases of what was asked for, then addresses of the last (RFC 1034,
 * 3.6.2). What hangs on no link of it was not asked for. */
static void
tell_answers(const struct dns_message *m, const struct parse_input *in, bool is_llmnr,
    const struct parse_output *out)
{
    struct dns_walk walk = dns_records(m);
    struct rd r = m->body;
    struct dns_name asked, link;
    struct dns_record record;
    struct in6_addr address;

    if (!dns_next_question(m, &r, &asked))
        return;
    link = asked;
    for (unsigned told = 0; told < ANSWERS_TOLD && dns_next_record(m, &walk, &record);) {
        struct rd data = record.data;

        if (record.section != DNS_ANSWER)
            break;
        if (!dns_same_name(&record.name, &link))
            continue;
        if (record.type == DNS_TYPE_CNAME) {
            if (!dns_read_name(m, &data, &link))
                return;
        } else if (dns_record_address(&record, &address)) {
            tell_address(is_llmnr ? "llmnr" : "dns-answer", &asked, &address, out);
            if (is_llmnr && memcmp(&address, &in->source, sizeof address) == 0)
                tell_device(&asked, &address, out);
            told++;
        } else if (record.type == DNS_TYPE_PTR && read_reverse(&asked, &address) &&
                   dns_read_name(m, &data, &record.name)) {
            tell_address("dns-pointer", &record.name, &address, out);
            told++;
        }
    }
}

/* Hosts that are added (class IN; to delete has others): the names stand where a question has its
 * authorities. */
static void
tell_update(const struct dns_message *m, const struct parse_output *out)
{
    struct dns_walk walk = dns_records(m);
    struct dns_record record;
    struct in6_addr address;

    for (unsigned told = 0; told < ANSWERS_TOLD && dns_next_record(m, &walk, &record);)
        if (record.section == DNS_AUTHORITY && record.class_number == DNS_CLASS_IN &&
            dns_record_address(&record, &address)) {
            tell_device(&record.name, &address, out);
            told++;
        }
}

/* What questions of an operation are called; NULL: it is none that is read. */
static const char *
question_word(const struct dns_message *m, const struct parse_input *in)
{
    bool is_llmnr = in->source_port == PORT_LLMNR || in->destination_port == PORT_LLMNR;

    switch (m->opcode) {
    case DNS_OPCODE_QUERY:
        return is_llmnr ? "llmnr" : "dns-question";
    case DNS_OPCODE_NOTIFY:
        return "dns-notify";
    case DNS_OPCODE_UPDATE:
        return "dns-update";
    default:
        return NULL;
    }
}

static bool
read_message(struct rd bytes, const struct parse_input *in, const struct parse_output *out)
{
    struct dns_message m;
    const char *word;

    if (!dns_check(bytes, &m) || (word = question_word(&m, in)) == NULL)
        return false;
    tell_questions(&m, word, out);
    if (m.opcode == DNS_OPCODE_UPDATE && !m.is_response)
        tell_update(&m, out);
    else if (m.opcode == DNS_OPCODE_QUERY && m.is_response && m.rcode == 0 && m.questions == 1)
        tell_answers(&m, in, strcmp(word, "llmnr") == 0, out);
    return true;
}

/* Short captures keep the question and cut the rest: then it must be an ordinary one. */
static enum parse_result
read_cut(struct rd bytes, const struct parse_input *in, const struct parse_output *out)
{
    struct dns_message m;
    struct rd behind, class_number;
    const char *word;

    if (!dns_check_questions(bytes, &m, &behind) || m.questions != 1 ||
        m.opcode != DNS_OPCODE_QUERY || (word = question_word(&m, in)) == NULL)
        return PARSE_MORE;
    class_number = rd_of(behind.p - sizeof(uint16_t), sizeof(uint16_t));
    if ((rd_u16(&class_number)) != DNS_CLASS_IN)
        return PARSE_MORE;
    tell_questions(&m, word, out);
    return PARSE_OK;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct rd r = in->data, message = r;

    if (in->transport == PARSE_TCP) { /* two octets of length before each message: 4.2.2 */
        uint16_t length = rd_u16(&r);

        if (r.ok && length < HEADER_BYTES)
            return PARSE_BAD;
        message = rd_sub(&r, length);
        if (!message.ok)
            return PARSE_MORE;
    } else {
        rd_skip(&r, rd_left(&r));
        if (in->is_cut) {
            in->data = r;
            return read_cut(message, in, out);
        }
    }
    if (!read_message(message, in, out))
        return PARSE_BAD;
    in->data = r;
    return PARSE_OK;
}

const struct parser parser_dns = {
    .name = "dns",
    .transports = PARSER_TCP | PARSER_UDP,
    .ports = { 53, PORT_LLMNR },
    .whole_stream = true,
    .settles = true,
    .parse = parse,
};
