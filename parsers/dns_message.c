/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The format of RFC 1035, 4.1: header, questions, and three sections of records. A pointer within a
 * name must point before the place that the last one led to, so that every name has an end.
 */
#include "dns_message.h"
#include "ip_address.h"
#include <ctype.h>
#include <strings.h>

#define HEADER_BYTES 12
#define FLAG_RESPONSE 0x8000
#define OPCODE_SHIFT 11
#define OPCODE_MASK 0xfu
#define RCODE_MASK 0xfu
#define LABEL_MAX 63
#define POINTER 0xc0      /* the two upper bits: the rest of the name stands elsewhere */
#define JUMPS_MAX 32      /* pointers to pointers within one name; servers use a few */
#define QUESTIONS_MAX 128 /* mDNS asks for many services at once */
#define ROOT "<root>"     /* as protocol analysers write it */

/* As protocol analysers write it: what may be a dot within a label (RFC 4343, 2.1) looks like its
 * end. */
static void
put_label(struct dns_name *name, struct rd label)
{
    if (name->length > 0)
        name->text[name->length++] = '.';
    while (rd_left(&label) > 0)
        name->text[name->length++] = (char)rd_u8(&label);
}

bool
dns_read_name(const struct dns_message *m, struct rd *r, struct dns_name *name)
{
    struct rd at = *r;
    size_t start = (size_t)(r->p - m->whole.p);
    unsigned jumps = 0;

    name->length = name->bytes = 0;
    for (;;) {
        uint8_t length = rd_u8(&at);

        if (!at.ok)
            return false;
        if ((length & POINTER) == POINTER) {
            size_t to = (size_t)(length & ~POINTER & 0xff) << 8 | rd_u8(&at);

            if (jumps == 0)
                *r = at;
            if (!at.ok || to >= start || to < HEADER_BYTES || ++jumps > JUMPS_MAX)
                return false;
            start = to;
            at = m->whole;
            rd_skip(&at, to);
            continue;
        }
        if (length > LABEL_MAX || (name->bytes += length + 1u) > DNS_NAME_BYTES)
            return false;
        if (length == 0)
            break;
        put_label(name, rd_sub(&at, length));
        if (!at.ok)
            return false;
    }
    if (jumps == 0)
        *r = at;
    return true;
}

bool
dns_same_name(const struct dns_name *a, const struct dns_name *b)
{
    if (a->length != b->length)
        return false;
    for (size_t i = 0; i < a->length; i++)
        if (tolower((unsigned char)a->text[i]) != tolower((unsigned char)b->text[i]))
            return false;
    return true;
}

void
dns_put_name(struct fact *f, const struct dns_name *name)
{
    if (name->length == 0)
        fact_word(f, KEY_NAME, ROOT);
    else
        fact_text(f, KEY_NAME, name->text, name->length);
}

void
dns_lower(struct dns_name *name)
{
    for (size_t i = 0; i < name->length; i++)
        name->text[i] = (char)tolower((unsigned char)name->text[i]);
}

/* A name that need not be known. */
static void
skip_name(struct rd *r)
{
    uint8_t length;

    while ((length = rd_u8(r)) != 0 && (length & POINTER) != POINTER) {
        if (length > LABEL_MAX)
            r->ok = false;
        rd_skip(r, length);
    }
    if (length != 0)
        rd_skip(r, 1); /* the rest of the pointer */
}

static bool
skip_record(struct rd *r)
{
    skip_name(r);
    rd_skip(r, 8); /* type, class, time to live */
    rd_skip(r, rd_u16(r));
    return r->ok;
}

bool
dns_check_questions(struct rd whole, struct dns_message *m, struct rd *behind)
{
    struct rd r = whole;
    struct dns_name name;
    uint16_t flags;

    rd_skip(&r, 2); /* id */
    flags = rd_u16(&r);
    m->whole = whole;
    m->is_response = (flags & FLAG_RESPONSE) != 0;
    m->opcode = flags >> OPCODE_SHIFT & OPCODE_MASK;
    m->rcode = flags & RCODE_MASK;
    m->questions = rd_u16(&r);
    for (unsigned i = 0; i < DNS_SECTIONS; i++)
        m->records[i] = rd_u16(&r);
    m->body = r;
    if (!r.ok || m->questions > QUESTIONS_MAX)
        return false;
    for (unsigned i = 0; i < m->questions; i++)
        if (!dns_next_question(m, &r, &name))
            return false;
    *behind = r;
    return true;
}

bool
dns_check(struct rd whole, struct dns_message *m)
{
    struct rd r;

    if (!dns_check_questions(whole, m, &r))
        return false;
    for (unsigned section = 0; section < DNS_SECTIONS; section++)
        for (unsigned i = 0; i < m->records[section]; i++)
            if (!skip_record(&r))
                return false;
    return true;
}

bool
dns_next_question(const struct dns_message *m, struct rd *r, struct dns_name *name)
{
    if (!dns_read_name(m, r, name))
        return false;
    rd_skip(r, 4); /* type, class */
    return r->ok;
}

struct dns_walk
dns_records(const struct dns_message *m)
{
    struct dns_walk walk = { .at = m->body };

    for (unsigned i = 0; i < m->questions; i++) {
        skip_name(&walk.at);
        rd_skip(&walk.at, 4);
    }
    return walk;
}

bool
dns_next_record(const struct dns_message *m, struct dns_walk *walk, struct dns_record *record)
{
    unsigned section = DNS_ANSWER, before = 0;

    while (section < DNS_SECTIONS && walk->done - before >= m->records[section])
        before += m->records[section++];
    if (section == DNS_SECTIONS || walk->done++ >= DNS_RECORDS_MAX ||
        !dns_read_name(m, &walk->at, &record->name))
        return false;
    record->section = (enum dns_section)section;
    record->type = rd_u16(&walk->at);
    record->class_number = rd_u16(&walk->at);
    rd_skip(&walk->at, 4); /* time to live */
    record->data = rd_sub(&walk->at, rd_u16(&walk->at));
    return record->data.ok;
}

bool
dns_record_address(const struct dns_record *record, struct in6_addr *address)
{
    struct rd r = record->data;

    if (record->type == DNS_TYPE_A)
        *address = ip_read_v4(&r);
    else if (record->type == DNS_TYPE_AAAA)
        *address = ip_read_v6(&r);
    else
        return false;
    return r.ok && rd_left(&r) == 0 && ip_is_host(address);
}
