/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SMB 1 ([MS-CIFS], [MS-SMB]): session setups in their three forms, which their number of parameter
 * words tells apart, and what goes through named pipes. The two old forms name account and domain
 * in clear; the newest carries a security token. All name the system that the program runs on.
 */
#include "gss.h"
#include "login.h"
#include "smb_internal.h"
#include "text.h"

#define COMMAND_TRANSACTION 0x25
#define COMMAND_READ 0x2e
#define COMMAND_WRITE 0x2f
#define COMMAND_SESSION_SETUP 0x73
#define FLAG_REPLY 0x80u
#define FLAG2_UNICODE 0x8000u
#define ACTION_GUEST 0x0001u
#define WORDS_LANMAN 10
#define WORDS_EXTENDED 12
#define WORDS_NT 13
#define WORDS_ANSWER 3
#define WORDS_ANSWER_EXTENDED 4
#define ANDX 4 /* the command chained behind: not a word of ours */

struct header {
    uint8_t command;
    bool is_reply, is_unicode;
    uint32_t status;
    uint32_t transaction;
};

/* The texts at the end of a message, the one behind the other. */
struct texts {
    struct rd r;
    const uint8_t *base; /* UTF-16 is aligned to two octets from here */
    bool is_unicode;
};

/* Where the parameters (behind their count) of a command on a pipe say how many octets it carries
 * and where from the header on. */
static const struct pipe {
    uint8_t command;
    bool is_reply;
    uint8_t words, length_at, offset_at;
} pipes[] = {
    { COMMAND_TRANSACTION, false, 14, 22, 24 },
    { COMMAND_TRANSACTION, true, 10, 12, 14 },
    { COMMAND_WRITE, false, 12, 20, 22 },
    { COMMAND_READ, true, 12, 10, 12 },
};

static void
read_header(struct rd r, struct header *h)
{
    uint16_t flags2;
    uint8_t flags;

    rd_skip(&r, 4); /* the magic */
    h->command = rd_u8(&r);
    h->status = rd_u32_le(&r);
    flags = rd_u8(&r);
    flags2 = rd_u16_le(&r);
    rd_skip(&r, 18);                /* high process id, signature, reserved, tree, process, user */
    h->transaction = rd_u16_le(&r); /* the multiplex id */
    h->is_reply = (flags & FLAG_REPLY) != 0;
    h->is_unicode = (flags2 & FLAG2_UNICODE) != 0;
}

static const struct pipe *
find_pipe(const struct header *h)
{
    for (size_t i = 0; i < sizeof pipes / sizeof pipes[0]; i++)
        if (pipes[i].command == h->command && pipes[i].is_reply == h->is_reply)
            return &pipes[i];
    return NULL;
}

/* The next text, as UTF-8; its terminator may be cut off at the end. */
static struct rd
take_text(struct texts *t, char room[FACT_TEXT_MAX])
{
    size_t unit = t->is_unicode ? 2 : 1, n = 0;
    struct rd scan, text;

    if (t->is_unicode && ((size_t)(t->r.p - t->base) & 1) != 0 && rd_left(&t->r) > 0)
        rd_skip(&t->r, 1);
    scan = t->r;
    while (rd_left(&scan) >= unit && (t->is_unicode ? rd_u16_le(&scan) : rd_u8(&scan)) != 0)
        n += unit;
    text = rd_sub(&t->r, n);
    rd_skip(&t->r, rd_left(&t->r) < unit ? rd_left(&t->r) : unit);
    if (!text.ok || !t->is_unicode)
        return text;
    return rd_of(room, text_from_utf16le(room, FACT_TEXT_MAX, text));
}

static void
put_text(struct fact *f, enum fact_key key, struct texts *t)
{
    char room[FACT_TEXT_MAX];
    struct rd text = text_trim(take_text(t, room));

    if (text.ok)
        fact_text(f, key, text.p, rd_left(&text));
}

/* The operating system; behind it the LAN manager, and in one form of the answer the domain. */
static void
tell_device(
    struct texts *t, bool has_domain, const struct parse_input *in, const struct parse_output *out)
{
    char room[FACT_TEXT_MAX];
    struct fact f;

    fact_begin(&f, FACT_DEVICE);
    fact_address(&f, KEY_ADDRESS, &in->source);
    put_text(&f, KEY_OS, t);
    if (has_domain) {
        (void)take_text(t, room);
        put_text(&f, KEY_DOMAIN, t);
    }
    if (fact_has(&f, KEY_OS) || fact_has(&f, KEY_DOMAIN))
        out->fact(out->context, &f);
}

