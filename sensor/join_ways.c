/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Ways into a watched device, and out of it around the company's VPN: desktops and SSH that it
 * accepts from outside, meshes and tunnels that leave it while it is on that VPN, SSH that carries
 * a session back.
 */
#include "../conf/list.h"
#include "join.h"
#include <string.h>

/* A tunnel to the company tells of itself at least this often while it lives: it has keep-alives.
 */
#define ON_VPN_US (15 * MINUTE_US)

static void
raise_way(struct analyst *a, const struct observation *o, enum detect_event_kind kind,
    const struct join_end *end, const struct in6_addr *far, const char *app)
{
    struct detect_event e = {
        .kind = kind, .observation = o, .now_us = a->now_us, .app = app, .is_first = true
    };

    join_place_event(a, end, &e);
    e.state = fact_get_text(&o->fact, KEY_STATE);
    e.sign = fact_get_text(&o->fact, KEY_SIGN);
    join_set_far(a, &e, far);
    join_raise(a, &e);
}

static bool
is_desktop(const char *class_name)
{
    return strcmp(class_name, "remote-desktop") == 0;
}

static void
see_exposed(struct analyst *a, const struct observation *o, const char *class_name,
    const struct in6_addr *client, const struct in6_addr *server, struct underway_session *told)
{
    const char *app = fact_get_text(&o->fact, KEY_APP);
    struct join_end end;

    if (told->is_exposed || app == NULL ||
        (!is_desktop(class_name) && strcmp(class_name, "ssh") != 0) ||
        locality_of(a->config, client) != LOCALITY_OUTSIDE ||
        locality_is_own(locality_of(a->config, server)))
        return;
    end = join_end_of(a, server);
    if (end.rank == 0)
        return;
    told->is_exposed = true;
    raise_way(a, o, EVENT_EXPOSED, &end, client, app);
}

/* What it sends has come through the company's VPN already. */
static bool
is_behind_gateway(const struct join_end *end)
{
    return end->locality == LOCALITY_POOL ||
           (end->lease != NULL && !end->lease->is_weak && end->lease->has_outside);
}

/* A tunnel of the device to the company: to a gateway, or, with none configured, out of a home. */
static bool
is_company_vpn(const struct analyst *a, const char *class_name, const struct join_end *end,
    const struct in6_addr *server)
{
    enum locality to = locality_of(a->config, server);

    return strcmp(class_name, "vpn") == 0 &&
           (to == LOCALITY_GATEWAY ||
               (to == LOCALITY_OUTSIDE && a->config->networks.vpn_gateways.count == 0 &&
                   !is_behind_gateway(end)));
}

static bool
is_on_vpn(const struct analyst *a, const struct join_end *end)
{
    const struct device *d = accounts_find_device(a->accounts, &end->address);

    return end->locality == LOCALITY_POOL || (end->lease != NULL && !end->lease->is_weak) ||
           (d != NULL && d->on_vpn_us != 0 && a->now_us - d->on_vpn_us <= ON_VPN_US);
}

/* Who reads the output of an SSH session sits at its server: it goes back. */
static bool
is_reverse(const struct observation *o, const char *class_name, const struct in6_addr *server)
{
    struct in6_addr controller;

    return strcmp(class_name, "ssh") == 0 && fact_is(&o->fact, KEY_STATE, "controlled") &&
           fact_get_address(&o->fact, KEY_CONTROLLER, &controller) &&
           locality_same(&controller, server);
}

static bool
is_approved_vpn(const struct analyst *a, const struct account *account, const char *app)
{
    const struct config_texts *list = &a->config->policy.approved_vpns;

    for (unsigned i = 0; i < list->count; i++)
        if (list_same_tool(list->list[i], app))
            return true;
    return join_is_approved(a, account, app);
}

static void
see_tunnel(struct analyst *a, const struct observation *o, const char *class_name,
    const struct in6_addr *client, const struct in6_addr *server, struct underway_session *told)
{
    bool is_back = is_reverse(o, class_name, server);
    const char *app = is_back ? "reverse SSH" : fact_get_text(&o->fact, KEY_APP);
    struct join_end end = join_end_of(a, client);
    struct device *d;

    if (end.rank == 0 || end.locality == LOCALITY_OUTSIDE || app == NULL)
        return;
    if (is_company_vpn(a, class_name, &end, server)) {
        d = accounts_touch_device(a->accounts, client, a->now_us);
        if (d != NULL)
            d->on_vpn_us = a->now_us;
        return;
    }
    if (told->is_tunnel ||
        (strcmp(class_name, "mesh") != 0 && strcmp(class_name, "vpn") != 0 && !is_back) ||
        locality_of(a->config, server) != LOCALITY_OUTSIDE || !is_on_vpn(a, &end) ||
        is_approved_vpn(a, end.account, app))
        return;
    told->is_tunnel = true;
    raise_way(a, o, EVENT_TUNNEL, &end, server, app);
}

void
join_session_ways(struct analyst *a, const struct observation *o, const char *class_name,
    const struct in6_addr *client, const struct in6_addr *server, struct underway_session *told)
{
    see_exposed(a, o, class_name, client, server, told);
    see_tunnel(a, o, class_name, client, server, told);
}
