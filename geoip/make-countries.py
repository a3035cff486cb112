#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
#
# Writes geoip/country_table.h: for each ISO 3166-1 alpha-2 code a name, a centre and the distance to
# the farthest point from there, from Natural Earth's borders at 1:50 million (public domain).
#
#   npm pack world-atlas@2.0.2 && tar -xzf world-atlas-2.0.2.tgz      (Natural Earth as TopoJSON)
#   apt-get install iso-codes                                        (numeric code -> alpha-2)
#   geoip/make-countries.py package/countries-50m.json > geoip/country_table.h
#
# The centre is that of the smallest spherical cap around all border points, so that the radius is
# as small as a circle allows; the radius is measured from the rounded centre and rounded up.
# A part that has a code of its own is taken out of its parent (Reunion is RE, not FR): geolocation
# databases do the same. What shares its parent's code stays in: US holds Alaska and Hawaii, ES the
# Canaries, PT the Azores, so their radii are large and honest.
import json
import math
import sys

EARTH_KM = 6371.0088
ITERATIONS = 1500  # the circle is then within 0.1 % of the smallest
ISO = "/usr/share/iso-codes/json/iso_3166-1.json"

# Natural Earth draws these without an ISO code; databases give them these.
UNCODED = {"Kosovo": "XK", "Somaliland": "SO", "N. Cyprus": "CY"}

# Parts with a code of their own: parent, a point in the part, km around it that belong to it.
PARTS = {
    "GF": ("FR", "French Guiana", 4.0, -53.0, 500),
    "GP": ("FR", "Guadeloupe", 16.2, -61.5, 120),
    "MQ": ("FR", "Martinique", 14.65, -61.0, 60),
    "RE": ("FR", "Réunion", -21.1, 55.5, 200),
    "YT": ("FR", "Mayotte", -12.8, 45.15, 100),
    "SJ": ("NO", "Svalbard and Jan Mayen", 78.5, 16.0, 1300),
    "BQ": ("NL", "Bonaire, Sint Eustatius and Saba", 15.0, -66.0, 700),
    "CX": (None, "Christmas Island", -10.49, 105.63, 200),
    "CC": (None, "Cocos (Keeling) Islands", -12.16, 96.87, 200),
}
PARTS_OF_UNCODED = "Indian Ocean Ter."

# Too small for this scale: point and extent as published (CIA World Factbook, public domain).
SMALL = {
    "GI": ("Gibraltar", 36.13, -5.35, 5),
    "TK": ("Tokelau", -9.0, -172.0, 150),
    "TV": ("Tuvalu", -8.0, 178.0, 450),
    "BV": ("Bouvet Island", -54.43, 3.4, 10),
}

LONG_NAMES = {
    "United States of America": "United States",
    "Marshall Is.": "Marshall Islands",
    "N. Mariana Is.": "Northern Mariana Islands",
    "U.S. Virgin Is.": "U.S. Virgin Islands",
    "S. Geo. and the Is.": "South Georgia and the South Sandwich Islands",
    "Br. Indian Ocean Ter.": "British Indian Ocean Territory",
    "Pitcairn Is.": "Pitcairn Islands",
    "Falkland Is.": "Falkland Islands",
    "Cayman Is.": "Cayman Islands",
    "British Virgin Is.": "British Virgin Islands",
    "Turks and Caicos Is.": "Turks and Caicos Islands",
    "S. Sudan": "South Sudan",
    "Solomon Is.": "Solomon Islands",
    "St. Vin. and Gren.": "Saint Vincent and the Grenadines",
    "St. Kitts and Nevis": "Saint Kitts and Nevis",
    "Cook Is.": "Cook Islands",
    "W. Sahara": "Western Sahara",
    "St. Pierre and Miquelon": "Saint Pierre and Miquelon",
    "Wallis and Futuna Is.": "Wallis and Futuna",
    "Fr. Polynesia": "French Polynesia",
    "Fr. S. Antarctic Lands": "French Southern Territories",
    "Eq. Guinea": "Equatorial Guinea",
    "Dominican Rep.": "Dominican Republic",
    "Faeroe Is.": "Faroe Islands",
    "Dem. Rep. Congo": "Democratic Republic of the Congo",
    "Central African Rep.": "Central African Republic",
    "Bosnia and Herz.": "Bosnia and Herzegovina",
    "Heard I. and McDonald Is.": "Heard Island and McDonald Islands",
    "Antigua and Barb.": "Antigua and Barbuda",
}


def vector(longitude, latitude):
    lon, lat = math.radians(longitude), math.radians(latitude)
    return (math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat))


def distance_km(a, b):
    return 2 * EARTH_KM * math.asin(min(1.0, math.dist(a, b) / 2))


def decode_arcs(topology):
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append(vector(x * sx + tx, y * sy + ty))
        arcs.append(points)
    return arcs


def polygons(geometry, arcs):
    """Each polygon as the list of its outer ring's points."""
    shapes = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    for shape in shapes:
        yield [p for i in shape[0] for p in arcs[i if i >= 0 else ~i]]


def smallest_cap(points):
    """Centre of the smallest enclosing ball (Badoiu and Clarkson), put back on the sphere."""
    points = list(set(points))
    c = points[0]
    for i in range(1, ITERATIONS):
        far = max(points, key=lambda p: (p[0] - c[0]) ** 2 + (p[1] - c[1]) ** 2 + (p[2] - c[2]) ** 2)
        c = tuple(a + (b - a) / (i + 1) for a, b in zip(c, far))
    latitude = round(math.degrees(math.asin(c[2] / math.hypot(*c))), 2)
    longitude = round(math.degrees(math.atan2(c[1], c[0])), 2)
    centre = vector(longitude, latitude)
    return latitude, longitude, math.ceil(max(distance_km(centre, p) for p in points))


def part_of(parent, polygon):
    for code, (of, _, latitude, longitude, km) in PARTS.items():
        if of == parent and all(distance_km(vector(longitude, latitude), p) <= km for p in polygon):
            return code
    return None


def collect(topology, alpha2):
    """code -> (name, points)"""
    arcs = decode_arcs(topology)
    names, points = {}, {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        name = geometry["properties"]["name"]
        code = UNCODED.get(name) or alpha2.get(geometry.get("id"))
        if code is None and name != PARTS_OF_UNCODED:
            continue
        if code is not None and name not in ("Somaliland", "N. Cyprus", "Ashmore and Cartier Is."):
            names[code] = LONG_NAMES.get(name, name)
        for polygon in polygons(geometry, arcs):
            part = part_of(code, polygon)
            if part is not None:
                names[part] = PARTS[part][1]
            if part or code:
                points.setdefault(part or code, []).extend(polygon)
    return names, points


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        topology = json.load(f)
    with open(ISO, encoding="utf-8") as f:
        alpha2 = {e["numeric"]: e["alpha_2"] for e in json.load(f)["3166-1"]}
    names, points = collect(topology, alpha2)
    rows = {code: (names[code], *smallest_cap(points[code])) for code in points}
    rows.update(SMALL)
    print("/* SPDX-License-Identifier: BSD-2-Clause")
    print(" *")
    print(" * Written by geoip/make-countries.py from Natural Earth 1:50m borders (public domain), as in")
    print(" * world-atlas 2.0.2. Sorted by code: name, centre (degrees), km to the farthest point.")
    print(" */")
    print("/* clang-format off */")
    for code, (name, latitude, longitude, km) in sorted(rows.items()):
        print('{ "%s", "%s", %.2f, %.2f, %d },' % (code, name, latitude, longitude, km))


if __name__ == "__main__":
    main()
