/* SPDX-License-Identifier: BSD-2-Clause
 *
 * RFB, the protocol of VNC (RFC 6143 and the community's rfbproto for the security types beyond
 * it): version, which security was chosen and how it ended, the desktop's name; the account where
 * one is sent in clear. The server speaks first, whoever called.
 *
 * Types that seal what follows (RealVNC's RA2, Apple's RSA and Kerberos, TLS) end the reading; TLS
 * is handed on. Of UltraVNC's repeater the machine's number is read, on the viewer's connection and
 * on the one that the machine itself opens.
 */
#include "rfb_internal.h"
#include "text.h"

#define VERSION_BYTES 12 /* "RFB 003.008\n" */
#define VERSION_DIGITS 3
#define NAME_MAX_BYTES 4096
#define REPEATER_BYTES 250
#define SERVER_INIT_BYTES 24 /* with the name's length, without the name */

static const char version_word[] = "RFB ", repeater_word[] = "ID:";

static void
tell_session(struct rfb_reader *m, struct rd version)
{
    struct fact f;

    if (m->s->is_told)
        return;
    m->s->is_told = true;
    fact_begin(&f, FACT_SESSION_OPEN);
    fact_word(&f, KEY_APP, "VNC");
    fact_text(&f, KEY_VERSION, version.p, rd_left(&version));
    m->out->fact(m->out->context, &f);
}

/* "RFB xxx.yyy\n"; the minor version that is meant: an unknown one is 3.3, later ones speak 3.8. */
static bool
take_version(struct rd *r, struct rd *text, uint8_t *minor)
{
    uint64_t major = 0, low = 0;
    struct rd line = rd_sub(r, VERSION_BYTES), part;

    *text = line;
    text->end -= line.ok ? 1 : 0;
    if (!text_take(&line, version_word) || !text_take_until(&line, ".", &part) ||
        rd_left(&part) != VERSION_DIGITS || !text_to_number(part, &major) ||
        !text_take_until(&line, "\n", &part) || rd_left(&part) != VERSION_DIGITS ||
        !text_to_number(part, &low))
        return false;
    *minor = (uint8_t)(major > 3 || low >= 8 ? 8 : low == 7 ? 7 : 3);
    return major > 0 || low == 0;
}

static bool
is_repeater(struct rd version)
{
    return text_equals(&version, "RFB 000.000");
}

/* REPEATER_BYTES with a text in it, ended by NUL. */
static enum parse_result
take_repeater_text(struct rd *r, struct rd *text)
{
    struct rd block = rd_sub(r, REPEATER_BYTES);

    if (!block.ok)
        return PARSE_MORE;
    *text = rd_of(block.p, strnlen((const char *)block.p, rd_left(&block)));
    return PARSE_OK;
}

static void
tell_repeater(struct rfb_reader *m, enum fact_key key, struct rd text)
{
    struct fact f;

    fact_begin(&f, FACT_SESSION_OPEN);
    fact_word(&f, KEY_APP, "UltraVNC");
    fact_text(&f, key, text.p, rd_left(&text));
    m->out->fact(m->out->context, &f);
    m->s->is_told = true;
}

/* The repeater's viewer names the machine, by address or as "ID:1234"; then RFB begins anew. */
static enum parse_result
read_repeater_target(struct rfb_reader *m)
{
    struct rd target;
    enum fact_key key = KEY_TARGET;

    if (take_repeater_text(&m->r, &target) != PARSE_OK)
        return PARSE_MORE;
    if (text_take(&target, "ID:"))
        key = KEY_PEER_ID;
    if (rd_left(&target) == 0)
        return PARSE_BAD;
    tell_repeater(m, key, target);
    m->s->step = STEP_SERVER_VERSION;
    return PARSE_OK;
}

/* A machine that waits at a repeater says its number first, then speaks RFB as the server. */
static enum parse_result
read_repeater_id(struct rfb_reader *m)
{
    struct rd at = m->r, text;
    uint64_t number;
    enum parse_result result;

    rd_skip(&at, sizeof(repeater_word) - 1);
    while (rd_left(&at) > 0 && rd_peek(&at) != '\0')
        if (rd_peek(&at) < '0' || rd_u8(&at) > '9')
            return PARSE_NOT_MINE;
    result = take_repeater_text(&m->r, &text);
    if (result != PARSE_OK)
        return result;
    if (!text_take(&text, repeater_word) || !text_to_number(text, &number))
        return PARSE_NOT_MINE;
    tell_repeater(m, KEY_PEER_ID, text);
    return PARSE_OK;
}

/* Whether the bytes, as far as they are there, are the word. */
static bool
may_begin(struct rd r, const char *word, size_t length)
{
    size_t n = rd_left(&r) < length ? rd_left(&r) : length;

    return n > 0 && memcmp(r.p, word, n) == 0;
}

