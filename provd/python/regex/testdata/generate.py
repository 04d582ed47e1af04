#!/usr/bin/env python3.11
"""Writes cases.json: what CPython's re does with hand-written and random patterns.

Run it with CPython 3.11 in this directory; the file is committed, so the Go
tests need no Python.
"""
import json
import random
import re
import warnings

warnings.simplefilter("ignore")
R = random.Random(20240611)

HAND = [
    r"^[yY]ealink\s+SIP(?: VP)?-(\w+)\s+([\d.]+)\s+([\da-fA-F:]{17})$",
    r"^\w{,3}[0-9a-fA-F]{12}(?:\.cnf)?\.xml$", r"\b(?!0{12})([\da-f]{12})\.cfg$",
    r"\bsnom(\w+)-SIP\s([\d.]+)\s(.+)\s(?P<mac>[0-9A-F]+)", r"[^\w\sÀ-ÿ]", r"^(a)(b)?$", r"a*", r"(a*)*", r"(a*)+",
    r"(a|b*)*", r"(?:a|(b))*", r"(a)|b", r"x*?", r"(x*?)*?y", r"|a", r"a|", r"(|a)+", r"(?:|a){2,3}", r"a{0}b", r"a{2}",
    r"a{2,}", r"a{,2}", r"a{1,2}?", r"a{ 1}", r"a{", r"a{}", r"a{1", r"a{1,", r"a{1,2", r"{", r"{1}", r"x{1001}", r"(?:ab){1001}", r"a++", r"a*+a",
    r"a?+a", r"a{1,2}+a", r"(?:a|ab){2}+", r"(?:a|ab)++c", r"(?>a|ab)c", r"(?>a*)b", r"(a)\1", r"(?P<x>a|b)(?P=x)", r"(?i)(a)\1",
    r"(a)?(?(1)b|c)", r"(?P<q>['\"])?a(?(q)(?P=q))", r"(?<=a)b", r"(?<!a)b", r"(?<=ab|cd)e", r"(?<=(a))b", r"(?=(a+))a*b\1", r"(?=a)(?!ab)a.",
    r"(?=(a))", r"(?!(a))b", r"$", r"a$", r"^", r"(?m)^a", r"(?m)a$", r"(?m)$", r"\Aa", r"a\Z", r"(?s)a.b", r"a.b", r"(?x) a b # c", "(?x) a\n b # c\n c",
    r"(?i)straße", r"(?i)ſ", r"(?i)i", r"(?i)İ", r"(?i)[a-z]+", r"(?i)[^a]", r"(?i)\u212a", r"(?ia)k", r"(?a)\w+", r"\w+", r"\W+", r"\d+", r"\s+", r"\S+", r"\D+",
    r"\b", r"\B", r"\bfoo\b", r"(?a:\b)\w", r"\bé", r"[\w-]+", r"[\W\d]+", r"[^\W\d]+", r"[]a]", r"[^]a]", r"[a-]", r"[-a]", r"[a\-z]", r"[\b]", r"[\]\\]", r"[\x41-\x43]",
    r"\x41", r"\u00e9", r"\U0001F600", r"\101", r"\0", r"\07", r"\377", r"(?:a)(b)(?:c)", r"(?i:a)b", r"(?-i:a)b", r"(?i)(?-i:a)b", r"(?s-i:.)", r"(?#comment)a", r"a(?#x)*",
    r"(a(b(c)))", r"((a)(b))", r"(a)(b)()", r"(?:(a)|(b))*", r"(?:(a)|()b)*", r"(a)|(b)|(c)", r"(.*)(\d+)", r"(.*?)(\d+)", r"(\d+)(\.\d+)?", r"[+-]?\d+", r"(?:\r\n|\r|\n)",
    r"([^=]*)=(.*)", r"\s*,\s*", r"(?P<a>x)(?P<b>y)?", r"x*(?=y)", r"(?<!\w)\d", r"^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$", r"(?!)", r"a(?!)|b", r"(?=)", r"(?<=)a", r"(?<!)a",
    r"(?:)*", r"(?:)+", r"(?:a?)*?b", r"(?:a?)+?b", r"(a?)*?b", r"(?:a??)*b", r"(?:(a)|b)*?c", r"((a?)b)*", r"(?:(?:a|b)*c)*d", r"(?:.\n?)*", r"é", r"[é-ü]+", r"[^é]", r"日本", r"[日-本]",
    r".", r"..", r"(?s).", r"[\s\S]", r"\.", r"\-", r"\ ", r"\/", r"\_", r"\é", r"\$", r"(?m)^.*$", r"(?m)^$", r"\n$", r"(a)(?:b|(c))\1", r"(?:(x)|y)(?(1)1|2)", r"(?(1)a|b)(x)", r"(?=(?P<n>\w))(?P=n)",
    # errors
    r"(", r")", r"a)", r"(a", r"*", r"+a", r"?", r"a**", r"a*??", r"a{2}{3}", r"a+++", r"^*", r"$*", r"\b*", r"(?:^)*", r"[", r"[a", r"[]", r"[z-a]", r"[\w-a]", r"[a-\w]", r"[a-\d]", "\\", r"a\\", "[\\", r"\q", r"\y", r"[\q]", r"[\A]",
    r"\8", r"\1", r"(a)\2", r"(a\1)", r"[\8]", r"\x", r"\x4", r"[\xg]", r"\u12", r"\U0011FFFF", r"\U00110000", r"\400", r"[\400]", r"(?P<a", r"(?P<a>", r"(?P<1a>x)", r"(?P<>x)", r"(?P<a b>x)", r"(?P<a>x)(?P<a>y)",
    r"(?P=x)", r"(?P=)", r"(?P=a", r"(?P", r"(?Px)", r"(?<", r"(?<x)", r"(?<=a*)", r"(?<=a|bc)", r"(?<!(a)\1)", r"(a)(?<=\1)b", r"(?<=(a)\1)", r"(?z)", r"(?", r"(?i", r"(?i-", r"(?i-i:a)", r"(?-", r"(?-z:a)", r"(?-u:a)", r"(?au:a)", r"(?L)a", r"(?L:a)",
    r"a(?i)b", r"(?i)a|(?m)b", r"(?i)(?m)b", r"((?i)a)", r"(?(1)a", r"(?(1)a|b|c)", r"(?(x)a)", r"(?(0)a)", r"(?(1)a)", r"(?(-1)a)", r"(?(a b)c)", r"(?()a)", r"(?(", r"(?#", r"(?#a", r"(?i:a", r"(?i1)", r"(?i ", r"(?-:a)", r"(?-i)", r"(?i-m", r"(?i-m)",
    r"a{3,2}", r"a{4294967295}", r"a{99999999999999999999}", r"(?P<n>a)(?(n)b|c)", r"\N{DIGIT ONE", r"\N", r"\N{}", "a\n(b", "a\n\n*", "(?x)a #c\n(b", r"(?t)a", r"(?t:a)", r"(?P>a)", r"(?'a'b)", r"(?&a)", r"(?|a)", r"(?R)",
    r"a|*", r"(|*)", r"(?=a", r"(?!a", r"(?>a", r"(?<=a", r"x{1,2", r"x{,}", r"x{,}y", r"[[:alpha:]]", r"[a&&b]", r"[a||b]", r"[a--b]", r"[--a]", r"[a~~b]",
]

