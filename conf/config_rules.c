/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Errors are what a start would stumble over or what cannot be meant; warnings are what an operator
 * will want to know before wondering why nothing, or everything, is alerted on.
 */
#include "config_rules.h"
#include "config_near.h"
#include "list.h"

#include <stdlib.h>
#include <string.h>

#define PATH_SIZE 96

/* A name that no tool has exempts nothing. Only a warning: the list of tools grows. */
static void
check_tools(struct config_report *r, const struct config_texts *names,
    const struct config_node *list, const char *path)
{
    const struct config_node *at = list == NULL ? NULL : list->first;
    unsigned count;
    const struct list_tool *tools = list_tools(&count);

    for (unsigned i = 0; i < names->count && at != NULL; i++, at = at->next) {
        struct config_near near = config_near_of(names->list[i]);
        bool is_known = false;

        for (unsigned t = 0; t < count && !is_known; t++) {
            is_known = list_same_tool(names->list[i], tools[t].name);
            config_near_try(&near, tools[t].name);
        }
        if (!is_known)
            config_report_warning(r, at, path, "no tool of --list-tools is named '%s'%s%s%s",
                names->list[i], near.best != NULL ? "; did you mean '" : "",
                near.best != NULL ? near.best : "", near.best != NULL ? "'?" : "");
    }
}

static void
check_cases(struct config_report *r, const struct config *c, const struct config_node *root)
{
    if (c->cases.medium > c->cases.high || c->cases.high > c->cases.critical)
        config_report_error(r, config_node_child(root, "cases"), "cases",
            "expected medium <= high <= critical, found %g, %g, %g", c->cases.medium, c->cases.high,
            c->cases.critical);
}

static bool
holds_everything(const struct cidr *c)
{
    struct in6_addr zero_v4 = { .s6_addr = { [10] = 0xff, [11] = 0xff } };

    return c->bits == 0 || (c->bits <= 96 && memcmp(&c->address, &zero_v4, sizeof(zero_v4)) == 0);
}

static bool
is_catch_all(const struct config_suppress *s)
{
    return s->detector == NULL && s->account == NULL && s->site == NULL && s->port == 0 &&
           s->domain == NULL && s->asn == 0 && (!s->has_network || holds_everything(&s->network));
}

static void
check_suppress(
    struct config_report *r, const struct config *c, const struct config_node *root, int64_t now)
{
    const struct config_node *list = config_node_child(root, "suppress");
    char path[PATH_SIZE];

    for (unsigned i = 0; i < c->suppress_count; i++) {
        const struct config_node *at = config_node_entry(list, i);

        snprintf(path, sizeof(path), "suppress[%u]", i);
        if (is_catch_all(&c->suppress[i]))
            config_report_warning(r, at, path, "it matches every alert: nothing will be written");
        if (c->suppress[i].until != 0 && c->suppress[i].until <= now)
            config_report_warning(r, config_node_child(at, "until"), path,
                "it has expired: alerts of today are written");
    }
}

static void
check_output(struct config_report *r, const struct config_output *o, const struct config_node *at,
    const char *path)
{
    if (o->type == OUTPUT_SYSLOG) {
        if (o->url == NULL)
            config_report_error(r, at, path, "expected a url, since its type is syslog");
        if (o->path != NULL)
            config_report_error(r, config_node_child(at, "path"), path,
                "expected no path: syslog goes to a url (unix:PATH for a socket)");
    } else {
        if (o->path == NULL)
            config_report_error(
                r, at, path, "expected a path (- is standard output), since its type is a file's");
        if (o->url != NULL)
            config_report_error(
                r, config_node_child(at, "url"), path, "expected no url: only syslog goes to one");
        if (o->format == SYSLOG_CEF)
            config_report_error(r, config_node_child(at, "format"), path,
                "expected no cef: it is a form of syslog messages");
    }
    if (o->what == 0)
        config_report_error(r, config_node_child(at, "what"), path,
            "expected one or more of alerts observations health");
}

static void
check_outputs(struct config_report *r, const struct config *c, const struct config_node *root)
{
    const struct config_node *list = config_node_child(root, "outputs");
    char path[PATH_SIZE];

    for (unsigned i = 0; i < c->output_count; i++) {
        snprintf(path, sizeof(path), "outputs[%u]", i);
        check_output(r, &c->outputs[i], config_node_entry(list, i), path);
    }
}

void
config_rules_check(
    struct config_report *r, const struct config *c, const struct config_node *root, int64_t now)
{
    const struct config_node *policy = config_node_child(root, "policy");

    check_tools(r, &c->policy.approved_tools, config_node_child(policy, "approved-tools"),
        "policy.approved-tools");
    check_tools(r, &c->policy.approved_vpns, config_node_child(policy, "approved-vpns"),
        "policy.approved-vpns");
    check_cases(r, c, root);
    check_suppress(r, c, root, now);
    check_outputs(r, c, root);
    if (c->policy.watch_roster && c->roster_path == NULL)
        config_report_error(r, config_node_child(policy, "watch"), "policy.watch",
            "expected a roster, since only its accounts are to be watched");
}

/* An account as it is compared: without realm, unless realms are kept. */
struct name {
    const char *text;
    size_t length;
    unsigned contractor, account;
};

