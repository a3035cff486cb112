/* SPDX-License-Identifier: BSD-2-Clause
 *
 * nDPI's verdict: one vote on which tool or VPN a flow is. Names, certificates and fingerprints are
 * the parsers' to tell.
 */
#include "observe_internal.h"
#include "resolved.h"

/* Payload packets nDPI sees at most; what it has not named by then stays unnamed. */
#define FED_TCP 8
#define FED_OTHER 6

static const char *
protocol_of(const struct observer *o, const struct classify_verdict *v)
{
    return classify_name(o->classifier, v->master != CLASSIFY_UNKNOWN ? v->master : v->app);
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

static void
sign_by_verdict(struct observer *o, struct flow *f, const struct classify_verdict *v)
{
    const char *protocol = protocol_of(o, v);
    const struct list_tool *tool = NULL;

    if (is_judged_by_name(v))
        return;
    if (v->app != CLASSIFY_UNKNOWN)
        tool = list_tool_by_ndpi(classify_name(o->classifier, v->app));
    if (tool == NULL && v->master != CLASSIFY_UNKNOWN)
        tool = list_tool_by_ndpi(classify_name(o->classifier, v->master));
    if (!rests_on_name(v, tool))
        session_sign(o->sessions, f, tool, SIGN_NDPI, protocol, NULL);
}

/* A flow without any name of its own has the one that its client asked the DNS for. */
static void
sign_by_answer(struct observer *o, struct flow *f, const char *protocol)
{
    if (f->session == NULL && (f->marks & FLOW_HAS_NAME) == 0 && o->request.resolved != NULL)
        session_sign(o->sessions, f,
            resolved_find(o->request.resolved, &f->address[FLOW_CLIENT], &f->address[FLOW_SERVER],
                o->request.emitter->now.time_us),
            SIGN_DNS, protocol, NULL);
}

static void
release(struct observer *o, struct flow *f)
{
    classify_end(o->classifier, f->classify);
    f->classify = NULL;
    f->marks |= FLOW_CLASSIFIED;
}

void
observe_settled(struct observer *o, struct flow *f, const char *protocol)
{
    if (f->session != NULL)
        return;
    release(o, f);
    sign_by_answer(o, f, protocol);
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
    sign_by_verdict(o, f, &v);
    if (v.host == NULL && v.subject == NULL)
        sign_by_answer(o, f,
            f->ndpi_app != CLASSIFY_UNKNOWN || f->ndpi_master != CLASSIFY_UNKNOWN
                ? protocol_of(o, &v)
                : observe_transport(f->protocol));
    release(o, f);
}

void
observe_classify_anew(struct observer *o, struct flow *f)
{
    if (f->classify != NULL)
        observe_verdict(o, f);
    f->marks &= ~FLOW_CLASSIFIED;
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
    if (is_done)
        observe_verdict(o, f);
}
