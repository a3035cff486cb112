/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Syslog on the wire (RFC 3164, RFC 5424; over TCP RFC 6587, octet-counted or a line each): the
 * frame and its header. What VPN gateways say in it is read by the vendors' files (syslog_*.c).
 *
 * Headers in the field bend RFC 3164 in known ways (a year, an ISO time, no time, no host), so only
 * the priority is required. Encrypted syslog (RFC 5425) is not seen.
 */
#include "parser.h"
#include "syslog_vendor.h"
#include "text.h"
#include <string.h>

#define MESSAGE_MAX 8192   /* RFC 5424, 6.1: receivers should take 2048, and may take more */
#define PRIORITY_MAX 191   /* RFC 5424, 6.2.1 */
#define COUNT_DIGITS_MAX 5 /* of an octet count up to MESSAGE_MAX */
#define HOST_MAX 255       /* RFC 5424, 6 */
#define TAG_MAX 48         /* RFC 5424, 6: APP-NAME; RFC 3164 allows 32 */
#define HEADERS_MAX 3      /* the sender's own and those of two relays */

static const struct syslog_vendor *const vendors[] = {
    &syslog_asa,
    &syslog_ise,
    &syslog_fortigate,
    &syslog_globalprotect,
    &syslog_openvpn,
    &syslog_ocserv,
    &syslog_ivanti,
    &syslog_pfsense,
    &syslog_strongswan,
    &syslog_mikrotik,
    &syslog_sonicwall,
    &syslog_nps,
    &syslog_rras,
};

/* How messages are parted on this connection, once one was read. */
struct framing {
    bool is_counted, is_by_line;
};

_Static_assert(sizeof(struct framing) <= PARSE_STATE_BYTES, "it is kept as parse_state");

static bool
is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* A run of up to `most` digits; false when there is none. */
static bool
take_digits(struct rd *r, size_t most, uint64_t *value)
{
    const uint8_t *from = r->p;

    while (rd_left(r) > 0 && (size_t)(r->p - from) < most && is_digit(rd_peek(r)))
        rd_skip(r, 1);
    return text_to_number(rd_of(from, (size_t)(r->p - from)), value);
}

static bool
take_priority(struct rd *r)
{
    uint64_t value;

    return text_take(r, "<") && take_digits(r, 3, &value) && value <= PRIORITY_MAX &&
           text_take(r, ">");
}

/* The next word without the space behind it; the rest when there is no space. */
static struct rd
take_word(struct rd *r)
{
    struct rd word;

    if (!text_take_until(r, " ", &word))
        word = text_take_rest(r);
    return word;
}

/* `Mmm dd hh:mm:ss`, Cisco's and others' `Mmm dd yyyy hh:mm:ss` with it, or an ISO time. False and
 * nothing taken when there is none. */
static bool
take_time(struct rd *r)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct rd at = *r, word = take_word(&at);
    struct rd year;
    uint64_t number;

    year = rd_sub_upto(&word, 4);
    if (text_to_number(year, &number) && rd_left(&year) == 4 && text_take(&word, "-") &&
        text_contains(word, "T")) {
        *r = at;
        return true;
    }
    if (rd_left(&year) != 3 || rd_left(&word) > 0)
        return false;
    for (const char *m = months; *m != '\0'; m += 3) {
        if (memcmp(year.p, m, 3) != 0)
            continue;
        (void)text_take(&at, " ");
        if (!take_digits(&at, 2, &number) || !text_take(&at, " "))
            return false;
        *r = at;
        if (take_digits(&at, 4, &number) && text_take(&at, " "))
            *r = at;
        (void)take_word(r); /* hh:mm:ss and what a fraction adds */
        return true;
    }
    return false;
}

/* A host stands before a space, and is no TAG (which a colon or [ ends) and no message. */
static bool
is_host(struct rd word)
{
    if (rd_left(&word) == 0 || rd_left(&word) > HOST_MAX || word.end[-1] == ':')
        return false;
    while (rd_left(&word) > 0) {
        uint8_t c = rd_u8(&word);

        if (c <= ' ' || c >= 0x7f || strchr("%,=\"[]<>{}()", c) != NULL)
            return false;
    }
    return true;
}

