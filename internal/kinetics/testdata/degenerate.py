#!/usr/bin/env python3
"""Concentrations to 60 digits of systems whose roots meet or nearly meet, by the
exponential of the rate matrix as mpmath works it out: a way of its own, which needs
no roots. Prints the table that degenerate.tsv holds: litres, k10, k12, k21, k13, k31,
ke0 (as the shortest decimals of the very doubles), minutes, then ng/mL in plasma and
at the effect site after 20 mg at once, and after 0.875 mg/min all the while."""
import random

from mpmath import expm, matrix, mp, mpf

mp.dps = 80
random.seed(20)
APART = [0.0, 1e-16, 3e-16, 1e-15, 1e-13, 1e-11, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-3]


def answer(v, k10, k12, k21, k13, k31, ke0, t):
    a = matrix(5, 5)
    k10, k12, k21, k13, k31, ke0, v = map(mpf, (k10, k12, k21, k13, k31, ke0, v))
    a[0, 0], a[0, 1], a[0, 2] = -(k10 + k12 + k13), k21, k31
    a[1, 0], a[1, 1], a[2, 0], a[2, 2] = k12, -k21, k13, -k31
    a[3, 0], a[3, 3] = ke0, -ke0
    a[0, 4] = 1  # one mg/min
    e = expm(a * mpf(t), method="taylor")
    scale = 1000 / v
    return [20 * e[0, 0] * scale, 20 * e[3, 0] * scale, mpf("0.875") * e[0, 4] * scale, mpf("0.875") * e[3, 4] * scale]


def row(*numbers):
    out = answer(*numbers)
    print(*(repr(float(x)) for x in numbers), *(mp.nstr(x, 30) for x in out), sep="\t")


for d in APART:
    for t in (0.25, 7.0, 90.0):
        k = round(10 ** random.uniform(-2.5, 0), 4)
        # both rates back, and the effect site, the same but for d
        row(25.0, round(10 ** random.uniform(-2, 0), 4), 0.11, k, 0.05, k * (1 + d), k * (1 + 2 * d), t)
        # sides that hardly exchange: all three roots near k
        row(25.0, k, 1e-8, k * (1 + d), 1e-8, k * (1 + 2 * d), k, t)
        # a side that hardly exchanges beside one that does: its root meets its rate back
        row(10.0, k, 0.3, 0.2, 1e-8, k * (1 + d), 0.2 * (1 + d), t)
        # ke0 near the loss of a body of nearly one compartment
        row(40.0, k, 1e-8, 0.5, 1e-8, 0.01, k * (1 + d), t)
# ke0 near each root of an ordinary body
for t in (0.25, 7.0, 90.0):
    k10, k12, k21, k13, k31 = 0.056, 0.107, 0.0479, 0.0527, 0.00839
    a = matrix([[-(mpf(k10) + k12 + k13), k21, k31], [k12, -mpf(k21), 0], [k13, 0, -mpf(k31)]])
    for root in mp.eig(a, left=False, right=False):
        for d in APART:
            row(25.0, k10, k12, k21, k13, k31, float(-mp.re(root)) * (1 + d), t)
