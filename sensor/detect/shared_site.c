/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Several accounts behind one home's address: the shape of a laptop farm (90 laptops stood in one
 * home of the Chapman case). Space that many strangers share by nature is no home.
 */
#include "detect.h"
#include <stdio.h>

enum { KEY_ACCOUNTS, KEY_APART_ACCOUNTS, KEY_APART_KM, KEY_SAME_KM, KEY_WINDOW, KEY_FURTHER };

static const struct config_detector_key keys[] = {
    { "min-accounts", CONFIG_NUMBER, 3, "accounts", "advisory of May 2022" },
    { "min-accounts-apart", CONFIG_NUMBER, 2, "accounts", "whose claimed homes lie apart" },
    { "apart-km", CONFIG_NUMBER, 50, "km", "more than a commute" },
    { "same-home-km", CONFIG_NUMBER, 1, "km", "one and the same home" },
    { "window", CONFIG_DURATION, 7 * 86400, "s", "a working week" },
    { "further-weight", CONFIG_NUMBER, 0.5, "log-odds", "for each account beyond min-accounts" },
};

static const char *const attack[] = { "T1078", NULL };
static const char *const references[] = {
    "US Departments of State, Treasury and Justice, advisory on DPRK IT workers, May 2022",
    "US Department of Justice, United States v. Chapman: 90 laptops in one home",
    NULL,
};

/* Kilometres between what two contractors claim; negative when one claims nothing. */
static double
claims_apart_km(const struct config_contractor *a, const struct config_contractor *b)
{
    double la, lo, ra, lb, lob, rb, km;
    const char *name;

    if (a == NULL || b == NULL)
        return -1;
    if (a->has_home && b->has_home)
        return geoip_distance_km(a->latitude, a->longitude, b->latitude, b->longitude);
    /* Of two countries: the least distance between them. */
    if (!geoip_country(a->country, &name, &la, &lo, &ra) ||
        !geoip_country(b->country, &name, &lb, &lob, &rb))
        return -1;
    km = geoip_distance_km(la, lo, lb, lob) - ra - rb;
    return km > 0 ? km : -1;
}

struct crowd {
    unsigned count;
    bool is_apart, is_one_home;
    const struct tie *ties[SITE_ACCOUNTS];
};

/* One person may have several accounts: an administrator's, a service's. */
static bool
is_counted(const struct crowd *c, const struct account *account)
{
    for (unsigned i = 0; account->contractor != NULL && i < c->count; i++)
        if (((const struct account *)c->ties[i]->other)->contractor == account->contractor)
            return true;
    return false;
}

static void
count_crowd(const struct detect *d, const struct site *s, int64_t now_us, struct crowd *c)
{
    int64_t window_us = (int64_t)(d->own->key[KEY_WINDOW] * (double)SECOND_US);

    *c = (struct crowd){ .is_one_home = true };
    for (unsigned i = 0; i < s->account_count; i++) {
        const struct account *account = s->accounts[i].other;

        if (now_us - s->accounts[i].last_us <= window_us &&
            (!d->config->policy.watch_roster || account->contractor != NULL) &&
            !is_counted(c, account))
            c->ties[c->count++] = &s->accounts[i];
    }
    for (unsigned i = 0; i < c->count; i++)
        for (unsigned k = i + 1; k < c->count; k++) {
            const struct account *a = c->ties[i]->other, *b = c->ties[k]->other;
            double km = claims_apart_km(a->contractor, b->contractor);

            c->is_apart = c->is_apart || km > d->own->key[KEY_APART_KM];
            c->is_one_home = c->is_one_home && km >= 0 && km <= d->own->key[KEY_SAME_KM];
        }
}

static void
run(const struct detect *d, const struct detect_event *e)
{
    const double *key = d->own->key;
    struct detect_event about_site = *e;
    const struct site *site;
    struct sighting s;
    struct crowd c;
    char place[PLACE_TEXT];

    if (e->account == NULL || !e->has_far || !place_can_be_home(&e->place))
        return;
    site = accounts_find_site(d->accounts, &e->far);
    if (site == NULL)
        return;
    count_crowd(d, site, e->now_us, &c);
    if (c.count < key[KEY_ACCOUNTS] && !(c.is_apart && c.count >= key[KEY_APART_ACCOUNTS]))
        return;
    about_site.account = NULL;
    about_site.device[0] = '\0';
    detect_begin(&s, d, &about_site);
    s.lists_accounts = true;
    if (c.count > key[KEY_ACCOUNTS])
        s.weight += key[KEY_FURTHER] * (c.count - key[KEY_ACCOUNTS]);
    if (c.is_one_home)
        detect_lower(&s);
    for (unsigned i = 0; i < c.count && i < FINDING_CLAIMS - 1; i++)
        detect_claim(&s, &c.ties[i]->source, "account", "%s logged in from here",
            ((const struct account *)c.ties[i]->other)->name);
    detect_claim_place(&s, NULL, "outside address", &e->far, &e->place);
    detect_say(&s, "%s%u accounts logged in from one home, %s in %s, within %.0f days%s.",
        c.count == SITE_ACCOUNTS ? "At least " : "", c.count, site->name,
        place_text(&e->place, place), key[KEY_WINDOW] / 86400,
        c.is_apart      ? ", although their claimed homes lie apart"
        : c.is_one_home ? "; all of them claim this one home"
                        : "");
    findings_sight(d->findings, &s);
}

const struct detector detect_shared_site = {
    .name = "shared-site",
    .about = "several accounts from one home",
    .rule = "min-accounts accounts or more log in from one public IPv4 address or IPv6 /64 within "
            "the window, those of one person in the roster counted once; min-accounts-apart when "
            "their claimed homes lie more than apart-km apart. "
            "When all claim one home it is one step lower. Not for hosting, VPN, mobile, CGNAT, "
            "corporate or trusted space.",
    .blind = "Farms whose laptops leave through different lines or VPNs; unlisted CGNAT looks the "
             "same as a home.",
    .family = FAMILY_SHARING,
    .signs = FINDING_SIGN_SITE_SHARED,
    .severity = SEVERITY_HIGH,
    .weight = 4,
    .keys = keys,
    .key_count = sizeof keys / sizeof keys[0],
    .attack = attack,
    .references = references,
    .action = "Ask whose address this is: compare with delivery addresses of company laptops and "
              "with the claimed homes of the accounts listed.",
    .wants = WANTS(EVENT_LOGIN),
    .run = run,
};
