/* SPDX-License-Identifier: BSD-2-Clause
 * links: geoip/distance.c geoip/countries.c */
/* Distances against published ones, the physics of round trips, and countries' extents. */
#include "../../geoip/geoip.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h> /* needs those above */

#define HALF_TURN_KM 20015.1 /* half of 2 pi 6371.0088 */

static void
distances_match_published_ones(void **state)
{
    /* Great-circle distances of airports (gcmap.com, ellipsoid; the sphere is within 0.6 %). */
    static const struct {
        const char *name;
        double latitude1, longitude1, latitude2, longitude2, km;
    } cases[] = {
        { "JFK-LHR", 40.6398, -73.7789, 51.4706, -0.4619, 5540 },
        { "SFO-NRT", 37.6189, -122.3750, 35.7647, 140.3864, 8220 },
        { "SYD-SCL", -33.9461, 151.1772, -33.3930, -70.7858, 11330 },
        { "LAX-SEA", 33.9425, -118.4081, 47.4499, -122.3118, 1535 },
        { "pole to pole", 90, 0, -90, 123, HALF_TURN_KM },
        { "one pole, two longitudes", 90, 0, 90, 179, 0 },
        { "antipodes on the equator", 0, -90, 0, 90, HALF_TURN_KM },
        { "across the antimeridian", 0, 179.5, 0, -179.5, 111.195 },
        { "180 is -180", 12, 180, 12, -180, 0 },
        { "same place", 48.85, 2.35, 48.85, 2.35, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double km = geoip_distance_km(
            cases[i].latitude1, cases[i].longitude1, cases[i].latitude2, cases[i].longitude2);

        print_message("  %s: %.1f\n", cases[i].name, km);
        assert_true(fabs(km - cases[i].km) <= 0.006 * cases[i].km + 0.001);
    }
}

static void
a_gap_takes_both_radii_off(void **state)
{
    struct geoip_place a = { .has_point = true, .radius_km = 50 };
    struct geoip_place b = { .has_point = true, .longitude = 10, .radius_km = 100 };
    struct geoip_place nowhere = { 0 };

    (void)state;
    assert_true(fabs(geoip_gap_km(&a, &b) - (1111.95 - 150)) < 0.1);
    b.radius_km = 5000;
    assert_true(geoip_gap_km(&a, &b) == 0);
    assert_true(geoip_gap_km(&a, &nowhere) < 0);
    assert_true(geoip_gap_km(&nowhere, &a) < 0);
}

static void
light_needs_its_time(void **state)
{
    (void)state;
    assert_true(fabs(geoip_least_rtt_us(10000, 200) - 100000) < 1e-6);
    assert_true(geoip_least_rtt_us(0, 200) == 0);
}

/* Places that must lie inside of their country's circle; the far ones decide its size. */
static void
countries_hold_their_places(void **state)
{
    static const struct {
        const char *code, *name, *place;
        double latitude, longitude;
    } cases[] = {
        { "US", "United States", "Honolulu", 21.3, -157.86 },
        { "US", "United States", "Anchorage", 61.2, -149.9 },
        { "US", "United States", "Miami", 25.76, -80.19 },
        { "RU", "Russia", "Kaliningrad", 54.7, 20.5 },
        { "RU", "Russia", "Uelen, across the antimeridian", 66.16, -169.8 },
        { "CN", "China", "Dalian", 38.91, 121.6 },
        { "CN", "China", "Kashgar", 39.47, 75.99 },
        { "KP", "North Korea", "Pyongyang", 39.02, 125.75 },
        { "FR", "France", "Ajaccio", 41.93, 8.74 },
        { "RE", "Réunion", "Saint-Denis", -20.88, 55.45 },
        { "FJ", "Fiji", "Suva", -18.14, 178.44 },
        { "NZ", "New Zealand", "Auckland", -36.85, 174.76 },
        { "GI", "Gibraltar", "Gibraltar", 36.14, -5.35 },
        { "SG", "Singapore", "Changi", 1.36, 103.99 },
        { "XK", "Kosovo", "Pristina", 42.66, 21.17 },
        { "AQ", "Antarctica", "McMurdo", -77.85, 166.67 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *name;
        double latitude, longitude, radius;

        print_message("  %s %s\n", cases[i].code, cases[i].place);
        assert_true(geoip_country(cases[i].code, &name, &latitude, &longitude, &radius));
        assert_string_equal(name, cases[i].name);
        assert_true(geoip_distance_km(latitude, longitude, cases[i].latitude, cases[i].longitude) <=
                    radius + 5);
    }
    assert_false(geoip_country("", NULL, NULL, NULL, NULL));
    assert_false(geoip_country("ZZ", NULL, NULL, NULL, NULL));
    assert_false(geoip_country("us", NULL, NULL, NULL, NULL));
}

static void
metropolitan_france_is_without_its_overseas_departments(void **state)
{
    double latitude, longitude, radius;

    (void)state;
    assert_true(geoip_country("FR", NULL, &latitude, &longitude, &radius));
    assert_true(radius < 1000);
    assert_true(geoip_distance_km(latitude, longitude, -20.88, 55.45) > radius);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distances_match_published_ones),
        cmocka_unit_test(a_gap_takes_both_radii_off),
        cmocka_unit_test(light_needs_its_time),
        cmocka_unit_test(countries_hold_their_places),
        cmocka_unit_test(metropolitan_france_is_without_its_overseas_departments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
