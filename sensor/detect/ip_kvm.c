/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A KVM over IP: hardware that drives a computer from its video and keyboard sockets, with nothing
 * installed on it. It gives itself away by its name: host name, certificate, web page, cloud.
 */
#include "../../conf/list.h"
#include "detect.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SQUEEZED 256
#define KVM_NAME 32
#define KVMS_MAX 32

static const char *const attack[] = { "T1219.003", "T1200", NULL };
static const char *const references[] = {
    "MITRE ATT&CK T1219.003: remote access hardware",
    NULL,
};

/* Letters and digits, in lower case: "Pi-KVM web" and "pikvm" are one name. */
static void
squeeze(char *out, size_t size, const char *text)
{
    size_t n = 0;

    for (; *text != '\0' && n + 1 < size; text++)
        if (isalnum((unsigned char)*text))
            out[n++] = (char)tolower((unsigned char)*text);
    out[n] = '\0';
}

/* The KVMs among the tools, by their squeezed names. */
struct kvms {
    unsigned count;
    struct kvm {
        const struct list_tool *tool;
        char name[KVM_NAME];
    } list[KVMS_MAX];
};

/* What is printed on the box. */
static const struct {
    const char *name, *tool;
} other_names[] = {
    { "glrm1", "GLKVM" }, /* the Comet's type */
    { "cometkvm", "GLKVM" },
    { "kvmcomet", "GLKVM" },
    { "glcomet", "GLKVM" },
    { "glinetcomet", "GLKVM" },
};

static void
add_kvm(struct kvms *k, const struct list_tool *tool, const char *name)
{
    if (tool == NULL || k->count == KVMS_MAX)
        return;
    k->list[k->count].tool = tool;
    squeeze(k->list[k->count++].name, KVM_NAME, name);
}

static void *
open_kvms(const struct detect *d)
{
    struct kvms *k = calloc(1, sizeof *k);
    unsigned count;
    const struct list_tool *tools = list_tools(&count);

    (void)d;
    for (unsigned i = 0; k != NULL && i < count; i++)
        if (strcmp(tools[i].class_name, "ip-kvm") == 0)
            add_kvm(k, &tools[i], tools[i].name);
    for (size_t i = 0; k != NULL && i < sizeof other_names / sizeof other_names[0]; i++)
        add_kvm(k, list_tool_by_name(other_names[i].tool), other_names[i].name);
    return k;
}

static const struct list_tool *
named_in(const struct kvms *k, const char *text)
{
    char squeezed[SQUEEZED];

    squeeze(squeezed, sizeof squeezed, text);
    for (unsigned i = 0; k != NULL && i < k->count; i++)
        if (strstr(squeezed, k->list[i].name) != NULL)
            return k->list[i].tool;
    return NULL;
}

/* Makers of KVMs and of what KVMs are built on. */
static const struct {
    const char *vendor, *tool;
} makers[] = {
    { "Raritan", "Raritan" },
    { "GL Technologies", "GLKVM" },
    { "Sipeed", "NanoKVM" },
    { "Raspberry Pi", "PiKVM" },
};

/* The maker's card counts with one more sign: a name that says what the machine is for. */
static const struct list_tool *
made_by(const struct fact *f, const char *text)
{
    const char *vendor = fact_get_text(f, KEY_VENDOR);
    char squeezed[SQUEEZED];

    squeeze(squeezed, sizeof squeezed, text);
    if (vendor == NULL || strstr(squeezed, "kvm") == NULL)
        return NULL;
    for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++)
        if (strncasecmp(vendor, makers[i].vendor, strlen(makers[i].vendor)) == 0)
            return list_tool_by_name(makers[i].tool);
    return NULL;
}

/* A name that its owner gave: in no domain, or in one that only a home or an office has. A name in
 * a public domain is somebody's web page. */
static bool
is_local_name(const char *name)
{
    static const char *const local[] = { ".local", ".lan", ".home", ".internal", ".home.arpa" };
    size_t n = strlen(name);

    for (size_t i = 0; i < sizeof local / sizeof local[0]; i++)
        if (n > strlen(local[i]) && strcasecmp(name + n - strlen(local[i]), local[i]) == 0)
            return true;
    return strchr(name, '.') == NULL;
}

/* Page or certificate of a server on the internet, and not at the watched site: what the vendor, or
 * a review, shows of itself. */
static bool
is_public_page(const struct detect *d, const struct detect_event *e)
{
    const struct observation *o = e->observation;

    return o->has_flow && locality_of(d->config, &o->destination) == LOCALITY_OUTSIDE &&
           !locality_same(&o->destination, &e->address);
}

