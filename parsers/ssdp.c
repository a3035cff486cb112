/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SSDP, the discovery of UPnP (UPnP Device Architecture 2.0, 1): messages of HTTP in datagrams. Who
 * searches tells what for, and with which program; who answers or announces itself tells its system
 * and product, in that order around the word UPnP (1.2.2). Descriptions are fetched by HTTP.
 */
#include "http_internal.h"
#include "text.h"

extern const struct parser parser_ssdp;

#define PORT_SSDP 1900

static void
tell(enum fact_kind kind, enum fact_key key, const char *what, struct rd text,
    const struct parse_output *out)
{
    struct fact f;

    if (rd_left(&text) == 0)
        return;
    fact_begin(&f, kind);
    fact_word(&f, KEY_WHAT, what);
    fact_text(&f, key, text.p, rd_left(&text));
    out->fact(out->context, &f);
}

/* "Linux/5.10 UPnP/1.0 Product/2.1"; some put commas between. */
static void
tell_device(const struct parse_input *in, struct rd server, const struct parse_output *out)
{
    struct rd os, version, model;
    struct fact f;

    if (!text_take_until(&server, " UPnP/", &os) || !text_take_until(&server, " ", &version))
        return;
    model = text_trim(server);
    os = text_trim(os);
    if (rd_left(&os) > 0 && os.end[-1] == ',')
        os.end--;
    if (rd_left(&os) == 0 && rd_left(&model) == 0)
        return;
    fact_begin(&f, FACT_DEVICE);
    fact_address(&f, KEY_ADDRESS, &in->source);
    fact_text(&f, KEY_OS, os.p, rd_left(&os));
    fact_text(&f, KEY_MODEL, model.p, rd_left(&model));
    out->fact(out->context, &f);
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct http_head h;
    struct rd r = in->data;
    enum parse_result result = http_read_head(&r, true, &h);

    if (result != PARSE_OK)
        return result;
    if (h.is_request && !text_equals(&h.method, "M-SEARCH") && !text_equals(&h.method, "NOTIFY"))
        return PARSE_NOT_MINE;
    tell(FACT_NAME, KEY_NAME, "http-host", h.host, out);
    tell(FACT_NAME, KEY_NAME, "ssdp", h.search_target, out);
    tell(FACT_NAME, KEY_NAME, "ssdp", h.notification_type, out);
    tell(FACT_BANNER, KEY_TEXT, "http-user-agent", h.user_agent, out);
    tell(FACT_BANNER, KEY_TEXT, "http-server", h.server, out);
    tell_device(in, h.server, out);
    rd_skip(&r, rd_left(&r)); /* there is no body */
    in->data = r;
    return PARSE_OK;
}

const struct parser parser_ssdp = {
    .name = "ssdp",
    .transports = PARSER_UDP,
    .ports = { PORT_SSDP },
    .settles = true,
    .parse = parse,
};
