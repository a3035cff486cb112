/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Palo Alto Networks GlobalProtect: portal and gateway logins, from PAN-OS's comma-separated lines.
 *
 * Fields: "PAN-OS Administrator's Guide", GlobalProtect Log Fields (PAN-OS 9.1 on) and System Log
 * Fields (before, type SYSTEM, subtype globalprotect). A field with a comma or quote stands in
 * double quotes, a quote in it is doubled.
 */
#include "login.h"
#include "syslog_vendor.h"
#include "text.h"

/* Places of the fields, from 0, in the order of the vendor's format lines. */
enum place {
    PLACE_FIRST = 0, /* FUTURE_USE: always 1 */
    PLACE_TYPE = 3,
    PLACE_SUBTYPE = 4,
    PLACE_EVENT = 8,
    PLACE_SYSTEM_DESCRIPTION = 14,
    PLACE_USER = 12,
    PLACE_MACHINE = 14,
    PLACE_PUBLIC_4 = 15,
    PLACE_PUBLIC_6 = 16,
    PLACE_PRIVATE_4 = 17,
    PLACE_PRIVATE_6 = 18,
    PLACE_VERSION = 21,
    PLACE_REASON = 25,
    PLACE_ERROR = 26,
    PLACE_STATUS = 28,
    PLACE_COUNT
};

/* Events of the GLOBALPROTECT log; the status tells success from failure. */
static const struct {
    const char *event;
    uint8_t kind;
} events[] = {
    { "portal-auth", FACT_LOGIN },
    { "gateway-auth", FACT_LOGIN },
    { "gateway-register", FACT_LOGIN },
    { "gateway-connected", FACT_LOGIN },
    { "gateway-logout", FACT_LOGOUT },
};

/* Descriptions of the older SYSTEM log. */
static const struct syslog_pattern descriptions[] = {
    { "GlobalProtect gateway user authentication succeeded. Login from: {o}, Source region: {x}, "
      "User name: {u}, {x}",
        FACT_LOGIN, "success" },
    { "GlobalProtect gateway user authentication failed. Login from: {o}, Source region: {x}, "
      "User name: {u}, {x}",
        FACT_LOGIN, "failure" },
    { "GlobalProtect portal user authentication succeeded. Login from: {o}, Source region: {x}, "
      "User name: {u}, {x}",
        FACT_LOGIN, "success" },
    { "GlobalProtect portal user authentication failed. Login from: {o}, Source region: {x}, User "
      "name: {u}, {x}",
        FACT_LOGIN, "failure" },
    { "GlobalProtect gateway user authentication succeeded. Login from: {o}, User name: {u}, {x}",
        FACT_LOGIN, "success" },
    { "GlobalProtect gateway user authentication failed. Login from: {o}, User name: {u}, {x}",
        FACT_LOGIN, "failure" },
    { "GlobalProtect gateway user login succeeded. Login from: {o}, Source region: {x}, User name: "
      "{u}, {x}",
        FACT_LOGIN, "success" },
    { "GlobalProtect gateway client configuration generated. User name: {1}, Private IP: {i}, "
      "Client version: {x}",
        FACT_LOGIN, "success" },
    { "GlobalProtect gateway user logout succeeded. User name: {1}, Client OS version: {x}",
        FACT_LOGOUT, NULL },
};

/* The fields there are; false when fewer than `need`. */
static bool
read_fields(struct rd r, struct rd fields[PLACE_COUNT], unsigned need)
{
    unsigned count = 0;

    while (count < PLACE_COUNT && rd_left(&r) > 0) {
        if (!syslog_take_cell(&r, &fields[count]))
            return false;
        count++;
    }
    return count >= need;
}

static bool
put_result(struct fact *f, const struct rd *status)
{
    bool is_success = text_equals_nocase(status, "success");

    if (!is_success && !text_equals_nocase(status, "failure"))
        return false;
    if (f->kind == FACT_LOGIN)
        fact_word(f, KEY_RESULT, is_success ? "success" : "failure");
    return f->kind == FACT_LOGIN || is_success; /* a logout that failed is none */
}

static bool
read_event(const struct rd fields[PLACE_COUNT], struct fact *f)
{
    for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++) {
        if (!text_equals(&fields[PLACE_EVENT], events[i].event))
            continue;
        fact_begin(f, events[i].kind);
        if (!put_result(f, &fields[PLACE_STATUS]))
            return false;
        syslog_account(f, fields[PLACE_USER]);
        (void)login_address(f, KEY_OUTSIDE, fields[PLACE_PUBLIC_4]);
        (void)login_address(f, KEY_OUTSIDE, fields[PLACE_PUBLIC_6]);
        (void)login_address(f, KEY_INSIDE, fields[PLACE_PRIVATE_4]);
        (void)login_address(f, KEY_INSIDE, fields[PLACE_PRIVATE_6]);
        fact_text(f, KEY_REASON, fields[PLACE_REASON].p, rd_left(&fields[PLACE_REASON]));
        fact_text(f, KEY_REASON, fields[PLACE_ERROR].p, rd_left(&fields[PLACE_ERROR]));
        fact_text(f, KEY_SOFTWARE_CLIENT, fields[PLACE_VERSION].p, rd_left(&fields[PLACE_VERSION]));
        fact_text(
            f, KEY_DEVICE_HOST_NAME, fields[PLACE_MACHINE].p, rd_left(&fields[PLACE_MACHINE]));
        return fact_has(f, KEY_ACCOUNT);
    }
    return false;
}

static bool
read(const struct syslog_message *m, struct fact *f)
{
    struct rd fields[PLACE_COUNT];

    if (rd_left(&m->app) > 0 || !read_fields(m->content, fields, PLACE_SYSTEM_DESCRIPTION + 1) ||
        !text_equals(&fields[PLACE_FIRST], "1"))
        return false;
    if (text_equals(&fields[PLACE_TYPE], "SYSTEM") &&
        text_equals(&fields[PLACE_SUBTYPE], "globalprotect"))
        return syslog_match_any(fields[PLACE_SYSTEM_DESCRIPTION], descriptions,
            sizeof(descriptions) / sizeof(*descriptions), f);
    return text_equals(&fields[PLACE_TYPE], "GLOBALPROTECT") &&
           read_fields(m->content, fields, PLACE_COUNT) && read_event(fields, f);
}

const struct syslog_vendor syslog_globalprotect = { "syslog-globalprotect", read };