static enum parse_result
read_server_version(struct rfb_reader *m)
{
    struct rd text;

    if (m->in->from_client && may_begin(m->r, repeater_word, sizeof(repeater_word) - 1))
        return read_repeater_id(m);
    if (!may_begin(m->r, version_word, sizeof(version_word) - 1))
        return PARSE_NOT_MINE;
    if (rd_left(&m->r) < VERSION_BYTES)
        return PARSE_MORE;
    if (!take_version(&m->r, &text, &m->s->minor))
        return PARSE_NOT_MINE;
    m->s->server = m->in->from_client ? 0 : 1;
    m->s->step = is_repeater(text) ? STEP_REPEATER_TARGET : STEP_CLIENT_VERSION;
    return PARSE_OK;
}

static enum parse_result
read_client_version(struct rfb_reader *m)
{
    struct rd text;

    if (rd_left(&m->r) < VERSION_BYTES)
        return PARSE_MORE;
    if (!take_version(&m->r, &text, &m->s->minor) || is_repeater(text))
        return PARSE_BAD;
    tell_session(m, text);
    m->s->step = m->s->minor >= 7 ? STEP_TYPES : STEP_TYPE;
    return PARSE_OK;
}

enum parse_result
rfb_pass(struct rfb_reader *m, size_t n, enum rfb_step next)
{
    rd_skip(&m->r, n);
    if (!m->r.ok)
        return PARSE_MORE;
    m->s->step = (uint8_t)next;
    return PARSE_OK;
}

static enum parse_result
read_client_init(struct rfb_reader *m)
{
    return rfb_pass(m, 1, STEP_SERVER_INIT);
}

/* Apple's server has a block of its own before the name, with NULs at its end. */
static struct rd
behind_nuls(struct rd name)
{
    struct rd at = name;

    while (rd_left(&at) > 0)
        if (rd_u8(&at) == '\0')
            name = at;
    return name;
}

/* width, height, pixel format (16 bytes), name */
static enum parse_result
read_server_init(struct rfb_reader *m)
{
    struct rd name;
    struct fact f;
    uint32_t bytes;

    rd_skip(&m->r, SERVER_INIT_BYTES - sizeof(bytes));
    bytes = rd_u32(&m->r);
    if (m->r.ok && bytes > NAME_MAX_BYTES)
        return PARSE_BAD;
    name = rd_sub(&m->r, bytes);
    if (!m->r.ok)
        return PARSE_MORE;
    m->s->step = STEP_OVER;
    name = behind_nuls(text_trim(name));
    if (rd_left(&name) == 0)
        return PARSE_OK;
    fact_begin(&f, FACT_BANNER);
    fact_word(&f, KEY_WHAT, "vnc");
    fact_text(&f, KEY_TEXT, name.p, rd_left(&name));
    m->out->fact(m->out->context, &f);
    return PARSE_OK;
}

/* What stands outside of the authentication; the others are rfb_security.c's. */
static const struct {
    bool is_ours, from_server;
    enum parse_result (*read)(struct rfb_reader *m);
} steps[STEP_OVER + 1] = {
    [STEP_SERVER_VERSION] = { true, true, read_server_version },
    [STEP_CLIENT_VERSION] = { true, false, read_client_version },
    [STEP_REPEATER_TARGET] = { true, false, read_repeater_target },
    [STEP_CLIENT_INIT] = { true, false, read_client_init },
    [STEP_SERVER_INIT] = { true, true, read_server_init },
};

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct rfb_state *s = (struct rfb_state *)in->state;
    struct rfb_reader m = { .r = in->data, .in = in, .out = out, .s = s };
    unsigned side = in->from_client ? 0 : 1;
    enum parse_result result;
    bool from_server;

    if (rd_left(&in->data) == 0)
        return PARSE_MORE;
    if (s->step == STEP_TLS)
        return PARSE_NOT_MINE;
    if (s->step == STEP_OVER) {
        rd_skip(&in->data, rd_left(&in->data));
        return PARSE_OK;
    }
    from_server = steps[s->step].is_ours ? steps[s->step].from_server
                                         : rfb_security_from_server((enum rfb_step)s->step);
    if (s->step != STEP_SERVER_VERSION && (side == s->server) != from_server)
        return PARSE_BAD;
    result = steps[s->step].is_ours ? steps[s->step].read(&m) : rfb_security_read(&m);
    if (result == PARSE_OK)
        in->data = m.r;
    return result;
}

const struct parser parser_rfb = {
    .name = "vnc",
    .transports = PARSER_TCP,
    .ports = { 5900, 5901, 5902, 5500 },
    .anywhere = true,
    .has_state = true,
    .parse = parse,
};
