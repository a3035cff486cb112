/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Distances on the mean sphere (within 0.6 % of the ellipsoid, less than any accuracy radius) and
 * the time that light needs for them.
 */
#include "geoip.h"
#include <math.h>

#define EARTH_KM 6371.0088 /* IUGG mean radius */
#define RADIANS(degrees) ((degrees) * (3.14159265358979323846 / 180.0))
#define US_PER_MS 1000.0

double
geoip_distance_km(double latitude1, double longitude1, double latitude2, double longitude2)
{
    double a = sin(RADIANS(latitude2 - latitude1) / 2);
    double b = sin(RADIANS(longitude2 - longitude1) / 2);
    double h = a * a + cos(RADIANS(latitude1)) * cos(RADIANS(latitude2)) * b * b;

    return 2 * EARTH_KM * asin(sqrt(fmin(1.0, h)));
}

double
geoip_gap_km(const struct geoip_place *a, const struct geoip_place *b)
{
    double km;

    if (!a->has_point || !b->has_point)
        return -1;
    km = geoip_distance_km(a->latitude, a->longitude, b->latitude, b->longitude);
    return fmax(0, km - a->radius_km - b->radius_km);
}

double
geoip_least_rtt_us(double km, double km_per_ms)
{
    return 2 * km / km_per_ms * US_PER_MS;
}