/* Account, domain, system. An account without a name is a null session. */
static void
read_names(struct texts *t, uint32_t transaction, const struct parse_input *in,
    const struct parse_output *out)
{
    char room[FACT_TEXT_MAX];
    struct rd account = take_text(t, room);
    struct fact f;

    login_begin_attempt(&f, "smb-session-setup", transaction);
    if (account.ok)
        login_account(&f, account);
    put_text(&f, KEY_REALM, t);
    if (fact_has(&f, KEY_ACCOUNT))
        out->fact(out->context, &f);
    tell_device(t, false, in, out);
}

/* [MS-CIFS] 2.2.4.53.1, [MS-SMB] 2.2.4.6.1 */
static void
read_request(struct rd words, struct texts *t, uint32_t transaction, const struct parse_input *in,
    const struct parse_output *out)
{
    size_t count = rd_left(&words) / 2;
    uint16_t length;
    struct rd token;

    rd_skip(&words, ANDX + 10); /* sizes, virtual circuit, session key */
    length = rd_u16_le(&words);
    switch (count) {
    case WORDS_NT:
        rd_skip(&t->r, (size_t)length + rd_u16_le(&words)); /* both responses or passwords */
        read_names(t, transaction, in, out);
        break;
    case WORDS_LANMAN:
        rd_skip(&t->r, length);
        read_names(t, transaction, in, out);
        break;
    case WORDS_EXTENDED:
        token = rd_sub(&t->r, length);
        if (token.ok)
            (void)gss_token(token, transaction, in, out);
        tell_device(t, false, in, out);
        break;
    default:
        break;
    }
}

/* [MS-CIFS] 2.2.4.53.2, [MS-SMB] 2.2.4.6.2. A refusal has no words. */
static void
read_answer(struct rd words, struct texts *t, const struct header *h, const struct parse_input *in,
    const struct parse_output *out)
{
    size_t count = rd_left(&words) / 2;
    uint16_t action;
    struct rd token;

    rd_skip(&words, ANDX);
    action = rd_u16_le(&words);
    if (count == WORDS_ANSWER_EXTENDED) {
        token = rd_sub(&t->r, rd_u16_le(&words));
        if (token.ok)
            (void)gss_token(token, h->transaction, in, out);
    }
    if (count == WORDS_ANSWER || count == WORDS_ANSWER_EXTENDED)
        tell_device(t, count == WORDS_ANSWER, in, out);
    smb_tell_result(h->status, count != 0 && (action & ACTION_GUEST) != 0, h->transaction, out);
}

static void
read_pipe(struct rd message, struct rd words, const struct pipe *p, const struct parse_input *in,
    const struct parse_output *out)
{
    struct rd length_at = words, offset_at = words, bytes;
    uint16_t length, offset;

    if (rd_left(&words) / 2 < p->words)
        return;
    rd_skip(&length_at, p->length_at);
    rd_skip(&offset_at, p->offset_at);
    length = rd_u16_le(&length_at);
    offset = rd_u16_le(&offset_at);
    if (!length_at.ok || !offset_at.ok)
        return;
    rd_skip(&message, offset);
    bytes = rd_sub(&message, length);
    if (bytes.ok)
        smb_read_pipe(bytes, in, out);
}

bool
smb1_wants(struct rd header)
{
    struct header h;

    read_header(header, &h);
    return h.command == COMMAND_SESSION_SETUP || find_pipe(&h) != NULL;
}

void
smb1_read(struct rd message, const struct parse_input *in, const struct parse_output *out)
{
    struct rd r = message, words, bytes;
    struct header h;
    const struct pipe *p;

    read_header(r, &h);
    rd_skip(&r, SMB1_HEADER);
    words = rd_sub(&r, (size_t)rd_u8(&r) * 2);
    bytes = rd_sub_upto(&r, rd_u16_le(&r));
    if (!words.ok)
        return;
    p = find_pipe(&h);
    if (p != NULL) {
        read_pipe(message, words, p, in, out);
    } else if (bytes.ok) {
        struct texts t = { .r = bytes, .base = message.p, .is_unicode = h.is_unicode };

        if (h.is_reply)
            read_answer(words, &t, &h, in, out);
        else
            read_request(words, &t, h.transaction, in, out);
    }
}