/* RFC 3164, 5.3: a TAG is up to [ or : (or a space). */
static void
read_tag(struct syslog_message *m)
{
    struct rd r = m->content, tag, pid;
    const uint8_t *from = r.p;

    while (rd_left(&r) > 0 && strchr("[: ", rd_peek(&r)) == NULL)
        rd_skip(&r, 1);
    tag = rd_of(from, (size_t)(r.p - from));
    if (text_take(&r, "[") && !text_take_until(&r, "]", &pid))
        return;
    if (rd_left(&tag) == 0 || rd_left(&tag) > TAG_MAX || !text_take(&r, ":"))
        return;
    m->app = tag;
    m->text = text_trim(r);
}

static void
read_rfc3164(struct rd r, struct syslog_message *m)
{
    struct rd at, word;

    (void)text_take(&r, ":"); /* Cisco IOS and ASA with EMBLEM format */
    r = text_trim(r);
    if (take_time(&r)) {
        at = r;
        word = take_word(&at);
        if (is_host(word)) {
            m->host = word;
            r = at;
        }
    }
    m->content = m->text = text_trim(r);
    read_tag(m);
}

/* RFC 5424, 6.3: elements in brackets, in whose values \ escapes " ] and \. */
static bool
take_structured_data(struct rd *r)
{
    bool is_quoted = false;

    if (text_take(r, "-"))
        return true;
    if (rd_peek(r) != '[')
        return false;
    while (rd_left(r) > 0) {
        uint8_t c = rd_u8(r);

        if (is_quoted && c == '\\')
            rd_skip(r, 1);
        else if (c == '"')
            is_quoted = !is_quoted;
        else if (c == ']' && !is_quoted && rd_peek(r) != '[')
            return r->ok;
    }
    return false;
}

/* VERSION TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA [MSG] behind the priority. */
static bool
read_rfc5424(struct rd r, struct syslog_message *m)
{
    struct rd host, app, data;

    if (!text_take(&r, "1 "))
        return false;
    if (!text_take(&r, "- ") && !take_time(&r))
        return false;
    host = take_word(&r);
    app = take_word(&r);
    (void)take_word(&r); /* PROCID */
    (void)take_word(&r); /* MSGID */
    data = r;
    if (!take_structured_data(&r) || (rd_left(&r) > 0 && rd_peek(&r) != ' '))
        return false;
    m->data = rd_of(data.p, (size_t)(r.p - data.p));
    (void)text_take(&r, " ");
    (void)text_take(&r, "\xef\xbb\xbf"); /* the mark of UTF-8: RFC 5424, 6.4 */
    if (!text_equals(&host, "-"))
        m->host = host;
    if (rd_left(&app) > 1 && app.end[-1] == ':') /* some write a TAG of RFC 3164 */
        app.end--;
    if (!text_equals(&app, "-"))
        m->app = app;
    m->content = m->text = text_trim(r);
    return true;
}

/* What follows is the header of a message that a relay passed on behind its own. */
static bool
take_relayed(struct rd *r)
{
    struct rd at = *r;

    if (take_priority(&at)) {
        *r = at;
        return true;
    }
    return take_time(&at) || (text_take(&at, "1 ") && take_time(&at));
}

/* The innermost header speaks, and where it is silent, the one around it. */
static void
read_headers(struct rd r, struct syslog_message *m)
{
    static const struct rd nothing = { NULL, NULL, true };
    struct rd host = nothing;

    for (unsigned n = 0; n < HEADERS_MAX; n++) {
        *m = (struct syslog_message){ nothing, nothing, nothing, nothing, nothing };
        if (!read_rfc5424(r, m))
            read_rfc3164(r, m);
        if (rd_left(&m->host) == 0)
            m->host = host;
        host = m->host;
        r = m->content;
        if (!take_relayed(&r))
            return;
    }
}

