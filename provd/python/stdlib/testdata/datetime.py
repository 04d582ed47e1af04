import datetime as dt
from datetime import date, datetime, time, timedelta, timezone, tzinfo

d = timedelta(days=1, hours=2, minutes=3, seconds=4, milliseconds=5, microseconds=6)
print(d, repr(d), d.days, d.seconds, d.microseconds, d.total_seconds(), -d, abs(-d), +d, bool(timedelta()), timedelta(weeks=1), timedelta(1.5), timedelta(seconds=-1))
print(d + d, d - timedelta(1), d * 2, 2 * d, d * 0.5, d / 2, d // 2, d / timedelta(hours=1), d // timedelta(hours=1), d % timedelta(hours=1), divmod(d, timedelta(hours=5)))
print(d > timedelta(1), d == timedelta(1), timedelta(1) == timedelta(hours=24), hash(timedelta(1)) == hash(timedelta(hours=24)), timedelta.min, timedelta.max, timedelta.resolution, repr(timedelta()), repr(timedelta(-1, 5)))
a = date(2024, 2, 29)
print(a, repr(a), a.year, a.month, a.day, a.weekday(), a.isoweekday(), tuple(a.isocalendar()), a.toordinal(), date.fromordinal(1), date.max, date.min)
print(a + timedelta(1), a - timedelta(60), a - date(2024, 1, 1), a.replace(day=1), a.isoformat(), a.ctime(), a.strftime('%d/%m/%y %a %A %b %B %j %U %W %w %u %V %G %%'), f'{a:%Y%m%d}', f'{a}')
print(a.timetuple(), date.fromisoformat('2023-12-31'), date.fromisoformat('20231231'), date.fromisoformat('2024-W09-4'), date.fromisocalendar(2020, 53, 7), a < date(2025, 1, 1), a == date(2024, 2, 29))
t = time(13, 5, 9, 123456)
print(t, repr(t), t.hour, t.minute, t.second, t.microsecond, t.tzinfo, t.isoformat('minutes'), t.isoformat('milliseconds'), time(1), repr(time(1, 2, 3)), t.replace(hour=0), t.strftime('%H:%M:%S.%f %I %p'), time.fromisoformat('04:05:06.5'), time.fromisoformat('0405'), time.max)
n = datetime(2024, 2, 29, 13, 5, 9, 123456)
print(n, repr(n), n.date(), n.time(), n.isoformat(), n.isoformat(' ', 'seconds'), n.strftime('%d%m%y%H%M'), n.strftime('%c|%x|%X|%y|%e|%-d|%D|%T|%R|%F|%s|%n|%C'), n.weekday(), n.timetuple()[:9], n.ctime())
print(n + timedelta(hours=11), n - datetime(2024, 1, 1), n - timedelta(days=1), n.replace(year=2023, day=1), n > datetime(2020, 1, 1), n == datetime(2024, 2, 29, 13, 5, 9, 123456), datetime(2024, 1, 1), repr(datetime(2024, 1, 1)), repr(datetime(2024, 1, 1, 0, 0, 5)))
u = n.replace(tzinfo=timezone.utc)
e = timezone(timedelta(hours=5, minutes=30), 'IST')
w = timezone(-timedelta(hours=8))
print(u, repr(u), u.isoformat(), u.astimezone(e), u.astimezone(w).isoformat(), u.utcoffset(), u.tzname(), u.dst(), u.astimezone(e).tzname(), w, repr(e), repr(w), u.strftime('%z %Z'), u.astimezone(e).strftime('%z %Z'))
print(u == u.astimezone(e), u - u.astimezone(w), u < u.astimezone(e) + timedelta(1), hash(u) == hash(u.astimezone(e)), u.timestamp(), n.timestamp(), datetime.fromtimestamp(0), datetime.fromtimestamp(1.5, timezone.utc), datetime.utcfromtimestamp(86400.25), u.utctimetuple()[:6], u.timetz(), timezone.utc, repr(timezone.utc))
print(datetime.combine(a, t), datetime.combine(a, t, e), datetime.fromisoformat('2024-02-29T13:05:09'), datetime.fromisoformat('2024-02-29 13:05+01:00'), repr(datetime.fromisoformat('20240229T130509.123Z')), datetime.fromisoformat('2024-02-29'), datetime.fromisoformat('2024-W09-4T10'))
print(datetime.strptime('29/02/24 13:05:09', '%d/%m/%y %H:%M:%S'), datetime.strptime('Thu Feb 29 2024', '%a %b %d %Y'), datetime.strptime('1:02 pm', '%I:%M %p'), datetime.strptime('2024-060', '%Y-%j'), repr(datetime.strptime('2024-02-29T13:05:09.5+0530', '%Y-%m-%dT%H:%M:%S.%f%z')), datetime.strptime('69 68', '%y %H') if False else '', datetime.strptime('  5  March 1999', ' %d %B %Y'), datetime.strptime('2024 09 4', '%G %V %u'), datetime.strptime('2024 9 1', '%Y %W %w'))
print(datetime.min, datetime.max, dt.MINYEAR, dt.MAXYEAR, isinstance(n, date), issubclass(datetime, date), max([date(2020, 1, 1), date(2021, 1, 1)]), sorted([timedelta(2), timedelta(1)]), sum([timedelta(1), timedelta(2)], timedelta()))
print({date(2024, 1, 1): 1}[date(2024, 1, 1)], n == a, n != a, u == n, t == time(13, 5, 9, 123456), time(1) < time(2), dt.UTC is timezone.utc)


class Zone(tzinfo):
    def utcoffset(self, when):
        return timedelta(hours=1) + self.dst(when)

    def dst(self, when):
        return timedelta(hours=1) if when is not None and 4 <= when.month <= 9 else timedelta(0)

    def tzname(self, when):
        return 'CEST' if self.dst(when) else 'CET'


z = Zone()
s = datetime(2024, 7, 1, 12, tzinfo=z)
print(s, s.tzname(), s.dst(), s.timetuple()[8], s.astimezone(timezone.utc), datetime(2024, 1, 1, tzinfo=timezone.utc).astimezone(z), datetime(2024, 7, 1, tzinfo=timezone.utc).astimezone(z))
for f in (
    lambda: date(2024, 2, 30),
    lambda: date(0, 1, 1),
    lambda: date(2024, 13, 1),
    lambda: datetime(2024, 1, 1, 24),
    lambda: time(0, 60),
    lambda: n - u,
    lambda: n < u,
    lambda: n < a,
    lambda: date.max + timedelta(1),
    lambda: datetime.strptime('x', '%Y'),
    lambda: datetime.strptime('2024 x', '%Y'),
    lambda: datetime.strptime('2024', '%Q'),
    lambda: datetime.strptime('30 02 2023', '%d %m %Y'),
    lambda: date.fromisoformat('2024-1-1'),
    lambda: datetime.fromisoformat('garbage'),
    lambda: timezone(timedelta(days=1)),
    lambda: timedelta('1'),
    lambda: timedelta(days=10**10),
    lambda: d / 0,
    lambda: date.fromordinal(0),
    lambda: n.isoformat(timespec='bogus'),
    lambda: datetime(2024, 1, 1, tzinfo=5),
):
    try:
        print(f())
    except Exception as x:
        print(type(x).__name__, x)


class MyDate(date):
    def hello(self):
        return 'hi %d' % self.year


m = MyDate(2024, 5, 6)
print(m.hello(), m, m.month, m + timedelta(1), m == date(2024, 5, 6))


# Corners that random comparison with CPython found.
def shown(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


iso = dt.date(2024, 12, 30).isocalendar()
print(iso, iso.year, iso.week, iso.weekday, tuple(iso), iso == (2025, 1, 1), type(iso).__name__)
for v in (dt.datetime(2024, 1, 1), dt.date(2024, 1, 1), dt.time(1), dt.timedelta(1), dt.timezone.utc):
    shown(lambda: v + 'a')
    shown(lambda: 'a' + v)
    shown(lambda: v.nope)
    shown(lambda: v < 1)
    shown(lambda: [1] * v)
shown(lambda: format(dt.timedelta(1), '%d'))
shown(lambda: dt.datetime.strptime('2024-01', '%G-%V'))
shown(lambda: dt.datetime.strptime('01-1', '%V-%u'))
