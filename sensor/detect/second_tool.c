/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Two remote-control tools on one device or site within a week: one to work with, one as a spare
 * (Insikt 2026: AnyDesk with Chrome Remote Desktop).
 */
#include "../../conf/list.h"
#include "detect.h"
#include <stdio.h>
#include <string.h>

enum { KEY_TOOLS, KEY_WINDOW };

static const struct config_detector_key keys[] = {
    { "min-tools", CONFIG_NUMBER, 2, "tools", "Insikt 2026" },
    { "window", CONFIG_DURATION, 7 * 86400, "s", "a working week" },
};

static const char *const attack[] = { "T1219", NULL };
static const char *const references[] = {
    "Insikt Group 2026: several remote-control tools on one machine",
    NULL,
};

static void
remember(struct subject_state *state, const struct detect_event *e)
{
    struct tool_use *tools = subject_tools(state), *use = NULL;

    if (tools == NULL)
        return;
    for (unsigned i = 0; i < state->tool_count && use == NULL; i++)
        if (list_same_tool(tools[i].name, e->app))
            use = &tools[i];
    if (use == NULL && state->tool_count == ACCOUNT_TOOLS) {
        use = &tools[0];
        for (unsigned i = 1; i < ACCOUNT_TOOLS; i++)
            if (tools[i].last_us < use->last_us)
                use = &tools[i];
    } else if (use == NULL) {
        use = &tools[state->tool_count++];
    }
    snprintf(use->name, sizeof use->name, "%s", e->app);
    memcpy(use->device, e->device, sizeof use->device);
    use->last_us = e->now_us;
    use->source = claim_source_of(e->observation);
}

/* The tools that were used there within the window; says so when they are too many. */
static bool
judge(const struct detect *d, const struct detect_event *e, struct subject_state *state)
{
    int64_t since_us = e->now_us - (int64_t)(d->own->key[KEY_WINDOW] * (double)SECOND_US);
    struct sighting s;
    char names[256] = "", site[LOCALITY_SITE_SIZE];
    bool one_device = e->device[0] != '\0';
    unsigned count = 0;
    size_t at = 0;

    remember(state, e);
    detect_begin(&s, d, e);
    for (unsigned i = 0; i < state->tool_count; i++) {
        const struct tool_use *use = &state->tools[i];
        int n;

        if (use->last_us < since_us)
            continue;
        one_device = one_device && strcmp(use->device, e->device) == 0;
        detect_claim(&s, &use->source, "tool", "%s%s%s", use->name,
            use->device[0] == '\0' ? "" : " on ", use->device);
        n = snprintf(names + at, sizeof names - at, "%s%s", count++ == 0 ? "" : ", ", use->name);
        at = n > 0 && at + (size_t)n < sizeof names ? at + (size_t)n : sizeof names - 1;
    }
    if (count < d->own->key[KEY_TOOLS])
        return false;
    if (!one_device)
        s.device[0] = '\0';
    locality_site_name(&e->address, site);
    detect_say(&s, "%u different remote-control tools were in use %s %s within %.0f days: %s.",
        count,
        e->account != NULL ? "by account"
        : one_device       ? "on device"
                           : "at site",
        e->account != NULL ? e->account->name
        : one_device       ? s.device
                           : site,
        d->own->key[KEY_WINDOW] / 86400, names);
    findings_sight(d->findings, &s);
    return true;
}

/* The account's own tools first; else those of everybody at its home. */
static void
run(const struct detect *d, const struct detect_event *e)
{
    struct detect_event about_site = *e;
    struct geoip_place place;
    struct site *site;
    bool is_told;

    if (!e->is_first)
        return;
    is_told = e->account != NULL && judge(d, e, &e->account->state);
    geoip_look_up(d->geoip, &e->address, &place);
    if (is_told ||
        (e->account != NULL && (!place_can_be_home(&place) ||
                                   locality_of(d->config, &e->address) != LOCALITY_OUTSIDE)))
        return;
    site = accounts_touch_site(d->accounts, &e->address, e->now_us);
    if (site == NULL)
        return;
    about_site.account = NULL;
    if (e->account != NULL)
        about_site.device[0] = '\0';
    judge(d, &about_site, &site->state);
}

const struct detector detect_second_tool = {
    .name = "second-tool",
    .about = "several remote-control tools on one device or site",
    .rule = "min-tools different tools that remote-control reports, of one account or site within "
            "the window.",
    .blind = "Approved tools do not count.",
    .family = FAMILY_DRIVING,
    .signs = FINDING_SIGN_DRIVEN,
    .severity = SEVERITY_HIGH,
    .weight = 3,
    .keys = keys,
    .key_count = sizeof keys / sizeof keys[0],
    .attack = attack,
    .references = references,
    .action = "Ask who needs which tool; a spare way in is what somebody keeps who fears to lose "
              "the first.",
    .wants = WANTS(EVENT_CONTROL),
    .run = run,
};
