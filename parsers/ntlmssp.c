/* SPDX-License-Identifier: BSD-2-Clause
 *
 * NEGOTIATE says little (a workstation and a domain, sometimes), CHALLENGE names the server,
 * AUTHENTICATE names the user. Each field is a length and an offset into the message; one that
 * points outside is left out, since messages are cut by what carries them. A user without a name is
 * a null session and nobody.
 */
#include "ntlmssp.h"
#include "login.h"
#include "text.h"
#include <stdio.h>

#define SIGNATURE "NTLMSSP" /* and its NUL */
#define TYPE_NEGOTIATE 1
#define TYPE_CHALLENGE 2
#define TYPE_AUTHENTICATE 3
#define FLAG_UNICODE 0x00000001u
#define FLAG_ANONYMOUS 0x00000800u
#define FLAG_DOMAIN 0x00001000u
#define FLAG_WORKSTATION 0x00002000u
#define FLAG_VERSION 0x02000000u
#define AV_END 0
#define AV_COMPUTER 1
#define AV_DOMAIN 2
#define AV_DNS_DOMAIN 4
#define AV_PAIRS 16            /* nine are defined */
#define AUTHENTICATE_FLAGS 60u /* offset; the oldest clients end before it */
#define NAME_BYTES FACT_TEXT_MAX

struct field {
    uint16_t length;
    uint32_t offset;
};

static struct field
read_field(struct rd *r)
{
    struct field f = { .length = rd_u16_le(r) };

    rd_skip(r, 2); /* room */
    f.offset = rd_u32_le(r);
    return f;
}

static struct rd
field_bytes(const struct rd *message, struct field f)
{
    struct rd r = *message;

    rd_skip(&r, f.offset);
    return rd_sub(&r, f.length);
}

/* A text of the message as UTF-8. OEM code pages are ASCII as far as names go. */
static struct rd
field_text(const struct rd *message, struct field f, bool is_unicode, char room[NAME_BYTES])
{
    struct rd bytes = field_bytes(message, f);

    if (!bytes.ok || !is_unicode)
        return bytes;
    return rd_of(room, text_from_utf16le(room, NAME_BYTES, bytes));
}

static void
put_os(struct fact *f, struct rd *r)
{
    uint8_t major = rd_u8(r), minor = rd_u8(r);
    uint16_t build = rd_u16_le(r);
    char text[48];

    if (!r->ok || major == 0 || build == 0) /* Samba and others that only fill it in */
        return;
    snprintf(text, sizeof text, "Windows %u.%u build %u", major, minor, build);
    fact_word(f, KEY_OS, text);
}

static void
put_text(struct fact *f, enum fact_key key, struct rd text)
{
    if (text.ok && rd_left(&text) > 0)
        fact_text(f, key, text.p, rd_left(&text));
}

static void
begin_device(struct fact *f, const struct parse_input *in)
{
    fact_begin(f, FACT_DEVICE);
    fact_address(f, KEY_ADDRESS, &in->source);
}

static void
tell_device(struct fact *f, const struct parse_output *out)
{
    if (fact_has(f, KEY_HOST_NAME) || fact_has(f, KEY_DOMAIN) || fact_has(f, KEY_OS))
        out->fact(out->context, f);
}

static void
read_negotiate(
    struct rd message, struct rd r, const struct parse_input *in, const struct parse_output *out)
{
    uint32_t flags = rd_u32_le(&r);
    struct field domain = read_field(&r), workstation = read_field(&r);
    struct fact f;

    begin_device(&f, in);
    if (r.ok && (flags & FLAG_WORKSTATION) != 0)
        put_text(&f, KEY_HOST_NAME, field_bytes(&message, workstation));
    if (r.ok && (flags & FLAG_DOMAIN) != 0)
        put_text(&f, KEY_DOMAIN, field_bytes(&message, domain));
    if (r.ok && (flags & FLAG_VERSION) != 0)
        put_os(&f, &r);
    tell_device(&f, out);
}