static void
put_gateway(struct fact *f, const struct syslog_message *m, const struct in6_addr *source)
{
    char address[TEXT_ADDRESS_SIZE];

    fact_text(f, KEY_GATEWAY, m->host.p, rd_left(&m->host));
    text_from_address(address, source);
    fact_word(f, KEY_GATEWAY, address); /* only when the header names no host */
}

static enum parse_result
read_message(struct rd r, const struct parse_input *in, const struct parse_output *out)
{
    struct syslog_message m;
    struct fact f;

    if (!take_priority(&r))
        return PARSE_NOT_MINE;
    read_headers(r, &m);
    for (size_t i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++) {
        if (!vendors[i]->read(&m, &f))
            continue;
        fact_word(&f, KEY_METHOD, vendors[i]->method);
        put_gateway(&f, &m, &in->source);
        out->fact(out->context, &f);
        break;
    }
    return PARSE_OK;
}

/* RFC 6587, 3.4.1: the length in digits, a space, the message. */
static enum parse_result
take_counted(struct rd *r, struct rd *message)
{
    uint64_t count;

    if (!take_digits(r, COUNT_DIGITS_MAX, &count) || count == 0 || count > MESSAGE_MAX)
        return PARSE_NOT_MINE;
    if (rd_left(r) == 0)
        return PARSE_MORE;
    if (!text_take(r, " ") || (rd_left(r) > 0 && rd_peek(r) != '<'))
        return PARSE_NOT_MINE;
    *message = rd_sub(r, (size_t)count);
    return message->ok ? PARSE_OK : PARSE_MORE;
}

/* RFC 6587, 3.4.2: up to LF or, as some do, NUL. */
static enum parse_result
take_line(struct rd *r, struct rd *message)
{
    const uint8_t *from = r->p;

    while (rd_left(r) > 0) {
        uint8_t c = rd_u8(r);

        if (c == '\n' || c == '\0') {
            *message = rd_of(from, (size_t)(r->p - 1 - from));
            return PARSE_OK;
        }
    }
    return (size_t)(r->p - from) > MESSAGE_MAX ? PARSE_BAD : PARSE_MORE;
}

/* Behind a message some senders put a line end that its count does not contain; and a message of
 * several lines, sent by line, goes on in lines that are no messages. */
static enum parse_result
parse_stream(struct parse_input *in, const struct parse_output *out)
{
    struct framing *framing = (struct framing *)(void *)in->state->bytes;
    struct rd r = in->data, message;
    enum parse_result result;
    bool is_counted;

    while (framing->is_counted && (text_take(&r, "\n") || text_take(&r, "\r")))
        ;
    if (rd_left(&r) == 0)
        return PARSE_MORE;
    is_counted = is_digit(rd_peek(&r)) && !framing->is_by_line;
    if (is_counted)
        result = take_counted(&r, &message);
    else if (rd_peek(&r) == '<' || framing->is_by_line)
        result = take_line(&r, &message);
    else
        return PARSE_NOT_MINE;
    if (result != PARSE_OK)
        return result;
    result = read_message(message, in, out);
    if (result == PARSE_OK) {
        framing->is_counted = is_counted;
        framing->is_by_line = !is_counted;
    } else if (framing->is_by_line) {
        result = PARSE_OK;
    }
    if (result == PARSE_OK)
        in->data = r;
    return result;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    enum parse_result result;

    if (in->transport == PARSE_TCP)
        return parse_stream(in, out);
    if (rd_peek(&in->data) != '<')
        return PARSE_NOT_MINE;
    if (in->is_cut)
        return PARSE_MORE;
    result = read_message(in->data, in, out);
    if (result == PARSE_OK)
        rd_skip(&in->data, rd_left(&in->data));
    return result;
}

const struct parser parser_syslog = {
    .name = "syslog",
    .transports = PARSER_TCP | PARSER_UDP,
    /* RFC 5426, 6587, 5425; then those that collectors without root take */
    .ports = { 514, 601, 6514, 1468, 1514, 5140, 5514, 10514, 20514 },
    .whole_stream = true,
    .has_state = true,
    .settles = true,
    .parse = parse,
};
