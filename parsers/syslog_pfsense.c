/* SPDX-License-Identifier: BSD-2-Clause
 *
 * pfSense and OPNsense: who was let into OpenVPN by the firewall's own user database or what it
 * asks, and who logged into the firewall itself.
 *
 * OpenVPN's and strongSwan's own lines, which both forward as well, are read in their files.
 */
#include "syslog_vendor.h"
#include "text.h"

/* The refusal first: a name in it could end like one of the others. */
static const struct syslog_pattern openvpn[] = {
    { "user '{U}' could not authenticate.", FACT_LOGIN, "failure" },
    { "user '{U}' authenticated", FACT_LOGIN, "success" },
    { "user '{U}' authenticated using '{x}' CSO [{x}", FACT_LOGIN, "success" },
    { "user '{U}' authenticated using '{x}'", FACT_LOGIN, "success" },
    { "openvpn server '{x}' user '{U}' address '{o}' - connected", FACT_LOGIN, "success" },
    { "openvpn server '{x}' user '{U}' address '{o}' - disconnected", FACT_LOGOUT, NULL },
};

static const struct syslog_pattern web[] = {
    { "{w}: Successful login for user '{U}' from: {o} ({x})", FACT_LOGIN, "success" },
    { "{w}: Successful login for user '{U}' from: {o}", FACT_LOGIN, "success" },
    { "{w}: webConfigurator authentication error for user '{U}' from: {o}", FACT_LOGIN, "failure" },
    { "{w}: Web GUI authentication error for '{U}' from {o}", FACT_LOGIN, "failure" },
};

static bool
read(const struct syslog_message *m, struct fact *f)
{
    struct rd app = m->app;

    if (text_take(&app, "openvpn"))
        return syslog_match_any(m->text, openvpn, sizeof(openvpn) / sizeof(*openvpn), f);
    if (text_take(&app, "php-fpm") || text_take(&app, "php") || text_take(&app, "audit"))
        return syslog_match_any(m->text, web, sizeof(web) / sizeof(*web), f);
    return false;
}

const struct syslog_vendor syslog_pfsense = { "syslog-pfsense", read };