static struct name
name_of(const char *text, bool keep_realm)
{
    const char *backslash = strrchr(text, '\\');
    struct name n = { .text = text };

    if (!keep_realm && backslash != NULL && backslash[1] != '\0')
        n.text = backslash + 1;
    n.length = strlen(n.text);
    if (!keep_realm && strchr(n.text, '@') > n.text)
        n.length = strcspn(n.text, "@");
    return n;
}

static int
compare_names(const void *a, const void *b)
{
    const struct name *x = a, *y = b;
    size_t shorter = x->length < y->length ? x->length : y->length;
    int order = strncasecmp(x->text, y->text, shorter);

    if (order == 0 && x->length != y->length)
        order = x->length < y->length ? -1 : 1;
    return order != 0 ? order : (x->contractor > y->contractor) - (x->contractor < y->contractor);
}

/* One account cannot be two people: their claims would contradict each other. */
static void
check_accounts(struct config_report *r, const struct config *c, const struct config_node *list)
{
    struct name *names;
    unsigned count = 0;
    char path[PATH_SIZE];

    for (unsigned i = 0; i < c->contractor_count; i++)
        count += c->contractors[i].accounts.count;
    names = calloc(count + 1u, sizeof(*names));
    if (names == NULL) {
        config_report_error(r, list, "contractors", "out of memory");
        return;
    }
    count = 0;
    for (unsigned i = 0; i < c->contractor_count; i++)
        for (unsigned j = 0; j < c->contractors[i].accounts.count; j++) {
            names[count] = name_of(c->contractors[i].accounts.list[j], c->policy.keep_realms);
            names[count].contractor = i;
            names[count++].account = j;
        }
    qsort(names, count, sizeof(*names), compare_names);
    for (unsigned i = 1; i < count; i++) {
        const struct name *n = &names[i], *before = &names[i - 1];
        const struct config_node *entry;

        if (n->contractor == before->contractor || n->length != before->length ||
            strncasecmp(n->text, before->text, n->length) != 0)
            continue;
        entry = config_node_entry(list, n->contractor); /* walks the list: not for every name */
        snprintf(path, sizeof(path), "contractors[%u].accounts[%u]", n->contractor, n->account);
        config_report_error(r, config_node_entry(config_node_child(entry, "accounts"), n->account),
            path, "expected each account at one contractor, found '%.*s' at %s too", (int)n->length,
            n->text, c->contractors[before->contractor].name);
    }
    free(names);
}

void
config_rules_check_roster(
    struct config_report *r, const struct config *c, const struct config_node *root)
{
    const struct config_node *list = config_node_child(root, "contractors");
    const struct config_node *at = list == NULL ? NULL : list->first;
    char path[PATH_SIZE];

    for (unsigned i = 0; i < c->contractor_count && at != NULL; i++, at = at->next) {
        const struct config_contractor *p = &c->contractors[i];

        snprintf(path, sizeof(path), "contractors[%u]", i);
        if (p->accounts.count == 0)
            config_report_warning(
                r, at, path, "%s has no accounts: no login will be known as theirs", p->name);
        check_tools(r, &p->approved_tools, config_node_child(at, "approved-tools"), path);
        if (p->start != 0 && p->end != 0 && p->end < p->start)
            config_report_error(r, config_node_child(at, "end"), path,
                "expected an end that is not before the start");
    }
    check_accounts(r, c, list);
}

static bool
looks_for_nothing(const struct config_indicator *i)
{
    return i->domains.count == 0 && i->networks.count == 0 && i->asn_count == 0 &&
           i->ja3.count == 0 && i->ja4.count == 0 && i->certificates.count == 0 &&
           i->macs.count == 0;
}

static void
fill_from_confidence(struct config_indicator *i)
{
    static const struct {
        enum config_severity severity;
        double weight;
    } of[] = {
        [CONFIDENCE_CONFIRMED] = { SEVERITY_HIGH, 5 },
        [CONFIDENCE_REPORTED] = { SEVERITY_MEDIUM, 3 },
        [CONFIDENCE_UNVERIFIED] = { SEVERITY_LOW, 1.5 },
    };

    if (!i->has_severity)
        i->severity = of[i->confidence].severity;
    if (!i->has_weight)
        i->weight = of[i->confidence].weight;
}

void
config_rules_check_indicators(struct config_report *r, struct config_indicator *list,
    unsigned count, const struct config_node *root, int64_t now)
{
    const struct config_node *nodes = config_node_child(root, "indicators");
    const struct config_node *at = nodes == NULL ? NULL : nodes->first;
    char path[PATH_SIZE];

    for (unsigned i = 0; i < count; i++, at = at->next) {
        snprintf(path, sizeof(path), "indicators[%u]", i);
        fill_from_confidence(&list[i]);
        if (looks_for_nothing(&list[i]))
            config_report_error(r, at, path,
                "expected one or more of domains networks asns ja3 ja4 certificates macs");
        if (list[i].expires != 0 && list[i].expires <= now)
            config_report_warning(r, config_node_child(at, "expires"), path,
                "'%s' has expired and is not looked for in traffic of today", list[i].name);
        if (list[i].confidence == CONFIDENCE_UNVERIFIED && list[i].severity > SEVERITY_MEDIUM) {
            list[i].severity = SEVERITY_MEDIUM;
            config_report_warning(r, config_node_child(at, "severity"), path,
                "'%s' is unverified, so that medium is the most it can be", list[i].name);
        }
    }
}
