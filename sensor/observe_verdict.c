/* SPDX-License-Identifier: BSD-2-Clause
 *
 * nDPI's verdict as observations: names of hosts, fingerprints of devices, banners, and the signs
 * that make a flow a session. Names and JA3 are told at the packet that held them, the rest when
 * nDPI has decided. Facts about a device (JA3, HASSH, user agent) are told once an hour for each
 * client, since every one of its flows repeats them.
 */
#include "observe_internal.h"
#include "resolved.h"

/* Payload packets nDPI sees at most; what it has not named by then stays unnamed. */
#define FED_TCP 12
#define FED_OTHER 8

/* Parsers read what DNS, NetBIOS and HTTP say. */
static const char *const host_words[] = {
    [HOST_NONE] = NULL,
    [HOST_DNS] = NULL,
    [HOST_MDNS] = NULL,
    [HOST_NBNS] = NULL,
    [HOST_HTTP] = NULL,
    [HOST_TLS] = "sni",
};

static const char *
protocol_of(const struct observer *o, const struct classify_verdict *v)
{
    return classify_name(o->classifier, v->master != CLASSIFY_UNKNOWN ? v->master : v->app);
}

static void
tell_name(struct observer *o, const struct flow *f, const char *protocol, const char *what,
    const char *name, bool of_server)
{
    struct fact fact;

    fact_begin(&fact, FACT_NAME);
    fact_word(&fact, KEY_WHAT, what);
    fact_text(&fact, KEY_NAME, name, strlen(name));
    if (of_server)
        fact_address(&fact, KEY_ADDRESS, &f->address[FLOW_SERVER]);
    emitter_send(o->request.emitter, f, protocol, &fact);
}

static void
tell_fingerprint(struct observer *o, const struct flow *f, const char *protocol, enum fact_key key,
    const char *text)
{
    struct fact fact;

    if (text == NULL)
        return;
    fact_begin(&fact, FACT_DEVICE);
    fact_address(&fact, KEY_ADDRESS, &f->address[FLOW_CLIENT]);
    fact_text(&fact, key, text, strlen(text));
    if (observe_is_news(o, f, &fact))
        emitter_send(o->request.emitter, f, protocol, &fact);
}

static void
sign_by_host(struct observer *o, struct flow *f, const struct classify_verdict *v)
{
    bool is_web = false;
    const struct list_tool *tool = list_tool_by_domain(v->host, &is_web);

    if (tool == NULL || is_web)
        return;
    if (v->host_kind == HOST_TLS)
        session_sign(o->sessions, f, tool, SIGN_SNI, protocol_of(o, v), NULL);
}

/* What a first hello or request holds. */
static void
tell_hello(struct observer *o, struct flow *f, const struct classify_verdict *v)
{
    const char *protocol = protocol_of(o, v);

    if (v->host != NULL && host_words[v->host_kind] != NULL && (f->marks & FLOW_NAME_SEEN) == 0) {
        f->marks |= FLOW_NAME_SEEN;
        tell_name(o, f, protocol, host_words[v->host_kind], v->host, v->host_kind == HOST_TLS);
        sign_by_host(o, f, v);
    }
    if (v->ja3_client != NULL && (f->marks & FLOW_JA3_SEEN) == 0) {
        f->marks |= FLOW_JA3_SEEN;
        tell_fingerprint(o, f, protocol, KEY_FINGERPRINT_JA3, v->ja3_client);
    }
}

static void
tell_rest(struct observer *o, struct flow *f, const struct classify_verdict *v)
{
    const char *protocol = protocol_of(o, v);

    if (v->subject != NULL)
        tell_name(o, f, protocol, "certificate", v->subject, true);
}

/* nDPI names flows by their host's name as well as by their bytes. Of names our own table is the
 * judge: a page of the vendor is no session of its tool, nor is another name than the tool's
 * machines have, and a look-up never is. */
static bool
is_judged_by_name(const struct classify_verdict *v)
{
    bool is_web = false;

    if (v->host == NULL)
        return false;
    if (v->host_kind != HOST_TLS && v->host_kind != HOST_HTTP)
        return true;
    return list_tool_by_domain(v->host, &is_web) != NULL && is_web;
}

