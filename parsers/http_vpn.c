/* SPDX-License-Identifier: BSD-2-Clause
 *
 * VPNs that begin as HTTP, where it can be read (at a TLS terminator, or decrypted): AnyConnect and
 * ocserv (draft-mavrogiannopoulos-openconnect: CONNECT /CSCOSSLC/tunnel, X-CSTP fields, XML
 * config-auth), GlobalProtect (/ssl-vpn/, /ssl-tunnel-connect.sslvpn), FortiGate (/remote/), Ivanti
 * (Upgrade: IF-T/TLS 1.0, TCG IF-T Binding to TLS; before it /dana/js), SSTP ([MS-SSTP] 3.1.5),
 * SoftEther (/vpnsvc/). Names are taken only from the log-in pages of these products, whose field
 * names are known.
 */
#include "http_internal.h"
#include "login.h"
#include "text.h"

#define NAME_BYTES 128

/* What the first bytes of the target, with this method, say. */
static const struct {
    const char *method, *target, *app; /* method NULL: any; app NULL: a log-in page alone */
    enum http_form form;
} known[] = {
    { "SSTP_DUPLEX_POST", "/sra_{BA195980-CD49-458b-9E23-C84EE0ADCD75}/", "SSTP", HTTP_FORM_NONE },
    { "CONNECT", "/CSCOSSLC/tunnel", "AnyConnect", HTTP_FORM_NONE },
    { "GET", "/ssl-tunnel-connect.sslvpn", "GlobalProtect", HTTP_FORM_NONE },
    { "POST", "/ssl-vpn/login.esp", NULL, HTTP_FORM_USER },
    { "POST", "/global-protect/getconfig.esp", NULL, HTTP_FORM_USER },
    { "GET", "/remote/sslvpn-tunnel", "FortiClient", HTTP_FORM_NONE },
    { "GET", "/remote/fortisslvpn_xml", NULL, HTTP_FORM_NONE },
    { "POST", "/remote/logincheck", NULL, HTTP_FORM_USERNAME },
    { "POST", "/dana-na/auth/", NULL, HTTP_FORM_USERNAME },
    { "POST", "/dana/js?prot=1", "Pulse Secure", HTTP_FORM_NONE },
    { "POST", "/vpnsvc/connect.cgi", "SoftEther", HTTP_FORM_NONE },
    { "POST", "/vpnsvc/vpn.cgi", "SoftEther", HTTP_FORM_NONE },
};

static void
tell_session(const char *app, struct http_state *s, const struct parse_output *out)
{
    struct fact f;

    if (s->vpn_told)
        return;
    s->vpn_told = true;
    fact_begin(&f, FACT_SESSION_OPEN);
    fact_word(&f, KEY_APP, app);
    out->fact(out->context, &f);
}

enum http_form
http_vpn_request(const struct http_head *h, struct http_state *s, const struct parse_output *out)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct rd target = h->target;

        if (!text_equals(&h->method, known[i].method) || !text_take(&target, known[i].target))
            continue;
        if (known[i].app != NULL)
            tell_session(known[i].app, s, out);
        return known[i].form;
    }
    if (h->upgrade.ok && text_contains(h->upgrade, "IF-T/TLS"))
        tell_session("Pulse Secure", s, out);
    if (text_equals(&h->method, "POST") && h->content_type.ok &&
        text_contains(h->content_type, "xml") && text_contains(h->user_agent, "AnyConnect"))
        return HTTP_FORM_ANYCONNECT;
    return HTTP_FORM_NONE;
}

void
http_vpn_response(const struct http_head *h, struct http_state *s, const struct parse_output *out)
{
    if (h->is_cstp)
        tell_session("AnyConnect", s, out);
}

/* application/x-www-form-urlencoded: + is a space, %xx an octet. */
static struct rd
decode_form(struct rd text, uint8_t room[NAME_BYTES])
{
    size_t n = 0;

    while (rd_left(&text) > 0 && n < NAME_BYTES) {
        uint8_t c = rd_u8(&text);

        if (c == '%') {
            int high = text_hex_value(rd_u8(&text)), low = text_hex_value(rd_u8(&text));

            if (!text.ok || high < 0 || low < 0)
                return (struct rd){ 0 };
            c = (uint8_t)(high << 4 | low);
        } else if (c == '+') {
            c = ' ';
        }
        room[n++] = c;
    }
    return rd_of(room, n);
}

static struct rd
form_field(struct rd body, const char *name, uint8_t room[NAME_BYTES])
{
    struct rd pair, key;

    while (rd_left(&body) > 0) {
        if (!text_take_until(&body, "&", &pair))
            pair = text_take_rest(&body);
        if (text_take_until(&pair, "=", &key) && text_equals(&key, name))
            return decode_form(pair, room);
    }
    return (struct rd){ 0 };
}

/* <username>name</username> of a config-auth reply. */
static struct rd
xml_name(struct rd body)
{
    struct rd before, name;

    if (text_take_until(&body, "<username>", &before) &&
        text_take_until(&body, "</username>", &name))
        return name;
    return (struct rd){ 0 };
}

void
http_vpn_form(
    enum http_form form, struct rd body, struct http_state *s, const struct parse_output *out)
{
    uint8_t room[NAME_BYTES];
    struct rd name = form == HTTP_FORM_ANYCONNECT
                         ? xml_name(body)
                         : form_field(body, form == HTTP_FORM_USER ? "user" : "username", room);
    struct fact f;

    if (!name.ok || rd_left(&name) == 0)
        return;
    login_begin_attempt(&f, "http-form", (uint16_t)(s->asked - 1)); /* its head has been counted */
    login_account(&f, name);
    out->fact(out->context, &f);
}
