/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SSH (RFC 4253): which programs talk, how they offer their algorithms (HASSH: MD5 over the four
 * name-lists of one way, as github.com/salesforce/hassh defines it), whether the authentication
 * went through (inferred from packet sizes, ssh_auth.h). No account is ever in clear.
 *
 * Who is the client is read from what only one side says (RFC 8308's ext-info-c, KEXDH_INIT), else
 * taken to be the connection's originator: a listening client exists. SSH-1 is named and no more.
 */
#include "digest.h"
#include "parser.h"
#include "ssh_auth.h"
#include "text.h"
#include "tunnel.h"

#define PORT 22
#define IDENT_MAX 255 /* RFC 4253, 4.2 */
#define LINE_MAX_BYTES 1024
#define LINES_MAX 16
#define PACKET_MAX 35000 /* RFC 4253, 6.1 */
#define PACKET_LEAST 5
#define PACKET_BLOCK 8
#define PADDING_LEAST 4
#define COOKIE_BYTES 16
#define SOFTWARE_MAX 40

enum message {
    MESSAGE_DISCONNECT = 1,
    MESSAGE_DEBUG = 4,
    MESSAGE_KEXINIT = 20,
    MESSAGE_NEWKEYS = 21,
    MESSAGE_KEX_FIRST = 30, /* of the method chosen: KEXDH_INIT */
    MESSAGE_KEX_LAST = 49,
    MESSAGE_GEX_REQUEST = 34
};

enum phase { PHASE_IDENT, PHASE_PACKETS, PHASE_SEALED };

/* Sides: 0 is the connection's originator. */
struct ssh_state {
    struct ssh_auth auth;
    char software[2][SOFTWARE_MAX]; /* empty: not heard of */
    uint8_t phase[2];
    uint8_t client; /* which side is the SSH client */
    bool is_client_sure, is_v1, is_told, is_timed;
    uint8_t disorder; /* its lowest bits, at the newest offer */
};

_Static_assert(sizeof(struct ssh_state) <= PARSE_STATE_BYTES, "what a flow remembers is bounded");

enum list { KEX, HOST_KEY, CIPHER_C2S, CIPHER_S2C, MAC_C2S, MAC_S2C, ZIP_C2S, ZIP_S2C, LISTS };

static const struct {
    const char *kex;
    bool of_client;
} role_words[] = {
    { "ext-info-c", true }, /* RFC 8308, 2.1 */
    { "ext-info-s", false },
    { "kex-strict-c-v00@openssh.com", true },
    { "kex-strict-s-v00@openssh.com", false },
};

static void
tell_session(struct ssh_state *s, const struct parse_output *out)
{
    const char *client = s->software[s->client], *server = s->software[!s->client];
    struct fact f;

    if (s->is_told)
        return;
    s->is_told = true;
    fact_begin(&f, FACT_SESSION_OPEN);
    fact_word(&f, KEY_APP, "SSH");
    fact_text(&f, KEY_SOFTWARE_CLIENT, client, strnlen(client, SOFTWARE_MAX));
    fact_text(&f, KEY_SOFTWARE_SERVER, server, strnlen(server, SOFTWARE_MAX));
    fact_word(&f, KEY_VERSION, s->is_v1 ? "SSH 1" : "SSH 2.0");
    out->fact(out->context, &f);
}

/* Some fill up with NULs what should not hold any. */
static bool
is_text(struct rd line)
{
    while (rd_left(&line) > 0) {
        uint8_t c = rd_u8(&line);

        if (c < ' ' && c != '\t' && c != '\r' && c != '\0')
            return false;
    }
    return true;
}

/* Takes a line of at most `max` bytes with its end. */
static enum parse_result
take_line(struct rd *r, size_t max, struct rd *line)
{
    if (text_take_until(r, "\n", line))
        return rd_left(line) < max && is_text(*line) ? PARSE_OK : PARSE_NOT_MINE;
    return rd_left(r) < max && is_text(*r) ? PARSE_MORE : PARSE_NOT_MINE;
}

static enum parse_result
take_ident(struct rd *r, bool may_greet, struct rd *ident)
{
    static const char word[] = "SSH-";
    enum parse_result result;

    for (unsigned lines = 0; lines < LINES_MAX; lines++) {
        struct rd at = *r;
        size_t n = rd_left(&at) < sizeof(word) - 1 ? rd_left(&at) : sizeof(word) - 1;

        if (n == 0)
            return PARSE_MORE;
        if (memcmp(at.p, word, n) == 0)
            return n < sizeof(word) - 1 ? PARSE_MORE : take_line(r, IDENT_MAX, ident);
        if (!may_greet)
            return PARSE_NOT_MINE;
        result = take_line(r, LINE_MAX_BYTES, &at);
        if (result != PARSE_OK)
            return result;
    }
    return PARSE_NOT_MINE;
}

/* SSH-protoversion-softwareversion SP comments */
static bool
split_ident(struct rd ident, struct rd *version, struct rd *software)
{
    uint64_t number;
    struct rd major, minor;

    if (!text_take(&ident, "SSH-") || !text_take_until(&ident, "-", version) ||
        rd_left(&ident) == 0)
        return false;
    *software = ident;
    minor = *version;
    return text_take_until(&minor, ".", &major) && text_to_number(major, &number) &&
           text_to_number(minor, &number);
}

/* Of a connection whose start was not seen the port says who called. */
static void
guess_client(struct ssh_state *s, const struct parse_input *in, unsigned side)
{
    if (!in->is_midstream || s->is_client_sure)
        return;
    if (in->source_port == PORT && in->destination_port != PORT)
        s->client = (uint8_t)!side;
    else if (in->destination_port == PORT && in->source_port != PORT)
        s->client = (uint8_t)side;
}

static enum parse_result
read_ident(
    struct parse_input *in, struct ssh_state *s, unsigned side, const struct parse_output *out)
{
    bool may_greet = s->software[!side][0] != '\0' || in->source_port == PORT;
    struct rd r = in->data, ident, version, software;
    enum parse_result result = take_ident(&r, may_greet, &ident);
    struct fact f;
    size_t n;

    if (result != PARSE_OK)
        return result;
    ident = text_trim(ident);
    if (!split_ident(ident, &version, &software))
        return PARSE_NOT_MINE;
    guess_client(s, in, side);
    n = rd_left(&software) < SOFTWARE_MAX ? rd_left(&software) : SOFTWARE_MAX;
    memcpy(s->software[side], software.p, n);
    s->phase[side] = PHASE_PACKETS;
    s->is_v1 |= text_equals(&version, "1.3") || text_equals(&version, "1.5");
    fact_begin(&f, FACT_BANNER);
    fact_word(&f, KEY_WHAT, side == s->client ? "ssh-client" : "ssh-server");
    fact_text(&f, KEY_TEXT, ident.p, rd_left(&ident));
    out->fact(out->context, &f);
    if (s->is_v1 && s->software[!side][0] != '\0')
        tell_session(s, out);
    in->data = r;
    return PARSE_OK;
}

static void
tell_hassh(const struct rd lists[LISTS], bool of_client, const struct in6_addr *address,
    const struct parse_output *out)
{
    const struct rd parts[] = {
        lists[KEX],
        lists[of_client ? CIPHER_C2S : CIPHER_S2C],
        lists[of_client ? MAC_C2S : MAC_S2C],
        lists[of_client ? ZIP_C2S : ZIP_S2C],
    };
    char hex[DIGEST_MD5_HEX];
    struct fact f;

    digest_md5_joined(parts, sizeof(parts) / sizeof(*parts), ';', hex);
    fact_begin(&f, FACT_DEVICE);
    fact_address(&f, KEY_ADDRESS, address);
    fact_word(&f, of_client ? KEY_FINGERPRINT_HASSH : KEY_FINGERPRINT_HASSH_SERVER, hex);
    out->fact(out->context, &f);
}

static bool
holds_name(struct rd list, const char *name)
{
    struct rd one;

    while (text_take_until(&list, ",", &one))
        if (text_equals(&one, name))
            return true;
    return text_equals(&list, name);
}

/* cookie, ten name-lists (the last two are languages), first_kex_packet_follows, reserved */
static bool
read_kexinit(struct rd r, const struct parse_input *in, struct ssh_state *s, unsigned side,
    const struct parse_output *out)
{
    struct rd lists[LISTS];
    bool of_client;

    rd_skip(&r, COOKIE_BYTES);
    for (unsigned i = 0; i < LISTS; i++)
        lists[i] = rd_sub(&r, rd_u32(&r));
    rd_skip(&r, rd_u32(&r));
    rd_skip(&r, rd_u32(&r));
    rd_skip(&r, 1 + sizeof(uint32_t));
    if (!r.ok)
        return false;
    for (size_t i = 0; i < sizeof(role_words) / sizeof(*role_words); i++)
        if (holds_name(lists[KEX], role_words[i].kex)) {
            s->client = (uint8_t)(role_words[i].of_client ? side : !side);
            s->is_client_sure = true;
        }
    of_client = side == s->client;
    ssh_auth_offer(&s->auth, of_client, lists[CIPHER_S2C], lists[MAC_S2C], lists[ZIP_S2C]);
    tell_hassh(lists, of_client, &in->source, out);
    return true;
}

static enum parse_result
read_message(struct rd payload, const struct parse_input *in, struct ssh_state *s, unsigned side,
    const struct parse_output *out)
{
    uint8_t type = rd_u8(&payload);

    if (type == MESSAGE_KEXINIT) {
        s->disorder = (uint8_t)in->disorder;
        return read_kexinit(payload, in, s, side, out) ? PARSE_OK : PARSE_BAD;
    }
    if (type >= MESSAGE_DISCONNECT && type <= MESSAGE_DEBUG)
        return PARSE_OK;
    if (type != MESSAGE_NEWKEYS && (type < MESSAGE_KEX_FIRST || type > MESSAGE_KEX_LAST))
        return PARSE_BAD;
    if ((type == MESSAGE_KEX_FIRST || type == MESSAGE_GEX_REQUEST) && !s->is_client_sure) {
        if (s->client != side) /* the offers were taken for each other's */
            s->auth = (struct ssh_auth){ 0 };
        s->client = (uint8_t)side;
        s->is_client_sure = true;
    }
    if ((type == MESSAGE_KEX_FIRST || type == MESSAGE_GEX_REQUEST) && !s->is_timed) {
        s->is_timed = true; /* it answers the server's offer */
        if ((uint8_t)in->disorder == s->disorder && in->peer_us != 0)
            tunnel_tell_rtt(
                out, "ssh", in->from_client ? "client" : "server", in->time_us - in->peer_us);
    }
    if (type == MESSAGE_NEWKEYS)
        s->phase[side] = PHASE_SEALED;
    tell_session(s, out);
    return PARSE_OK;
}

/* uint32 packet_length, byte padding_length, payload, padding; no MAC yet: RFC 4253, 6 */
static enum parse_result
read_packet(
    struct parse_input *in, struct ssh_state *s, unsigned side, const struct parse_output *out)
{
    struct rd r = in->data, packet;
    uint32_t length = rd_u32(&r);
    uint8_t padding;
    enum parse_result result;

    if (!r.ok)
        return PARSE_MORE;
    if (length < PACKET_LEAST || length > PACKET_MAX ||
        (length + sizeof(length)) % PACKET_BLOCK != 0)
        return PARSE_BAD;
    packet = rd_sub(&r, length);
    if (!packet.ok)
        return PARSE_MORE;
    padding = rd_u8(&packet);
    if (padding < PADDING_LEAST || padding >= rd_left(&packet))
        return PARSE_BAD;
    packet = rd_sub(&packet, rd_left(&packet) - padding);
    result = read_message(packet, in, s, side, out);
    if (result == PARSE_OK)
        in->data = r;
    return result;
}

static enum parse_result
read_sealed(
    struct parse_input *in, struct ssh_state *s, unsigned side, const struct parse_output *out)
{
    struct rd r = in->data;
    enum ssh_outcome outcome = ssh_auth_add(&s->auth, side == s->client, &r, in->time_us);
    struct fact f;

    if (rd_left(&r) == rd_left(&in->data))
        return PARSE_MORE;
    in->data = r;
    if (outcome == SSH_UNDECIDED)
        return PARSE_OK;
    fact_begin(&f, FACT_LOGIN);
    fact_word(&f, KEY_RESULT, outcome == SSH_SUCCESS ? "success" : "failure");
    fact_flag(&f, KEY_INFERRED);
    fact_word(&f, KEY_METHOD, "ssh");
    if (outcome == SSH_FAILURE_LONG)
        fact_word(&f, KEY_REASON, "key or long password");
    out->fact(out->context, &f);
    return PARSE_OK;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct ssh_state *s = (struct ssh_state *)in->state;
    unsigned side = in->from_client ? 0 : 1;

    if (rd_left(&in->data) == 0)
        return PARSE_MORE;
    if (s->phase[side] == PHASE_IDENT)
        return read_ident(in, s, side, out);
    if (s->is_v1) {
        rd_skip(&in->data, rd_left(&in->data));
        return PARSE_OK;
    }
    if (s->phase[side] == PHASE_PACKETS)
        return read_packet(in, s, side, out);
    return read_sealed(in, s, side, out);
}

const struct parser parser_ssh = {
    .name = "ssh",
    .transports = PARSER_TCP,
    .ports = { PORT },
    .anywhere = true,
    .has_state = true,
    .parse = parse,
};
