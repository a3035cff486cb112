/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SMB over TCP 445, and over a NetBIOS session (RFC 1002, 4.3) on 139: who set up a session with a
 * file server and whether it let him in. Messages are framed by four octets of length; only session
 * setups and what may be RPC on a named pipe are read (smb1.c, smb2.c), the rest is passed over.
 *
 * The status of the answer is the outcome. SMB 3 with encryption still sets its sessions up in
 * clear; what follows in transform headers is not seen.
 */
#include "dcerpc.h"
#include "gss.h"
#include "login.h"
#include "smb_internal.h"
#include "text.h"
#include <stdio.h>

#define FRAME_HEAD 4
#define FRAME_MESSAGE 0x00
#define FRAME_REQUEST 0x81
#define FRAME_KEEP_ALIVE 0x85
#define MESSAGE_MAX 15000 /* read at most; Kerberos tickets with many groups are larger */
#define NETBIOS_NAME 32   /* letters that encode a name: RFC 1001, 14.1 */
#define NETBIOS_SUFFIX 2  /* the last two of them are the kind of name */
#define PIPE_TRANSACTION 0x80000000u /* apart from those of session setups */

static const struct generation {
    uint8_t first; /* octet, before "SMB" */
    uint32_t header;
    bool (*wants)(struct rd header);
    void (*read)(struct rd message, const struct parse_input *in, const struct parse_output *out);
} generations[] = {
    { 0xff, SMB1_HEADER, smb1_wants, smb1_read }, { 0xfe, SMB2_HEADER, smb2_wants, smb2_read },
    { 0xfd, 0, NULL, NULL }, /* encrypted: [MS-SMB2] 2.2.41 */
    { 0xfc, 0, NULL, NULL }, /* compressed: 2.2.42 */
};

/* Session services that are not messages, and how long they are: two encoded names; an error; an
 * address and port. */
static const struct control {
    uint8_t type, length_from, length_to;
} controls[] = {
    { FRAME_REQUEST, 68, 255 },
    { 0x82, 0, 0 },
    { 0x83, 1, 1 },
    { 0x84, 6, 6 },
    { FRAME_KEEP_ALIVE, 0, 0 },
};

/* [MS-ERREF] 2.3.1: those that refuse a logon. */
static const struct {
    uint32_t status;
    const char *name;
} statuses[] = {
    { 0xc000000d, "STATUS_INVALID_PARAMETER" },
    { 0xc0000022, "STATUS_ACCESS_DENIED" },
    { 0xc000005e, "STATUS_NO_LOGON_SERVERS" },
    { 0xc0000064, "STATUS_NO_SUCH_USER" },
    { 0xc000006a, "STATUS_WRONG_PASSWORD" },
    { 0xc000006d, "STATUS_LOGON_FAILURE" },
    { 0xc000006e, "STATUS_ACCOUNT_RESTRICTION" },
    { 0xc000006f, "STATUS_INVALID_LOGON_HOURS" },
    { 0xc0000070, "STATUS_INVALID_WORKSTATION" },
    { 0xc0000071, "STATUS_PASSWORD_EXPIRED" },
    { 0xc0000072, "STATUS_ACCOUNT_DISABLED" },
    { 0xc00000bb, "STATUS_NOT_SUPPORTED" },
    { 0xc00000d0, "STATUS_REQUEST_NOT_ACCEPTED" },
    { 0xc000015b, "STATUS_LOGON_TYPE_NOT_GRANTED" },
    { 0xc000018d, "STATUS_TRUSTED_RELATIONSHIP_FAILURE" },
    { 0xc0000193, "STATUS_ACCOUNT_EXPIRED" },
    { 0xc0000203, "STATUS_USER_SESSION_DELETED" },
    { 0xc0000224, "STATUS_PASSWORD_MUST_CHANGE" },
    { 0xc0000234, "STATUS_ACCOUNT_LOCKED_OUT" },
    { 0xc0000413, "STATUS_AUTHENTICATION_FIREWALL_FAILED" },
};

static void
put_status(struct fact *f, uint32_t status)
{
    char number[16];

    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
        if (statuses[i].status == status) {
            fact_word(f, KEY_STATUS, statuses[i].name);
            return;
        }
    snprintf(number, sizeof number, "0x%08x", status);
    fact_word(f, KEY_STATUS, number);
}

void
smb_tell_result(
    uint32_t status, bool is_guest, uint32_t transaction, const struct parse_output *out)
{
    struct fact f;

    if (status == SMB_STATUS_MORE_PROCESSING)
        return;
    login_begin_answer(&f, transaction, status == SMB_STATUS_SUCCESS);
    if (status != SMB_STATUS_SUCCESS)
        put_status(&f, status);
    else if (is_guest)
        fact_word(&f, KEY_STATUS, "guest");
    out->fact(out->context, &f);
}

