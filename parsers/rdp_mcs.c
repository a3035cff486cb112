/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What an RDP client says of itself when it connects: Client Core Data and Client Cluster Data in
 * the MCS Connect Initial ([MS-RDPBCGR] 2.2.1.3.2, 2.2.1.3.5). In clear only without TLS. The build
 * is the client program's word; programs that are no Windows borrow one.
 */
#include "rdp_internal.h"
#include "text.h"
#include <stdio.h>

#define MCS_CONNECT_INITIAL 0x7f65
#define BER_BOOLEAN 0x01
#define BER_OCTET_STRING 0x04
#define BER_SEQUENCE 0x30
#define DOMAIN_PARAMETERS 3
#define CS_CORE 0xc001
#define BLOCKS_MAX 16
#define BLOCK_HEAD 4
#define CLIENT_NAME_BYTES 32
#define IME_BYTES 64
#define PRODUCT_ID_BYTES 64
#define TEXT_BYTES 48
#define VERSION_MAJOR 8
#define VERSION_4_0 1
#define VERSION_5_TO_8 4
#define VERSION_10_0 5

/* T.124: key, length, ConnectGCCPDU up to the length of the user data (encoding of [MS-RDPBCGR]
 * 4.1.3). */
static const uint8_t gcc_key[] = { 0x00, 0x05, 0x00, 0x14, 0x7c, 0x00, 0x01 };
static const uint8_t gcc_request[] = { 0x00, 0x08, 0x00, 0x10, 0x00, 0x01, 0xc0, 0x00, 'D', 'u',
    'c', 'a' };

static const struct {
    uint32_t from;
    const char *name;
} builds[] = {
    { 22000, "Windows 11" },
    { 10240, "Windows 10" },
    { 9600, "Windows 8.1" },
    { 9200, "Windows 8" },
    { 7600, "Windows 7" },
    { 6000, "Windows Vista" },
    { 3790, "Windows Server 2003" },
    { 2600, "Windows XP" },
    { 2195, "Windows 2000" },
};

/* A definite length as BER has it, short or long form. */
static size_t
ber_length(struct rd *r)
{
    uint8_t first = rd_u8(r);

    if (first < 0x80)
        return first;
    if (first == 0x81)
        return rd_u8(r);
    if (first == 0x82)
        return rd_u16(r);
    r->ok = false;
    return 0;
}

static struct rd
ber_value(struct rd *r, uint8_t tag)
{
    if (rd_u8(r) != tag)
        r->ok = false;
    return rd_sub(r, ber_length(r));
}

size_t
rdp_per_length(struct rd *r)
{
    uint8_t first = rd_u8(r);

    return first < 0x80 ? first : (size_t)(first & 0x7f) << 8 | rd_u8(r);
}

static void
expect(struct rd *r, const uint8_t *bytes, size_t n)
{
    const uint8_t *at = rd_bytes(r, n);

    if (at != NULL && memcmp(at, bytes, n) != 0)
        r->ok = false;
}

static void
put_build(struct fact *f, uint32_t build)
{
    char text[TEXT_BYTES];

    for (size_t i = 0; i < sizeof(builds) / sizeof(*builds); i++)
        if (build >= builds[i].from) {
            (void)snprintf(text, sizeof(text), "%s build %u", builds[i].name, (unsigned)build);
            fact_word(f, KEY_OS, text);
            return;
        }
}

static void
tell_locale(uint32_t layout, struct rd ime, const struct parse_output *out)
{
    char text[TEXT_BYTES];
    struct fact f;

    if (layout == 0)
        return;
    (void)snprintf(text, sizeof(text), "0x%04x", (unsigned)layout);
    fact_begin(&f, FACT_LOCALE);
    fact_word(&f, KEY_KEYBOARD_LAYOUT, text);
    rdp_text(&f, KEY_IME, ime);
    out->fact(out->context, &f);
}

