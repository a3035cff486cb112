/* SPDX-License-Identifier: BSD-2-Clause
 *
 * RFB, the protocol of VNC (RFC 6143 and the community's rfbproto for the security types beyond
 * it): version, which security was chosen and how it ended, the desktop's name; the account where
 * VeNCrypt Plain or XVP carry one in clear. The server speaks first, whoever called.
 *
 * Types that seal what follows (RealVNC's RA2, Apple's RSA and Kerberos, TLS) end the reading; TLS
 * is handed on. Behind UltraVNC's repeater the machine's number is read.
 */
#include "rfb_internal.h"
#include "text.h"

#define VERSION_BYTES 12 /* "RFB 003.008\n" */
#define VERSION_DIGITS 3
#define NAME_MAX_BYTES 4096
#define REPEATER_BYTES 250
#define SERVER_INIT_BYTES 24 /* with the name's length, without the name */

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
    if (!text_take(&line, "RFB ") || !text_take_until(&line, ".", &part) ||
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

static enum parse_result
read_server_version(struct rfb_reader *m)
{
    static const char word[] = "RFB ";
    struct rd text, start = m->r;
    size_t n = rd_left(&start) < sizeof(word) - 1 ? rd_left(&start) : sizeof(word) - 1;

    if (n > 0 && memcmp(start.p, word, n) != 0)
        return PARSE_NOT_MINE;
    if (rd_left(&start) < VERSION_BYTES)
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

/* The repeater's viewer names the machine, by address or as "ID:1234"; then RFB begins anew. */
static enum parse_result
read_repeater_target(struct rfb_reader *m)
{
    struct rd target = rd_sub(&m->r, REPEATER_BYTES);
    struct fact f;
    bool is_id;

    if (!target.ok)
        return PARSE_MORE;
    target = rd_of(target.p, strnlen((const char *)target.p, rd_left(&target)));
    is_id = text_take(&target, "ID:");
    if (rd_left(&target) == 0)
        return PARSE_BAD;
    fact_begin(&f, FACT_SESSION_OPEN);
    fact_word(&f, KEY_APP, "UltraVNC");
    fact_text(&f, is_id ? KEY_PEER_ID : KEY_TARGET, target.p, rd_left(&target));
    m->out->fact(m->out->context, &f);
    m->s->is_told = true;
    m->s->step = STEP_SERVER_VERSION;
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