static bool
rests_on_name(const struct classify_verdict *v, const struct list_tool *tool)
{
    return tool != NULL && v->host != NULL && tool->domains[0] != '\0';
}

/* AnyDesk's program signs its own certificate; its relays have the vendor's. */
static bool
is_of_peer(const char *subject)
{
    return subject != NULL && strstr(subject, "AnyDesk Client") != NULL;
}

static void
sign_by_verdict(struct observer *o, struct flow *f, const struct classify_verdict *v)
{
    const char *protocol = protocol_of(o, v);
    const struct list_tool *tool = NULL;

    if (is_judged_by_name(v))
        return;
    if (v->subject != NULL)
        tool = list_tool_by_certificate(v->subject);
    if (tool == NULL && v->issuer != NULL)
        tool = list_tool_by_certificate(v->issuer);
    if (tool != NULL) {
        session_sign(o->sessions, f, tool,
            is_of_peer(v->subject) ? SIGN_PEER_CERTIFICATE : SIGN_CERTIFICATE, protocol, NULL);
        return;
    }
    if (v->app != CLASSIFY_UNKNOWN)
        tool = list_tool_by_ndpi(classify_name(o->classifier, v->app));
    if (tool == NULL && v->master != CLASSIFY_UNKNOWN)
        tool = list_tool_by_ndpi(classify_name(o->classifier, v->master));
    if (!rests_on_name(v, tool))
        session_sign(o->sessions, f, tool, SIGN_NDPI, protocol, NULL);
}

/* A flow without any name of its own has the one that its client asked the DNS for. */
static void
sign_by_answer(struct observer *o, struct flow *f, const struct classify_verdict *v)
{
    bool is_known = v->app != CLASSIFY_UNKNOWN || v->master != CLASSIFY_UNKNOWN;
    const struct list_tool *tool;

    if (f->session != NULL || v->host != NULL || v->subject != NULL || o->request.resolved == NULL)
        return;
    tool = resolved_find(o->request.resolved, &f->address[FLOW_CLIENT], &f->address[FLOW_SERVER],
        o->request.emitter->now.time_us);
    session_sign(o->sessions, f, tool, SIGN_DNS,
        is_known ? protocol_of(o, v) : observe_transport(f->protocol), NULL);
}

void
observe_verdict(struct observer *o, struct flow *f)
{
    struct classify_verdict v;

    classify_give_up(o->classifier, f->classify);
    classify_look(f->classify, &v);
    f->ndpi_app = v.app;
    f->ndpi_master = v.master;
    f->ndpi_category = v.category;
    f->ndpi_risks = v.risks;
    tell_hello(o, f, &v);
    tell_rest(o, f, &v);
    sign_by_verdict(o, f, &v);
    sign_by_answer(o, f, &v);
    classify_end(o->classifier, f->classify);
    f->classify = NULL;
    f->marks |= FLOW_CLASSIFIED;
}

void
observe_classify_anew(struct observer *o, struct flow *f)
{
    if (f->classify != NULL)
        observe_verdict(o, f);
    f->marks &= (uint16_t) ~(FLOW_CLASSIFIED | FLOW_NAME_SEEN | FLOW_JA3_SEEN);
}

void
observe_classify(struct observer *o, struct flow *f, const struct packet *p)
{
    bool is_done;

    if (f->classify == NULL &&
        (!o->request.classify || (f->classify = classify_begin(o->classifier, f,
                                      o->request.emitter->now.time_us)) == NULL)) {
        f->marks |= FLOW_CLASSIFIED;
        return;
    }
    is_done = classify_packet(o->classifier, f->classify, p->ip, p->ip_captured,
        o->request.emitter->now.time_us, f->protocol == FLOW_PROTOCOL_TCP ? FED_TCP : FED_OTHER);
    if ((f->marks & FLOW_NAME_SEEN) == 0 && classify_has_host(f->classify)) {
        struct classify_verdict v;

        classify_look(f->classify, &v);
        tell_hello(o, f, &v);
    }
    if (is_done)
        observe_verdict(o, f);
}