static void
tell_version(uint32_t version, struct rdp_state *s, const struct parse_output *out)
{
    unsigned major = version >> 16, minor = version & 0xffff;
    char text[TEXT_BYTES];

    if (major != VERSION_MAJOR || minor == 0)
        text[0] = '\0';
    else if (minor == VERSION_4_0)
        (void)snprintf(text, sizeof(text), "RDP 4.0");
    else if (minor <= VERSION_5_TO_8)
        (void)snprintf(text, sizeof(text), "RDP 5.0");
    else
        (void)snprintf(text, sizeof(text), "RDP 10.%u", minor - VERSION_10_0);
    rdp_tell_session(s, text, out);
}

/* The fields up to imeFileName are there in every version; the rest came one by one. */
static bool
read_core(
    struct rd r, const struct parse_input *in, struct rdp_state *s, const struct parse_output *out)
{
    uint32_t version = rd_u32_le(&r), layout, build;
    struct rd name, ime, product;
    struct fact f;

    rd_skip(&r, 8); /* desktop width and height, colour depth, SAS sequence */
    layout = rd_u32_le(&r);
    build = rd_u32_le(&r);
    name = rd_sub(&r, CLIENT_NAME_BYTES);
    rd_skip(&r, 12); /* keyboard type, subtype, function keys */
    ime = rd_sub(&r, IME_BYTES);
    if (!r.ok)
        return false;
    rd_skip(&r, 14); /* colour depth, product, serial number, colour depths, capabilities */
    product = rd_sub(&r, PRODUCT_ID_BYTES);
    tell_version(version, s, out);
    fact_begin(&f, FACT_DEVICE);
    fact_address(&f, KEY_ADDRESS, &in->source);
    rdp_text(&f, KEY_HOST_NAME, name);
    put_build(&f, build);
    rdp_text(&f, KEY_CLIENT_ID, product);
    if (fact_has(&f, KEY_HOST_NAME) || fact_has(&f, KEY_OS))
        out->fact(out->context, &f);
    s->name_bytes = (uint8_t)text_from_utf16le(s->client_name, sizeof(s->client_name), name);
    tell_locale(layout, ime, out);
    return true;
}

/* Each block: type, length with this head. */
static bool
read_blocks(
    struct rd r, const struct parse_input *in, struct rdp_state *s, const struct parse_output *out)
{
    for (unsigned i = 0; i < BLOCKS_MAX && rd_left(&r) > 0; i++) {
        uint16_t type = rd_u16_le(&r), length = rd_u16_le(&r);
        struct rd block;

        if (!r.ok || length < BLOCK_HEAD)
            return false;
        block = rd_sub(&r, length - BLOCK_HEAD);
        if (!block.ok)
            return false;
        if (type == CS_CORE)
            return read_core(block, in, s, out);
    }
    return true;
}

bool
rdp_read_connect_initial(
    struct rd r, const struct parse_input *in, struct rdp_state *s, const struct parse_output *out)
{
    struct rd user, blocks;

    if (rd_u16(&r) != MCS_CONNECT_INITIAL)
        return false;
    r = rd_sub(&r, ber_length(&r));
    (void)ber_value(&r, BER_OCTET_STRING); /* calling and called domain */
    (void)ber_value(&r, BER_OCTET_STRING);
    (void)ber_value(&r, BER_BOOLEAN);
    for (unsigned i = 0; i < DOMAIN_PARAMETERS; i++)
        (void)ber_value(&r, BER_SEQUENCE);
    user = ber_value(&r, BER_OCTET_STRING);
    if (!r.ok)
        return false;
    expect(&user, gcc_key, sizeof(gcc_key));
    (void)rdp_per_length(&user);
    expect(&user, gcc_request, sizeof(gcc_request));
    blocks = rd_sub(&user, rdp_per_length(&user));
    return user.ok && blocks.ok && read_blocks(blocks, in, s, out);
}
