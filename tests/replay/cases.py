# SPDX-License-Identifier: BSD-2-Clause
"""Scenarios with the alerts that the rules demand of them, worked out by hand; see stage.py."""
from stage import *  # noqa: F401,F403
import cases_abroad, cases_farm, cases_household, cases_honest, cases_relay  # noqa: F401,E401
import cases_where, cases_share, cases_drive, cases_join, cases_session, cases_work, cases_path, cases_alike  # noqa: F401,E401
import cases_habit, cases_rules  # noqa: F401,E401