SUBJECTS = ["", "a", "b", "ab", "aab", "aaab", "abab", "ba", "abc", "aa", "abcabc", "a\n", "\n", "a\nb", "a\nb\n", "\na\n\nb", "A", "aB", "ABC", "foo bar", "é", "éa b", "Éé", "日本語", "ab é_1 日", "x y", "xxy", "1", "12.34", "a1b22", "k\u212aK", "sſS", "iIİı", "stra\u00dfe STRA\u1e9eE", "\x1c\x85\xa0 \t", "٣4", "_", "-", "]", "\\", "^", ".", "a{", "a{1}", "a{1,2", "=", "k=v", "'a'", "\"a", "\U0001F600x", "cde abe", "aaaaaaaaab", "snom370-SIP 8.4.35 1.1 000413ABCDEF", "Yealink SIP-T46S 66.83.0.35 80:5e:c0:aa:bb:cc", "000000000000.cfg 0015651234ab.cfg", "SEP001122334455.cnf.xml", "192.168.1.254", "1.2.3", "x" * 1001, "ab" * 1001]

ATOMS = ["a", "b", "c", ".", r"\w", r"\d", r"\s", "[ab]", "[^a]", r"\b", "^", "$", r"\B", "é", "(?:ab)", "1", r"\W", "[b-c1]", r"\Z", "A", " ", r"\n"]


def rnd(depth):
    n = R.choice([1, 1, 2, 2, 3])
    out = []
    for _ in range(n):
        k = R.random()
        if depth > 0 and k < 0.45:
            inner = rnd(depth - 1)
            form = R.choice(["(%s)"] * 5 + ["(?:%s)"] * 4 + ["(?=%s)", "(?!%s)", "(?>%s)", "(?i:%s)", "(?<=%s)", "(?<!%s)", "(?s:%s)"])
            item = form % inner
        elif k < 0.5:
            item = R.choice([r"\1", r"\2"])
        else:
            item = R.choice(ATOMS)
        if R.random() < 0.4:
            item += R.choice(["*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?", "{2,}", "*+", "++", "?+"])
        out.append(item)
    s = "".join(out)
    if R.random() < 0.25:
        s += "|" + rnd(depth - 1 if depth else 0)
    return s


def span(m):
    if m is None:
        return None
    return [x for g in range(m.re.groups + 1) for x in m.span(g)] + [m.lastindex or 0]