static void
put_target_info(struct fact *f, struct rd r)
{
    static const struct {
        uint16_t id;
        enum fact_key key;
    } wanted[] = {
        { AV_COMPUTER, KEY_HOST_NAME },
        { AV_DNS_DOMAIN, KEY_DOMAIN },
        { AV_DOMAIN, KEY_DOMAIN },
    };
    char room[NAME_BYTES];

    for (unsigned pair = 0; pair < AV_PAIRS; pair++) {
        uint16_t id = rd_u16_le(&r);
        struct rd value = rd_sub(&r, rd_u16_le(&r));

        if (!value.ok || id == AV_END)
            return;
        for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
            if (wanted[i].id == id)
                put_text(
                    f, wanted[i].key, rd_of(room, text_from_utf16le(room, sizeof room, value)));
    }
}

static void
read_challenge(
    struct rd message, struct rd r, const struct parse_input *in, const struct parse_output *out)
{
    struct field target = read_field(&r), info;
    uint32_t flags = rd_u32_le(&r);
    struct fact f;

    (void)target;    /* its own name or its domain's: the target information tells them apart */
    rd_skip(&r, 16); /* the challenge, reserved */
    if (!r.ok)
        return;
    begin_device(&f, in);
    info = read_field(&r);
    if (r.ok && (flags & FLAG_VERSION) != 0)
        put_os(&f, &r);
    put_target_info(&f, field_bytes(&message, info));
    tell_device(&f, out);
}

static void
tell_login(struct rd user, struct rd domain, struct rd host, uint32_t transaction,
    const struct parse_output *out)
{
    struct fact f;

    login_begin_attempt(&f, "ntlmssp", transaction);
    login_account(&f, user);
    put_text(&f, KEY_REALM, domain);
    put_text(&f, KEY_DEVICE_HOST_NAME, host);
    out->fact(out->context, &f);
}

/* Whether the field stands behind the flags; an empty one may stand nowhere. */
static bool
leaves_flags(struct field f)
{
    return f.length == 0 || f.offset > AUTHENTICATE_FLAGS;
}

static bool
read_authenticate(struct rd message, struct rd r, uint32_t transaction,
    const struct parse_input *in, const struct parse_output *out)
{
    char domain_room[NAME_BYTES], user_room[NAME_BYTES], host_room[NAME_BYTES];
    struct field domain, user, host;
    struct rd user_text, host_text, more = message;
    uint32_t flags;
    bool is_unicode;
    struct fact f;

    rd_skip(&r, 16); /* the LM and NT responses */
    domain = read_field(&r);
    user = read_field(&r);
    host = read_field(&r);
    if (!r.ok)
        return false;
    rd_skip(&more, AUTHENTICATE_FLAGS);
    flags = leaves_flags(domain) && leaves_flags(user) ? rd_u32_le(&more) : FLAG_UNICODE;
    is_unicode = (flags & FLAG_UNICODE) != 0;
    user_text = field_text(&message, user, is_unicode, user_room);
    host_text = field_text(&message, host, is_unicode, host_room);
    begin_device(&f, in);
    put_text(&f, KEY_HOST_NAME, host_text);
    if ((flags & FLAG_VERSION) != 0)
        put_os(&f, &more);
    tell_device(&f, out);
    if (!user_text.ok || rd_left(&user_text) == 0 || (flags & FLAG_ANONYMOUS) != 0)
        return true;
    tell_login(user_text, field_text(&message, domain, is_unicode, domain_room), host_text,
        transaction, out);
    return true;
}

bool
ntlmssp_is(struct rd token)
{
    const uint8_t *at = rd_bytes(&token, sizeof SIGNATURE);

    return at != NULL && memcmp(at, SIGNATURE, sizeof SIGNATURE) == 0;
}

bool
ntlmssp_token(struct rd token, uint32_t transaction, const struct parse_input *in,
    const struct parse_output *out)
{
    struct rd r = token;

    if (!ntlmssp_is(token))
        return false;
    rd_skip(&r, sizeof SIGNATURE);
    switch (rd_u32_le(&r)) {
    case TYPE_NEGOTIATE:
        read_negotiate(token, r, in, out);
        return false;
    case TYPE_CHALLENGE:
        read_challenge(token, r, in, out);
        return false;
    case TYPE_AUTHENTICATE:
        return read_authenticate(token, r, transaction, in, out);
    default:
        return false;
    }
}
