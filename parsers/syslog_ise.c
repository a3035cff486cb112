/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Cisco Identity Services Engine: whom it let in or refused for gateways and networks, and their
 * accounting.
 *
 * "Cisco ISE Syslogs": category, message id, number of segments, segment, time, sequence, code,
 * severity, text, then attributes parted by commas, in whose values \ escapes. Long messages come
 * in segments; only the first, which tells who, is read. An endpoint that is known by its MAC
 * alone (MAB) is nobody.
 */
#include "login.h"
#include "syslog_vendor.h"
#include "text.h"

#define ATTRIBUTES_MAX 256
#define CODE_FAILED 5400 /* the others of its category are about endpoints that gave up */

enum field {
    FIELD_USER,
    FIELD_CALLER,
    FIELD_INSIDE,
    FIELD_SESSION,
    FIELD_STATUS,
    FIELD_REASON,
    FIELD_GIVEN_USER,
    FIELD_COUNT
};

static const char *const field_names[FIELD_COUNT] = { "User-Name", "Calling-Station-ID",
    "Framed-IP-Address", "Acct-Session-Id", "Acct-Status-Type", "FailureReason", "UserName" };

/* Up to the comma that no backslash precedes. */
static bool
take_attribute(struct rd *r, struct rd *name, struct rd *value)
{
    const uint8_t *from;

    *r = text_trim(*r);
    if (!text_take_until(r, "=", name))
        return false;
    from = r->p;
    while (rd_left(r) > 0 && rd_peek(r) != ',')
        rd_skip(r, rd_peek(r) == '\\' && rd_left(r) > 1 ? 2 : 1);
    *value = rd_of(from, (size_t)(r->p - from));
    (void)text_take(r, ",");
    return true;
}

/* False when one that is read occurs twice: not every version may escape what it is given. */
static bool
read_attributes(struct rd r, struct rd fields[FIELD_COUNT])
{
    struct rd name, value;

    for (unsigned i = 0; i < FIELD_COUNT; i++)
        fields[i] = (struct rd){ NULL, NULL, true };
    for (unsigned n = 0; n < ATTRIBUTES_MAX && take_attribute(&r, &name, &value); n++)
        for (unsigned i = 0; i < FIELD_COUNT; i++) {
            if (!text_equals(&name, field_names[i]))
                continue;
            if (fields[i].p != NULL)
                return false;
            fields[i] = value;
        }
    return true;
}

/* `0000983328 5 0 2020-11-23 12:50:01.926 -05:00 1706719405 5200 NOTICE Passed-Authentication:
 * text,
 * `: the code, and the attributes behind. */
static bool
take_head(struct rd *r, uint64_t *code)
{
    struct rd word, segment;

    if (!text_take_until(r, " ", &word) || !text_take_until(r, " ", &word) ||
        !text_take_until(r, " ", &segment) || !text_equals(&segment, "0"))
        return false;
    for (unsigned i = 0; i < 4; i++) /* date, time, zone, sequence */
        if (!text_take_until(r, " ", &word))
            return false;
    return text_take_until(r, " ", &word) && text_to_number(word, code) &&
           text_take_until(r, ": ", &word) && text_take_until(r, ", ", &word);
}

/* \ escapes a comma; that of `DOMAIN\user` stands once or, by version and relay, more often. */
static void
put_account(struct fact *f, struct rd name, struct rd caller)
{
    char plain[FACT_TEXT_MAX];
    size_t n = 0;

    while (rd_left(&name) > 0 && n < sizeof(plain)) {
        plain[n] = (char)rd_u8(&name);
        if (plain[n] == '\\') {
            while (rd_peek(&name) == '\\')
                rd_skip(&name, 1);
            if (rd_peek(&name) == ',')
                plain[n] = (char)rd_u8(&name);
        }
        n++;
    }
    if (!login_is_card(rd_of(plain, n), caller))
        syslog_account(f, rd_of(plain, n));
}

static bool
begin_accounting(const struct rd *status, struct fact *f)
{
    static const struct {
        const char *word, *status;
        uint8_t kind;
    } meanings[] = { { "Start", "start", FACT_LOGIN }, { "Interim-Update", "interim", FACT_LOGIN },
        { "Stop", "stop", FACT_LOGOUT } };

    for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++) {
        if (!text_equals(status, meanings[i].word))
            continue;
        fact_begin(f, meanings[i].kind);
        if (meanings[i].kind == FACT_LOGIN)
            fact_word(f, KEY_RESULT, "success");
        fact_word(f, KEY_STATUS, meanings[i].status);
        return true;
    }
    return false;
}

static bool
begin(const struct rd *category, uint64_t code, const struct rd *status, struct fact *f)
{
    if (text_equals(category, "CISE_RADIUS_Accounting"))
        return begin_accounting(status, f);
    fact_begin(f, FACT_LOGIN);
    if (text_equals(category, "CISE_Passed_Authentications"))
        fact_word(f, KEY_RESULT, "success");
    else if (text_equals(category, "CISE_Failed_Attempts") && code == CODE_FAILED)
        fact_word(f, KEY_RESULT, "failure");
    else
        return false;
    return true;
}

static bool
read(const struct syslog_message *m, struct fact *f)
{
    struct rd r = m->content, category, fields[FIELD_COUNT];
    uint64_t code;

    if (!text_take_until(&r, " ", &category) || !text_contains(category, "CISE_") ||
        !take_head(&r, &code) || !read_attributes(r, fields) ||
        !begin(&category, code, &fields[FIELD_STATUS], f))
        return false;
    put_account(f, fields[FIELD_GIVEN_USER], fields[FIELD_CALLER]);
    put_account(f, fields[FIELD_USER], fields[FIELD_CALLER]);
    login_calling_station(f, fields[FIELD_CALLER]);
    (void)login_address(f, KEY_INSIDE, fields[FIELD_INSIDE]);
    fact_text(f, KEY_SESSION, fields[FIELD_SESSION].p, rd_left(&fields[FIELD_SESSION]));
    fact_text(f, KEY_REASON, fields[FIELD_REASON].p, rd_left(&fields[FIELD_REASON]));
    return fact_has(f, KEY_ACCOUNT);
}

const struct syslog_vendor syslog_ise = { "syslog-cisco-ise", read };