/* What of the observation may name a device, and in which words that is said. */
static const char *
naming_text(const struct detect *d, const struct detect_event *e, const char **what)
{
    const struct fact *f = &e->observation->fact;
    const char *name = fact_get_text(f, KEY_NAME);

    if (f->kind == FACT_DEVICE) {
        *what = "host name";
        return fact_get_text(f, KEY_HOST_NAME);
    }
    if (f->kind == FACT_BANNER &&
        (fact_is(f, KEY_WHAT, "http-title") || fact_is(f, KEY_WHAT, "http-server"))) {
        *what = fact_get_text(f, KEY_WHAT);
        return is_public_page(d, e) ? NULL : fact_get_text(f, KEY_TEXT);
    }
    if (f->kind != FACT_NAME || name == NULL)
        return NULL;
    *what = fact_get_text(f, KEY_WHAT);
    if (fact_is(f, KEY_WHAT, "certificate"))
        return is_public_page(d, e) ? NULL : name;
    return is_local_name(name) ? name : NULL;
}

/* Of a device that was told. */
struct history {
    struct in6_addr address; /* as whose it was */
};

static const struct memory_field history_memory[] = {
    MEMORY_BYTES(struct history, address),
    MEMORY_END,
};

static bool
is_link_local(const struct device *d)
{
    return IN6_IS_ADDR_LINKLOCAL(&d->address);
}

/* One card, or one name in one network, which an address of the link alone does not tell. */
static bool
is_same_machine(const struct device *a, const struct device *b)
{
    return (a->mac[0] != '\0' && strcasecmp(a->mac, b->mac) == 0) ||
           ((is_link_local(a) || is_link_local(b)) && a->host_name[0] != '\0' &&
               strcasecmp(a->host_name, b->host_name) == 0);
}

/* A machine that was told by another address of its own is that one. False: wait until it is known
 * what else has this address. */
static bool
find_machine(const struct detect *d, struct in6_addr *address)
{
    struct device *own = accounts_find_device(d->accounts, address), *other;
    const struct history *told = NULL;
    struct history *kept;

    if (own == NULL)
        return !IN6_IS_ADDR_LINKLOCAL(address);
    for (other = accounts_first_device(d->accounts); other != NULL && told == NULL;
         other = other->hh.next)
        if (other == own || is_same_machine(other, own))
            told = device_memory_find(other, d->detector->name);
    if (told != NULL) {
        *address = told->address;
        return true;
    }
    kept = device_memory(own, d->detector->name, sizeof *kept);
    if (kept != NULL)
        kept->address = *address;
    return true;
}

static void
run(const struct detect *d, const struct detect_event *e)
{
    const struct fact *f = &e->observation->fact;
    struct detect_event at = *e;
    const struct list_tool *tool = NULL;
    const char *what = NULL, *text, *quote[2];
    bool is_name;
    struct sighting s;
    char who[sizeof s.who];

    if (f->kind == FACT_SESSION_OPEN) {
        what = fact_get_text(f, KEY_SIGN);
        text = fact_get_text(f, KEY_APP);
        if (fact_is(f, KEY_CLASS, "ip-kvm") && text != NULL &&
            !(fact_is(f, KEY_SIGN, "certificate") && is_public_page(d, e)))
            tool = list_tool_by_name(text);
    } else if ((text = naming_text(d, e, &what)) != NULL) {
        tool = named_in(d->state, text);
        tool = tool != NULL ? tool : made_by(f, text);
    }
    if (tool == NULL || (e->account == NULL && !find_machine(d, &at.address)))
        return;
    detect_begin(&s, d, &at);
    detect_claim(&s, NULL, what == NULL ? "sign" : what, "%s", text);
    detect_who_within(&s, who, sizeof who);
    is_name = f->kind != FACT_SESSION_OPEN;
    quote[0] = is_name ? " \"" : "";
    quote[1] = is_name ? "\"" : "";
    detect_say(&s,
        "A KVM over IP (%s, told by its %s%s%s%s) is in the network of %s: whoever reaches it "
        "drives a computer without any program on it.",
        tool->name, what == NULL ? "session" : detect_words(what), quote[0], is_name ? text : "",
        quote[1], who);
    findings_sight(d->findings, &s);
}

const struct detector detect_ip_kvm = {
    .name = "ip-kvm",
    .about = "a KVM over IP beside a watched device",
    .rule = "A device that names itself as PiKVM, TinyPilot, JetKVM, NanoKVM, GLKVM, BliKVM or "
            "Raritan: by its host name (DHCP, mDNS, a local DNS name), certificate, web page's "
            "title or server, or the cloud that it reports to; or one with a maker's MAC that "
            "calls itself a KVM. A look-up of the vendor's page is no sign.",
    .blind = "A KVM that was renamed, and from the company's side every one: it stands at home.",
    .family = FAMILY_DRIVING,
    .signs = FINDING_SIGN_DRIVEN,
    .severity = SEVERITY_HIGH,
    .weight = 4,
    .attack = attack,
    .references = references,
    .action =
        "Ask for a photograph of the desk and the laptop's ports; look for EDID and USB names "
        "of a KVM on the laptop.",
    .wants = WANTS(EVENT_SIGN),
    .run = run,
    .open = open_kvms,
    .close = free,
    .memory_version = 1,
    .memory_bytes = sizeof(struct history),
    .memory_fields = history_memory,
};
