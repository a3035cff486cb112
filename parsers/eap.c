/* SPDX-License-Identifier: BSD-2-Clause
 *
 * code, identifier, length; then, of requests and responses, a type and its data.
 */
#include "eap.h"
#include "login.h"

#define CODE_REQUEST 1
#define CODE_RESPONSE 2
#define CODE_SUCCESS 3
#define CODE_FAILURE 4
#define HEADER_BYTES 4
#define TYPE_IDENTITY 1
#define TYPE_MSCHAPV2 26
#define MSCHAPV2_RESPONSE 2
#define MSCHAPV2_VALUE 49

static void
tell(struct fact *f, const char *result, uint32_t transaction, const struct fact *about,
    const struct parse_output *out)
{
    fact_word(f, KEY_RESULT, result);
    f->transaction = transaction;
    if (about != NULL)
        fact_fill(f, about);
    out->fact(out->context, f);
}

static void
tell_attempt(struct fact *f, const char *method, uint32_t transaction, const struct fact *about,
    const struct parse_output *out)
{
    if (!fact_has(f, KEY_ACCOUNT) && !fact_has(f, KEY_REALM))
        return;
    f->pairing = FACT_REQUEST;
    fact_word(f, KEY_METHOD, method);
    tell(f, "attempt", transaction, about, out);
}

/* The name in a response, `r` from its type on: the method that gives it, or NULL. */
static const char *
read_name(struct rd r, struct fact *f)
{
    uint8_t type = rd_u8(&r);

    if (type == TYPE_IDENTITY && r.ok) {
        login_outer_identity(f, r);
        return "eap-identity";
    }
    if (type != TYPE_MSCHAPV2 || rd_u8(&r) != MSCHAPV2_RESPONSE)
        return NULL;
    rd_skip(&r, 3); /* identifier, length */
    if (rd_u8(&r) != MSCHAPV2_VALUE)
        return NULL;
    rd_skip(&r, MSCHAPV2_VALUE);
    if (!r.ok)
        return NULL;
    login_account(f, r);
    return "eap-mschapv2";
}

static void
read_response(
    struct rd r, uint32_t transaction, const struct fact *about, const struct parse_output *out)
{
    const char *method;
    struct fact f;

    fact_begin(&f, FACT_LOGIN);
    method = read_name(r, &f);
    if (method != NULL)
        tell_attempt(&f, method, transaction, about, out);
}

bool
eap_name(struct rd packet, struct fact *f)
{
    uint8_t code = rd_u8(&packet);
    uint16_t length;
    struct rd body;

    rd_skip(&packet, 1);
    length = rd_u16(&packet);
    if (!packet.ok || code != CODE_RESPONSE || length < HEADER_BYTES)
        return false;
    body = rd_sub(&packet, (size_t)length - HEADER_BYTES);
    return body.ok && read_name(body, f) != NULL;
}

enum parse_result
eap_packet(
    struct rd *r, uint32_t transaction, const struct fact *about, const struct parse_output *out)
{
    struct rd at = *r, body;
    uint8_t code = rd_u8(&at);
    uint16_t length;
    struct fact f;

    rd_skip(&at, 1);
    length = rd_u16(&at);
    if (!at.ok)
        return PARSE_MORE;
    if (code < CODE_REQUEST || code > CODE_FAILURE || length < HEADER_BYTES)
        return PARSE_BAD;
    body = rd_sub(&at, (size_t)length - HEADER_BYTES);
    if (!body.ok)
        return PARSE_MORE;
    if (code == CODE_RESPONSE) {
        read_response(body, transaction, about, out);
    } else if (code == CODE_SUCCESS || code == CODE_FAILURE) {
        fact_begin(&f, FACT_LOGIN);
        f.pairing = FACT_ANSWER;
        tell(&f, code == CODE_SUCCESS ? "success" : "failure", transaction, about, out);
    }
    *r = at;
    return PARSE_OK;
}
