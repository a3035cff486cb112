/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DNS (RFC 1035), mDNS (RFC 6762) and LLMNR (RFC 4795): which names were asked for, whoever
 * answered. A message is read to its end before anything is said of it, so that what merely sits on
 * port 53 is not taken for DNS. Answers are not kept, and a look-up over TLS or HTTPS is not seen.
 */
#include "parser.h"
#include <ctype.h>

extern const struct parser parser_dns;

#define PORT_MDNS 5353
#define HEADER_BYTES 12
#define OPCODE_MASK 0x7800 /* of the flags; QUERY is 0 */
#define LABEL_MAX 63
#define NAME_MAX_BYTES 255 /* RFC 1035, 2.3.4 */
#define POINTER 0xc0       /* the two upper bits: the rest of the name stands elsewhere */
#define NAME_TEXT (2 * NAME_MAX_BYTES) /* every byte may need its backslash */
#define JUMPS_MAX 32                   /* pointers to pointers within one name; servers use a few */
#define QUESTIONS_MAX 32               /* mDNS asks for several services at once */

struct name {
    char text[NAME_TEXT];
    size_t length; /* of the text */
    size_t bytes;  /* on the wire, without compression */
};

/* A dot within a label is no boundary: RFC 4343, 2.1. */
static void
put_label(struct name *name, struct rd label)
{
    if (name->length > 0)
        name->text[name->length++] = '.';
    while (rd_left(&label) > 0) {
        uint8_t c = rd_u8(&label);

        if (c == '.' || c == '\\')
            name->text[name->length++] = '\\';
        name->text[name->length++] = (char)tolower(c);
    }
}

/* Reads the name that stands at r and follows its pointers within the message; each must point
 * before the place that the last one led to, so that there is an end. False: it is none. */
static bool
read_name(const struct rd *message, struct rd *r, struct name *name)
{
    struct rd at = *r;
    size_t start = (size_t)(r->p - message->p);
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
            at = *message;
            rd_skip(&at, to);
            continue;
        }
        if (length > LABEL_MAX || (name->bytes += length + 1u) > NAME_MAX_BYTES)
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

/* A record whose name need not be known. */
static bool
skip_record(struct rd *r)
{
    uint8_t length;

    while ((length = rd_u8(r)) != 0 && (length & POINTER) != POINTER) {
        if (length > LABEL_MAX)
            return false;
        rd_skip(r, length);
    }
    if (length != 0)
        rd_skip(r, 1); /* the rest of the pointer */
    rd_skip(r, 8);     /* type, class, time to live */
    rd_skip(r, rd_u16(r));
    return r->ok;
}

struct header {
    unsigned questions, records;
};

static bool
read_header(struct rd *r, struct header *h)
{
    uint16_t flags;

    rd_skip(r, 2); /* id */
    flags = rd_u16(r);
    h->questions = rd_u16(r);
    h->records = rd_u16(r);
    h->records += rd_u16(r);
    h->records += rd_u16(r);
    return r->ok && (flags & OPCODE_MASK) == 0 && h->questions <= QUESTIONS_MAX;
}

static void
report(struct rd message, const struct header *h, const char *what, const struct parse_output *out)
{
    struct rd r = message;
    struct name name;

    rd_skip(&r, HEADER_BYTES);
    for (unsigned i = 0; i < h->questions && read_name(&message, &r, &name); i++) {
        struct fact f;

        rd_skip(&r, 4); /* type, class */
        if (name.length == 0)
            continue;
        fact_begin(&f, FACT_NAME);
        fact_word(&f, KEY_WHAT, what);
        fact_text(&f, KEY_NAME, name.text, name.length);
        out->fact(out->context, &f);
    }
}

static enum parse_result
read_message(struct rd message, const char *what, const struct parse_output *out)
{
    struct rd r = message;
    struct header h;
    struct name name;

    if (!read_header(&r, &h))
        return PARSE_BAD;
    for (unsigned i = 0; i < h.questions; i++) {
        if (!read_name(&message, &r, &name))
            return PARSE_BAD;
        rd_skip(&r, 4);
    }
    for (unsigned i = 0; r.ok && i < h.records; i++)
        if (!skip_record(&r))
            return PARSE_BAD;
    if (!r.ok)
        return PARSE_BAD;
    report(message, &h, what, out);
    return PARSE_OK;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    bool is_mdns = in->source_port == PORT_MDNS || in->destination_port == PORT_MDNS;
    const char *what = is_mdns ? "mdns" : "dns-question";
    struct rd r = in->data, message = r;
    enum parse_result result;

    if (in->transport == PARSE_TCP) { /* two octets of length before each message: 4.2.2 */
        uint16_t length = rd_u16(&r);

        if (r.ok && length < HEADER_BYTES)
            return PARSE_BAD;
        message = rd_sub(&r, length);
        if (!message.ok)
            return PARSE_MORE;
    } else {
        rd_skip(&r, rd_left(&r));
        if (in->is_cut)
            return PARSE_MORE;
    }
    result = read_message(message, what, out);
    if (result == PARSE_OK)
        in->data = r;
    return result;
}

const struct parser parser_dns = {
    .name = "dns",
    .transports = PARSER_TCP | PARSER_UDP,
    .ports = { 53, PORT_MDNS, 5355 },
    .whole_stream = true,
    .parse = parse,
};
