/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Extents of countries from the generated table.
 */
#include "geoip.h"
#include <stdlib.h>
#include <string.h>

struct country {
    char code[3];
    const char *name;
    double latitude, longitude, radius_km;
};

static const struct country countries[] = {
#include "country_table.h"
};

static int
compare_code(const void *code, const void *country)
{
    return strcmp(code, ((const struct country *)country)->code);
}

bool
geoip_country(
    const char *code, const char **name, double *latitude, double *longitude, double *radius_km)
{
    const struct country *c = bsearch(
        code, countries, sizeof countries / sizeof *countries, sizeof *countries, compare_code);

    if (c == NULL)
        return false;
    if (name != NULL)
        *name = c->name;
    if (latitude != NULL)
        *latitude = c->latitude;
    if (longitude != NULL)
        *longitude = c->longitude;
    if (radius_km != NULL)
        *radius_km = c->radius_km;
    return true;
}
