/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The language that a person's computer speaks: RDP's keyboard layout, a browser's first language,
 * the script of a host name. Only languages that the warnings name are judged, and only against
 * the roster's claim: many Americans type Spanish, and nobody but North Korea's own sets ko-KP.
 */
#include "detect.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PRIMARY_LANGUAGE 0x3ff /* of a Windows language id: [MS-LCID] 2.1 */

/* Where a language is an everyday one. */
static const struct {
    const char *name, *tag;          /* ISO 639-1 */
    unsigned id;                     /* Windows' primary language id */
    unsigned script_from, script_to; /* code points of its own script */
    const char *countries[10];
} languages[] = {
    { "Korean", "ko", 0x12, 0xac00, 0xd7a3, { "KP", "KR" } },
    { "Chinese", "zh", 0x04, 0x4e00, 0x9fff, { "CN", "HK", "MO", "MY", "SG", "TW", "JP" } },
    { "Russian", "ru", 0x19, 0x0400, 0x04ff,
        { "RU", "BY", "KZ", "KG", "UA", "MD", "UZ", "TJ", "TM", "BG" } },
};
#define LANGUAGES (sizeof languages / sizeof languages[0])

static const char *const attack[] = { "T1078", NULL };
static const char *const references[] = {
    "US Departments of State, Treasury and Justice, advisory on DPRK IT workers, May 2022",
    NULL,
};

/* The language that the fact shows, LANGUAGES for none of them. */
static size_t
of_layout(const char *layout)
{
    unsigned long id = strtoul(layout, NULL, 16) & PRIMARY_LANGUAGE;
    size_t i = 0;

    while (i < LANGUAGES && languages[i].id != id)
        i++;
    return i;
}

static size_t
of_tag(const char *tag)
{
    size_t i = 0;

    while (i < LANGUAGES &&
           !(strncasecmp(tag, languages[i].tag, 2) == 0 && strchr("-_;, ", tag[2]) != NULL))
        i++;
    return i;
}

/* The next code point of clean UTF-8; moves on. */
static unsigned
next_point(const char **text)
{
    const unsigned char *p = (const unsigned char *)*text;
    unsigned n = *p < 0x80 ? 1 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4, point = *p;

    if (n > 1)
        point &= 0x7fu >> n;
    for (unsigned i = 1; i < n && (p[i] & 0xc0) == 0x80; i++)
        point = point << 6 | (p[i] & 0x3fu);
    *text += n < strlen(*text) ? n : strlen(*text);
    return point;
}

static size_t
of_script(const char *text)
{
    while (*text != '\0') {
        unsigned point = next_point(&text);

        for (size_t i = 0; i < LANGUAGES; i++)
            if (point >= languages[i].script_from && point <= languages[i].script_to)
                return i;
    }
    return LANGUAGES;
}

static bool
is_at_odds(const struct account *a, size_t language)
{
    if (language == LANGUAGES || a == NULL || a->contractor == NULL ||
        a->contractor->country[0] == '\0')
        return false;
    for (size_t i = 0; i < sizeof languages[0].countries / sizeof languages[0].countries[0]; i++)
        if (languages[language].countries[i] != NULL &&
            strcmp(languages[language].countries[i], a->contractor->country) == 0)
            return false;
    return true;
}

static bool
is_north_korean(const char *tag)
{
    return strcasestr(tag, "ko-KP") != NULL || strcasestr(tag, "ko_KP") != NULL;
}

static void
judge(const struct detect *d, const struct detect_event *e, const char *what, const char *value,
    size_t language, bool always)
{
    struct sighting s;

    if (!always && !is_at_odds(e->account, language))
        return;
    detect_begin(&s, d, e);
    detect_claim(&s, NULL, what, "%s", value);
    if (always) {
        detect_say(
            &s, "%s uses a computer set to North Korean (%s %s).", detect_who(&s), what, value);
    } else {
        detect_claim(&s, NULL, "claim", "the roster says %s", e->account->contractor->country);
        detect_say(&s, "%s, whose claimed country is %s, uses a computer set to %s (%s %s).",
            detect_who(&s), place_country_name(e->account->contractor->country),
            languages[language].name, what, value);
    }
    findings_sight(d->findings, &s);
}

static void
run(const struct detect *d, const struct detect_event *e)
{
    const struct fact *f = &e->observation->fact;
    const char *layout = fact_get_text(f, KEY_KEYBOARD_LAYOUT);
    const char *tag = fact_get_text(f, KEY_LANGUAGE);
    const char *host = fact_get_text(f, KEY_HOST_NAME);

    if (layout != NULL)
        judge(d, e, "keyboard layout", layout, of_layout(layout), false);
    if (tag != NULL)
        judge(d, e, "language", tag, of_tag(tag), is_north_korean(tag));
    if (host == NULL)
        host = fact_get_text(f, KEY_DEVICE_HOST_NAME);
    if (host != NULL)
        judge(d, e, "host name", host, of_script(host), false);
}

const struct detector detect_locale = {
    .name = "locale",
    .about = "a keyboard, browser language or host name at odds with the claimed country",
    .rule = "An RDP keyboard layout, the first Accept-Language or the script of a host name is "
            "Korean, Chinese or Russian, and the roster claims a country where that is no everyday "
            "language; ko-KP always.",
    .blind = "Computers set to the language of the claim; RDP and web traffic that is encrypted.",
    .family = FAMILY_HABIT,
    .severity = SEVERITY_MEDIUM,
    .weight = 2,
    .attack = attack,
    .references = references,
    .action = "Ask the person which languages they speak; see who else uses this computer.",
    .wants = WANTS(EVENT_SIGN) | WANTS(EVENT_LOGIN),
    .run = run,
};