void
smb_read_pipe(struct rd bytes, const struct parse_input *in, const struct parse_output *out)
{
    struct dcerpc_pdu pdu;
    struct rd token;

    if (dcerpc_head(bytes, &pdu) == PARSE_OK && dcerpc_token(bytes, &pdu, &token))
        (void)gss_token(token, PIPE_TRANSACTION | pdu.call_id, in, out);
}

/* Each octet of a name stands as two letters from A on, its halves. */
static struct rd
decode_name(struct rd letters, char name[NETBIOS_NAME / 2])
{
    size_t n = 0;

    while (rd_left(&letters) > NETBIOS_SUFFIX) {
        unsigned high = rd_u8(&letters) - (unsigned)'A', low = rd_u8(&letters) - (unsigned)'A';

        if (!letters.ok || high > 15 || low > 15)
            return (struct rd){ 0 };
        name[n++] = (char)(high << 4 | low);
    }
    return text_trim(rd_of(name, n));
}

/* The called and the calling name. */
static bool
read_request(struct rd r, const struct parse_input *in, const struct parse_output *out)
{
    char room[NETBIOS_NAME / 2];
    struct rd name = { 0 };
    struct fact f;

    for (int i = 0; i < 2; i++) {
        name = rd_sub(&r, rd_u8(&r));
        if (!name.ok || rd_left(&name) != NETBIOS_NAME)
            return false;
        while (rd_left(&r) > 0 && rd_peek(&r) != 0) /* a scope */
            rd_skip(&r, (size_t)rd_peek(&r) + 1);
        rd_skip(&r, 1);
    }
    name = decode_name(name, room);
    if (!r.ok || !name.ok)
        return false;
    fact_begin(&f, FACT_DEVICE);
    fact_address(&f, KEY_ADDRESS, &in->source);
    fact_text(&f, KEY_HOST_NAME, name.p, rd_left(&name));
    if (fact_has(&f, KEY_HOST_NAME))
        out->fact(out->context, &f);
    return true;
}

static enum parse_result
parse_control(struct parse_input *in, const struct parse_output *out, uint8_t type)
{
    struct rd r = in->data, body;
    uint32_t length;

    rd_skip(&r, 1);
    length = rd_u24(&r);
    for (size_t i = 0; i < sizeof controls / sizeof controls[0]; i++) {
        if (controls[i].type != type)
            continue;
        if (r.ok && (length < controls[i].length_from || length > controls[i].length_to))
            return PARSE_NOT_MINE;
        body = rd_sub(&r, length);
        if (!body.ok)
            return PARSE_MORE;
        if (type == FRAME_REQUEST && !read_request(body, in, out))
            return PARSE_NOT_MINE;
        in->data = r;
        return PARSE_OK;
    }
    return PARSE_NOT_MINE;
}

/* As much as is there of four octets must be those of SMB. */
static const struct generation *
find_generation(struct rd r)
{
    static const char name[] = "SMB";
    uint8_t first = rd_u8(&r);
    size_t n = rd_left(&r) < sizeof name - 1 ? rd_left(&r) : sizeof name - 1;

    if (!r.ok || (n > 0 && memcmp(r.p, name, n) != 0))
        return NULL;
    for (size_t i = 0; i < sizeof generations / sizeof generations[0]; i++)
        if (generations[i].first == first)
            return &generations[i];
    return NULL;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    const struct generation *g;
    struct rd r = in->data, message;
    uint8_t type = rd_u8(&r);
    uint32_t length = rd_u24(&r), there;

    if (rd_left(&in->data) > 0 && type != FRAME_MESSAGE)
        return parse_control(in, out, type);
    if (!r.ok || rd_left(&r) == 0)
        return PARSE_MORE;
    g = find_generation(r);
    if (g == NULL || length <= g->header || length < FRAME_HEAD)
        return PARSE_NOT_MINE;
    message = rd_sub_upto(&r, length);
    there = (uint32_t)rd_left(&message);
    if (there < g->header || there < FRAME_HEAD)
        return PARSE_MORE;
    if (g->read != NULL && length <= MESSAGE_MAX && g->wants(message)) {
        if (there < length)
            return PARSE_MORE;
        g->read(message, in, out);
    }
    in->data = r;
    in->skip = length - there;
    return PARSE_OK;
}

const struct parser parser_smb = {
    .name = "smb",
    .transports = PARSER_TCP,
    .ports = { 445, 139 },
    .anywhere = true,
    .whole_stream = true,
    .resyncs = true,
    .settles = true,
    .parse = parse,
};