def compiled(pat, flags, isbytes):
    case = {"p": pat, "f": flags}
    if isbytes:
        case["b"] = True
        pat = pat.encode("latin-1")
    try:
        rx = re.compile(pat, flags)
    except re.error as e:
        case["err"] = "error: %s" % e
        return case, None
    except Exception as e:
        case["err"] = "%s: %s" % (type(e).__name__, e)
        return case, None
    case["rf"] = rx.flags
    case["g"] = rx.groups
    case["n"] = dict(rx.groupindex)
    return case, rx


def run(rx, s, isbytes, full):
    t = s.encode("latin-1") if isbytes else s
    n = len(t)
    res = {"s": s}
    res["r"] = [span(rx.search(t)), span(rx.match(t)), span(rx.fullmatch(t))]
    its = [span(m) for m in rx.finditer(t)]
    res["i"] = its[:40]
    if full and n > 1:
        ops = []
        for _ in range(2):
            p, e = sorted((R.randint(0, n), R.randint(0, n)))
            ops.append([p, e, span(rx.search(t, p, e)), span(rx.match(t, p, e)), span(rx.fullmatch(t, p, e))])
        res["o"] = ops
    return res


def main():
    cases = []
    for pat in HAND:
        for flags in (0, re.I, re.M | re.S, re.X, re.A):
            for isbytes in (False, True):
                if flags in (re.X,) and R.random() < 0.7:
                    continue
                if isbytes and any(ord(c) > 255 for c in pat):
                    continue
                case, rx = compiled(pat, flags, isbytes)
                if rx is None:
                    if flags == 0 or R.random() < 0.05:
                        cases.append(case)
                    continue
                subs = SUBJECTS if flags == 0 and not isbytes else R.sample(SUBJECTS, 5)
                case["c"] = [run(rx, s, isbytes, True) for s in subs if not (isbytes and any(ord(c) > 255 for c in s))
                             and (len(s) < 500 or "1001" in pat)]
                # keep what matched, and a few that did not
                case["c"] = [c for c in case["c"] if c["i"] or R.random() < 0.15]
                cases.append(case)
    for pat, flags, isbytes in (("a", re.L, False), ("a", re.A | re.U, False), ("a", re.U, True), ("a", re.A | re.L, True), ("(?u)a", 0, True), ("(?a)a", re.U, False), ("(?L)é", 0, True)):
        cases.append(compiled(pat, flags, isbytes)[0])
    seen = set()
    while len(seen) < 3500:
        pat = rnd(3)
        if pat in seen or len(pat) > 60:
            continue
        seen.add(pat)
        flags = R.choice([0, 0, 0, re.I, re.M, re.S, re.A])
        isbytes = R.random() < 0.15
        case, rx = compiled(pat, flags, isbytes)
        if rx is not None:
            case["c"] = []
            for _ in range(6):
                s = "".join(R.choice("aab bc1é\nAB") for _ in range(R.randint(0, 8)))
                case["c"].append(run(rx, s, isbytes, R.random() < 0.4))
        elif R.random() < 0.5:
            continue
        cases.append(case)
    with open("cases.json", "w") as f:
        f.write("[\n")
        f.write(",\n".join(json.dumps(c, separators=(",", ":")) for c in cases))
        f.write("\n]\n")


main()


def replacements():
    out = []
    for t in ["", "x", r"\1", r"\2", r"\g<1>", r"\g<0>", r"\g<n>", r"\g<2>\1x", r"\n\t\\", r"\0", r"\07", r"\101", r"\10", r"\400", r"\99", r"\q", r"\-", r"\.\ ", r"\b", "\\", "a\\", r"\g", r"\g<", r"\g<>", r"\g<1", r"\g<zz>", r"\g<9>", r"\g<-1>", r"\g<a b>", "é\\1", r"\x41", r"\8", "a\n\\q"]:
        for isbytes in (False, True):
            p, s, r = r"(a)(?P<n>b)?", "xab-ac-é", t
            if isbytes:
                p, s, r = (v.encode("latin-1") for v in (p, s, r))
            try:
                v = re.sub(p, r, s)
                out.append({"t": t, "b": isbytes, "r": v.decode("latin-1") if isbytes else v})
            except re.error as e:
                out.append({"t": t, "b": isbytes, "err": "error: %s" % e})
            except Exception as e:
                out.append({"t": t, "b": isbytes, "err": "%s: %s" % (type(e).__name__, e)})
    with open("replacements.json", "w") as f:
        json.dump(out, f, separators=(",", ":"))


def folds():
    """Every set of characters that re.IGNORECASE treats as equal, as found by matching."""
    every = "".join(chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000)
    out = []
    done = set()
    for ch in every:
        if ch in done or (ch.lower() == ch and ch.upper() == ch):
            continue
        group = re.findall("(?i)" + re.escape(ch), every)
        if len(group) > 1:
            done.update(group)
            out.append("".join(group))
    with open("folds.json", "w") as f:
        json.dump(out, f, separators=(",", ":"))


replacements()
folds()
