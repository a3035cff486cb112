/* SPDX-License-Identifier: BSD-2-Clause
 *
 * NetBIOS datagrams (RFC 1002, 4.4): the name of the machine that sends, and when it announces
 * itself to its browser (MS-BRWS 2.2.1, in an SMB transaction to a mailslot) its workgroup and
 * version of the system.
 */
#include "ip_address.h"
#include "netbios.h"
#include "parser.h"
#include "text.h"
#include <stdio.h>

extern const struct parser parser_nbdgm;

#define DIRECT_UNIQUE 0x10
#define BROADCAST 0x12
#define QUERY_LAST 0x16
#define GROUP_MASTER 0x1d
#define GROUP_ELECTION 0x1e
#define SMB_MAGIC 0xff534d42u
#define SMB_TRANSACTION 0x25
#define SMB_HEADER 32
#define SMB_MAGIC_BYTES 5    /* with the command */
#define WORDS_BEFORE_DATA 22 /* octets of words before the length of the data */
#define MAILSLOT "\\MAILSLOT\\BROWSE"
#define ANNOUNCE_HOST 1
#define ANNOUNCE_MASTER 15
#define ANNOUNCE_SKIP 5 /* update count, periodicity */
#define ANNOUNCED_NAME 16

/* The mailslot's message within the transaction; empty when it is none. */
static struct rd
read_mailslot(struct rd smb)
{
    struct rd r = smb, words, slot, message = smb;
    uint16_t length, offset;

    if (rd_u32(&r) != SMB_MAGIC || rd_u8(&r) != SMB_TRANSACTION)
        return (struct rd){ 0 };
    rd_skip(&r, SMB_HEADER - SMB_MAGIC_BYTES);
    words = rd_sub(&r, rd_u8(&r) * sizeof(uint16_t));
    rd_skip(&words, WORDS_BEFORE_DATA);
    length = rd_u16_le(&words);
    offset = rd_u16_le(&words);
    slot = rd_sub(&r, rd_u16_le(&r));
    if (!words.ok || !text_take(&slot, MAILSLOT) || rd_u8(&slot) != 0)
        return (struct rd){ 0 };
    rd_skip(&message, offset);
    return rd_sub(&message, length);
}

static void
read_announcement(struct rd r, struct fact *f)
{
    uint8_t command = rd_u8(&r), major, minor;
    char os[sizeof "Windows 255.255"];

    if (command != ANNOUNCE_HOST && command != ANNOUNCE_MASTER)
        return;
    rd_skip(&r, ANNOUNCE_SKIP + ANNOUNCED_NAME);
    major = rd_u8(&r);
    minor = rd_u8(&r);
    if (!r.ok)
        return;
    snprintf(os, sizeof os, "Windows %u.%u", major, minor);
    fact_word(f, KEY_OS, os);
}

static enum parse_result
read_datagram(struct rd *r, const struct parse_output *out)
{
    struct netbios_name source, destination;
    struct in6_addr address;
    struct rd data;
    struct fact f;

    rd_skip(r, 1 + 2); /* flags, id */
    address = ip_read_v4(r);
    rd_skip(r, 2);                                  /* port */
    data = rd_sub(r, rd_u16(r) + sizeof(uint16_t)); /* the offset does not count */
    rd_skip(&data, sizeof(uint16_t));
    if (!data.ok)
        return PARSE_MORE;
    if (!netbios_take_name(&data, &source) || !netbios_take_name(&data, &destination))
        return PARSE_BAD;
    if (!netbios_is_host(&source, false) || !ip_is_host(&address))
        return PARSE_OK;
    fact_begin(&f, FACT_DEVICE);
    fact_address(&f, KEY_ADDRESS, &address);
    fact_text(&f, KEY_HOST_NAME, source.text.p, rd_left(&source.text));
    if (destination.suffix == GROUP_MASTER || destination.suffix == GROUP_ELECTION)
        fact_text(&f, KEY_DOMAIN, destination.text.p, rd_left(&destination.text));
    read_announcement(read_mailslot(data), &f);
    out->fact(out->context, &f);
    return PARSE_OK;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct rd r = in->data;
    uint8_t type = rd_u8(&r);
    enum parse_result result = PARSE_OK;

    if (type < DIRECT_UNIQUE || type > QUERY_LAST)
        return PARSE_NOT_MINE;
    if (type <= BROADCAST)
        result = read_datagram(&r, out);
    if (result != PARSE_OK)
        return result;
    rd_skip(&r, rd_left(&r));
    in->data = r;
    return PARSE_OK;
}

const struct parser parser_nbdgm = {
    .name = "nbdgm",
    .transports = PARSER_UDP,
    .ports = { 138 },
    .settles = true,
    .parse = parse,
};
