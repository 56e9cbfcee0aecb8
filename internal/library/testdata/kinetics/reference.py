#!/usr/bin/env python3
"""Reference concentrations to 40 digits, by a way of its own: the eigenvalues of
the rate matrix of each model, worked out with mpmath, not the method of the
program. Prints the table that reference.tsv holds:
model, with @ and years where age matters, kg, regimen, minute, output, ng/mL."""
from mpmath import mp, mpf, matrix, eig, exp, log, lu_solve, expm

mp.dps = 60


def hour(x):
    return mpf(x) / 60


# Volume, clearance and sides (volume, flow) of 70 kg in L and L/min, the powers of
# weight of volumes and of flows, and whether a liver makes norketamine.
CLEARED = {
    "simons-2022": ("11.6", "1.48", [("39.0", "2.43"), ("174", "1.21")], 1, "0.75", False),
    "perez-ruixo-2021": ("192", "0", [("143", hour("84.3")), ("417", hour("37.6")), ("101", hour("151"))], 0, "0", True),
    "hornik-2018": ("32.8", hour("38.9"), [("152", hour("54.9"))], 1, "0.75", False),
    "herd-2007": ("38.7", hour("90"), [("102", hour("215"))], 1, "0.75", False),
}
# Volume of a kg, and rates out, there and back per minute.
RATES = {
    "clements-1981": ("1.7522", "0.0109", "0.0186", "0.0137"),
    "hijazi-2003": ("1.08", "0.0333", "0.0088", "0.0030"),
}


def system(model, kg, years=40):
    w = mpf(kg) / 70
    if model == "kamp-2020":
        v, k = 25 * w, w ** mpf("0.75") / 60
        k10, k12, k13 = 84 * k / v, 161 * k / v, 79 * k / v
        k21, k31 = 161 * k / (56 * w), 79 * k / (157 * w)
        ke0 = mpf("0.1876") * log(mpf(kg)) + mpf("0.5932")
    elif model == "domino":
        v = mpf("0.063") * kg
        k10, k12, k13, k21, k31 = map(mpf, ("0.438", "0.592", "0.590", "0.247", "0.0146"))
        ke0 = mpf("0.238")
    elif model == "otto-2021":
        v, k = 133 * w, w ** mpf("0.75")
        vn = mpf("98.638") * w
        a = matrix(5, 5)
        cl, q1, q2 = mpf("95.2") * k / 60, mpf("23.2") / 60, mpf(157) / 60
        cn, qn = mpf("57.72") * k / 60, mpf("42.778") / 60
        a[0, 0], a[0, 1], a[0, 2] = -(cl + q1 + q2) / v, q1 / 187, q2 / mpf("98.8")
        a[1, 0], a[1, 1], a[2, 0], a[2, 2] = q1 / v, -q1 / 187, q2 / v, -q2 / mpf("98.8")
        a[3, 0], a[3, 3], a[3, 4] = cl / v, -(cn + qn) / vn, qn / mpf("160.04")
        a[4, 3], a[4, 4] = qn / vn, -qn / mpf("160.04")
        return a, [("plasma", 0, v), ("norketamine", 3, vn)]
    elif model in CLEARED:
        v, cl, sides, power, flow, named = CLEARED[model]
        if named and years > 60:  # the flow of the liver falls with age
            sides = sides[:2] + [(sides[2][0], hour(151 - mpf("2.19") * (years - 60)))]
        v, cl = mpf(v) * w ** power, mpf(cl) * w ** mpf(flow)
        a = matrix(1 + len(sides), 1 + len(sides))
        a[0, 0] = -cl / v
        for i, (vs, q) in enumerate(sides, 1):
            vs, q = mpf(vs) * w ** power, mpf(q) * w ** mpf(flow)
            a[0, 0] -= q / v
            a[i, 0], a[0, i], a[i, i] = q / v, q / vs, -q / vs
        if named:  # the third side is the liver; norketamine and its side follow
            b = matrix(6, 6)
            b[0:4, 0:4] = a
            b[3, 3] -= mpf("3.88") / 60
            b[4, 3] = mpf("2.77") / 60
            b[4, 4], b[5, 4] = -(mpf(38) + mpf("26.1")) / 60 / 70, mpf("26.1") / 60 / 70
            b[4, 5], b[5, 5] = mpf("26.1") / 60 / 115, -mpf("26.1") / 60 / 115
            return b, [("plasma", 0, v), ("norketamine", 4, mpf(70))]
        return a, [("plasma", 0, v)]
    elif model in RATES:
        v, k10, k12, k21 = map(mpf, RATES[model])
        v *= kg
        return matrix([[-(k10 + k12), k21], [k12, -k21]]), [("plasma", 0, v)]
    a = matrix(4, 4)
    a[0, 0], a[0, 1], a[0, 2] = -(k10 + k12 + k13), k21, k31
    a[1, 0], a[1, 1], a[2, 0], a[2, 2] = k12, -k21, k13, -k31
    a[3, 0], a[3, 3] = ke0, -ke0
    return a, [("plasma", 0, v), ("antinociception", 3, v)]


# Each regimen: text, pieces of (bolus mg/kg, rate mg/kg/min, minutes).
h = mpf(1) / 60
REGIMENS = [
    ("BOLUS 0.2 mg/kg", [(mpf("0.2"), 0, 0)], (1, 5, 60, 480)),
    ("0.5 mg/kg over 40 min", [(0, mpf("0.5") / 40, 40)], (5, 10, 20, 40, 60, 120, 240)),
    ("0.35 mg/kg/h for 240 min", [(0, mpf("0.35") * h, 240)], (30, 240, 600)),
    ("0.2 mg/kg/h for 7200 min", [(0, mpf("0.2") * h, 7200)], (60, 1440, 7200, 8640)),
    ("0.5 mg/kg over 40 min then pause 15 min then 0.1 mg/kg/h for 60 min",
     [(0, mpf("0.5") / 40, 40), (0, 0, 15), (0, mpf("0.1") * h, 60)], (39, 50, 55, 100, 115, 200)),
    (" then ".join("0.%d mg/kg/h for 7 min" % i for i in (1, 5, 2, 6, 3, 7, 4, 8, 1, 9)),
     [(0, mpf(i) / 10 * h, 7) for i in (1, 5, 2, 6, 3, 7, 4, 8, 1, 9)], (3, 20, 45, 70, 100)),
]

AGED = ("perez-ruixo-2021@75", "perez-ruixo-2021@86")
for name in ("kamp-2020", "domino", "otto-2021", *CLEARED, *RATES, *AGED):
    model, _, years = name.partition("@")
    for kg in (45, 70, 100, 150):
        a, outputs = system(model, kg, int(years or 40))
        n = a.rows
        lam, e = eig(a)
        for text, pieces, times in REGIMENS:
            for t in times:
                x = matrix(n, 1)
                now = mpf(0)
                for bolus, rate, length in pieces + [(0, 0, 10 ** 6)]:
                    dt = min(mpf(length), t - now)
                    x[0] += bolus * kg
                    b = matrix(n, 1)
                    b[0] = mpf(rate) * kg
                    cx, cb = lu_solve(e, x), lu_solve(e, b)
                    for i in range(n):
                        d = exp(lam[i] * dt)
                        cx[i] = cx[i] * d + cb[i] * (d - 1) / lam[i]
                    x = e * cx
                    now += dt
                    if now >= t:
                        break
                for output, i, v in outputs:
                    print(name, kg, text, t, output, mp.nstr(mp.re(x[i]) / v * 1000, 40), sep="\t")
