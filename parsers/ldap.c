/* SPDX-License-Identifier: BSD-2-Clause
 *
 * LDAP (RFC 4511) over TCP: binds and their results (ldap_bind.c); everything else is passed over
 * by its length. Over UDP ([MS-ADTS] 6.3.3): the search by which a Windows computer looks for its
 * domain controller, which holds its name.
 *
 * Behind StartTLS, and behind a SASL bind with a security layer, the stream is another protocol's
 * and not seen.
 */
#include "der.h"
#include "ldap_internal.h"
#include "text.h"

#define HEAD_MAX 18       /* three elements' tags and lengths, and the message id */
#define MESSAGE_MAX 15000 /* of those that are read */
#define FILTERS_MAX 16
#define FILTER_AND DER_CONTEXT(0)
#define FILTER_EQUAL DER_CONTEXT(3)

enum operation {
    BIND_REQUEST = 0x60,
    BIND_RESPONSE = 0x61,
    UNBIND_REQUEST = 0x42,
    SEARCH_REQUEST = 0x63,
};

/* RFC 4511, 4.2 to 4.13, in order. */
static const uint8_t operations[] = { BIND_REQUEST, BIND_RESPONSE, UNBIND_REQUEST, SEARCH_REQUEST,
    0x64, 0x65, 0x73, 0x66, 0x67, 0x68, 0x69, 0x4a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x50, 0x77, 0x78,
    0x79 };

struct head {
    size_t length;           /* of the whole message */
    size_t before, contents; /* octets before those of the operation, and these */
    uint32_t id;
    uint8_t operation;
};

static bool
is_operation(uint8_t tag)
{
    return memchr(operations, tag, sizeof operations) != NULL;
}

static enum parse_result
read_head(struct rd r, struct head *h)
{
    const uint8_t *start = r.p, *inside;
    bool may_be_short = rd_left(&r) < HEAD_MAX;
    size_t length;
    int32_t id;

    if (rd_left(&r) > 0 && rd_peek(&r) != DER_SEQUENCE)
        return PARSE_NOT_MINE;
    (void)der_head(&r, &length);
    inside = r.p;
    id = der_integer(&r);
    h->operation = der_head(&r, &h->contents);
    if (!r.ok)
        return may_be_short ? PARSE_MORE : PARSE_NOT_MINE;
    h->length = length + (size_t)(inside - start);
    h->before = (size_t)(r.p - start);
    h->id = (uint32_t)id;
    if (id < 0 || !is_operation(h->operation) || h->before + h->contents > h->length)
        return PARSE_NOT_MINE;
    return PARSE_OK;
}

/* (&(DnsDomain=example.org)(Host=PC1)...): the sender and its domain. */
static void
read_search(struct rd r, const struct parse_input *in, const struct parse_output *out)
{
    static const struct {
        const char *name;
        enum fact_key key;
    } wanted[] = {
        { "Host", KEY_HOST_NAME },
        { "DnsDomain", KEY_DOMAIN },
    };
    struct rd filters, one, attribute, value;
    struct fact f;
    size_t length;

    for (int i = 0; i < 6; i++) { /* base, scope, aliases, size, time, types only */
        (void)der_head(&r, &length);
        rd_skip(&r, length);
    }
    fact_begin(&f, FACT_DEVICE);
    fact_address(&f, KEY_ADDRESS, &in->source);
    filters = der_value(&r, FILTER_AND);
    for (unsigned n = 0; n < FILTERS_MAX && der_optional(&filters, FILTER_EQUAL, &one); n++) {
        attribute = der_value(&one, DER_OCTET_STRING);
        value = der_value(&one, DER_OCTET_STRING);
        for (size_t i = 0; one.ok && i < sizeof wanted / sizeof wanted[0]; i++)
            if (text_equals_nocase(&attribute, wanted[i].name))
                fact_text(&f, wanted[i].key, value.p, rd_left(&value));
    }
    if (fact_has(&f, KEY_HOST_NAME))
        out->fact(out->context, &f);
}

static void
read_message(
    struct rd message, const struct head *h, struct parse_input *in, const struct parse_output *out)
{
    struct ldap_state *s = (struct ldap_state *)(void *)in->state->bytes;
    struct rd contents;

    rd_skip(&message, h->before);
    contents = rd_sub(&message, h->contents);
    if (!contents.ok)
        return;
    switch (h->operation) {
    case BIND_REQUEST:
        ldap_read_bind(contents, h->id, s, in, out);
        break;
    case BIND_RESPONSE:
        ldap_read_bind_answer(contents, h->id, s, in, out);
        break;
    case SEARCH_REQUEST:
        if (in->transport == PARSE_UDP)
            read_search(contents, in, out);
        break;
    default:
        break;
    }
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct rd r = in->data, message;
    struct head h;
    enum parse_result result = read_head(r, &h);
    bool is_read;

    if (result != PARSE_OK)
        return result;
    is_read =
        in->transport == PARSE_UDP ||
        ((h.operation == BIND_REQUEST || h.operation == BIND_RESPONSE) && h.length <= MESSAGE_MAX);
    message = rd_sub_upto(&r, h.length);
    if (is_read && rd_left(&message) < h.length)
        return in->transport == PARSE_UDP && !in->is_cut ? PARSE_BAD : PARSE_MORE;
    if (is_read)
        read_message(message, &h, in, out);
    in->data = r;
    in->skip = h.length - rd_left(&message);
    return PARSE_OK;
}

_Static_assert(sizeof(struct ldap_state) <= PARSE_STATE_BYTES, "the flow keeps no more");

const struct parser parser_ldap = {
    .name = "ldap",
    .transports = PARSER_TCP | PARSER_UDP,
    .ports = { 389, 3268 },
    .anywhere = true,
    .whole_stream = true,
    .has_state = true,
    .resyncs = true,
    .settles = true,
    .parse = parse,
};
